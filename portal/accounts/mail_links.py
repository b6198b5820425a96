"""Links sent by mail: made, limited in number, and used once."""

from datetime import timedelta

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from portal.accounts.models import MailPurpose, MailToken, User
from portal.accounts.tokens import new_token, token_hash
from portal.core.clock import now
from portal.core.errors import N_, NotFound
from portal.core.mail import post

LIFETIMES = {
    MailPurpose.CONFIRM: timedelta(days=3),
    MailPurpose.RESET_PASSWORD: timedelta(hours=2),
    MailPurpose.CHANGE_ADDRESS: timedelta(hours=24),
}
# Nobody's mailbox is filled by a stranger who asks for the same link again and again.
MOST_LINKS_AN_HOUR = 3


def mail_link(session: Session, user: User, purpose: MailPurpose, template: str, *, email: str = "") -> None:
    """Send the person a link for one purpose; silently nothing when they were sent enough of them.

    The mail goes to `email` where one is given (a new address to be confirmed), else to the person's own.
    """
    lifetime = LIFETIMES[purpose]
    recently = now() + lifetime - timedelta(hours=1)
    sent = session.exec(
        select(func.count())
        .select_from(MailToken)
        .where(MailToken.user_id == user.id, MailToken.purpose == purpose, MailToken.expires_at > recently)
    ).one()
    if sent >= MOST_LINKS_AN_HOUR:
        return
    token = new_token()
    session.add(
        MailToken(
            token_hash=token_hash(token),
            purpose=purpose,
            user_id=user.id,
            email=email or user.email,
            expires_at=now() + lifetime,
        )
    )
    post(session, email or user.email, template, user.language, token=token)


def find_link(session: Session, token: str, purpose: MailPurpose) -> tuple[MailToken, User] | None:
    """An unused link of this purpose with the person it was made for."""
    return session.exec(
        select(MailToken, User)
        .join(User, col(User.id) == MailToken.user_id)
        .where(MailToken.token_hash == token_hash(token), MailToken.purpose == purpose)
        .where(col(MailToken.used_at).is_(None), MailToken.expires_at > now())
        .where(col(User.deleted_at).is_(None))
    ).first()


def get_link(session: Session, token: str, purpose: MailPurpose) -> tuple[MailToken, User]:
    found = find_link(session, token, purpose)
    if found is None:
        raise NotFound(N_("This link is no longer valid: it was used, or it is too old. Ask for a new one."))
    return found


def use_up(session: Session, link: MailToken) -> None:
    """The link does nothing from now on, nor do older ones sent for the same purpose."""
    others = select(MailToken).where(
        MailToken.user_id == link.user_id,
        MailToken.purpose == link.purpose,
        col(MailToken.used_at).is_(None),
    )
    for other in session.exec(others):
        other.used_at = now()


def forget_links(session: Session, user: User) -> None:
    session.exec(delete(MailToken).where(col(MailToken.user_id) == user.id))
