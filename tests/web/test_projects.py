"""Projects in the browser: listed, read, written step by step, answered by partners, withdrawn."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from portal.accounts.models import Organisation, Role
from portal.core.clock import today
from portal.places.queries import find_place
from portal.registry.line_actions import save_line
from portal.registry.models import LineState, Project, ProjectState
from portal.registry.queries import find_project, lines_of, partners_of
from portal.registry.terms import LinkKind, PartnerRole, Reach
from tests.clients import hidden_value
from tests.factories import line_input
from tests.web.test_statements import count_statements


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def scene(browser):
    """An organisation with an editor, a funder with one, and a published project of theirs."""
    browser.services.search.ensure_ready()
    with browser.arranging() as make:
        owner, funder = make.organisation("Village Light"), make.organisation("Bridge Fund")
        people = {
            "editor": make.member(owner),
            "contributor": make.member(owner, Role.CONTRIBUTOR),
            "funder": make.member(funder),
            "stranger": make.member(make.organisation("Elsewhere")),
        }
        project = make.project(
            owner, title="Safe roads", partners=[(funder, PartnerRole.FUNDING)], planned_total=120
        )
        people["owner_id"], people["funder_id"] = owner.id, funder.id
        people["reference"] = project.reference
        people["district"] = str(find_place(make.session, "LA0501").id)
        people["province"] = str(find_place(make.session, "LA05").id)
    return people


START = {"title_en": "New roads", "policy_area": "prosecution"}


def line_values(scene, **values):
    return {
        "implementer": str(scene["owner_id"]),
        "policy_area": "prosecution",
        "intervention": "PSC-TRN",
        "places": [scene["district"]],
        "starts_on": "2026-02-01",
        "ends_on": "2026-11-30",
        "date_basis": "planned",
        "target_groups": ["police_border"],
        "unit": "people",
        **values,
    }


def start(browser, scene):
    posted = {**START, "organisation": str(scene["owner_id"]), "places": [scene["province"]]}
    answer = browser.post("/en/projects/new", posted)
    assert answer.status_code == 303
    return re.search(r"LA-\d+", answer.headers["location"])[0]


def test_anybody_finds_and_reads_a_public_project(browser, scene):
    page = browser.get("/en/projects?q=roads").text
    assert "Safe roads" in page
    page = browser.get(f"/en/projects/{scene['reference']}").text
    assert "Still correct" not in page
    assert (
        browser.as_(scene["editor"]).get(f"/en/projects/{scene['reference']}").text.count("Still correct")
        == 1
    )
    for words in (
        "Training of law enforcement",
        "Huoixai",
        "Border police",
        "Bridge Fund",
        "Village Light",
        "120",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("policy_area=prosecution", True),
        ("policy_area=prevention", False),
        ("province=LA05", True),
        ("province=LA06", False),
        ("province=nonsense", False),
        ("district=LA0501", True),
        ("intervention=PSC-TRN&target_group=police_border", True),
        ("year=2026", True),
        ("year=2020", False),
        ("status=ongoing&status=start_unconfirmed&status=planned", True),
        ("q=village+roads", True),
        ("q=harbour", False),
        ("page=99", True),
    ],
)
def test_a_list_is_narrowed_by_what_its_lines_say(browser, scene, query, is_found):
    answer = browser.get(f"/en/projects?{query}")
    page = browser.get(answer.headers["location"]).text if answer.status_code == 302 else answer.text
    assert (f"/en/projects/{scene['reference']}" in page) == is_found


def test_a_project_is_written_step_by_step_and_published(browser, scene):
    editor = browser.as_(scene["editor"])
    reference = start(editor, scene)
    here = f"/en/projects/{reference}"
    page = editor.get(f"{here}/edit/what").text
    posted = {
        "revision": hidden_value(page, "revision"),
        "title_en": "New roads",
        "title_lo": "ຖະໜົນໃໝ່",
        "status": "ongoing",
        "planned_start": "2026-01-01",
        "reach": "public",
        "kind": "project",
    }
    assert editor.post(f"{here}/edit/what", posted).headers["location"] == f"{here}/edit/partners"
    refused = editor.post(f"{here}/publish")
    assert refused.status_code == 422
    assert "Say what is done." in refused.text
    line = f"{here}/edit/lines/{reference}-01"
    values = line_values(scene, revision=hidden_value(editor.get(line).text, "revision"))
    assert editor.post(line, values).status_code == 303
    assert editor.post(f"{here}/publish").status_code == 303
    assert "ຖະໜົນໃໝ່" in browser.get(here).text


def test_what_was_typed_into_a_line_is_kept_when_it_is_refused(browser, scene):
    editor = browser.as_(scene["editor"])
    reference = start(editor, scene)
    answer = editor.post(
        f"/en/projects/{reference}/edit/lines/new",
        line_values(
            scene, ends_on="2025-01-01", description="Two weeks in the mountains", planned_total="-3"
        ),
    )
    assert answer.status_code == 422
    for words in ("Two weeks in the mountains", "This cannot be less than nothing.", 'value="2025-01-01"'):
        assert words in answer.text
    with browser.looking() as session:
        assert len(lines_of(session, find_project(session, reference).id)) == 1


def test_whoever_does_the_same_there_is_told_of_before_a_line_is_saved(browser, scene):
    with browser.arranging() as make:
        guard = make.organisation("Border Guard Friends")
        member = make.member(guard)
        draft = make.draft_project(guard, make.viewer(member), title="Our own", intervention="").reference
    visitor = browser.as_(member)
    address = f"/en/projects/{draft}/edit/lines/new"
    posted = line_values(
        {"owner_id": guard.id, "district": scene["district"]},
        ends_on="2027-11-30",
        description="Two weeks in the mountains",
    )
    told = visitor.post(address, posted)
    assert told.status_code == 200
    for words in ("Village Light", "Safe roads", "Save it anyway", "Two weeks in the mountains"):
        assert words in told.text
    assert f"{draft}-02" not in visitor.get(f"/en/projects/{draft}/edit/lines").text
    assert visitor.post(address, {**posted, "then": "anyway"}).status_code == 303
    line = f"/en/projects/{draft}/edit/lines/{draft}-02"
    again = {**posted, "revision": hidden_value(visitor.get(line).text, "revision"), "planned_total": "9"}
    assert visitor.post(line, again).status_code == 303


def test_two_editors_of_one_form_meet_and_nothing_is_lost(browser, scene):
    editor = browser.as_(scene["editor"])
    address = f"/en/projects/{scene['reference']}/edit/what"
    revision = hidden_value(editor.get(address).text, "revision")
    posted = {"revision": revision, "status": "ongoing", "reach": "public", "kind": "project"}
    assert editor.post(address, {**posted, "title_en": "First"}).status_code == 303
    late = editor.post(address, {**posted, "title_en": "Second"})
    assert late.status_code == 422
    assert "Second" in late.text
    assert hidden_value(late.text, "revision") != revision


def test_a_draft_saves_itself_and_a_published_one_does_not(browser, scene):
    editor = browser.as_(scene["editor"])
    reference = start(editor, scene)
    address = f"/en/projects/{reference}/edit/what"
    posted = {
        "revision": "1",
        "title_en": "Newer roads",
        "status": "planned",
        "reach": "public",
        "kind": "project",
    }
    quietly = {"Accept": "application/json"}
    answer = editor.post(address, posted, headers=quietly)
    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    published = editor.post(f"/en/projects/{scene['reference']}/edit/what", posted, headers=quietly)
    assert published.status_code == 422


def test_money_is_written_in_a_table_of_years(browser, scene):
    editor = browser.as_(scene["editor"])
    address = f"/en/projects/{scene['reference']}/edit/money"
    revision = hidden_value(editor.get(address).text, "revision")
    rows = {
        "budget_year": ["2026", "2027", ""],
        "budget_amount": ["120,000", "80000", ""],
        "budget_currency": ["USD", "USD", ""],
        "budget_status": ["1", "2", "1"],
    }
    posted = {"revision": revision, "total_budget": "200 000", "currency": "USD", **rows}
    assert editor.post(address, posted).status_code == 303
    page = browser.get(f"/en/projects/{scene['reference']}").text
    assert "200,000 USD" in page
    assert "120,000" in page


def test_a_wrong_year_is_said_beside_its_row(browser, scene):
    editor = browser.as_(scene["editor"])
    address = f"/en/projects/{scene['reference']}/edit/money"
    revision = hidden_value(editor.get(address).text, "revision")
    posted = {
        "revision": revision,
        "budget_year": ["20266"],
        "budget_amount": ["many"],
        "budget_currency": ["USD"],
        "budget_status": ["1"],
    }
    answer = editor.post(address, posted)
    assert answer.status_code == 422
    assert "Enter a whole number." in answer.text
    assert 'value="20266"' in answer.text


def test_indicators_are_added_changed_and_removed(browser, scene):
    editor = browser.as_(scene["editor"])
    address = f"/en/projects/{scene['reference']}/edit/results"
    editor.post(address, {"kind": "2", "title": "Survivors with work"})
    page = editor.get(address).text
    key = re.search(r"/edit/results/([0-9a-f-]{36})\"", page)[1]
    editor.post(f"{address}/{key}", {"kind": "2", "title": "Survivors with work", "target": "40"})
    assert "40" in browser.get(f"/en/projects/{scene['reference']}").text
    editor.post(f"{address}/{key}/remove")
    assert "Survivors with work" not in browser.get(f"/en/projects/{scene['reference']}").text


def test_an_event_is_planned_and_cancelled(browser, scene):
    editor = browser.as_(scene["editor"])
    here = f"/en/projects/{scene['reference']}"
    posted = {
        "title": "Five days in Houayxay",
        "kind": "training",
        "starts_on": "2027-01-11",
        "ends_on": "2027-01-15",
        "places": [scene["district"]],
        "target_groups": ["police_border"],
    }
    assert editor.post(f"{here}/edit/events/new", posted).status_code == 303
    assert "Five days in Houayxay" in browser.get(here).text
    editor.post(f"{here}/edit/events/{scene['reference']}-E01/cancel")
    assert "Cancelled" in browser.get(here).text


def test_a_partner_disputes_with_a_reason_and_the_owner_is_told(browser, scene):
    funder = browser.as_(scene["funder"])
    here = f"/en/projects/{scene['reference']}"
    with browser.looking() as session:
        project = find_project(session, scene["reference"])
        partner = next(p for p in partners_of(session, project.id) if p.organisation_id == scene["funder_id"])
    answer = funder.post(f"{here}/partners/{partner.id}/answer", {"stance": "disputed"})
    assert answer.status_code == 422
    funder.post(
        f"{here}/partners/{partner.id}/answer", {"stance": "disputed", "note": "We stopped paying in May."}
    )
    assert "We stopped paying in May." in browser.get(here).text
    browser.let_the_worker_work()
    mails = [path.read_text() for path in browser.services.settings.mail_folder.glob("*.eml")]
    assert any(scene["editor"].email in mail for mail in mails)


def test_nobody_answers_for_another_organisation(browser, scene):
    with browser.looking() as session:
        project = find_project(session, scene["reference"])
        partner = next(p for p in partners_of(session, project.id) if p.organisation_id == scene["funder_id"])
    address = f"/en/projects/{scene['reference']}/partners/{partner.id}/answer"
    assert browser.as_(scene["stranger"]).post(address, {"stance": "confirmed"}).status_code == 403
    assert browser.as_(scene["editor"]).post(address, {"stance": "confirmed"}).status_code == 403


def test_a_link_to_another_organisations_record_waits_for_them(browser, scene):
    with browser.arranging() as make:
        other = make.project(make.session.get_one(Organisation, scene["funder_id"]), title="The same roads")
        theirs = other.reference
    editor, funder = browser.as_(scene["editor"]), browser.as_(scene["funder"])
    posted = {"other": theirs, "kind": LinkKind.THIRD_PARTY}
    assert editor.post(f"/en/projects/{scene['reference']}/edit/links", posted).status_code == 303
    page = funder.get(f"/en/projects/{theirs}").text
    agree = re.search(r'action="(/en/projects/[^"]+/links/[^"]+/agree)"', page)[1]
    assert editor.post(agree).status_code == 403
    assert funder.post(agree).status_code == 303
    with browser.looking() as session:
        families = set(session.exec(select(Project.family_id)))
    assert len(families) == 1


def test_a_copy_is_a_draft_whose_dates_need_a_look(browser, scene):
    editor = browser.as_(scene["editor"])
    answer = editor.post(f"/en/projects/{scene['reference']}/copy")
    assert answer.headers["location"].endswith("/edit/what")
    assert "Look at its dates" in editor.get(answer.headers["location"]).text
    assert browser.as_(scene["stranger"]).post(f"/en/projects/{scene['reference']}/copy").status_code == 403


def test_a_withdrawn_project_leaves_a_tombstone(browser, scene):
    editor = browser.as_(scene["editor"])
    here = f"/en/projects/{scene['reference']}"
    assert editor.post(f"{here}/withdraw", {"note": ""}).status_code == 422
    assert editor.post(f"{here}/withdraw", {"note": "It never began."}).status_code == 303
    answer = browser.get(here)
    assert answer.status_code == 410
    assert "It never began." in answer.text
    assert "Houayxay" not in answer.text
    assert here not in browser.get("/en/projects").text


def test_a_draft_is_thrown_away(browser, scene):
    editor = browser.as_(scene["editor"])
    reference = start(editor, scene)
    assert editor.get(f"/en/projects/{reference}/discard").status_code == 200
    assert editor.post(f"/en/projects/{reference}/discard").status_code == 303
    assert editor.get(f"/en/projects/{reference}").status_code == 404


def test_a_line_is_removed_with_a_reason(browser, scene):
    editor = browser.as_(scene["editor"])
    line = f"/en/projects/{scene['reference']}/edit/lines/{scene['reference']}-01"
    assert editor.post(f"{line}/remove", {"reason": " "}).status_code == 422
    assert editor.post(f"{line}/remove", {"reason": "Entered twice"}).status_code == 303
    assert editor.get(line).status_code == 404


@pytest.mark.parametrize(
    "path", ["edit/what", "edit/lines", "edit/lines/new", "edit/check", "withdraw", "discard", "edit/money"]
)
def test_editing_belongs_to_the_owner_whatever_the_role_of_a_partner(browser, scene, path):
    address = f"/en/projects/{scene['reference']}/{path}"
    for visitor in (browser, browser.as_(scene["funder"]), browser.as_(scene["stranger"])):
        assert visitor.get(address).status_code == 404


def test_history_is_for_editors_of_the_owner(browser, scene):
    address = f"/en/projects/{scene['reference']}/history"
    assert "published" in browser.as_(scene["editor"]).get(address).text
    assert browser.get(address).status_code == 403


WHO_SEES = {
    Reach.PUBLIC: {"public", "member", "grouped", "coordinator", "partner", "owner"},
    Reach.MEMBERS: {"member", "grouped", "coordinator", "partner", "owner"},
    Reach.GROUP: {"grouped", "partner", "owner"},
    Reach.COORDINATORS: {"coordinator", "partner", "owner"},
    Reach.ORGANISATION: {"owner"},
}


@pytest.fixture
def matrix(browser):
    """A project for every reach, and a public one with a line and an event of every reach."""
    browser.services.search.ensure_ready()
    with browser.arranging() as make:
        owner, partner = make.organisation("Owner"), make.organisation("Partner")
        grouped = make.organisation("Grouped")
        group = make.group("Working group", owner, grouped)
        people = {
            "public": None,
            "member": make.member(make.organisation("Member"), Role.VIEWER),
            "grouped": make.member(grouped, Role.VIEWER),
            "coordinator": make.user(is_coordinator=True),
            "partner": make.member(partner, Role.VIEWER),
            "owner": make.member(owner),
        }
        by = make.viewer(people["owner"])
        references = {
            reach: make.project(
                owner,
                by,
                title=f"Project {reach}",
                reach=reach,
                group=group.id if reach == Reach.GROUP else None,
                partners=[(partner, PartnerRole.FUNDING)],
            ).reference
            for reach in Reach
        }
    return people, references


@pytest.mark.parametrize("who", ["public", "member", "grouped", "coordinator", "partner", "owner"])
def test_list_page_and_count_say_the_same_of_every_reach(browser, matrix, who):
    people, references = matrix
    visitor = browser.as_(people[who])
    listed = visitor.get("/en/projects").text
    seen = {reach for reach in Reach if who in WHO_SEES[reach]}
    for reach, reference in references.items():
        assert (f"/projects/{reference}" in listed) == (reach in seen)
        assert visitor.get(f"/en/projects/{reference}").status_code == (200 if reach in seen else 404)
    assert f"{len(seen)} project" in listed


@pytest.mark.parametrize("who", ["public", "member", "coordinator", "partner", "owner"])
def test_lines_and_events_narrower_than_their_project_are_hidden_on_its_page(browser, matrix, who):
    people, references = matrix
    reference = references[Reach.PUBLIC]
    owner = browser.as_(people["owner"])
    with browser.looking() as session:
        district = str(find_place(session, "LA0502").id)
        organisation_id = find_project(session, reference).organisation_id
    hidden = {"owner_id": organisation_id, "district": district}
    posted = line_values(hidden, reach="coordinators", description="A word only some may read")
    assert owner.post(f"/en/projects/{reference}/edit/lines/new", posted).status_code == 303
    event = {
        "title": "A day only some may know",
        "kind": "training",
        "starts_on": "2027-01-11",
        "places": [district],
        "reach": "coordinators",
    }
    assert owner.post(f"/en/projects/{reference}/edit/events/new", event).status_code == 303
    visitor = browser.as_(people[who])
    page = visitor.get(f"/en/projects/{reference}").text
    is_seen = who in WHO_SEES[Reach.COORDINATORS]
    assert ("A word only some may read" in page) == is_seen
    assert ("A day only some may know" in page) == is_seen
    assert ("LA0502" in visitor.get("/en/projects").text) == is_seen


def test_a_state_of_every_kind_is_stored(browser, scene):
    editor = browser.as_(scene["editor"])
    reference = start(editor, scene)
    with browser.looking() as session:
        project = find_project(session, reference)
        assert project.state == ProjectState.DRAFT
        assert [line.state for line in lines_of(session, project.id)] == [LineState.DRAFT]
    assert browser.get(f"/en/projects/{reference}").status_code == 404


MOST_STATEMENTS = 15


@pytest.mark.parametrize("path", ["", "?province=LA05&q=roads", "/{reference}"])
@pytest.mark.parametrize("who", ["editor", "funder", None])
def test_a_page_of_projects_asks_the_database_at_most_fifteen_times(browser, scene, path, who):
    with browser.arranging() as make:
        owner = make.session.get_one(Organisation, scene["owner_id"])
        for number in range(4):
            make.project(owner, title=f"Further roads {number}", places=["LA0501", "LA06"])
    visitor = browser.as_(scene[who]) if who else browser
    address = f"/en/projects{path.format(reference=scene['reference'])}"
    visitor.get(address)
    with count_statements(visitor) as statements:
        assert visitor.get(address).status_code == 200
    assert 0 < len(statements) <= MOST_STATEMENTS, "\n\n".join(statements)


def told_on_map(page):
    drawn = re.search(r'<svg class="map".*?</svg>', page, re.DOTALL)
    return re.findall(r"<title>([^<]*)</title>", drawn[0]) if drawn else []


def project_in(browser, scene, *places, **values):
    with browser.arranging() as make:
        owner = make.session.get_one(Organisation, scene["owner_id"])
        dates = {"starts_on": "2020-01-01", "ends_on": (today() + timedelta(days=500)).isoformat()}
        return make.project(owner, places=list(places), **{**dates, **values}).reference


def test_a_project_in_districts_of_one_province_is_drawn_on_the_map_of_these(browser, scene):
    reference = project_in(browser, scene, "LA0501", "LA0502")
    page = browser.get(f"/en/projects/{reference}").text
    told = told_on_map(page)
    assert len(told) == 5
    assert sum(": 1, Going on" in text for text in told) == 2
    assert "lines of work by district of Bokeo" in page


def test_a_project_in_several_provinces_is_drawn_on_the_map_of_the_country(browser, scene):
    reference = project_in(browser, scene, "LA0501", "LA06")
    page = browser.get(f"/en/projects/{reference}").text
    told = told_on_map(page)
    assert len(told) == 18
    assert "Bokeo: 1, Going on" in told
    assert "Phongsaly" in told
    words = re.search(r'<section aria-labelledby="places">.*?</dl>', page, re.DOTALL)[0]
    assert "Huoixai" in words
    assert "all of it" in words
    assert "Where people go to" not in words


def test_work_in_the_whole_country_and_places_abroad_are_told_in_words(browser, scene):
    reference = project_in(browser, scene, "LA", destinations=["TH"], corridor=["VN"])
    page = browser.get(f"/en/projects/{reference}").text
    words = re.search(r'<section aria-labelledby="places">.*?</dl>', page, re.DOTALL)[0]
    for text in ("Whole country", "Where people go to", "Thailand", "On the way"):
        assert text in words
    assert told_on_map(page) == []


def test_the_map_of_a_project_knows_only_lines_that_its_reader_may_see(browser, scene):
    reference = project_in(browser, scene, "LA0501")
    with browser.arranging() as make:
        project = find_project(make.session, reference)
        viewer = make.viewer(make.session.get_one(type(scene["editor"]), scene["editor"].id))
        hidden = line_input(
            make.session.get_one(Organisation, scene["owner_id"]), places=["LA06"], reach=Reach.ORGANISATION
        )
        save_line(make.session, viewer, project, hidden)
    for visitor, number in ((browser, 5), (browser.as_(scene["editor"]), 18)):
        assert len(told_on_map(visitor.get(f"/en/projects/{reference}").text)) == number
