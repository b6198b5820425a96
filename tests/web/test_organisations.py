"""Organisations and their people, as visitors with browsers see and change them."""

import re

import pytest
from sqlalchemy import event

from portal.accounts.actions import create_account
from portal.accounts.inputs import OrganisationInput, SignUpInput
from portal.accounts.models import OrganisationType, Role
from portal.accounts.organisation_actions import register_organisation
from portal.accounts.queries import find_user_by_email, get_organisation
from portal.core.mail import stored_mails
from tests.clients import hidden_value

PASSWORD = "a long sentence"
HOSTILE = "<script>alert('x')</script> ອົງການ"
TYPED = {
    "name": "Lao Women's Union",
    "acronym": "LWU",
    "native_name": "ສະຫະພັນແມ່ຍິງລາວ",
    "organisation_type": "15",
    "scope": "national",
    "contact_email": "office@lwu.example",
    "website": "lwu.example",
    "other_names": "Mae Ying\r\nL.W.U.",
    "about": "What it does.",
}


@pytest.fixture
def people(browser):
    """Signed-in visitors by what they are."""
    with browser.arranging() as make:
        users = {
            "admin": make.user("Keo", email="keo@example.org"),
            "noy": make.user("Noy", email="noy@example.org"),
            "coordinator": make.user("Bounmy", is_coordinator=True),
            "administrator": make.user("Vanh", is_administrator=True),
        }
    return {name: browser.as_(user) for name, user in users.items()}


@pytest.fixture
def lwu(browser, people):
    """The reference of an organisation that "admin" registered."""
    with browser.arranging() as make:
        viewer = make.viewer(find_user_by_email(make.session, "keo@example.org"))
        return register_organisation(make.session, viewer, OrganisationInput(**TYPED)).reference


@pytest.fixture
def link_to(browser):
    """The page that the newest mail to an address leads to."""

    def newest(address):
        browser.let_the_worker_work()
        letters = stored_mails(browser.services.settings.mail_folder)
        letter = next(letter for letter in letters if letter.to == address)
        return re.search(r"http://testserver(/\S+)", letter.text)[1]

    return newest


def test_from_registering_to_being_listed(browser, people):
    assert people["admin"].get("/en/organisations/new").status_code == 200
    answer = people["admin"].post("/en/organisations/new", TYPED)
    assert answer.headers["location"] == "/en/organisations/ORG-000001"
    page = people["admin"].get(answer.headers["location"]).text
    assert "A coordinator will verify the organisation." in page
    assert "not verified yet" in page
    assert browser.get("/en/organisations/ORG-000001").status_code == 404
    assert "LWU" not in browser.get("/en/organisations").text
    queue = people["coordinator"].get("/en/admin/organisations").text
    assert "office@lwu.example" in queue
    assert "registered by Keo" in queue
    assert people["coordinator"].post("/en/organisations/ORG-000001/verify").status_code == 303
    assert "Nothing waits" in people["coordinator"].get("/en/admin/organisations").text
    public = browser.get("/en/organisations/ORG-000001").text
    for text in ("Lao Women&#39;s Union", "LWU", "ສະຫະພັນແມ່ຍິງລາວ", "Mae Ying", "https://lwu.example"):
        assert text in public
    assert "Other public sector" in public
    assert "not verified yet" not in public
    assert people["coordinator"].post("/en/organisations/ORG-000001/unverify").status_code == 303
    assert browser.get("/en/organisations/ORG-000001").status_code == 404


def test_what_was_typed_wrongly_stands_beside_its_field_and_nothing_is_lost(people):
    typed = {**TYPED, "name": "!", "website": "javascript:alert(1)", "parent": "nobody", "acronym": "A" * 31}
    answer = people["admin"].post("/en/organisations/new", typed)
    assert answer.status_code == 422
    for field in ("name", "website", "acronym"):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}-error"' in answer.text
    assert 'value="javascript:alert(1)"' in answer.text
    assert "Mae Ying\r\nL.W.U." in answer.text or "Mae Ying\nL.W.U." in answer.text
    assert '<option value="15" selected>' in answer.text
    answer = people["admin"].post("/en/organisations/new", {**TYPED, "parent": "nobody"})
    assert 'id="parent-error"' in answer.text
    answer = people["admin"].post("/en/organisations/new", {})
    assert 'id="organisation_type-error"' in answer.text


def test_hostile_and_mixed_text_is_shown_as_text(browser, people):
    fields = ("name", "acronym", "native_name", "other_names", "former_names", "about")
    hostile = {**TYPED, **dict.fromkeys(fields, HOSTILE), "acronym": "<b>A</b>"}
    assert people["admin"].post("/en/organisations/new", hostile).status_code == 303
    people["coordinator"].post("/en/organisations/ORG-000001/verify")
    for visitor, path in [
        (browser, "organisations"),
        (browser, "organisations/ORG-000001"),
        (people["admin"], "organisations/ORG-000001/edit"),
        (people["admin"], "organisations/ORG-000001/people"),
        (people["admin"], "my"),
        (people["noy"], "organisations/ORG-000001/join"),
    ]:
        page = visitor.get(f"/en/{path}").text
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert "<b>A" not in page


@pytest.mark.parametrize("query", ["q=mae+ying", "q=LWU", "q=ສະຫະພັນ", "kind=15", "q=women&kind=15"])
def test_an_organisation_is_found_by_its_names_and_type(people, lwu, query):
    page = people["noy"].get(f"/en/organisations?{query}").text
    assert lwu in page
    assert "1 organisation" in page


@pytest.mark.parametrize("query", ["q=nobody", "q=%3Cscript%3E", "kind=80", "q=" + "x" * 500])
def test_a_list_without_a_find_says_what_to_do(people, lwu, query):
    answer = people["noy"].get(f"/en/organisations?{query}")
    assert answer.status_code == 200
    assert "No organisation is found" in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=99999999999999999999", "page=x", "kind=nothing"]
)
def test_a_made_up_address_of_the_list_is_no_mistake_of_ours(people, lwu, query):
    for path in ("organisations", f"organisations/{lwu}"):
        assert people["noy"].get(f"/en/{path}?{query}").status_code == 200
    assert people["administrator"].get(f"/en/admin/people?{query}").status_code == 200


@pytest.mark.parametrize("reference", ["ORG-000099", "x", "0", "9" * 40, "%3Cb%3E", "ORG-%D9%A3"])
@pytest.mark.parametrize("page", ["", "/edit", "/people", "/join"])
def test_an_unknown_organisation_is_not_there(people, lwu, reference, page):
    assert people["admin"].get(f"/en/organisations/{reference}{page}").status_code == 404


def test_the_second_of_two_editors_is_told_and_sees_both(people, lwu):
    address = f"/en/organisations/{lwu}/edit"
    page = people["admin"].get(address).text
    first = {**TYPED, "about": "First words", "revision": hidden_value(page, "revision")}
    second = {**first, "about": "Second words"}
    assert people["coordinator"].post(address, first).status_code == 303
    answer = people["admin"].post(address, second)
    assert answer.status_code == 422
    assert "Somebody else saved this entry" in answer.text
    assert "First words" in answer.text
    assert "Second words" in answer.text
    assert "First words" in people["admin"].get(f"/en/organisations/{lwu}").text
    again = {**second, "revision": hidden_value(answer.text, "revision")}
    assert people["admin"].post(address, again).status_code == 303
    assert "Second words" in people["admin"].get(f"/en/organisations/{lwu}").text


def test_a_verified_organisation_that_changes_its_name_is_told_to_coordinators(browser, people, lwu):
    assert people["coordinator"].post(f"/en/organisations/{lwu}/verify").status_code == 303
    typed = {**TYPED, "name": "Ministry of Everything", "revision": "1"}
    assert people["admin"].post(f"/en/organisations/{lwu}/edit", typed).status_code == 303
    browser.let_the_worker_work()
    letter = stored_mails(browser.services.settings.mail_folder)[0]
    assert letter.subject == "A verified organisation changed its name: Ministry of Everything"
    assert "Before: Lao Women's Union / LWU / ສະຫະພັນແມ່ຍິງລາວ" in letter.text
    assert "Now: Ministry of Everything / LWU / ສະຫະພັນແມ່ຍິງລາວ" in letter.text
    assert f"/en/organisations/{lwu}" in letter.text


def test_the_form_opens_with_what_is_stored(people, lwu):
    page = people["admin"].get(f"/en/organisations/{lwu}/edit").text
    for value in ('value="Lao Women&#39;s Union"', "L.W.U.\nMae Ying", '<option value="national" selected>'):
        assert value in page


@pytest.mark.parametrize("visitor", ["noy", "coordinator", "administrator"])
def test_who_may_edit_and_who_may_verify(people, lwu, visitor):
    may_edit, may_verify = visitor != "noy", visitor == "coordinator"
    page = people[visitor].get(f"/en/organisations/{lwu}").text
    assert (f"/organisations/{lwu}/edit" in page) is may_edit
    assert (f"/organisations/{lwu}/verify" in page) is may_verify
    for path, may in [("edit", may_edit), ("people", may_edit)]:
        answer = people[visitor].get(f"/en/organisations/{lwu}/{path}")
        assert answer.status_code == (200 if may else 403)
    assert people[visitor].post(f"/en/organisations/{lwu}/edit", TYPED).status_code == (
        422 if may_edit else 403
    )
    assert people[visitor].post(f"/en/organisations/{lwu}/verify").status_code == (303 if may_verify else 403)


def test_an_invited_newcomer_makes_an_account_and_joins(browser, people, lwu, link_to):
    address = f"/en/organisations/{lwu}/people"
    typed = {"email": "new@example.org", "role": "editor"}
    assert people["admin"].post(address, typed).headers["location"] == address
    assert "new@example.org" in people["admin"].get(address).text
    link = link_to("new@example.org")
    page = browser.get(link).text
    assert "Keo invites new@example.org to join." in page
    assert browser.get(f"{link}/account").headers["location"] == link
    answer = browser.post(f"{link}/account", {"name": HOSTILE, "password": "short"})
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert "&lt;script&gt;" in answer.text
    answer = browser.post(f"{link}/account", {"name": HOSTILE, "password": PASSWORD})
    assert answer.headers["location"] == f"/en/organisations/{lwu}"
    assert "Your role" in browser.get(f"/en/organisations/{lwu}").text
    assert browser.get(link).status_code == 404
    page = people["admin"].get(address).text
    assert "accepted an invitation" in page
    assert "<script>alert" not in page


def test_an_invited_person_with_an_account_signs_in_to_accept(browser, people, lwu, link_to):
    with browser.arranging() as make:
        create_account(make.session, SignUpInput(name="Old", email="old@example.org", password=PASSWORD))
    people["admin"].post(f"/en/organisations/{lwu}/people", {"email": "old@example.org", "role": "viewer"})
    link = link_to("old@example.org")
    assert f"/en/sign-in?next={link.replace('/', '%2F')}" in browser.get(link).text
    assert browser.post(link).status_code == 401
    typed = {"email": "old@example.org", "password": PASSWORD, "next": link}
    assert browser.post("/en/sign-in", typed).headers["location"] == link
    assert browser.post(link).headers["location"] == f"/en/organisations/{lwu}"
    assert f"/organisations/{lwu}/people" in browser.get("/en/my").text


def test_an_invitation_opened_by_somebody_else_is_not_theirs(people, lwu, link_to):
    people["admin"].post(f"/en/organisations/{lwu}/people", {"email": "new@example.org", "role": "viewer"})
    link = link_to("new@example.org")
    page = people["noy"].get(link).text
    assert "You are signed in as noy@example.org." in page
    assert people["noy"].post(link).status_code == 403


def test_an_invitation_is_withdrawn(browser, people, lwu, link_to):
    address = f"/en/organisations/{lwu}/people"
    people["admin"].post(address, {"email": "new@example.org", "role": "viewer"})
    link = link_to("new@example.org")
    path = re.search(r'action="(\S+/withdraw)"', people["admin"].get(address).text)[1]
    assert people["noy"].post(path).status_code == 403
    assert people["admin"].post(path).headers["location"] == address
    assert browser.get(link).status_code == 404


def test_an_invitation_with_a_wrong_address_keeps_what_was_typed(people, lwu):
    answer = people["admin"].post(f"/en/organisations/{lwu}/people", {"email": "nobody", "role": "editor"})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'value="nobody"' in answer.text
    assert 'value="editor" checked' in answer.text


def test_somebody_asks_to_join_and_an_admin_answers(people, lwu):
    address = f"/en/organisations/{lwu}"
    assert people["noy"].get(f"{address}/join").status_code == 200
    too_long = people["noy"].post(f"{address}/join", {"message": "x" * 1001})
    assert (too_long.status_code, "x" * 1001 in too_long.text) == (422, True)
    assert people["noy"].post(f"{address}/join", {"message": HOSTILE}).headers["location"] == address
    assert "You asked to join." in people["noy"].get(address).text
    assert "1 person asks to join." in people["admin"].get("/en/my").text
    page = people["admin"].get(f"{address}/people").text
    assert "&lt;script&gt;" in page
    accept = re.search(r'action="(\S+/accept)"', page)[1]
    assert people["noy"].post(accept, {"role": "admin"}).status_code == 403
    assert people["admin"].post(accept, {"role": "owner"}).status_code == 409
    assert people["admin"].post(accept, {"role": "editor"}).status_code == 303
    assert "Editor" in people["noy"].get(address).text
    assert people["noy"].get(f"{address}/join").headers["location"] == address
    assert people["admin"].post(accept, {"role": "editor"}).status_code == 404


def test_a_request_is_declined(people, lwu):
    address = f"/en/organisations/{lwu}"
    people["noy"].post(f"{address}/join", {"message": ""})
    decline = re.search(r'action="(\S+/decline)"', people["admin"].get(f"{address}/people").text)[1]
    assert people["admin"].post(decline).status_code == 303
    assert "Ask to join" in people["noy"].get(address).text


@pytest.fixture
def with_noy(browser, lwu):
    """The organisation with Noy in it as an editor, and the addresses of what can be done about it."""
    from portal.accounts.models import Membership

    with browser.arranging() as make:
        noy = find_user_by_email(make.session, "noy@example.org")
        admin = find_user_by_email(make.session, "keo@example.org")
        organisation = get_organisation(make.session, make.viewer(admin), lwu)
        make.session.add(Membership(user_id=noy.id, organisation_id=organisation.id, role=Role.EDITOR))
    base = f"/en/organisations/{lwu}"
    return {"base": base, "noy": f"{base}/people/{noy.id}", "admin": f"{base}/people/{admin.id}"}


def test_roles_are_changed_and_people_taken_out(people, with_noy):
    page = people["admin"].get(f"{with_noy['base']}/people").text
    assert "Role of Noy" in page
    assert people["admin"].post(f"{with_noy['noy']}/role", {"role": "contributor"}).status_code == 303
    assert "Contributor" in people["noy"].get(with_noy["base"]).text
    assert people["admin"].post(f"{with_noy['noy']}/remove").status_code == 303
    assert people["noy"].get(f"{with_noy['base']}/people").status_code == 403


def test_an_organisation_keeps_an_admin(people, with_noy):
    for path, typed in [
        (f"{with_noy['admin']}/role", {"role": "viewer"}),
        (f"{with_noy['admin']}/remove", {}),
        (f"{with_noy['base']}/leave", {}),
    ]:
        answer = people["admin"].post(path, typed)
        assert answer.status_code == 409
        assert "An organisation needs an admin." in answer.text
    people["admin"].post(f"{with_noy['noy']}/role", {"role": "admin"})
    assert people["admin"].post(f"{with_noy['base']}/leave").headers["location"] == "/en/my"
    assert people["admin"].get(f"{with_noy['base']}/people").status_code == 403


def test_members_see_the_people_and_change_nothing(people, with_noy):
    page = people["noy"].get(f"{with_noy['base']}/people").text
    assert "Keo" in page
    assert "Invite a colleague" not in page
    assert "What happened here" not in page
    assert people["noy"].post(f"{with_noy['admin']}/remove").status_code == 403
    assert people["noy"].post(f"{with_noy['noy']}/role", {"role": "admin"}).status_code == 403
    assert people["noy"].post(f"{with_noy['base']}/leave").headers["location"] == "/en/my"


def test_posts_from_another_site_change_nothing(people, with_noy):
    for path in (f"{with_noy['noy']}/remove", f"{with_noy['base']}/edit", f"{with_noy['base']}/leave"):
        answer = people["admin"].post(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert "Noy" in people["admin"].get(f"{with_noy['base']}/people").text


def test_my_organisation_says_how_to_begin(people, lwu):
    assert "You belong to no organisation yet" in people["noy"].get("/en/my").text
    assert "Your role: Admin" in people["admin"].get("/en/my").text


def test_a_coordinator_names_groups(people, lwu):
    people["coordinator"].post(f"/en/organisations/{lwu}/verify")
    visitor = people["coordinator"]
    page = visitor.get("/en/admin/groups/new").text
    organisation = re.search(r'name="organisations" value="(\S+)"', page)[1]
    typed = {"name": HOSTILE, "organisations": [organisation]}
    assert visitor.post("/en/admin/groups/new", typed).headers["location"] == "/en/admin/groups"
    page = visitor.get("/en/admin/groups").text
    assert "&lt;script&gt;" in page
    address = re.search(r'href="(/en/admin/groups/[0-9a-f-]{36})"', page)[1]
    assert "checked" in visitor.get(address).text
    assert visitor.post(address, {"name": ""}).status_code == 422
    assert visitor.post("/en/admin/groups/new", {"name": HOSTILE}).status_code == 422
    assert visitor.post(address, {"name": "Referral"}).status_code == 303
    assert "No organisation yet." in visitor.get("/en/admin/groups").text
    assert visitor.get("/en/admin/groups/nothing").status_code == 404


def test_an_administrator_gives_roles_of_the_portal(people, lwu):
    visitor = people["administrator"]
    page = visitor.get("/en/admin/people?q=noy").text
    assert "1 person" in page
    address = re.search(r'action="(/en/admin/people/[0-9a-f-]{36})"', page)[1]
    assert visitor.post(address, {"is_coordinator": "true"}).status_code == 303
    assert people["noy"].get("/en/admin/organisations").status_code == 200
    assert visitor.post(address).status_code == 303
    assert people["noy"].get("/en/admin/organisations").status_code == 403
    own = re.search(r'action="(/en/admin/people/\S+)"', visitor.get("/en/admin/people?q=vanh").text)[1]
    answer = visitor.post(own)
    assert answer.status_code == 422
    assert "The portal needs an administrator." in answer.text


def test_an_administrator_sees_where_a_person_belongs(people, lwu):
    page = people["administrator"].get("/en/admin/people?q=keo").text
    assert f'<a href="/en/organisations/{lwu}">' in page
    assert "– Admin</li>" in page
    assert lwu not in people["administrator"].get("/en/admin/people?q=noy").text


def test_the_public_is_asked_to_sign_in_before_giving_roles(browser, people):
    page = people["administrator"].get("/en/admin/people?q=noy").text
    address = re.search(r'action="(/en/admin/people/[0-9a-f-]{36})"', page)[1]
    assert browser.post(address, {"is_administrator": "true"}).status_code == 401
    assert people["noy"].post(address, {"is_administrator": "true"}).status_code == 403


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("admin/organisations", {"coordinator"}),
        ("admin/groups", {"coordinator"}),
        ("admin/groups/new", {"coordinator"}),
        ("admin/people", {"administrator"}),
    ],
)
def test_pages_of_the_portal_are_for_those_who_run_it(browser, people, lwu, path, allowed):
    seen = {name for name, visitor in people.items() if visitor.get(f"/en/{path}").status_code == 200}
    assert seen == allowed
    assert browser.get(f"/en/{path}").headers["location"].startswith("/en/sign-in?next=")


def test_every_type_of_organisation_can_be_chosen(people):
    page = people["admin"].get("/lo/organisations/new").text
    assert all(f'<option value="{kind.value}"' in page for kind in OrganisationType)


@pytest.mark.parametrize(
    "path", ["organisations?q=women", "organisations/{}", "organisations/{}/people", "my"]
)
def test_a_page_costs_at_most_twelve_statements(browser, people, with_noy, lwu, path):
    sent = []

    def listener(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    engine = browser.services.database.engine
    event.listen(engine, "before_cursor_execute", listener)
    try:
        assert people["admin"].get(f"/en/{path.format(lwu)}").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    assert len(sent) <= 12
