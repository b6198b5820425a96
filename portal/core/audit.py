"""The audit trail: who did what to which thing, when. Rows are added and never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, func
from sqlmodel import Field, Session, SQLModel, col, select

from portal.core.clock import UtcDateTime, now
from portal.core.ids import new_id
from portal.core.paging import Page

EVENTS_PER_PAGE = 50
MOST_PAGES = 10_000


class AuditEvent(SQLModel, table=True):
    __tablename__ = "audit_event"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    actor_id: UUID | None = Field(default=None, index=True)
    # The name as it was: an account may be deleted, what it did remains told.
    actor_name: str = Field(max_length=200)
    action: str = Field(max_length=60)
    subject_kind: str = Field(max_length=40)
    subject_id: UUID = Field(index=True)
    organisation_id: UUID | None = Field(default=None, index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


@dataclass(frozen=True)
class EventFilter:
    """What is asked of the whole trail; `person` is part of a name as it was then."""

    action: str = ""
    person: str = ""
    page: int = 1


def record(
    session: Session,
    actor: tuple[UUID | None, str],
    action: str,
    subject: tuple[str, UUID],
    *,
    organisation_id: UUID | None = None,
    **details: Any,
) -> AuditEvent:
    """Add one event in the transaction of the change it tells of."""
    event = AuditEvent(
        actor_id=actor[0],
        actor_name=actor[1],
        action=action,
        subject_kind=subject[0],
        subject_id=subject[1],
        organisation_id=organisation_id,
        details=details,
    )
    session.add(event)
    return event


def events_of(session: Session, subject_id: UUID, limit: int = 1000) -> list[AuditEvent]:
    """What happened to one thing, newest first."""
    statement = (
        select(AuditEvent)
        .where(AuditEvent.subject_id == subject_id)
        .order_by(col(AuditEvent.at).desc(), col(AuditEvent.id).desc())
        .limit(limit)
    )
    return list(session.exec(statement))


def browse_events(session: Session, wanted: EventFilter) -> Page[AuditEvent]:
    """What happened anywhere, newest first; two statements."""
    statement = select(AuditEvent)
    if wanted.action:
        statement = statement.where(AuditEvent.action == wanted.action)
    if wanted.person:
        statement = statement.where(col(AuditEvent.actor_name).icontains(wanted.person, autoescape=True))
    number = max(1, min(wanted.page, MOST_PAGES))
    total = session.exec(select(func.count()).select_from(statement.subquery())).one()
    rows = session.exec(
        statement.order_by(col(AuditEvent.at).desc(), col(AuditEvent.id).desc())
        .offset((number - 1) * EVENTS_PER_PAGE)
        .limit(EVENTS_PER_PAGE)
    ).all()
    return Page(rows=rows, total=total, number=number, size=EVENTS_PER_PAGE)


def recorded_actions(session: Session) -> list[str]:
    """Every kind of action in the trail, to choose from."""
    return sorted(session.exec(select(AuditEvent.action).distinct()))
