"""Projects and lines among the hits: found by what they say, by those who may see them, and gone at once."""

import re

import pytest
from sqlmodel import select

from portal.core.clock import today
from portal.jobs.consistency import differences_of_index
from portal.registry.models import ActivityLine, Project
from portal.registry.terms import Reach


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def scene(browser):
    """A public project of Bridge, whose member is returned."""
    browser.services.search.ensure_ready()
    with browser.arranging() as make:
        bridge = make.organisation("Bridge")
        member = make.member(bridge)
        make.project(bridge, title="Umbrella", description="lighthouse drill")
    browser.let_the_worker_work()
    return member


def found(visitor, **query):
    page = visitor.get("/en/search", params=query).text
    return re.findall(r'<h3><a href="/en/projects/(LA-\d+)"', page)


def change(browser, kind, **values):
    with browser.arranging() as make:
        row = make.session.exec(select(kind)).one()
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.parametrize(
    "words", ["umbrella", "lighthouse", "Houayxay", "Bokeo", "border police", "LA-0001-01"]
)
def test_a_project_is_found_by_its_words_places_and_labels(browser, scene, words):
    assert found(browser, q=words) == ["LA-0001"]


def test_facets_are_shared_with_the_library(browser, scene):
    assert found(browser, kind="project", policy_area="prosecution", year=today().year) == ["LA-0001"]
    assert found(browser, kind="resource") == []
    assert "Umbrella" in browser.get("/en/search/suggest?q=umbr").text


@pytest.mark.parametrize("kind", [Project, ActivityLine])
def test_what_is_no_longer_shared_is_hidden_before_the_index_follows(browser, scene, kind):
    change(browser, kind, reach=Reach.ORGANISATION)
    assert found(browser, q="lighthouse") == []
    browser.let_the_worker_work()
    assert found(browser, q="lighthouse") == []
    assert found(browser.as_(scene), q="lighthouse") == ["LA-0001"]


def test_the_place_of_a_restricted_line_narrows_nothing_for_others(browser, scene):
    change(browser, ActivityLine, reach=Reach.ORGANISATION)
    browser.let_the_worker_work()
    page = browser.get("/en/search").text
    assert found(browser, q="umbrella") == ["LA-0001"]
    assert 'name="province"' not in page
    assert found(browser, q="Houayxay") == []


def test_check_knows_projects(browser, scene):
    assert list(differences_of_index(browser.services, lambda done, total: None)) == []
