"""Gathers the cells of one sheet within the limits, whatever format they come from."""

from __future__ import annotations

from dataclasses import dataclass, field

from uploads.problems import Problem, Unreadable
from uploads.tables.cells import LONGEST_CELL, Cell, Sheet, TableLimits, TableRow


@dataclass
class Spending:
    """What a whole file has used of its limits; shared by its sheets."""

    limits: TableLimits
    rows: int = 0
    cells: int = 0
    characters: int = 0

    def spend_row(self, count: int = 1) -> None:
        self.rows += count
        if self.rows > self.limits.rows:
            raise Unreadable(Problem.TOO_LARGE, "too many rows")

    def spend_cell(self, count: int = 1) -> None:
        self.cells += count
        if self.cells > self.limits.cells:
            raise Unreadable(Problem.TOO_LARGE, "too many cells")

    def spend_characters(self, count: int) -> None:
        self.characters += count
        if self.characters > self.limits.characters:
            raise Unreadable(Problem.TOO_LARGE, "too many characters")


@dataclass
class SheetCollector:
    """Cells by row and column (from 0), and the areas that were merged."""

    name: str
    spending: Spending
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    _merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def put(self, row: int, column: int, cell: Cell) -> None:
        """A cell with a value; texts longer than a spreadsheet allows are cut to that."""
        if isinstance(cell, str):
            # A lone half of a letter beyond the 16-bit range could not be written anywhere.
            cell = cell[:LONGEST_CELL].encode("utf-8", "replace").decode("utf-8")
            self.spending.spend_characters(len(cell))
        if 0 <= column < self.spending.limits.columns:
            self.rows.setdefault(row, {})[column] = cell

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        self._merged.append((top, left, bottom, right))

    def sheet(self) -> Sheet:
        """The sheet, its merged areas filled with the value of their first cell."""
        left_to_fill = self.spending.limits.merged_cells
        known_rows = sorted(self.rows)
        for top, left, bottom, right in self._merged:
            value = self.rows.get(top, {}).get(left)
            if value is None:
                continue
            # Only rows that hold something: a title merged over a million empty rows stays one cell.
            for row in (number for number in known_rows if top <= number <= bottom):
                width = min(right, self.spending.limits.columns - 1) - left + 1
                left_to_fill -= width
                if left_to_fill < 0:
                    raise Unreadable(Problem.TOO_LARGE, "too many merged cells")
                for column in range(left, left + width):
                    self.rows[row].setdefault(column, value)
        return Sheet(self.name, [TableRow(number + 1, self.rows[number]) for number in sorted(self.rows)])
