"""What may come in about projects, their partners, money and results; forms, workbooks and the sample share it.

Only what a field says by itself is checked here; what two fields say of each other is in `checks`.
"""

import re
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from portal.core.clock import BUDDHIST_YEARS, today
from portal.core.errors import N_
from portal.core.inputs import Line, OptionalId, Text, empty_is_none
from portal.core.text import NATIVE_DIGITS, clean_line
from portal.registry.terms import (
    BudgetBand,
    BudgetStatus,
    LinkKind,
    PartnerRole,
    Reach,
    RecordKind,
    ResultKind,
    Stance,
    Status,
)

# The languages a project tells of itself in.
TEXT_LANGUAGES = ("en", "lo")
# ISO 4217, of those who pay for work in the region.
CURRENCIES = (
    "USD", "LAK", "EUR", "THB", "AUD", "CAD", "CHF", "CNY", "DKK", "GBP", "JPY",
    "KHR", "KRW", "MMK", "NOK", "NZD", "SEK", "SGD", "VND", "XDR",
)  # fmt: skip
EARLIEST_YEAR = 1980
LATEST_YEARS_AHEAD = 40
# What a 64-bit column holds with room to add up.
LARGEST_AMOUNT = 10**15
# No work of this register reaches into the year 2400, and no Buddhist year of it lies before.
_FIRST_BUDDHIST_YEAR = 2400
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_GROUPED = re.compile(r"\d{1,3}(?:([,. \u00a0])\d{3})(?:\1\d{3})*")
_REFUSED_DAY = N_("Write the date as 2026-05-31.")


def read_day(value: object) -> object:
    """A day as people type it: ISO, or with the year last where no other reading is possible.

    Digits of the region and Buddhist years (2569) are understood; 05/06/2026 is refused, for it may be two days.
    """
    if not isinstance(value, str):
        return value
    text = clean_line(value).translate(NATIVE_DIGITS)
    if not text:
        return None
    if match := _ISO_DAY.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _YEAR_LAST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        if day <= 12 < month:
            day, month = month, day
        elif day <= 12 and day != month:
            raise ValueError(N_("This may be two different days. Write the date as 2026-05-31."))
    else:
        raise ValueError(_REFUSED_DAY)
    if year >= _FIRST_BUDDHIST_YEAR:
        year -= BUDDHIST_YEARS
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(N_("There is no such day. Write the date as 2026-05-31.")) from None


def _sensible_day(value: date | None) -> date | None:
    if value is not None and not EARLIEST_YEAR <= value.year <= today().year + LATEST_YEARS_AHEAD:
        raise ValueError(N_("The year does not look right."))
    return value


def read_count(value: object) -> object:
    """A whole number as people type it: with separators of thousands, in any of the region's digits."""
    if not isinstance(value, str):
        return value
    text = clean_line(value).translate(NATIVE_DIGITS)
    if not text:
        return None
    bare = text.removeprefix("-")
    if _GROUPED.fullmatch(bare):
        bare = re.sub(r"[,. \u00a0]", "", bare)
    if not bare.isascii() or not bare.isdigit() or len(bare) > 18:
        raise ValueError(N_("Enter a whole number."))
    return -int(bare) if text.startswith("-") else int(bare)


def _not_negative(value: int | None) -> int | None:
    if value is not None and value < 0:
        raise ValueError(N_("This cannot be less than nothing."))
    if value is not None and value > LARGEST_AMOUNT:
        raise ValueError(N_("This number is too large to be true."))
    return value


def _percentage(value: int | None) -> int | None:
    if value is not None and not 0 <= value <= 100:
        raise ValueError(N_("A percentage lies between 0 and 100."))
    return value


def _year(value: int | None) -> int | None:
    if value is not None and not EARLIEST_YEAR <= value <= today().year + LATEST_YEARS_AHEAD:
        raise ValueError(N_("The year does not look right."))
    return value


def _currency(value: str) -> str:
    if value and value not in CURRENCIES:
        raise ValueError(N_("Choose a currency from the list."))
    return value


def _upper(value: object) -> object:
    return clean_line(value).upper() if isinstance(value, str) else value


def _identifier(value: str) -> str:
    """IATI 2.03 allows no spaces and none of / & | ? in an identifier."""
    if re.search(r"[\s/&|?]", value):
        raise ValueError(N_("An IATI identifier has no spaces and none of / & | ?"))
    return value


Title = Annotated[Line, Field(max_length=500)]
LongText = Annotated[Text, Field(max_length=8000)]
Day = Annotated[date | None, BeforeValidator(read_day), AfterValidator(_sensible_day)]
Count = Annotated[int | None, BeforeValidator(read_count), AfterValidator(_not_negative)]
Percentage = Annotated[int | None, BeforeValidator(read_count), AfterValidator(_percentage)]
Year = Annotated[int | None, BeforeValidator(read_count), AfterValidator(_year)]
Currency = Annotated[str, BeforeValidator(_upper), AfterValidator(_currency)]
# The revision a form was opened at; None where nobody looked at one, as in a workbook.
Revision = Annotated[int | None, BeforeValidator(empty_is_none)]


class ProjectInput(BaseModel):
    """The project as a whole. Only the organisation and a title are needed to save it."""

    # Whose record it is; read only when it is created.
    organisation: OptionalId = None
    reporting_organisation: OptionalId = None
    revision: Revision = None
    title_en: Title = ""
    title_lo: Title = ""
    summary_en: LongText = ""
    summary_lo: LongText = ""
    objectives_en: LongText = ""
    objectives_lo: LongText = ""
    kind: RecordKind = RecordKind.PROJECT
    status: Status = Status.PLANNED
    planned_start: Day = None
    actual_start: Day = None
    planned_end: Day = None
    actual_end: Day = None
    reach: Reach = Reach.PUBLIC
    group: OptionalId = None
    currency: Currency = ""
    total_budget: Count = None
    budget_band: Annotated[BudgetBand | None, BeforeValidator(empty_is_none)] = None
    iati_identifier: Annotated[Line, Field(max_length=200), AfterValidator(_identifier)] = ""

    @property
    def texts(self) -> dict[str, tuple[str, str, str]]:
        """Title, summary and objectives by language, for the languages in which something was written."""
        written = {
            language: (
                getattr(self, f"title_{language}"),
                getattr(self, f"summary_{language}"),
                getattr(self, f"objectives_{language}"),
            )
            for language in TEXT_LANGUAGES
        }
        return {language: words for language, words in written.items() if any(words)}


class PartnerInput(BaseModel):
    """An organisation in a role. Amounts are whole units of their currency."""

    organisation: UUID
    role: PartnerRole
    is_lead: bool = False
    amount: Count = None
    currency: Currency = ""
    share_percent: Percentage = None
    their_reference: Annotated[Line, Field(max_length=200)] = ""


class StanceInput(BaseModel):
    """What a partner answers to being named."""

    stance: Stance
    note: Annotated[Text, Field(max_length=1000)] = ""


class BudgetInput(BaseModel):
    """The budget of one calendar year in one currency."""

    year: Year
    currency: Currency
    amount: Count
    status: BudgetStatus = BudgetStatus.INDICATIVE


class IndicatorInput(BaseModel):
    """Values are text: a number, a percentage, or a word of a scale."""

    kind: ResultKind = ResultKind.OUTPUT
    title: Annotated[Line, Field(min_length=1, max_length=500)]
    unit: Annotated[Line, Field(max_length=60)] = ""
    baseline: Annotated[Line, Field(max_length=60)] = ""
    baseline_year: Year = None
    target: Annotated[Line, Field(max_length=60)] = ""
    reached: Annotated[Line, Field(max_length=60)] = ""
    reached_on: Day = None


class LinkInput(BaseModel):
    """What the other record, by its reference (LA-0042), is to this one."""

    other: Annotated[Line, Field(min_length=1, max_length=20)]
    kind: LinkKind
    note: Annotated[Line, Field(max_length=500)] = ""


class WithdrawInput(BaseModel):
    note: Annotated[Text, Field(min_length=1, max_length=2000)]
