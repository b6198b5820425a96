"""What the pages about findings show: names, both records beside each other, and what this viewer may do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.accounts.viewer import Viewer
from portal.core.paging import Page
from portal.places.models import Level, Place
from portal.places.queries import HOME_COUNTRY, place_names
from portal.registry.finding_models import Finding, FindingEvent, Outcome
from portal.registry.finding_policy import may_answer_finding, may_review_finding
from portal.registry.finding_queries import (
    FindingFilter,
    FindingView,
    Row,
    browse_findings,
    events_of_finding,
)
from portal.registry.models import PlannedEvent
from portal.registry.queries import titles_of
from portal.registry.rows import EventRow, LineRow, ProjectRow, Spot, places_of
from portal.registry.scoring import Queue

# Which decisions fit which question (`registry.md` 4.2 and 4.5).
OUTCOMES: Mapping[Queue, tuple[Outcome, ...]] = {
    Queue.OVERLAP: (
        Outcome.COORDINATED,
        Outcome.AGREED,
        Outcome.COMPLEMENTARY,
        Outcome.NEEDED,
        Outcome.AVOIDABLE,
        Outcome.LINKED,
        Outcome.CORRECTED,
        Outcome.NOT_THE_SAME,
    ),
    Queue.SAME_WORK: (Outcome.LINKED, Outcome.CORRECTED, Outcome.NOT_THE_SAME),
    Queue.CLASH: (
        Outcome.SESSIONS_MERGED,
        Outcome.CURRICULUM_SHARED,
        Outcome.COORDINATED,
        Outcome.NEEDED,
        Outcome.NOT_THE_SAME,
    ),
    Queue.INTERNAL: (Outcome.COORDINATED, Outcome.COMPLEMENTARY, Outcome.NEEDED, Outcome.NOT_THE_SAME),
}


@dataclass(frozen=True)
class Record:
    """One side as a page shows it."""

    reference: str
    project_reference: str
    title: str
    organisation: Organisation | None
    implementer: Organisation | None
    intervention: str
    groups: Sequence[str]
    places: Sequence[str]
    starts_on: date | None
    ends_on: date | None
    confirmed_on: date | None


@dataclass(frozen=True)
class FindingLine:
    """A finding in a list, with everything its sentence names."""

    finding: Finding
    first: Record
    second: Record
    # Names of the districts, or else provinces, that both have in common.
    shared_places: Sequence[str]

    @property
    def reasons(self) -> Mapping[str, Any]:
        return self.finding.reasons


@dataclass(frozen=True)
class FindingPage:
    view: FindingView
    line: FindingLine
    events: Sequence[FindingEvent]
    outcomes: Sequence[Outcome]
    may_answer: bool
    may_review: bool


def list_findings(
    session: Session, viewer: Viewer, wanted: FindingFilter, language: str
) -> Page[FindingLine]:
    """One page of a queue, in a fixed number of statements."""
    page = browse_findings(session, viewer, wanted)
    return Page(_lines(session, page.rows, language), page.total, page.number, page.size)


def show_finding(session: Session, viewer: Viewer, view: FindingView, language: str) -> FindingPage:
    return FindingPage(
        view=view,
        line=_lines(session, [view], language)[0],
        events=events_of_finding(session, viewer, view.finding),
        outcomes=OUTCOMES[Queue(view.finding.queue)],
        may_answer=may_answer_finding(viewer, view.finding, view.parties),
        may_review=may_review_finding(viewer, view.finding),
    )


def _lines(session: Session, views: Sequence[FindingView], language: str) -> list[FindingLine]:
    rows = [row for view in views for row in (view.first, view.second)]
    organisations = organisations_by_id(session, {key for row in rows for key in _organisations(row)})
    titles = titles_of(session, {_project(row) for row in rows}, language)
    events = _event_titles(session, [row.id for row in rows if isinstance(row, EventRow)])
    places = _PlaceNames(session, rows, views, language)
    return [
        FindingLine(
            finding=view.finding,
            first=_record(view.first, organisations, titles, events, places),
            second=_record(view.second, organisations, titles, events, places),
            shared_places=places.shared(view.finding.reasons),
        )
        for view in views
    ]


def _record(
    row: Row,
    organisations: Mapping[UUID, Organisation],
    titles: Mapping[UUID, str],
    events: Mapping[UUID, str],
    places: "_PlaceNames",
) -> Record:
    implementer = row.implementer_id if isinstance(row, LineRow) else row.organisation_id
    groups = [] if isinstance(row, ProjectRow) else sorted(row.target_groups)
    confirmed_on = None if isinstance(row, EventRow) else row.confirmed_on
    whats = row.interventions if isinstance(row, ProjectRow) else {row.intervention}
    return Record(
        reference=row.reference,
        project_reference=row.project_reference,
        title=events.get(row.id) or titles.get(_project(row), row.reference),
        organisation=organisations.get(row.organisation_id),
        implementer=organisations.get(implementer),
        intervention=next(iter(sorted(what for what in whats if what)), ""),
        groups=groups,
        places=places.of(row.spots),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        confirmed_on=confirmed_on,
    )


class _PlaceNames:
    """The names of every place that some records and reasons mention, read in one statement."""

    def __init__(
        self, session: Session, rows: Collection[Row], views: Sequence[FindingView], language: str
    ) -> None:
        wanted = places_of(spot for row in rows for spot in row.spots)
        reasons = [view.finding.reasons for view in views]
        wanted |= {UUID(hex=key) for reason in reasons for key in _shared_keys(reason)}
        country = session.exec(
            select(Place.id).where(Place.level == Level.COUNTRY, Place.country == HOME_COUNTRY)
        ).first()
        self._names = place_names(session, wanted | ({country} if country else set()), language)
        self._country = self._names.get(country, "") if country else ""

    def of(self, spots: Collection[Spot]) -> list[str]:
        keys = [spot.place for spot in spots]
        named = [self._names.get(key, "") if key else self._country for key in keys]
        return sorted(name for name in named if name)

    def shared(self, reasons: Mapping[str, Any]) -> list[str]:
        return sorted(self._names.get(UUID(hex=key), "") for key in _shared_keys(reasons))


def _shared_keys(reasons: Mapping[str, Any]) -> Sequence[str]:
    return reasons.get("districts") or reasons.get("provinces") or []


def _organisations(row: Row) -> set[UUID]:
    if isinstance(row, LineRow):
        return {row.organisation_id, row.implementer_id}
    return {row.organisation_id}


def _project(row: Row) -> UUID:
    return row.id if isinstance(row, ProjectRow) else row.project_id


def _event_titles(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    rows = session.exec(select(PlannedEvent).where(col(PlannedEvent.id).in_(set(ids))))
    return {row.id: row.title for row in rows}
