"""Each kind of job and the function that does it, on one screen.

A handler opens its own transactions, so that slow work never holds the database.
"""

import io
from collections.abc import Callable, Mapping
from typing import Any

from portal.accounts.session_actions import forget_expired
from portal.core.mail import compose, deliver
from portal.indexing import mark_resources
from portal.jobs.comparing import compare_everything
from portal.jobs.reminders import send_reminders
from portal.library.actions import changed_uses
from portal.library.file_actions import record_reading
from portal.library.models import Reading, ReadingState
from portal.request import Services
from portal.templating import render_mail
from uploads.kinds import FileKind
from uploads.problems import Problem
from uploads.reading import Reading as ReadResult
from uploads.reading import ReadingStatus
from uploads.sandbox import Limits, read_file
from uploads.storage import NotStored

Handler = Callable[..., None]
MAXIMUM_PREVIEW_BYTES = 2**20
# No upload lasts a day; what has been arriving for longer was cut off.
HALF_RECEIVED_SECONDS = 24 * 60 * 60


def read_stored_file(services: Services, sha256: str) -> None:
    """Read one file in its own process and keep what came of it; a file already read is left alone."""
    with services.database.reading() as session:
        waiting = session.get(Reading, sha256)
    if waiting is None or waiting.state != ReadingState.WAITING:
        return
    settings = services.settings
    limits = Limits(wall_seconds=settings.reading_seconds, memory_bytes=settings.reading_memory_bytes)
    try:
        with services.files.open(sha256) as stream:
            result = read_file(stream, FileKind(waiting.kind), limits)
    except NotStored:
        result = ReadResult(status=ReadingStatus.UNREADABLE, problem=Problem.BROKEN)
    preview = ""
    if result.preview:
        preview = services.files.save(io.BytesIO(result.preview), MAXIMUM_PREVIEW_BYTES).sha256
    with services.database.writing() as session:
        record_reading(session, sha256, result, preview)


def send_mail(services: Services, to: str, template: str, language: str, values: Mapping[str, Any]) -> None:
    """Write a mail in the reader's language and hand it on."""
    settings = services.settings
    rendered = render_mail(
        template,
        language,
        {**values, "base_url": settings.base_url.rstrip("/"), "portal_name": settings.portal_name},
    )
    deliver(settings, compose(settings, to, rendered.subject, rendered.text))


def index_uses(services: Services) -> None:
    """Tell the index how often things were downloaded, once an hour rather than at each download."""
    with services.database.writing() as session:
        mark_resources(session, changed_uses(session))


def forget_what_expired(services: Services) -> None:
    """Delete sessions, links and failed sign-ins whose time is over, and uploads that never arrived whole."""
    with services.database.writing() as session:
        forget_expired(session)
    services.files.clear_incoming(HALF_RECEIVED_SECONDS)


def find_overlaps(services: Services) -> None:
    """Days pass and records age: once a day everything is compared again."""
    compare_everything(services)


HANDLERS: Mapping[str, Handler] = {
    "read_file": read_stored_file,
    "send_mail": send_mail,
    "send_reminders": send_reminders,
    "find_overlaps": find_overlaps,
    "index_uses": index_uses,
    "forget_expired": forget_what_expired,
}
