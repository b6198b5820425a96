"""Tables of the library.

A resource is what has an address and an owner; a version carries the description and the files. The address
always shows the newest published version; older ones stay readable. What is inside a file is stored once
for its bytes (`Reading`), however many versions carry it.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.core.clock import UtcDateTime, now
from portal.core.ids import new_id
from portal.library.vocabularies import (
    FileRole,
    Licence,
    PlaceRelation,
    ResourceType,
    Visibility,
    WithdrawalReason,
)


class ResourceState(StrEnum):
    """`DRAFT` has never been public, `WITHDRAWN` leaves a tombstone at its address."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class Resource(SQLModel, table=True):
    __tablename__ = "resource"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int = Field(unique=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    created_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    # Whose hands a draft is in; a colleague may be asked to go on with it.
    assigned_to_id: UUID | None = Field(default=None, foreign_key="user_account.id", index=True)
    state: ResourceState = Field(default=ResourceState.DRAFT, max_length=12, index=True)
    visibility: Visibility = Field(max_length=12)
    files_visibility: Visibility = Field(max_length=12)
    group_id: UUID | None = Field(default=None, foreign_key="organisation_group.id")
    current_version_id: UUID | None = Field(default=None)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawal_reason: WithdrawalReason | None = Field(default=None, max_length=30)
    withdrawal_note: str = Field(default="", max_length=2000)
    successor_id: UUID | None = Field(default=None, foreign_key="resource.id")

    @property
    def reference(self) -> str:
        return f"R-{self.number:04d}"

    @property
    def is_published(self) -> bool:
        return self.state == ResourceState.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        return self.state == ResourceState.WITHDRAWN


class NamedReader(SQLModel, table=True):
    """A person named as a reader of something that is shared with named people only."""

    __tablename__ = "named_reader"

    resource_id: UUID = Field(foreign_key="resource.id", primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True, index=True)


class Version(SQLModel, table=True):
    """One edition of a resource: its description, frozen in time when the next one is published."""

    __tablename__ = "resource_version"
    __table_args__ = (UniqueConstraint("resource_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    number: int = 1
    # Counts the edits: a form that was opened at an older revision may not overwrite a newer one.
    revision: int = 1
    change_note: str = Field(default="", max_length=1000)
    resource_type: ResourceType | None = Field(default=None, max_length=30)
    # As precise as is known: "2019", "2019-05" or "2019-05-03".
    issued: str = Field(default="", max_length=10)
    licence: Licence = Field(default=Licence.UNKNOWN, max_length=40)
    licence_note: str = Field(default="", max_length=500)
    authors: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    languages: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    policy_areas: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    sectors: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    audiences: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    # Names of fields whose value the machine proposed and no person has confirmed or changed yet.
    proposed: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def year(self) -> int | None:
        return int(self.issued[:4]) if self.issued else None

    @property
    def issued_on(self) -> date | None:
        """The first day the date can mean: for sorting."""
        if not self.issued:
            return None
        year, month, day = [*(int(part) for part in self.issued.split("-")), 1, 1][:3]
        return date(year, month, day)


class VersionText(SQLModel, table=True):
    """Title and summary in one language; a version has one row for each language it is described in."""

    __tablename__ = "resource_text"

    version_id: UUID = Field(foreign_key="resource_version.id", primary_key=True)
    language: str = Field(primary_key=True, max_length=8)
    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    position: int = 0
    title: str = Field(default="", max_length=500)
    summary: str = Field(default="", max_length=8000)


class VersionPlace(SQLModel, table=True):
    __tablename__ = "resource_place"

    version_id: UUID = Field(foreign_key="resource_version.id", primary_key=True)
    place_id: UUID = Field(foreign_key="place.id", primary_key=True, index=True)
    relation: PlaceRelation = Field(default=PlaceRelation.ABOUT, primary_key=True, max_length=12)
    resource_id: UUID = Field(foreign_key="resource.id", index=True)


class ReadingState(StrEnum):
    WAITING = "waiting"
    READ = "read"
    PARTIAL = "partial"
    UNREADABLE = "unreadable"


class Reading(SQLModel, table=True):
    """What reading the bytes with this SHA-256 gave; made once, shared by every file entry that has them."""

    __tablename__ = "reading"

    sha256: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=12)
    state: ReadingState = Field(default=ReadingState.WAITING, max_length=12, index=True)
    # A code of `uploads.sandbox.Problem`; the sentence for people is in `wording.py`.
    problem: str = Field(default="", max_length=30)
    unit: str = Field(default="page", max_length=12)
    page_count: int = 0
    languages: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    properties: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    # The first page as a picture, kept among the stored files.
    preview_sha256: str = Field(default="", max_length=64)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PageText(SQLModel, table=True):
    """The text of one page, slide, sheet or section; numbers count from 1."""

    __tablename__ = "page_text"

    sha256: str = Field(foreign_key="reading.sha256", primary_key=True, max_length=64)
    number: int = Field(primary_key=True)
    text: str = Field(sa_column=Column(Text, nullable=False))


class FileEntry(SQLModel, table=True):
    """A file of a version, under the name and role it has there."""

    __tablename__ = "file_entry"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version_id: UUID = Field(foreign_key="resource_version.id", index=True)
    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    position: int = 0
    name: str = Field(max_length=255)
    role: FileRole = Field(default=FileRole.MAIN, max_length=30)
    language: str = Field(default="", max_length=8)
    sha256: str = Field(foreign_key="reading.sha256", max_length=64, index=True)
    size_bytes: int
    kind: str = Field(max_length=12)
    media_type: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class FileRefusal(SQLModel, table=True):
    """A file of an upload that was not taken, kept until somebody has read why."""

    __tablename__ = "file_refusal"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version_id: UUID = Field(foreign_key="resource_version.id", index=True)
    name: str = Field(max_length=255)
    # A marked sentence, translated when it is shown.
    reason: str = Field(max_length=300)


class ResourceUse(SQLModel, table=True):
    """How often something was opened and downloaded; apart from the resource, so that counting is cheap."""

    __tablename__ = "resource_use"

    resource_id: UUID = Field(foreign_key="resource.id", primary_key=True)
    downloads: int = 0
    # What the index knows; a difference makes the resource stale at the next hourly round.
    downloads_indexed: int = 0
