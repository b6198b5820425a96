"""The donor view: funders see what they fund, counted once, and download it; nothing restricted is in it."""

import csv
import io

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import col, select

from portal.accounts.models import Role
from portal.registry.models import Project, ProjectIndicator
from portal.registry.terms import PartnerRole, Reach, ResultKind


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def scene(browser):
    with browser.arranging() as make:
        fund, other, doer = (make.organisation(name) for name in ("Fund", "Other fund", "Doer"))
        make.project(doer, title="Ours", partners=[(fund, PartnerRole.FUNDING)])
        make.project(doer, title="Theirs", partners=[(other, PartnerRole.FUNDING)], places=["LA0601"])
        make.project(doer, title="Secret", partners=[(other, PartnerRole.FUNDING)], reach=Reach.ORGANISATION)
        return make.member(fund, Role.VIEWER), make.user(is_donor=True), make.user()


def test_a_funder_sees_its_own_portfolio_first(browser, scene):
    page = browser.as_(scene[0]).get("/en/portfolio").text
    assert "Funded by Fund" in page
    assert "Ours" in page
    assert "Theirs" not in page
    assert "No outcome indicator" in page


def test_a_donor_sees_all_funders_and_nothing_restricted(browser, scene):
    page = browser.as_(scene[1]).get("/en/portfolio").text
    assert "Ours" in page
    assert "Theirs" in page
    assert "Secret" not in page
    assert "2 projects" in page


def test_province_area_and_year_narrow(browser, scene):
    visitor = browser.as_(scene[1])
    assert "Ours" not in visitor.get("/en/portfolio?province=LA06").text
    assert "Theirs" in visitor.get("/en/portfolio?province=LA06").text
    assert "Nothing to show" in visitor.get("/en/portfolio?area=policy").text
    assert "Nothing to show" in visitor.get("/en/portfolio?year=2031").text


def test_visitors_and_people_of_no_organisation_are_refused(browser, scene):
    assert browser.get("/en/portfolio").status_code in (302, 303, 401)
    assert browser.as_(scene[2]).get("/en/portfolio").status_code == 403


def test_the_downloads_hold_what_the_page_shows(browser, scene):
    visitor = browser.as_(scene[1])
    text = visitor.get("/en/portfolio?format=csv").content.decode("utf-8-sig")
    assert [row["title"] for row in csv.DictReader(io.StringIO(text))] == ["Ours", "Theirs"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(visitor.get("/en/portfolio?format=xlsx").content))
    assert book.sheet_names == ["Coverage", "Years and 4P", "Funders", "Projects"]
    coverage = book.get_sheet_by_name("Coverage").to_python()
    assert {row[2] for row in coverage[1:]} == {"LA05", "LA06"}
    years = book.get_sheet_by_name("Years and 4P").to_python()
    assert years[0][:4] == ["Year", "4P, code", "4P", "Families"]
    funders = book.get_sheet_by_name("Funders").to_python()
    assert {row[1]: row[2:4] for row in funders[1:]} == {"Fund": [1, 1], "Other fund": [1, 1]}


def test_the_coverage_is_a_table_of_its_own_and_is_linked(browser, scene):
    visitor = browser.as_(scene[1])
    assert "/en/portfolio?format=csv&amp;table=coverage" in visitor.get("/en/portfolio").text
    text = visitor.get("/en/portfolio?format=csv&table=coverage").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {(row["funder"], row["province_code"]) for row in rows} == {
        ("Fund", "LA05"),
        ("Other fund", "LA06"),
    }
    assert {row["families"] for row in rows} == {"1"}


def test_the_page_counts_by_year_and_by_funder(browser, scene):
    page = browser.as_(scene[1]).get("/en/portfolio").text
    assert "Families by year and 4P" in page
    assert "Coverage by funder" in page
    assert "May serve: shared by a partner of the project" in page


def test_what_to_ask_after_is_counted_and_shows_just_those(browser, scene):
    with browser.arranging() as make:
        project = make.session.exec(select(Project).order_by(col(Project.number))).first()
        make.session.add(
            ProjectIndicator(project_id=project.id, kind=ResultKind.OUTCOME, title="Fewer are cheated")
        )
    visitor = browser.as_(scene[1])
    page = visitor.get("/en/portfolio").text
    assert "/en/portfolio?concern=no_outcome" in page
    assert "No outcome indicator: 1<" in page
    narrowed = visitor.get("/en/portfolio?concern=no_outcome").text
    assert "Theirs" in narrowed
    assert "Ours" not in narrowed
    assert "No outcome indicator: 1<" in narrowed
    assert "Nothing to show" in visitor.get("/en/portfolio?concern=ending&year=2031").text
    assert "Ours" in visitor.get("/en/portfolio?concern=nonsense").text
