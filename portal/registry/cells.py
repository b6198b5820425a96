"""Where work gathers: cells of place, intervention, audience and quarter (`registry.md` 4.5).

A cell is no verdict: it holds everybody who is there at once, and is read beside the need. Never a chain of pairs,
so that two who have nothing in common are not put together by a third.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from portal.registry.overlap_score import end_of
from portal.registry.overlaps import may_be_compared
from portal.registry.rows import LineRow, Spot
from portal.registry.vocabularies import TARGET_GROUP_PARENTS, Intervention, TargetGroup

_INNER = frozenset(TARGET_GROUP_PARENTS.values())


@dataclass(frozen=True, slots=True)
class CellKey:
    """A district, or a whole province; a group that has no finer ones, or None where none is named."""

    spot: Spot
    intervention: Intervention
    group: TargetGroup | None
    year: int
    quarter: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Everybody who is in one cell. The planned figures are a range: people are never added up."""

    key: CellKey
    lines: tuple[LineRow, ...]
    implementer_ids: frozenset[UUID]
    family_ids: frozenset[UUID]
    planned_least: int | None
    planned_most: int | None
    # The year and quarter up to which, without a break, the same lines are in it.
    until: tuple[int, int]


def find_cells(rows: Iterable[LineRow], today: date, quarters: int = 4) -> list[Cell]:
    """The cells of this quarter and the next ones in which at least two organisations of two families are.

    The fullest first. Adjoining quarters with the same lines are one cell. `rows` are those their reader may see.
    """
    coming = list(_quarters_from(today, quarters))
    gathered: defaultdict[CellKey, list[LineRow]] = defaultdict(list)
    for row in rows:
        if may_be_compared(row, today):
            for key in _keys_of(row, coming):
                gathered[key].append(row)
    cells = [_cell(key, lines) for key, lines in gathered.items()]
    full = [cell for cell in cells if len(cell.implementer_ids) > 1 and len(cell.family_ids) > 1]
    return sorted(_joined(full), key=_order)


def _joined(cells: Iterable[Cell]) -> list[Cell]:
    """One cell in place of those that differ by nothing but their quarter and follow upon each other."""
    joined: list[Cell] = []
    latest: dict[CellKey, int] = {}
    for cell in sorted(cells, key=lambda cell: cell.until):
        place = replace(cell.key, year=0, quarter=0)
        before = joined[latest[place]] if place in latest else None
        if before is not None and before.lines == cell.lines and _following(*before.until) == cell.until:
            joined[latest[place]] = replace(before, until=cell.until)
        else:
            latest[place] = len(joined)
            joined.append(cell)
    return joined


def _following(year: int, quarter: int) -> tuple[int, int]:
    return (year, quarter + 1) if quarter < 4 else (year + 1, 1)


def _keys_of(row: LineRow, coming: list[tuple[int, int, date, date]]) -> Iterator[CellKey]:
    if row.intervention is None or row.starts_on is None:
        return
    end = end_of(row, row.starts_on)
    leaves: list[TargetGroup | None] = [group for group in row.target_groups if group not in _INNER]
    for year, quarter, first, last in coming:
        if row.starts_on <= last and end >= first:
            for spot in row.spots:
                if not spot.is_whole_country:
                    for group in leaves or [None]:
                        yield CellKey(spot, row.intervention, group, year, quarter)


def _quarters_from(today: date, count: int) -> Iterator[tuple[int, int, date, date]]:
    year, quarter = today.year, (today.month - 1) // 3
    for _ in range(count):
        first = date(year, quarter * 3 + 1, 1)
        after = date(year + quarter // 3, quarter * 3 % 12 + 4 if quarter < 3 else 1, 1)
        yield year, quarter + 1, first, date.fromordinal(after.toordinal() - 1)
        year, quarter = (year, quarter + 1) if quarter < 3 else (year + 1, 0)


def _cell(key: CellKey, lines: list[LineRow]) -> Cell:
    planned = [row.planned.total for row in lines if row.planned.total is not None]
    return Cell(
        key=key,
        lines=tuple(sorted(lines, key=lambda row: row.reference)),
        implementer_ids=frozenset(row.implementer_id for row in lines),
        family_ids=frozenset(row.family_id for row in lines),
        planned_least=min(planned, default=None),
        planned_most=max(planned, default=None),
        until=(key.year, key.quarter),
    )


def _order(cell: Cell) -> tuple[object, ...]:
    key = cell.key
    return (
        -len(cell.implementer_ids),
        -len(cell.family_ids),
        key.year,
        key.quarter,
        key.intervention,
        key.group or "",
        key.spot.province.hex if key.spot.province else "",
        key.spot.district.hex if key.spot.district else "",
    )
