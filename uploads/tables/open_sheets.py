"""Reads ODS as a stream. Repeated empty rows and columns, which pad every sheet to its end, cost nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import BinaryIO

from uploads.archives import open_archive
from uploads.extraction.markup import SkippingListener, listen
from uploads.problems import Problem, Unreadable
from uploads.reading import TextLimits
from uploads.tables.cells import Cell, Sheet, TableLimits
from uploads.tables.collecting import SheetCollector, Spending

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_CELLS = ("table:table-cell", "table:covered-table-cell")


def read_ods(stream: BinaryIO, limits: TableLimits) -> list[Sheet]:
    """Every sheet of the document. Raises Unreadable."""
    archive = open_archive(stream)
    if _MANIFEST in archive.names and b"encryption-data" in archive.read(_MANIFEST):
        raise Unreadable(Problem.ENCRYPTED, "its members are encrypted")
    if _CONTENT not in archive.names:
        raise Unreadable(Problem.NOT_WHAT_IT_SAYS, "there is no document inside")
    sheets = _Sheets(limits)
    listen(archive, _CONTENT, sheets, TextLimits(characters=limits.characters * 2))
    return sheets.finished


class _Sheets(SkippingListener):
    skipped = frozenset({"office:annotation"})

    def __init__(self, limits: TableLimits) -> None:
        super().__init__()
        self.finished: list[Sheet] = []
        self._limits = limits
        self._spending = Spending(limits)
        self._collector: SheetCollector | None = None
        self._row = self._column = 0
        self._row_repeats = 1
        self._cells: dict[int, Cell] = {}
        self._attributes: dict[str, str] = {}
        self._paragraphs: list[str] = []
        self._inside_paragraph = False

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            if len(self.finished) >= self._limits.sheets:
                raise Unreadable(Problem.TOO_LARGE, "too many sheets")
            self._collector = SheetCollector(attributes.get("table:name", ""), self._spending)
            self._row = 0
        elif name == "table:table-row":
            self._spending.spend_row()
            self._row_repeats = _count(attributes, "table:number-rows-repeated")
            self._column = 0
            self._cells = {}
        elif name in _CELLS:
            self._spending.spend_cell()
            self._attributes = attributes
            self._paragraphs = []
        elif name == "text:p":
            self._inside_paragraph = True
            self._paragraphs.append("")
        elif name == "text:s" and self._paragraphs:
            self._paragraphs[-1] += " "

    def left(self, name: str) -> None:
        if name == "text:p":
            self._inside_paragraph = False
        elif name in _CELLS:
            self._finish_cell()
        elif name == "table:table-row":
            self._finish_row()
        elif name == "table:table" and self._collector is not None:
            self.finished.append(self._collector.sheet())
            self._collector = None

    def said(self, piece: str) -> None:
        if self._inside_paragraph:
            self._paragraphs[-1] += piece

    def _finish_cell(self) -> None:
        repeats = _count(self._attributes, "table:number-columns-repeated")
        cell = self._value()
        if cell is not None:
            self._spending.spend_cell(repeats - 1)
            for column in range(self._column, self._column + repeats):
                self._cells[column] = cell
        if self._collector is not None:
            down = _count(self._attributes, "table:number-rows-spanned")
            across = _count(self._attributes, "table:number-columns-spanned")
            if down > 1 or across > 1:
                self._collector.merge(
                    self._row, self._column, self._row + down - 1, self._column + across - 1
                )
        self._column += repeats

    def _finish_row(self) -> None:
        if self._cells and self._collector is not None:
            self._spending.spend_row(self._row_repeats - 1)
            self._spending.spend_cell((self._row_repeats - 1) * len(self._cells))
            for row in range(self._row, self._row + self._row_repeats):
                for column, cell in self._cells.items():
                    self._collector.put(row, column, cell)
        self._row += self._row_repeats

    def _value(self) -> Cell | None:
        kind = self._attributes.get("office:value-type", "")
        text = "\n".join(self._paragraphs)
        try:
            if kind in ("float", "percentage", "currency"):
                number = float(self._attributes.get("office:value", ""))
                return int(number) if number.is_integer() and abs(number) < 1e15 else number
            if kind == "date":
                return _day(self._attributes.get("office:date-value", ""))
        except (ValueError, OverflowError):
            return text or None
        if kind == "boolean":
            return self._attributes.get("office:boolean-value") == "true"
        return text or None


def _day(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1
