"""Gives numbered places to documents that have none: marks that writers set, or even pieces at paragraph ends."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from uploads.problems import Problem, Unreadable
from uploads.reading import PageText, TextLimits, Unit

SECTION_CHARACTERS = 3_000
PAGE_MARK = "\f"


def numbered(texts: Iterable[str], limits: TextLimits) -> Iterator[PageText]:
    """The texts as pages from 1, each cut at its limit; blank ones keep their number.

    Raises Unreadable behind the last page that is allowed.
    """
    for number, text in enumerate(texts, start=1):
        if number > limits.pages:
            raise Unreadable(Problem.TOO_LARGE, "too many pages")
        too_long = len(text) > limits.page_characters
        yield PageText(number, text[: limits.page_characters], Problem.TOO_LARGE if too_long else None)


def marked_or_even(text: str) -> tuple[Unit, list[str]]:
    """Pages at form feeds where the writer set any, otherwise sections of about a page."""
    if PAGE_MARK in text.strip(PAGE_MARK + " \r\n"):
        return Unit.PAGE, text.strip(PAGE_MARK).split(PAGE_MARK)
    return Unit.SECTION, list(even_sections(text.replace(PAGE_MARK, "\n")))


def even_sections(text: str, size: int = SECTION_CHARACTERS) -> Iterator[str]:
    """Pieces of about `size` characters that end where a paragraph ends, or at least between words."""
    start = 0
    while len(text) - start > size * 3 // 2:
        end = _good_end(text, start, size)
        yield text[start:end]
        start = end
    if text[start:].strip() or start == 0:
        yield text[start:]


def _good_end(text: str, start: int, size: int) -> int:
    earliest, latest = start + size // 2, start + size * 3 // 2
    middle = start + size
    for separator in ("\n", " "):
        after = text.find(separator, middle, latest)
        before = text.rfind(separator, earliest, middle)
        places = [place for place in (after, before) if place >= 0]
        if places:
            return min(places, key=lambda place: abs(place - middle)) + 1
    # Unspaced scripts have neither: then at least no mark is torn from its letter.
    while middle > earliest and unicodedata.category(text[middle])[0] == "M":
        middle -= 1
    return middle
