"""Reads a file in a process of its own, within limits, and brings back what came out. Start here to read a file."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from uploads.kind_table import FileKind
from uploads.languages import find_languages
from uploads.nursery import Ending, start_child
from uploads.problems import Problem
from uploads.reading import PageText, Properties, Reading, ReadingStatus, TextLimits, Unit

__all__ = ["Limits", "PageText", "Problem", "Properties", "Reading", "ReadingStatus", "Unit", "read_file"]

_MEBIBYTE = 1024 * 1024
_PIECE_BYTES = 64 * 1024
_PAGES_FOR_LANGUAGE = 200


@dataclass(frozen=True)
class Limits:
    """What reading one file may cost. The defaults stopped every hostile file of our collection."""

    memory_bytes: int = 1024 * _MEBIBYTE
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    written_bytes: int = 64 * _MEBIBYTE
    output_bytes: int = 64 * _MEBIBYTE
    text: TextLimits = field(default_factory=TextLimits)


def read_file(stream: BinaryIO, kind: FileKind, limits: Limits = Limits()) -> Reading:
    """Text, properties, languages and picture of a file; whatever the file does, only this answer comes back.

    Never raises on content. Takes about 0.1 s for a small file and at most `wall_seconds`. The
    stream is left at its start.
    """
    if stream.seek(0, os.SEEK_END) == 0:
        return Reading(ReadingStatus.UNREADABLE, Problem.EMPTY)
    if kind is FileKind.LOCKED_OFFICE:
        return Reading(ReadingStatus.UNREADABLE, Problem.ENCRYPTED)
    if not kind.readable and not kind.is_picture:
        return Reading(ReadingStatus.UNREADABLE, Problem.UNSUPPORTED)
    stream.seek(0)
    with as_file(stream) as source:
        answer = _run_worker(source.fileno(), kind, limits)
    stream.seek(0)
    return answer.reading()


class _Answer:
    """What has arrived from the worker so far. The worker is not trusted: what is malformed ends the answer."""

    def __init__(self) -> None:
        self._unit = Unit.PAGE
        self._page_count = 0
        self._pages: list[PageText] = []
        self._properties = Properties()
        self._preview: bytes | None = None
        self.problem: Problem | None = None
        self.text_is_complete = False

    def take(self, line: bytes) -> None:
        """One line of JSON. Raises ValueError, KeyError or TypeError if it is not as agreed."""
        message: dict[str, Any] = json.loads(line)
        if "opened" in message:
            opened = message["opened"]
            self._unit = Unit(opened["unit"])
            self._page_count = int(opened["page_count"] or 0)
            self._properties = Properties(**opened["properties"])
        elif "page" in message:
            problem = message.get("problem")
            page = PageText(int(message["page"]), str(message["text"]), Problem(problem) if problem else None)
            self._pages.append(page)
        elif "problem" in message:
            if not self.text_is_complete:
                self.problem = self.problem or Problem(message["problem"])
        elif "preview" in message:
            self._preview = base64.b64decode(message["preview"], validate=True)
        elif "text_is_complete" in message:
            self.text_is_complete = True

    @property
    def has_preview(self) -> bool:
        """Whether a picture has come."""
        return self._preview is not None

    def reading(self) -> Reading:
        """What it all comes to."""
        has_text = any(page.text.strip() for page in self._pages)
        problem = self.problem or next((page.problem for page in self._pages if page.problem), None)
        if not has_text:
            status, problem = ReadingStatus.UNREADABLE, problem or Problem.NO_TEXT
        else:
            status = ReadingStatus.PARTIAL if problem else ReadingStatus.READ
        step = 1 + len(self._pages) // _PAGES_FOR_LANGUAGE
        return Reading(
            status=status,
            problem=problem,
            unit=self._unit,
            page_count=max(self._page_count, len(self._pages)),
            pages=self._pages,
            properties=self._properties,
            languages=find_languages(page.text for page in self._pages[::step]),
            preview=self._preview,
        )


def _run_worker(source: int, kind: FileKind, limits: Limits) -> _Answer:
    deadline = time.monotonic() + limits.wall_seconds
    child = start_child(source, json.dumps({"kind": kind, "limits": asdict(limits)}))
    answer = _Answer()
    problem: Problem | None = None
    try:
        for line in lines_of(child.output, deadline, limits.output_bytes):
            answer.take(line)
    except (ValueError, KeyError, TypeError, AttributeError):
        problem = Problem.BROKEN
    except Stopped as stopped:
        problem = stopped.problem
    finally:
        ending = child.end()
    if not kind.readable and answer.problem is None and answer.has_preview:
        answer.problem = Problem.NO_TEXT
    elif not answer.text_is_complete:
        # A worker that came to the end of the text may still fail over its picture: no harm done.
        answer.problem = answer.problem or problem or problem_of(ending, limits)
    return answer


def problem_of(ending: Ending | None, limits: Limits) -> Problem:
    """What it means that a worker ended before the text did."""
    if ending is not None and ending.exit_code == -signal.SIGXCPU:
        return Problem.TOO_SLOW
    # PDFium aborts when it gets no more memory; how much it had tells this from a broken file.
    if ending is not None and ending.peak_memory_bytes > limits.memory_bytes * 0.6:
        return Problem.TOO_LARGE
    return Problem.BROKEN


class Stopped(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def lines_of(source: int, deadline: float, max_bytes: int) -> Iterator[bytes]:
    """Whole lines as they arrive; what a killed worker left unfinished is no line."""
    received_bytes = 0
    unfinished = bytearray()
    while True:
        ready, _, _ = select.select([source], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise Stopped(Problem.TOO_SLOW)
        piece = os.read(source, _PIECE_BYTES)
        if not piece:
            return
        received_bytes += len(piece)
        if received_bytes > max_bytes:
            raise Stopped(Problem.TOO_LARGE)
        unfinished += piece
        if b"\n" in piece:
            *whole, rest = unfinished.split(b"\n")
            unfinished = bytearray(rest)
            yield from map(bytes, whole)


@contextmanager
def as_file(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream as a real file, at its start, that another process can read."""
    try:
        descriptor = stream.fileno()
    except (OSError, AttributeError):
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(stream, copy)
            copy.flush()
            copy.seek(0)
            yield copy
        return
    # The other process shares our place in the file, which Python may have read beyond.
    os.lseek(descriptor, 0, os.SEEK_SET)
    yield stream
