"""Reading findings. What a viewer reads of a pair starts at `visible_findings`; both records must be theirs to see."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ColumnExpressionArgument, or_
from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound
from portal.core.paging import Page
from portal.registry.finding_models import (
    DECIDED_STATES,
    OPEN_STATES,
    Finding,
    FindingEvent,
    FindingState,
    reference_of,
)
from portal.registry.finding_policy import may_see_finding
from portal.registry.queries import LARGEST_NUMBER
from portal.registry.row_queries import portions
from portal.registry.rows import EventRow, LineRow, ProjectRow
from portal.registry.scoring import Band, Queue
from portal.registry.snapshot import Snapshot, read_snapshot

PAGE_SIZE = 25
_LASTING = (*OPEN_STATES, *DECIDED_STATES)
_REFERENCE = re.compile(r"F-0*([0-9]{1,10})", re.IGNORECASE)
Row = LineRow | ProjectRow | EventRow


@dataclass(frozen=True)
class FindingFilter:
    """What is asked of the list. Without a band, possible overlaps stay out; without a state, only open ones."""

    queue: Queue = Queue.OVERLAP
    band: str = ""
    province: UUID | None = None
    policy_area: str = ""
    organisation: UUID | None = None
    is_decided: bool = False
    page: int = 1


@dataclass(frozen=True)
class FindingView:
    """A finding with both of its records as they are now."""

    finding: Finding
    first: Row
    second: Row

    @property
    def parties(self) -> frozenset[UUID]:
        return parties_of(self.first) | parties_of(self.second)


def browse_findings(session: Session, viewer: Viewer, wanted: FindingFilter) -> Page[FindingView]:
    """One page, strongest first. Those the viewer may not read are neither shown nor counted."""
    snapshot = read_snapshot(session)
    order = (col(Finding.score).desc(), col(Finding.confidence), col(Finding.number))
    visible = [
        pair.id
        for pair, first, second in _visible_pairs(session, viewer, snapshot, *_asked(wanted), order=order)
        if wanted.organisation is None or wanted.organisation in parties_of(first) | parties_of(second)
    ]
    number = max(1, wanted.page)
    shown = visible[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    statement = select(Finding).where(col(Finding.id).in_(shown)).order_by(*order)
    rows = list(visible_findings(session, viewer, session.exec(statement), snapshot))
    return Page(rows=rows, total=len(visible), number=number, size=PAGE_SIZE)


def count_open_findings(
    session: Session, viewer: Viewer, snapshot: Snapshot | None = None
) -> dict[Queue, int]:
    """How many open findings of each queue the viewer may read; possible overlaps are not counted."""
    if not (viewer.roles or viewer.is_coordinator or viewer.is_donor):
        return {}
    is_counted = (col(Finding.state).in_(OPEN_STATES), col(Finding.band) != Band.POSSIBLE)
    counts = dict.fromkeys((Queue.OVERLAP, Queue.SAME_WORK, Queue.CLASH, Queue.INTERNAL), 0)
    for pair, _, _ in _visible_pairs(session, viewer, snapshot or read_snapshot(session), *is_counted):
        counts[Queue(pair.queue)] += 1
    return counts


def references_among(
    session: Session, viewer: Viewer, line_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], str]:
    """The findings about two of these lines, open or decided, that the viewer may read; by the ids of both."""
    found: dict[tuple[UUID, UUID], str] = {}
    kept = col(Finding.queue).in_((Queue.OVERLAP, Queue.INTERNAL)), col(Finding.state).in_(_LASTING)
    snapshot = read_snapshot(session)
    for portion in portions(line_ids):
        among = col(Finding.first_id).in_(portion)
        for pair, _, _ in _visible_pairs(session, viewer, snapshot, *kept, among):
            if pair.second_id in line_ids:
                found[pair.first_id, pair.second_id] = reference_of(pair.number)
    return found


class _Pair(NamedTuple):
    """So much of a finding as says who reads it: of thousands, nothing else is read."""

    id: UUID
    queue: str
    state: FindingState
    is_restricted: bool
    first_id: UUID
    second_id: UUID
    number: int


def _visible_pairs(
    session: Session,
    viewer: Viewer,
    snapshot: Snapshot,
    *conditions: ColumnElement[bool],
    order: Sequence[ColumnExpressionArgument[Any]] = (),
) -> Iterator[tuple[_Pair, Row, Row]]:
    """Pairs that meet the conditions, whose records are published and which the viewer may read."""
    columns = [getattr(Finding, name) for name in _Pair._fields]
    for found in session.execute(select(*columns).where(*conditions).order_by(*order)):
        pair = _Pair(*found)
        first = find_row(snapshot, pair.queue, pair.first_id)
        second = find_row(snapshot, pair.queue, pair.second_id)
        if first is None or second is None:
            continue
        parties = parties_of(first) | parties_of(second)
        if may_see_finding(viewer, pair, parties, (first.access, second.access)):
            yield pair, first, second


def visible_findings(
    session: Session, viewer: Viewer, findings: Iterable[Finding], snapshot: Snapshot | None = None
) -> Iterator[FindingView]:
    """Those of the findings whose records are published and which the viewer may read."""
    snapshot = snapshot or read_snapshot(session)
    for finding in findings:
        view = published_view(snapshot, finding)
        if view is not None and may_read(viewer, view):
            yield view


def may_read(viewer: Viewer, view: FindingView) -> bool:
    return may_see_finding(viewer, view.finding, view.parties, (view.first.access, view.second.access))


def get_finding(session: Session, viewer: Viewer, reference: str) -> FindingView:
    """A finding by its reference (F-0001); one that may not be read looks like one that is not there."""
    match = _REFERENCE.fullmatch(reference.strip())
    number = int(match[1]) if match else 0
    if 0 < number <= LARGEST_NUMBER:
        rows = session.exec(select(Finding).where(Finding.number == number)).all()
        for view in visible_findings(session, viewer, rows):
            return view
    raise NotFound(N_("There is no finding at this address, or it is not shared with you."))


def events_of_finding(session: Session, viewer: Viewer, finding: Finding) -> Sequence[FindingEvent]:
    """What happened, oldest first."""
    statement = select(FindingEvent).where(FindingEvent.finding_id == finding.id)
    if not viewer.is_coordinator:
        statement = statement.where(col(FindingEvent.is_for_coordinators).is_(False))
    return session.exec(statement.order_by(col(FindingEvent.at), col(FindingEvent.id))).all()


def findings_of_projects(session: Session, project_ids: Collection[UUID]) -> Sequence[Finding]:
    """Every finding about these projects, whoever may read it: for finding anew."""
    among = set(project_ids)
    statement = select(Finding).where(
        or_(col(Finding.first_project_id).in_(among), col(Finding.second_project_id).in_(among))
    )
    return session.exec(statement).all()


def find_row(snapshot: Snapshot, queue: str, key: UUID) -> Row | None:
    """The line, project or event of a pair, as the queue says which; None when it is not published any more."""
    rows: Mapping[UUID, Row] = snapshot.lines_by_id
    if queue == Queue.SAME_WORK:
        rows = snapshot.projects
    elif queue == Queue.CLASH:
        rows = snapshot.events_by_id
    return rows.get(key)


def parties_of(row: Row) -> frozenset[UUID]:
    """Who owns the record and who does the work: both are concerned."""
    if isinstance(row, LineRow):
        return frozenset({row.organisation_id, row.implementer_id})
    return frozenset({row.organisation_id})


def published_view(snapshot: Snapshot, finding: Finding) -> FindingView | None:
    """None when one of the records is not published any more."""
    first = find_row(snapshot, finding.queue, finding.first_id)
    second = find_row(snapshot, finding.queue, finding.second_id)
    return FindingView(finding, first, second) if first is not None and second is not None else None


def _asked(wanted: FindingFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [col(Finding.queue) == wanted.queue]
    is_open = col(Finding.state).in_(OPEN_STATES)
    conditions.append(~is_open if wanted.is_decided else is_open)
    if wanted.band:
        conditions.append(col(Finding.band) == wanted.band)
    else:
        conditions.append(col(Finding.band) != Band.POSSIBLE)
    if wanted.province is not None:
        conditions.append(col(Finding.province_id) == wanted.province)
    if wanted.policy_area:
        conditions.append(col(Finding.policy_area) == wanted.policy_area)
    return conditions
