"""How much the busiest pages cost: statements to the database, and bytes on a slow line."""

import gzip
import re
import shutil
from contextlib import contextmanager
from datetime import timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import col, select

from portal.accounts.models import Role
from portal.app import create_app
from portal.core.clock import today
from portal.core.settings import Settings
from portal.library.file_actions import record_reading
from portal.library.models import FileEntry
from portal.library.vocabularies import Visibility
from portal.registry.line_actions import save_line
from portal.registry.terms import PartnerRole
from tests.clients import Browser
from tests.factories import line_input
from uploads.reading import PageText, Reading, ReadingStatus

MOST_STATEMENTS = 12
MOST_BYTES = 60_000
MOST_SCRIPT_BYTES = 8_000
WORDS = "words about a harbour and a journey. " * 100
PAGES = {
    "home": "/en/",
    "search": "/en/search?q=harbour",
    "resource": "/en/library/R-0001",
    "read": "/en/library/R-0001/read/{file}?page=2&q=harbour",
    "organisation": "/en/organisations/ORG-000001",
}
REGISTER_PAGES = {
    "design": "/en/design?places=LA05&places=LA06&places=LA03&places=LA0801&intervention=PSC-TRN",
    "portfolio": "/en/portfolio",
}


@contextmanager
def count_statements(browser):
    """The statements sent to the portal's database inside the block, in their order."""
    statements = []

    def note(connection, cursor, statement, *_):
        # Beginning a transaction asks for nothing.
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    engine = browser.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def portal(tmp_path_factory, loaded_database):
    """A library with full pages; built once, since no test here changes it."""
    data = tmp_path_factory.mktemp("statements")
    shutil.copy(loaded_database, data / "sala.db")
    with TestClient(create_app(Settings(data_dir=data)), follow_redirects=False) as client:
        browser = Browser(client)
        browser.services.search.ensure_ready()
        with browser.arranging() as make:
            named = fill(make, browser.services.files)
        browser.let_the_worker_work()
        yield browser.as_(named)


def fill(make, store):
    """25 resources; only the files of the first are really read, so that it has a picture."""
    organisation = make.organisation("Village Light")
    editor, named = make.member(organisation), make.member(organisation, Role.VIEWER)
    group = make.group("Working group", organisation)
    for number in range(25):
        visibility = Visibility.GROUP if number else Visibility.NAMED
        make.resource(
            store,
            editor,
            organisation,
            title=f"Harbour manual {number}",
            title_lo="ຄູ່ມື",
            summary_en="What to do in a harbour. " * 20,
            visibility=visibility,
            group=group.id if number else None,
            named_readers=named.email,
            policy_areas=["policy", "prevention"],
            languages=["en", "lo"],
            sectors=["health", "legal_aid"],
            audiences=["youth", "media"],
            issued=str(2000 + number),
            authors="Ms A",
            files=[(f"{number}-{part}.txt", f"{number} {part} {WORDS}".encode()) for part in "abc"],
        )
    statement = select(FileEntry).where(col(FileEntry.name).not_like("0-%"))
    for entry in make.session.exec(statement).all():
        pages = [PageText(number, f"harbour {entry.name} {WORDS}") for number in (1, 2, 3)]
        record_reading(
            make.session,
            entry.sha256,
            Reading(status=ReadingStatus.READ, page_count=3, pages=pages),
            "",
        )
    return named


@pytest.fixture(scope="module")
def funder(portal):
    """Somebody of a fund that pays for a dozen projects in four provinces."""
    with portal.arranging() as make:
        fund = make.organisation("Fund")
        for number in range(12):
            make.project(
                make.organisation(),
                partners=[(fund, PartnerRole.FUNDING)],
                places=[["LA05"], ["LA0501", "LA0601"], ["LA0301"], ["LA0801"]][number % 4],
                ends_on=today() + timedelta(days=400),
            )
        person = make.member(fund, Role.VIEWER)
    return portal.as_(person)


@pytest.fixture
def file_id(portal):
    with portal.looking() as session:
        return session.exec(select(FileEntry.id).where(FileEntry.name == "0-a.txt")).one()


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_asks_the_database_at_most_twelve_times(portal, file_id, name):
    address = PAGES[name].format(file=file_id)
    with count_statements(portal) as statements:
        answer = portal.get(address)
    assert answer.status_code == 200
    assert 0 < len(statements) <= MOST_STATEMENTS, "\n\n".join(statements)


@pytest.mark.parametrize(("name", "most"), [("design", 25), ("portfolio", 15)])
def test_a_page_of_the_register_asks_no_more_than_was_measured(funder, name, most):
    """However many projects, places and resources are found: these pages tell of several things at once."""
    funder.get(REGISTER_PAGES[name])
    with count_statements(funder) as statements:
        answer = funder.get(REGISTER_PAGES[name])
    assert answer.status_code == 200
    assert 0 < len(statements) <= most, "\n\n".join(statements)


def test_a_question_of_one_s_own_project_costs_three_statements_more(funder):
    """The project, its lines and their places; names come with the places to choose from."""
    with funder.arranging() as make:
        owner = make.organisation("Asker")
        by = make.viewer(make.member(owner))
        project = make.project(owner, by)
        for places in (["LA0601"], ["LA"]):
            save_line(make.session, by, project, line_input(owner, places=places))
        editor, reference = make.member(owner), project.reference
    asker = funder.as_(editor)
    counts = []
    for address in (REGISTER_PAGES["design"], f"{REGISTER_PAGES['design']}&project={reference}"):
        asker.get(address)
        with count_statements(asker) as statements:
            answer = asker.get(address)
        counts.append(len(statements))
    assert "Ask about line" in answer.text
    assert counts[1] <= min(counts[0] + 3, 27), counts


def transferred(browser, address):
    """What a browser fetches to show a page for the first time, compressed."""
    page = browser.get(address).text
    parts = re.findall(r'<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]*? (?:href|src)="([^"]+)"', page)
    pictures = [part for part in parts if part.endswith(".webp")]
    texts = [part for part in parts if part not in pictures]
    bodies = [page.encode(), *(browser.get(unescape(part)).content for part in dict.fromkeys(texts))]
    return sum(len(gzip.compress(body, 6)) for body in bodies) + sum(
        len(browser.get(picture).content) for picture in dict.fromkeys(pictures)
    )


@pytest.mark.parametrize("name", ["home", "search", "resource"])
def test_a_first_view_weighs_less_than_sixty_kilobytes(portal, name):
    assert transferred(portal, PAGES[name]) < MOST_BYTES


def test_the_scripts_together_weigh_less_than_eight_kilobytes(portal):
    page = portal.get("/en/share").text + portal.get("/en/search").text
    scripts = set(re.findall(r'<script[^>]*src="([^"]+)"', page))
    assert scripts
    assert sum(len(gzip.compress(portal.get(script).content, 6)) for script in scripts) < MOST_SCRIPT_BYTES


def test_pages_ask_no_other_host_for_anything(portal):
    for address in ("/en/", "/en/search?q=harbour", "/en/library/R-0001", "/lo/about", "/lo/help"):
        page = portal.get(address).text
        assert not re.search(r'<(?:link|script|img|iframe|source)[^>]*(?:href|src)="(?:https?:)?//', page)
