"""Rules of `.github/CONTRIBUTING.md` that can be read off the source."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, name_of, python_files, templates, text_of, tracked_files

LONGEST_MODULE = 400
LONGEST_TEMPLATE = 150
# Written in two parts, so that this file does not name them itself.
REGISTRY_HOSTS = tuple(
    "".join(parts)
    for parts in (
        ("pypi", ".org"),
        ("files.python", "hosted.org"),
        ("registry.npm", "js.org"),
        ("registry.yarn", "pkg.com"),
        ("proxy.golang", ".org"),
        ("crates", ".io"),
        ("rubygems", ".org"),
    )
)


def _lines_with(pattern: str, *packages: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for path in python_files(*packages):
        for number, line in enumerate(text_of(path).splitlines(), start=1):
            if re.search(pattern, line.split("#")[0]):
                found.setdefault(name_of(path), []).append(number)
    return found


def test_transactions_end_in_the_database_module_alone():
    assert set(_lines_with(r"\w\.(commit|rollback)\(")) == {"portal/core/database.py"}


def test_the_environment_is_read_in_the_settings_alone():
    assert set(_lines_with(r"\bos\.(environ|getenv)\b|\bgetenv\(|\benviron\[", "portal", "search")) == {
        "portal/core/settings.py"
    }


def test_every_module_is_read_in_one_go():
    assert _longer_than(LONGEST_MODULE, python_files()) == {}


def test_every_template_is_read_in_one_go():
    assert _longer_than(LONGEST_TEMPLATE, templates()) == {}


def test_no_file_names_a_package_registry():
    naming = {
        name_of(path): host
        for path in tracked_files()
        for host in REGISTRY_HOSTS
        if host.encode() in path.read_bytes()
    }
    assert naming == {}


def test_nothing_is_left_to_do_without_an_issue():
    pattern = re.compile(r"\b(TODO|FIXME|XXX)\b(?!.*#\d+)")
    unfinished = [
        name_of(path)
        for path in tracked_files()
        if path.suffix in {".py", ".html", ".css", ".js", ".toml"}
        and path != ROOT / "tests/architecture/test_house_rules.py"
        and pattern.search(text_of(path))
    ]
    assert unfinished == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_dependency_is_pinned_by_its_hashes(name):
    entries = re.split(r"\n(?=\S)", text_of(ROOT / name).strip())
    assert len(entries) > 30
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_pins_name_no_index(name):
    assert not re.search(r"--(extra-)?index-url|--find-links|https?://", text_of(ROOT / name))


def test_every_package_says_what_it_is_for():
    silent = [
        name_of(path)
        for path in python_files()
        if path.name == "__init__.py" and not text_of(path).startswith('"""')
    ]
    assert silent == []


def _longer_than(limit: int, paths: list[Path]) -> dict[str, int]:
    lengths = {name_of(path): len(text_of(path).splitlines()) for path in paths}
    return {name: length for name, length in lengths.items() if length > limit}
