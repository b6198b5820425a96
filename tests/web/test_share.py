"""Sharing as somebody in an organisation does it: three questions, a draft, a published resource."""

import re
from html import unescape

import pytest

from portal.accounts.models import Role
from portal.core.clock import today
from portal.library.models import Resource, ResourceState, VersionText
from portal.library.queries import find_by_reference, newest_version
from portal.places.actions import load_own_gazetteer
from tests.clients import hidden_value
from tests.factories import TEXT

LAO = "ຄູ່ມືການເຄື່ອນຍ້າຍແຮງງານທີ່ປອດໄພ\n\nຄູ່ມືນີ້ອະທິບາຍວິທີກະກຽມການເດີນທາງທີ່ປອດໄພສຳລັບໄວໜຸ່ມໃນບ້ານ.\n".encode()


@pytest.fixture
def officer(browser):
    with browser.arranging() as make:
        organisation = make.organisation("Village Light")
        user = make.member(organisation, Role.EDITOR, name="Training officer")
    visitor = browser.as_(user)
    visitor.organisation, visitor.user = organisation, user
    return visitor


def share(visitor, *files, **values):
    data = {"organisation": str(visitor.organisation.id), "visibility": "public", **values}
    return visitor.post("/en/share", data, files=[("files", (name, content)) for name, content in files])


def shared(visitor, *files, **values):
    answer = share(visitor, *files, **values)
    assert answer.status_code == 303, answer.text
    return re.search(r"R-\d+", answer.headers["location"])[0]


def saved(visitor, reference, **values):
    page = visitor.get(f"/en/library/{reference}/edit").text
    data = {
        "revision": hidden_value(page, "revision"),
        "title_en": "Safe migration",
        "resource_type": "manual_or_guideline",
        "licence": "CC-BY-4.0",
        "visibility": "public",
        **values,
    }
    return visitor.post(f"/en/library/{reference}/edit", data)


def test_sharing_asks_a_visitor_to_sign_in_first(browser):
    answer = browser.get("/en/share")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/sign-in?next=%2Fen%2Fshare"


def test_somebody_without_an_organisation_is_told_how_to_get_one(browser):
    with browser.arranging() as make:
        user = make.user()
    page = browser.as_(user).get("/en/share")
    assert "ask to join it" in page.text


def test_everything_but_three_answers_is_proposed_from_the_files(officer):
    reference = shared(officer, ("guide 2023.txt", TEXT), ("ຄູ່ມື.txt", LAO))
    officer.let_the_worker_work()
    page = officer.get(f"/en/library/{reference}/edit").text
    assert 'value="Safe migration"' in page
    assert 'value="ຄູ່ມືການເຄື່ອນຍ້າຍແຮງງານທີ່ປອດໄພ"' in page
    assert re.search(r'name="languages" value="lo" checked', page)
    assert 'value="2023"' in page
    assert "Proposed from the file." in page


def test_a_bad_file_does_not_stop_the_good_one_and_says_why(officer):
    reference = shared(officer, ("guide.txt", TEXT), ("empty.pdf", b""))
    page = officer.get(f"/en/library/{reference}/edit").text
    assert "empty.pdf" in page
    assert "The file is empty" in page
    officer.post(f"/en/library/{reference}/refusals/dismiss")
    assert "empty.pdf" not in officer.get(f"/en/library/{reference}/edit").text


def test_when_no_file_can_be_taken_the_form_comes_back_with_the_reason(officer):
    answer = share(officer, ("empty.pdf", b""))
    assert answer.status_code == 422
    assert "The file is empty" in answer.text


def test_without_a_file_the_form_comes_back_with_what_was_chosen(officer):
    answer = officer.post(
        "/en/share", {"organisation": str(officer.organisation.id), "visibility": "members"}
    )
    assert answer.status_code == 422
    assert re.search(r'value="members" checked', answer.text)


def test_nobody_shares_in_the_name_of_another_organisation(officer):
    with officer.arranging() as make:
        other = make.organisation("Somebody else")
    answer = share(officer, ("guide.txt", TEXT), organisation=str(other.id))
    assert answer.status_code == 403


def test_a_published_draft_is_at_its_address(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    answer = saved(officer, reference, then="publish")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/en/library/{reference}"
    with officer.looking() as session:
        assert find_by_reference(session, reference).state == ResourceState.PUBLISHED


def test_a_preview_shows_the_draft_as_others_will_see_it_and_to_nobody_else(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    answer = saved(officer, reference, title_en="Almost finished", then="preview")
    page = officer.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Almost finished" in page.text
    assert "Nobody else sees it yet" in page.text
    assert officer.as_(None).get(answer.headers["location"]).status_code == 404


def test_publishing_twice_does_nothing_twice(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    saved(officer, reference, then="publish")
    with officer.looking() as session:
        first = find_by_reference(session, reference).changed_at
    assert officer.post(f"/en/library/{reference}/publish").status_code == 303
    with officer.looking() as session:
        assert find_by_reference(session, reference).changed_at == first


def test_what_is_missing_is_said_beside_its_field_and_the_rest_is_kept(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    answer = saved(officer, reference, title_en="", summary_en="Kept words", then="publish")
    assert answer.status_code == 422
    assert "Give it a title in at least one language." in answer.text
    assert "Kept words" in answer.text


def opened_form(visitor, reference):
    """What a browser that shows the editing form now would send back unchanged in its hidden fields."""
    page = visitor.get(f"/en/library/{reference}/edit").text
    return {"revision": hidden_value(page, "revision"), "opened": unescape(hidden_value(page, "opened"))}


def texts_of(visitor, reference):
    with visitor.looking() as session:
        version = newest_version(session, find_by_reference(session, reference))
        text = session.get(VersionText, (version.id, "en"))
        return text.title, text.summary


def test_a_second_editor_is_told_and_overwrites_nothing_in_silence(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    late = opened_form(officer, reference)
    saved(officer, reference, title_en="The first editor's title")
    answer = saved(officer, reference, **late, title_en="The second editor's title")
    assert answer.status_code == 422
    assert "Somebody else saved this" in answer.text
    assert "You both changed these" in answer.text
    assert "The first editor&#39;s title" in answer.text
    assert "The second editor&#39;s title" in answer.text
    assert texts_of(officer, reference)[0] == "The first editor's title"


def test_what_only_the_other_changed_is_kept_when_the_second_saves_again(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    saved(officer, reference, title_en="A title")
    late = opened_form(officer, reference)
    saved(officer, reference, title_en="A title", summary_en="The other's summary")
    answer = saved(officer, reference, **late, title_en="My title", summary_en="")
    assert "You both changed these" not in answer.text
    assert "The other&#39;s summary" in answer.text
    again = {
        "revision": hidden_value(answer.text, "revision"),
        "opened": unescape(hidden_value(answer.text, "opened")),
    }
    saved(officer, reference, **again, title_en="My title", summary_en="The other's summary")
    assert texts_of(officer, reference) == ("My title", "The other's summary")


def test_a_late_form_with_a_mistake_is_still_late(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    late = opened_form(officer, reference)
    saved(officer, reference, title_en="The first editor's title")
    answer = saved(officer, reference, **late, title_en="x" * 600)
    assert "Somebody else saved this" in answer.text
    assert texts_of(officer, reference)[0] == "The first editor's title"


def test_a_late_draft_is_not_kept_quietly(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    late = opened_form(officer, reference)
    saved(officer, reference, title_en="The first editor's title")
    answer = quietly(officer, reference, **late, title_en="Another")
    assert answer.status_code == 409
    assert answer.json()["revision"] is None


def quietly(visitor, reference, **values):
    """Save as the script does while somebody writes."""
    data = {**opened_form(visitor, reference), "visibility": "public", **values}
    return visitor.post(f"/en/library/{reference}/edit", data, headers={"Accept": "application/json"})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"issued": "someday"}, "2024-05-31"),
        ({"add_place": "Nowhereland"}, "Nowhereland"),
        ({"visibility": "named", "named_readers": "nobody@example.org"}, "nobody@example.org"),
        ({"places": "about:nowhere"}, "Choose places from the list."),
    ],
)
def test_a_draft_is_kept_after_every_field_even_when_another_is_wrong(officer, wrong, sentence):
    reference = shared(officer, ("guide.txt", TEXT))
    answer = quietly(officer, reference, title_en="Half a draft", licence_note="Ask Noy", **wrong)
    assert answer.status_code == 422
    assert sentence in answer.json()["message"]
    assert texts_of(officer, reference)[0] == "Half a draft"
    with officer.looking() as session:
        version = newest_version(session, find_by_reference(session, reference))
        assert version.licence_note == "Ask Noy"
        assert answer.json()["revision"] == version.revision


def test_a_place_added_while_writing_stays(officer):
    with officer.arranging() as make:
        load_own_gazetteer(make.session, today())
    reference = shared(officer, ("guide.txt", TEXT))
    first = quietly(officer, reference, add_place="Savannakhet").json()
    assert "Savannakhet" in first["places"]
    chosen = re.findall(r'name="places" value="([^"]+)"', first["places"])
    second = quietly(officer, reference, add_place="Salavan", places=chosen).json()
    assert "Savannakhet" in second["places"]
    assert "Salavan" in second["places"]


def test_files_are_shown_like_the_record_unless_something_else_was_chosen(officer):
    reference = shared(officer, ("guide.txt", TEXT), visibility="organisation")
    saved(officer, reference, visibility="public", files_visibility="", then="publish")
    page = officer.as_(None).get(f"/en/library/{reference}").text
    assert "guide.txt" in page


def test_access_of_something_published_never_widens_quietly(officer):
    reference = shared(officer, ("guide.txt", TEXT), visibility="organisation")
    saved(officer, reference, visibility="organisation", files_visibility="", then="publish")
    officer.post(f"/en/library/{reference}/new-version")
    quietly(officer, reference, title_en="Version two", visibility="public")
    assert officer.as_(None).get(f"/en/library/{reference}").status_code == 404


def test_widening_access_needs_the_licence_of_the_published_version(officer):
    reference = shared(officer, ("guide.txt", TEXT), visibility="organisation")
    narrow = {"visibility": "organisation", "files_visibility": "", "licence": "unknown"}
    saved(officer, reference, **narrow, then="publish")
    officer.post(f"/en/library/{reference}/new-version")
    answer = saved(officer, reference, visibility="public", files_visibility="", licence="CC-BY-4.0")
    assert answer.status_code == 422
    assert "Public files need a licence" in answer.text


def test_everything_that_is_missing_is_told_at_once(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    answer = saved(officer, reference, title_en="", resource_type="", licence="unknown", then="publish")
    for sentence in ("Give it a title", "Say what type", "Public files need a licence"):
        assert sentence in answer.text


def test_an_overlong_title_is_told_in_characters(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    answer = saved(officer, reference, title_en="x" * 600)
    assert "Title (English): This is too long: at most 500 characters." in answer.text


def test_a_draft_can_be_handed_to_a_colleague(officer):
    with officer.arranging() as make:
        colleague = make.member(officer.organisation, Role.CONTRIBUTOR, name="Colleague")
    reference = shared(officer, ("guide.txt", TEXT))
    assert officer.as_(colleague).get(f"/en/library/{reference}/edit").status_code == 404
    officer.post(f"/en/library/{reference}/hand-over", {"colleague": str(colleague.id)})
    assert officer.as_(colleague).get(f"/en/library/{reference}/edit").status_code == 200
    officer.let_the_worker_work()
    mails = list(officer.services.settings.mail_folder.glob("*.eml"))
    assert any(colleague.email in mail.read_text() for mail in mails)


def test_a_contributor_prepares_but_does_not_publish(officer):
    with officer.arranging() as make:
        colleague = make.member(officer.organisation, Role.CONTRIBUTOR)
    visitor = officer.as_(colleague)
    visitor.organisation = officer.organisation
    reference = shared(visitor, ("guide.txt", TEXT))
    answer = saved(visitor, reference, then="publish")
    assert answer.status_code == 403
    with officer.looking() as session:
        assert find_by_reference(session, reference).state == ResourceState.DRAFT


def test_an_organisation_that_is_not_verified_keeps_its_draft(browser):
    with browser.arranging() as make:
        organisation = make.organisation("New here", is_verified=False)
        user = make.member(organisation)
    visitor = browser.as_(user)
    visitor.organisation = organisation
    reference = shared(visitor, ("guide.txt", TEXT))
    answer = saved(visitor, reference, then="publish")
    assert answer.status_code == 403
    assert "not verified yet" in answer.text


def test_a_new_version_keeps_the_address_and_the_old_version(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    saved(officer, reference, then="publish")
    officer.post(f"/en/library/{reference}/new-version")
    refused = saved(officer, reference, title_en="Safe migration, revised", then="publish")
    assert "Say in a sentence what changed" in refused.text
    answer = saved(
        officer,
        reference,
        title_en="Safe migration, revised",
        change_note="Two chapters more.",
        then="publish",
    )
    assert answer.status_code == 303
    with officer.looking() as session:
        resource = find_by_reference(session, reference)
        assert newest_version(session, resource).number == 2
        assert resource.current_version_id == newest_version(session, resource).id


def test_a_withdrawn_resource_leaves_a_reason_and_its_successor(officer):
    reference, successor = (shared(officer, ("guide.txt", TEXT + extra)) for extra in (b"1", b"2"))
    for each in (reference, successor):
        saved(officer, each, then="publish")
    answer = officer.post(f"/en/library/{reference}/withdraw", {"reason": "replaced", "successor": successor})
    assert answer.status_code == 303
    with officer.looking() as session:
        withdrawn = find_by_reference(session, reference)
        assert withdrawn.is_withdrawn
        assert session.get(Resource, withdrawn.successor_id).reference == successor


def test_a_file_is_given_a_role_and_removed_without_losing_what_was_typed(officer):
    reference = shared(officer, ("guide.txt", TEXT), ("slides.txt", TEXT + b"more"))
    page = officer.get(f"/en/library/{reference}/edit").text
    first, second = re.findall(r'name="role:([0-9a-f-]+)"', page)
    saved(officer, reference, **{f"role:{second}": "slides", f"language:{second}": "lo"})
    answer = saved(officer, reference, then=f"remove:{first}", summary_en="Typed before removing")
    assert answer.status_code == 303
    page = officer.get(f"/en/library/{reference}/edit").text
    assert "guide.txt" not in page
    assert '<option value="slides" selected>' in page
    assert "Typed before removing" in page
    audit = officer.get(f"/en/library/{reference}/audit").text
    assert "slides.txt" in audit


def test_a_new_version_is_handed_to_editors_only(officer):
    with officer.arranging() as make:
        contributor = make.member(officer.organisation, Role.CONTRIBUTOR, name="Prepares drafts")
        make.member(officer.organisation, Role.EDITOR, name="Edits everything")
    reference = shared(officer, ("guide.txt", TEXT))
    assert "Prepares drafts" in officer.get(f"/en/library/{reference}/hand-over").text
    saved(officer, reference, then="publish")
    officer.post(f"/en/library/{reference}/new-version")
    page = officer.get(f"/en/library/{reference}/hand-over").text
    assert "Edits everything" in page
    assert "Prepares drafts" not in page
    answer = officer.post(f"/en/library/{reference}/hand-over", {"colleague": str(contributor.id)})
    assert answer.status_code == 422


def test_a_discarded_draft_is_gone(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    assert officer.post(f"/en/library/{reference}/discard").headers["location"] == "/en/my"
    assert officer.get(f"/en/library/{reference}/edit").status_code == 404
