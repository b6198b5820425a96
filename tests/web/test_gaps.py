"""Gaps, expectations and statistics as pages: what is told, to whom, and what a wrong file gets."""

from datetime import timedelta

import pytest

from portal.core.clock import today
from portal.registry.terms import Reach
from tests.web.test_statements import MOST_STATEMENTS, count_statements


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def coordinator(browser):
    with browser.arranging() as make:
        person = make.user(is_coordinator=True)
    return browser.as_(person)


def day(days):
    return (today() + timedelta(days=days)).isoformat()


def expect(coordinator, **values):
    data = {"place": "LA0501", "policy_area": "prosecution", "source": "Plan of Bokeo", **values}
    return coordinator.post("/en/gaps/expectations", data)


def test_nothing_recorded_is_listed_as_not_known(browser, coordinator):
    assert expect(coordinator).status_code == 303
    page = browser.get("/en/gaps?kind=presence&province=LA05").text
    assert "Of 1, 0 are met, 0 planned, 0 missing, 1 not known." in page
    assert "Nothing is recorded: not known" in page
    assert "Expected by: Plan of Bokeo" in page


def test_what_a_committee_confirms_is_a_gap_with_its_source(browser, coordinator):
    expect(coordinator)
    coordinator.post("/en/nil-returns/nobody", {"place": "LA05", "said_by": "Bokeo committee"})
    page = browser.get("/en/gaps?kind=presence").text
    assert "1 missing, 0 not known" in page
    assert "Bokeo committee" in page


def test_the_kinds_and_provinces_can_be_chosen(browser):
    page = browser.get("/en/gaps?province=LA05").text
    assert page.count('aria-labelledby="gaps-') == 4
    assert "In the plan of action, and nobody does it" not in page
    assert browser.get("/en/gaps?kind=time&province=LA0501").text.count('aria-labelledby="gaps-') == 1
    assert browser.get("/en/gaps?kind=nonsense&province=%00").status_code == 200
    assert browser.get("/lo/gaps").status_code == 200


@pytest.mark.parametrize(("reach", "is_told"), [(Reach.PUBLIC, True), (Reach.COORDINATORS, False)])
def test_what_a_visitor_may_not_see_is_neither_told_nor_counted(browser, coordinator, reach, is_told):
    with browser.arranging() as make:
        organisation = make.organisation("Village Light")
        make.project(organisation, reach=reach, starts_on=day(-90), ends_on=day(60), date_basis="actual")
    told = "<td>Training of law enforcement: "
    assert (told in browser.get("/en/gaps?kind=time").text) is is_told
    assert ("from 1 lines" in browser.get("/en/gaps").text) is is_told
    assert told in coordinator.get("/en/gaps?kind=time").text


def test_expectations_are_removed_and_loaded_by_coordinators_alone(browser, coordinator):
    expect(coordinator)
    page = coordinator.get("/en/gaps/expectations").text
    remove = page.split('/remove"')[0].rsplit('action="', 1)[1] + "/remove"
    assert browser.post(remove).status_code == 403
    assert coordinator.post(remove).status_code == 303
    files = {"file": ("expected.csv", "place,source\nLA05,Plan\nLA06,Plan\n".encode("utf-8-sig"))}
    assert browser.post("/en/gaps/expectations/load", files=files).status_code == 403
    assert coordinator.post("/en/gaps/expectations/load", files=files).status_code == 303
    assert "2 expectations" in browser.get("/en/gaps/expectations").text


def test_a_wrong_expectation_is_refused_at_its_field_and_kept(coordinator):
    answer = expect(coordinator, place="Atlantis", from_on="2026-05-01", until_on="2026-04-01")
    assert answer.status_code == 422
    assert "Atlantis" in answer.text
    assert "Plan of Bokeo" in answer.text


# Statistics

FIGURES = """series,place,year,sex,value,source
returned_from_thailand,LA,2005,total,246,UN-ACT
returned_from_thailand,LA,2005,female,225,UN-ACT
returned_from_thailand,LA,2005,male,21,UN-ACT
returned_from_thailand,LA,2005,total,250,Ministry of Labour
convictions,LA05,2016,total,13,US TIP report
"""


def load(visitor, text):
    return visitor.post("/en/statistics", files={"file": ("figures.csv", text.encode())})


def test_figures_are_shown_with_their_sources_side_by_side(browser, coordinator):
    assert load(coordinator, FIGURES).status_code == 303
    page = browser.get("/en/statistics").text
    for text in ("246", "225", "250", "UN-ACT", "Ministry of Labour", "The sources differ in some years."):
        assert text in page
    assert "US TIP report" in browser.get("/en/gaps?province=LA05").text
    assert "US TIP report" not in browser.get("/en/gaps?province=LA06").text


def test_a_wrong_line_is_named_and_nothing_is_loaded(browser, coordinator):
    answer = load(coordinator, FIGURES + "magic,LA,2005,total,1,X\nconvictions,LA,2005,total,-3,X\n")
    assert answer.status_code == 422
    assert "Line 7: there is no series “magic”." in answer.text
    assert "Line 8: “-3” is no count." in answer.text
    assert "No statistics yet" in browser.get("/en/statistics").text


@pytest.mark.parametrize("files", [{}, {"file": ("x.csv", b"PK\x03\x04\xff")}])
def test_what_is_no_table_is_refused(coordinator, files):
    assert coordinator.post("/en/statistics", files=files).status_code == 422


def test_only_coordinators_load_figures(browser):
    assert load(browser, FIGURES).status_code == 403


def test_provinces_stand_in_the_order_of_their_codes(browser):
    page = browser.get("/en/gaps?kind=reporting").text
    shown = [
        page.index(f'<th scope="row">{name}</th>') for name in ("Phongsaly", "Bokeo", "Sekong", "Attapeu")
    ]
    assert shown == sorted(shown)
    assert "Of 72, somebody told us of 0 and nobody of 72." in page


@pytest.mark.parametrize("path", ["/en/gaps", "/en/gaps?province=LA05", "/en/statistics", "/en/nil-returns"])
def test_a_page_asks_the_database_a_dozen_times_at_most(browser, coordinator, path):
    with browser.arranging() as make:
        organisation = make.organisation("Village Light")
        for number in range(5):
            make.project(organisation, starts_on=day(-90), ends_on=day(60 + number), date_basis="actual")
    expect(coordinator)
    load(coordinator, FIGURES)
    # The first page after a change reads the register into memory.
    coordinator.get(path)
    with count_statements(browser) as statements:
        assert coordinator.get(path).status_code == 200
    assert len(statements) <= MOST_STATEMENTS
