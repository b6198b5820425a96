"""What the tests of uploads share: ways to read bytes as a person's file would be read."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.requirements import skip_or_fail
from uploads.kinds import sniff
from uploads.sandbox import Limits, Reading, read_file

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Keeps whole files out of the names of tests."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def read() -> Callable[..., Reading]:
    """Sniffs the bytes and reads them in the sandbox."""

    def read_bytes(content: bytes, limits: Limits = Limits()) -> Reading:
        stream = io.BytesIO(content)
        return read_file(stream, sniff(stream), limits)

    return read_bytes


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The test data of others that stands beside the project, not in it."""
    if not SHARED_DATA.is_dir():
        skip_or_fail("the shared test data is absent", f"put it at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def hostile_folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the hostile generator, which writes beside itself and is therefore copied first."""
    folder = tmp_path_factory.mktemp("hostile")
    script = shutil.copy(shared_data / "hostile" / "generator" / "make_fixtures.py", folder)
    subprocess.run(
        [sys.executable, script], check=True, cwd=folder, env={**os.environ, "PYTHONWARNINGS": "ignore"}
    )
    return folder / "out"
