"""The processes of an installation, started as whoever runs it starts them."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.core.settings import Settings, child_environment
from tests.architecture.sources import ROOT

PATIENCE_SECONDS = 60


@contextmanager
def running(settings: Settings, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """`sala` with this command; killed at the end of the block if it still runs."""
    with Path(settings.data_dir, "console.txt").open("ab") as console:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.cli", *command],
            cwd=ROOT,
            env=child_environment(settings),
            stdout=console,
            stderr=console,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Wait for something a process does; fails when it takes longer than anybody would wait."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen."
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
