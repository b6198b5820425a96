"""A portal that holds the gazetteer, fresh for every test."""

import shutil

import pytest

from portal.core.settings import Settings


@pytest.fixture
def settings(tmp_path, loaded_database):
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(loaded_database, data / "sala.db")
    return Settings(data_dir=data, base_url="http://testserver")
