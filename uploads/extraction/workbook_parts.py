"""What two readers of XLSX share: the one that searches its words and the one that takes its rows.

Both go through the XML as a stream: a library would lay out the whole used area, in which one forgotten cell of
the last row and column costs seventeen thousand million cells.
"""

from __future__ import annotations

import re

from uploads.archives import Archive
from uploads.extraction.markup import SkippingListener, listen, relationships
from uploads.problems import Problem, Unreadable
from uploads.reading import TextLimits

_WORKBOOK = "xl/workbook.xml"
_SHARED = "xl/sharedStrings.xml"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Workbook(SkippingListener):
    """The sheets as (title, name of their part), and the year its days are counted from."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.is_1904 = False

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "x:sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("r:id", "")))
        elif name == "x:workbookPr":
            self.is_1904 = attributes.get("date1904", "0") in ("1", "true")


def read_workbook(archive: Archive, limits: TextLimits) -> Workbook:
    """The workbook; its sheets are those that are really there. Raises Unreadable."""
    if _WORKBOOK not in archive.names:
        raise Unreadable(Problem.NOT_WHAT_IT_SAYS, "there is no workbook inside")
    workbook = Workbook()
    listen(archive, _WORKBOOK, workbook, limits)
    targets = relationships(archive, _WORKBOOK, limits)
    workbook.sheets = [
        (title, targets[key]) for title, key in workbook.sheets if targets.get(key) in archive.names
    ]
    return workbook


def shared_strings(archive: Archive, limits: TextLimits) -> list[str]:
    """The texts that cells name by their number."""
    shared = _SharedStrings()
    if _SHARED in archive.names:
        listen(archive, _SHARED, shared, limits)
    return shared.strings


def unescaped(text: str) -> str:
    """Control characters are written as _x000D_; an underscore that only looks so as _x005F_."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


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
            self.strings.append(unescaped("".join(self._pieces)))
            self._pieces.clear()

    def said(self, piece: str) -> None:
        if self._inside_text:
            self._pieces.append(piece)
