"""What reading a file gives: the values that cross from the sandbox into the portal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from uploads.problems import Problem


class Unit(StrEnum):
    """What one numbered piece of a document is called where people see the number."""

    PAGE = "page"
    SLIDE = "slide"
    SHEET = "sheet"
    SECTION = "section"
    """The document has no pages of its own; it was cut at paragraph ends so that a hit has a place."""


class ReadingStatus(StrEnum):
    """How far the reading came."""

    READ = "read"
    PARTIAL = "partial"
    """Some pages were read; the problem says why not all."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class PageText:
    """One page, slide, sheet or section: its number from 1 and its repaired text, perhaps empty."""

    number: int
    text: str
    problem: Problem | None = None


@dataclass(frozen=True)
class Properties:
    """What the file says about itself; every part may be missing, wrong, or somebody's joke."""

    title: str | None = None
    author: str | None = None
    date: str | None = None
    """ISO 8601, a day or a month or a year."""
    language: str | None = None


@dataclass(frozen=True)
class Reading:
    """What became of a file."""

    status: ReadingStatus
    problem: Problem | None = None
    unit: Unit = Unit.PAGE
    page_count: int = 0
    """As many as the document has, which may be more than were read."""
    pages: list[PageText] = field(default_factory=list)
    properties: Properties = Properties()
    languages: list[str] = field(default_factory=list)
    """ISO 639-1 codes found in the text, the most used first."""
    preview: bytes | None = None
    """A WebP picture of the first page, at most 320 pixels wide."""


@dataclass(frozen=True)
class TextLimits:
    """How much text a reader may hand over."""

    pages: int = 3_000
    page_characters: int = 200_000
    characters: int = 20_000_000
    cells: int = 2_000_000
    xml_depth: int = 256


@dataclass(frozen=True)
class OpenedDocument:
    """A document as its reader hands it over; pages are read only as they are taken.

    Taking pages may raise Unreadable in the middle: what came before stays good.
    """

    unit: Unit
    pages: Iterator[PageText]
    properties: Properties = Properties()
    page_count: int | None = None
    """Known beforehand only where the format says so."""
