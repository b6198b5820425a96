"""Small tables for tests: lines as CSV under the workbook's own tags, and workbooks read by another library."""

import csv
import io
from collections.abc import Iterable, Mapping

import openpyxl

from portal.exchange.columns import COLUMNS

HEADERS = [column.tag for column in COLUMNS]
TAGS = {column.key: column.tag for column in COLUMNS}


def csv_table(lines: Iterable[Mapping[str, object]]) -> bytes:
    """Lines by the keys of their columns, under the tags of the columns that any of them has."""
    lines = list(lines)
    keys = list(dict.fromkeys(key for line in lines for key in line))
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([TAGS[key] for key in keys])
    writer.writerows([line.get(key, "") for key in keys] for line in lines)
    return target.getvalue().encode()


def workbook_rows(content: bytes) -> list[list[object]]:
    """The first sheet of a workbook, as openpyxl reads it."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]
