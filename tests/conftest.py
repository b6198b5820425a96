"""Fixtures for everything above the libraries: a migrated database, an installation, a client, factories."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from portal.app import close_services, create_app, open_services
from portal.core.database import Database
from portal.core.migrations import upgrade
from portal.core.settings import Settings
from portal.places.actions import load_own_gazetteer
from portal.places.models import Place
from portal.places.queries import find_place
from portal.request import Services
from tests.clients import Browser
from tests.factories import Factory

LOADED_ON = date(2026, 1, 1)


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database as the migrations make it; each test gets a copy."""
    path = tmp_path_factory.mktemp("migrated") / "sala.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def loaded_database(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Path:
    """The same with the gazetteer of Lao PDR and its neighbours in it."""
    path = tmp_path_factory.mktemp("places") / "loaded.db"
    shutil.copy(migrated_database, path)
    database = Database(f"sqlite:///{path}")
    with database.writing() as session:
        load_own_gazetteer(session, LOADED_ON)
    database.close()
    return path


@pytest.fixture
def database_file(migrated_database: Path) -> Path:
    """What the portal of a test begins with; tests of places return `loaded_database` instead."""
    return migrated_database


@pytest.fixture
def settings(tmp_path: Path, database_file: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(database_file, data / "sala.db")
    return Settings(data_dir=data, base_url="http://testserver", is_demonstration=False)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """An installation without pages: for the worker, commands and everything that works on its data."""
    opened = open_services(settings)
    opened.search.ensure_ready()
    yield opened
    close_services(opened)


@pytest.fixture
def database(services: Services) -> Database:
    return services.database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One writing transaction, committed at the end of the test."""
    with database.writing() as session:
        yield session


@pytest.fixture
def make(session: Session) -> Factory:
    """Makes people, organisations and resources inside the test's own transaction."""
    return Factory(session)


@pytest.fixture
def place(session: Session) -> Callable[[str], Place]:
    """Find a place by its code, where the gazetteer is loaded: place("LA01")."""

    def find(code: str) -> Place:
        found = find_place(session, code)
        assert found is not None, code
        return found

    return find


@pytest.fixture
def browser(settings: Settings) -> Iterator[Browser]:
    """A visitor of the whole portal, who can sign in as somebody and let the worker work."""
    with TestClient(create_app(settings), follow_redirects=False) as client:
        yield Browser(client)
