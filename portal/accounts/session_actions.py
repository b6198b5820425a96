"""Signing in and out: passwords compared and counted, sessions that can be ended."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists
from sqlmodel import Session, col, delete

from portal.accounts.inputs import SignInInput
from portal.accounts.mail_links import mail_link
from portal.accounts.models import Invitation, MailPurpose, MailToken, User, UserSession
from portal.accounts.origins import Origin
from portal.accounts.passwords import check_password
from portal.accounts.queries import find_user_by_email
from portal.accounts.throttle import count_failure, forget_counted, forgive, is_throttled
from portal.accounts.tokens import new_token, token_hash
from portal.accounts.viewer import Viewer
from portal.core.clock import now
from portal.core.errors import N_, Unauthenticated, require

KEPT_AFTER_EXPIRY = timedelta(days=30)


@dataclass(frozen=True)
class SignInAnswer:
    """A token, or why there is none.

    A refused sign-in is an answer and not an error: an error would undo the transaction, and with it the
    counting of the failure.
    """

    token: str = ""
    refusal: str = ""
    is_throttled: bool = False


THROTTLED = SignInAnswer(
    refusal=N_("There were too many wrong tries. Wait 15 minutes, or choose a new password by mail."),
    is_throttled=True,
)
WRONG = SignInAnswer(refusal=N_("The mail address or the password is not right."))
NOT_CURRENT = N_("This is not your current password.")
UNCONFIRMED = SignInAnswer(
    refusal=N_("Your address is not confirmed yet. Follow the link in the mail that we sent you.")
)


def sign_in(session: Session, entered: SignInInput, origin: Origin, days: int) -> SignInAnswer:
    """Open a session for the right password; tell nobody whether an address has an account."""
    if is_throttled(session, entered.email, origin):
        return THROTTLED
    user = find_user_by_email(session, entered.email)
    is_right, better_hash = check_password(entered.password, user.password_hash if user else "")
    if user is None or not is_right:
        count_failure(session, entered.email, origin)
        return WRONG
    if better_hash:
        user.password_hash = better_hash
    forgive(session, user.email, origin)
    if user.email_confirmed_at is None:
        mail_link(session, user, MailPurpose.CONFIRM, "confirm_address")
        return UNCONFIRMED
    return SignInAnswer(token=open_user_session(session, user, origin, days))


def refuse_password(session: Session, user: User, password: str, origin: Origin) -> str:
    """Why the password of who is signed in is not taken; empty when it is right.

    Wrong ones are counted as at a sign-in: whoever found a session open could try passwords here.
    """
    if is_throttled(session, user.email, origin):
        return THROTTLED.refusal
    is_right, _ = check_password(password, user.password_hash)
    if not is_right:
        count_failure(session, user.email, origin)
        return NOT_CURRENT
    forgive(session, user.email, origin)
    return ""


def open_user_session(session: Session, user: User, origin: Origin, days: int) -> str:
    """Sign a person in without asking more; the caller has made sure of who it is. Returns the token."""
    token = new_token()
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            device=origin.device,
            expires_at=now() + timedelta(days=days),
        )
    )
    return token


def sign_out(session: Session, token: str) -> None:
    """End one session; nothing happens when it has ended already."""
    session.exec(delete(UserSession).where(col(UserSession.token_hash) == token_hash(token)))


def end_all_sessions(session: Session, viewer: Viewer) -> None:
    """Sign the viewer out everywhere, here too."""
    require(viewer.is_signed_in, Unauthenticated(N_("Sign in first.")))
    session.exec(delete(UserSession).where(col(UserSession.user_id) == viewer.user_id))


def end_sessions_of(session: Session, user: User, *, keep_token: str = "") -> None:
    """End every session of a person but the one with this token."""
    session.exec(
        delete(UserSession).where(
            col(UserSession.user_id) == user.id,
            col(UserSession.token_hash) != token_hash(keep_token),
        )
    )


def forget_expired(session: Session) -> None:
    """Remove what can no longer be used: sessions, links, counted failures, old invitations, and accounts
    whose address nobody ever confirmed. Run by the clock."""
    moment = now()
    session.exec(delete(UserSession).where(col(UserSession.expires_at) < moment))
    session.exec(delete(MailToken).where(col(MailToken.expires_at) < moment))
    forget_counted(session)
    session.exec(delete(Invitation).where(col(Invitation.expires_at) < moment - KEPT_AFTER_EXPIRY))
    has_link = exists().where(col(MailToken.user_id) == User.id)
    session.exec(
        delete(User).where(
            col(User.email_confirmed_at).is_(None),
            col(User.deleted_at).is_(None),
            col(User.created_at) < moment - KEPT_AFTER_EXPIRY,
            ~has_link,
        )
    )
