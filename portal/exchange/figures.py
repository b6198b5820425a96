"""Counts as people write them: 1,200, 1.200, 1 200, ໑.໒໐໐; and what is no count."""

import re
from dataclasses import dataclass

from portal.core.errors import N_
from portal.core.text import NATIVE_DIGITS, clean_line
from portal.exchange.remarks import Level, Remark

LARGEST_COUNT = 2_000_000_000
# The sign between groups of three, and another one before decimals that are nothing.
_GROUPED = re.compile(r"([+-]?\d{1,3}(?:([., '’\u00a0\u202f])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,]0+)?")
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]0+)?")
_NOTHING = frozenset(
    {"n/a", "na", "n.a.", "-", "–", "—", "none", "nil", "tbd", "tbc", "?", "unknown", "ບໍ່ມີ", "ບໍ່ຮູ້"}
)

NO_COUNT = N_("This is no whole number. Write for example 1200.")
NEGATIVE = N_("This is less than nothing. Write 0 or more.")
TOO_LARGE = N_("This number is too large.")
NOT_GIVEN = N_("Taken as not given.")


@dataclass(frozen=True)
class ReadCount:
    """A count, if one could be read, and what must be said of how."""

    count: int | None = None
    remark: Remark | None = None


def read_count(cell: object, column: str) -> ReadCount:
    """The count in a cell; separators of thousands may be any that make groups of three."""
    found = clean_line(str(cell))
    if isinstance(cell, bool):
        return _refused(NO_COUNT, column, found)
    if isinstance(cell, int | float):
        return _checked(int(cell), column, found) if cell == int(cell) else _refused(NO_COUNT, column, found)
    text = found.translate(NATIVE_DIGITS)
    if not text:
        return ReadCount()
    if text.casefold() in _NOTHING:
        return ReadCount(None, Remark(Level.WARNING, column, found, NOT_GIVEN))
    if grouped := _GROUPED.fullmatch(text):
        return _checked(int(grouped[1].replace(grouped[2], "")), column, found)
    if _PLAIN.fullmatch(text):
        return _checked(int(re.split("[.,]", text)[0]), column, found)
    return _refused(NO_COUNT, column, found)


def _checked(count: int, column: str, found: str) -> ReadCount:
    if count < 0:
        return _refused(NEGATIVE, column, found)
    if count > LARGEST_COUNT:
        return _refused(TOO_LARGE, column, found)
    return ReadCount(count)


def _refused(sentence: str, column: str, found: str) -> ReadCount:
    return ReadCount(None, Remark(Level.ERROR, column, found, sentence))
