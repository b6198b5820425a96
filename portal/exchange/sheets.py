"""Lines as cells: headers in both languages, the row of tags, and each line's values in words and codes. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portal.exchange.column import BETWEEN_VALUES, Column, Kind
from portal.exchange.columns import COLUMNS
from portal.exchange.names import OrganisationIndex, PlaceIndex
from portal.exchange.spreadsheets import CellValue
from portal.exchange.wordlists import POLICY_AREA_CODES, WordList
from portal.exchange.workbook_lines import WorkbookLine


@dataclass(frozen=True)
class Wording:
    """How values are written: the words of the lists, the names of organisations and places, in one language."""

    lists: Mapping[str, WordList]
    organisations: OrganisationIndex
    places: PlaceIndex
    # Of each organisation, its type in words.
    types: Mapping[UUID, str]
    language: str


def header_rows() -> list[list[str]]:
    """English, Lao and the tags. What is needed carries an asterisk, for a colour is not seen by everybody."""
    return [
        [column.english + (" *" if column.is_required else "") for column in COLUMNS],
        [column.lao + (" *" if column.is_required else "") for column in COLUMNS],
        [column.tag for column in COLUMNS],
    ]


def line_cells(lines: Iterable[WorkbookLine], wording: Wording) -> Iterator[list[CellValue]]:
    """One row for each line, whatever its places: several values stand in one cell, apart by semicolons."""
    for line in lines:
        places = place_cells(line.values.get("places") or (), wording)
        yield [_cell(column, line, places, wording) for column in COLUMNS]


def place_cells(tokens: Sequence[str], wording: Wording) -> dict[str, str]:
    """Where the work is, by column. A province without a district of its own is meant as a whole.

    A share of the work stands behind its code, as in LA0501=40.
    """
    index, language = wording.places, wording.language
    parted = [token.partition("=") for token in tokens]
    shares = {UUID(key): f"={share}" for key, _, share in parted if share}
    chosen = sorted((index.places[UUID(key)] for key, _, _ in parted), key=lambda place: place.code)
    districts = [place for place in chosen if place.level == 2]
    parents = {place.parent_id for place in districts}
    whole = [place for place in chosen if place.level == 1]
    around = [index.places[key] for key in parents if key]
    provinces = sorted(
        {place.id: place for place in (*whole, *around)}.values(), key=lambda place: place.code
    )
    countries = sorted({place.country for place in chosen})
    of_country = [index.places[index.codes[code]] for code in countries if code in index.codes]
    cells = {"country_code": BETWEEN_VALUES.join(countries)}
    cells["country"] = BETWEEN_VALUES.join(place.name(language) for place in of_country)
    for name, places in (("province", provinces), ("district", districts)):
        cells[name] = BETWEEN_VALUES.join(place.name(language).replace(";", ",") for place in places)
        cells[f"{name}_code"] = BETWEEN_VALUES.join(place.code + shares.get(place.id, "") for place in places)
    return cells


def _cell(column: Column, line: WorkbookLine, places: Mapping[str, str], wording: Wording) -> CellValue:
    if column.key in places:
        return places[column.key] or None
    if column.key in ("destination", "corridor"):
        key = "destinations" if column.key == "destination" else "corridor"
        return _codes_abroad(line.values.get(key) or (), wording) or None
    if column.key == "implementer_type":
        return wording.types.get(line.line.implementer_id)
    if column.key.endswith("_code"):
        return _coded(column, line) or None
    value = line.values.get(column.key)
    if value is None or isinstance(value, int | str | date):
        return value
    return _listed(column, value, wording) or None


def _listed(column: Column, values: Sequence[Any], wording: Wording) -> str:
    if column.kind == Kind.ORGANISATIONS:
        return BETWEEN_VALUES.join(wording.organisations.cell(value) for value in values)
    words = wording.lists[column.list_name]
    return BETWEEN_VALUES.join(words.word(str(value), wording.language) for value in values)


def _coded(column: Column, line: WorkbookLine) -> str:
    codes = line.values.get(column.key.removesuffix("_code")) or ()
    if column.list_name == "policy_area":
        codes = [POLICY_AREA_CODES[code] for code in codes]
    return BETWEEN_VALUES.join(codes)


def _codes_abroad(tokens: Sequence[str], wording: Wording) -> str:
    parted = [token.partition("=") for token in tokens]
    coded = [(wording.places.places[UUID(key)].code, mark + share) for key, mark, share in parted]
    return BETWEEN_VALUES.join(code + share for code, share in sorted(coded))
