"""Sharing as somebody in an organisation does it: three questions, a draft, a published resource."""

import re

import pytest

from portal.accounts.models import Role
from portal.library.models import Resource, ResourceState, VersionText
from portal.library.queries import find_by_reference, newest_version
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
        "files_visibility": "public",
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


def test_a_second_editor_is_told_and_overwrites_nothing_in_silence(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    page = officer.get(f"/en/library/{reference}/edit").text
    opened_at = hidden_value(page, "revision")
    saved(officer, reference, title_en="The first editor's title")
    answer = saved(officer, reference, revision=opened_at, title_en="The second editor's title")
    assert answer.status_code == 422
    assert "Somebody else saved this" in answer.text
    assert "The second editor&#39;s title" in answer.text
    with officer.looking() as session:
        version = newest_version(session, find_by_reference(session, reference))
        assert session.get(VersionText, (version.id, "en")).title == "The first editor's title"


def test_a_draft_is_kept_after_every_field_even_when_another_is_wrong(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    page = officer.get(f"/en/library/{reference}/edit").text
    answer = officer.post(
        f"/en/library/{reference}/edit",
        {
            "revision": hidden_value(page, "revision"),
            "title_en": "Half a draft",
            "issued": "someday",
            "visibility": "public",
        },
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert "2024-05-31" in answer.json()["message"]
    with officer.looking() as session:
        version = newest_version(session, find_by_reference(session, reference))
        assert session.get(VersionText, (version.id, "en")).title == "Half a draft"
        assert answer.json()["revision"] == version.revision


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


def test_a_file_is_given_a_role_and_removed(officer):
    reference = shared(officer, ("guide.txt", TEXT), ("slides.txt", TEXT + b"more"))
    page = officer.get(f"/en/library/{reference}/edit").text
    first, second = re.findall(rf"/library/{reference}/files/([0-9a-f-]+)", page)[:2]
    officer.post(f"/en/library/{reference}/files/{second}", {"role": "slides", "language": "lo"})
    officer.post(f"/en/library/{reference}/files/{first}", {"then": "remove"})
    page = officer.get(f"/en/library/{reference}/edit").text
    assert "guide.txt" not in page
    assert '<option value="slides" selected>' in page


def test_a_discarded_draft_is_gone(officer):
    reference = shared(officer, ("guide.txt", TEXT))
    assert officer.post(f"/en/library/{reference}/discard").headers["location"] == "/en/my"
    assert officer.get(f"/en/library/{reference}/edit").status_code == 404
