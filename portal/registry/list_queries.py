"""The list of projects: narrowed by what their lines say, counted facet by facet, from the register in memory.

Only rows the viewer may see are looked at, so no count tells of others. Beyond the register itself a list costs
five statements: names of organisations, names and codes of places, and the titles of the projects shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Role
from portal.accounts.queries import organisation_names
from portal.accounts.viewer import Viewer
from portal.core.asked import Asked
from portal.core.paging import Page
from portal.core.text import fold
from portal.places.queries import P_CODES, place_codes, place_names, places_by_code
from portal.registry.freshness import status_of
from portal.registry.list_facets import FACETS, Sifted, ToldProject, sift, tell
from portal.registry.models import Project, ProjectState
from portal.registry.queries import titles_of
from portal.registry.rows import LineRow, ProjectRow, places_of
from portal.registry.snapshot import Snapshot, read_snapshot
from portal.registry.terms import EffectiveStatus

# Their values are P-codes in addresses and ids in rows.
PLACE_FACETS = ("province", "district")
SORTS = ("newest", "title", "ending")
PROJECTS_PER_PAGE = 20
SHOWN_PLACES = 4


@dataclass(frozen=True)
class ProjectCard:
    """A project as a list shows it; what it says of its lines is of those the viewer may see."""

    row: ProjectRow
    title: str
    organisation: str
    policy_areas: Sequence[str]
    interventions: Sequence[str]
    places: Sequence[str]
    further_places: int
    line_count: int
    starts_on: date | None
    ends_on: date | None
    statuses: Sequence[EffectiveStatus]


@dataclass(frozen=True)
class FacetChoice:
    value: str
    # Of organisations and places their name; everything else is a coded value.
    name: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class ProjectList:
    page: Page[ProjectCard]
    # Records of the same work are one family; families are what is counted elsewhere.
    families: int
    facets: Mapping[str, Sequence[FacetChoice]]


@dataclass(frozen=True)
class OwnProject:
    project: Project
    title: str


@dataclass(frozen=True, eq=False)
class _Told:
    snapshot: Snapshot | None
    day: date
    projects: Mapping[UUID, ToldProject]


# Pages of one list follow each other, and most readers are the public.
MOST_KEPT = 16
# Replaced as a whole; another day or another state of the register makes it void.
_kept = _Told(None, date.min, {})


def browse_projects(
    session: Session, viewer: Viewer, asked: Asked, language: str, today: date
) -> ProjectList:
    """Projects with at least one line that fits all that was chosen, and for each facet what else there is."""
    snapshot = read_snapshot(session)
    access = viewer.access
    asked = _with_place_ids(session, asked)
    seen = _visible(snapshot, access)
    told = _told(snapshot, today)
    if asked.words:
        sifted = sift(told.projects, _matching_words(session, seen, asked.words), access, asked.filters)
    else:
        chosen = tuple(sorted((name, tuple(sorted(values))) for name, values in asked.filters.items()))
        sifted = _sifted(told, access, chosen)
    fitting, counts = sifted.fitting, sifted.counts
    found = _sorted(seen, fitting, asked.sort)
    start = (max(1, asked.page) - 1) * PROJECTS_PER_PAGE
    shown = found[start : start + PROJECTS_PER_PAGE]
    names = _names(session, counts, shown, fitting, language)
    titles = titles_of(session, [row.id for row in shown], language)
    codes = _codes(session, counts)
    cards = [_card(row, fitting[row.id], titles, names, today) for row in shown]
    return ProjectList(
        page=Page(rows=cards, total=len(found), number=max(1, asked.page), size=PROJECTS_PER_PAGE),
        families=len({row.family_id for row in found}),
        facets={name: _choices(name, counts[name], asked, names, codes) for name in FACETS},
    )


def own_projects(session: Session, viewer: Viewer, language: str, limit: int = 200) -> list[OwnProject]:
    """The projects of the viewer's organisations, drafts first; two statements."""
    mine = viewer.organisations_with(Role.VIEWER)
    writing = viewer.organisations_with(Role.CONTRIBUTOR)
    if not mine:
        return []
    is_draft = (col(Project.state) == ProjectState.DRAFT) & col(Project.organisation_id).in_(writing)
    is_shown = (col(Project.state) == ProjectState.PUBLISHED) & col(Project.organisation_id).in_(mine)
    statement = (
        select(Project)
        .where(is_draft | is_shown)
        .order_by(col(Project.state), col(Project.changed_at).desc(), col(Project.id))
        .limit(limit)
    )
    projects = session.exec(statement).all()
    titles = titles_of(session, [project.id for project in projects], language)
    return [OwnProject(project, titles.get(project.id, "")) for project in projects]


def _matching_words(session: Session, seen: Mapping[UUID, ProjectRow], words: str) -> list[UUID]:
    """All words, each somewhere in a title, the reference or the owner's name."""
    wanted = fold(words).split()
    if not wanted:
        return list(seen)
    owners = organisation_names(session, {row.organisation_id for row in seen.values()})
    found = []
    for key, row in seen.items():
        text = fold(" ".join((row.reference, owners.get(row.organisation_id, ""), *row.titles)))
        if all(word in text for word in wanted):
            found.append(key)
    return found


def _told(snapshot: Snapshot, today: date) -> _Told:
    global _kept
    kept = _kept
    if kept.snapshot is not snapshot or kept.day != today:
        before = kept.projects if kept.day == today else {}
        _sifted.cache_clear()
        _kept = kept = _Told(snapshot, today, tell(snapshot.lines_by_project, today, before))
    return kept


@lru_cache(maxsize=MOST_KEPT)
def _sifted(told: _Told, access: frozenset[str], chosen: tuple[tuple[str, tuple[str, ...]], ...]) -> Sifted:
    """A list without words."""
    seen = _visible(told.snapshot, access) if told.snapshot else ()
    return sift(told.projects, seen, access, dict(chosen))


def _visible(snapshot: Snapshot, access: frozenset[str]) -> dict[UUID, ProjectRow]:
    return {key: row for key, row in snapshot.projects.items() if not row.access.isdisjoint(access)}


def _sorted(
    projects: Mapping[UUID, ProjectRow], fitting: Mapping[UUID, Sequence[LineRow]], sort: str
) -> list[ProjectRow]:
    rows = [projects[key] for key in fitting]
    if sort == "title":
        return sorted(rows, key=lambda row: (fold(row.titles[0]) if row.titles else "", row.id))
    if sort == "ending":
        return sorted(rows, key=lambda row: (_last_day(fitting[row.id]) or date.max, row.id))
    return sorted(rows, key=lambda row: row.id, reverse=True)


def _last_day(lines: Sequence[LineRow]) -> date | None:
    return max((line.ends_on for line in lines if line.ends_on), default=None)


def _names(
    session: Session,
    counts: Mapping[str, Mapping[str, int]],
    shown: Sequence[ProjectRow],
    fitting: Mapping[UUID, Sequence[LineRow]],
    language: str,
) -> dict[str, str]:
    """Names of every organisation and place that is counted or shown, by the hex of its id."""
    organisations = {UUID(value) for value in counts["organisation"]} | {row.organisation_id for row in shown}
    places = {UUID(value) for name in ("province", "district") for value in counts[name]}
    for row in shown:
        for line in fitting[row.id]:
            places |= places_of(line.spots)
    named = organisation_names(session, organisations) | place_names(session, places, language)
    return {key.hex: name for key, name in named.items()}


def _card(
    row: ProjectRow,
    lines: Sequence[LineRow],
    titles: Mapping[UUID, str],
    names: Mapping[str, str],
    today: date,
) -> ProjectCard:
    places = sorted({names.get(key.hex, "") for line in lines for spot in line.spots if (key := spot.place)})
    starts = [line.starts_on for line in lines if line.starts_on]
    return ProjectCard(
        row=row,
        title=titles.get(row.id, row.reference),
        organisation=names.get(row.organisation_id.hex, ""),
        policy_areas=sorted({area for line in lines for area in line.policy_areas}),
        interventions=sorted({line.intervention for line in lines if line.intervention}),
        places=places[:SHOWN_PLACES],
        further_places=max(0, len(places) - SHOWN_PLACES),
        line_count=len(lines),
        starts_on=min(starts, default=row.starts_on),
        ends_on=_last_day(lines) or row.ends_on,
        statuses=sorted({status_of(line, today) for line in lines}),
    )


def _with_place_ids(session: Session, asked: Asked) -> Asked:
    """The same with the ids of places; a code that names none fits no line."""
    filters = dict(asked.filters)
    for name in PLACE_FACETS:
        if codes := filters.get(name):
            found = places_by_code(session, P_CODES, codes)
            filters[name] = [found[code].id.hex if code in found else "" for code in codes]
    return replace(asked, filters=filters)


def _codes(session: Session, counts: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    ids = {UUID(value) for name in PLACE_FACETS for value in counts[name]}
    return {key.hex: code for key, code in place_codes(session, ids, P_CODES).items()}


def _choices(
    name: str, counted: Mapping[str, int], asked: Asked, names: Mapping[str, str], codes: Mapping[str, str]
) -> list[FacetChoice]:
    chosen = set(asked.filters.get(name, ()))
    choices = [
        FacetChoice(codes.get(value, value), names.get(value, value), count, value in chosen)
        for value, count in counted.items()
    ]
    if name == "year":
        return sorted(choices, key=lambda choice: choice.value, reverse=True)
    return sorted(choices, key=lambda choice: (-choice.count, choice.name))
