"""When: the work of a presence as bars of families, and how many families are at work in each quarter. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from portal.registry.presence import Presence, WeighedLine
from portal.registry.presence_filter import Phase

YEARS_BEFORE, YEARS_AFTER = 2, 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One family from the first day of its lines to the last; an open end is None."""

    family: int
    lines: Sequence[WeighedLine]
    starts_on: date | None
    ends_on: date | None
    phases: frozenset[Phase]
    policy_area: str


@dataclass(frozen=True, slots=True)
class Quarter:
    """Families with a line whose dates meet the quarter."""

    first_day: date
    last_day: date
    families: int


@dataclass(frozen=True)
class Timeline:
    first_day: date
    last_day: date
    bars: Sequence[Bar]
    quarters: Sequence[Quarter]

    def share(self, day: date) -> float:
        """Where a day stands between the ends of the axis, from 0 to 1; days outside at the ends."""
        whole = (self.last_day - self.first_day).days + 1
        return min(max((day - self.first_day).days / whole, 0.0), 1.0)


@lru_cache(maxsize=4)
def draw_timeline(presence: Presence) -> Timeline:
    """Bars in the order in which they end, those that never end last. Kept for the pages that follow the first."""
    asked, today = presence.asked, presence.as_of
    first = date((asked.first_day or today).year - (0 if asked.first_day else YEARS_BEFORE), 1, 1)
    last = date((asked.last_day or today).year + (0 if asked.last_day else YEARS_AFTER), 12, 31)
    last = max(last, date(first.year, 12, 31))
    by_family: defaultdict[int, list[WeighedLine]] = defaultdict(list)
    for line in presence.lines:
        by_family[line.family].append(line)
    bars = [_bar(family, lines) for family, lines in by_family.items()]
    bars.sort(key=lambda bar: (bar.ends_on or date.max, bar.starts_on or date.min, bar.family))
    return Timeline(first, last, bars, _quarters(presence.lines, first, last))


def _bar(family: int, lines: Sequence[WeighedLine]) -> Bar:
    starts = [line.row.starts_on for line in lines]
    ends = [line.row.ends_on for line in lines]
    return Bar(
        family=family,
        lines=lines,
        starts_on=None if None in starts else min(day for day in starts if day),
        ends_on=None if None in ends else max(day for day in ends if day),
        phases=frozenset(line.phase for line in lines),
        policy_area=min(lines, key=lambda line: line.row.reference).row.policy_area,
    )


def _quarters(lines: Sequence[WeighedLine], first: date, last: date) -> list[Quarter]:
    starts = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 4, 7, 10)]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), last]
    at_work: list[set[int]] = [set() for _ in starts]
    for line in lines:
        begin = _quarter_of(line.row.starts_on or first, first)
        end = _quarter_of(line.row.ends_on or last, first)
        for number in range(max(begin, 0), min(end + 1, len(starts))):
            at_work[number].add(line.family)
    return [
        Quarter(start, end, len(families)) for start, end, families in zip(starts, ends, at_work, strict=True)
    ]


def _quarter_of(day: date, first: date) -> int:
    return (day.year - first.year) * 4 + (day.month - 1) // 3
