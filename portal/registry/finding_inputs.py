"""What may come in about findings."""

from typing import Annotated

from pydantic import BaseModel, Field

from portal.core.inputs import Text
from portal.registry.finding_models import Outcome

Note = Annotated[Text, Field(max_length=2000)]
Message = Annotated[Text, Field(min_length=1, max_length=4000)]


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
