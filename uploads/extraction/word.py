"""Reads DOCX: text in the order of the document, cut where Word last broke its pages."""

from __future__ import annotations

import re
from typing import BinaryIO

from uploads.archives import Archive, open_archive
from uploads.extraction.cutting import marked_or_even, numbered
from uploads.extraction.markup import SkippingListener, listen
from uploads.extraction.office_properties import office_properties
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, TextLimits, Unit

_DOCUMENT = "word/document.xml"
_HEADER_OR_FOOTER = re.compile(r"word/(header|footer)\d*\.xml")
_PICTURES = ("w:drawing", "w:pict", "w:object")
_FALSE = ("0", "false", "off")


def read_docx(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Pages where Word left page breaks, otherwise sections."""
    archive = open_archive(stream)
    if _DOCUMENT not in archive.names:
        raise Unreadable(Problem.NOT_WHAT_IT_SAYS, "there is no Word document inside")
    body = _Body(_notes(archive, limits))
    listen(archive, _DOCUMENT, body, limits)
    pages = body.pages()
    # Letterheads name organisations; they belong to the first page and are said once.
    pages[0] += _letterheads(archive, limits)
    unit = Unit.PAGE
    if len(pages) == 1:
        unit, pages = marked_or_even(pages[0])
    return OpenedDocument(unit, numbered(pages, limits), office_properties(archive, limits), len(pages))


class _Words(SkippingListener):
    """Collects the text of paragraphs, from the body as well as from notes and headers."""

    # What was moved away stands again where it went; the second form of a drawing repeats the first.
    skipped = frozenset({"w:moveFrom", "mc:Fallback", "w:del"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._inside_text = 0

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "w:t":
            self._inside_text += 1
        elif name == "w:tab":
            self.pieces.append("\t")
        elif name in ("w:br", "w:cr"):
            self.pieces.append("\n")
        elif name == "w:noBreakHyphen":
            self.pieces.append("-")

    def left(self, name: str) -> None:
        if name == "w:t":
            self._inside_text -= 1
        elif name == "w:p":
            self.pieces.append("\n")

    def said(self, piece: str) -> None:
        if self._inside_text:
            self.pieces.append(piece)


class _Body(_Words):
    def __init__(self, notes: dict[tuple[str, str], str]) -> None:
        super().__init__()
        self._notes = notes
        self._notes_of_page: list[str] = []
        self._finished: list[str] = []
        self._holds_something = False
        self._was_set_by_hand = True
        self._section_ends = False

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "w:lastRenderedPageBreak":
            # Word writes this also behind the break that a person set; that is one break, not two.
            # A page without anything that we see is counted all the same: it may hold a chart.
            if self._holds_something or not self._was_set_by_hand:
                self._break_page(by_hand=False)
        elif name == "w:br" and attributes.get("w:type") == "page":
            self._break_page(by_hand=True)
        elif name == "w:pageBreakBefore":
            if attributes.get("w:val") not in _FALSE and self._holds_something:
                self._break_page(by_hand=True)
        elif name in _PICTURES:
            self._holds_something = True
        elif name in ("w:footnoteReference", "w:endnoteReference"):
            self._notes_of_page.append(self._notes.get((name[2:-9], attributes.get("w:id", "")), ""))
        elif name == "w:sectPr":
            self._section_ends = True
        elif name == "w:type" and attributes.get("w:val") in ("continuous", "nextColumn"):
            self._section_ends = False
        else:
            super().entered(name, attributes)

    def left(self, name: str) -> None:
        super().left(name)
        if name == "w:p" and self._section_ends:
            self._section_ends = False
            if self._holds_something:
                self._break_page(by_hand=True)

    def said(self, piece: str) -> None:
        super().said(piece)
        if self._inside_text and not piece.isspace():
            self._holds_something = True

    def pages(self) -> list[str]:
        """Every page; what stands behind the last break is a page only if it holds something."""
        if self._holds_something or not self._finished:
            self._break_page(by_hand=False)
        return self._finished

    def _break_page(self, *, by_hand: bool) -> None:
        self._finished.append("".join([*self.pieces, *self._notes_of_page]))
        self.pieces = []
        self._notes_of_page = []
        self._holds_something = False
        self._was_set_by_hand = by_hand


class _Notes(_Words):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self._id = ""
        self.notes: dict[tuple[str, str], str] = {}

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"w:{self._kind}":
            self._id = attributes.get("w:id", "")
            self.pieces = []
        super().entered(name, attributes)

    def left(self, name: str) -> None:
        super().left(name)
        if name == f"w:{self._kind}":
            self.notes[self._kind, self._id] = "".join(self.pieces)


def _notes(archive: Archive, limits: TextLimits) -> dict[tuple[str, str], str]:
    notes: dict[tuple[str, str], str] = {}
    for kind in ("footnote", "endnote"):
        if f"word/{kind}s.xml" in archive.names:
            listener = _Notes(kind)
            listen(archive, f"word/{kind}s.xml", listener, limits)
            notes |= listener.notes
    return notes


def _letterheads(archive: Archive, limits: TextLimits) -> str:
    said: dict[str, None] = {}
    for member in sorted(filter(_HEADER_OR_FOOTER.fullmatch, archive.names)):
        words = _Words()
        listen(archive, member, words, limits)
        said["".join(words.pieces).strip()] = None
    text = "\n".join(filter(None, said))
    return f"\n{text}\n" if text else ""
