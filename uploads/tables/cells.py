"""The values that cross from the sandbox: cells, rows and sheets, and how they are written on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from uploads.problems import Problem

LONGEST_CELL = 32_767


@dataclass(frozen=True, slots=True)
class CellError:
    """What a formula shows that could not be worked out: #REF!, #N/A and their like."""

    text: str


Cell = str | int | float | bool | date | datetime | CellError
"""An empty cell has no value at all. A formula is the value it last showed."""


@dataclass(frozen=True)
class TableRow:
    """A row that holds something: its number in the sheet and its cells by column, both counted from 1 and 0."""

    number: int
    cells: Mapping[int, Cell]


@dataclass
class Sheet:
    """One sheet; rows without any value are left out. A merged cell's value stands in each of its cells."""

    name: str
    rows: list[TableRow] = field(default_factory=list)


@dataclass(frozen=True)
class TableLimits:
    """How much of a table may be handed over. Empty formatted cells and rows count, because they cost the same."""

    sheets: int = 60
    rows: int = 200_000
    columns: int = 16_384
    cells: int = 1_000_000
    characters: int = 20_000_000
    merged_cells: int = 200_000


@dataclass(frozen=True)
class TableReading:
    """The sheets of a file, or why there are none."""

    sheets: list[Sheet] = field(default_factory=list)
    problem: Problem | None = None


def column_letters(column: int) -> str:
    """A column counted from 0 as spreadsheets call it: A, B, … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def to_wire(cell: Cell) -> Any:
    """A cell as JSON has it; what JSON has no type for stands in an object of one key."""
    if isinstance(cell, CellError):
        return {"e": cell.text}
    if isinstance(cell, datetime):
        return {"t": cell.isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    return cell


def from_wire(value: Any) -> Cell:
    """Back again. Raises ValueError, KeyError or TypeError for what `to_wire` never writes."""
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        return _READERS[kind](text)
    if isinstance(value, str | int | float):
        return value
    raise TypeError("That is no cell.")


_READERS: Mapping[str, Callable[[str], Cell]] = {
    "e": CellError,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
}
