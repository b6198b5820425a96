"""The other side of the sandbox: one process, one file, limits first. Not imported by anything else.

The upload comes on standard input; one JSON object a line goes to standard output, as soon as it
is known, so that whatever was read before a crash is kept.
"""

from __future__ import annotations

import base64
import ctypes
import dataclasses
import json
import os
import resource
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from uploads.kind_table import FileKind
    from uploads.reading import TextLimits

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIGKILL = 9
_OPEN_FILES = 64
_STACK_BYTES = 16 * 1024 * 1024


def main() -> None:
    """Read the file on standard input as `sys.argv[2]` says, and end without any tidying up."""
    settings = json.loads(sys.argv[2])
    confine(settings["limits"])
    if os.getppid() != settings["parent"]:
        # The portal was killed before the death of its parent could reach this process: nobody is listening.
        os._exit(1)
    # Only now may anything that knows file formats be loaded, and the file be looked at.
    from uploads.kind_table import FileKind
    from uploads.reading import TextLimits

    limits = TextLimits(**settings["limits"]["text"])
    with os.fdopen(os.dup(0), "rb") as source:
        first_text = _read_text(source, FileKind(settings["kind"]), limits)
        _draw_preview(source, FileKind(settings["kind"]), first_text)
    sys.stdout.flush()
    os._exit(0)


def confine(limits: dict[str, Any]) -> None:
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


def _read_text(source: BinaryIO, kind: FileKind, limits: TextLimits) -> str:
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
        _send(
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
            _send({"page": page.number, "text": text, "problem": page.problem})
            if characters > limits.characters:
                _send({"problem": Problem.TOO_LARGE})
                break
    except Unreadable as error:
        _send({"problem": error.problem})
    except MemoryError:
        _send({"problem": Problem.TOO_LARGE})
    except RecursionError:
        _send({"problem": Problem.BROKEN})
    _send({"text_is_complete": True})
    return first_text


def _draw_preview(source: BinaryIO, kind: FileKind, first_text: str) -> None:
    from uploads.previews import draw_preview
    from uploads.problems import Problem, Unreadable

    # After the text, these problems no longer count; of a picture, they are all there is to say.
    try:
        preview = draw_preview(source, kind, first_text)
    except Unreadable as error:
        _send({"problem": error.problem})
        return
    except MemoryError:
        _send({"problem": Problem.TOO_LARGE})
        return
    if preview is not None:
        _send({"preview": base64.b64encode(preview).decode("ascii")})


def _clean(properties: dict[str, str | None]) -> dict[str, str | None]:
    from uploads.text_repair import repair

    return {
        key: " ".join(repair(value).split())[:500] or None if value else None
        for key, value in properties.items()
    }


def _send(message: dict[str, Any]) -> None:
    line = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
