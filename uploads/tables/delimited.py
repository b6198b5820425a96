"""Reads tables that are text: separated by commas, semicolons, tabs or bars, or lists written as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from uploads.extraction.plain import all_of, decode
from uploads.problems import Problem, Unreadable
from uploads.tables.cells import Cell, Sheet, TableLimits
from uploads.tables.collecting import SheetCollector, Spending

_SEPARATORS = ",;\t|"
_SAMPLE_LINES = 40


def read_delimited(stream: BinaryIO, limits: TableLimits) -> list[Sheet]:
    """The one table of a text file, in whatever encoding; every cell is text. Raises Unreadable."""
    text = decode(all_of(stream)).replace("\0", "")
    collector = SheetCollector("", Spending(limits))
    for number, cells in _json_rows(text) or _rows(text):
        collector.spending.spend_row()
        collector.spending.spend_cell(len(cells))
        for column, value in enumerate(cells):
            if value not in (None, ""):
                collector.put(number - 1, column, value)
    return [collector.sheet()]


def _rows(text: str) -> Iterable[tuple[int, list[Any]]]:
    """Rows counted as a spreadsheet shows them: a quoted line break does not begin another."""
    # The module's own limit would refuse a long description in a cell.
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error as error:
        raise Unreadable(Problem.BROKEN, f"row {number + 1}: {error}") from error


def separator_of(text: str) -> str:
    """The separator that cuts the first lines into the same number of cells most often."""
    lines = [line for line in text[:200_000].splitlines()[:_SAMPLE_LINES] if line.strip()]

    def score(separator: str) -> tuple[int, int]:
        counts = [len(cells) for cells in csv.reader(lines, delimiter=separator)]
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return (counts.count(usual) * (usual > 1), usual)

    return max(_SEPARATORS, key=score)


def _json_rows(text: str) -> list[tuple[int, list[Any]]]:
    """A list of lists, or a list of objects with their keys as header; nothing for other JSON or none."""
    if not text.lstrip("\ufeff \r\n\t").startswith("["):
        return []
    try:
        value = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return []
    if not isinstance(value, list) or not value:
        return []
    if all(isinstance(row, list) for row in value):
        rows = value
    elif all(isinstance(row, dict) for row in value):
        header = list(dict.fromkeys(key for row in value for key in row))
        rows = [header, *([row.get(key) for key in header] for row in value)]
    else:
        return []
    return [(number, [_scalar(cell) for cell in row]) for number, row in enumerate(rows, 1)]


def _scalar(value: Any) -> Cell | None:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return json.dumps(value, ensure_ascii=False)
