"""Questions that people kept, to read them again and to share them by their address."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from portal.core.clock import UtcDateTime, now
from portal.core.ids import new_id
from portal.registry.terms import Reach


class DesignQuestion(SQLModel, table=True):
    """Only the question is kept: each reader gets the answer of the day, of what they may see."""

    __tablename__ = "design_question"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int = Field(unique=True)
    name: str = Field(max_length=200)
    # As `QuestionInput` writes it; places by their ids.
    question: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    reach: Reach = Field(max_length=14)
    created_by_id: UUID | None = Field(default=None, foreign_key="user_account.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    @property
    def reference(self) -> str:
        return f"D-{self.number:04d}"
