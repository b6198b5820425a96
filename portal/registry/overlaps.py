"""Operational overlap: do two different projects do the same for the same people, there and then? (queue O)

`registry.md` 4.4, exactly: hard gates with a reason code each, an additive score of whole points that anybody can
add up by hand, bands, and a confidence that is told beside the score and never multiplied into it. Symmetric and
without memory: the same two lines always give the same answer.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from portal.registry.freshness import status_of
from portal.registry.overlap_score import (
    Score,
    end_of,
    meet,
    score_pair,
    shared_window,
    shares_place,
)
from portal.registry.rows import LineRow
from portal.registry.scoring import OVERLAP, Band, Confidence, Queue
from portal.registry.terms import EffectiveStatus, Reach
from portal.registry.vocabularies import SUPPORT_INTERVENTIONS

# What is past its end is told to its owner by a reminder, and to nobody as an overlap.
_COMPARED = frozenset({EffectiveStatus.PLANNED, EffectiveStatus.ONGOING, EffectiveStatus.START_UNCONFIRMED})


class Gate(StrEnum):
    """Why two lines are not compared, or where they are told instead."""

    X1_SAME_FAMILY = "X1"
    X2_SAME_IMPLEMENTER = "X2"
    X3_VERTICAL_CHAIN = "X3"
    X4_STATUS = "X4"
    X5_NO_SHARED_TIME = "X5"
    X6_NO_SHARED_PLACE = "X6"
    X7_OWN_ONLY = "X7"
    X8_SUPPORT = "X8"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two lines, in the order of their ids, with what they have in common."""

    first: LineRow
    second: LineRow
    queue: Queue
    score: Score
    band: Band
    confidence: Confidence
    # What is old or imprecise: recent, precise, audience.
    doubts: tuple[str, ...]
    # Only coordinators may read of it; they talk with the parties.
    is_restricted: bool

    @property
    def key(self) -> tuple[UUID, UUID]:
        return self.first.id, self.second.id

    def beside(self, row: LineRow) -> LineRow:
        """The line that one of the two meets."""
        return self.second if self.first.id == row.id else self.first


def compare(one: LineRow, other: LineRow, today: date) -> Overlap | None:
    """The overlap of two lines, whichever queue it belongs to; None when nothing is to be told.

    The queue is O, `adjacent` or `internal`. What is seen from above (X3) belongs to queue D: see `duplicates`.
    """
    first, second = sorted((one, other), key=lambda row: row.id)
    gate = find_gate(first, second, today)
    if gate is not None and gate != Gate.X2_SAME_IMPLEMENTER:
        return None
    score = score_pair(first, second)
    queue = _queue(score, is_internal=gate == Gate.X2_SAME_IMPLEMENTER)
    band = band_of(score)
    if queue is None or (band is None and queue != Queue.ADJACENT):
        return None
    doubts = doubts_of(first, second, score, today)
    return Overlap(
        first=first,
        second=second,
        queue=queue,
        score=score,
        band=band or Band.POSSIBLE,
        confidence=confidence_of(doubts),
        doubts=doubts,
        is_restricted=Reach.COORDINATORS in (first.reach, second.reach),
    )


def find_gate(first: LineRow, second: LineRow, today: date) -> Gate | None:
    """The first reason for which two lines are not compared; None when they are."""
    if Reach.ORGANISATION in (first.reach, second.reach):
        return Gate.X7_OWN_ONLY
    if first.family_id == second.family_id:
        return Gate.X1_SAME_FAMILY
    if first.intervention in SUPPORT_INTERVENTIONS or second.intervention in SUPPORT_INTERVENTIONS:
        return Gate.X8_SUPPORT
    if status_of(first, today) not in _COMPARED or status_of(second, today) not in _COMPARED:
        return Gate.X4_STATUS
    if not shares_place(first, second):
        return Gate.X6_NO_SHARED_PLACE
    if shared_window(first, second) is None:
        return Gate.X5_NO_SHARED_TIME
    if first.implementer_id == second.implementer_id:
        return Gate.X2_SAME_IMPLEMENTER
    if is_vertical_chain(first, second):
        return Gate.X3_VERTICAL_CHAIN
    return None


def is_vertical_chain(first: LineRow, second: LineRow) -> bool:
    """Whether one line is the other seen from above: by who funds, accounts for or passes on its money."""
    if first.intervention is None or first.intervention != second.intervention:
        return False
    return first.implementer_id in second.upstream_ids or second.implementer_id in first.upstream_ids


def band_of(score: Score) -> Band | None:
    """Strong only where a district is shared for certain; None below everything that is shown."""
    if score.total >= OVERLAP.strong and score.shared_districts:
        return Band.STRONG
    if score.total >= OVERLAP.moderate:
        return Band.MODERATE
    return Band.POSSIBLE if score.total >= OVERLAP.possible else None


def doubts_of(first: LineRow, second: LineRow, score: Score, today: date) -> tuple[str, ...]:
    """What keeps the confidence from A, by name."""
    doubts = []
    if not (_is_recent(first, today) and _is_recent(second, today)):
        doubts.append("recent")
    if not score.shared_districts:
        doubts.append("precise")
    if not (first.target_groups and second.target_groups):
        doubts.append("audience")
    return tuple(doubts)


def confidence_of(doubts: Sequence[str]) -> Confidence:
    if not doubts:
        return Confidence.A
    return Confidence.B if len(doubts) == 1 else Confidence.C


def find_overlaps(
    rows: Iterable[LineRow], today: date, projects: Collection[UUID] | None = None
) -> Iterator[Overlap]:
    """Every pair to be told in queues O and internal, each once; of some projects with all others, or of all.

    Compares only lines of one intervention in one province, so the work grows with what is found there.
    """
    blocks: defaultdict[tuple[object, object], list[LineRow]] = defaultdict(list)
    for row in rows:
        if may_be_compared(row, today):
            for key in block_keys(row):
                blocks[key].append(row)
    seen: set[tuple[UUID, UUID]] = set()
    for members in blocks.values():
        # By their start: once one begins after another has ended, so do all that follow.
        members.sort(key=lambda row: (row.starts_on or date.max, row.id))
        for place, one in enumerate(members):
            end = end_of(one, one.starts_on) if one.starts_on else date.min
            for other in members[place + 1 :]:
                if other.starts_on is None or other.starts_on > end:
                    break
                is_asked = projects is None or one.project_id in projects or other.project_id in projects
                if not is_asked or _is_hopeless(one, other):
                    continue
                overlap = compare(one, other, today)
                if overlap is not None and overlap.key not in seen:
                    seen.add(overlap.key)
                    yield overlap


def overlaps_of(row: LineRow, others: Iterable[LineRow], today: date) -> list[Overlap]:
    """Everything one line has in common with others, strongest first; adjacent work too."""
    found = (compare(row, other, today) for other in others if other.id != row.id)
    return sorted((overlap for overlap in found if overlap), key=strength)


def adjacent_work(own: Iterable[LineRow], others: Iterable[LineRow], today: date) -> list[Overlap]:
    """Work of others next to one's own, strongest first: a shelter beside counselling, whom one could refer to.

    Computed when it is asked for and never kept; give only lines that the reader may see.
    """
    mine = {row.id: (row, _kinds_of_work(row)) for row in own}
    wanted = set().union(*(kinds for _, kinds in mine.values()))
    blocks: defaultdict[tuple[object, str], list[LineRow]] = defaultdict(list)
    for row in others:
        shared = _kinds_of_work(row) & wanted
        if shared and may_be_compared(row, today):
            for kind in shared:
                blocks[kind].append(row)
    found: dict[tuple[UUID, UUID], Overlap] = {}
    for row, kinds in mine.values():
        near = {
            other.id: other
            for kind in kinds
            for other in blocks[kind]
            if other.intervention != row.intervention and other.implementer_id != row.implementer_id
        }
        found.update({overlap.key: overlap for overlap in overlaps_of(row, near.values(), today)})
    return sorted((item for item in found.values() if item.queue == Queue.ADJACENT), key=strength)


def check_before_saving(
    candidate: LineRow, others: Iterable[LineRow], today: date, access: frozenset[str]
) -> list[Overlap]:
    """What somebody should know before a line is saved: strong and moderate overlaps they may see.

    `others` may hold every published line; those outside `access` are never told.
    """
    keys = set(block_keys(candidate))
    near = (
        row
        for row in others
        if not row.access.isdisjoint(access) and row.project_id != candidate.project_id
        if not keys.isdisjoint(block_keys(row))
    )
    return [
        overlap
        for overlap in overlaps_of(candidate, near, today)
        if overlap.queue == Queue.OVERLAP and overlap.band != Band.POSSIBLE
        if not overlap.is_restricted
    ]


def block_keys(row: LineRow) -> list[tuple[object, object]]:
    """Lines that share no key have nothing in common for queue O."""
    if row.intervention is None:
        return []
    return list({(spot.province, row.intervention): None for spot in row.spots})


def _kinds_of_work(row: LineRow) -> set[tuple[object, str]]:
    """Its province and the family of its intervention: what adjacent work has in common."""
    if row.intervention is None:
        return set()
    return {(spot.province, row.intervention.family) for spot in row.spots}


def may_be_compared(row: LineRow, today: date) -> bool:
    """The gates that one line alone can fail."""
    return (
        row.reach != Reach.ORGANISATION
        and row.intervention not in SUPPORT_INTERVENTIONS
        and row.starts_on is not None
        and status_of(row, today) in _COMPARED
    )


def strength(overlap: Overlap) -> tuple[int, int, str, tuple[UUID, UUID]]:
    """For sorting, strongest first."""
    return -overlap.band.rank, -overlap.score.total, overlap.confidence, overlap.key


def _queue(score: Score, *, is_internal: bool) -> Queue | None:
    if score.what == OVERLAP.what_same_intervention and score.whom > 0:
        return Queue.INTERNAL if is_internal else Queue.OVERLAP
    if score.what == OVERLAP.what_same_family and not is_internal:
        return Queue.ADJACENT
    return None


def _is_hopeless(one: LineRow, other: LineRow) -> bool:
    """A quick look before the full comparison: disjoint audiences or one family give nothing."""
    if one.family_id == other.family_id:
        return True
    if not one.target_groups or not other.target_groups:
        return False
    return (
        one.target_groups.isdisjoint(other.target_groups)
        and not meet(one.target_groups, other.target_groups)[0]
    )


def _is_recent(row: LineRow, today: date) -> bool:
    return row.confirmed_on is not None and (today - row.confirmed_on).days < OVERLAP.recent_days
