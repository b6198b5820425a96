"""The audit trail: who did what to which thing, when. Rows are added and never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from portal.core.clock import UtcDateTime, now
from portal.core.ids import new_id


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


def events_of(session: Session, subject_id: UUID, limit: int = 200) -> list[AuditEvent]:
    """What happened to one thing, newest first."""
    statement = (
        select(AuditEvent)
        .where(AuditEvent.subject_id == subject_id)
        .order_by(col(AuditEvent.at).desc(), col(AuditEvent.id).desc())
        .limit(limit)
    )
    return list(session.exec(statement))
