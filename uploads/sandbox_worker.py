"""The other side of the sandbox: one process, one file, limits first. The portal never imports it.

The upload comes on standard input; one JSON object a line goes to standard output, as soon as it
is known, so that whatever was read before a crash is kept.
"""

from __future__ import annotations

import base64
import ctypes
import dataclasses
import io
import json
import os
import resource
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

if TYPE_CHECKING:
    from uploads.kind_table import FileKind
    from uploads.reading import TextLimits

Send = Callable[[dict[str, Any]], None]
"""Hands one message to whoever asked, at once."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIGKILL = 9
_OPEN_FILES = 64
_MESSAGE_BYTES = 64 * 1024
# A warm process holds 40 MB; when nobody shares anything for a while, it is let go.
_IDLE_SECONDS = 120.0
# Linux counts kilobytes, macOS bytes.
_MAXRSS_UNIT = 1024 if sys.platform == "linux" else 1
_STACK_BYTES = 16 * 1024 * 1024


def serve() -> None:  # pragma: no cover - runs in a process of its own
    """Load every reader, then fork a child for every file that comes, until nobody asks any more.

    A message carries the settings, and the file and the way out as descriptors; the answer is the
    child's number. After the next message the child is waited for, and how it ended is answered.
    """
    control = socket.socket(fileno=0)
    control.settimeout(_IDLE_SECONDS)
    _load_readers()
    while True:
        try:
            settings, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, 2)
        except TimeoutError:
            return
        if not settings:
            return
        pid = os.fork()
        if pid == 0:
            work(json.loads(settings), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(b"%d" % pid)
        control.settimeout(None)
        if not control.recv(_MESSAGE_BYTES):
            # The portal is gone; the child dies with this process.
            os._exit(0)
        _, status, usage = os.wait4(pid, 0)
        control.send(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_maxrss * _MAXRSS_UNIT]).encode())
        control.settimeout(_IDLE_SECONDS)


def work(
    settings: dict[str, Any], source: int, output: int
) -> NoReturn:  # pragma: no cover - runs in a process of its own
    """Be the process of one file: read it, say what is in it, end without any tidying up."""
    parent = os.getppid()
    exit_code = 1
    try:
        os.setsid()
        for descriptor, place in ((source, 0), (output, 1)):
            os.dup2(descriptor, place)
            os.close(descriptor)
        confine(settings["limits"])
        # The warm process may have been killed before its death could reach this one: nobody is listening.
        if os.getppid() == parent:
            with os.fdopen(0, "rb", closefd=False) as upload:
                read(settings, upload, send_line)
            exit_code = 0
    finally:
        os._exit(exit_code)


def read(settings: dict[str, Any], source: BinaryIO, send: Send) -> None:
    """Send the text of the file, and then its picture; of a table that is to be imported, its cells."""
    from uploads.kind_table import FileKind
    from uploads.reading import TextLimits

    kind, limits = FileKind(settings["kind"]), TextLimits(**settings["limits"]["text"])
    if "table" in settings:
        from uploads.tables.cells import TableLimits
        from uploads.tables.readers import send_table

        send_table(source, kind, TableLimits(**settings["table"]), send)
        return
    first_text = _read_text(source, kind, limits, send)
    _draw_preview(source, kind, first_text, send)


def confine(limits: dict[str, Any]) -> None:  # pragma: no cover - runs in a process of its own
    """Give up, for good, everything that reading a file does not need."""
    for what, most in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, limits["written_bytes"]),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most + 1 if what == resource.RLIMIT_CPU else most))
    if sys.platform != "linux":
        return
    resource.setrlimit(resource.RLIMIT_STACK, (_STACK_BYTES, _STACK_BYTES))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    # A namespace of its own has no network. Some machines forbid it; readers fetch nothing anyway.
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _load_readers() -> None:
    from uploads.extraction.registry import READERS, find_reader
    from uploads.kind_table import FileKind
    from uploads.previews import draw_preview

    for kind in READERS:
        find_reader(kind)
    # Opens the fonts and the picture formats; children find them open.
    draw_preview(io.BytesIO(b"PK"), FileKind.TXT, "Aa \u0e81\u0eb0 \u0e01\u0e30 \u1780 \u1000 \u4eba")


def _read_text(source: BinaryIO, kind: FileKind, limits: TextLimits, send: Send) -> str:
    """Send all there is to send about the text; returns the first page that has any."""
    from uploads.extraction.registry import find_reader
    from uploads.problems import Problem, Unreadable
    from uploads.text_repair import repair

    reader = find_reader(kind)
    if reader is None:
        return ""
    first_text = ""
    characters = 0
    try:
        document = reader(source, limits)
        send(
            {
                "opened": {
                    "unit": document.unit,
                    "page_count": document.page_count,
                    "properties": _clean(dataclasses.asdict(document.properties)),
                }
            }
        )
        for page in document.pages:
            text = repair(page.text).strip()
            first_text = first_text or text
            characters += len(text)
            send({"page": page.number, "text": text, "problem": page.problem})
            if characters > limits.characters:
                send({"problem": Problem.TOO_LARGE})
                break
    except Unreadable as error:
        send({"problem": error.problem})
    except MemoryError:
        send({"problem": Problem.TOO_LARGE})
    except RecursionError:
        send({"problem": Problem.BROKEN})
    send({"text_is_complete": True})
    return first_text


def _draw_preview(source: BinaryIO, kind: FileKind, first_text: str, send: Send) -> None:
    from uploads.previews import draw_preview
    from uploads.problems import Problem, Unreadable

    # After the text, these problems no longer count; of a picture, they are all there is to say.
    try:
        preview = draw_preview(source, kind, first_text)
    except Unreadable as error:
        send({"problem": error.problem})
        return
    except MemoryError:
        send({"problem": Problem.TOO_LARGE})
        return
    if preview is not None:
        send({"preview": base64.b64encode(preview).decode("ascii")})


def _clean(properties: dict[str, str | None]) -> dict[str, str | None]:
    from uploads.text_repair import repair

    return {
        key: " ".join(repair(value).split())[:500] or None if value else None
        for key, value in properties.items()
    }


def send_line(message: dict[str, Any]) -> None:
    """One line of JSON on standard output, before anything else is done."""
    line = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    while line:
        line = line[os.write(1, line) :]
