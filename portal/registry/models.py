"""Tables of the register: projects with their parts, activity lines, planned events.

A project belongs to one organisation, which alone may edit it; its partners stand in roles. What is counted and
compared are its lines. Amounts are whole units of their currency (ISO 4217).
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.core.clock import UtcDateTime, now
from portal.core.ids import new_id
from portal.library.vocabularies import PolicyArea
from portal.registry.rows import People
from portal.registry.terms import (
    BudgetBand,
    BudgetStatus,
    DateBasis,
    EventKind,
    LinePlaceRole,
    LinkKind,
    PartnerRole,
    PeopleUnit,
    Reach,
    RecordKind,
    ResultKind,
    Stance,
    Status,
)
from portal.registry.vocabularies import Intervention, Modality


class ProjectState(StrEnum):
    """`DRAFT` has never been shown to others, `WITHDRAWN` leaves a tombstone at its address."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class Project(SQLModel, table=True):
    __tablename__ = "project"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int = Field(unique=True)
    # Who may edit it; never exported. A reporting role gives no right.
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    # Who reports it in exchange formats, when that is another organisation than the owner.
    reporting_organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    created_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    state: ProjectState = Field(default=ProjectState.DRAFT, max_length=12, index=True)
    kind: RecordKind = Field(default=RecordKind.PROJECT, max_length=20)
    status: Status = Field(default=Status.PLANNED, max_length=12)
    planned_start: date | None = None
    actual_start: date | None = None
    planned_end: date | None = None
    actual_end: date | None = None
    reach: Reach = Field(default=Reach.PUBLIC, max_length=14)
    group_id: UUID | None = Field(default=None, foreign_key="organisation_group.id")
    currency: str = Field(default="", max_length=3)
    total_budget: int | None = Field(default=None, sa_type=BigInteger)
    budget_band: BudgetBand | None = Field(default=None, max_length=20)
    iati_identifier: str = Field(default="", max_length=200, index=True)
    # Records of the same work, joined by links, share the id of their oldest member.
    family_id: UUID = Field(index=True)
    # The last change of the register that touched it or a part of it.
    sequence: int = Field(default=0, sa_type=BigInteger, index=True)
    # The import that brought it, when a workbook did.
    import_id: UUID | None = Field(default=None, index=True)
    # Somebody of the owner said "still correct"; an edit is not a confirmation.
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confirmed_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    # Counts the edits: a form that was opened at an older revision may not overwrite a newer one.
    revision: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawal_note: str = Field(default="", max_length=2000)

    @property
    def reference(self) -> str:
        return f"LA-{self.number:04d}"

    @property
    def is_published(self) -> bool:
        return self.state == ProjectState.PUBLISHED

    @property
    def starts_on(self) -> date | None:
        return self.actual_start or self.planned_start

    @property
    def ends_on(self) -> date | None:
        return self.actual_end or self.planned_end


class ProjectText(SQLModel, table=True):
    """Title, summary and objectives in one language."""

    __tablename__ = "project_text"

    project_id: UUID = Field(foreign_key="project.id", primary_key=True)
    language: str = Field(primary_key=True, max_length=8)
    title: str = Field(default="", max_length=500)
    summary: str = Field(default="", max_length=8000)
    objectives: str = Field(default="", max_length=8000)


class ProjectPartner(SQLModel, table=True):
    """An organisation in a role, with its share of the money where that is known."""

    __tablename__ = "project_partner"
    __table_args__ = (UniqueConstraint("project_id", "organisation_id", "role"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    project_id: UUID = Field(foreign_key="project.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    role: PartnerRole = Field(max_length=24)
    is_lead: bool = False
    amount: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(default="", max_length=3)
    share_percent: int | None = None
    # The partner's own reference of this work (IATI @activity-id).
    their_reference: str = Field(default="", max_length=200)
    stance: Stance = Field(default=Stance.UNCONFIRMED, max_length=12)
    stance_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stance_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    stance_note: str = Field(default="", max_length=1000)


class ProjectLink(SQLModel, table=True):
    """What `other_id` is to `project_id`; stored once, read from both sides with `LINK_INVERSES`."""

    __tablename__ = "project_link"
    __table_args__ = (UniqueConstraint("project_id", "other_id", "kind"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    project_id: UUID = Field(foreign_key="project.id", index=True)
    other_id: UUID = Field(foreign_key="project.id", index=True)
    kind: LinkKind = Field(max_length=14)
    note: str = Field(default="", max_length=500)
    created_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # A link to a record of another organisation makes one family only when that side has agreed.
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ProjectBudget(SQLModel, table=True):
    """The budget of one calendar year in one currency (IATI: a budget period of at most a year)."""

    __tablename__ = "project_budget"
    __table_args__ = (UniqueConstraint("project_id", "year", "currency"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    project_id: UUID = Field(foreign_key="project.id", index=True)
    year: int
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)
    status: BudgetStatus = Field(default=BudgetStatus.INDICATIVE, max_length=1)


class ProjectIndicator(SQLModel, table=True):
    """What the project measures, with where it began, what it aims at and how far it is."""

    __tablename__ = "project_indicator"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    project_id: UUID = Field(foreign_key="project.id", index=True)
    position: int = 0
    kind: ResultKind = Field(max_length=1)
    title: str = Field(max_length=500)
    unit: str = Field(default="", max_length=60)
    baseline: str = Field(default="", max_length=60)
    baseline_year: int | None = None
    target: str = Field(default="", max_length=60)
    reached: str = Field(default="", max_length=60)
    reached_on: date | None = None


class LineState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    REMOVED = "removed"


class ActivityLine(SQLModel, table=True):
    """Who does what, where, when and for whom: the row of a 3W."""

    __tablename__ = "activity_line"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    project_id: UUID = Field(foreign_key="project.id", index=True)
    # Counted within the project and never given twice: LA-0042-03.
    number: int
    reference: str = Field(max_length=20, unique=True)
    state: LineState = Field(default=LineState.DRAFT, max_length=12, index=True)
    implementer_id: UUID = Field(foreign_key="organisation.id", index=True)
    policy_area: PolicyArea = Field(max_length=14)
    # Further ones of the 4P that it serves, the primary one left out.
    other_policy_areas: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    intervention: Intervention | None = Field(default=None, max_length=10)
    modality: Modality | None = Field(default=None, max_length=24)
    target_groups: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    forms: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    description: str = Field(default="", max_length=2000)
    starts_on: date | None = None
    ends_on: date | None = None
    date_basis: DateBasis = Field(default=DateBasis.PLANNED, max_length=8)
    # None: as the project says.
    status: Status | None = Field(default=None, max_length=12)
    unit: PeopleUnit = Field(default=PeopleUnit.PEOPLE, max_length=12)
    planned_total: int | None = None
    planned_women: int | None = None
    planned_men: int | None = None
    planned_girls: int | None = None
    planned_boys: int | None = None
    reached_total: int | None = None
    reached_women: int | None = None
    reached_men: int | None = None
    reached_girls: int | None = None
    reached_boys: int | None = None
    # None: as widely as the project; otherwise the narrower of the two holds.
    reach: Reach | None = Field(default=None, max_length=14)
    # A partner's or another system's own id of this row, so that importing it again changes it.
    external_reference: str = Field(default="", max_length=200, index=True)
    import_id: UUID | None = Field(default=None, index=True)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confirmed_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    revision: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    removal_reason: str = Field(default="", max_length=500)

    @property
    def planned(self) -> People:
        return People(
            self.planned_total, self.planned_women, self.planned_men, self.planned_girls, self.planned_boys
        )

    @property
    def reached(self) -> People:
        return People(
            self.reached_total, self.reached_women, self.reached_men, self.reached_girls, self.reached_boys
        )


class LinePlace(SQLModel, table=True):
    """A district, an explicit whole province, or the whole country; abroad with another role."""

    __tablename__ = "line_place"

    line_id: UUID = Field(foreign_key="activity_line.id", primary_key=True)
    place_id: UUID = Field(foreign_key="place.id", primary_key=True, index=True)
    role: LinePlaceRole = Field(default=LinePlaceRole.ACTIVITY, primary_key=True, max_length=12)
    share_percent: int | None = None


class PlannedEvent(SQLModel, table=True):
    """A training, campaign or workshop on given days; held to be told to others before it happens."""

    __tablename__ = "planned_event"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    project_id: UUID = Field(foreign_key="project.id", index=True)
    number: int
    # LA-0042-E03.
    reference: str = Field(max_length=20, unique=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    kind: EventKind = Field(max_length=10)
    title: str = Field(max_length=300)
    intervention: Intervention | None = Field(default=None, max_length=10)
    target_groups: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    starts_on: date
    ends_on: date
    is_cancelled: bool = False
    reach: Reach | None = Field(default=None, max_length=14)
    revision: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class EventPlace(SQLModel, table=True):
    __tablename__ = "event_place"

    event_id: UUID = Field(foreign_key="planned_event.id", primary_key=True)
    place_id: UUID = Field(foreign_key="place.id", primary_key=True, index=True)


class RegisterState(SQLModel, table=True):
    """One row by which whoever keeps a copy of the register in memory knows that it is old.

    Every change counts `sequence` up and writes it to the projects it touched. The row stays locked until the
    change is committed, so the numbers become visible in their order. A new `token` makes every copy void.
    """

    __tablename__ = "register_state"

    id: int = Field(default=1, primary_key=True)
    token: str = Field(max_length=32)
    sequence: int = Field(default=0, sa_type=BigInteger)
