"""Tables beside the lines: what people say is not done, what is expected where, and what statistics tell."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.core.clock import UtcDateTime, now
from portal.core.ids import new_id
from portal.library.vocabularies import PolicyArea
from portal.registry.vocabularies import Intervention


class AttestationKind(StrEnum):
    """`NIL_RETURN`: an organisation does nothing there. `NOBODY`: a committee says that nobody does."""

    NIL_RETURN = "nil_return"
    NOBODY = "nobody"


class Attestation(SQLModel, table=True):
    """A dated statement that nothing is done somewhere; withdrawn ones stay for the record."""

    __tablename__ = "attestation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: AttestationKind = Field(max_length=12)
    # Who does nothing there; none when nobody does.
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    place_id: UUID = Field(foreign_key="place.id", index=True)
    # None: none of the 4P.
    policy_area: PolicyArea | None = Field(default=None, max_length=14)
    said_on: date
    # Who says so when it is not the organisation itself: "Houayxay district committee".
    said_by: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=1000)
    created_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Expectation(SQLModel, table=True):
    """What should be there: a priority district, or a part of the minimum package; kept by coordinators."""

    __tablename__ = "expectation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    place_id: UUID = Field(foreign_key="place.id", index=True)
    policy_area: PolicyArea | None = Field(default=None, max_length=14)
    intervention: Intervention | None = Field(default=None, max_length=10)
    # Which plan or decision asks for it.
    source: str = Field(max_length=300)
    from_on: date | None = None
    until_on: date | None = None
    created_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Statistic(SQLModel, table=True):
    """One figure of a series: a place, a year, a sex. Sources that differ stand beside each other."""

    __tablename__ = "statistic"
    __table_args__ = (UniqueConstraint("series", "place_id", "year", "sex", "source"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    # A key of `statistics.SERIES`, such as returned_from_thailand.
    series: str = Field(max_length=60, index=True)
    place_id: UUID = Field(foreign_key="place.id", index=True)
    year: int = Field(index=True)
    # "total", "female" or "male".
    sex: str = Field(default="total", max_length=8)
    value: int = Field(sa_type=BigInteger)
    source: str = Field(max_length=300)


class ReminderSent(SQLModel, table=True):
    """Which reminder an organisation already got, so that it gets one a period."""

    __tablename__ = "reminder_sent"

    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    period: str = Field(primary_key=True, max_length=20)
    sent_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
