"""Planned events for the same people in the same place within the same weeks (queue C, `registry.md` 4.2)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.registry.overlap_score import meet
from portal.registry.rows import EventRow, Spot
from portal.registry.scoring import CLASH
from portal.registry.terms import Reach
from portal.registry.vocabularies import TargetGroup


@dataclass(frozen=True, slots=True)
class Clash:
    """Two events, in the order of their ids; `gap_days` is 0 when they share days."""

    first: EventRow
    second: EventRow
    shared_spots: frozenset[Spot]
    shared_groups: frozenset[TargetGroup]
    gap_days: int
    is_restricted: bool

    @property
    def key(self) -> tuple[UUID, UUID]:
        return self.first.id, self.second.id

    def beside(self, event: EventRow) -> EventRow:
        """The event that one of the two meets."""
        return self.second if self.first.id == event.id else self.first


def compare_events(one: EventRow, other: EventRow, today: date) -> Clash | None:
    """The clash of two events of different organisations; None when there is none, or it is over."""
    first, second = sorted((one, other), key=lambda row: row.id)
    if first.organisation_id == second.organisation_id or first.family_id == second.family_id:
        return None
    if not (may_clash(first, today) and may_clash(second, today)):
        return None
    gap = max(0, (second.starts_on - first.ends_on).days, (first.starts_on - second.ends_on).days)
    spots = _shared_spots(first, second)
    points, groups = meet(first.target_groups, second.target_groups)
    is_known = bool(first.target_groups and second.target_groups)
    if gap > CLASH.near_days or not spots or not points or not is_known:
        return None
    return Clash(first, second, spots, groups, gap, Reach.COORDINATORS in (first.reach, second.reach))


def find_clashes(events: Iterable[EventRow], today: date) -> Iterator[Clash]:
    """Every clash, each once; only events of one district are compared, in the order of their days."""
    blocks: defaultdict[Spot, list[EventRow]] = defaultdict(list)
    for event in events:
        if may_clash(event, today):
            for spot in event.spots:
                blocks[spot].append(event)
    seen: set[tuple[UUID, UUID]] = set()
    for members in blocks.values():
        members.sort(key=lambda event: (event.starts_on, event.id))
        for place, one in enumerate(members):
            for other in members[place + 1 :]:
                if (other.starts_on - one.ends_on).days > CLASH.near_days:
                    break
                clash = compare_events(one, other, today)
                if clash is not None and clash.key not in seen:
                    seen.add(clash.key)
                    yield clash


def clashes_of(event: EventRow, others: Iterable[EventRow], today: date) -> list[Clash]:
    """The clashes of one event, the nearest in time first."""
    found = (compare_events(event, other, today) for other in others if other.id != event.id)
    return sorted((clash for clash in found if clash), key=lambda clash: (clash.gap_days, clash.key))


def check_event_before_saving(
    candidate: EventRow, others: Iterable[EventRow], today: date, access: frozenset[str]
) -> list[Clash]:
    """What somebody should know before an event is saved: the clashes they may see, the nearest in time first.

    `others` may hold every published event; those outside `access` are never told, nor what is for coordinators.
    """
    seen = (row for row in others if not row.access.isdisjoint(access))
    return [clash for clash in clashes_of(candidate, seen, today) if not clash.is_restricted]


def may_clash(event: EventRow, today: date) -> bool:
    return not event.is_cancelled and event.ends_on >= today and event.reach != Reach.ORGANISATION


def _shared_spots(first: EventRow, second: EventRow) -> frozenset[Spot]:
    """The districts of both; a whole province is met by the same whole province only."""
    return frozenset(spot for spot in first.spots if spot in second.spots and not spot.is_whole_country)
