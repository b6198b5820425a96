"""Presence as files: lines with codes and words beside each other as CSV and XLSX, figures as JSON.

The same lines and figures as on the page; each row says from which address and of which day it is.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import xlsxwriter

from portal.accounts.models import Organisation
from portal.core.errors import N_
from portal.exchange.spreadsheets import DAY_FORMAT, ROW_BY_ROW, CellValue, write_csv, write_row
from portal.registry.presence import Figures, PlaceKey, Presence, WeighedLine
from portal.registry.rows import Spot

COLUMNS: Sequence[tuple[str, str]] = (
    ("line", N_("Line")),
    ("project", N_("Project")),
    ("family", N_("Family: counted once")),
    ("title", N_("Title")),
    ("organisation_code", N_("Implementer, reference")),
    ("organisation", N_("Implementer")),
    ("area_code", N_("4P, code")),
    ("area", N_("4P")),
    ("other_areas", N_("4P, others")),
    ("intervention_code", N_("Intervention, code")),
    ("intervention", N_("Intervention")),
    ("modality", N_("Modality")),
    ("target_groups", N_("For whom")),
    ("forms", N_("Forms of trafficking")),
    ("breadth", N_("Where")),
    ("province_code", N_("Province, P-code")),
    ("province", N_("Province")),
    ("district_code", N_("District, P-code")),
    ("district", N_("District")),
    ("places_of_line", N_("Places of this line")),
    ("starts_on", N_("Start")),
    ("ends_on", N_("End")),
    ("condition", N_("Condition")),
    ("confirmed_on", N_("Confirmed on")),
    ("unit", N_("Counted in")),
    ("planned", N_("Planned, of the whole line")),
    ("reached", N_("Reported reach of the whole line, not de-duplicated")),
    ("address", N_("Address of the project")),
    ("source", N_("From")),
    ("as_of", N_("As of")),
)


@dataclass(frozen=True)
class PresenceWords:
    """The names and words a file needs, in the language of its reader."""

    places: Mapping[UUID, str]
    codes: Mapping[UUID, str]
    organisations: Mapping[UUID, Organisation]
    titles: Mapping[UUID, str]
    # The label of a value of a list of `portal/labels.py`, and of a text marked for translation.
    label: Callable[[str, str], str]
    translated: Callable[[str], str]
    # The address of a project by its reference, and of the page that this file was taken from.
    project_address: Callable[[str], str]
    source: str


def presence_rows(presence: Presence, words: PresenceWords) -> Iterator[dict[str, CellValue]]:
    """One row for each line and each of its places, in the order of their codes.

    Lines that name three districts stand there three times.
    """
    families = _family_references(presence.lines)
    for line in sorted(presence.lines, key=lambda line: line.row.reference):
        spots = sorted(line.spots, key=lambda spot: _spot_codes(spot, words))
        shared = {**_line_values(line, words), "family": families[line.family], "places_of_line": len(spots)}
        for spot in spots:
            yield {
                **shared,
                **_spot_values(spot, words),
                "source": words.source,
                "as_of": presence.as_of,
            }


def presence_csv(presence: Presence, words: PresenceWords) -> bytes:
    keys = [key for key, _ in COLUMNS]
    return write_csv([keys, *([row[key] for key in keys] for row in presence_rows(presence, words))])


def presence_workbook(
    presence: Presence, words: PresenceWords, keys: Sequence[PlaceKey], columns: Sequence[str]
) -> bytes:
    """Two sheets: the figures of the matrix with their states, and the lines they were counted from."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, ROW_BY_ROW) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        day = book.add_format(DAY_FORMAT)
        figures = book.add_worksheet(words.translated(N_("Figures")))
        for number, row in enumerate(_figure_rows(presence, words, keys, columns)):
            write_row(figures, number, row, day, bold if number == 0 else None)
        figures.freeze_panes(1, 2)
        figures.set_column(1, 1, 24)
        lines = book.add_worksheet(words.translated(N_("Lines")))
        write_row(lines, 0, [words.translated(text) for _, text in COLUMNS], day, bold)
        for number, found in enumerate(presence_rows(presence, words), start=1):
            write_row(lines, number, [found[key] for key, _ in COLUMNS], day)
        lines.freeze_panes(1, 1)
        lines.set_column(0, len(COLUMNS) - 1, 16)
    return output.getvalue()


def presence_figures(
    presence: Presence, words: PresenceWords, keys: Sequence[PlaceKey], columns: Sequence[str]
) -> dict[str, Any]:
    """The figures of the matrix for programs; people are not in it, as they must not be added up."""
    return {
        "as_of": presence.as_of.isoformat(),
        "source": words.source,
        "counting": "Families of records; each once in every place, and once in the total.",
        "total": _figures(presence.total),
        "columns": {column: _figures(presence.column(column)) for column in columns},
        "places": [
            {
                "code": _code(presence, key, words),
                "name": words.places.get(key, "") if key else "",
                "scope": _scope(presence, key),
                **_figures(presence.place(key)),
                "cells": {column: _figures(presence.cell(key, column)) for column in columns},
            }
            for key in keys
        ],
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "families": figures.families,
        "records": figures.records,
        "organisations": figures.organisations,
        "lines": figures.lines,
        "confirmed_percent": figures.confirmed_percent,
        "state": figures.state.value,
    }


def _figure_rows(
    presence: Presence, words: PresenceWords, keys: Sequence[PlaceKey], columns: Sequence[str]
) -> Iterator[list[CellValue]]:
    names = [_column_name(column, words) for column in columns]
    state = words.translated(N_("State"))
    yield [
        words.translated(N_("P-code")),
        words.translated(N_("Place")),
        words.translated(N_("All")),
        *(text for name in names for text in (name, f"{name}: {state}")),
        words.translated(N_("Confirmed, percent of records")),
        words.translated(N_("From")),
        words.translated(N_("As of")),
    ]
    for key in keys:
        cells = [presence.cell(key, column) for column in columns]
        place = presence.place(key)
        yield [
            _code(presence, key, words),
            _place_name(presence, key, words),
            place.families,
            *(
                value
                for cell in cells
                for value in (cell.families, words.label("cell_state_name", cell.state))
            ),
            place.confirmed_percent,
            words.source,
            presence.as_of,
        ]
    counted = [presence.column(column) for column in columns]
    every = words.translated(N_("All places, each family once"))
    yield ["", every, presence.total.families, *(value for one in counted for value in (one.families, ""))]


def _column_name(column: str, words: PresenceWords) -> str:
    return words.label("intervention" if "-" in column else "policy_area", column)


def _scope(presence: Presence, key: PlaceKey) -> str:
    if key is None:
        return "country"
    return "whole_province" if key == presence.zoom else "district" if presence.zoom else "province"


def _code(presence: Presence, key: PlaceKey, words: PresenceWords) -> str:
    return words.codes.get(key, "") if key else ""


def _place_name(presence: Presence, key: PlaceKey, words: PresenceWords) -> str:
    if key is None:
        return words.translated(N_("The whole country"))
    if key == presence.zoom:
        return words.translated(N_("The whole province, no district named"))
    return words.places.get(key, "")


def _line_values(line: WeighedLine, words: PresenceWords) -> dict[str, CellValue]:
    row = line.row
    project = row.project_reference
    organisation = words.organisations.get(row.implementer_id)
    others = sorted(row.policy_areas - {row.policy_area})
    return {
        "line": row.reference,
        "project": project,
        "title": words.titles.get(row.project_id, ""),
        "organisation_code": organisation.reference if organisation else "",
        "organisation": organisation.name if organisation else "",
        "area_code": row.policy_area,
        "area": words.label("policy_area", row.policy_area),
        "other_areas": _listed("policy_area", others, words),
        "intervention_code": row.intervention or "",
        "intervention": words.label("intervention", row.intervention) if row.intervention else "",
        "modality": words.label("modality", row.modality) if row.modality else "",
        "target_groups": _listed("target_group", row.target_groups, words),
        "forms": _listed("trafficking_form", row.forms, words),
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "condition": words.label("phase", line.phase),
        "confirmed_on": row.confirmed_on,
        "unit": words.label("people_unit", row.unit),
        "planned": row.planned.total,
        "reached": row.reached.total,
        "address": words.project_address(project),
    }


def _spot_values(spot: Spot, words: PresenceWords) -> dict[str, CellValue]:
    province_code, district_code = _spot_codes(spot, words)
    breadth = "district" if spot.is_district else "province" if spot.is_whole_province else "country"
    return {
        "breadth": words.label("breadth", breadth),
        "province_code": province_code,
        "province": words.places.get(spot.province, "") if spot.province else "",
        "district_code": district_code,
        "district": words.places.get(spot.district, "") if spot.district else "",
    }


def _spot_codes(spot: Spot, words: PresenceWords) -> tuple[str, str]:
    """The P-codes of the province and the district, "" for what a spot has not."""
    return (
        words.codes.get(spot.province, "") if spot.province else "",
        words.codes.get(spot.district, "") if spot.district else "",
    )


def _family_references(lines: Iterable[WeighedLine]) -> dict[int, str]:
    """The first record of each family among those shown: one that is not shown must not be named."""
    first: dict[int, str] = {}
    for line in lines:
        project = line.row.project_reference
        first[line.family] = min(first.get(line.family, project), project)
    return first


def _listed(name: str, values: Iterable[str], words: PresenceWords) -> str:
    return "; ".join(words.label(name, value) for value in sorted(values))
