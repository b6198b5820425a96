"""The points of two activity lines, component by component (`registry.md` 4.4): where, what, for whom, when.

Whole points, added up; nothing here decides whether a pair is told to anybody: see `overlaps`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from portal.registry.rows import LineRow
from portal.registry.scoring import OVERLAP, round_half_up
from portal.registry.vocabularies import TARGET_GROUP_PARENTS, TargetGroup


@dataclass(frozen=True, slots=True)
class Window:
    """The days that two lines share, both ends included."""

    starts_on: date
    ends_on: date
    days: int
    shorter_days: int
    # One of the lines has no end; twelve months after its start were taken.
    has_open_end: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Points of the four components; each is also what the breakdown shows."""

    where: int
    what: int
    whom: int
    when: int
    shared_districts: frozenset[UUID]
    shared_provinces: frozenset[UUID]
    # The groups of both lines that met, the more particular one of each pair.
    shared_groups: frozenset[TargetGroup]
    window: Window
    is_broad: bool

    @property
    def total(self) -> int:
        return self.where + self.what + self.whom + self.when


def score_pair(first: LineRow, second: LineRow) -> Score:
    """The points of two lines that passed the gates of place and time."""
    window = shared_window(first, second)
    if window is None:
        raise ValueError("Only lines that share time are scored.")
    districts = _districts(first) & _districts(second)
    whom, groups = meet(first.target_groups, second.target_groups)
    is_broad = _is_broad(first) or _is_broad(second)
    return Score(
        where=_where(first, second, districts, is_broad=is_broad),
        what=_what(first, second),
        whom=whom,
        when=_when(window),
        shared_districts=districts,
        shared_provinces=_provinces(first) & _provinces(second),
        shared_groups=groups,
        window=window,
        is_broad=is_broad,
    )


def shared_window(first: LineRow, second: LineRow) -> Window | None:
    """The days both go on. Without an end, twelve months are taken; without a start nothing is known."""
    if first.starts_on is None or second.starts_on is None:
        return None
    first_end, second_end = end_of(first, first.starts_on), end_of(second, second.starts_on)
    starts_on, ends_on = max(first.starts_on, second.starts_on), min(first_end, second_end)
    if ends_on < starts_on:
        return None
    lengths = ((first_end - first.starts_on).days, (second_end - second.starts_on).days)
    return Window(
        starts_on=starts_on,
        ends_on=ends_on,
        days=(ends_on - starts_on).days + 1,
        shorter_days=min(lengths) + 1,
        has_open_end=first.ends_on is None or second.ends_on is None,
    )


def shares_place(first: LineRow, second: LineRow) -> bool:
    """At a province or finer; who says only "the whole country" is compared with others who say only that."""
    if is_national_only(first) or is_national_only(second):
        return is_national_only(first) and is_national_only(second)
    if _districts(first) & _districts(second):
        return True
    first_whole, second_whole = _whole_provinces(first), _whole_provinces(second)
    return bool(first_whole & _provinces(second) or second_whole & _provinces(first))


def is_national_only(row: LineRow) -> bool:
    return bool(row.spots) and all(spot.is_whole_country for spot in row.spots)


def _where(first: LineRow, second: LineRow, shared: frozenset[UUID], *, is_broad: bool) -> int:
    if shared:
        fewest = min(len(_districts(first)), len(_districts(second)))
        points = Fraction(OVERLAP.where_shared_district) + Fraction(
            OVERLAP.where_share_of_districts * len(shared), fewest
        )
    elif _whole_provinces(first) & _whole_provinces(second) or is_national_only(first):
        points = Fraction(OVERLAP.where_same_whole_province)
    else:
        points = Fraction(OVERLAP.where_province)
    return round_half_up(points * OVERLAP.broad_factor if is_broad else points)


def _what(first: LineRow, second: LineRow) -> int:
    if first.intervention is not None and first.intervention == second.intervention:
        return OVERLAP.what_same_intervention
    if first.policy_area != second.policy_area:
        return 0
    is_one_family = (
        first.intervention is not None
        and second.intervention is not None
        and first.intervention.family == second.intervention.family
    )
    return OVERLAP.what_same_family if is_one_family else OVERLAP.what_same_area


def meet(first: frozenset[TargetGroup], second: frozenset[TargetGroup]) -> tuple[int, frozenset[TargetGroup]]:
    if not first or not second:
        return OVERLAP.whom_unknown, first | second
    if same := first & second:
        return OVERLAP.whom_same, same
    within = frozenset(
        narrow
        for narrow, wide in [(a, b) for a in first for b in second] + [(b, a) for a in first for b in second]
        if _is_within(narrow, wide)
    )
    return (OVERLAP.whom_ancestor, within) if within else (0, frozenset())


def _is_within(group: TargetGroup, wider: TargetGroup) -> bool:
    parent = TARGET_GROUP_PARENTS.get(group)
    return parent is not None and (parent == wider or _is_within(parent, wider))


def _when(window: Window) -> int:
    if window.days >= OVERLAP.long_days or window.days >= OVERLAP.long_share * window.shorter_days:
        return OVERLAP.when_long
    return OVERLAP.when_middle if window.days >= OVERLAP.middle_days else OVERLAP.when_short


def end_of(row: LineRow, starts_on: date) -> date:
    if row.ends_on is not None:
        return row.ends_on
    months = starts_on.month - 1 + OVERLAP.open_end_months
    year, month = starts_on.year + months // 12, months % 12 + 1
    # The first of the month always exists; what is missing to the day is added.
    return date(year, month, 1) + timedelta(days=starts_on.day - 1)


def _is_broad(row: LineRow) -> bool:
    if any(spot.is_whole_country for spot in row.spots):
        return True
    return len(_provinces(row)) > OVERLAP.broad_above_provinces


def _districts(row: LineRow) -> frozenset[UUID]:
    return frozenset(spot.district for spot in row.spots if spot.district is not None)


def _provinces(row: LineRow) -> frozenset[UUID]:
    return frozenset(spot.province for spot in row.spots if spot.province is not None)


def _whole_provinces(row: LineRow) -> frozenset[UUID]:
    return frozenset(spot.province for spot in row.spots if spot.is_whole_province and spot.province)
