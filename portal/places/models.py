"""What is kept of a place: the unit itself, its names, its codes, each with the days it held.

Days are half open: a unit is valid from `valid_from` up to the day before `valid_to`; an empty end is open.
"""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.core.clock import UtcDateTime, now
from portal.core.ids import new_id


class Level(IntEnum):
    COUNTRY = 0
    PROVINCE = 1
    DISTRICT = 2


class NameKind(StrEnum):
    OFFICIAL = "official"
    VARIANT = "variant"
    FORMER = "former"


class Place(SQLModel, table=True):
    """A unit of administration. A closed one stays, so that what was recorded there keeps its place.

    Several units that came out of one point back with `predecessor_id`; several that went into one
    point on with `successor_id`.
    """

    __tablename__ = "place"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    level: int = Field(index=True)
    country: str = Field(max_length=2, index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="place.id", index=True)
    latitude: float | None = None
    longitude: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    predecessor_id: UUID | None = Field(default=None, foreign_key="place.id", index=True)
    successor_id: UUID | None = Field(default=None, foreign_key="place.id", index=True)

    @property
    def is_closed(self) -> bool:
        return self.valid_to is not None

    def is_valid(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on < self.valid_to
        )


class PlaceName(SQLModel, table=True):
    """One spelling of a place. `key` is what `matching.name_key` makes of it, the only way it is looked up."""

    __tablename__ = "place_name"
    __table_args__ = (
        UniqueConstraint("place_id", "language", "kind", "text", "valid_from", name="uq_place_name_spelling"),
        Index(
            "uq_place_name_official",
            "place_id",
            "language",
            unique=True,
            sqlite_where=text("kind = 'official'"),
            postgresql_where=text("kind = 'official'"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    place_id: UUID = Field(foreign_key="place.id", index=True)
    language: str = Field(max_length=8)
    kind: str = Field(max_length=10)
    text: str = Field(max_length=200)
    key: str = Field(max_length=200, index=True)
    valid_from: date | None = None
    valid_to: date | None = None


class PlaceCode(SQLModel, table=True):
    """A code of a place in one edition of a scheme, such as cod_pcode, iso3166_1 or iso3166_2.

    After a split a scheme's next edition may give an old code to a new unit, hence the edition in the key.
    """

    __tablename__ = "place_code"
    __table_args__ = (UniqueConstraint("scheme", "edition", "code", name="uq_place_code"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    place_id: UUID = Field(foreign_key="place.id", index=True)
    scheme: str = Field(max_length=40)
    code: str = Field(max_length=40, index=True)
    edition: str = Field(default="", max_length=40)


class PlaceMap(SQLModel, table=True):
    """The drawing of a place's units after real boundaries; without one the schematic map is shown."""

    __tablename__ = "place_map"

    place_id: UUID = Field(foreign_key="place.id", primary_key=True)
    # As `drawing.packed` gives it; areas by the id of the unit.
    sheet: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    source: str = Field(max_length=300)
    loaded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
