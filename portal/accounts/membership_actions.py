"""Who belongs to an organisation: invitations, requests to join, roles, leaving."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from portal.accounts.inputs import InvitationInput, JoinRequestInput, NewcomerInput, RoleInput
from portal.accounts.models import (
    ROLE_NAMES,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    Role,
    User,
)
from portal.accounts.passwords import hash_password
from portal.accounts.policy import may_answer_join_requests, may_ask_to_join, may_invite, may_manage_people
from portal.accounts.queries import (
    find_join_request,
    find_user_by_email,
    get_invitation,
    get_user,
    people_of,
)
from portal.accounts.tokens import new_token, token_hash
from portal.accounts.viewer import Viewer
from portal.core.audit import AuditEvent, record
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Forbidden, Invalid, NotFound, Unauthenticated, require
from portal.core.mail import post

INVITATION_LIFETIME = timedelta(days=7)
# Anybody may register an organisation; without a limit its invitations would be a way to send mail to strangers.
MOST_INVITATIONS_A_DAY = 100
NOT_AN_ADMIN = N_("Only the admins of an organisation manage its people.")
NEEDS_AN_ADMIN = N_("An organisation needs an admin. Make somebody else admin first.")


def invite(
    session: Session, viewer: Viewer, organisation: Organisation, entered: InvitationInput
) -> Invitation:
    """Ask somebody by mail to join; an earlier invitation of the same address is replaced."""
    require(may_invite(viewer, organisation), Forbidden(NOT_AN_ADMIN))
    assert viewer.user_id is not None
    user = find_user_by_email(session, entered.email)
    require(
        user is None or session.get(Membership, (user.id, organisation.id)) is None,
        Invalid(N_("This person belongs to the organisation already."), field="email"),
    )
    require(
        _invited_today(session, organisation) < MOST_INVITATIONS_A_DAY,
        Conflict(N_("100 people were invited today. Go on tomorrow.")),
    )
    session.exec(
        delete(Invitation).where(
            col(Invitation.organisation_id) == organisation.id,
            col(Invitation.email) == entered.email,
            col(Invitation.accepted_at).is_(None),
        )
    )
    token = new_token()
    invitation = Invitation(
        token_hash=token_hash(token),
        organisation_id=organisation.id,
        email=entered.email,
        role=entered.role,
        invited_by_id=viewer.user_id,
        expires_at=now() + INVITATION_LIFETIME,
    )
    session.add(invitation)
    _record(session, viewer, "person_invited", organisation, role=entered.role.value)
    post(
        session,
        entered.email,
        "invitation",
        user.language if user else viewer.language,
        organisation=organisation.name,
        by=viewer.name,
        role=ROLE_NAMES[entered.role],
        token=token,
    )
    return invitation


def revoke_invitation(
    session: Session, viewer: Viewer, organisation: Organisation, invitation_id: UUID
) -> None:
    """The link in the mail does nothing any more."""
    require(may_invite(viewer, organisation), Forbidden(NOT_AN_ADMIN))
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.organisation_id != organisation.id or invitation.accepted_at:
        raise NotFound(N_("This invitation is no longer open."))
    session.delete(invitation)
    _record(session, viewer, "invitation_withdrawn", organisation)


def accept_invitation(session: Session, viewer: Viewer, token: str) -> Organisation:
    """Join by a mailed invitation; only who has the address it was sent to can."""
    require(viewer.user_id, Unauthenticated(N_("Sign in first.")))
    assert viewer.user_id is not None
    found = get_invitation(session, token)
    require(
        found.invitation.email == viewer.email,
        Forbidden(N_("This invitation was sent to another address. Sign in with that one.")),
    )
    _accept(session, found.invitation, get_user(session, viewer.user_id), found.organisation)
    return found.organisation


def accept_invitation_as_newcomer(session: Session, token: str, entered: NewcomerInput) -> User:
    """Make the invited person's account and join. The link proves the address, so it is confirmed."""
    found = get_invitation(session, token)
    email = found.invitation.email
    require(
        entered.password.strip().lower() != email,
        Invalid(N_("The password must not be the mail address."), field="password"),
    )
    user = find_user_by_email(session, email)
    require(
        user is None or user.email_confirmed_at is None,
        Conflict(N_("There is an account with this address already. Sign in to accept.")),
    )
    if user is None:
        user = User(email=email, name=entered.name)
        session.add(user)
    user.name, user.language = entered.name, entered.language
    user.password_hash, user.email_confirmed_at = hash_password(entered.password), now()
    session.flush()
    record(session, (user.id, user.name), "account_created", ("user", user.id))
    _accept(session, found.invitation, user, found.organisation)
    return user


def request_to_join(
    session: Session, viewer: Viewer, organisation: Organisation, entered: JoinRequestInput
) -> JoinRequest:
    """Ask the admins; asking twice changes nothing."""
    require(viewer.user_id, Unauthenticated(N_("Sign in first.")))
    assert viewer.user_id is not None
    require(
        may_ask_to_join(viewer, organisation),
        Conflict(N_("You belong to this organisation already.")),
    )
    if earlier := find_join_request(session, viewer.user_id, organisation.id):
        return earlier
    asked = JoinRequest(user_id=viewer.user_id, organisation_id=organisation.id, message=entered.message)
    session.add(asked)
    _record(session, viewer, "join_asked", organisation)
    mail_admins(session, organisation, "join_request", by=viewer.name, message=entered.message)
    return asked


def accept_join(
    session: Session, viewer: Viewer, organisation: Organisation, request_id: UUID, entered: RoleInput
) -> None:
    asked, user = _join_request(session, viewer, organisation, request_id)
    _join(session, user, organisation, entered.role)
    session.delete(asked)
    _record(session, viewer, "join_accepted", organisation, person=str(user.id), role=entered.role.value)
    post(
        session,
        user.email,
        "join_accepted",
        user.language,
        name=user.name,
        organisation=organisation.name,
        reference=organisation.reference,
        role=ROLE_NAMES[entered.role],
    )


def decline_join(session: Session, viewer: Viewer, organisation: Organisation, request_id: UUID) -> None:
    asked, user = _join_request(session, viewer, organisation, request_id)
    session.delete(asked)
    _record(session, viewer, "join_declined", organisation, person=str(user.id))
    post(session, user.email, "join_declined", user.language, name=user.name, organisation=organisation.name)


def change_role(
    session: Session, viewer: Viewer, organisation: Organisation, user_id: UUID, entered: RoleInput
) -> None:
    """Give a person another role; an organisation is never left without an admin."""
    require(may_manage_people(viewer, organisation), Forbidden(NOT_AN_ADMIN))
    membership = _membership(session, organisation, user_id)
    if membership.role == entered.role:
        return
    if membership.role == Role.ADMIN:
        _require_other_admin(session, organisation, user_id)
    before, membership.role = membership.role, entered.role
    forget_invitations_without_right(session, user_id)
    _record(
        session,
        viewer,
        "role_changed",
        organisation,
        person=str(user_id),
        before=Role(before).value,
        after=entered.role.value,
    )


def remove_member(session: Session, viewer: Viewer, organisation: Organisation, user_id: UUID) -> None:
    """Take a person out; what they shared stays with the organisation."""
    require(may_manage_people(viewer, organisation), Forbidden(NOT_AN_ADMIN))
    membership = _membership(session, organisation, user_id)
    if membership.role == Role.ADMIN:
        _require_other_admin(session, organisation, user_id)
    session.delete(membership)
    forget_invitations_without_right(session, user_id)
    _record(session, viewer, "person_removed", organisation, person=str(user_id))


def leave(session: Session, viewer: Viewer, organisation: Organisation) -> None:
    """The viewer's own farewell; the last admin hands over first."""
    require(viewer.user_id, Unauthenticated(N_("Sign in first.")))
    assert viewer.user_id is not None
    membership = _membership(session, organisation, viewer.user_id)
    if membership.role == Role.ADMIN:
        _require_other_admin(session, organisation, viewer.user_id)
    session.delete(membership)
    forget_invitations_without_right(session, viewer.user_id)
    _record(session, viewer, "person_left", organisation)


def forget_invitations_without_right(session: Session, user_id: UUID) -> None:
    """Delete a person's open invitations to organisations where they may not invite any more.

    Otherwise who was taken out could have sent one to another address of their own beforehand.
    """
    user = session.get(User, user_id)
    if user is not None and user.is_administrator:
        return
    led = select(Membership.organisation_id).where(
        Membership.user_id == user_id, Membership.role == Role.ADMIN
    )
    session.exec(
        delete(Invitation).where(
            col(Invitation.invited_by_id) == user_id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.organisation_id).not_in(led),
        )
    )


def require_successors(session: Session, user_id: UUID) -> None:
    """Refuse, by name, where the person is the last admin of an organisation that has other people."""
    owned = session.exec(
        select(Organisation)
        .join(Membership, col(Membership.organisation_id) == Organisation.id)
        .where(Membership.user_id == user_id, Membership.role == Role.ADMIN)
    ).all()
    for organisation in owned:
        others = [member for member in people_of(session, organisation.id) if member.user_id != user_id]
        if others and not any(member.role == Role.ADMIN for member in others):
            raise Conflict(
                N_("You are the only admin of %(organisation)s. Make somebody else admin there first."),
                organisation=organisation.name,
            )


def mail_admins(session: Session, organisation: Organisation, template: str, **values: Any) -> None:
    """Mail the admins of an organisation; the portal's administrators where it has none."""
    admins = session.exec(
        select(User)
        .join(Membership, col(Membership.user_id) == User.id)
        .where(Membership.organisation_id == organisation.id, Membership.role == Role.ADMIN)
    ).all()
    for user in admins or session.exec(select(User).where(col(User.is_administrator).is_(True))).all():
        post(
            session,
            user.email,
            template,
            user.language,
            name=user.name,
            organisation=organisation.name,
            reference=organisation.reference,
            **values,
        )


def _invited_today(session: Session, organisation: Organisation) -> int:
    """Counted in the audit trail: withdrawing an invitation does not bring back the mail."""
    return session.exec(
        select(func.count())
        .select_from(AuditEvent)
        .where(
            AuditEvent.organisation_id == organisation.id,
            AuditEvent.action == "person_invited",
            AuditEvent.at > now() - timedelta(days=1),
        )
    ).one()


def _accept(session: Session, invitation: Invitation, user: User, organisation: Organisation) -> None:
    _join(session, user, organisation, Role(invitation.role))
    invitation.accepted_at = now()
    if asked := find_join_request(session, user.id, organisation.id):
        session.delete(asked)
    record(
        session,
        (user.id, user.name),
        "invitation_accepted",
        ("organisation", organisation.id),
        organisation_id=organisation.id,
        role=invitation.role,
    )


def _join(session: Session, user: User, organisation: Organisation, role: Role) -> None:
    """Belong to an organisation; who belongs already keeps the higher of both roles."""
    membership = session.get(Membership, (user.id, organisation.id))
    if membership is None:
        session.add(Membership(user_id=user.id, organisation_id=organisation.id, role=role))
    elif Role(membership.role).rank < role.rank:
        membership.role = role


def _join_request(
    session: Session, viewer: Viewer, organisation: Organisation, request_id: UUID
) -> tuple[JoinRequest, User]:
    require(may_answer_join_requests(viewer, organisation), Forbidden(NOT_AN_ADMIN))
    asked = session.get(JoinRequest, request_id)
    if asked is None or asked.organisation_id != organisation.id:
        raise NotFound(N_("This request is answered already."))
    return asked, get_user(session, asked.user_id)


def _membership(session: Session, organisation: Organisation, user_id: UUID) -> Membership:
    membership = session.get(Membership, (user_id, organisation.id))
    if membership is None:
        raise NotFound(N_("This person does not belong to the organisation."))
    return membership


def _require_other_admin(session: Session, organisation: Organisation, user_id: UUID) -> None:
    others = session.exec(
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.organisation_id == organisation.id,
            Membership.role == Role.ADMIN,
            Membership.user_id != user_id,
        )
    ).one()
    require(others, Conflict(NEEDS_AN_ADMIN))


def _record(
    session: Session, viewer: Viewer, action: str, organisation: Organisation, **details: Any
) -> None:
    record(
        session,
        viewer.actor,
        action,
        ("organisation", organisation.id),
        organisation_id=organisation.id,
        **details,
    )
