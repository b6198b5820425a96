"""What may come in about lines that are confirmed, places where nothing is done, and what is expected where."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from portal.core.inputs import Line, OptionalId, Text, empty_is_none
from portal.library.vocabularies import PolicyArea
from portal.registry.inputs import Day
from portal.registry.vocabularies import Intervention

# A page of the register shows no more; "all of mine" is said without naming any.
MOST_LINES = 500
MOST_PLACES = 200


OptionalArea = Annotated[PolicyArea | None, BeforeValidator(empty_is_none)]
OptionalIntervention = Annotated[Intervention | None, BeforeValidator(empty_is_none)]
PlaceToken = Annotated[Line, Field(min_length=1, max_length=60)]


class Word(StrEnum):
    """What is said of lines: as they stand, over, or longer than was planned."""

    STILL_CORRECT = "still_correct"
    COMPLETED = "completed"
    PROLONGED = "prolonged"


class ConfirmInput(BaseModel):
    """Lines by their references, and what is said of all of them."""

    lines: Annotated[list[Line], Field(min_length=1, max_length=MOST_LINES)]
    word: Word = Word.STILL_CORRECT
    until: Day = None


class NilReturnInput(BaseModel):
    """An organisation does nothing in these places; without an area, none of the 4P."""

    organisation: OptionalId = None
    # Provinces by their codes, and one district by its code or name; one of the two is needed.
    places: Annotated[list[PlaceToken], Field(max_length=MOST_PLACES)] = []
    district: Annotated[Line, Field(max_length=200)] = ""
    policy_area: OptionalArea = None
    said_on: Day = None
    note: Annotated[Text, Field(max_length=1000)] = ""


class NobodyInput(BaseModel):
    """A committee says that nobody works in a place."""

    place: Annotated[Line, Field(min_length=1, max_length=200)]
    policy_area: OptionalArea = None
    said_on: Day = None
    said_by: Annotated[Line, Field(min_length=1, max_length=200)]
    note: Annotated[Text, Field(max_length=1000)] = ""


class ExpectationInput(BaseModel):
    """What should be in a place, and which plan or decision asks for it."""

    place: Annotated[Line, Field(min_length=1, max_length=200)]
    policy_area: OptionalArea = None
    intervention: OptionalIntervention = None
    source: Annotated[Line, Field(min_length=1, max_length=300)]
    from_on: Day = None
    until_on: Day = None
