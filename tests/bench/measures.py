"""How things are measured: requests over HTTP, CPU seconds, resident memory, sizes of files."""

import http.client
import os
import resource
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Timing:
    """Milliseconds of many requests."""

    p50: float
    p95: float
    requests: int

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> "Timing":
        ordered = sorted(milliseconds)
        return cls(
            p50=statistics.median(ordered),
            p95=ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))],
            requests=len(ordered),
        )


def request_times(address: str, paths: Sequence[str], warm_up: int = 20) -> Timing:
    """Ask each path once on one kept-alive connection; every answer must be 200."""
    host = urlsplit(address).netloc
    connection = http.client.HTTPConnection(host, timeout=60)
    times = []
    for number, path in enumerate([*paths[:warm_up], *paths]):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        if number >= warm_up:
            times.append((time.perf_counter() - started) * 1000)
    connection.close()
    return Timing.of(times)


def cpu_seconds_of(work: Callable[[], object]) -> float:
    """CPU seconds of this process and of the children it waited for."""
    before = _cpu()
    work()
    return _cpu() - before


def resident_bytes(process: int) -> int:
    """Resident memory of a process and all its descendants; shared pages count once a process."""
    return sum(_resident(each) for each in [process, *_descendants(process)])


@contextmanager
def watching_memory(process: int, every_seconds: float = 0.05) -> Iterator[list[int]]:
    """Resident bytes of a process and its descendants, taken again and again while the block runs."""
    taken: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(every_seconds):
            taken.append(resident_bytes(process))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield taken
    stop.set()
    watcher.join()


def _cpu() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE_BYTES
    except FileNotFoundError:
        return 0


def _descendants(process: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(entry.name))
    found, queue = [], [process]
    while queue:
        children = parents.get(queue.pop(), [])
        found += children
        queue += children
    return found
