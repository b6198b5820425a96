"""The first page: who works where at a glance, for everybody what they may see, and what waits for them."""

import re
from datetime import timedelta

import pytest

from portal.accounts.models import Organisation
from portal.core.clock import now, today
from portal.core.queue import Job, JobState
from portal.exchange.models import BatchState, ImportBatch
from portal.registry.queries import lines_of
from portal.registry.terms import Reach
from tests.browsers import accessibility_problems, chromium, overflow_pixels, running_portal
from tests.web.test_statements import MOST_STATEMENTS, count_statements

MAP = re.compile(r'<svg class="map".*?</svg>', re.DOTALL)
AT_WORK = {
    "starts_on": (today() - timedelta(days=90)).isoformat(),
    "ends_on": (today() + timedelta(days=600)).isoformat(),
}
TITLE = re.compile(r"<title>([^<]*)</title>")


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def people(browser):
    """Two public projects in Bokeo, one of them also in Champasak, and one for coordinators alone."""
    browser.services.search.ensure_ready()
    with browser.arranging() as make:
        owner = make.organisation("Village Light")
        make.project(owner, title="Safe roads", places=["LA0501"], **AT_WORK)
        make.project(owner, title="Safe rivers", places=["LA0502", "LA1601"], **AT_WORK)
        make.project(owner, title="Nobody knows", places=["LA07"], reach=Reach.COORDINATORS, **AT_WORK)
        return {
            "owner": make.member(owner),
            "coordinator": make.user(is_coordinator=True),
            "administrator": make.user(is_administrator=True),
            "stranger": make.member(make.organisation("Elsewhere")),
            "owner_id": owner.id,
        }


def number_of(page, text):
    return int(re.search(rf"<dt>(?:<a [^>]*>)?{re.escape(text)}(?:</a>)?</dt><dd>([\d.,]+)</dd>", page)[1])


def told_on_map(page):
    return TITLE.findall(MAP.search(page)[0])


def test_the_map_shows_every_province_and_leads_to_its_districts(browser, people):
    page = browser.get("/en/").text
    told = told_on_map(page)
    assert len(told) == 18
    assert "Bokeo: 2, covered" in told
    assert "Champasack: 1, covered" in told
    assert "Houaphan: 0, unknown" in told
    assert 'href="/en/presence?province=LA05"' in page
    assert "Key to the map and the table" in page
    assert "Schematic, computed from district centres; not boundaries." in page


def test_the_figures_of_the_map_are_a_table_too(browser, people):
    table = re.search(r'<table class="matrix units">.*?</table>', browser.get("/en/").text, re.DOTALL)[0]
    assert table.count('<th scope="row">') == 19
    assert re.search(r"Bokeo</a>.*?<b>2", table, re.DOTALL)


def test_the_figures_are_those_of_the_presence_page_and_say_of_when(browser, people):
    first, presence = browser.get("/en/").text, browser.get("/en/presence").text
    for text in ("families of projects", "organisations at work", "provinces of which nothing is recorded"):
        assert number_of(first, text) == number_of(presence, text)
    as_of = re.search(r"As of [^.]*\.", presence)[0]
    assert as_of in first
    assert "% of the records were confirmed in the last six months." in first


@pytest.mark.parametrize(
    ("who", "families"), [(None, 2), ("stranger", 2), ("administrator", 2), ("owner", 3), ("coordinator", 3)]
)
def test_what_is_not_shared_with_a_visitor_is_in_no_figure_of_the_first_page(browser, people, who, families):
    page = (browser.as_(people[who]) if who else browser).get("/en/").text
    assert number_of(page, "families of projects") == families
    assert ("Houaphan: 1, covered" in told_on_map(page)) == (families == 3)


def test_a_coordinator_sees_what_grows_old_what_is_missing_and_who_waits(browser, people):
    with browser.arranging() as make:
        make.organisation("Just here", is_verified=False)
        owner = make.session.get_one(Organisation, people["owner_id"])
        for title, days in (("Old roads", 200), ("Older roads", 400)):
            project = make.project(owner, title=title, places=["LA0601"], **AT_WORK)
            for line in lines_of(make.session, project.id):
                line.confirmed_at = now() - timedelta(days=days)
    page = browser.as_(people["coordinator"]).get("/en/").text
    assert number_of(page, "not confirmed for six months") == 1
    assert number_of(page, "not confirmed for a year, and off the map") == 1
    assert number_of(page, "Organisations to verify") == 1
    for kind in ("presence", "time", "chain", "reporting"):
        assert f'href="/en/gaps?kind={kind}"' in page
    assert "mails that nobody got" not in page


@pytest.mark.parametrize("who", [None, "stranger", "owner"])
def test_whoever_coordinates_nothing_is_not_told_what_waits_for_coordinators(browser, people, who):
    with browser.arranging() as make:
        make.organisation("Just here", is_verified=False)
    page = (browser.as_(people[who]) if who else browser).get("/en/").text
    assert "What waits for you" not in page
    assert "Organisations to verify" not in page


def test_an_editor_is_reminded_of_an_import_that_was_not_finished(browser, people):
    with browser.arranging() as make:
        for number, state in enumerate(
            (BatchState.PREVIEW, BatchState.MATCHING, BatchState.IMPORTED), start=1
        ):
            make.session.add(
                ImportBatch(
                    number=number,
                    organisation_id=people["owner_id"],
                    state=state,
                    file_name="lines.xlsx",
                    sha256=f"{number:064}",
                    size_bytes=1,
                )
            )
    assert number_of(browser.as_(people["owner"]).get("/en/").text, "imports begun and not finished") == 2
    for who in ("stranger", "coordinator"):
        assert "imports begun and not finished" not in browser.as_(people[who]).get("/en/").text


def test_an_administrator_is_told_of_mails_that_nobody_got(browser, people):
    with browser.arranging() as make:
        make.session.add(Job(kind="send_mail", arguments={}, state=JobState.FAILED, due_at=now()))
    page = browser.as_(people["administrator"]).get("/en/").text
    assert number_of(page, "mails that nobody got") == 1
    assert "mails that nobody got" not in browser.as_(people["coordinator"]).get("/en/").text


@pytest.mark.parametrize(
    ("who", "most"),
    [(None, 11), ("stranger", 13), ("coordinator", MOST_STATEMENTS + 4), ("administrator", 13)],
)
def test_the_first_page_asks_the_database_little_even_of_those_with_work_to_do(browser, people, who, most):
    visitor = browser.as_(people[who]) if who else browser
    visitor.get("/en/")
    with count_statements(visitor) as statements:
        assert visitor.get("/lo/").status_code == 200
    assert 0 < len(statements) <= most, "\n\n".join(statements)


@pytest.fixture(scope="module")
def opened_chromium():
    with chromium() as opened:
        yield opened


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("lo", 360)])
def test_axe_finds_nothing_and_nothing_runs_over(settings, opened_chromium, browser, people, language, width):
    with running_portal(settings) as portal:
        context = opened_chromium.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{portal.address}/{language}/")
        page.locator("figure.map-figure ~ details summary").click()
        assert accessibility_problems(page) == ""
        assert overflow_pixels(page) == 0
        context.close()
