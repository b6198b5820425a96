"""Keeps a warm process that has loaded every reader and never seen a file, and forks a fresh child of it for each.

Starting Python and loading the readers costs three times as much as reading a small document;
forking costs almost nothing, and every file still gets a process of its own.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Without `site`, Python starts in half the time and runs nothing that others left in its folders.
_PYTHON = (sys.executable, "-I", "-S", "-c")
_START = "import json, sys; sys.path[:0] = json.loads(sys.argv[1]); from uploads.sandbox_worker import serve; serve()"
_MESSAGE_BYTES = 1024


@dataclass(frozen=True)
class Ending:
    """How a child ended: its exit code, minus the signal if one killed it, and the most memory it had."""

    exit_code: int
    peak_memory_bytes: int


class Child:
    """A process that reads one file; its words come out of `output`."""

    def __init__(self, nursery: _Nursery, pid: int, output: int) -> None:
        self._nursery = nursery
        self._pid = pid
        self.output = output

    def end(self) -> Ending | None:
        """Kill it if it still runs and say how it ended; None if the nursery itself is gone."""
        os.close(self.output)
        # The nursery has not waited for it yet, so nobody else can have this number.
        for kill in (os.kill, os.killpg):
            with suppress(ProcessLookupError, PermissionError):
                kill(self._pid, signal.SIGKILL)
        ending = self._nursery.ending_of_child()
        if ending is None:
            self._nursery.close()
        else:
            _idle.append(self._nursery)
        return ending


def start_child(source: int, settings: str) -> Child:
    """A new child that reads from this descriptor. Raises OSError if no process can be started at all."""
    while _idle:
        nursery = _idle.pop()
        child = nursery.fork(source, settings)
        if child is not None:
            return child
        # It went to sleep for good, or was killed; there are others.
        nursery.close()
    nursery = _Nursery()
    child = nursery.fork(source, settings)
    if child is None:
        nursery.close()
        raise OSError("The process that reads files ended at its start.")
    return child


def close_all() -> None:
    """End every warm process; the next file starts a new one."""
    while _idle:
        _idle.pop().close()


class _Nursery:
    def __init__(self) -> None:
        # Messages are short and take turns, so that one read is always one message.
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
                [*_PYTHON, _START, json.dumps(_package_folders())],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
                cwd="/",
                start_new_session=True,
            )

    def fork(self, source: int, settings: str) -> Child | None:
        """A child of the warm process, or None if that is no more."""
        output, theirs = os.pipe()
        try:
            socket.send_fds(self._control, [settings.encode()], [source, theirs])
            answer = self._control.recv(_MESSAGE_BYTES)
        except OSError:
            answer = b""
        finally:
            os.close(theirs)
        if not answer:
            os.close(output)
            return None
        return Child(self, int(answer), output)

    def ending_of_child(self) -> Ending | None:
        """Let the warm process wait for its child."""
        try:
            self._control.send(b"wait")
            answer = self._control.recv(_MESSAGE_BYTES)
        except OSError:
            return None
        return Ending(*json.loads(answer)) if answer else None

    def close(self) -> None:
        """End the warm process; whatever it is doing is not needed any more."""
        self._control.close()
        self._process.kill()
        self._process.wait()


def _package_folders() -> list[str]:
    """Where this package and the libraries are installed; never the folder somebody happens to stand in."""
    ours = str(Path(__file__).resolve().parent.parent)
    return [ours, *(folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages")))]


# One for every reading that goes on at the same time; usually one.
_idle: list[_Nursery] = []
atexit.register(close_all)
# A copy of this process must not talk into the conversations of the first.
os.register_at_fork(after_in_child=_idle.clear)
