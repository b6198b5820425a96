"""A portal that holds the gazetteer of Lao PDR and its neighbours, fresh for every test."""

import shutil
from datetime import date

import pytest
from sqlalchemy import event

from portal.core.database import Database
from portal.core.settings import Settings
from portal.places.actions import load_own_gazetteer
from portal.places.queries import find_place

LOADED_ON = date(2026, 1, 1)


@pytest.fixture(scope="session")
def loaded_database(tmp_path_factory, migrated_database):
    path = tmp_path_factory.mktemp("places") / "loaded.db"
    shutil.copy(migrated_database, path)
    database = Database(f"sqlite:///{path}")
    with database.writing() as session:
        load_own_gazetteer(session, LOADED_ON)
    database.close()
    return path


@pytest.fixture
def settings(tmp_path, loaded_database):
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(loaded_database, data / "sala.db")
    return Settings(data_dir=data, base_url="http://testserver")


@pytest.fixture
def place(session):
    """Find a place by its code: place("LA01")."""

    def find(code):
        found = find_place(session, code)
        assert found is not None, code
        return found

    return find


@pytest.fixture
def count_statements():
    """How many statements a call sends to the database of an engine, without its BEGIN."""

    def count(engine, call, *arguments, **options):
        sent = []

        def listener(_connection, _cursor, statement, *_rest):
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        event.listen(engine, "before_cursor_execute", listener)
        try:
            call(*arguments, **options)
        finally:
            event.remove(engine, "before_cursor_execute", listener)
        return len(sent)

    return count
