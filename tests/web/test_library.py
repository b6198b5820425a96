"""Resources as readers meet them: their page, versions, history, tombstone, and text page by page."""

import re
from datetime import date

import pytest

from portal.accounts.models import Role
from portal.library.actions import discard_draft, start_version, withdraw
from portal.library.file_actions import record_reading
from portal.library.inputs import WithdrawInput
from portal.library.models import Resource
from portal.library.queries import find_by_reference, newest_version
from portal.library.vocabularies import Visibility, WithdrawalReason
from portal.places.actions import load_own_gazetteer
from portal.places.queries import find_place
from uploads.problems import Problem
from uploads.reading import Reading, ReadingStatus


@pytest.fixture
def resource(publish):
    """The reference of a resource with three pages."""
    return publish("first words", "second words", "third words", title="Safe migration", title_lo="ຄູ່ມື")


def act(browser, user, action):
    """Let somebody do something to R-0001, in a transaction of its own."""
    with browser.arranging() as make:
        resource = find_by_reference(make.session, "R-0001")
        return action(make.session, make.viewer(user), resource)


def withdrawn(browser, publisher, **values):
    data = WithdrawInput(**{"reason": WithdrawalReason.REPLACED, **values})
    act(browser, publisher.editor, lambda session, viewer, row: withdraw(session, viewer, row, data))


def test_the_page_shows_everything_that_is_known(browser, publish, publisher):
    with browser.arranging() as make:
        load_own_gazetteer(make.session, date(2026, 1, 1))
        place = find_place(make.session, "Savannakhet")
    publish(
        "one",
        "two",
        title="Safe migration",
        title_lo="ຄູ່ມືການເຄື່ອນຍ້າຍ",
        summary_en="For young people.\n\nIn villages.",
        summary_lo="ສຳລັບໄວໜຸ່ມ",
        authors="Ms A\nMr B",
        issued="2019-05-31",
        languages=["en", "lo"],
        policy_areas=["prevention"],
        sectors=["safe_migration"],
        audiences=["youth"],
        places=[f"origin:{place.id}"],
        licence_note="Name us.",
    )
    page = browser.get("/en/library/R-0001").text
    for text in (
        '<h1 lang="en">Safe migration</h1>',
        'lang="lo">ຄູ່ມືການເຄື່ອນຍ້າຍ</p>',
        "<p>For young people.</p>",
        "<p>ສຳລັບໄວໜຸ່ມ</p>",
        "Ms A; Mr B",
        "May 31, 2019",
        "English, Lao",
        "Prevention",
        "Safe migration</dd>",
        f'<dt>Origin</dt><dd><a href="/en/places/{place.id}">Savannakhet</a></dd>',
        "Young people",
        "CC BY 4.0: use freely, name the source",
        "Name us.",
        "Ms A, Mr B (2019)",
        "http://testserver/en/library/R-0001",
        'href="/en/organisations/ORG-000001"',
        "safe-migration.txt",
        "Download",
        "Read the text",
    ):
        assert text in page, text
    assert browser.get(f"/en/places/{place.id}").status_code == 200


def test_the_title_is_in_the_readers_language(browser, resource):
    assert '<h1 lang="lo">ຄູ່ມື</h1>' in browser.get(f"/lo/library/{resource}").text
    assert '<h1 lang="en">Safe migration</h1>' in browser.get(f"/en/library/{resource}").text


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem.ENCRYPTED, "protected by a password"),
        (Problem.BROKEN, "damaged or incomplete"),
        (Problem.NO_TEXT, "There is no text in this file"),
        (Problem.UNSAFE, "could harm whoever opens it"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_and_is_still_there(browser, publish, publisher, problem, words):
    publish()
    entry = publisher.file_of("R-0001")
    with browser.arranging() as make:
        reading = Reading(status=ReadingStatus.UNREADABLE, problem=problem)
        record_reading(make.session, entry.sha256, reading, "")
    page = browser.get("/en/library/R-0001").text
    assert words in page
    assert "Download" in page
    assert "Read the text" not in page
    assert browser.get(f"/files/{entry.id}/x").status_code == 200
    assert browser.get(f"/en/library/R-0001/read/{entry.id}").status_code == 200


def test_files_that_are_not_shared_say_whom_to_ask(browser, publish, publisher):
    publish("x", files_visibility=Visibility.ORGANISATION)
    page = browser.get("/en/library/R-0001").text
    assert "the files are not shared with you" in page
    assert "mailto:office@example.org" in page
    assert "/files/" not in page
    assert "safe-migration.txt" not in page
    assert "/files/" in browser.as_(publisher.editor).get("/en/library/R-0001").text


def test_an_organisation_without_an_address_is_named_all_the_same(browser, publish, publisher):
    with browser.arranging() as make:
        publisher.organisation = make.organisation("Silent House")
        publisher.editor = make.member(publisher.organisation)
    publish("x", files_visibility=Visibility.ORGANISATION)
    page = browser.get("/en/library/R-0001").text
    assert "Ask the people of Silent House" in page


@pytest.mark.parametrize(
    ("role", "shown"),
    [(None, False), (Role.VIEWER, False), (Role.CONTRIBUTOR, False), (Role.EDITOR, True), (Role.ADMIN, True)],
)
def test_what_may_be_done_hangs_on_the_role(browser, resource, publisher, role, shown):
    with browser.arranging() as make:
        user = make.member(publisher.organisation, role) if role else make.user()
    page = browser.as_(user).get(f"/en/library/{resource}").text
    for address in ("/edit", "/new-version", "/withdraw", "/audit"):
        assert (f"/en/library/{resource}{address}" in page) == shown


@pytest.mark.parametrize(
    "reference", ["R-9999", "R-0", "nonsense", "R-99999999999999999999", "%00", "R-0001%27--"]
)
def test_what_is_not_there_is_not_found(browser, resource, reference):
    for rest in ("", "/versions", "/versions/1", "/audit"):
        assert browser.get(f"/en/library/{reference}{rest}").status_code == 404


def test_a_draft_a_stranger_and_nothing_look_alike(browser, publish, publisher):
    with browser.arranging() as make:
        make.draft(browser.services.files, publisher.editor, publisher.organisation)
        stranger = make.member(make.organisation("Other"))
    for visitor in (browser.as_(None), browser.as_(stranger)):
        draft, nothing = visitor.get("/en/library/R-0001"), visitor.get("/en/library/R-0002")
        assert draft.status_code == nothing.status_code == 404
        assert draft.text.replace("R-0001", "R-0002") == nothing.text
    answer = browser.as_(publisher.editor).get("/en/library/R-0001")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/library/R-0001/edit"


def test_a_draft_that_was_thrown_away_is_gone_for_everybody(browser, publish, publisher):
    with browser.arranging() as make:
        draft = make.draft(browser.services.files, publisher.editor, publisher.organisation)
        version = newest_version(make.session, draft)
        discard_draft(make.session, make.viewer(publisher.editor), draft, version)
    assert browser.as_(publisher.editor).get("/en/library/R-0001").status_code == 404


def test_older_versions_stay_readable_and_lead_to_the_newest(browser, resource, publisher):
    with browser.arranging() as make:
        make.new_version(publisher.editor, find_by_reference(make.session, resource), "New hotline number")
    page = browser.get(f"/en/library/{resource}").text
    assert "A newer version exists" not in page
    assert "New hotline number" in page
    old = browser.get(f"/en/library/{resource}/versions/1")
    assert old.status_code == 200
    assert "A newer version exists" in old.text
    file = re.search(r"/files/[0-9a-f-]+/safe-migration.txt", old.text)[0]
    assert browser.get(file).status_code == 200
    versions = browser.get(f"/en/library/{resource}/versions").text
    assert "New hotline number" in versions
    assert f'href="/en/library/{resource}/versions/1"' in versions


@pytest.mark.parametrize("number", ["2", "0", "-1", "999999999999", "abc"])
def test_versions_that_are_not_there_are_not_found(browser, resource, publisher, number):
    act(browser, publisher.editor, start_version)
    for visitor in (browser, browser.as_(publisher.editor)):
        assert visitor.get(f"/en/library/{resource}/versions/{number}").status_code == 404


def test_a_withdrawn_resource_leaves_a_tombstone(browser, publish, publisher):
    publish("x", title="Old manual", files=[("old.txt", b"old")])
    publish("y", title="New manual", files=[("new.txt", b"new")])
    entry = publisher.file_of("R-0001")
    withdrawn(browser, publisher, note="The hotline closed.", successor="R-0002")
    for address in ("", "/versions", "/versions/1"):
        answer = browser.get(f"/en/library/R-0001{address}")
        assert answer.status_code == 410
        for text in ("Something else replaces it", "The hotline closed.", "Old manual", "New manual"):
            assert text in answer.text
        assert 'href="/en/library/R-0002"' in answer.text
    for visitor in (browser, browser.as_(publisher.editor)):
        assert visitor.get(f"/files/{entry.id}/old.txt").status_code == 404
        assert visitor.get(f"/en/library/R-0001/read/{entry.id}").status_code == 404


def test_a_tombstone_does_not_repeat_what_had_to_go(browser, publish, publisher):
    publish("x", title="The story of Noy")
    withdrawn(browser, publisher, reason=WithdrawalReason.PERSONAL_DATA)
    page = browser.get("/en/library/R-0001").text
    assert "It contained personal data" in page
    assert "Noy" not in page


def test_a_tombstone_names_a_successor_only_to_those_who_may_see_it(browser, publish, publisher):
    publish("x", title="Old manual", files=[("old.txt", b"old")])
    publish("y", title="Secret", visibility=Visibility.ORGANISATION, files=[("new.txt", b"new")])
    withdrawn(browser, publisher, successor="R-0002")
    page = browser.get("/en/library/R-0001").text
    assert "Secret" not in page
    assert "R-0002" not in page
    assert "Secret" in browser.as_(publisher.editor).get("/en/library/R-0001").text


def test_a_tombstone_is_seen_only_where_the_resource_was(browser, publish, publisher):
    publish("x", visibility=Visibility.ORGANISATION)
    withdrawn(browser, publisher)
    assert browser.get("/en/library/R-0001").status_code == 404
    assert browser.as_(publisher.editor).get("/en/library/R-0001").status_code == 410


def test_the_history_tells_editors_who_did_what(browser, resource, publisher):
    page = browser.as_(publisher.editor).get(f"/en/library/{resource}/audit")
    assert page.status_code == 200
    for text in ("started the draft", "added files", "changed the description", "published"):
        assert text in page.text
    assert publisher.editor.name in page.text
    assert browser.get(f"/en/library/{resource}/audit").status_code == 403


def test_the_text_is_read_page_by_page(browser, resource, publisher):
    here = f"/en/library/{resource}/read/{publisher.file_of(resource).id}"
    first = browser.get(here).text
    assert "first words" in first
    assert "second words" not in first
    assert 'rel="prev"' not in first
    assert 'rel="next"' in first
    second = browser.get(f"{here}?page=2&q=SECOND").text
    assert 'id="page-2"' in second
    assert "<mark>second</mark> words" in second
    assert re.search(r'href="[^"]+page=3&amp;q=SECOND#page-3" rel="next"', second)
    assert 'rel="next"' not in browser.get(f"{here}?page=3").text


@pytest.mark.parametrize("page", ["0", "-1", "abc", "", "999999999999", "9" * 100, "1e3", "๒", "²"])
def test_strange_page_numbers_do_no_harm(browser, resource, publisher, page):
    answer = browser.get(f"/en/library/{resource}/read/{publisher.file_of(resource).id}?page={page}")
    assert answer.status_code == 200
    assert "words" in answer.text


def test_reading_carries_the_language_of_the_file(browser, publish, publisher):
    publish("ຄຳສັບ")
    entry = publisher.file_of("R-0001")
    with browser.arranging() as make:
        row = make.session.get(type(entry), entry.id)
        row.language = "lo"
    assert '<div class="page-text" lang="lo">' in browser.get(f"/en/library/R-0001/read/{entry.id}").text


@pytest.mark.parametrize("file_id", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_file_that_is_not_there_is_not_found(browser, resource, file_id):
    assert browser.get(f"/en/library/{resource}/read/{file_id}").status_code == 404


def test_a_file_is_read_under_its_own_resource_only(browser, publish, publisher):
    publish("one", files=[("one.txt", b"one")])
    publish("two", files=[("two.txt", b"two")])
    one, two = publisher.file_of("R-0001").id, publisher.file_of("R-0002").id
    assert browser.get(f"/en/library/R-0001/read/{one}").status_code == 200
    assert browser.get(f"/en/library/R-0001/read/{two}").status_code == 404


def test_a_page_without_text_says_so(browser, publish, publisher):
    publish("one", "")
    page = browser.get(f"/en/library/R-0001/read/{publisher.file_of('R-0001').id}?page=2").text
    assert "There is no text here" in page


def test_the_list_of_everything_is_the_search(browser):
    answer = browser.get("/en/library")
    assert answer.headers["location"] == "/en/search"


def test_two_lines_say_what_this_is_and_the_first_page_leads_on(browser, publish):
    publish("x", title="Safe migration", policy_areas=["prevention"], languages=["lo"])
    page = browser.get("/en/").text
    for text in (
        "Safe migration",
        "/en/search?policy_area=prevention",
        "/en/search?language=lo",
        "/en/share",
    ):
        assert text in page


def test_an_empty_library_invites_to_share(browser):
    assert "Nothing is shared yet" in browser.get("/en/").text


@pytest.mark.parametrize("name", ["about", "help"])
@pytest.mark.parametrize("language", ["en", "lo"])
def test_about_and_help_can_be_read(browser, name, language):
    answer = browser.get(f"/{language}/{name}")
    assert answer.status_code == 200
    assert answer.text.count("<h2") >= 4


def test_a_resource_row_keeps_its_reference_short_and_readable():
    assert Resource(number=7).reference == "R-0007"
    assert Resource(number=12345).reference == "R-12345"
