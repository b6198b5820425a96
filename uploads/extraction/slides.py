"""Reads PPTX: one slide after the other in the order they are shown, each with its speaker's notes."""

from __future__ import annotations

from typing import BinaryIO

from uploads.archives import Archive, open_archive
from uploads.extraction.cutting import numbered
from uploads.extraction.markup import SkippingListener, listen, relationships
from uploads.extraction.office_properties import office_properties
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, TextLimits, Unit

_PRESENTATION = "ppt/presentation.xml"


def read_pptx(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Hidden slides keep their number, as they do in PowerPoint."""
    archive = open_archive(stream)
    if _PRESENTATION not in archive.names:
        raise Unreadable(Problem.NOT_WHAT_IT_SAYS, "there is no presentation inside")
    order = _SlideOrder()
    listen(archive, _PRESENTATION, order, limits)
    targets = relationships(archive, _PRESENTATION, limits)
    slides = [targets[key] for key in order.ids if key in targets]
    texts = (_slide_text(archive, slide, limits) for slide in slides)
    return OpenedDocument(
        Unit.SLIDE, numbered(texts, limits), office_properties(archive, limits), len(slides)
    )


class _SlideOrder(SkippingListener):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p:sldId":
            self.ids.append(attributes.get("r:id", ""))


class _SlideWords(SkippingListener):
    # Fields are slide numbers and dates; the second form of a drawing repeats the first.
    skipped = frozenset({"a:fld", "mc:Fallback"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._inside_text = False

    def entered(self, name: str, attributes: dict[str, str]) -> None:
        if name == "a:t":
            self._inside_text = True
        elif name == "a:br":
            self.pieces.append("\n")
        elif name == "a:tab":
            self.pieces.append("\t")

    def left(self, name: str) -> None:
        if name == "a:t":
            self._inside_text = False
        elif name == "a:p":
            self.pieces.append("\n")

    def said(self, piece: str) -> None:
        if self._inside_text:
            self.pieces.append(piece)


def _slide_text(archive: Archive, slide: str, limits: TextLimits) -> str:
    words = _SlideWords()
    listen(archive, slide, words, limits)
    for target in relationships(archive, slide, limits).values():
        if target.startswith("ppt/notesSlides/") and target in archive.names:
            listen(archive, target, words, limits)
    return "".join(words.pieces)
