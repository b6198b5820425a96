"""Who belongs to an organisation: invitations, requests, roles, leaving."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portal.accounts import membership_actions, queries
from portal.accounts.actions import set_portal_roles, sign_up
from portal.accounts.inputs import (
    InvitationInput,
    JoinRequestInput,
    NewcomerInput,
    PortalRolesInput,
    RoleInput,
    SignInInput,
    SignUpInput,
)
from portal.accounts.models import Invitation, Membership, Role
from portal.accounts.origins import Origin
from portal.accounts.session_actions import sign_in
from portal.accounts.viewer import Viewer
from portal.core.audit import AuditEvent, events_of, record
from portal.core.clock import now
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from portal.core.ids import new_id

# The one that `make_viewer` gives.
PASSWORD = "a long sentence"


@pytest.fixture
def invite(session, organisation, admin, again, mails):
    """Invite an address; returns the token that was mailed to it."""

    def asked(email="noy@example.org", role=Role.EDITOR):
        entered = InvitationInput(email=email, role=role)
        membership_actions.invite(session, again(admin), organisation, entered)
        return mails(email)[-1]["values"]["token"]

    return asked


@pytest.fixture
def ask_to_join(session, organisation):
    def asked(viewer, message="Please"):
        return membership_actions.request_to_join(
            session, viewer, organisation, JoinRequestInput(message=message)
        )

    return asked


def roles_in(session, organisation):
    return {member.name: member.role for member in queries.people_of(session, organisation.id)}


def test_an_invited_colleague_joins_with_the_role_offered(session, organisation, make_viewer, invite, again):
    noy = make_viewer("Noy", email="noy@example.org")
    token = invite(role=Role.EDITOR)
    assert membership_actions.accept_invitation(session, noy, token) == organisation
    assert again(noy).roles == {organisation.id: Role.EDITOR}
    with pytest.raises(NotFound):
        membership_actions.accept_invitation(session, noy, token)


def test_the_mail_says_who_invites_to_what(organisation, invite, mails):
    invite()
    (letter,) = mails("noy@example.org")
    del letter["values"]["token"]
    assert letter["template"] == "invitation"
    assert letter["values"] == {"organisation": "Lao Women's Union", "by": "Admin Keo", "role": "Editor"}


def test_an_invitation_is_only_for_the_address_it_was_sent_to(session, make_viewer, invite):
    stranger = make_viewer("Stranger")
    token = invite()
    with pytest.raises(Forbidden):
        membership_actions.accept_invitation(session, stranger, token)
    with pytest.raises(Unauthenticated):
        membership_actions.accept_invitation(session, Viewer(), token)


def test_a_newcomer_makes_an_account_and_joins_at_once(session, organisation, invite):
    entered = NewcomerInput(name="Noy", password=PASSWORD, language="lo")
    user = membership_actions.accept_invitation_as_newcomer(session, invite(), entered)
    assert (user.email, user.language) == ("noy@example.org", "lo")
    assert roles_in(session, organisation)["Noy"] == Role.EDITOR
    typed = SignInInput(email="noy@example.org", password=PASSWORD)
    assert sign_in(session, typed, Origin(), days=1).token


def test_who_has_an_account_does_not_get_a_second_one(session, make_viewer, invite):
    make_viewer("Noy", email="noy@example.org")
    entered = NewcomerInput(name="Noy", password="another sentence")
    with pytest.raises(Conflict):
        membership_actions.accept_invitation_as_newcomer(session, invite(), entered)


def test_an_account_that_was_never_confirmed_is_taken_over_by_the_owner_of_the_mailbox(session, invite):
    sign_up(
        session, SignUpInput(name="Stranger", email="noy@example.org", password="a stranger chose"), Origin()
    )
    entered = NewcomerInput(name="Noy", password=PASSWORD)
    user = membership_actions.accept_invitation_as_newcomer(session, invite(), entered)
    assert user.name == "Noy"
    typed = SignInInput(email="noy@example.org", password="a stranger chose")
    assert not sign_in(session, typed, Origin(), days=1).token


def test_a_newcomer_may_not_take_the_address_as_password(session, invite):
    entered = NewcomerInput(name="Noy", password="Noy@example.org")
    with pytest.raises(Invalid) as caught:
        membership_actions.accept_invitation_as_newcomer(session, invite(), entered)
    assert caught.value.field == "password"


def test_an_invitation_runs_out_after_a_week(session, make_viewer, invite):
    noy = make_viewer(email="noy@example.org")
    token = invite()
    assert queries.get_invitation(session, token).invited_by == "Admin Keo"
    session.exec(select(Invitation)).one().expires_at = now() - timedelta(seconds=1)
    session.flush()
    with pytest.raises(NotFound):
        membership_actions.accept_invitation(session, noy, token)


def test_inviting_again_replaces_the_earlier_invitation(session, organisation, invite, make_viewer):
    noy = make_viewer(email="noy@example.org")
    first, second = invite(role=Role.ADMIN), invite(role=Role.VIEWER)
    with pytest.raises(NotFound):
        membership_actions.accept_invitation(session, noy, first)
    assert [held.role for held in queries.invitations_of(session, organisation.id)] == [Role.VIEWER]
    membership_actions.accept_invitation(session, noy, second)
    assert queries.invitations_of(session, organisation.id) == []


def test_who_belongs_already_is_not_invited(session, organisation, invite, make_viewer):
    make_viewer(email="noy@example.org", belongs_to=organisation)
    with pytest.raises(Invalid) as caught:
        invite("noy@example.org")
    assert caught.value.field == "email"


def test_a_hundred_people_may_be_invited_a_day_and_no_more(session, organisation, admin, invite):
    for _ in range(100):
        record(
            session,
            admin.actor,
            "person_invited",
            ("organisation", organisation.id),
            organisation_id=organisation.id,
        )
    session.flush()
    with pytest.raises(Conflict):
        invite()
    for event in session.exec(select(AuditEvent)):
        event.at = now() - timedelta(days=1)
    session.flush()
    invite()


def test_a_withdrawn_invitation_opens_nothing(session, organisation, invite, make_viewer, admin, again):
    noy = make_viewer(email="noy@example.org")
    token = invite()
    (held,) = queries.invitations_of(session, organisation.id)
    membership_actions.revoke_invitation(session, again(admin), organisation, held.id)
    session.flush()
    with pytest.raises(NotFound):
        membership_actions.accept_invitation(session, noy, token)
    with pytest.raises(NotFound):
        membership_actions.revoke_invitation(session, again(admin), organisation, held.id)


def test_an_invitation_of_another_organisation_is_not_withdrawn(
    session, invite, organisation, make_organisation, admin, again
):
    other = make_organisation("Other")
    invite()
    (held,) = queries.invitations_of(session, organisation.id)
    with pytest.raises(NotFound):
        membership_actions.revoke_invitation(session, again(admin), other, held.id)


def test_who_joins_again_keeps_the_higher_role(session, organisation, invite, make_viewer, again):
    noy = make_viewer(email="noy@example.org")
    token = invite(role=Role.EDITOR)
    session.add(Membership(user_id=noy.user_id, organisation_id=organisation.id, role=Role.VIEWER))
    session.flush()
    membership_actions.accept_invitation(session, noy, token)
    assert again(noy).roles == {organisation.id: Role.EDITOR}


def test_an_admin_accepts_who_asks_to_join(
    session, organisation, admin, make_viewer, ask_to_join, mails, again
):
    noy = make_viewer("Noy")
    asked = ask_to_join(noy, "I work there.\n<b>")
    (applicant,) = queries.join_requests_of(session, organisation.id)
    assert (applicant.name, applicant.message) == ("Noy", "I work there.\n<b>")
    assert mails(admin.email)[-1]["template"] == "join_request"
    membership_actions.accept_join(
        session, again(admin), organisation, asked.id, RoleInput(role=Role.CONTRIBUTOR)
    )
    assert again(noy).roles == {organisation.id: Role.CONTRIBUTOR}
    assert queries.join_requests_of(session, organisation.id) == []
    assert mails(noy.email)[-1]["template"] == "join_accepted"
    with pytest.raises(NotFound):
        membership_actions.decline_join(session, again(admin), organisation, asked.id)


def test_an_admin_declines_and_the_person_may_ask_again(
    session, organisation, admin, make_viewer, ask_to_join, mails, again
):
    noy = make_viewer("Noy")
    asked = ask_to_join(noy)
    membership_actions.decline_join(session, again(admin), organisation, asked.id)
    session.flush()
    assert again(noy).roles == {}
    assert mails(noy.email)[-1]["template"] == "join_declined"
    assert ask_to_join(noy).id != asked.id


def test_asking_twice_is_asking_once(session, organisation, make_viewer, ask_to_join, admin, mails):
    noy = make_viewer("Noy")
    assert ask_to_join(noy) == ask_to_join(noy)
    assert len(mails(admin.email)) == 1


def test_members_and_guests_do_not_ask_to_join(make_viewer, organisation, ask_to_join):
    with pytest.raises(Conflict):
        ask_to_join(make_viewer(belongs_to=organisation))
    with pytest.raises(Unauthenticated):
        ask_to_join(Viewer())


def test_an_accepted_invitation_answers_the_request_too(
    session, organisation, make_viewer, ask_to_join, invite
):
    noy = make_viewer(email="noy@example.org")
    ask_to_join(noy)
    membership_actions.accept_invitation(session, noy, invite())
    session.flush()
    assert queries.join_requests_of(session, organisation.id) == []


def test_without_an_admin_the_administrators_of_the_portal_are_asked(
    session, organisation, admin, make_viewer, ask_to_join, mails
):
    boss = make_viewer("Boss", is_administrator=True)
    session.delete(session.get(Membership, (admin.user_id, organisation.id)))
    session.flush()
    noy = make_viewer("Noy")
    asked = ask_to_join(noy)
    assert mails(boss.email)[-1]["template"] == "join_request"
    membership_actions.accept_join(session, boss, organisation, asked.id, RoleInput(role=Role.ADMIN))
    assert roles_in(session, organisation) == {"Noy": Role.ADMIN}


def test_a_request_to_another_organisation_is_not_answered_here(
    session, make_organisation, organisation, make_viewer, ask_to_join, admin, again
):
    asked = ask_to_join(make_viewer())
    other = make_organisation("Other")
    with pytest.raises(NotFound):
        membership_actions.accept_join(session, again(admin), other, asked.id, RoleInput(role=Role.ADMIN))


def test_an_admin_changes_roles_and_removes_people(session, organisation, admin, make_viewer, again):
    noy = make_viewer("Noy", belongs_to=organisation, role=Role.VIEWER)
    boss = again(admin)
    membership_actions.change_role(session, boss, organisation, noy.user_id, RoleInput(role=Role.EDITOR))
    membership_actions.change_role(session, boss, organisation, noy.user_id, RoleInput(role=Role.EDITOR))
    assert roles_in(session, organisation)["Noy"] == Role.EDITOR
    membership_actions.remove_member(session, boss, organisation, noy.user_id)
    assert roles_in(session, organisation) == {"Admin Keo": Role.ADMIN}
    actions = [event.action for event in events_of(session, organisation.id)]
    assert actions == ["person_removed", "role_changed", "organisation_registered"]


def test_an_organisation_always_keeps_an_admin(session, organisation, admin, make_viewer, again):
    boss = again(admin)
    noy = make_viewer("Noy", belongs_to=organisation, role=Role.EDITOR)
    for act in (
        lambda: membership_actions.change_role(
            session, boss, organisation, boss.user_id, RoleInput(role=Role.EDITOR)
        ),
        lambda: membership_actions.remove_member(session, boss, organisation, boss.user_id),
        lambda: membership_actions.leave(session, boss, organisation),
    ):
        with pytest.raises(Conflict, match="needs an admin"):
            act()
    membership_actions.change_role(session, boss, organisation, noy.user_id, RoleInput(role=Role.ADMIN))
    membership_actions.leave(session, boss, organisation)
    assert roles_in(session, organisation) == {"Noy": Role.ADMIN}


def test_anybody_may_leave(session, organisation, make_viewer, again):
    noy = make_viewer("Noy", belongs_to=organisation, role=Role.VIEWER)
    membership_actions.leave(session, noy, organisation)
    session.flush()
    assert again(noy).roles == {}
    with pytest.raises(NotFound):
        membership_actions.leave(session, noy, organisation)
    with pytest.raises(Unauthenticated):
        membership_actions.leave(session, Viewer(), organisation)


def be_removed(session, leaver, admin, organisation):
    membership_actions.remove_member(session, admin, organisation, leaver.user_id)


def be_demoted(session, leaver, admin, organisation):
    entered = RoleInput(role=Role.EDITOR)
    membership_actions.change_role(session, admin, organisation, leaver.user_id, entered)


def leave(session, leaver, admin, organisation):
    membership_actions.leave(session, leaver, organisation)


@pytest.mark.parametrize("farewell", [be_removed, be_demoted, leave])
def test_an_admin_who_goes_takes_their_open_invitations_along(
    session, organisation, make_organisation, make_viewer, invite, admin, again, farewell
):
    elsewhere = make_organisation("Elsewhere")
    leaver = make_viewer("Leaver", belongs_to=organisation)
    session.add(Membership(user_id=leaver.user_id, organisation_id=elsewhere.id, role=Role.ADMIN))
    kept = invite("kept@example.org")
    own = InvitationInput(email="own@example.org", role=Role.ADMIN)
    membership_actions.invite(session, again(leaver), organisation, own)
    membership_actions.invite(session, again(leaver), elsewhere, own)
    farewell(session, again(leaver), again(admin), organisation)
    assert [found.email for found in queries.invitations_of(session, organisation.id)] == ["kept@example.org"]
    assert [found.email for found in queries.invitations_of(session, elsewhere.id)] == ["own@example.org"]
    assert queries.get_invitation(session, kept)


def test_an_administrator_who_is_one_no_more_takes_open_invitations_along(
    session, organisation, make_viewer, invite
):
    boss, other = (make_viewer(name, is_administrator=True) for name in ("Boss", "Other"))
    membership_actions.invite(session, boss, organisation, InvitationInput(email="own@example.org"))
    set_portal_roles(session, other, boss.user_id, PortalRolesInput(is_administrator=True))
    assert len(queries.invitations_of(session, organisation.id)) == 1
    set_portal_roles(session, other, boss.user_id, PortalRolesInput())
    assert queries.invitations_of(session, organisation.id) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, None])
def test_nobody_below_admin_manages_people(session, organisation, make_viewer, ask_to_join, admin, role):
    viewer = make_viewer(belongs_to=organisation if role else None, role=role)
    asked = ask_to_join(make_viewer("Noy"))
    nothing = new_id()
    for act in (
        lambda: membership_actions.invite(
            session, viewer, organisation, InvitationInput(email="a@example.org")
        ),
        lambda: membership_actions.revoke_invitation(session, viewer, organisation, nothing),
        lambda: membership_actions.accept_join(
            session, viewer, organisation, asked.id, RoleInput(role=Role.VIEWER)
        ),
        lambda: membership_actions.decline_join(session, viewer, organisation, asked.id),
        lambda: membership_actions.change_role(
            session, viewer, organisation, viewer.user_id, RoleInput(role=Role.ADMIN)
        ),
        lambda: membership_actions.remove_member(session, viewer, organisation, admin.user_id),
    ):
        with pytest.raises(Forbidden):
            act()


def test_one_may_belong_to_several_organisations(session, make_organisation, make_viewer, again):
    zebra, antelope = make_organisation("Zebra"), make_organisation("Antelope")
    noy = make_viewer("Noy", belongs_to=zebra, role=Role.VIEWER)
    session.add(Membership(user_id=noy.user_id, organisation_id=antelope.id, role=Role.EDITOR))
    session.flush()
    held = queries.organisations_of(session, again(noy))
    assert [(each.organisation.name, each.role) for each in held] == [
        ("Antelope", Role.EDITOR),
        ("Zebra", Role.VIEWER),
    ]
    assert queries.people_counts(session, [zebra.id, antelope.id]) == {zebra.id: 2, antelope.id: 2}


def test_administrators_find_people_by_name_or_address(session, make_viewer):
    make_viewer("Noy KEO", email="noy@example.org")
    make_viewer("100% Bounmy", email="bounmy@example.net")
    found = {text: [user.name for user in queries.browse_people(session, text).rows] for text in ("keo", "%")}
    assert found == {"keo": ["Noy KEO"], "%": ["100% Bounmy"]}
    assert queries.browse_people(session, "EXAMPLE.NET").total == 1
    assert queries.browse_people(session).total == 2
