"""Reads XLSX: every sheet's name and then its rows, cells parted by tabs, empty cells passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from uploads.archives import Archive, open_archive
from uploads.extraction.cutting import numbered
from uploads.extraction.markup import SkippingListener, listen
from uploads.extraction.office_properties import office_properties
from uploads.extraction.workbook_parts import read_workbook, shared_strings
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, TextLimits, Unit


def read_xlsx(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """The values that were last shown; formulas are not worked out again."""
    archive = open_archive(stream)
    sheets = read_workbook(archive, limits).sheets
    return OpenedDocument(
        Unit.SHEET,
        numbered(_sheet_texts(archive, sheets, limits), limits),
        office_properties(archive, limits),
        len(sheets),
    )


class _Cells(SkippingListener):
    skipped = frozenset({"x:rPh", "x:f"})

    def __init__(self, shared: list[str], limits: TextLimits) -> None:
        super().__init__()
        self._shared = shared
        self._limits = limits
        self._cells = 0
        self._characters = 0
        self._type: str | None = None
        self._value: list[str] = []
        self._row: list[str] = []
        self._inside_value = False
        self.rows: list[str] = []

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "x:c":
            self._type = attributes.get("t")
            self._value.clear()
            self._cells += 1
            if self._cells > self._limits.cells:
                raise Unreadable(Problem.TOO_LARGE, "too many cells")
        elif name in ("x:v", "x:t"):
            self._inside_value = True

    def left(self, name: str) -> None:
        if name in ("x:v", "x:t"):
            self._inside_value = False
        elif name == "x:c":
            self._finish_cell()
        elif name == "x:row" and self._row:
            self.rows.append("\t".join(self._row))
            self._row = []

    def said(self, piece: str) -> None:
        if self._inside_value:
            self._value.append(piece)

    def _finish_cell(self) -> None:
        value = "".join(self._value)
        if self._type == "s":
            value = self._shared[int(value)] if value.isdecimal() and int(value) < len(self._shared) else ""
        if value:
            self._row.append(value)
            # One long shared string in a million cells would be multiplied into memory.
            self._characters += len(value)
            if self._characters > self._limits.characters:
                raise Unreadable(Problem.TOO_LARGE, "too many characters")


def _sheet_texts(archive: Archive, sheets: list[tuple[str, str]], limits: TextLimits) -> Iterator[str]:
    shared = shared_strings(archive, limits)
    for title, member in sheets:
        cells = _Cells(shared, limits)
        listen(archive, member, cells, limits)
        yield "\n".join([title, *cells.rows, ""])
