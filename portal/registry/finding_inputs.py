"""What may come in about findings."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from portal.core.text import clean_text
from portal.registry.finding_models import Outcome


def _text(value: object) -> object:
    return clean_text(value) if isinstance(value, str) else value


Note = Annotated[str, BeforeValidator(_text), Field(max_length=2000)]
Message = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=4000)]


class DecisionInput(BaseModel):
    """What was decided, by which state of the finding, and why."""

    revision: int
    outcome: Outcome
    note: Note = ""


class CommentInput(BaseModel):
    comment: Message
    is_for_coordinators: bool = False


class FindingMessageInput(BaseModel):
    message: Message
