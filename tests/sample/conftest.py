"""The fonts of PDF files are made once for all tests of the sample library."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def font_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")
