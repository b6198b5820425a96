"""Before you design: one page of what others do, of what the reader may see; kept, shared, made a draft."""

import re

import pytest
from sqlmodel import select

from portal.accounts.models import Organisation, Role
from portal.registry import line_actions, link_actions
from portal.registry.terms import LinkKind, Reach
from tests.factories import line_input


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def scene(browser, publish):
    """A training of border police that is public, one that its organisation keeps to itself, and a manual."""
    publish("x", title="Training border police", sectors=["law_enforcement"], audiences=["border_police"])
    with browser.arranging() as make:
        bridge = make.organisation("Bridge", contact_email="bridge@example.org")
        planner = make.organisation("Planner")
        make.project(bridge, title="Open training", starts_on="2026-01-01", ends_on="2030-12-31")
        make.project(bridge, title="Hidden training", reach=Reach.ORGANISATION, ends_on="2030-12-31")
        return make.member(planner, Role.EDITOR), make.member(bridge, Role.EDITOR), planner


QUESTION = {
    "places": "LA0501",
    "intervention": "PSC-TRN",
    "target_groups": "police_border",
    "starts_on": "2026-01-01",
    "ends_on": "2027-12-31",
}


def ask(visitor, **values):
    answer = visitor.get("/en/design", params={**QUESTION, **values})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_empty_page_asks(browser):
    assert "Show who is there" in browser.get("/en/design").text


def test_one_page_tells_who_is_there_what_serves_what_is_missing_and_whom_to_ask(browser, scene):
    page = ask(browser)
    assert "Open training" in page
    assert "1 family of projects" in page
    assert "Possible overlaps" in page
    assert "Training border police" in page
    assert "the same kind of work, written for the same people" in page
    assert "Gaps near by" in page
    assert "bridge@example.org" in page


def test_what_is_not_shared_stays_away_and_uncounted(browser, scene):
    planner, owner, _ = scene
    for visitor in (browser, browser.as_(planner)):
        page = ask(visitor)
        assert "Hidden training" not in page
        assert "2 families of projects" not in page
    assert "Hidden training" in ask(browser.as_(owner))


def test_other_steps_of_the_same_work_are_told_to_whom_they_are_shared_with(browser, scene):
    planner = scene[0]
    with browser.arranging() as make:
        guild = make.organisation("Guild")
        for title, reach in (("Open courts", Reach.PUBLIC), ("Members' courts", Reach.MEMBERS)):
            make.project(guild, title=title, reach=reach, intervention="PSC-JUD", ends_on="2030-12-31")
        make.project(guild, title="Only told in person", reach=Reach.COORDINATORS, intervention="PSC-JUD")
    for visitor, told in ((browser, False), (browser.as_(planner), True)):
        section = ask(visitor).partition('id="adjacent"')[2].partition("</section>")[0]
        assert "Open courts" in section
        assert "serves the same people" in section
        assert ("Members&#39; courts" in section) == told
        assert "Open training" not in section
        assert "Only told in person" not in section
    assert 'id="adjacent"' not in ask(browser, intervention="", policy_area="prosecution")


def test_other_places_and_work_are_left_out(browser, scene):
    assert "Open training" not in ask(browser, places="LA0601")
    assert "Open training" not in ask(browser, intervention="PRO-SHL", target_groups="")


def test_a_place_that_does_not_exist_is_refused_beside_its_field(browser, scene):
    assert "There is no place with the code" in ask(browser, places="XX99")


@pytest.mark.parametrize("language", ["en", "lo"])
def test_an_end_before_the_start_is_refused_at_its_field_and_nothing_typed_is_lost(browser, scene, language):
    sentence = {
        "en": "It ends on 2026-01-01, before it starts on 2028-01-01.",
        "lo": "ສິ້ນສຸດວັນທີ 2026-01-01, ກ່ອນວັນເລີ່ມ 2028-01-01.",
    }[language]
    typed = {**QUESTION, "starts_on": "2028-01-01", "ends_on": "2026-01-01"}
    page = browser.get(f"/{language}/design", params=typed).text
    field = page.partition('id="ends_on-error"')[2].partition("</p>")[0]
    assert sentence in field
    assert 'value="2028-01-01"' in page
    assert 'value="2026-01-01"' in page
    assert '<option value="PSC-TRN" selected>' in page
    assert 'id="now"' not in page
    assert 'id="ends_on-error"' not in ask(browser, starts_on="2026-01-01", ends_on="2026-01-01")


@pytest.mark.parametrize(("way", "named"), [("keep", "name"), ("draft", "title")])
def test_a_question_that_ends_before_it_starts_is_neither_kept_nor_drafted(browser, scene, way, named):
    planner, _, organisation = scene
    typed = {**QUESTION, "starts_on": "2028-01-01", "ends_on": "2026-01-01", named: "Never so"}
    typed |= {"organisation": str(organisation.id), "reach": "organisation"}
    answer = browser.as_(planner).post(f"/en/design/{way}", typed)
    assert answer.status_code == 422
    assert (
        "before it starts on 2028-01-01."
        in answer.text.partition('id="ends_on-error"')[2].partition("</p>")[0]
    )
    assert 'value="Never so"' in answer.text
    assert 'name="ends_on" value="2026-01-01"' in answer.text


def test_a_question_is_kept_and_read_by_those_it_is_for(browser, scene):
    planner, owner, organisation = scene
    visitor = browser.as_(planner)
    kept = visitor.post(
        "/en/design/keep",
        {**QUESTION, "name": "Bokeo next year", "kept_for": str(organisation.id), "reach": "organisation"},
    )
    assert kept.status_code == 303, kept.text
    address = kept.headers["location"]
    assert "Open training" in visitor.get(address).text
    assert browser.get(address).status_code == 404
    assert browser.as_(owner).get(address).status_code == 404


def test_a_question_without_a_name_is_refused_and_nothing_typed_is_lost(browser, scene):
    answer = browser.as_(scene[0]).post("/en/design/keep", {**QUESTION, "name": ""})
    assert answer.status_code == 422
    assert 'name="intervention" value="PSC-TRN"' in answer.text


def test_a_question_becomes_a_draft_with_its_line(browser, scene):
    planner, _, organisation = scene
    visitor = browser.as_(planner)
    made = visitor.post(
        "/en/design/draft", {**QUESTION, "title": "Next training", "organisation": str(organisation.id)}
    )
    assert made.status_code == 303, made.text
    reference = re.search(r"LA-\d+", made.headers["location"])[0]
    again = visitor.get(f"/en/design/from/{reference}")
    assert "intervention=PSC-TRN" in again.headers["location"]
    assert browser.get(f"/en/design/from/{reference}").status_code in (401, 404)


@pytest.fixture
def asking(browser, publish):
    """A project that asks, a record of the same work, a step beside it, another's of the same kind; by their names."""
    with browser.arranging() as make:
        owner, twin, other = (make.organisation(name) for name in ("Owner", "Twin", "Other"))
        by, theirs = (make.viewer(make.member(each)) for each in (owner, twin))
        asks = make.project(owner, by, title="It asks", reach=Reach.MEMBERS, ends_on="2030-12-31")
        same = make.project(twin, theirs, title="The same work", ends_on="2030-12-31")
        make.project(twin, title="Its courts", intervention="PSC-JUD", ends_on="2030-12-31")
        make.project(other, title="Work of others", ends_on="2030-12-31")
        link_actions.link_projects(make.session, by, asks, same, LinkKind.THIRD_PARTY)
        link_actions.link_projects(make.session, theirs, same, asks, LinkKind.THIRD_PARTY)
        people = {"owner": make.member(owner), "member": make.member(other)}
        return people, asks.reference


def own_question(browser, person, reference):
    """The address that the route leads to, for the owner of a project."""
    answer = browser.as_(person).get(f"/en/design/from/{reference}")
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_project_is_compared_with_all_but_its_own_family(browser, asking):
    people, reference = asking
    address = own_question(browser, people["owner"], reference)
    page = browser.as_(people["owner"]).get(address).text
    answer = page.partition("</h1>")[2].partition('id="guidance"')[0]
    assert f"Compared with everything but {reference} and its family." in page
    assert "Work of others" in answer.partition('id="overlaps"')[2].partition("</section>")[0]
    assert "Its courts" in answer.partition('id="adjacent"')[2].partition("</section>")[0]
    assert "It asks" not in answer
    assert "The same work" not in answer
    assert "2 families of projects" in answer.partition('id="now"')[2].partition("</section>")[0]
    assert f'name="project" value="{reference}"' in page


def test_what_the_family_of_a_project_does_is_no_gap(browser, asking):
    people, reference = asking
    address = own_question(browser, people["owner"], reference)
    with_it = browser.as_(people["owner"]).get(address).text
    without = browser.as_(people["owner"]).get(address.replace(reference, "")).text
    gaps = [page.partition('id="gaps"')[2].partition("</section>")[0] for page in (with_it, without)]
    assert "Steps of the protection chain" in gaps[0]
    assert gaps[0] == gaps[1]


def test_a_project_that_the_reader_may_not_see_asks_nothing(browser, asking):
    people, reference = asking
    hidden = browser.get("/en/design", params={**QUESTION, "project": reference}).text
    unknown = browser.get("/en/design", params={**QUESTION, "project": "LA-9999"}).text
    assert "Compared with" not in hidden
    assert "The same work" in hidden
    assert hidden.replace(reference, "") == unknown.replace("LA-9999", "")
    assert 'name="project"' not in hidden
    seen = browser.as_(people["member"]).get("/en/design", params={**QUESTION, "project": reference}).text
    assert f"Compared with everything but {reference} and its family." in seen


def test_a_kept_question_keeps_its_project_for_those_who_may_see_it(browser, asking):
    people, reference = asking
    typed = {**QUESTION, "project": reference, "name": "Shared", "reach": "public"}
    kept = browser.as_(people["owner"]).post("/en/design/keep", typed).headers["location"]
    seen = browser.as_(people["member"]).get(kept).text
    assert f"Compared with everything but {reference} and its family." in seen
    assert "The same work" not in seen
    public = browser.get(kept).text
    assert reference not in public
    assert "The same work" in public


def test_nobody_keeps_a_question_of_a_project_they_may_not_see(browser, asking):
    people, reference = asking
    with browser.arranging() as make:
        stranger = make.user()
    typed = {**QUESTION, "project": reference, "name": "Guessed", "reach": "public"}
    kept = browser.as_(stranger).post("/en/design/keep", typed).headers["location"]
    assert "Compared with" not in browser.as_(people["member"]).get(kept).text


@pytest.fixture
def several(browser):
    """An editor, a reader and the reference of a project: police in Houayxay, shelter in two districts, courts everywhere."""
    with browser.arranging() as make:
        owner = make.organisation("Owner")
        by = make.viewer(make.member(owner))
        project = make.project(owner, by, starts_on="2026-01-01", ends_on="2030-12-31")
        shelter = {
            "policy_area": "protection",
            "intervention": "PRO-SHL",
            "target_groups": ["survivors"],
            "places": ["LA0601", "LA0502"],
            "starts_on": "2027-02-01",
            "ends_on": "2028-01-31",
        }
        courts = {"intervention": "PSC-JUD", "places": ["LA"], "target_groups": ["judges"]}
        for values in (shelter, courts):
            line_actions.save_line(make.session, by, project, line_input(owner, **values))
        return make.member(owner), make.member(make.organisation("Other")), project.reference


def test_each_line_of_a_project_is_asked_about_on_its_own(browser, several):
    editor, _, reference = several
    visitor = browser.as_(editor)
    first = visitor.get(own_question(browser, editor, reference)).text
    links = re.findall(r'<a href="([^"]+)"( aria-current="true")?>(Ask about line [^<]+)</a>', first)
    assert [text for _, _, text in links] == [
        f"Ask about line {reference}-01: Training of law enforcement, Huoixai",
        f"Ask about line {reference}-02: Shelter, Tonpheung, Luangprabang",
        f"Ask about line {reference}-03: Training of judges and prosecutors, the whole country",
    ]
    assert [bool(current) for _, current, _ in links] == [True, False, False]
    assert '<option value="PSC-TRN" selected>' in first
    address = visitor.get(links[1][0]).headers["location"]
    assert "intervention=PRO-SHL" in address
    assert "target_groups=survivors" in address
    assert "police_border" not in address
    assert address.count("places=") == 2
    assert "starts_on=2027-02-01" in address
    assert "ends_on=2028-01-31" in address
    second = visitor.get(address).text
    assert re.search(rf'aria-current="true">Ask about line {reference}-02', second)


def test_a_line_of_the_whole_country_keeps_the_country(browser, several):
    editor, _, reference = several
    visitor = browser.as_(editor)
    address = visitor.get(f"/en/design/from/{reference}?line={reference}-03").headers["location"]
    page = visitor.get(address).text
    assert "<strong>The whole country</strong>" in page
    assert re.search(r'name="places" value="[^"]+" checked> <span>The whole country', page)


def test_a_line_of_another_project_is_not_asked_about(browser, several):
    editor, _, reference = several
    assert browser.as_(editor).get(f"/en/design/from/{reference}?line=LA-9999-01").status_code == 404


def test_only_who_writes_a_project_chooses_among_its_lines(browser, several):
    editor, reader, reference = several
    asked = {**QUESTION, "project": reference}
    assert "Ask about line" in browser.as_(editor).get("/en/design", params=asked).text
    assert "Ask about line" not in browser.as_(reader).get("/en/design", params=asked).text
    assert "Ask about line" not in browser.get("/en/design", params=asked).text


def test_a_project_of_one_line_offers_no_choice(browser, asking):
    people, reference = asking
    address = own_question(browser, people["owner"], reference)
    assert "Ask about line" not in browser.as_(people["owner"]).get(address).text


def test_only_own_organisations_get_drafts(browser, scene):
    _, owner, organisation = scene
    answer = browser.as_(owner).post(
        "/en/design/draft", {**QUESTION, "title": "Theirs", "organisation": str(organisation.id)}
    )
    assert answer.status_code == 403


def test_the_page_of_an_organisation_shows_its_work_as_far_as_it_is_shared(browser, scene):
    _, owner, _ = scene
    with browser.looking() as session:
        reference = session.exec(select(Organisation).where(Organisation.name == "Bridge")).one().reference
    page = browser.get(f"/en/organisations/{reference}").text
    assert "Its projects" in page
    assert "Open training" in page
    assert "Hidden training" not in page
    assert "Hidden training" in browser.as_(owner).get(f"/en/organisations/{reference}").text
