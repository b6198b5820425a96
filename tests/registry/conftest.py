"""A portal that holds the gazetteer, fresh for every test."""

import pytest


@pytest.fixture
def database_file(loaded_database):
    return loaded_database
