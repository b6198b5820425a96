"""Which cells of a workbook hold days: spreadsheets store a number, and only its format says it is a date."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

# ECMA-376 part 1, 18.8.30: formats every program knows by number; 27 to 36 and 50 to 58 are East Asian dates,
# 71 to 81 Thai ones.
_DATE_FORMATS = frozenset([*range(14, 18), 22, *range(27, 37), *range(50, 59), *range(71, 78), 81])
_NOT_READ = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_LAST_SERIAL = 2_958_465
_EPOCH_1900 = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)


def is_date_format(number: int, code: str | None) -> bool:
    """Whether a format shows a day; `code` is its text where the workbook defines it, as 'dd/mm/yyyy'."""
    if code is None:
        return number in _DATE_FORMATS
    shown = _NOT_READ.sub("", code.split(";")[0]).lower()
    if shown in ("", "general", "@"):
        return False
    if re.search("[dybวปพ]", shown):
        return True
    # An m alone is a month; beside hours or seconds it is minutes.
    return "m" in shown and not re.search("[hs0#]", shown)


def day_of_serial(serial: float, is_1904: bool = False) -> date | datetime | None:
    """The day that a number means, with its time if it has one; None where it cannot be one."""
    if not 0 < serial <= _LAST_SERIAL:
        return None
    # Excel counts a 29 February 1900 that never was.
    shift = 1 if not is_1904 and serial < 60 else 0
    moment = (_EPOCH_1904 if is_1904 else _EPOCH_1900) + timedelta(days=serial + shift)
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    has_time = (moment.hour, moment.minute, moment.second) != (0, 0, 0)
    return moment if has_time else moment.date()
