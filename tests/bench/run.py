"""`make bench`: a large library, real processes, a table beside its limits.

    python -m tests.bench.run [--count 10000] [--folder DIR]

The library is made once by the code behind `sala demo --scale` and kept in the folder for the next run.
"""

import argparse
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from portal.app import close_services, open_services
from portal.cli.upgrade import upgrade_index, upgrade_installation
from portal.core.settings import Settings
from portal.jobs.worker import work_off
from portal.request import Services
from portal.sample.seed import finish_work, seed_sample, show_nothing
from portal.sample.seed_scale import seed_scale
from tests.bench.measures import Timing, cpu_seconds_of, request_times, resident_bytes, watching_memory
from tests.bench.questions import Questions, make_questions, page_count, text_bytes
from tests.bench.register import (
    comparing_seconds,
    import_seconds,
    presence_times,
    recompute,
    register,
    seconds_of_a_change,
)

ROOT = Path(__file__).parent.parent.parent
RESULTS = Path(__file__).parent / "RESULTS.md"
QUESTIONS = 400
SMALL_SHARE = 10


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, what it may be at most (or must be at least)."""

    name: str
    key: str
    value: float
    unit: str
    limit: float
    at_least: bool = False

    @property
    def is_kept(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench")
    parser.add_argument("--lines", type=int, default=20_000, help="activity lines of the register")
    chosen = parser.parse_args()
    rows = [
        *measure_pages(chosen.folder, chosen.count),
        *measure_reading(),
    ]
    register_rows = list(measure_register(chosen.folder, chosen.lines))
    write_table([*rows, *register_rows], chosen.count, chosen.lines)
    rows += register_rows
    Console(soft_wrap=True).print("TARGET: " + " ".join(f"{row.key}={row.value:.2f}" for row in rows))


def measure_pages(folder: Path, count: int) -> Iterator[Row]:
    """Times of pages at the full size, their ratio to a tenth of it, memory at rest, size of the index."""
    large, small = library(folder, count), library(folder, count // SMALL_SHARE)
    questions, small_questions = ask_from(large), ask_from(small)
    with serving(large) as (address, process):
        search = request_times(address, questions.search)
        typing = request_times(address, questions.typing)
        shown = request_times(address, questions.resources)
        memory = resident_bytes(process)
    with serving(small) as (address, _):
        small_search = request_times(address, small_questions.search)
    yield Row("search page, p95", "search_p95_ms", search.p95, "ms", 100)
    yield Row("as you type, p95", "typing_p95_ms", typing.p95, "ms", 40)
    yield Row("resource page, p95", "resource_p95_ms", shown.p95, "ms", 25)
    yield Row(
        f"search page at {SMALL_SHARE}x the documents, p50", "growth", ratio(search, small_search), "x", 3
    )
    yield Row("web and worker at rest", "idle_mb", memory / 1e6, "MB", 400)
    yield Row("index beside its text", "index_ratio", index_ratio(large), "x", 1.5)


def measure_reading() -> Iterator[Row]:
    """The sample library's real files, shared and read: pages a CPU second, and memory meanwhile."""
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        services = opened(settings)
        seed_sample(services)
        with watching_memory(os.getpid()) as peak:
            seconds = cpu_seconds_of(lambda: work_off(services))
        with services.database.reading() as session:
            pages = page_count(session)
        close_services(services)
    yield Row(
        "reading and indexing", "pages_per_second", pages / seconds, "pages/s a core", 30, at_least=True
    )
    yield Row("worker while reading", "reading_mb", max(peak) / 1e6, "MB", 700)


def measure_register(folder: Path, lines: int) -> Iterator[Row]:
    """Presence over HTTP, looking for overlaps, importing a workbook; and how work grows with the register."""
    large, small = register(folder, lines, opened), register(folder, lines // SMALL_SHARE, opened)
    services = open_services(large)
    with serving(large) as (address, _):
        times = presence_times(address, large, services)
    compared, found = comparing_seconds(services)
    change = seconds_of_a_change(services)
    close_services(services)
    seconds, megabytes = recompute(large)
    preview, commit = import_seconds(large)
    services = open_services(small)
    small_compared, small_found = comparing_seconds(services)
    close_services(services)
    pages, figures, plain = times["pages"], times["json"], times["baseline"]
    growth = (compared / small_compared) / (found / max(1, small_found))
    yield Row("presence page, p95", "presence_p95_ms", pages.p95, "ms", 150)
    yield Row("presence page beside the plainest page, p50", "presence_ratio", pages.p50 / plain.p50, "x", 60)
    yield Row("presence as JSON, p95", "presence_json_p95_ms", figures.p95, "ms", 60)
    yield Row("sala overlaps recompute, start included", "overlaps_s", seconds, "s", 20)
    yield Row("memory meanwhile", "overlaps_mb", megabytes, "MB", 400)
    yield Row("a changed project's findings", "change_ms", change * 1000, "ms", 300)
    yield Row("preview of 2,000 rows", "preview_s", preview, "s", 5)
    yield Row("import of 2,000 rows", "import_s", commit, "s", 5)
    yield Row(f"comparing at {SMALL_SHARE}x the lines, beside findings", "overlap_growth", growth, "x", 1)


def library(folder: Path, count: int) -> Settings:
    """The settings of a library of that size, made if it is not there yet."""
    settings = Settings(data_dir=folder / str(count), is_demonstration=True)
    services = opened(settings)
    if seed_scale(services, count, seed=1, progress=show_nothing):
        finish_work(services)
    close_services(services)
    return settings


def opened(settings: Settings) -> Services:
    services = open_services(settings)
    upgrade_installation(services)
    upgrade_index(services)
    return services


def ask_from(settings: Settings) -> Questions:
    services = open_services(settings)
    with services.database.reading() as session:
        questions = make_questions(session, QUESTIONS)
    close_services(services)
    return questions


def index_ratio(settings: Settings) -> float:
    services = open_services(settings)
    with services.database.reading() as session:
        text = text_bytes(session)
    size = services.search.stats().size_bytes
    close_services(services)
    return size / text


def ratio(large: Timing, small: Timing) -> float:
    return large.p50 / small.p50


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[str, int]]:
    """`sala serve` as a user starts it: web and worker in real processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.cli", "serve"],
        env={**os.environ, "PORT": str(port), "SALA_DATA_DIR": str(settings.data_dir)},
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", process)
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("The portal stopped while it was starting.")
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


def write_table(rows: list[Row], count: int, lines_count: int) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.strip()
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = [
        "# Benchmark",
        "",
        f"`make bench` with {count:,} resources and a register of {lines_count:,} lines, on {machine}, {time.strftime('%Y-%m-%d')}, commit {commit}.",
        "SQLite and the embedded index; web and worker in one process each; requests over loopback, one at a time.",
        "",
        "| what | measured | limit | kept |",
        "|---|---|---|---|",
    ]
    shown = Table(title=f"{count:,} resources")
    for heading in ("what", "measured", "limit", "kept"):
        shown.add_column(heading)
    for row in rows:
        cells = (
            row.name,
            f"{row.value:.1f} {row.unit}",
            f"{'at least' if row.at_least else 'at most'} {row.limit:g} {row.unit}",
            "yes" if row.is_kept else "no",
        )
        shown.add_row(*cells)
        lines.append(f"| {' | '.join(cells)} |")
    RESULTS.write_text("\n".join(lines) + "\n")
    Console().print(shown)


if __name__ == "__main__":
    main()
