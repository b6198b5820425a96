"""What people do with their accounts, and what administrators do with people.

Organisations are in `organisation_actions.py`, who belongs to them in `membership_actions.py`.
What asks for the current password returns a refusal, empty when it is done: an error would undo the
counting of the wrong one.
"""

from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from portal.accounts.inputs import (
    ChangeAddressInput,
    ChangePasswordInput,
    ForgottenInput,
    NewPasswordInput,
    PasswordInput,
    PortalRolesInput,
    ProfileInput,
    SignInInput,
    SignUpInput,
)
from portal.accounts.mail_links import forget_links, get_link, mail_link, use_up
from portal.accounts.membership_actions import forget_invitations_without_right, require_successors
from portal.accounts.models import Invitation, JoinRequest, MailPurpose, Membership, User, UserSession
from portal.accounts.origins import Origin
from portal.accounts.passwords import hash_password
from portal.accounts.policy import may_administer
from portal.accounts.queries import find_user_by_email, get_user
from portal.accounts.session_actions import SignInAnswer, end_sessions_of, refuse_password, sign_in
from portal.accounts.throttle import MailRequest, count_mail_request, forgive_everywhere
from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Forbidden, Invalid, Unauthenticated, require
from portal.core.mail import post

PASSWORD_IS_ADDRESS = N_("The password must not be the mail address.")


def create_account(session: Session, entered: SignUpInput) -> User:
    """A confirmed account, made by whoever runs the portal. Conflict when the address has one already."""
    require(
        find_user_by_email(session, entered.email) is None,
        Conflict(N_("There is an account with this address already."), field="email"),
    )
    user = _new_user(session, entered, hash_password(entered.password))
    user.email_confirmed_at = now()
    return user


def sign_up(session: Session, entered: SignUpInput, origin: Origin) -> None:
    """Ask for an account. The answer is a mail in every case: nobody learns whether an address has one.

    An address that was never confirmed belongs to nobody yet: the newest request for it counts.
    """
    # Done in every case, so that the time taken tells nothing either; and before the first statement,
    # so that nobody who writes waits for it.
    password_hash = hash_password(entered.password)
    count_mail_request(session, MailRequest.SIGN_UP, origin)
    user = find_user_by_email(session, entered.email)
    if user is not None and user.email_confirmed_at is not None:
        mail_link(session, user, MailPurpose.RESET_PASSWORD, "address_taken")
        return
    if user is None:
        user = _new_user(session, entered, password_hash)
    user.name, user.language, user.password_hash = entered.name, entered.language, password_hash
    mail_link(session, user, MailPurpose.CONFIRM, "confirm_address")


def confirm_address(
    session: Session, token: str, entered: PasswordInput, origin: Origin, days: int
) -> SignInAnswer:
    """Confirm the address of a mailed link, and sign in.

    The password is asked for, because anybody may have signed up with this address: who owns the mailbox
    must not give life to a password that a stranger chose.
    """
    link, user = get_link(session, token, MailPurpose.CONFIRM)
    was_confirmed_at = user.email_confirmed_at
    user.email_confirmed_at = was_confirmed_at or now()
    answer = sign_in(session, SignInInput(email=user.email, password=entered.password), origin, days)
    if answer.refusal:
        user.email_confirmed_at = was_confirmed_at
        return answer
    use_up(session, link)
    if was_confirmed_at is None:
        record(session, (user.id, user.name), "address_confirmed", ("user", user.id))
    return answer


def request_password_reset(session: Session, entered: ForgottenInput, origin: Origin) -> None:
    """Mail a link for a new password; nothing is sent, and nothing told, when the address has no account."""
    count_mail_request(session, MailRequest.FORGOTTEN, origin)
    user = find_user_by_email(session, entered.email)
    if user is not None and user.deleted_at is None:
        mail_link(session, user, MailPurpose.RESET_PASSWORD, "reset_password")


def reset_password(session: Session, token: str, entered: NewPasswordInput) -> None:
    """Set a password by a mailed link; ends all sessions. Following the link also confirms the address."""
    _, user = get_link(session, token, MailPurpose.RESET_PASSWORD)
    _set_password(session, user, entered.password)
    user.email_confirmed_at = user.email_confirmed_at or now()
    end_sessions_of(session, user)
    record(session, (user.id, user.name), "password_reset", ("user", user.id))


def change_password(
    session: Session, viewer: Viewer, entered: ChangePasswordInput, origin: Origin, current_token: str
) -> str:
    """Set another password; every session but the one in use ends. Returns the refusal of a wrong one."""
    user = _oneself(session, viewer)
    if refusal := refuse_password(session, user, entered.current_password, origin):
        return refusal
    _set_password(session, user, entered.password)
    end_sessions_of(session, user, keep_token=current_token)
    record(session, viewer.actor, "password_changed", ("user", user.id))
    return ""


def request_change_of_address(
    session: Session, viewer: Viewer, entered: ChangeAddressInput, origin: Origin
) -> str:
    """Mail a link to the new address; the old one is told. An address in use gets a mail that says so.

    Returns the refusal of a wrong password.
    """
    user = _oneself(session, viewer)
    if refusal := refuse_password(session, user, entered.current_password, origin):
        return refusal
    require(
        entered.email != user.email,
        Invalid(N_("This is your address already. Enter the new one."), field="email"),
    )
    owner = find_user_by_email(session, entered.email)
    if owner is not None:
        mail_link(session, owner, MailPurpose.RESET_PASSWORD, "address_taken")
        return ""
    mail_link(session, user, MailPurpose.CHANGE_ADDRESS, "change_address", email=entered.email)
    post(session, user.email, "change_of_address_asked", user.language, name=user.name)
    return ""


def confirm_change_of_address(session: Session, token: str) -> None:
    """Take over the new address of a mailed link; ends all sessions, and links sent to the old one."""
    link, user = get_link(session, token, MailPurpose.CHANGE_ADDRESS)
    require(
        find_user_by_email(session, link.email) is None,
        Conflict(N_("Another account has this address now.")),
    )
    old_address, user.email = user.email, link.email
    user.email_confirmed_at = now()
    forget_links(session, user)
    end_sessions_of(session, user)
    record(session, (user.id, user.name), "address_changed", ("user", user.id))
    post(session, old_address, "address_changed", user.language, name=user.name)


def update_profile(session: Session, viewer: Viewer, entered: ProfileInput) -> User:
    user = _oneself(session, viewer)
    user.name, user.language = entered.name, entered.language
    record(session, viewer.actor, "profile_changed", ("user", user.id))
    return user


def delete_account(session: Session, viewer: Viewer, entered: PasswordInput, origin: Origin) -> str:
    """Empty the account of everything that names the person; what they shared stays with its organisation.

    The last admin of an organisation with other people is told to hand over first. Returns the refusal of
    a wrong password.
    """
    user = _oneself(session, viewer)
    if refusal := refuse_password(session, user, entered.password, origin):
        return refusal
    require_successors(session, user.id)
    _require_another_administrator(session, user)
    record(session, viewer.actor, "account_deleted", ("user", user.id))
    for table in (Membership, JoinRequest, UserSession):
        session.exec(delete(table).where(col(table.user_id) == user.id))
    session.exec(delete(Invitation).where(col(Invitation.email) == user.email))
    forget_links(session, user)
    user.name, user.email, user.password_hash = "Deleted account", f"{user.id.hex}@deleted.invalid", ""
    user.is_coordinator = user.is_donor = user.is_administrator = False
    forget_invitations_without_right(session, user.id)
    user.email_confirmed_at, user.deleted_at = None, now()
    return ""


def set_portal_roles(session: Session, viewer: Viewer, user_id: UUID, entered: PortalRolesInput) -> User:
    """Give and take the roles of the portal; one administrator always remains."""
    require(may_administer(viewer), Forbidden(N_("Only administrators give roles of the portal.")))
    user = get_user(session, user_id)
    if not entered.is_administrator:
        _require_another_administrator(session, user)
    chosen = entered.model_dump()
    for name, value in chosen.items():
        setattr(user, name, value)
    forget_invitations_without_right(session, user.id)
    record(session, viewer.actor, "portal_roles_changed", ("user", user.id), **chosen)
    return user


def _new_user(session: Session, entered: SignUpInput, password_hash: str) -> User:
    user = User(
        email=entered.email, name=entered.name, language=entered.language, password_hash=password_hash
    )
    session.add(user)
    session.flush()
    record(session, (user.id, user.name), "account_created", ("user", user.id))
    return user


def _oneself(session: Session, viewer: Viewer) -> User:
    require(viewer.user_id, Unauthenticated(N_("Sign in first.")))
    assert viewer.user_id is not None
    return get_user(session, viewer.user_id)


def _require_another_administrator(session: Session, user: User) -> None:
    if not user.is_administrator:
        return
    others = session.exec(
        select(func.count()).where(col(User.is_administrator).is_(True), User.id != user.id)
    ).one()
    require(others, Conflict(N_("The portal needs an administrator. Name another one first.")))


def _set_password(session: Session, user: User, password: str) -> None:
    """Nothing that somebody with the old password began goes on: every open link is forgotten."""
    require(
        password.strip().lower() != user.email,
        Invalid(PASSWORD_IS_ADDRESS, field="password"),
    )
    user.password_hash = hash_password(password)
    forget_links(session, user)
    forgive_everywhere(session, user.email)
    post(session, user.email, "password_changed", user.language, name=user.name)
