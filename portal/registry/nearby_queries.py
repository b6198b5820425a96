"""Who else does the same there at that time: told before a line or an event is saved, so that people can talk first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.accounts.viewer import Viewer
from portal.places.queries import place_names
from portal.registry.clashes import check_event_before_saving
from portal.registry.models import ActivityLine, PlannedEvent
from portal.registry.overlaps import check_before_saving
from portal.registry.queries import titles_of
from portal.registry.row_queries import load_own_rows
from portal.registry.rows import EventRow, LineRow, Spot
from portal.registry.scoring import Band
from portal.registry.snapshot import read_snapshot


@dataclass(frozen=True)
class NearbyLine:
    """Somebody else's line that may overlap, as far as it has to be told to look at it."""

    row: LineRow
    title: str
    implementer: Organisation | None
    places: Sequence[str]
    band: Band


@dataclass(frozen=True)
class NearbyEvent:
    """Somebody else's event that invites the same people, as far as it has to be told to look at it."""

    row: EventRow
    title: str
    organisation: Organisation | None
    places: Sequence[str]
    # 0 when they share days.
    gap_days: int


def nearby_lines(
    session: Session, viewer: Viewer, line: ActivityLine, language: str, today: date
) -> list[NearbyLine]:
    """Strong and moderate overlaps of a line, saved or about to be, with lines the viewer may see."""
    own = load_own_rows(session, line.project_id).lines.get(line.project_id, ())
    candidate = next((row for row in own if row.id == line.id), None)
    if candidate is None:
        return []
    overlaps = check_before_saving(candidate, read_snapshot(session).lines, today, viewer.access)
    others = [(overlap.beside(candidate), overlap.band) for overlap in overlaps]
    if not others:
        return []
    titles = titles_of(session, {row.project_id for row, _ in others}, language)
    organisations = organisations_by_id(session, {row.implementer_id for row, _ in others})
    names = place_names(session, _placed(row.spots for row, _ in others), language)
    return [
        NearbyLine(
            row=row,
            title=titles.get(row.project_id, row.reference),
            implementer=organisations.get(row.implementer_id),
            places=sorted(names[key] for spot in row.spots if (key := spot.place)),
            band=band,
        )
        for row, band in others
    ]


def nearby_events(
    session: Session, viewer: Viewer, event: PlannedEvent, language: str, today: date
) -> list[NearbyEvent]:
    """Events of others that clash with one, saved or about to be, as far as the viewer may see them."""
    own = load_own_rows(session, event.project_id).events.get(event.project_id, ())
    candidate = next((row for row in own if row.id == event.id), None)
    if candidate is None:
        return []
    clashes = check_event_before_saving(candidate, read_snapshot(session).events, today, viewer.access)
    others = [(clash.beside(candidate), clash.gap_days) for clash in clashes]
    if not others:
        return []
    titles = _event_titles(session, {row.id for row, _ in others})
    organisations = organisations_by_id(session, {row.organisation_id for row, _ in others})
    names = place_names(session, _placed(row.spots for row, _ in others), language)
    return [
        NearbyEvent(
            row=row,
            title=titles.get(row.id, row.reference),
            organisation=organisations.get(row.organisation_id),
            places=sorted(names[key] for spot in row.spots if (key := spot.place)),
            gap_days=gap_days,
        )
        for row, gap_days in others
    ]


def _event_titles(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    statement = select(PlannedEvent.id, PlannedEvent.title).where(col(PlannedEvent.id).in_(ids))
    return dict(session.exec(statement).all())


def _placed(spots: Iterable[Sequence[Spot]]) -> set[UUID]:
    return {key for each in spots for spot in each if (key := spot.place)}
