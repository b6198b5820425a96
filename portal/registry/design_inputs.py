"""What may be asked before something is designed, and how a question is kept."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from portal.core.errors import N_
from portal.core.inputs import Line, OptionalId, empty_is_none
from portal.library.vocabularies import PolicyArea
from portal.registry.inputs import Day, Title
from portal.registry.line_inputs import Places
from portal.registry.terms import Reach
from portal.registry.vocabularies import Intervention, TargetGroup

# A kept question is for everybody, for members, or for one's own organisation.
KEPT_REACHES = (Reach.ORGANISATION, Reach.MEMBERS, Reach.PUBLIC)


def _kept_reach(value: object) -> object:
    if value not in KEPT_REACHES:
        raise ValueError(N_("Choose one of the list."))
    return value


class QuestionInput(BaseModel):
    """Where, what, for whom and when; everything may be left open."""

    places: Places = []
    policy_area: Annotated[PolicyArea | None, BeforeValidator(empty_is_none)] = None
    intervention: Annotated[Intervention | None, BeforeValidator(empty_is_none)] = None
    target_groups: list[TargetGroup] = []
    starts_on: Day = None
    ends_on: Day = None
    # The project that asks, by its reference: it is not compared with its own family.
    project: Line = ""


class KeepInput(QuestionInput):
    """A question with a name, and who may read it. Without an organisation it is its author's own."""

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    kept_for: OptionalId = None
    reach: Annotated[Reach, BeforeValidator(_kept_reach)] = Reach.ORGANISATION


class DraftInput(QuestionInput):
    """A question that becomes the draft of a project."""

    title: Annotated[Title, Field(min_length=1)]
    organisation: OptionalId = None
