"""What reading the rows of one file needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.exchange.days import DayOrder
from portal.exchange.names import OrganisationIndex, PlaceIndex
from portal.exchange.wordlists import WordList


@dataclass(frozen=True)
class Context:
    """What reading a row needs to know; one for a whole file."""

    lists: Mapping[str, WordList]
    organisations: OrganisationIndex
    places: PlaceIndex
    # What this organisation answered before: list name and key to id or code.
    answers: Mapping[tuple[str, str], str]
    # How the days of the whole file are written; `is_order_told` when a person said so and not the file itself.
    day_order: DayOrder | None
    is_order_told: bool = False
    language: str = "en"
