"""A console on an installation of its own."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from portal.cli.main import app
from portal.core.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `sala` with these arguments on the test's data folder; `typed` answers what it asks."""
    monkeypatch.setenv("SALA_DATA_DIR", str(settings.data_dir))
    # Wide enough that no table breaks a word in two.
    monkeypatch.setenv("COLUMNS", "220")

    def invoke(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, arguments, input=typed)

    return invoke


@pytest.fixture
def orphan_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes count as forgotten at once; otherwise they are left alone for an hour."""
    monkeypatch.setattr("portal.jobs.consistency.UNFINISHED_SECONDS", -1)
