"""What whoever runs the portal wants to know of it: work that waits or failed, the index, storage, who did what.

Across the domains on purpose, and for reading; the two actions give a failed job another try, or give it up.
"""

import platform
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal.accounts.group_queries import group_names
from portal.accounts.models import Organisation, User
from portal.accounts.policy import may_administer
from portal.accounts.queries import organisations_by_id, people_names
from portal.accounts.viewer import Viewer
from portal.core.audit import AuditEvent, EventFilter, browse_events, record, recorded_actions
from portal.core.clock import now
from portal.core.errors import N_, Forbidden, NotFound, require
from portal.core.paging import Page
from portal.core.queue import Job, JobState, QueueState, failed_jobs, finish, queue_state, retry
from portal.library.models import FileEntry, Resource
from portal.places.queries import place_names
from search.documents import EngineStats
from search.engine import EngineUnavailable, SearchEngine
from search.outbox import count_marks

# A worker looks twice a second: what is due for longer waits for one that does not run, or cannot keep up.
PATIENCE = timedelta(minutes=2)
MOST_FAILED_MAILS = 50
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Register:
    """How many people and organisations there are, and how many of them wait for a coordinator."""

    people: int
    organisations: int
    waiting: int


@dataclass(frozen=True)
class Storage:
    """What people shared, each content counted once; what the disk has left."""

    files: int
    size_bytes: int
    free_bytes: int


@dataclass(frozen=True)
class PortalState:
    """The installation at this moment; `index` is None while the search engine does not answer."""

    queue: QueueState
    failed: Sequence[Job]
    waits_since: datetime | None
    is_late: bool
    index: EngineStats | None
    stale: int
    storage: Storage
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Subject:
    """What an event was about: its name, and its page where it has one."""

    name: str
    path: str = ""


@dataclass(frozen=True)
class Trail:
    """One page of the audit trail with the names of what it is about, and the kinds of action to choose from."""

    events: Page[AuditEvent]
    subjects: Mapping[UUID, Subject]
    actions: Sequence[str]


def register_state(session: Session) -> Register:
    """Two statements."""
    people = session.exec(select(func.count()).where(col(User.deleted_at).is_(None))).one()
    organisations, verified = session.exec(
        select(func.count(), func.count(col(Organisation.verified_at))).select_from(Organisation)
    ).one()
    return Register(people, organisations, waiting=organisations - verified)


def portal_state(session: Session, engine: SearchEngine, data_dir: Path) -> PortalState:
    """Five statements, and one question to the search engine."""
    queue = queue_state(session)
    is_due = queue.oldest_due_at is not None and queue.oldest_due_at <= now()
    waits_since = queue.oldest_due_at if is_due else None
    return PortalState(
        queue=queue,
        failed=failed_jobs(session),
        waits_since=waits_since,
        is_late=waits_since is not None and now() - waits_since > PATIENCE,
        index=_engine_stats(engine),
        stale=count_marks(session),
        storage=_storage(session, data_dir),
        versions=_versions(session),
    )


def count_failed_mails(session: Session) -> int:
    """How many mails nobody got, that somebody has to try again or give up."""
    statement = select(func.count()).where(Job.state == JobState.FAILED, Job.kind == "send_mail")
    return session.exec(statement).one()


def failed_mails(session: Session) -> list[Job]:
    """The mails nobody got, newest first."""
    statement = select(Job).where(Job.state == JobState.FAILED, Job.kind == "send_mail")
    return list(session.exec(statement.order_by(col(Job.created_at).desc()).limit(MOST_FAILED_MAILS)))


def trail(session: Session, wanted: EventFilter, language: str) -> Trail:
    """At most eight statements."""
    events = browse_events(session, wanted)
    return Trail(events, _subjects(session, events.rows, language), recorded_actions(session))


def retry_job(session: Session, viewer: Viewer, job_id: UUID) -> None:
    """Give a failed job a fresh set of tries."""
    job = _failed_job(session, viewer, job_id)
    retry(session, job.id)
    record(session, viewer.actor, "job_retried", ("job", job.id), kind=job.kind)


def give_job_up(session: Session, viewer: Viewer, job_id: UUID) -> None:
    """Forget a failed job: a mail to an address that is no more, or work that no longer matters."""
    job = _failed_job(session, viewer, job_id)
    record(session, viewer.actor, "job_given_up", ("job", job.id), kind=job.kind, error=job.last_error[:200])
    finish(session, job.id)


def require_administrator(viewer: Viewer) -> None:
    require(may_administer(viewer), Forbidden(N_("Only administrators see this page.")))


def _failed_job(session: Session, viewer: Viewer, job_id: UUID) -> Job:
    require_administrator(viewer)
    job = session.get(Job, job_id)
    if job is None or job.state != JobState.FAILED:
        raise NotFound(N_("This work was done or taken up again in the meantime."))
    return job


def _engine_stats(engine: SearchEngine) -> EngineStats | None:
    try:
        return engine.stats()
    except EngineUnavailable:
        return None


def _storage(session: Session, data_dir: Path) -> Storage:
    contents = (
        select(func.max(FileEntry.size_bytes).label("size_bytes")).group_by(col(FileEntry.sha256)).subquery()
    )
    files, size_bytes = session.exec(
        select(func.count(), func.coalesce(func.sum(contents.c.size_bytes), 0)).select_from(contents)
    ).one()
    return Storage(files, size_bytes, shutil.disk_usage(data_dir).free)


def _versions(session: Session) -> dict[str, str]:
    dialect = session.connection().dialect
    numbers: Iterable[Any] = dialect.server_version_info or ()
    return {
        "Sala": version("sala"),
        "Python": platform.python_version(),
        DATABASES.get(dialect.name, dialect.name): ".".join(map(str, numbers)),
    }


def _subjects(session: Session, events: Sequence[AuditEvent], language: str) -> dict[UUID, Subject]:
    """A name for each subject that still exists; at most one statement for each kind of thing."""
    ids: dict[str, set[UUID]] = {}
    for event in events:
        ids.setdefault(event.subject_kind, set()).add(event.subject_id)
    organisations = organisations_by_id(session, ids.get("organisation", ()))
    places = place_names(session, ids.get("place", ()), language)
    return {
        **{key: Subject(name) for key, name in people_names(session, ids.get("user", ())).items()},
        **{key: Subject(name) for key, name in group_names(session, ids.get("group", ())).items()},
        **{
            key: Subject(organisation.short_name, f"/organisations/{organisation.reference}")
            for key, organisation in organisations.items()
        },
        **_resources(session, ids.get("resource", set())),
        **{key: Subject(name, f"/places/{key}") for key, name in places.items()},
    }


def _resources(session: Session, ids: set[UUID]) -> dict[UUID, Subject]:
    if not ids:
        return {}
    rows = session.exec(select(Resource).where(col(Resource.id).in_(ids))).all()
    return {row.id: Subject(row.reference, f"/library/{row.reference}") for row in rows}
