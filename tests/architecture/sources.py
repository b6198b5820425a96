"""The files of the project, for tests that read them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("portal", "search", "uploads")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git keeps, and those about to be kept."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def python_files(*packages: str) -> list[Path]:
    wanted = packages or PACKAGES
    return [path for path in tracked_files() if path.suffix == ".py" and _top(path) in wanted]


def templates() -> list[Path]:
    return [path for path in tracked_files() if _top(path) == "templates"]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _top(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]
