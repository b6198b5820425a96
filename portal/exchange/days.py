"""Days as people write them: as dates, numbers, words, in Buddhist years and native digits, in either order.

A day that may be read in two ways is decided by its whole column or by a person, never by habit.
"""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.core.clock import BUDDHIST_YEARS
from portal.core.errors import N_
from portal.core.text import NATIVE_DIGITS, clean_line
from portal.exchange.remarks import Level, Remark

_BUDDHIST = range(2440, 2700)
_YEARS = range(1950, 2101)
# Spreadsheets count days from here. Smaller numbers are years, or no days at all.
_EPOCH = date(1899, 12, 30)
_SERIALS = range(18_000, 80_000)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.Z+]*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})")
_MONTHS = (
    ("january", "jan", "ມັງກອນ", "ມ.ກ."),
    ("february", "feb", "ກຸມພາ", "ກ.ພ."),
    ("march", "mar", "ມີນາ", "ມ.ນ."),
    ("april", "apr", "ເມສາ", "ມ.ສ."),
    ("may", "may", "ພຶດສະພາ", "ພ.ພ."),
    ("june", "jun", "ມິຖຸນາ", "ມິ.ຖ."),
    ("july", "jul", "ກໍລະກົດ", "ກ.ລ."),
    ("august", "aug", "ສິງຫາ", "ສ.ຫ."),
    ("september", "sep", "ກັນຍາ", "ກ.ຍ."),
    ("october", "oct", "ຕຸລາ", "ຕ.ລ."),
    ("november", "nov", "ພະຈິກ", "ພ.ຈ."),
    ("december", "dec", "ທັນວາ", "ທ.ວ."),
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in (*words, words[1] + ".")} | {
    "sept": 9
}
_WORDS = re.compile(r"[^\s,/]+")

NO_DAY = N_("This is no day. Write it as 2026-12-31.")
STRANGE_YEAR = N_("The year does not look right. Write the day as 2026-12-31.")
TWO_READINGS = N_(
    "This may be %(first)s or %(second)s. Write it as %(first)s or %(second)s, or say above how days are written."
)
FROM_BUDDHIST = N_("Read as %(day)s: the year is a Buddhist one.")
FROM_SERIAL = N_("Read as %(day)s: this is how spreadsheets count days.")
FROM_MONTH = N_("Read as %(day)s: only a month is given.")
FROM_YEAR = N_("Read as %(day)s: only a year is given.")
FROM_SHORT_YEAR = N_("Read as %(day)s: the year has only two digits.")


class DayOrder(StrEnum):
    """What comes first in 01/05/2024."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


DAY_ORDER_LABELS = {
    DayOrder.DAY_FIRST: N_("Day first: 31/12/2026"),
    DayOrder.MONTH_FIRST: N_("Month first: 12/31/2026"),
}
_FROM_ORDER = {
    DayOrder.DAY_FIRST: N_("Read as %(day)s: other dates of this file have the day first."),
    DayOrder.MONTH_FIRST: N_("Read as %(day)s: other dates of this file have the month first."),
}


@dataclass(frozen=True)
class ReadDay:
    """A day, if one could be read, and what must be said of how."""

    day: date | None = None
    remark: Remark | None = None


def day_order(cells: Iterable[object]) -> DayOrder | None:
    """The order that all the days of a file show; None when nothing in them tells, or they show both."""
    shown = set()
    for cell in cells:
        match = _YEAR_LAST.fullmatch(_text(cell)) if isinstance(cell, str) else None
        if match and int(match[1]) > 12 >= int(match[2]):
            shown.add(DayOrder.DAY_FIRST)
        elif match and int(match[2]) > 12 >= int(match[1]):
            shown.add(DayOrder.MONTH_FIRST)
    return shown.pop() if len(shown) == 1 else None


def read_day(
    cell: object, column: str, order: DayOrder | None, *, is_end: bool = False, is_told: bool = False
) -> ReadDay:
    """The day in a cell. An end that names only a month or a year is its last day.

    A day that may be two is read in the order of the file, and that is said, unless a person told it (`is_told`).
    """
    found = str(cell)
    if isinstance(cell, datetime):
        return _checked(cell.year, cell.month, cell.day, column, found)
    if isinstance(cell, date):
        return _checked(cell.year, cell.month, cell.day, column, found)
    text = _text(cell)
    if not text:
        return ReadDay()
    if match := _YEAR_FIRST.fullmatch(text):
        return _checked(int(match[1]), int(match[2]), int(match[3]), column, found)
    if match := _YEAR_LAST.fullmatch(text):
        return _either_order(int(match[1]), int(match[2]), match[3], column, order, found, is_told=is_told)
    if match := _YEAR_MONTH.fullmatch(text):
        year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        return _month(int(year), int(month), column, found, is_end=is_end)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return _number(float(text), column, found, is_end=is_end)
    return _in_words(text, column, found, is_end=is_end)


def _text(cell: object) -> str:
    return clean_line(str(cell)).translate(NATIVE_DIGITS) if not isinstance(cell, bool) else "?"


def _checked(year: int, month: int, day: int, column: str, found: str, say: str = "") -> ReadDay:
    """The day of these numbers, its year brought into the common era."""
    if year in _BUDDHIST:
        year, say = year - BUDDHIST_YEARS, FROM_BUDDHIST
    if year not in _YEARS:
        return _refused(STRANGE_YEAR, column, found)
    try:
        read = date(year, month, day)
    except ValueError:
        return _refused(NO_DAY, column, found)
    remark = Remark(Level.WARNING, column, found, say, {"day": read.isoformat()}) if say else None
    return ReadDay(read, remark)


def _either_order(
    first: int,
    second: int,
    year: str,
    column: str,
    order: DayOrder | None,
    found: str,
    *,
    is_told: bool,
) -> ReadDay:
    full_year, say = int(year), ""
    if len(year) == 2:
        full_year, say = 2000 + int(year), FROM_SHORT_YEAR
    as_day_first = _checked(full_year, second, first, column, found, say)
    as_month_first = _checked(full_year, first, second, column, found, say)
    possible = [read for read in (as_day_first, as_month_first) if read.day]
    if len(possible) < 2 or as_day_first.day == as_month_first.day:
        return possible[0] if possible else as_day_first
    if order is None:
        readings = {"first": str(as_day_first.day), "second": str(as_month_first.day)}
        return ReadDay(None, Remark(Level.ERROR, column, found, TWO_READINGS, readings))
    read = as_day_first if order == DayOrder.DAY_FIRST else as_month_first
    if is_told or read.remark:
        return read
    return ReadDay(read.day, Remark(Level.WARNING, column, found, _FROM_ORDER[order], {"day": str(read.day)}))


def _month(year: int, month: int, column: str, found: str, *, is_end: bool) -> ReadDay:
    common = year - BUDDHIST_YEARS if year in _BUDDHIST else year
    if month not in range(1, 13) or common not in _YEARS:
        return _refused(NO_DAY, column, found)
    last = calendar.monthrange(common, month)[1] if is_end else 1
    return _checked(common, month, last, column, found, FROM_MONTH)


def _number(number: float, column: str, found: str, *, is_end: bool) -> ReadDay:
    whole = int(number)
    if whole in _SERIALS:
        read = _EPOCH + timedelta(days=whole)
        return _checked(read.year, read.month, read.day, column, found, FROM_SERIAL)
    if whole in _YEARS or whole in _BUDDHIST:
        year = whole - BUDDHIST_YEARS if whole in _BUDDHIST else whole
        return _checked(year, 12 if is_end else 1, 31 if is_end else 1, column, found, FROM_YEAR)
    return _refused(NO_DAY, column, found)


def _in_words(text: str, column: str, found: str, *, is_end: bool) -> ReadDay:
    """ "1 May 2024", "May 1, 2024", "May 2024" and the same in Lao."""
    words = [word.casefold() for word in _WORDS.findall(text)]
    months = [_MONTH_OF[word] for word in words if word in _MONTH_OF]
    numbers = [int(word) for word in (w.rstrip(".") for w in words) if word.isdecimal() and len(word) < 5]
    if len(months) != 1 or len(months) + len(numbers) != len(words):
        return _refused(NO_DAY, column, found)
    if len(numbers) == 1 and numbers[0] > 31:
        return _month(numbers[0], months[0], column, found, is_end=is_end)
    if len(numbers) == 2 and numbers[1] > 31:
        return _checked(numbers[1], months[0], numbers[0], column, found)
    return _refused(NO_DAY, column, found)


def _refused(sentence: str, column: str, found: str) -> ReadDay:
    return ReadDay(None, Remark(Level.ERROR, column, found, sentence))
