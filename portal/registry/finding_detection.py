"""Finding overlaps anew: for the whole register, or for the projects that just changed.

Comparing reads, keeping writes, so that the database is held for the second only. Nothing is deleted: what is no
longer so says why; what was decided stays decided until the band rises or a year has passed. Running it twice
changes nothing the second time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from portal.core.clock import now, today
from portal.core.ids import next_number
from portal.registry.clashes import find_clashes
from portal.registry.detection import Detected, from_clash, from_overlap, from_same_work
from portal.registry.duplicates import find_same_work, same_work_of
from portal.registry.finding_models import (
    DECIDED_STATES,
    OPEN_STATES,
    ComparedUpTo,
    Finding,
    FindingEvent,
    FindingState,
    Outcome,
)
from portal.registry.finding_queries import findings_of_projects
from portal.registry.models import Project
from portal.registry.overlaps import block_keys, find_overlaps, may_be_compared
from portal.registry.rows import LineRow
from portal.registry.scoring import SCORING_VERSION, Band, settings_hash
from portal.registry.snapshot import Snapshot, read_snapshot

# A decision is looked at again after a year.
DECISION_LASTS = timedelta(days=365)


@dataclass(frozen=True)
class Recount:
    """What finding anew did."""

    found: int = 0
    new: int = 0
    changed: int = 0
    ended: int = 0
    # New or opened again, and not yet told to anybody.
    to_tell: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What comparing gave, before it is kept. `project_ids` None: the whole register was compared."""

    snapshot: Snapshot
    detected: Sequence[Detected]
    project_ids: frozenset[UUID] | None
    day: date


def compare_register(session: Session) -> Comparison:
    """Compare everything with everything near it; some seconds for 20,000 lines, and it changes nothing."""
    snapshot, day = read_snapshot(session), today()
    return Comparison(snapshot, list(detect_all(snapshot, day)), None, day)


def compare_changes(session: Session) -> Comparison | None:
    """Compare the projects that changed since last time; None when none did. It changes nothing."""
    snapshot, done = read_snapshot(session), session.get(ComparedUpTo, 1)
    if done is None or (done.token, done.settings_hash) != (snapshot.token, settings_hash()):
        return compare_register(session) if snapshot.token else None
    if done.sequence >= snapshot.sequence:
        return None
    changed = frozenset(session.exec(select(Project.id).where(col(Project.sequence) > done.sequence)))
    day = today()
    return Comparison(snapshot, list(detect_for(snapshot, changed, day)), changed, day)


def keep(session: Session, comparison: Comparison) -> Recount:
    """Let the stored findings follow. What changed since the comparison is compared again by the next one."""
    stored = (
        session.exec(select(Finding)).all()
        if comparison.project_ids is None
        else findings_of_projects(session, comparison.project_ids)
    )
    recount = _store(session, comparison, stored)
    done = session.get(ComparedUpTo, 1) or ComparedUpTo(id=1)
    done.token, done.sequence = comparison.snapshot.token, comparison.snapshot.sequence
    done.settings_hash = settings_hash()
    session.add(done)
    session.flush()
    return recount


def detect_all(snapshot: Snapshot, day: date) -> Iterator[Detected]:
    """Every pair of the three queues and of the internal list."""
    yield from (from_overlap(item) for item in find_overlaps(snapshot.lines, day))
    yield from (
        from_same_work(item) for item in find_same_work(snapshot.projects.values(), snapshot.lines_by_project)
    )
    yield from (from_clash(item) for item in find_clashes(snapshot.events, day))


def detect_for(snapshot: Snapshot, project_ids: Collection[UUID], day: date) -> Iterator[Detected]:
    """The pairs in which one of these projects has a part."""
    chosen = set(project_ids)
    yield from (from_overlap(item) for item in find_overlaps(_near(snapshot, chosen, day), day, chosen))
    for project_id in chosen & snapshot.projects.keys():
        project = snapshot.projects[project_id]
        for found in same_work_of(project, snapshot.projects.values(), snapshot.lines_by_project):
            yield from_same_work(found)
    own = [event for key in chosen for event in snapshot.events_by_project.get(key, ())]
    if own:
        spots = {spot for event in own for spot in event.spots}
        near = [event for event in snapshot.events if not spots.isdisjoint(event.spots)]
        for clash in find_clashes(near, day):
            if chosen & {clash.first.project_id, clash.second.project_id}:
                yield from_clash(clash)


def _near(snapshot: Snapshot, chosen: set[UUID], day: date) -> list[LineRow]:
    """The lines of these projects, and those of others that share a province and an intervention with them."""
    own = [row for key in chosen for row in snapshot.lines_by_project.get(key, ())]
    keys = {key for row in own if may_be_compared(row, day) for key in block_keys(row)}
    interventions = {intervention for _, intervention in keys}
    return [
        row
        for row in snapshot.lines
        if row.intervention in interventions and not keys.isdisjoint(block_keys(row))
    ]


def _store(session: Session, comparison: Comparison, stored: Iterable[Finding]) -> Recount:
    known: Mapping[tuple[str, UUID, UUID], Finding] = {
        (row.queue, row.first_id, row.second_id): row for row in stored
    }
    counts: defaultdict[str, int] = defaultdict(int)
    to_tell: list[UUID] = []
    seen: set[tuple[str, UUID, UUID]] = set()
    for item in comparison.detected:
        if item.key in seen:
            continue
        seen.add(item.key)
        finding = known.get(item.key)
        what = _add(session, item, to_tell) if finding is None else _follow(session, finding, item, to_tell)
        counts[what] += 1
    for key, finding in known.items():
        if key not in seen and finding.state in OPEN_STATES:
            _end(session, finding, comparison.snapshot, comparison.day)
            counts["ended"] += 1
    session.flush()
    return Recount(len(seen), counts["new"], counts["changed"], counts["ended"], tuple(to_tell))


def _add(session: Session, item: Detected, to_tell: list[UUID]) -> str:
    finding = Finding(
        number=next_number(session, "finding"),
        queue=item.queue,
        first_id=item.first.id,
        second_id=item.second.id,
        first_project_id=item.first.project_id,
        second_project_id=item.second.project_id,
        first_revision=item.first.revision,
        second_revision=item.second.revision,
        signature="",
        scoring_version="",
        settings_hash="",
    )
    _take_over(finding, item)
    session.add(finding)
    session.add(FindingEvent(finding_id=finding.id, kind=FindingState.DETECTED))
    to_tell.append(finding.id)
    return "new"


def _follow(session: Session, finding: Finding, item: Detected, to_tell: list[UUID]) -> str:
    """A pair that is known: it follows its records, and opens again when there is reason to."""
    if finding.signature == item.signature and finding.settings_hash == settings_hash():
        is_due = finding.state in DECIDED_STATES and _is_old(finding)
        if finding.state not in (FindingState.SUPERSEDED, FindingState.EXPIRED) and not is_due:
            _keep_current(finding, item)
            return "same"
    was_lower = _rank(finding.band) < _rank(item.band)
    reopens = finding.state in (FindingState.SUPERSEDED, FindingState.EXPIRED) or (
        finding.state in DECIDED_STATES and (was_lower or _is_old(finding))
    )
    _take_over(finding, item)
    finding.changed_at = now()
    finding.revision += 1
    if reopens:
        finding.state = FindingState.DETECTED
        finding.outcome, finding.decided_at, finding.decided_by_id = None, None, None
        session.add(FindingEvent(finding_id=finding.id, kind="reopened"))
        to_tell.append(finding.id)
    return "changed"


def _keep_current(finding: Finding, item: Detected) -> None:
    """Days pass and texts are edited without changing what was found."""
    finding.reasons = item.reasons
    finding.ends_on = item.ends_on
    finding.first_revision, finding.second_revision = item.first.revision, item.second.revision


def _take_over(finding: Finding, item: Detected) -> None:
    _keep_current(finding, item)
    finding.band, finding.confidence, finding.score = item.band, item.confidence, item.score
    finding.signature = item.signature
    finding.scoring_version, finding.settings_hash = SCORING_VERSION, settings_hash()
    finding.province_id, finding.policy_area = item.province_id, item.policy_area
    finding.is_restricted = item.is_restricted


def _end(session: Session, finding: Finding, snapshot: Snapshot, day: date) -> None:
    """What is found no more: joined into one family, over, or changed so that nothing stands on another."""
    families = {
        project.family_id
        for key in (finding.first_project_id, finding.second_project_id)
        if (project := snapshot.projects.get(key))
    }
    if len(families) == 1 and finding.first_project_id != finding.second_project_id:
        finding.state, finding.outcome, finding.decided_at = FindingState.RESOLVED, Outcome.LINKED, now()
    elif finding.ends_on is not None and finding.ends_on < day:
        finding.state = FindingState.EXPIRED
    else:
        finding.state = FindingState.SUPERSEDED
    finding.changed_at = now()
    finding.revision += 1
    session.add(FindingEvent(finding_id=finding.id, kind=finding.state))


def _is_old(finding: Finding) -> bool:
    return finding.decided_at is not None and finding.decided_at + DECISION_LASTS < now()


def _rank(band: str) -> int:
    return Band(band).rank if band else 0
