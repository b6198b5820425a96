"""Reads the workbooks of Excel 97 to 2003 with calamine, which works in Rust and asks for memory honestly.

Their sheets hold at most 65,536 rows and 256 columns, so that laying out a whole area stays within the sandbox.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from uploads.problems import Problem, Unreadable
from uploads.tables.cells import Cell, Sheet, TableLimits
from uploads.tables.collecting import SheetCollector, Spending


def read_xls(stream: BinaryIO, limits: TableLimits) -> list[Sheet]:
    """Every sheet of the workbook. Raises Unreadable."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    spending = Spending(limits)
    sheets = []
    try:
        workbook = CalamineWorkbook.from_filelike(stream)
        if len(workbook.sheet_names) > limits.sheets:
            raise Unreadable(Problem.TOO_LARGE, "too many sheets")
        for name in workbook.sheet_names:
            collector = SheetCollector(name, spending)
            sheet = workbook.get_sheet_by_name(name)
            for row, cells in enumerate(sheet.to_python(skip_empty_area=False)):
                spending.spend_row()
                spending.spend_cell(len(cells))
                for column, value in enumerate(cells):
                    cell = _cell(value)
                    if cell is not None:
                        collector.put(row, column, cell)
            sheets.append(collector.sheet())
    except PasswordError as error:
        raise Unreadable(Problem.ENCRYPTED) from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(Problem.BROKEN, str(error)) from error
    return sheets


def _cell(value: int | float | str | bool | time | date | datetime | timedelta) -> Cell | None:
    if isinstance(value, datetime):
        return value if value.time() != time() else value.date()
    if isinstance(value, str | bool | int | date):
        return value if value != "" else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return str(value)
