"""Reads the rows of XLSX: values as last shown, dates by their format, merged areas filled."""

from __future__ import annotations

import re
from typing import BinaryIO

from uploads.archives import Archive, open_archive
from uploads.extraction.markup import SkippingListener, listen
from uploads.extraction.workbook_parts import read_workbook, shared_strings, unescaped
from uploads.problems import Problem, Unreadable
from uploads.reading import TextLimits
from uploads.tables.cells import Cell, CellError, Sheet, TableLimits
from uploads.tables.collecting import SheetCollector, Spending
from uploads.tables.number_formats import day_of_serial, is_date_format

_STYLES = "xl/styles.xml"
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def read_xlsx(stream: BinaryIO, limits: TableLimits) -> list[Sheet]:
    """Every sheet of the workbook. Raises Unreadable."""
    archive = open_archive(stream)
    text_limits = TextLimits(characters=limits.characters * 2)
    workbook = read_workbook(archive, text_limits)
    if len(workbook.sheets) > limits.sheets:
        raise Unreadable(Problem.TOO_LARGE, "too many sheets")
    shared = shared_strings(archive, text_limits)
    styles = _read_styles(archive, text_limits)
    spending = Spending(limits)
    sheets = []
    for title, member in workbook.sheets:
        collector = SheetCollector(title, spending)
        cells = _Cells(collector, shared, styles.date_styles, workbook.is_1904)
        listen(archive, member, cells, text_limits)
        sheets.append(collector.sheet())
    return sheets


class _Styles(SkippingListener):
    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._inside_cell_formats = False

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "x:numFmt":
            self._codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "x:cellXfs":
            self._inside_cell_formats = True
        elif name == "x:xf" and self._inside_cell_formats:
            self._formats.append(_number(attributes.get("numFmtId")))

    def left(self, name: str) -> None:
        if name == "x:cellXfs":
            self._inside_cell_formats = False

    @property
    def date_styles(self) -> frozenset[int]:
        return frozenset(
            position
            for position, number in enumerate(self._formats)
            if is_date_format(number, self._codes.get(number))
        )


def _read_styles(archive: Archive, limits: TextLimits) -> _Styles:
    styles = _Styles()
    if _STYLES in archive.names:
        listen(archive, _STYLES, styles, limits)
    return styles


class _Cells(SkippingListener):
    skipped = frozenset({"x:rPh", "x:f"})

    def __init__(
        self, collector: SheetCollector, shared: list[str], date_styles: frozenset[int], is_1904: bool
    ) -> None:
        super().__init__()
        self._collector = collector
        self._shared = shared
        self._date_styles = date_styles
        self._is_1904 = is_1904
        self._row = self._column = -1
        self._type = ""
        self._style = 0
        self._value: list[str] = []
        self._inside_value = False

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "x:c":
            self._collector.spending.spend_cell()
            self._type = attributes.get("t", "n")
            self._style = _number(attributes.get("s"))
            self._column = self._place(attributes.get("r", ""))
            self._value.clear()
        elif name in ("x:v", "x:t"):
            self._inside_value = True
        elif name == "x:row":
            self._collector.spending.spend_row()
            number = _number(attributes.get("r"))
            self._row = number - 1 if number > 0 else self._row + 1
            self._column = -1
        elif name == "x:mergeCell":
            self._merge(attributes.get("ref", ""))

    def left(self, name: str) -> None:
        if name in ("x:v", "x:t"):
            self._inside_value = False
        elif name == "x:c":
            cell = self._cell("".join(self._value))
            if cell is not None:
                self._collector.put(self._row, self._column, cell)

    def said(self, piece: str) -> None:
        if self._inside_value:
            self._value.append(piece)

    def _place(self, address: str) -> int:
        """The column of a cell; programs may leave addresses out and mean the next one."""
        match = _ADDRESS.fullmatch(address)
        return _column(match[1]) if match else self._column + 1

    def _merge(self, area: str) -> None:
        first, _, last = area.partition(":")
        start, end = _ADDRESS.fullmatch(first), _ADDRESS.fullmatch(last)
        if start and end:
            self._collector.merge(int(start[2]) - 1, _column(start[1]), int(end[2]) - 1, _column(end[1]))

    def _cell(self, text: str) -> Cell | None:
        if self._type == "s":
            known = text.isdecimal() and int(text) < len(self._shared)
            return (self._shared[int(text)] or None) if known else None
        if self._type in ("str", "inlineStr"):
            return unescaped(text) or None
        if not text:
            return None
        if self._type == "b":
            return text.strip() in ("1", "true")
        if self._type == "e":
            return CellError(text)
        if self._type == "d":
            return text
        return self._numeric(text)

    def _numeric(self, text: str) -> Cell | None:
        try:
            number = float(text)
        except ValueError:
            return text
        if number != number or number in (float("inf"), float("-inf")):
            return text
        if self._style in self._date_styles and (day := day_of_serial(number, self._is_1904)):
            return day
        return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
