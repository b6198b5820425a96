"""Reads a table in a process of its own, within limits. Start here to read a spreadsheet."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from uploads.kind_table import FileKind
from uploads.nursery import start_child
from uploads.problems import Problem
from uploads.sandbox import Limits, Stopped, as_file, lines_of, problem_of
from uploads.tables.cells import Sheet, TableLimits, TableReading, TableRow, from_wire

READABLE = frozenset({FileKind.XLSX, FileKind.XLSM, FileKind.XLS, FileKind.ODS, FileKind.CSV, FileKind.TXT})


def read_table(
    stream: BinaryIO, kind: FileKind, limits: Limits = Limits(), table: TableLimits = TableLimits()
) -> TableReading:
    """The sheets of a file, or the problem with it: half a table is none.

    Never raises on content. Takes about 0.1 s for a small file and at most `limits.wall_seconds`. The stream is
    left at its start.
    """
    if stream.seek(0, os.SEEK_END) == 0:
        return TableReading(problem=Problem.EMPTY)
    if kind is FileKind.LOCKED_OFFICE:
        return TableReading(problem=Problem.ENCRYPTED)
    if kind not in READABLE:
        return TableReading(problem=Problem.UNSUPPORTED)
    stream.seek(0)
    with as_file(stream) as source:
        answer = _run(source.fileno(), kind, limits, table)
    stream.seek(0)
    if answer.problem is not None:
        return TableReading(problem=answer.problem)
    if not any(sheet.rows for sheet in answer.sheets):
        return TableReading(problem=Problem.NO_TEXT)
    return TableReading(answer.sheets)


@dataclass
class _Answer:
    """What has arrived so far; what is malformed ends the answer, for the worker is not trusted."""

    sheets: list[Sheet] = field(default_factory=list)
    problem: Problem | None = None
    is_complete: bool = False

    def take(self, line: bytes) -> None:
        message: dict[str, Any] = json.loads(line)
        if "row" in message:
            cells = {int(column): from_wire(value) for column, value in message["cells"]}
            self.sheets[-1].rows.append(TableRow(int(message["row"]), cells))
        elif "sheet" in message:
            self.sheets.append(Sheet(str(message["sheet"])))
        elif "problem" in message:
            self.problem = Problem(message["problem"])
        elif "is_complete" in message:
            self.is_complete = True


def _run(source: int, kind: FileKind, limits: Limits, table: TableLimits) -> _Answer:
    deadline = time.monotonic() + limits.wall_seconds
    settings = {"kind": kind, "limits": asdict(limits), "table": asdict(table)}
    child = start_child(source, json.dumps(settings))
    answer = _Answer()
    problem: Problem | None = None
    try:
        for line in lines_of(child.output, deadline, limits.output_bytes):
            answer.take(line)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        problem = Problem.BROKEN
    except Stopped as stopped:
        problem = stopped.problem
    finally:
        ending = child.end()
    if not answer.is_complete:
        answer.problem = answer.problem or problem or problem_of(ending, limits)
    return answer
