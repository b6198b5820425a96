"""Tables of imports: a file that was handed in, its rows with what became of them, and what was learnt from answers."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.core.clock import UtcDateTime, now
from portal.core.ids import new_id


class BatchState(StrEnum):
    # The columns have to be matched by hand first.
    MATCHING = "matching"
    # Nothing is written yet: people look, answer and choose.
    PREVIEW = "preview"
    IMPORTED = "imported"
    UNDONE = "undone"


class RowState(StrEnum):
    """What importing a row would do."""

    NEW = "new"
    CHANGED = "changed"
    DELETED = "deleted"
    UNCHANGED = "unchanged"
    # Possibly a line that stands here or in the file already.
    DUPLICATE = "duplicate"
    # It waits for an answer.
    QUESTION = "question"
    ERROR = "error"


# What can be chosen for writing; an unchanged row only where it confirms its line.
WRITABLE = frozenset(
    {RowState.NEW, RowState.CHANGED, RowState.DELETED, RowState.DUPLICATE, RowState.UNCHANGED}
)


class Outcome(StrEnum):
    """What importing a row did."""

    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"


class ImportBatch(SQLModel, table=True):
    """One file handed in for one organisation. The file itself is kept under its SHA-256."""

    __tablename__ = "import_batch"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int = Field(unique=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    created_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    state: BatchState = Field(default=BatchState.PREVIEW, max_length=10)
    file_name: str = Field(max_length=255)
    sha256: str = Field(max_length=64, index=True)
    size_bytes: int
    # Where the table stands in the file, as `layout.Layout` says it, and the name of its sheet.
    layout: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    # What comes first in 01/05/2024, when a person had to say so.
    day_order: str = Field(default="", max_length=12)
    # What has to be answered, with suggestions: list name, text, key, column, rows, suggestions.
    questions: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    # References of lines that an undo left as they are, because somebody changed them since.
    not_undone: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    imported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def reference(self) -> str:
        return f"I-{self.number:04d}"


class ImportRow(SQLModel, table=True):
    """A row of the file: its cells, what they would do, and what they did."""

    __tablename__ = "import_row"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    batch_id: UUID = Field(foreign_key="import_batch.id", index=True)
    # As the spreadsheet counts it.
    number: int
    # By position, counted from 0; `uploads.tables.cells.to_wire` writes them.
    raw: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: RowState = Field(default=RowState.NEW, max_length=10, index=True)
    title: str = Field(default="", max_length=300)
    remarks: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    # What would change: column, old and new, in words. Of an unchanged row the day of its confirmation alone;
    # of a new one what it says, without `old`.
    changes: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    is_chosen: bool = True
    line_reference: str = Field(default="", max_length=20)
    # Says which row it is when it carries no number: the same row of a later file has the same.
    fingerprint: str = Field(default="", max_length=64, index=True)
    outcome: Outcome | None = Field(default=None, max_length=10)
    line_id: UUID | None = Field(default=None, index=True)
    # What the line said before, and its revision after: what undoing needs.
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    revision_after: int = 0

    @property
    def does_something(self) -> bool:
        """Whether importing it writes anything: of a line that stays as it is, that it is still correct."""
        return self.state in WRITABLE and (self.state != RowState.UNCHANGED or bool(self.changes))


class ColumnMapping(SQLModel, table=True):
    """How an organisation matched the columns of files with these headers."""

    __tablename__ = "import_column_mapping"
    __table_args__ = (UniqueConstraint("organisation_id", "signature"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    signature: str = Field(max_length=2000)
    # Column by folded header.
    columns: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ImportAlias(SQLModel, table=True):
    """What an organisation means by a word: an answer that is not asked for again."""

    __tablename__ = "import_alias"
    __table_args__ = (UniqueConstraint("organisation_id", "list_name", "key"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    list_name: str = Field(max_length=20)
    key: str = Field(max_length=300)
    text: str = Field(max_length=200)
    # The id or code that is meant; empty where the word is to be left out.
    target: str = Field(default="", max_length=60)
    created_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
