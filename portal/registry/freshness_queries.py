"""The lines of an organisation as it confirms them: what is due, and how old each is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from portal.core.paging import Page
from portal.places.queries import place_names
from portal.registry.freshness import Age, age_of, ends_soon, status_of
from portal.registry.queries import titles_of
from portal.registry.rows import LineRow, Spot
from portal.registry.snapshot import line_rows, project_rows
from portal.registry.terms import EffectiveStatus

LINES_PER_PAGE = 50


@dataclass(frozen=True)
class RegisterFilter:
    """`project`: its reference; empty for all."""

    only_due: bool = True
    project: str = ""
    page: int = 1


@dataclass(frozen=True)
class RegisterLine:
    row: LineRow
    project: str
    title: str
    places: Sequence[str]
    is_whole_country: bool
    status: EffectiveStatus
    age: Age
    is_due: bool
    ends_soon: bool

    @property
    def is_past_end(self) -> bool:
        """It cannot be "still correct": somebody has to say what became of it."""
        return self.status == EffectiveStatus.ENDED_UNCONFIRMED


@dataclass(frozen=True)
class RegisterPage:
    lines: Page[RegisterLine]
    ages: Mapping[Age, int]
    due: int
    past_end: int
    total: int


def register_page(
    session: Session, organisation_id: UUID, wanted: RegisterFilter, language: str, today: date
) -> RegisterPage:
    """Every published line of an organisation, those that wait for a word first. For its own people alone."""
    own = [row for row in line_rows(session) if row.organisation_id == organisation_id]
    projects = project_rows(session)
    if wanted.project:
        own = [row for row in own if projects[row.project_id].reference == wanted.project]
    due = [row for row in own if is_due(row, today)]
    shown = due if wanted.only_due else own
    ordered = sorted(shown, key=lambda row: (not is_due(row, today), row.reference))
    pages = max(1, -(-len(ordered) // LINES_PER_PAGE))
    number = max(1, min(wanted.page, pages))
    first = (number - 1) * LINES_PER_PAGE
    chosen = ordered[first : first + LINES_PER_PAGE]
    return RegisterPage(
        lines=Page(_register_lines(session, chosen, language, today), len(ordered), number, LINES_PER_PAGE),
        ages=Counter(age_of(row, today) for row in own),
        due=len(due),
        past_end=sum(status_of(row, today) == EffectiveStatus.ENDED_UNCONFIRMED for row in own),
        total=len(own),
    )


def is_due(row: LineRow, today: date) -> bool:
    """Whether a word is wanted: not confirmed for three months, past its end, or begun without a word."""
    status = status_of(row, today)
    if status in (EffectiveStatus.COMPLETED, EffectiveStatus.CANCELLED):
        return False
    if status in (EffectiveStatus.ENDED_UNCONFIRMED, EffectiveStatus.START_UNCONFIRMED):
        return True
    return age_of(row, today) != Age.CURRENT


def spot_names(session: Session, rows: Iterable[LineRow], language: str) -> dict[Spot, str]:
    """The name of each district or province in these lines; the whole country has none here."""
    spots = {spot for row in rows for spot in row.spots if spot.province}
    keys = {spot: spot.place for spot in spots}
    names = place_names(session, {key for key in keys.values() if key}, language)
    return {spot: names.get(key, "") for spot, key in keys.items() if key}


def _register_lines(
    session: Session, rows: Sequence[LineRow], language: str, today: date
) -> list[RegisterLine]:
    projects = project_rows(session)
    titles = titles_of(session, {row.project_id for row in rows}, language)
    names = spot_names(session, rows, language)
    return [
        RegisterLine(
            row=row,
            project=projects[row.project_id].reference,
            title=titles.get(row.project_id, ""),
            places=[names[spot] for spot in row.spots if spot in names],
            is_whole_country=any(spot.is_whole_country for spot in row.spots),
            status=status_of(row, today),
            age=age_of(row, today),
            is_due=is_due(row, today),
            ends_soon=ends_soon(row, today),
        )
        for row in rows
    ]
