"""Draws `schematic_map.json` from the district points of `lao.csv`. Run it again when a district comes or goes:

    python -m venv /tmp/drawing && /tmp/drawing/bin/pip install shapely
    PYTHONPATH=. /tmp/drawing/bin/python portal/places/data/draw_schematic_map.py

Shapely is needed here alone, never by the portal. Each district becomes the Voronoi cell of its point (the
ground that is nearer to it than to any other), and all cells are cut by the concave hull of the points, somewhat
grown. Computed from points, so nobody's border is drawn, and the map says so wherever it is shown.
"""

import csv
import json
from collections.abc import Mapping
from math import cos, radians
from pathlib import Path

import shapely
from shapely import MultiPoint, Point, Polygon

from portal.places.drawing import draw, packed
from portal.places.topology import Shape, united

HERE = Path(__file__).parent
COUNTRY = "LA"
# `pages.md`: found by eye until the outline looked like the country; degrees, x scaled at 18 degrees north.
SQUEEZE = cos(radians(18))
HULL_RATIO, GROWN, SHRUNK = 0.12, 0.28, 0.10
# Cells are cut one by one: on a grid, neighbours keep the same corners.
GRID = 1e-6


def district_points() -> dict[str, tuple[float, float]]:
    with (HERE / "lao.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "district"]
    return {
        row["code"]: (float(row["longitude"]), float(row["latitude"])) for row in rows if not row["valid_to"]
    }


def cells(points: Mapping[str, tuple[float, float]]) -> dict[str, Shape]:
    """One cell a district, in degrees; neighbours share their corners."""
    scaled = {code: Point(x * SQUEEZE, y) for code, (x, y) in points.items()}
    cloud = MultiPoint(list(scaled.values()))
    outline = shapely.concave_hull(cloud, ratio=HULL_RATIO).buffer(GROWN).buffer(-SHRUNK)
    everything = shapely.voronoi_polygons(cloud, extend_to=outline.buffer(5)).geoms
    # Cut as one coverage: the corners that the outline makes are then known to both neighbours.
    lines = shapely.node(
        shapely.GeometryCollection([outline.boundary, *(cell.boundary for cell in everything)])
    )
    pieces = [
        shapely.set_precision(piece, GRID)
        for piece in shapely.get_parts(shapely.polygonize(list(shapely.get_parts(lines))))
        if outline.contains(piece.representative_point())
    ]
    return {code: _shape(next(p for p in pieces if p.contains(point))) for code, point in scaled.items()}


def _shape(cell: Polygon) -> Shape:
    return [[(round(x / SQUEEZE, 6), round(y, 6)) for x, y in cell.exterior.coords]]


def main() -> None:
    districts = cells(district_points())
    sheets: dict[str, dict[str, Shape]] = {COUNTRY: {}}
    for province in sorted({code[:4] for code in districts}):
        parts = {code: shape for code, shape in districts.items() if code.startswith(province)}
        sheets[province] = parts
        sheets[COUNTRY][province] = united(parts.values())
    drawn = {}
    for code, shapes in sheets.items():
        drawn[code] = packed(draw(shapes))
    text = json.dumps(drawn, separators=(",", ":"))
    (HERE / "schematic_map.json").write_text(text.replace('"LA', '\n"LA') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
