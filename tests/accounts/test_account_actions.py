"""Accounts: signing up, confirming, forgetting, changing, deleting."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portal.accounts import actions, membership_actions, session_actions
from portal.accounts.inputs import (
    ChangeAddressInput,
    ChangePasswordInput,
    ForgottenInput,
    InvitationInput,
    JoinRequestInput,
    NewPasswordInput,
    PasswordInput,
    PortalRolesInput,
    ProfileInput,
    SignInInput,
    SignUpInput,
)
from portal.accounts.models import Invitation, MailToken, Role, SignInFailure, User, UserSession
from portal.accounts.origins import Origin
from portal.accounts.queries import (
    find_user_by_email,
    get_user,
    people_names,
    people_of,
    sessions_of,
    viewer_of_token,
)
from portal.accounts.viewer import Viewer
from portal.core.audit import events_of
from portal.core.clock import now
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated

# The one that `make_viewer` gives.
PASSWORD = "a long sentence"
HERE, ELSEWHERE = Origin("203.0.113.9"), Origin("198.51.100.7")
OTHER_PASSWORD = "another sentence"


def sign_up(session, email="noy@example.org", password=PASSWORD, name="Noy"):
    entered = SignUpInput(name=name, email=email, password=password, language="lo")
    actions.sign_up(session, entered, HERE)


def forget_password(session, email):
    actions.request_password_reset(session, ForgottenInput(email=email), HERE)


def sign_in(session, email, password=PASSWORD, origin=HERE):
    entered = SignInInput(email=email, password=password)
    return session_actions.sign_in(session, entered, origin, days=14)


def confirm(session, token, password=PASSWORD):
    return actions.confirm_address(session, token, PasswordInput(password=password), HERE, days=14)


def token_of(letter):
    return letter["values"]["token"]


def test_who_signs_up_confirms_the_address_and_is_signed_in(session, mails):
    sign_up(session)
    (letter,) = mails("noy@example.org")
    assert (letter["template"], letter["language"]) == ("confirm_address", "lo")
    answer = confirm(session, token_of(letter))
    viewer = viewer_of_token(session, answer.token)
    assert (viewer.name, viewer.email, viewer.language) == ("Noy", "noy@example.org", "lo")
    assert [e.action for e in events_of(session, viewer.user_id)] == ["address_confirmed", "account_created"]


def test_the_mail_to_a_stranger_carries_no_words_of_who_asked_for_it(session, mails):
    sign_up(session, name="Win money at http://bad.example")
    assert set(mails()[0]["values"]) == {"token"}


def test_before_the_address_is_confirmed_nobody_signs_in_and_the_mail_is_sent_again(session, mails):
    sign_up(session)
    answer = sign_in(session, "noy@example.org")
    assert answer.token == ""
    assert "not confirmed yet" in answer.refusal
    assert [letter["template"] for letter in mails()] == ["confirm_address", "confirm_address"]


def test_an_address_with_an_account_gets_a_mail_that_says_so(session, make_viewer, mails):
    viewer = make_viewer("Noy", email="noy@example.org")
    sign_up(session, password=OTHER_PASSWORD, name="Somebody else")
    (letter,) = mails("noy@example.org")
    assert letter["template"] == "address_taken"
    assert get_user(session, viewer.user_id).name == "Noy"
    assert sign_in(session, "noy@example.org", PASSWORD).token
    assert not sign_in(session, "noy@example.org", OTHER_PASSWORD).token


def test_a_stranger_who_signed_up_first_gains_nothing(session, mails):
    sign_up(session, password="what a stranger chose", name="Stranger")
    sign_up(session, name="Noy")
    first, second = mails("noy@example.org")
    assert confirm(session, token_of(first), "what a stranger chose").token == ""
    assert confirm(session, token_of(second)).token
    assert find_user_by_email(session, "noy@example.org").name == "Noy"


def test_a_confirmation_needs_the_password_and_works_once(session, mails):
    sign_up(session)
    token = token_of(mails()[0])
    assert "not right" in confirm(session, token, OTHER_PASSWORD).refusal
    assert find_user_by_email(session, "noy@example.org").email_confirmed_at is None
    assert confirm(session, token).token
    with pytest.raises(NotFound):
        confirm(session, token)


def test_a_link_that_is_too_old_or_was_never_sent_does_nothing(session, mails):
    sign_up(session)
    link = session.exec(select(MailToken)).one()
    link.expires_at = now() - timedelta(seconds=1)
    session.flush()
    for token in (token_of(mails()[0]), "never sent", ""):
        with pytest.raises(NotFound, match="no longer valid"):
            confirm(session, token)


def test_nobodys_mailbox_is_flooded(session, mails):
    for _ in range(6):
        sign_up(session)
    assert len(mails("noy@example.org")) == 3


def test_a_forgotten_password_is_replaced_by_mail_and_all_sessions_end(session, make_viewer, mails):
    viewer = make_viewer(email="noy@example.org")
    old = sign_in(session, "noy@example.org").token
    forget_password(session, "noy@example.org")
    forget_password(session, "noy@example.org")
    first, second = mails("noy@example.org")
    actions.reset_password(session, token_of(second), NewPasswordInput(password=OTHER_PASSWORD))
    assert viewer_of_token(session, old) == Viewer()
    assert sign_in(session, "noy@example.org", OTHER_PASSWORD).token
    assert not sign_in(session, "noy@example.org", PASSWORD).token
    for letter in (first, second):
        with pytest.raises(NotFound):
            actions.reset_password(session, token_of(letter), NewPasswordInput(password="yet another one"))
    assert mails("noy@example.org")[-1]["template"] == "password_changed"
    assert events_of(session, viewer.user_id)[0].action == "password_reset"


def test_a_forgotten_password_of_an_unknown_address_sends_nothing(session, mails):
    forget_password(session, "nobody@example.org")
    assert mails() == []


def test_the_new_password_may_not_be_the_address(session, make_viewer, mails):
    make_viewer(email="noy@example.org")
    forget_password(session, "noy@example.org")
    with pytest.raises(Invalid) as caught:
        actions.reset_password(session, token_of(mails()[0]), NewPasswordInput(password="Noy@example.org"))
    assert caught.value.field == "password"


def test_a_link_does_only_what_it_was_sent_for(session, make_viewer, mails):
    make_viewer(email="noy@example.org")
    forget_password(session, "noy@example.org")
    with pytest.raises(NotFound):
        confirm(session, token_of(mails()[0]))


def test_changing_the_password_ends_every_other_session(session, make_viewer):
    viewer = make_viewer(email="noy@example.org")
    here, elsewhere = (sign_in(session, "noy@example.org").token for _ in range(2))
    entered = ChangePasswordInput(current_password=PASSWORD, password=OTHER_PASSWORD)
    assert not actions.change_password(session, viewer, entered, HERE, here)
    assert viewer_of_token(session, here).user_id == viewer.user_id
    assert viewer_of_token(session, elsewhere) == Viewer()
    assert sign_in(session, "noy@example.org", OTHER_PASSWORD).token


def change_password(session, viewer, password):
    entered = ChangePasswordInput(current_password=password, password=OTHER_PASSWORD)
    return actions.change_password(session, viewer, entered, HERE, "")


def change_address(session, viewer, password):
    entered = ChangeAddressInput(current_password=password, email="new@example.org")
    return actions.request_change_of_address(session, viewer, entered, HERE)


def delete_account(session, viewer, password):
    return actions.delete_account(session, viewer, PasswordInput(password=password), HERE)


@pytest.mark.parametrize("change", [change_password, change_address, delete_account])
def test_the_current_password_is_asked_for_every_change(session, make_viewer, change, mails):
    viewer = make_viewer()
    assert "not your current password" in change(session, viewer, "not my password")
    assert mails() == []
    assert change(session, viewer, PASSWORD) == ""


@pytest.mark.parametrize("change", [change_password, change_address, delete_account])
def test_who_finds_a_session_open_cannot_try_passwords_for_ever(session, make_viewer, change):
    viewer = make_viewer(email="noy@example.org")
    for _ in range(5):
        change(session, viewer, "not my password")
    assert "too many wrong tries" in change(session, viewer, PASSWORD)
    assert sign_in(session, "noy@example.org").is_throttled


def test_a_change_of_address_asked_for_with_the_old_password_does_not_survive_a_new_one(
    session, make_viewer, mails
):
    viewer = make_viewer(email="noy@example.org")
    entered = ChangeAddressInput(email="thief@example.org", current_password=PASSWORD)
    actions.request_change_of_address(session, viewer, entered, HERE)
    forget_password(session, "noy@example.org")
    link = token_of(mails("noy@example.org")[-1])
    actions.reset_password(session, link, NewPasswordInput(password=OTHER_PASSWORD))
    with pytest.raises(NotFound):
        actions.confirm_change_of_address(session, token_of(mails("thief@example.org")[0]))


def test_a_change_of_address_ends_all_sessions(session, make_viewer, mails):
    viewer = make_viewer(email="old@example.org")
    held = sign_in(session, "old@example.org").token
    change_address(session, viewer, PASSWORD)
    actions.confirm_change_of_address(session, token_of(mails("new@example.org")[0]))
    assert viewer_of_token(session, held) == Viewer()


def test_a_new_password_by_mail_helps_who_tried_too_often(session, make_viewer, mails):
    make_viewer(email="noy@example.org")
    for origin in (HERE, ELSEWHERE):
        for _ in range(5):
            sign_in(session, "noy@example.org", "wrong", origin)
    forget_password(session, "noy@example.org")
    actions.reset_password(session, token_of(mails()[0]), NewPasswordInput(password=OTHER_PASSWORD))
    assert sign_in(session, "noy@example.org", OTHER_PASSWORD).token
    assert sign_in(session, "noy@example.org", OTHER_PASSWORD, ELSEWHERE).token


@pytest.mark.parametrize(("ask", "most"), [(sign_up, 30), (forget_password, 20)])
def test_a_network_asks_for_only_so_many_mails_an_hour(session, ask, most):
    for number in range(most):
        ask(session, f"person{number}@example.org")
    with pytest.raises(Conflict, match="try again in an hour"):
        ask(session, "noy@example.org")
    for counted in session.exec(select(SignInFailure)):
        counted.at = now() - timedelta(minutes=61)
    session.flush()
    ask(session, "noy@example.org")


def test_a_change_of_address_is_confirmed_at_the_new_one_and_told_to_the_old(session, make_viewer, mails):
    viewer = make_viewer(email="old@example.org")
    forget_password(session, "old@example.org")
    stale = token_of(mails()[0])
    entered = ChangeAddressInput(email="new@example.org", current_password=PASSWORD)
    actions.request_change_of_address(session, viewer, entered, HERE)
    assert get_user(session, viewer.user_id).email == "old@example.org"
    assert mails("old@example.org")[-1]["template"] == "change_of_address_asked"
    (letter,) = mails("new@example.org")
    actions.confirm_change_of_address(session, token_of(letter))
    assert get_user(session, viewer.user_id).email == "new@example.org"
    assert mails("old@example.org")[-1]["template"] == "address_changed"
    assert sign_in(session, "new@example.org").token
    with pytest.raises(NotFound):
        actions.reset_password(session, stale, NewPasswordInput(password=OTHER_PASSWORD))


def test_a_change_to_an_address_in_use_is_told_only_to_its_owner(session, make_viewer, mails):
    viewer = make_viewer(email="old@example.org")
    make_viewer(email="taken@example.org")
    entered = ChangeAddressInput(email="taken@example.org", current_password=PASSWORD)
    actions.request_change_of_address(session, viewer, entered, HERE)
    assert [letter["template"] for letter in mails("taken@example.org")] == ["address_taken"]
    assert get_user(session, viewer.user_id).email == "old@example.org"


def test_an_address_that_was_taken_in_the_meantime_is_not_taken_over(session, make_viewer, mails):
    viewer = make_viewer(email="old@example.org")
    entered = ChangeAddressInput(email="new@example.org", current_password=PASSWORD)
    actions.request_change_of_address(session, viewer, entered, HERE)
    make_viewer(email="new@example.org")
    with pytest.raises(Conflict):
        actions.confirm_change_of_address(session, token_of(mails("new@example.org")[0]))


def test_the_address_one_has_is_no_change(session, make_viewer):
    viewer = make_viewer(email="old@example.org")
    with pytest.raises(Invalid) as caught:
        actions.request_change_of_address(
            session, viewer, ChangeAddressInput(email="old@example.org", current_password=PASSWORD), HERE
        )
    assert caught.value.field == "email"


def test_name_and_language_can_be_changed(session, make_viewer, again):
    viewer = make_viewer()
    actions.update_profile(session, viewer, ProfileInput(name="ນ້ອຍ <b>", language="lo"))
    assert (again(viewer).name, again(viewer).language) == ("ນ້ອຍ <b>", "lo")


def test_a_deleted_account_names_nobody_and_opens_nothing(session, make_viewer, organisation, admin):
    viewer = make_viewer("Noy", email="noy@example.org", belongs_to=organisation, role=Role.EDITOR)
    token = sign_in(session, "noy@example.org").token
    forget_password(session, "noy@example.org")
    actions.delete_account(session, viewer, PasswordInput(password=PASSWORD), HERE)
    assert viewer_of_token(session, token) == Viewer()
    assert not sign_in(session, "noy@example.org").token
    assert find_user_by_email(session, "noy@example.org") is None
    assert [member.name for member in people_of(session, organisation.id)] == ["Admin Keo"]
    assert people_names(session, [viewer.user_id, None]) == {viewer.user_id: "Deleted account"}
    row = session.get(User, viewer.user_id)
    assert "noy" not in str(row.model_dump()).lower()
    for table in (UserSession, MailToken, Invitation):
        assert session.exec(select(table)).all() == []
    with pytest.raises(NotFound):
        get_user(session, viewer.user_id)


def test_after_a_deletion_the_address_is_free_again(session, make_viewer, mails):
    viewer = make_viewer(email="noy@example.org")
    actions.delete_account(session, viewer, PasswordInput(password=PASSWORD), HERE)
    sign_up(session)
    assert confirm(session, token_of(mails("noy@example.org")[-1])).token


def test_the_last_admin_hands_over_before_deleting(session, make_viewer, organisation, admin, again):
    colleague = make_viewer("Colleague", belongs_to=organisation, role=Role.EDITOR)
    with pytest.raises(Conflict) as caught:
        actions.delete_account(session, again(admin), PasswordInput(password=PASSWORD), HERE)
    assert caught.value.values == {"organisation": "Lao Women's Union"}
    actions.delete_account(session, colleague, PasswordInput(password=PASSWORD), HERE)
    actions.delete_account(session, again(admin), PasswordInput(password=PASSWORD), HERE)
    assert people_of(session, organisation.id) == []


def test_requests_and_invitations_go_with_the_account(session, make_viewer, organisation, admin, again):
    viewer = make_viewer(email="noy@example.org")
    entered = InvitationInput(email="noy@example.org")
    membership_actions.invite(session, again(admin), organisation, entered)
    membership_actions.request_to_join(session, viewer, organisation, JoinRequestInput())
    actions.delete_account(session, viewer, PasswordInput(password=PASSWORD), HERE)
    assert session.exec(select(Invitation)).all() == []


def test_invitations_that_a_person_sent_go_with_the_account(session, make_viewer, organisation):
    leaver = make_viewer("Leaver", belongs_to=organisation)
    membership_actions.invite(session, leaver, organisation, InvitationInput(email="own@example.org"))
    actions.delete_account(session, leaver, PasswordInput(password=PASSWORD), HERE)
    assert session.exec(select(Invitation)).all() == []


def test_nobody_changes_an_account_without_signing_in(session):
    for change in (
        lambda: actions.update_profile(session, Viewer(), ProfileInput(name="Noy")),
        lambda: actions.delete_account(session, Viewer(), PasswordInput(password=PASSWORD), HERE),
    ):
        with pytest.raises(Unauthenticated):
            change()


def test_an_administrator_gives_roles_of_the_portal(session, make_viewer, again):
    boss = make_viewer("Boss", is_administrator=True)
    viewer = make_viewer()
    actions.set_portal_roles(session, boss, viewer.user_id, PortalRolesInput(is_coordinator=True))
    assert again(viewer).is_coordinator
    assert not again(viewer).is_donor
    actions.set_portal_roles(session, boss, viewer.user_id, PortalRolesInput(is_donor=True))
    assert again(viewer).is_donor
    assert not again(viewer).is_coordinator
    assert events_of(session, viewer.user_id)[0].action == "portal_roles_changed"


def test_nobody_else_gives_roles_of_the_portal(session, make_viewer, coordinator):
    viewer = make_viewer()
    for giver in (Viewer(), viewer, coordinator):
        with pytest.raises(Forbidden):
            actions.set_portal_roles(session, giver, viewer.user_id, PortalRolesInput(is_administrator=True))


def test_the_portal_keeps_an_administrator(session, make_viewer, again):
    boss = make_viewer("Boss", is_administrator=True)
    with pytest.raises(Conflict):
        actions.set_portal_roles(session, boss, boss.user_id, PortalRolesInput())
    with pytest.raises(Conflict):
        actions.delete_account(session, boss, PasswordInput(password=PASSWORD), HERE)
    successor = make_viewer("Successor", is_administrator=True)
    actions.set_portal_roles(session, boss, boss.user_id, PortalRolesInput())
    assert not again(boss).is_administrator
    assert again(successor).is_administrator


def test_an_account_made_by_the_house_is_confirmed_and_made_once(session, make_viewer):
    make_viewer(email="noy@example.org")
    assert sign_in(session, "noy@example.org").token
    with pytest.raises(Conflict):
        make_viewer(email="noy@example.org")


def test_one_sees_where_one_is_signed_in(session, make_viewer):
    viewer = make_viewer(email="noy@example.org")
    browser = Origin("203.0.113.9", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    entered = SignInInput(email="noy@example.org", password=PASSWORD)
    session_actions.sign_in(session, entered, browser, days=14)
    assert [held.device for held in sessions_of(session, viewer.user_id)] == ["Firefox, Linux"]
