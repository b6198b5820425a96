"""Real boundaries out of a GeoJSON file, matched with known places and kept as drawings.

Files differ in how they call their columns: `pcode`, `ADM2_PCODE`, `shapeISO`, `shapeName` are all understood.
Neighbours must share the points of their common border, as files of one survey do; then the maps stay without
gaps however much they are simplified.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from portal.core.clock import now
from portal.core.errors import N_, Invalid
from portal.places.drawing import draw, packed
from portal.places.models import Level, Place, PlaceMap
from portal.places.queries import HOME_COUNTRY, browse_places, find_place, place_names
from portal.places.topology import Ring, Shape, united

LARGEST_FILE = 100_000_000
# In the order in which they are asked: the code of a district before that of the province it lies in.
_CODE_COLUMNS = ("adm2_pcode", "adm1_pcode", "pcode", "iso", "iso3166_2", "shapeiso", "code")
_NAME_COLUMNS = ("adm2_en", "adm2_name", "adm1_en", "adm1_name", "name_en", "name", "shapename", "name_lo")
_PARENT_COLUMNS = ("parent_pcode", "parent", "adm1_pcode", "adm1_en", "adm1_name")


@dataclass(frozen=True)
class Boundary:
    """The shape of one unit with what the file calls it."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    parents: tuple[str, ...]
    shape: Shape

    @property
    def title(self) -> str:
        return " ".join([*self.names[:1], *(f"({code})" for code in self.codes[:1])]) or "?"


@dataclass(frozen=True)
class BoundaryFile:
    boundaries: Sequence[Boundary]
    source: str


@dataclass(frozen=True)
class BoundaryReport:
    """Which maps were drawn, what of the file is not a known place, and which units have no shape."""

    maps: Sequence[str]
    matched: int
    unmatched: Sequence[str]
    missing: Sequence[str]


def read_boundaries(content: bytes) -> BoundaryFile:
    """Raises Invalid, naming the feature, for what is not GeoJSON of areas in degrees."""
    if len(content) > LARGEST_FILE:
        raise Invalid(N_("The file is larger than 100 MB. Simplify it first."))
    try:
        collection = json.loads(content)
        features = collection["features"]
        # Objects with a "properties" of none are allowed by RFC 7946.
        boundaries = [_boundary(number, feature) for number, feature in enumerate(features, start=1)]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise Invalid(N_("This is not a GeoJSON collection of areas.")) from error
    if not boundaries:
        raise Invalid(N_("The file holds no areas."))
    parts = [collection.get(key) for key in ("attribution", "license")]
    source = "; ".join(part for part in parts if isinstance(part, str) and part)
    return BoundaryFile(boundaries, source[:300])


def load_boundaries(session: Session, file: BoundaryFile, source: str = "") -> BoundaryReport:
    """Draw the country's provinces, and the districts of each province, after the boundaries of a file.

    Districts alone are enough: provinces are put together from them. A map is drawn anew when the file has
    shapes for more than half of its units; other maps stay as they are.
    """
    country = find_place(session, HOME_COUNTRY)
    if country is None:
        raise Invalid(N_("There are no places yet. Load the gazetteer first: sala places load."))
    shapes, unmatched = _matched(session, country, file.boundaries)
    provinces = browse_places(session, country.id)
    drawn, missing = [], []
    outlines: dict[str, Shape] = {}
    for province in provinces:
        districts = browse_places(session, province.id)
        known = {
            district.id.hex: shapes[district.id.hex] for district in districts if district.id.hex in shapes
        }
        if province.id.hex in shapes:
            outlines[province.id.hex] = shapes[province.id.hex]
        elif known:
            outlines[province.id.hex] = united(known.values())
        if _keep_map(session, province, len(districts), known, source or file.source):
            drawn.append(province)
            missing += [district for district in districts if district.id.hex not in known]
    if _keep_map(session, country, len(provinces), outlines, source or file.source):
        drawn.insert(0, country)
        missing += [province for province in provinces if province.id.hex not in outlines]
    return BoundaryReport(_names(session, drawn), len(shapes), unmatched, _names(session, missing))


def _keep_map(session: Session, place: Place, units: int, shapes: Mapping[str, Shape], source: str) -> bool:
    if len(shapes) * 2 <= units:
        return False
    kept = session.get(PlaceMap, place.id) or PlaceMap(place_id=place.id, sheet={}, source=source)
    kept.sheet, kept.source, kept.loaded_at = packed(draw(shapes)), source, now()
    session.add(kept)
    return True


def _matched(
    session: Session, country: Place, boundaries: Sequence[Boundary]
) -> tuple[dict[str, Shape], list[str]]:
    """Shapes by the id of their place, and what the file calls those that are not known."""
    shapes: dict[str, Shape] = {}
    unmatched = []
    for boundary in boundaries:
        place = _place_of(session, country, boundary)
        # A second shape for one place is told like an unknown one: nobody can say which of them is right.
        if place is None or place.id.hex in shapes:
            unmatched.append(boundary.title)
        else:
            shapes[place.id.hex] = boundary.shape
    return shapes, unmatched


def _place_of(session: Session, country: Place, boundary: Boundary) -> Place | None:
    """By its code, else by its name inside the parent that the file gives, else inside the country."""
    found = [find_place(session, code, within=country.id) for code in boundary.codes]
    if not any(found):
        parents = [find_place(session, parent, within=country.id) for parent in boundary.parents]
        within = next((parent for parent in parents if parent), country)
        found = [find_place(session, name, within=within.id) for name in boundary.names]
    return next((place for place in found if place and place.level in (Level.PROVINCE, Level.DISTRICT)), None)


def _names(session: Session, places: Sequence[Place]) -> list[str]:
    names = place_names(session, [place.id for place in places], "en")
    return [names.get(place.id, "?") for place in places]


def _boundary(number: int, feature: Mapping[str, Any]) -> Boundary:
    properties = feature.get("properties") or {}
    texts = {
        str(key).lower(): value.strip()
        for key, value in properties.items()
        if isinstance(value, str) and value.strip()
    }
    # The first of these columns alone: a file of districts names the province in the next one.
    code = next((texts[column] for column in _CODE_COLUMNS if column in texts), "")
    others = [texts[column] for column in ("iso", "shapeiso") if column in texts]
    return Boundary(
        codes=tuple(dict.fromkeys([code, *others] if code else others)),
        names=tuple(texts[column] for column in _NAME_COLUMNS if column in texts),
        parents=tuple(
            texts[column] for column in _PARENT_COLUMNS if column in texts and texts[column] != code
        ),
        shape=_shape(number, feature.get("geometry") or {}),
    )


def _shape(number: int, geometry: Mapping[str, Any]) -> Shape:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or []
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if kind not in ("Polygon", "MultiPolygon") or not coordinates:
        raise Invalid(
            N_("Area %(number)s of the file is neither a Polygon nor a MultiPolygon."), number=number
        )
    return [_ring(number, ring) for polygon in polygons for ring in polygon]


def _ring(number: int, positions: Sequence[Sequence[float]]) -> Ring:
    ring = [(float(position[0]), float(position[1])) for position in positions]
    if any(not (-180 <= x <= 180 and -90 <= y <= 90) for x, y in ring):
        raise Invalid(N_("Area %(number)s is not in degrees. Save the file in WGS 84."), number=number)
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])
    if len(ring) < 4:
        raise Invalid(N_("Area %(number)s has a border of fewer than three points."), number=number)
    return ring
