"""Tables of what was found to stand on each other, and what people made of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.core.clock import UtcDateTime, now
from portal.core.errors import N_
from portal.core.ids import new_id


class FindingState(StrEnum):
    """Who has done what with it. The last three end it; the machine ends it with `SUPERSEDED` and `EXPIRED`."""

    DETECTED = "detected"
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    UNDER_REVIEW = "under_review"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


FINDING_STATE_LABELS = {
    FindingState.DETECTED: N_("New"),
    FindingState.NOTIFIED: N_("Both sides were told"),
    FindingState.ACKNOWLEDGED: N_("One side has answered"),
    FindingState.UNDER_REVIEW: N_("A coordinator looks at it"),
    FindingState.RESOLVED: N_("Settled"),
    FindingState.ACCEPTED: N_("Accepted as it is"),
    FindingState.DISMISSED: N_("Not an overlap"),
    FindingState.SUPERSEDED: N_("No longer so: the records changed"),
    FindingState.EXPIRED: N_("Over: its time has passed"),
}
OPEN_STATES = (
    FindingState.DETECTED,
    FindingState.NOTIFIED,
    FindingState.ACKNOWLEDGED,
    FindingState.UNDER_REVIEW,
)
DECIDED_STATES = (FindingState.RESOLVED, FindingState.ACCEPTED, FindingState.DISMISSED)


class Outcome(StrEnum):
    """What was decided; each belongs to one of the three deciding states (`registry.md` 4.2 and 4.5)."""

    COORDINATED = "coordinated"
    LINKED = "same_activity"
    SESSIONS_MERGED = "sessions_merged"
    CURRICULUM_SHARED = "curriculum_shared"
    CORRECTED = "data_error"
    AGREED = "consortium_or_agreed"
    COMPLEMENTARY = "complementary"
    NEEDED = "justified_density"
    AVOIDABLE = "avoidable"
    NOT_THE_SAME = "not_the_same"


OUTCOME_LABELS = {
    Outcome.COORDINATED: N_("They have agreed who does what"),
    Outcome.LINKED: N_("It is the same work, recorded twice"),
    Outcome.SESSIONS_MERGED: N_("The events are held together"),
    Outcome.CURRICULUM_SHARED: N_("They share the material and keep their dates"),
    Outcome.CORRECTED: N_("A record was wrong and is put right"),
    Outcome.AGREED: N_("A consortium, or agreed beforehand"),
    Outcome.COMPLEMENTARY: N_("They do different steps of one chain"),
    Outcome.NEEDED: N_("The need is greater than both together"),
    Outcome.AVOIDABLE: N_("It could have been avoided"),
    Outcome.NOT_THE_SAME: N_("It is not the same work or not the same people"),
}
OUTCOME_STATES = {
    Outcome.COORDINATED: FindingState.RESOLVED,
    Outcome.LINKED: FindingState.RESOLVED,
    Outcome.SESSIONS_MERGED: FindingState.RESOLVED,
    Outcome.CURRICULUM_SHARED: FindingState.RESOLVED,
    Outcome.CORRECTED: FindingState.RESOLVED,
    Outcome.AGREED: FindingState.ACCEPTED,
    Outcome.COMPLEMENTARY: FindingState.ACCEPTED,
    Outcome.NEEDED: FindingState.ACCEPTED,
    Outcome.AVOIDABLE: FindingState.ACCEPTED,
    Outcome.NOT_THE_SAME: FindingState.DISMISSED,
}


class Finding(SQLModel, table=True):
    """Two lines, projects or events that stand on each other, with the reasons and the decision."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("queue", "first_id", "second_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int = Field(unique=True)
    # A value of `scoring.Queue`.
    queue: str = Field(max_length=10, index=True)
    # The two lines, projects or events, in the order of their ids, with their projects.
    first_id: UUID = Field(index=True)
    second_id: UUID = Field(index=True)
    first_project_id: UUID = Field(foreign_key="project.id", index=True)
    second_project_id: UUID = Field(foreign_key="project.id", index=True)
    first_revision: int
    second_revision: int
    # Values of `scoring.Band` and `scoring.Confidence`; empty where the queue knows none.
    band: str = Field(default="", max_length=10, index=True)
    confidence: str = Field(default="", max_length=1)
    score: int = Field(default=0, index=True)
    # Everything the sentence and the breakdown are made of: see `detection.Detected`.
    reasons: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    # What the decision was about: while it stays the same, what was dismissed does not come back.
    signature: str = Field(max_length=64)
    scoring_version: str = Field(max_length=20)
    settings_hash: str = Field(max_length=16)
    province_id: UUID | None = Field(default=None, foreign_key="place.id", index=True)
    policy_area: str = Field(default="", max_length=14)
    ends_on: date | None = None
    # Told to coordinators only, who talk with the parties.
    is_restricted: bool = False
    state: FindingState = Field(default=FindingState.DETECTED, max_length=14, index=True)
    outcome: Outcome | None = Field(default=None, max_length=24)
    decision_note: str = Field(default="", max_length=2000)
    decided_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    decided_by_name: str = Field(default="", max_length=200)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revision: int = 1
    detected_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    @property
    def reference(self) -> str:
        return reference_of(self.number)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


def reference_of(number: int) -> str:
    return f"F-{number:04d}"


class FindingEvent(SQLModel, table=True):
    """What happened to a finding: a change of state, a comment, a message to the other side."""

    __tablename__ = "finding_event"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    finding_id: UUID = Field(foreign_key="finding.id", index=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    actor_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    # The name as it was; empty for what the portal did by itself.
    actor_name: str = Field(default="", max_length=200)
    # A value of `FindingState`, "comment", "message" or "reopened".
    kind: str = Field(max_length=20)
    text: str = Field(default="", max_length=4000)
    # Read by coordinators only.
    is_for_coordinators: bool = False


class ComparedUpTo(SQLModel, table=True):
    """One row: up to which change of the register overlaps were looked for, and by which rules."""

    __tablename__ = "compared_up_to"

    id: int = Field(default=1, primary_key=True)
    token: str = Field(default="", max_length=32)
    sequence: int = Field(default=0, sa_type=BigInteger)
    settings_hash: str = Field(default="", max_length=16)
