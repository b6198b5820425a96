"""Migrations make the tables that the models describe, from nothing and once more."""

import importlib
import re

import pytest
from sqlmodel import SQLModel

from portal.core.database import Database
from portal.core.migrations import MIGRATIONS, differences, is_current, upgrade
from tests.architecture.sources import ROOT, name_of, python_files, text_of


@pytest.fixture
def empty_database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'sala.db'}")
    yield database
    database.close()


@pytest.fixture(scope="module", autouse=True)
def every_table():
    """The metadata knows only the tables of modules that were imported."""
    with_tables = [path for path in python_files("portal", "search") if "table=True" in text_of(path)]
    for path in with_tables:
        importlib.import_module(name_of(path).removesuffix(".py").replace("/", "."))
    return with_tables


def test_an_empty_database_gets_the_tables_of_the_models(empty_database):
    upgrade(empty_database)
    assert differences(empty_database) == []
    assert is_current(empty_database)


def test_upgrading_again_changes_nothing(empty_database):
    upgrade(empty_database)
    upgrade(empty_database)
    assert is_current(empty_database)


def test_a_database_that_was_never_upgraded_is_not_current(empty_database):
    assert not is_current(empty_database)


def test_migrations_know_every_module_with_tables(every_table):
    environment = text_of(MIGRATIONS / "env.py")
    missing = [
        name_of(path)
        for path in every_table
        if path.stem != "models" and not re.search(rf"\b{path.stem}\b", environment)
    ]
    assert missing == []
    assert len(SQLModel.metadata.tables) > 20


def test_migrations_never_import_models():
    importing = [
        path.name
        for path in (ROOT / "migrations" / "versions").glob("*.py")
        if re.search(r"^(from|import) (portal|search|uploads)\b", text_of(path), re.MULTILINE)
    ]
    assert importing == []
