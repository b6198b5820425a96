"""The map of a place's units: after loaded boundaries where there are any, else the schematic one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.places.drawing import Area, Sheet, text_width, unpacked
from portal.places.models import Level, PlaceMap
from portal.places.queries import P_CODES, SUBDIVISIONS, Unit, choose_name, place_and_units

SCHEMATIC = Path(__file__).parent / "data" / "schematic_map.json"
# Drawings of real boundaries that this process has read, each with the moment they were loaded.
_seen: dict[UUID, tuple[datetime, Sheet]] = {}


@dataclass(frozen=True)
class MapPart:
    """One unit of a map: its name, its P-code and the short form of it that fits on a small shape.

    `area` is None for a unit that the drawing does not know, such as a district that was split off since.
    """

    place_id: UUID
    name: str
    code: str
    short: str
    area: Area | None

    @property
    def label(self) -> str:
        """The name where it fits on the shape or stands beside it, else its short form."""
        is_roomy = self.area is not None and (text_width(self.name) <= self.area.room or bool(self.area.lead))
        return self.name if is_roomy else self.short


@dataclass(frozen=True)
class UnitMap:
    """The open units of a place in the order of their codes. `source` is empty for the schematic map."""

    place_id: UUID
    name: str
    width: float
    height: float
    parts: Sequence[MapPart]
    source: str = ""

    @property
    def is_drawn(self) -> bool:
        return any(part.area for part in self.parts)


def unit_map(session: Session, place_id: UUID | None, language: str) -> UnitMap:
    """The districts of a province or the provinces of a country; without an id, of the home country.

    One statement; another one when the process has not seen the drawing of these boundaries before.
    """
    found = place_and_units(session, place_id)
    if not found:
        return UnitMap(UUID(int=0), "", 1, 1, ())
    place, *units = found
    sheet = _sheet(session, place)
    shorts = SUBDIVISIONS if place.level == Level.COUNTRY else P_CODES
    parts = [
        MapPart(
            place_id=unit.id,
            name=choose_name(unit.names, language),
            code=unit.codes.get(P_CODES, ""),
            short=unit.codes.get(shorts, "")[-2:],
            area=sheet.areas.get(unit.id.hex if place.drawn_at else unit.codes.get(P_CODES, "")),
        )
        for unit in units
    ]
    name = choose_name(place.names, language)
    return UnitMap(place.id, name, sheet.width, sheet.height, parts, place.drawn_from)


def _sheet(session: Session, place: Unit) -> Sheet:
    if place.drawn_at is None:
        return _schematic_sheet(place.codes.get(P_CODES, place.country))
    seen = _seen.get(place.id)
    if seen is None or seen[0] != place.drawn_at:
        loaded = session.get_one(PlaceMap, place.id)
        _seen[place.id] = seen = (place.drawn_at, unpacked(loaded.sheet))
    return seen[1]


@cache
def _schematic_sheet(code: str) -> Sheet:
    kept = _schematic().get(code)
    return unpacked(kept) if kept else Sheet(1, 1, {})


@cache
def _schematic() -> Mapping[str, Any]:
    sheets: Mapping[str, Any] = json.loads(SCHEMATIC.read_text(encoding="utf-8"))
    return sheets
