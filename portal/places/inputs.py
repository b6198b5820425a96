"""What may come in about a place from a form or a request."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from portal.core.errors import N_
from portal.core.text import clean_line
from portal.places.matching import MAX_NAME_LENGTH, code_key, name_key


def _check_name(value: str) -> str:
    if value and not name_key(value):
        raise ValueError(N_("A name needs letters."))
    return value


def _check_code(value: str) -> str:
    if " " in value:
        raise ValueError(N_("A code has no spaces."))
    return value


def _clean(value: object) -> object:
    return clean_line(value) if isinstance(value, str) else value


def _clean_code(value: object) -> object:
    return code_key(clean_line(value)) if isinstance(value, str) else value


def _split_lines(value: object) -> object:
    """A text field with one spelling a line, or several between semicolons."""
    if not isinstance(value, str):
        return value
    parts = (clean_line(part) for part in value.replace(";", "\n").splitlines())
    return list(dict.fromkeys(part for part in parts if part))


def _empty_to_none(value: object) -> object:
    return None if value == "" else value


OptionalName = Annotated[
    str, BeforeValidator(_clean), Field(max_length=MAX_NAME_LENGTH), AfterValidator(_check_name)
]
Name = Annotated[
    str, BeforeValidator(_clean), Field(min_length=1, max_length=MAX_NAME_LENGTH), AfterValidator(_check_name)
]
Spellings = Annotated[list[Name], BeforeValidator(_split_lines), Field(max_length=50)]
PlaceCodeText = Annotated[
    str, BeforeValidator(_clean_code), Field(max_length=40), AfterValidator(_check_code)
]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]


class PlaceNamesInput(BaseModel):
    """The names of a place as they hold from a day on, and its other spellings."""

    names: dict[Language, OptionalName]
    other_spellings: Spellings = []
    on: date


class NewPlaceInput(BaseModel):
    """A unit that comes out of another one."""

    name_en: Name
    name_lo: OptionalName = ""
    code: PlaceCodeText = ""
    other_spellings: Spellings = []
    latitude: Annotated[Latitude | None, BeforeValidator(_empty_to_none)] = None
    longitude: Annotated[Longitude | None, BeforeValidator(_empty_to_none)] = None

    @property
    def names(self) -> dict[str, str]:
        return {language: name for language, name in (("en", self.name_en), ("lo", self.name_lo)) if name}


class SplitInput(BaseModel):
    """The units a place is split into, and the first day they hold."""

    on: date
    successors: Annotated[list[NewPlaceInput], Field(min_length=2, max_length=10)]
