"""Reads OpenDocument: texts with their page breaks, slides and sheets by their own numbers."""

from __future__ import annotations

from typing import BinaryIO

from uploads.archives import Archive, open_archive
from uploads.extraction.cutting import marked_or_even, numbered
from uploads.extraction.markup import FieldListener, SkippingListener, listen
from uploads.extraction.office_properties import day
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, Properties, TextLimits, Unit

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_PARAGRAPHS = ("text:p", "text:h")


def read_odt(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Pages where the writing program left page breaks, otherwise sections."""
    archive = _open(stream)
    words = _TextDocument()
    listen(archive, _CONTENT, words, limits)
    pages = words.finished_parts()
    unit = Unit.PAGE
    if len(pages) == 1:
        unit, pages = marked_or_even(pages[0])
    return OpenedDocument(unit, numbered(pages, limits), _properties(archive, limits), len(pages))


def read_odp(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """One slide after the other, each with its notes."""
    return _read_parts(stream, limits, _Parts("draw:page"), Unit.SLIDE)


def read_ods(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """One sheet after the other: its name, then its rows. Repeated cells are said once."""
    return _read_parts(stream, limits, _Sheets("table:table"), Unit.SHEET)


def _read_parts(stream: BinaryIO, limits: TextLimits, parts: _Parts, unit: Unit) -> OpenedDocument:
    archive = _open(stream)
    listen(archive, _CONTENT, parts, limits)
    texts = parts.finished_parts()
    return OpenedDocument(unit, numbered(texts, limits), _properties(archive, limits), len(texts))


def _open(stream: BinaryIO) -> Archive:
    archive = open_archive(stream)
    if _MANIFEST in archive.names and b"encryption-data" in archive.read(_MANIFEST):
        raise Unreadable(Problem.ENCRYPTED, "its members are encrypted")
    if _CONTENT not in archive.names:
        raise Unreadable(Problem.NOT_WHAT_IT_SAYS, "there is no document inside")
    return archive


class _Words(SkippingListener):
    """Collects paragraphs; what others crossed out or remarked is not the document's text."""

    skipped = frozenset(
        {"text:tracked-changes", "office:annotation", "text:note-citation", "text:page-number"}
    )

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.finished: list[str] = []
        self._paragraph_depth = 0

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name in _PARAGRAPHS:
            self._paragraph_depth += 1
        elif self._paragraph_depth and name == "text:s":
            count = attributes.get("text:c", "1")
            self.pieces.append(" " * (min(100, int(count)) if count.isdecimal() else 1))
        elif self._paragraph_depth and name == "text:tab":
            self.pieces.append("\t")
        elif self._paragraph_depth and name == "text:line-break":
            self.pieces.append("\n")

    def left(self, name: str) -> None:
        if name in _PARAGRAPHS:
            self._paragraph_depth -= 1
            self.pieces.append("\n")

    def said(self, piece: str) -> None:
        if self._paragraph_depth:
            self.pieces.append(piece)

    def finish_part(self) -> None:
        """What was said since the last part ended becomes a part."""
        self.finished.append("".join(self.pieces))
        self.pieces = []

    def finished_parts(self) -> list[str]:
        """Every part, the last one only if something stands in it."""
        if "".join(self.pieces).strip() or not self.finished:
            self.finish_part()
        return self.finished


class _TextDocument(_Words):
    def __init__(self) -> None:
        super().__init__()
        self._style = ""
        self._holds_picture = False
        self._styles_on_new_page: set[str] = set()

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style:style":
            self._style = attributes.get("style:name", "")
            if attributes.get("style:master-page-name"):
                self._styles_on_new_page.add(self._style)
        elif name == "style:paragraph-properties" and attributes.get("fo:break-before") == "page":
            self._styles_on_new_page.add(self._style)
        elif name in ("draw:frame", "draw:object"):
            self._holds_picture = True
        # A page that begins for two reasons begins once; a page of pictures only is a page.
        elif self._begins_page(name, attributes) and (self._holds_picture or "".join(self.pieces).strip()):
            self._holds_picture = False
            self.finish_part()
        super().entered(name, attributes)

    def _begins_page(self, name: str, attributes: dict[str, str]) -> bool:
        if name not in (*_PARAGRAPHS, "table:table"):
            return name == "text:soft-page-break"
        style = attributes.get("text:style-name") or attributes.get("table:style-name")
        return style in self._styles_on_new_page


class _Parts(_Words):
    """A document of named parts, each begun and ended by the same element."""

    def __init__(self, part_name: str) -> None:
        super().__init__()
        self._part_name = part_name
        self._part_depth = 0

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._part_name:
            self._part_depth += 1
            if self._part_depth == 1:
                self.pieces = []
                self.begin_part(attributes)
        super().entered(name, attributes)

    def left(self, name: str) -> None:
        super().left(name)
        if name == self._part_name:
            self._part_depth -= 1
            if self._part_depth == 0:
                self.finish_part()

    def begin_part(self, attributes: dict[str, str]) -> None:
        """Called before a part's own text."""


class _Sheets(_Parts):
    def begin_part(self, attributes: dict[str, str]) -> None:
        self.pieces.append(attributes.get("table:name", "") + "\n")

    def left(self, name: str) -> None:
        if name in _PARAGRAPHS:
            # A cell's paragraphs stand in one row with those of its neighbours.
            self._paragraph_depth -= 1
            self.pieces.append("\t")
        elif name == "table:table-row" and self.pieces and self.pieces[-1] == "\t":
            self.pieces[-1] = "\n"
        else:
            super().left(name)


def _properties(archive: Archive, limits: TextLimits) -> Properties:
    if "meta.xml" not in archive.names:
        return Properties()
    fields = FieldListener(
        frozenset(
            {"dc:title", "dc:creator", "meta:initial-creator", "dc:date", "meta:creation-date", "dc:language"}
        )
    )
    try:
        listen(archive, "meta.xml", fields, limits)
    except Unreadable:
        # The text is worth more than what is said about it.
        return Properties()
    found = fields.fields
    return Properties(
        title=found.get("dc:title", "").strip() or None,
        author=(found.get("meta:initial-creator") or found.get("dc:creator") or "").strip() or None,
        date=day(found.get("dc:date") or found.get("meta:creation-date") or ""),
        language=found.get("dc:language", "").strip() or None,
    )
