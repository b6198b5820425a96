"""What may come in about a place from a form or a request."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from portal.core.errors import N_
from portal.core.text import clean_line
from portal.places.matching import MAX_NAME_LENGTH, code_key, name_key

MAX_SUCCESSORS = 10


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
    return spellings_in(value) if isinstance(value, str) else value


def spellings_in(text: str) -> list[str]:
    parts = (clean_line(part) for part in text.replace(";", "\n").splitlines())
    return list(dict.fromkeys(part for part in parts if part))


def _read_day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError(N_("Write the day as 2026-03-31.")) from error


def _check_spellings(text: str) -> str:
    for spelling in spellings_in(text):
        if len(spelling) > MAX_NAME_LENGTH or not name_key(spelling):
            raise ValueError(N_("Write one spelling a line, each with letters and at most 200 characters."))
    return text


def _check_districts(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    if not 2 <= len(lines) <= MAX_SUCCESSORS:
        raise ValueError(N_("Write two to ten districts, one a line."))
    try:
        new_places_in(text)
    except ValueError as error:
        raise ValueError(N_("Write each line as: English name; Lao name; code.")) from error
    return text


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
Day = Annotated[date, BeforeValidator(_read_day)]
SpellingsText = Annotated[str, Field(max_length=5000), AfterValidator(_check_spellings)]
DistrictsText = Annotated[str, Field(max_length=5000), AfterValidator(_check_districts)]


class NewPlaceInput(BaseModel):
    """A unit that comes out of another one."""

    name_en: Name
    name_lo: OptionalName = ""
    code: PlaceCodeText = ""
    other_spellings: Spellings = []
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @property
    def names(self) -> dict[str, str]:
        return {language: name for language, name in (("en", self.name_en), ("lo", self.name_lo)) if name}


def new_places_in(text: str) -> list[NewPlaceInput]:
    """The districts of a text with one a line: English name; Lao name; code."""
    places = []
    for line in text.splitlines():
        if line.strip():
            name_en, name_lo, code, *surplus = [*line.split(";"), "", ""][: max(3, line.count(";") + 1)]
            if surplus:
                raise ValueError(line)
            places.append(NewPlaceInput(name_en=name_en, name_lo=name_lo, code=code))
    return places


class PlaceNamesInput(BaseModel):
    """The names of a place as they hold from a day on, and spellings to add.

    `shown_…` are the names the editor saw: when they have changed since, somebody else was quicker.
    """

    name_en: Name
    name_lo: OptionalName = ""
    spellings: SpellingsText = ""
    on: Day
    shown_en: str = ""
    shown_lo: str = ""

    @property
    def names(self) -> dict[str, str]:
        return {language: name for language, name in (("en", self.name_en), ("lo", self.name_lo)) if name}


class SplitInput(BaseModel):
    """The districts a district is split into, one a line, and the first day they hold."""

    on: Day
    districts: DistrictsText

    @property
    def successors(self) -> list[NewPlaceInput]:
        return new_places_in(self.districts)
