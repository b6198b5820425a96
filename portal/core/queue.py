"""Jobs: work to be done after the transaction that asked for it, by another process.

A job is written in the same transaction as its cause, so neither exists without the other. A claim is a
lease: when its worker dies, another one takes the job up again, so every handler must bear being run twice.
"""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ColumnElement, func, or_
from sqlmodel import Field, Session, SQLModel, col, select

from portal.core.clock import UtcDateTime, now
from portal.core.ids import new_id

MAXIMUM_ATTEMPTS = 5
LEASE = timedelta(minutes=5)
# Somebody sits and waits for these; a hundred files to read must not stand before them.
AWAITED_KINDS = frozenset({"send_mail"})
BACK_OFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


class JobState(StrEnum):
    DUE = "due"
    RUNNING = "running"
    FAILED = "failed"


class Job(SQLModel, table=True):
    """One piece of work; the row is deleted when it is done."""

    __tablename__ = "job"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=40, index=True)
    arguments: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: JobState = Field(default=JobState.DUE, max_length=10, index=True)
    due_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    attempts: int = 0
    last_error: str = Field(default="", max_length=2000)
    leased_by: str = Field(default="", max_length=120)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


@dataclass(frozen=True)
class QueueState:
    """What the administrator's page shows: counts, and how long the oldest due job has waited."""

    due: int
    running: int
    failed: int
    oldest_due_at: datetime | None


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def enqueue(session: Session, kind: str, *, after: timedelta = timedelta(0), **arguments: Any) -> Job:
    """Ask for work; it becomes visible to workers when the caller's transaction is committed."""
    job = Job(kind=kind, arguments=arguments, due_at=now() + after)
    session.add(job)
    return job


def claim(session: Session, worker: str) -> Job | None:
    """Take the oldest job that is due or whose worker is gone, awaited ones first; None when nothing is to do.

    PostgreSQL skips rows that another worker is claiming; on SQLite the writing transaction is alone.
    """
    moment = now()
    statement = (
        select(Job)
        .where(_is_claimable(moment))
        .order_by(col(Job.kind).not_in(AWAITED_KINDS), col(Job.due_at), col(Job.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = session.exec(statement).first()
    if job is None:
        return None
    if job.attempts >= MAXIMUM_ATTEMPTS:
        # It took its worker down each time; left in the queue it would do so for ever.
        job.state, job.last_error = JobState.FAILED, "The worker died at every attempt."
        session.flush()
        return claim(session, worker)
    job.state = JobState.RUNNING
    job.attempts += 1
    job.leased_by = worker
    job.leased_until = moment + LEASE
    return job


def has_claimable(session: Session) -> bool:
    """Whether `claim` would find something now; needs no lock."""
    return session.exec(select(Job.id).where(_is_claimable(now())).limit(1)).first() is not None


def release_dead_leases(session: Session) -> int:
    """Free the jobs of workers of this machine that no longer run; return how many.

    Called when a worker starts, so that a killed one's work is not left waiting for its lease to end.
    """
    host = socket.gethostname()
    released = 0
    for job in session.exec(select(Job).where(Job.state == JobState.RUNNING)):
        machine, _, process = job.leased_by.rpartition(":")
        if machine == host and not _is_alive(int(process)):
            job.leased_until = now() - timedelta(seconds=1)
            released += 1
    return released


def finish(session: Session, job_id: UUID) -> None:
    """Forget a job that is done. Nothing happens if another worker finished it first."""
    if job := session.get(Job, job_id):
        session.delete(job)


def fail(session: Session, job_id: UUID, error: str) -> None:
    """Put a job back for a later try, or set it aside for a person after the last one."""
    job = session.get(Job, job_id)
    if job is None:
        return
    job.last_error = error[:2000]
    job.leased_by = ""
    job.leased_until = None
    if job.attempts >= MAXIMUM_ATTEMPTS:
        job.state = JobState.FAILED
    else:
        job.state = JobState.DUE
        job.due_at = now() + BACK_OFF[min(job.attempts, len(BACK_OFF)) - 1]


def retry(session: Session, job_id: UUID) -> None:
    """Give a failed job a fresh set of tries, at once."""
    job = session.get(Job, job_id)
    if job is not None and job.state == JobState.FAILED:
        job.state, job.attempts, job.due_at = JobState.DUE, 0, now()


def queue_state(session: Session) -> QueueState:
    counts = dict(session.exec(select(Job.state, func.count()).group_by(col(Job.state))).all())
    oldest = session.exec(select(func.min(Job.due_at)).where(Job.state == JobState.DUE)).one()
    return QueueState(
        due=counts.get(JobState.DUE, 0),
        running=counts.get(JobState.RUNNING, 0),
        failed=counts.get(JobState.FAILED, 0),
        oldest_due_at=oldest,
    )


def failed_jobs(session: Session, limit: int = 100) -> Sequence[Job]:
    statement = select(Job).where(Job.state == JobState.FAILED).order_by(col(Job.created_at)).limit(limit)
    return session.exec(statement).all()


def _is_claimable(moment: datetime) -> ColumnElement[bool]:
    return or_(
        (col(Job.state) == JobState.DUE) & (col(Job.due_at) <= moment),
        (col(Job.state) == JobState.RUNNING) & (col(Job.leased_until) < moment),
    )


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
