"""What may come in about resources; forms, commands and the sample library share it."""

import re
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from portal.core.clock import today
from portal.core.errors import N_
from portal.core.inputs import Line, OptionalId, Text, empty_is_none
from portal.core.text import LONGEST_TYPED, NATIVE_DIGITS, clean_line
from portal.library.vocabularies import (
    Audience,
    ContentLanguage,
    FileRole,
    Licence,
    PlaceRelation,
    PolicyArea,
    ResourceType,
    Sector,
    Visibility,
    WithdrawalReason,
)

EARLIEST_YEAR = 1900
MAXIMUM_AUTHORS = 50
_ISSUED = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def _lines(value: object) -> object:
    if isinstance(value, str):
        return [line for line in (clean_line(part) for part in value[:LONGEST_TYPED].splitlines()) if line]
    return value


def _issued(value: str) -> str:
    """A year, a month or a day, in any of the region's digits; kept as precise as it was given."""
    text = value.translate(NATIVE_DIGITS)
    if not text:
        return ""
    match = _ISSUED.fullmatch(text)
    if match is None:
        raise ValueError(N_("Write the date as 2024, 2024-05 or 2024-05-31."))
    year, month, day = match.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ValueError(N_("There is no such day. Write the date as 2024, 2024-05 or 2024-05-31.")) from None
    if not EARLIEST_YEAR <= first.year <= today().year + 1:
        raise ValueError(N_("The year does not look right."))
    return "-".join(part.zfill(2) for part in (year, month, day) if part)


def _place(value: str) -> str:
    """A chosen place as `relation:place id`; only the form itself writes these."""
    relation, _, place = value.partition(":")
    try:
        return f"{PlaceRelation(relation)}:{UUID(place)}"
    except ValueError:
        raise ValueError(N_("Choose places from the list.")) from None


Issued = Annotated[Line, AfterValidator(_issued)]
Title = Annotated[Line, Field(max_length=500)]
Summary = Annotated[Text, Field(max_length=8000)]
Author = Annotated[str, Field(max_length=200)]
ChosenPlace = Annotated[str, AfterValidator(_place)]


class ShareInput(BaseModel):
    """The three questions, the files apart: for which organisation, and who may see it."""

    organisation: UUID
    visibility: Visibility
    group: OptionalId = None


class DescribeInput(BaseModel):
    """Everything else about a version. A draft may be incomplete; publishing asks for what is missing."""

    revision: int
    # Names of the proposals this form showed: an empty field among the others was not emptied by anybody.
    shown_proposals: list[str] = []
    resource_type: Annotated[ResourceType | None, BeforeValidator(empty_is_none)] = None
    issued: Issued = ""
    licence: Licence = Licence.UNKNOWN
    licence_note: Annotated[Line, Field(max_length=500)] = ""
    authors: Annotated[str | list[Author], BeforeValidator(_lines), Field(max_length=MAXIMUM_AUTHORS)] = ""
    languages: list[ContentLanguage] = []
    policy_areas: list[PolicyArea] = []
    sectors: list[Sector] = []
    audiences: list[Audience] = []
    change_note: Annotated[Text, Field(max_length=1000)] = ""
    visibility: Visibility | None = None
    # Empty: the same people who may see the description.
    files_visibility: Annotated[Visibility | None, BeforeValidator(empty_is_none)] = None
    group: OptionalId = None
    named_readers: Annotated[str | list[Line], BeforeValidator(_lines), Field(max_length=200)] = ""
    # Chosen places as `relation:place id`, and one more to add by any of its names or codes.
    places: list[ChosenPlace] = []
    add_place: Annotated[Line, Field(max_length=200)] = ""
    add_relation: PlaceRelation = PlaceRelation.ABOUT
    title_en: Title = ""
    title_lo: Title = ""
    title_th: Title = ""
    title_km: Title = ""
    title_vi: Title = ""
    title_my: Title = ""
    title_zh: Title = ""
    summary_en: Summary = ""
    summary_lo: Summary = ""
    summary_th: Summary = ""
    summary_km: Summary = ""
    summary_vi: Summary = ""
    summary_my: Summary = ""
    summary_zh: Summary = ""

    @property
    def texts(self) -> dict[ContentLanguage, tuple[str, str]]:
        """Title and summary by language, for the languages in which something was written."""
        written = {
            language: (getattr(self, f"title_{language}"), getattr(self, f"summary_{language}"))
            for language in ContentLanguage
        }
        return {language: pair for language, pair in written.items() if any(pair)}

    @property
    def chosen_places(self) -> list[tuple[PlaceRelation, UUID]]:
        pairs = (value.split(":") for value in self.places)
        return [(PlaceRelation(relation), UUID(place)) for relation, place in pairs]


class FileInput(BaseModel):
    role: FileRole
    language: Annotated[ContentLanguage | None, BeforeValidator(empty_is_none)] = None


class HandOverInput(BaseModel):
    colleague: UUID
    message: Annotated[Text, Field(max_length=1000)] = ""


class WithdrawInput(BaseModel):
    reason: WithdrawalReason
    note: Annotated[Text, Field(max_length=2000)] = ""
    # The reference of what takes its place, such as R-0042.
    successor: Annotated[Line, Field(max_length=20)] = ""
