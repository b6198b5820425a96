"""The fonts of PDF files are made once for all tests of the sample library; so is the sample register."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from portal.accounts.queries import find_user_by_email
from portal.accounts.viewer import Viewer
from portal.app import create_app
from portal.core.settings import Settings
from portal.registry.rows import ProjectRow
from portal.registry.snapshot import project_rows
from portal.sample.organisations import PEOPLE
from portal.sample.seed import finish_work
from portal.sample.seed_people import coordinator_of
from portal.sample.seed_register import seed_register
from tests.clients import Browser

ADDRESSES = {person.key: person.email for person in PEOPLE}


@pytest.fixture(scope="session")
def font_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


def portal_settings(folder: Path, loaded_database: Path) -> Settings:
    data = folder / "data"
    data.mkdir()
    shutil.copy(loaded_database, data / "sala.db")
    return Settings(data_dir=data, base_url="http://testserver", is_demonstration=True)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory, loaded_database: Path) -> Iterator[Browser]:
    settings = portal_settings(tmp_path_factory.mktemp("register"), loaded_database)
    with TestClient(create_app(settings), follow_redirects=False) as client:
        opened = Browser(client)
        opened.services.search.ensure_ready()
        yield opened


@pytest.fixture(scope="session")
def references(browser: Browser) -> dict[str, str]:
    """The sample register, written and compared once for all tests here; its references by key."""
    written = seed_register(browser.services)
    finish_work(browser.services)
    return written


@pytest.fixture
def session(browser: Browser, references: dict[str, str]) -> Iterator[Session]:
    with browser.looking() as session:
        yield session


@pytest.fixture
def coordinator(session: Session) -> Viewer:
    return coordinator_of(session)


@pytest.fixture
def coordinators_browser(browser: Browser, session: Session) -> Browser:
    return browser.as_(find_user_by_email(session, ADDRESSES["coordinator"]))


@pytest.fixture
def projects(session: Session, references: dict[str, str]) -> dict[str, ProjectRow]:
    """The published projects by their keys in the sample."""
    by_reference = {row.reference: row for row in project_rows(session).values()}
    return {
        key: by_reference[reference] for key, reference in references.items() if reference in by_reference
    }
