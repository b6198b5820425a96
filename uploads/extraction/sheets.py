"""Reads XLSX: every sheet's name and then its rows, cells parted by tabs, empty cells passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from uploads.archives import Archive, open_archive
from uploads.extraction.cutting import numbered
from uploads.extraction.markup import SkippingListener, listen, relationships
from uploads.extraction.office_properties import office_properties
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, TextLimits, Unit

_WORKBOOK = "xl/workbook.xml"
_SHARED = "xl/sharedStrings.xml"


def read_xlsx(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """The values that were last shown; formulas are not worked out again."""
    archive = open_archive(stream)
    if _WORKBOOK not in archive.names:
        raise Unreadable(Problem.NOT_WHAT_IT_SAYS, "there is no workbook inside")
    workbook = _Workbook()
    listen(archive, _WORKBOOK, workbook, limits)
    targets = relationships(archive, _WORKBOOK, limits)
    sheets = [(title, targets[key]) for title, key in workbook.sheets if targets.get(key) in archive.names]
    return OpenedDocument(
        Unit.SHEET,
        numbered(_sheet_texts(archive, sheets, limits), limits),
        office_properties(archive, limits),
        len(sheets),
    )


class _Workbook(SkippingListener):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "x:sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("r:id", "")))


class _SharedStrings(SkippingListener):
    # Phonetic readings repeat the word above them.
    skipped = frozenset({"x:rPh"})

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._inside_text = False

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "x:t":
            self._inside_text = True

    def left(self, name: str) -> None:
        if name == "x:t":
            self._inside_text = False
        elif name == "x:si":
            self.strings.append("".join(self._pieces))
            self._pieces.clear()

    def said(self, piece: str) -> None:
        if self._inside_text:
            self._pieces.append(piece)


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
    shared = _SharedStrings()
    if _SHARED in archive.names:
        listen(archive, _SHARED, shared, limits)
    for title, member in sheets:
        cells = _Cells(shared.strings, limits)
        listen(archive, member, cells, limits)
        yield "\n".join([title, *cells.rows, ""])
