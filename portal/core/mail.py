"""Mail: written by the worker from a template, handed to SMTP or, without one, to a folder of .eml files.

`post` belongs to the transaction of its cause; `deliver` is the worker's.
"""

import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from sqlmodel import Session

from portal.core.clock import now
from portal.core.ids import new_id
from portal.core.queue import Job, enqueue
from portal.core.settings import Settings

SMTP_SECONDS = 10
# Base64 rather than 8-bit bodies: Lao text passes safely through any relay.
POLICY = policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class StoredMail:
    """A mail in the folder, for the console and the administrators' page."""

    name: str
    at: datetime
    to: str
    subject: str
    text: str


def post(session: Session, to: str, template: str, language: str, **values: Any) -> Job:
    """Ask for a mail made from `templates/emails/{template}.txt` in the reader's language."""
    return enqueue(session, "send_mail", to=to, template=template, language=language, values=values)


def compose(settings: Settings, to: str, subject: str, text: str) -> EmailMessage:
    """A plain-text message with the headers that keep automatic answers away."""
    message = EmailMessage(policy=POLICY)
    name, address = parseaddr(settings.mail_from)
    message["From"] = Address(name or settings.portal_name, addr_spec=address)
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(now())
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.base_url).hostname or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def deliver(settings: Settings, message: EmailMessage) -> None:
    """Send by SMTP, or write a file when no server is set. Raises OSError or SMTPException on failure."""
    if not settings.mail_url:
        _write(settings.mail_folder, message)
        return
    address = urlsplit(settings.mail_url)
    with _connect(address) as server:
        _encrypt(server, address)
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        server.send_message(message)


def stored_mails(folder: Path, limit: int = 50) -> list[StoredMail]:
    """The newest mails of the folder, newest first."""
    names = sorted((path.name for path in folder.glob("*.eml")), reverse=True)[:limit]
    return list(_read(folder, names))


def _connect(address: SplitResult) -> smtplib.SMTP:
    host = address.hostname or "localhost"
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(
            host, address.port or 465, timeout=SMTP_SECONDS, context=ssl.create_default_context()
        )
    return smtplib.SMTP(host, address.port or 25, timeout=SMTP_SECONDS)


def _encrypt(server: smtplib.SMTP, address: SplitResult) -> None:
    """Encrypt wherever the server can; where it cannot, a password is not sent at all."""
    # What stays on this machine needs no encryption, and a server here seldom has a certificate in its name.
    if address.scheme == "smtps" or _is_loopback(address.hostname or "localhost"):
        return
    # A server tells what it offers only after it was greeted.
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
    elif address.username:
        raise smtplib.SMTPNotSupportedError("The mail server offers no STARTTLS, so it gets no password.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _write(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now():%Y%m%dT%H%M%S%f}-{str(new_id())[-6:]}.eml"
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(message.as_bytes())
    unfinished.replace(path)


def _read(folder: Path, names: list[str]) -> Iterator[StoredMail]:
    for name in names:
        message = message_from_bytes((folder / name).read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        yield StoredMail(
            name=name,
            at=message["Date"].datetime,
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=body.get_content() if body else "",
        )
