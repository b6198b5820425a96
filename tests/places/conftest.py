"""A database that holds the gazetteer of Lao PDR and its neighbours, fresh for every test."""

import shutil
from datetime import date

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel

from portal.core.database import Database
from portal.places.actions import load_own_gazetteer
from portal.places.models import Place, PlaceCode, PlaceName
from portal.places.queries import find_place

LOADED_ON = date(2026, 1, 1)


@pytest.fixture(scope="session")
def loaded_database(tmp_path_factory):
    path = tmp_path_factory.mktemp("places") / "loaded.sqlite"
    database = Database(f"sqlite:///{path}")
    tables = [model.__table__ for model in (Place, PlaceName, PlaceCode)]
    SQLModel.metadata.create_all(database.engine, tables=tables)
    with database.writing() as session:
        load_own_gazetteer(session, LOADED_ON)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    database.close()
    return path


@pytest.fixture
def session(loaded_database, tmp_path):
    database = Database(f"sqlite:///{shutil.copy(loaded_database, tmp_path / 'places.sqlite')}")
    with database.writing() as session:
        yield session
    database.close()


@pytest.fixture
def place(session):
    """Find a place by its code: place("LA01")."""

    def find(code):
        found = find_place(session, code)
        assert found is not None, code
        return found

    return find


@pytest.fixture
def count_statements(session):
    """How many statements a call sends to the database."""

    def count(call, *arguments, **options):
        sent = []

        def listener(_connection, _cursor, statement, *_rest):
            sent.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", listener)
        try:
            call(*arguments, **options)
        finally:
            event.remove(engine, "before_cursor_execute", listener)
        return len(sent)

    return count
