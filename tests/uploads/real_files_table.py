"""Writes what became of every real and hostile file: `python -m tests.uploads.real_files_table [FILE]`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.uploads.conftest import SHARED_DATA
from tests.uploads.real_files import real_files
from uploads.kinds import check_name, sniff
from uploads.sandbox import read_file

_HEAD = "| file | kind | name | reading | of | characters | languages | picture | seconds |\n|---|---|---|---|---|---:|---|---|---:|"


def main() -> None:
    """Print the table, or write it to the file named."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [_row(path) for path in [*real_files(SHARED_DATA), *_hostile_files(Path(folder))]]
    text = "\n".join([*_introduction(rows), "", _HEAD, *(_line(row) for row in rows), ""])
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text)
    else:
        sys.stdout.write(text)


def _row(path: Path) -> tuple[str, ...]:
    started = time.monotonic()
    with path.open("rb") as stream:
        kind = sniff(stream)
        reading = read_file(stream, kind)
    problem = check_name(path.name, kind, path.stat().st_size)
    return (
        path.name.replace("|", " "),
        kind.value,
        problem.reason.value if problem else "accepted",
        f"{reading.status} ({reading.problem})" if reading.problem else str(reading.status),
        f"{reading.page_count} {reading.unit}" if reading.page_count else "",
        str(sum(len(page.text) for page in reading.pages)),
        " ".join(reading.languages),
        "yes" if reading.preview else "",
        f"{time.monotonic() - started:.2f}",
    )


def _introduction(rows: list[tuple[str, ...]]) -> list[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    )
    became = Counter(row[3] for row in rows)
    return [
        "# What became of every real and hostile file",
        "",
        f"Made by `python -m tests.uploads.real_files_table` on {datetime.now(UTC):%Y-%m-%d} from commit "
        f"{commit.stdout.strip()}; do not edit. Every file is sniffed and read in the sandbox with the usual limits.",
        "A file whose name is refused never reaches the reader in the portal; it is read here all the same.",
        "",
        f"{len(rows)} files: " + ", ".join(f"{count} {what}" for what, count in became.most_common()) + ".",
    ]


def _hostile_files(folder: Path) -> list[Path]:
    script = shutil.copy(SHARED_DATA / "hostile" / "generator" / "make_fixtures.py", folder)
    subprocess.run([sys.executable, "-W", "ignore", script], check=True)
    return sorted((folder / "out").iterdir())


def _line(row: tuple[str, ...]) -> str:
    return "| " + " | ".join(row) + " |"


if __name__ == "__main__":
    main()
