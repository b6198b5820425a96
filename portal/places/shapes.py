"""The map of a place's units: after loaded boundaries where there are any, else the schematic one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.places.drawing import Area, Sheet, unpacked
from portal.places.models import Level, Place, PlaceMap
from portal.places.queries import P_CODES, browse_places, place_codes, place_names

SCHEMATIC = Path(__file__).parent / "data" / "schematic_map.json"


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


def unit_map(session: Session, place: Place, language: str) -> UnitMap:
    """The provinces of a country or the districts of a province; five statements."""
    units = browse_places(session, place.id)
    ids = [unit.id for unit in units]
    names = place_names(session, [*ids, place.id], language)
    codes = place_codes(session, [*ids, place.id], P_CODES)
    shorts = place_codes(session, ids, "iso3166_2") if place.level == Level.COUNTRY else codes
    loaded = session.get(PlaceMap, place.id)
    sheet = unpacked(loaded.sheet) if loaded else _schematic_sheet(codes.get(place.id, place.country))
    keys = {unit: unit.hex if loaded else codes.get(unit, "") for unit in ids}
    parts = [
        MapPart(
            place_id=unit,
            name=names.get(unit, ""),
            code=codes.get(unit, ""),
            short=shorts.get(unit, "")[-2:],
            area=sheet.areas.get(keys[unit]),
        )
        for unit in ids
    ]
    source = loaded.source if loaded else ""
    return UnitMap(place.id, names.get(place.id, ""), sheet.width, sheet.height, parts, source)


def _schematic_sheet(code: str) -> Sheet:
    kept = _schematic().get(code)
    return unpacked(kept) if kept else Sheet(1, 1, {})


@cache
def _schematic() -> Mapping[str, Any]:
    sheets: Mapping[str, Any] = json.loads(SCHEMATIC.read_text(encoding="utf-8"))
    return sheets
