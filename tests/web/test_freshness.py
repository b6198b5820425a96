"""Confirming in one click, and saying that nothing is done: pages and forms."""

import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from portal.accounts.models import Role
from portal.core.clock import now, today
from portal.registry import line_actions
from portal.registry.models import ActivityLine, Project
from portal.registry.terms import Reach
from tests.factories import line_input


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def scene(browser):
    """Village Light has two old lines, one of them past its end; its editor, its contributor and a stranger."""
    with browser.arranging() as make:
        organisation = make.organisation("Village Light")
        editor = make.member(organisation, name="Noy")
        contributor = make.member(organisation, Role.CONTRIBUTOR)
        stranger = make.member(make.organisation("Another"), Role.ADMIN)
        viewer = make.viewer(editor)
        going_on = (today() + timedelta(days=300)).isoformat()
        project = make.project(
            organisation,
            viewer,
            title="Safe roads",
            starts_on="2026-01-01",
            ends_on=going_on,
            date_basis="actual",
        )
        past = (today() - timedelta(days=20)).isoformat()
        line_actions.save_line(
            make.session, viewer, project, line_input(organisation, ends_on=past, date_basis="actual")
        )
        for line in make.session.exec(select(ActivityLine)):
            line.confirmed_at = now() - timedelta(days=100)
    return {"editor": editor, "contributor": contributor, "stranger": stranger, "project": project}


def confirmed(browser):
    """Which lines were confirmed today."""
    with browser.looking() as session:
        lines = session.exec(select(ActivityLine).order_by(col(ActivityLine.reference)))
        return [line.reference for line in lines if line.confirmed_at > now() - timedelta(minutes=5)]


def test_looking_changes_nothing_and_one_click_confirms_what_can_be(browser, scene):
    noy = browser.as_(scene["editor"])
    page = noy.get("/en/my/register")
    assert page.status_code == 200
    assert "Safe roads" in page.text
    assert "Past its end, not confirmed" in page.text
    assert confirmed(browser) == []
    answer = noy.post("/en/my/register/all?organisation=ORG-000001")
    assert answer.status_code == 303
    assert confirmed(browser) == ["LA-0001-01"]
    assert "Confirmed, except what is past its end" in noy.get(answer.headers["location"]).text


def test_the_link_of_the_mail_shows_one_project_and_asks(browser, scene):
    noy = browser.as_(scene["editor"])
    address = "/en/my/register?organisation=ORG-000001&project=LA-0001"
    page = noy.get(address).text
    action = re.search(r'<form method="post" action="([^"]+)">\s*<fieldset id="lines"', page)[1]
    answer = noy.post(action.replace("&amp;", "&"), {"lines": "LA-0001-01", "word": "still_correct"})
    assert answer.headers["location"] == address
    assert confirmed(browser) == ["LA-0001-01"]


def test_prolonging_without_a_day_keeps_what_was_ticked(browser, scene):
    answer = browser.as_(scene["editor"]).post(
        "/en/my/register", {"lines": "LA-0001-02", "word": "prolonged", "until": ""}
    )
    assert answer.status_code == 422
    assert "Say until when it goes on." in answer.text
    assert re.search(r'value="LA-0001-02" checked', answer.text)
    assert not re.search(r'value="LA-0001-01" checked', answer.text)


def test_completing_and_prolonging_answer_for_what_has_ended(browser, scene):
    noy = browser.as_(scene["editor"])
    noy.post("/en/my/register", {"lines": "LA-0001-02", "word": "completed"})
    until = (today() + timedelta(days=400)).isoformat()
    noy.post("/en/my/register", {"lines": "LA-0001-01", "word": "prolonged", "until": until})
    with browser.looking() as session:
        lines = session.exec(select(ActivityLine).order_by(col(ActivityLine.reference))).all()
        assert [line.status for line in lines] == [None, "completed"]
        assert lines[0].ends_on.isoformat() == until


def test_a_project_is_confirmed_where_it_is_read(browser, scene):
    answer = browser.as_(scene["contributor"]).post("/en/projects/LA-0001/confirm")
    assert answer.headers["location"] == "/en/my/register?project=LA-0001"
    assert confirmed(browser) == ["LA-0001-01"]


@pytest.mark.parametrize("path", ["/my/register", "/my/register/all", "/projects/LA-0001/confirm"])
def test_nobody_else_confirms(browser, scene, path):
    data = {"lines": "LA-0001-01", "word": "still_correct"}
    assert browser.post(f"/en{path}", data).status_code in (401, 403)
    stranger = browser.as_(scene["stranger"])
    answer = stranger.post(f"/en{path}?organisation=ORG-000001", data)
    assert answer.status_code in (403, 404)
    assert confirmed(browser) == []


def test_visitors_are_asked_to_sign_in(browser):
    answer = browser.get("/en/my/register?organisation=ORG-000001")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/en/sign-in?next=")
    assert "my%2Fregister%3Forganisation" in answer.headers["location"]


def test_a_hidden_project_cannot_be_told_from_none(browser, scene):
    with browser.arranging() as make:
        make.session.exec(select(Project)).one().reach = Reach.ORGANISATION
    stranger = browser.as_(scene["stranger"])
    answers = [stranger.post(f"/en/projects/{reference}/confirm") for reference in ("LA-0001", "LA-0999")]
    assert [answer.status_code for answer in answers] == [404, 404]


# Nil returns


def test_an_organisation_says_where_it_does_nothing_and_takes_it_back(browser, scene):
    noy = browser.as_(scene["editor"])
    page = noy.get("/en/nil-returns").text
    organisation = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>Village Light', page)[1]
    data = {"organisation": organisation, "district": "LA0601", "policy_area": "policy"}
    assert noy.post("/en/nil-returns", data).status_code == 303
    page = noy.get("/en/nil-returns").text
    assert "It does nothing there itself" in page
    assert "Village Light" not in browser.get("/en/nil-returns").text
    withdraw = re.search(r'action="([^"]+/withdraw)"', page)[1]
    assert browser.as_(scene["stranger"]).post(withdraw).status_code == 404
    assert noy.post(withdraw).status_code == 303
    assert "It does nothing there itself" not in noy.get("/en/nil-returns").text


def test_a_nil_return_where_own_work_is_recorded_is_refused_with_the_lines(browser, scene):
    noy = browser.as_(scene["editor"])
    page = noy.get("/en/nil-returns").text
    organisation = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>Village Light', page)[1]
    answer = noy.post(
        "/en/nil-returns", {"organisation": organisation, "places": "LA05", "note": "Kept words"}
    )
    assert answer.status_code == 422
    assert "Work is recorded there: LA-0001-01." in answer.text
    assert "Kept words" in answer.text


def test_a_coordinator_writes_down_that_nobody_works_there(browser, scene):
    with browser.arranging() as make:
        coordinator = make.user(is_coordinator=True)
    visitor = browser.as_(coordinator)
    assert visitor.get("/en/nil-returns/nobody").status_code == 200
    answer = visitor.post("/en/nil-returns/nobody", {"place": "Houayxy", "said_by": "Bokeo committee"})
    assert answer.status_code == 422
    assert "Did you mean one of these?" in answer.text
    visitor.post("/en/nil-returns/nobody", {"place": "Sekong", "said_by": ""})
    assert (
        visitor.post("/en/nil-returns/nobody", {"place": "LA15", "said_by": "Sekong committee"}).status_code
        == 303
    )
    page = browser.get("/en/nil-returns").text
    assert "Sekong committee" in page
    assert "Nobody works there" in page
    assert browser.as_(scene["editor"]).get("/en/nil-returns/nobody").status_code == 403
