"""Which reader reads which kind of table, and what the sandbox does with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO

from uploads.kind_table import FileKind
from uploads.problems import Problem, Unreadable
from uploads.tables.cells import Sheet, TableLimits, to_wire
from uploads.tables.delimited import read_delimited
from uploads.tables.legacy import read_xls
from uploads.tables.open_sheets import read_ods
from uploads.tables.workbook import read_xlsx

TableReader = Callable[[BinaryIO, TableLimits], list[Sheet]]

READERS: dict[FileKind, TableReader] = {
    FileKind.XLSX: read_xlsx,
    FileKind.XLSM: read_xlsx,
    FileKind.XLS: read_xls,
    FileKind.ODS: read_ods,
    FileKind.CSV: read_delimited,
    FileKind.TXT: read_delimited,
}


def send_table(
    source: BinaryIO, kind: FileKind, limits: TableLimits, send: Callable[[dict[str, Any]], None]
) -> None:
    """Called inside the sandbox: send every sheet, then that it is complete, or what is wrong."""
    try:
        for sheet in READERS[kind](source, limits):
            send({"sheet": sheet.name[:200]})
            for row in sheet.rows:
                send({"row": row.number, "cells": [[at, to_wire(cell)] for at, cell in row.cells.items()]})
    except Unreadable as error:
        send({"problem": error.problem})
    except MemoryError:
        send({"problem": Problem.TOO_LARGE})
    except RecursionError:
        send({"problem": Problem.BROKEN})
    else:
        send({"is_complete": True})
