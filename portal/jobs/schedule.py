"""What happens by the clock: each periodic job, how often, and whether it is due."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel

from portal.core.clock import UtcDateTime, now
from portal.core.queue import enqueue

PERIODS: Mapping[str, timedelta] = {
    # More often than weekly: a week begins at one moment, and who was mailed in it is written down.
    "send_reminders": timedelta(hours=12),
    "index_uses": timedelta(hours=1),
    "forget_expired": timedelta(hours=6),
    "find_overlaps": timedelta(hours=24),
}


class PeriodicJob(SQLModel, table=True):
    """When a periodic job was last asked for; written in the transaction that enqueues it."""

    __tablename__ = "periodic_job"

    kind: str = Field(primary_key=True, max_length=40)
    last_at: datetime = Field(sa_type=UtcDateTime)


def enqueue_due(session: Session) -> int:
    """Ask for every periodic job whose time has come; return how many. Two workers never ask twice."""
    moment = now()
    count = 0
    for kind, period in PERIODS.items():
        row = session.get(PeriodicJob, kind, with_for_update=True)
        if row is None:
            session.add(PeriodicJob(kind=kind, last_at=moment))
            continue
        if row.last_at + period <= moment:
            row.last_at = moment
            enqueue(session, kind)
            count += 1
    return count
