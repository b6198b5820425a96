"""The pages about overlaps: who reads them, what they say, and that nothing typed is lost."""

import re
from datetime import timedelta

import pytest

from portal.core.clock import today
from portal.registry.terms import Reach

YEAR = {
    "starts_on": (today() - timedelta(days=180)).isoformat(),
    "ends_on": (today() + timedelta(days=180)).isoformat(),
}


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def scene(browser):
    """Two organisations that train border police in Houayxay, found by the worker."""
    browser.services.search.ensure_ready()
    with browser.arranging() as make:
        light, bridge = make.organisation("Village Light"), make.organisation("Bridge Fund")
        people = {
            "light": make.member(light),
            "bridge": make.member(bridge),
            "stranger": make.member(make.organisation("Elsewhere")),
            "coordinator": make.user("Coordinator", is_coordinator=True),
            "guest": None,
        }
        for organisation in (light, bridge):
            make.project(
                organisation, make.viewer(people["light" if organisation is light else "bridge"]), **YEAR
            )
    browser.let_the_worker_work()
    return people


def test_the_worker_finds_it_and_the_sentence_says_who_what_where_and_when(browser, scene):
    page = browser.as_(scene["coordinator"]).get("/en/overlaps").text
    assert "Training of law enforcement" in page
    assert "Huoixai" in page
    assert "border police" in page
    assert "Both sides were told" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("light", 200), ("bridge", 200), ("coordinator", 200), ("stranger", 404), ("guest", 303)],
)
def test_a_finding_is_read_by_its_parties_and_coordinators(browser, scene, who, status):
    visitor = browser.as_(scene[who])
    assert visitor.get("/en/overlaps/F-0001").status_code == status


@pytest.mark.parametrize("verb", ["acknowledge", "take-up", "reopen", "decide", "comments", "message"])
def test_who_may_not_read_it_changes_nothing(browser, scene, verb):
    posted = {"text": "x", "revision": "1", "outcome": "coordinated"}
    assert browser.as_(scene["stranger"]).post(f"/en/overlaps/F-0001/{verb}", posted).status_code == 404
    assert browser.post(f"/en/overlaps/F-0001/{verb}", posted).status_code == 404


@pytest.mark.parametrize("verb", ["take-up", "reopen"])
def test_only_coordinators_take_it_up(browser, scene, verb):
    assert browser.as_(scene["light"]).post(f"/en/overlaps/F-0001/{verb}").status_code == 403


def test_it_explains_how_the_points_add_up(browser, scene):
    page = browser.as_(scene["light"]).get("/en/overlaps/F-0001").text
    assert "How the points add up" in page
    assert "<strong>100</strong>" in page
    assert "A: both records are recent and precise" in page


def test_it_reads_in_lao(browser, scene):
    assert browser.as_(scene["light"]).get("/lo/overlaps/F-0001").status_code == 200


def test_a_decision_without_its_reason_is_refused_and_kept_in_the_form(browser, scene):
    visitor = browser.as_(scene["light"])
    page = visitor.get("/en/overlaps/F-0001").text
    revision = page.split('name="revision" value="')[1].split('"')[0]
    refused = visitor.post("/en/overlaps/F-0001/decide", {"revision": revision, "outcome": "not_the_same"})
    assert refused.status_code == 422
    assert 'value="not_the_same" checked' in refused.text
    assert 'id="note-error"' in refused.text
    kept = visitor.post(
        "/en/overlaps/F-0001/decide",
        {"revision": revision, "outcome": "not_the_same", "note": "Other villages."},
    )
    assert kept.status_code == 303
    assert "Other villages." in visitor.get("/en/overlaps/F-0001").text
    assert "0 findings" in visitor.get("/en/overlaps").text
    assert "1 finding" in visitor.get("/en/overlaps?decided=1").text


def test_a_message_is_kept_in_the_history_and_reaches_the_other_side(browser, scene):
    visitor = browser.as_(scene["light"])
    assert visitor.post("/en/overlaps/F-0001/message", {"message": "Shall we meet?"}).status_code == 303
    browser.let_the_worker_work()
    mails = [path.read_text() for path in browser.services.settings.mail_folder.glob("*.eml")]
    assert any("writes to you about F-0001" in mail for mail in mails)
    assert "Shall we meet?" in browser.as_(scene["bridge"]).get("/en/overlaps/F-0001").text


@pytest.mark.parametrize(
    "query",
    ["queue=D", "queue=C", "queue=nonsense", "band=possible", "page=9", "page=x", "province=x", "decided=1"],
)
def test_any_address_of_the_list_is_answered(browser, scene, query):
    assert browser.as_(scene["light"]).get(f"/en/overlaps?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "is_told"),
    [("", False), ("queue=O", False), ("queue=C", False), ("queue=adjacent", True), ("queue=nonsense", True)],
)
def test_a_list_that_there_is_not_is_said_to_be_none(browser, scene, query, is_told):
    page = browser.as_(scene["light"]).get(f"/en/overlaps?{query}").text.partition("<main")[2]
    assert ("There is no list of the kind that this address asks for." in page) == is_told
    assert page.count('class="chip"') == 5
    assert page.count('aria-current="true"') == 1
    assert "queue=adjacent" not in page
    assert "queue=nonsense" not in page


def test_everybody_sees_how_densely_work_stands_and_only_members_see_whose(browser, scene):
    public = browser.get("/en/overlaps/cells").text
    assert "Training of law enforcement" in public
    assert "Village Light" not in public
    assert "Village Light" in browser.as_(scene["stranger"]).get("/en/overlaps/cells").text


@pytest.mark.parametrize(
    ("who", "sees_lines", "sees_finding"),
    [("guest", False, False), ("stranger", True, False), ("light", True, True), ("coordinator", True, True)],
)
def test_a_cell_leads_to_its_lines_and_to_the_findings_its_reader_may_read(
    browser, scene, who, sees_lines, sees_finding
):
    page = browser.as_(scene[who]).get("/en/overlaps/cells").text
    assert ("2 lines</summary>" in page) == sees_lines
    assert ('href="/en/projects/LA-0002#LA-0002-01"' in page) == sees_lines
    assert ('href="/en/overlaps/F-0001"' in page) == sees_finding


def test_the_same_cell_is_shown_once_for_all_its_quarters(browser, scene):
    page = browser.as_(scene["light"]).get("/en/overlaps/cells").text
    assert page.count("2 lines</summary>") == 1
    assert "1 place, audience and time" in page
    assert re.search(r"<td>Q[1-4] 20\d\d – Q[1-4] 20\d\d</td>", page)


def test_a_line_that_is_not_shared_is_in_no_cell(browser, scene):
    with browser.arranging() as make:
        make.project(
            make.organisation("Quiet Help"), title="Nobody may know", reach=Reach.COORDINATORS, **YEAR
        )
    browser.let_the_worker_work()
    hidden = browser.as_(scene["light"]).get("/en/overlaps/cells").text
    assert "2 lines</summary>" in hidden
    assert "Nobody may know" not in hidden
    assert "Nobody may know" in browser.as_(scene["coordinator"]).get("/en/overlaps/cells").text
