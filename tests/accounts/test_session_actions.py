"""Signing in and out, and the throttle on wrong passwords."""

from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import select

from portal.accounts import session_actions
from portal.accounts.inputs import SignInInput
from portal.accounts.models import Invitation, MailToken, Role, SignInFailure, User, UserSession
from portal.accounts.organisation_actions import verify_organisation
from portal.accounts.origins import Origin, network_key
from portal.accounts.queries import get_user, viewer_of_token
from portal.accounts.viewer import Viewer
from portal.core.clock import now
from portal.core.errors import Unauthenticated

# The one that `make_viewer` gives.
PASSWORD = "a long sentence"
HOME, OFFICE = Origin("203.0.113.9"), Origin("198.51.100.7")


def sign_in(session, password=PASSWORD, email="noy@example.org", origin=HOME):
    entered = SignInInput(email=email, password=password)
    return session_actions.sign_in(session, entered, origin, days=14)


@pytest.fixture
def noy(make_viewer):
    return make_viewer("Noy", email="noy@example.org")


def test_the_right_password_opens_a_session(session, noy):
    assert viewer_of_token(session, sign_in(session).token).user_id == noy.user_id


@pytest.mark.parametrize("email", ["noy@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(session, noy, email):
    assert sign_in(session, "wrong", email) == session_actions.WRONG


@pytest.mark.parametrize("token", ["", "never given", "\ud800", "x" * 10_000])
def test_an_unknown_token_is_the_public(session, noy, token):
    assert viewer_of_token(session, token) == Viewer()


def test_signing_out_ends_this_session_only(session, noy):
    here, there = sign_in(session).token, sign_in(session).token
    session_actions.sign_out(session, here)
    session_actions.sign_out(session, here)
    assert viewer_of_token(session, here) == Viewer()
    assert viewer_of_token(session, there).is_signed_in


def test_all_sessions_can_be_ended_at_once(session, noy, make_viewer):
    tokens = [sign_in(session).token for _ in range(3)]
    make_viewer(email="other@example.org")
    other = sign_in(session, email="other@example.org").token
    session_actions.end_all_sessions(session, noy)
    assert [viewer_of_token(session, token) for token in tokens] == [Viewer()] * 3
    assert viewer_of_token(session, other).is_signed_in
    with pytest.raises(Unauthenticated):
        session_actions.end_all_sessions(session, Viewer())


def test_a_session_ends_after_its_days(session, noy):
    token = sign_in(session).token
    session.exec(select(UserSession)).one().expires_at = now() - timedelta(seconds=1)
    session.flush()
    assert viewer_of_token(session, token) == Viewer()


def test_five_wrong_tries_close_the_address_for_that_network(session, noy):
    for _ in range(5):
        assert not sign_in(session, "wrong").is_throttled
    assert sign_in(session).is_throttled
    assert sign_in(session).token == ""


def test_a_stranger_elsewhere_locks_nobody_out(session, noy):
    for _ in range(6):
        sign_in(session, "wrong", origin=OFFICE)
    assert sign_in(session, origin=OFFICE).is_throttled
    assert sign_in(session, origin=HOME).token


@pytest.fixture
def full_network(session):
    """A network from which very many passwords were wrong already."""
    session.add_all(SignInFailure(key=network_key(HOME)) for _ in range(100))
    session.flush()


@pytest.mark.usefixtures("full_network")
def test_a_stranger_in_the_same_network_locks_nobody_out(session, noy):
    assert sign_in(session).token


@pytest.mark.usefixtures("full_network")
@pytest.mark.parametrize("email", ["noy@example.org", "nobody@example.org"])
def test_in_a_network_that_tries_many_addresses_each_has_one_try(session, noy, email):
    assert sign_in(session, "wrong", email) == session_actions.WRONG
    assert sign_in(session, "wrong", email).is_throttled
    assert not sign_in(session, "wrong", email, OFFICE).is_throttled


def test_after_a_quarter_of_an_hour_one_may_try_again(session, noy):
    for _ in range(5):
        sign_in(session, "wrong")
    for failure in session.exec(select(SignInFailure)):
        failure.at = now() - timedelta(minutes=16)
    session.flush()
    assert sign_in(session).token


def test_the_right_password_clears_the_wrong_tries_before_it(session, noy):
    for _ in range(4):
        sign_in(session, "wrong")
    assert sign_in(session).token
    assert not sign_in(session, "wrong").is_throttled
    assert sign_in(session).token


def test_an_old_hash_is_renewed_when_its_owner_signs_in(session, noy):
    user = get_user(session, noy.user_id)
    user.password_hash = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(
        PASSWORD
    )
    before = user.password_hash
    assert sign_in(session).token
    assert user.password_hash != before
    assert sign_in(session).token


def test_a_viewer_carries_roles_groups_and_verified_organisations(
    session, make_viewer, make_organisation, coordinator, count_statements, again
):
    from portal.accounts.inputs import GroupInput
    from portal.accounts.organisation_actions import create_group

    verified, unverified, elsewhere = (make_organisation(name) for name in ("One", "Two", "Three"))
    verify_organisation(session, coordinator, verified)
    ids = [verified.id, unverified.id, elsewhere.id]
    group = create_group(session, coordinator, GroupInput(name="Referral", organisations=ids))
    unseen = create_group(session, coordinator, GroupInput(name="Other", organisations=[unverified.id]))
    make_viewer("Noy", email="noy@example.org", belongs_to=verified, role=Role.EDITOR)
    token = sign_in(session).token
    viewer = viewer_of_token(session, token)
    assert viewer.roles == {verified.id: Role.EDITOR}
    assert viewer.verified_organisations == {verified.id}
    assert viewer.groups == {group.id}
    assert viewer.is_member
    assert f"group:{unseen.id.hex}" not in viewer.access
    assert count_statements(viewer_of_token, session, token) <= 3


def test_an_unverified_organisation_makes_no_member(session, make_viewer, organisation):
    viewer = make_viewer(belongs_to=organisation)
    assert not viewer.is_member
    assert viewer.access == {"public", f"user:{viewer.user_id.hex}", f"org:{organisation.id.hex}"} | {
        token for token in viewer.access if token.startswith("editors:")
    }


def test_what_has_run_out_is_forgotten(session, noy):
    past, future = now() - timedelta(days=60), now() + timedelta(days=1)
    for number, moment in enumerate((past, future)):
        session.add(UserSession(token_hash=f"s{number}", user_id=noy.user_id, expires_at=moment))
        session.add(
            MailToken(token_hash=f"m{number}", purpose="confirm", user_id=noy.user_id, expires_at=moment)
        )
        session.add(SignInFailure(key="k", at=past if number else now()))
    session.flush()
    session_actions.forget_expired(session)
    assert [row.token_hash for row in session.exec(select(UserSession))] == ["s1"]
    assert [row.token_hash for row in session.exec(select(MailToken))] == ["m1"]
    assert len(session.exec(select(SignInFailure)).all()) == 1
    assert session.exec(select(Invitation)).all() == []


def test_an_account_nobody_confirmed_is_forgotten_after_a_month(session, noy):
    never, lately, deleted = (
        User(email=f"{name}@example.org", name=name, created_at=now() - timedelta(days=days), deleted_at=gone)
        for name, days, gone in [("never", 31, None), ("lately", 29, None), ("deleted", 31, now())]
    )
    session.add_all([never, lately, deleted])
    session.flush()
    session_actions.forget_expired(session)
    left = {user.name for user in session.exec(select(User))}
    assert left == {"Noy", "lately", "deleted"}
