"""Tables for spreadsheets, as CSV and as workbooks. A text stays the text that it is and never becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

CellValue = str | int | date | None
# A spreadsheet takes a text that begins like this for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# For `xlsxwriter.Workbook`.
TEXTS_ARE_TEXTS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Rows go straight to disk, in their order: 20,000 of them are too much to hold as cells.
ROW_BY_ROW = {**TEXTS_ARE_TEXTS, "constant_memory": True}
DAY_FORMAT = {"num_format": "yyyy-mm-dd"}


def write_csv(rows: Iterable[Sequence[CellValue]]) -> bytes:
    """In UTF-8 with a byte order mark, without which spreadsheets read Lao as something else."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return written.getvalue().encode("utf-8-sig")


def write_row(sheet: Any, number: int, row: Sequence[CellValue], day: Any, style: Any = None) -> None:
    """`day`: the format of dates. `style`: the format of texts. Nothing is written where there is nothing."""
    for column, value in enumerate(row):
        if isinstance(value, date):
            sheet.write_datetime(number, column, value, day)
        elif isinstance(value, str):
            if value:
                sheet.write_string(number, column, value, style)
        elif value is not None:
            sheet.write_number(number, column, value)


def _harmless(value: CellValue) -> CellValue:
    """In CSV nothing says that a text is a text; an apostrophe before it does."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
