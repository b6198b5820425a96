"""What may be done only so often from one network: trying passwords, and asking for mails.

It is counted in the transaction of the deed, and an error undoes that: whoever counts a wrong password
answers with a refusal and does not raise one.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from portal.accounts.models import SignInFailure
from portal.accounts.origins import Origin, address_key, address_key_start, network_key
from portal.core.clock import now
from portal.core.errors import N_, Conflict, require

WINDOW = timedelta(minutes=15)
HOUR = timedelta(hours=1)
MOST_FAILURES_OF_AN_ADDRESS = 5
MOST_FAILURES_OF_A_NETWORK = 100


class MailRequest(StrEnum):
    """What anybody may ask for without signing in, and is answered by a mail to any address."""

    SIGN_UP = "sign-up"
    FORGOTTEN = "forgotten"


# A whole training room comes from one network and may sign up in the same hour.
MOST_AN_HOUR: Mapping[MailRequest, int] = {MailRequest.SIGN_UP: 30, MailRequest.FORGOTTEN: 20}


def is_throttled(session: Session, email: str, origin: Origin) -> bool:
    """Whether no password is compared for this address from this network just now.

    In a network with very many failures an address that failed there once is closed; any other may still
    try, or one stranger would lock out everybody of the network. Whether the address has an account makes
    no difference, so that the answer does not tell.
    """
    of_address, of_network = address_key(email, origin), network_key(origin)
    rows = session.exec(
        select(SignInFailure.key, func.count())
        .where(col(SignInFailure.key).in_((of_address, of_network)), SignInFailure.at > now() - WINDOW)
        .group_by(SignInFailure.key)
    ).all()
    failures = dict(rows)
    is_full = failures.get(of_network, 0) >= MOST_FAILURES_OF_A_NETWORK
    return failures.get(of_address, 0) >= (1 if is_full else MOST_FAILURES_OF_AN_ADDRESS)


def count_failure(session: Session, email: str, origin: Origin) -> None:
    session.add_all(SignInFailure(key=key) for key in (address_key(email, origin), network_key(origin)))


def forgive(session: Session, email: str, origin: Origin) -> None:
    """The right password clears the wrong tries before it, from this network."""
    session.exec(delete(SignInFailure).where(col(SignInFailure.key) == address_key(email, origin)))


def forgive_everywhere(session: Session, email: str) -> None:
    """A new password clears the wrong tries of every network."""
    session.exec(delete(SignInFailure).where(col(SignInFailure.key).startswith(address_key_start(email))))


def count_mail_request(session: Session, asked: MailRequest, origin: Origin) -> None:
    """Conflict when this network asked for too many of them within an hour."""
    key = network_key(origin, asked)
    recent = session.exec(
        select(func.count())
        .select_from(SignInFailure)
        .where(SignInFailure.key == key, SignInFailure.at > now() - HOUR)
    ).one()
    require(
        recent < MOST_AN_HOUR[asked],
        Conflict(N_("Too many people asked for this from where you are. Please try again in an hour.")),
    )
    session.add(SignInFailure(key=key))


def forget_counted(session: Session) -> None:
    """Remove what no limit looks at any more. Run by the clock."""
    session.exec(delete(SignInFailure).where(col(SignInFailure.at) < now() - HOUR))
