"""Shapes on the globe become a small drawing: paths, and points where a name and a number fit.

Pure. Degrees in, units of the drawing out: the map is at most 360 units wide, so that on a phone a unit is a
pixel. Paths are SVG path data on a grid of a tenth of a unit, relative, as short as they can be.
"""

import heapq
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any

from portal.places.topology import Point, Ring, Shape, area, simplified

WIDTH = 360
TALLEST = 480
MARGIN = 6
# Units squared; `pages.md` 4.1: below it nothing is seen on a phone, far above it shapes look crude.
LEAST_CORNER = 1.5
# A number under a code of two letters needs a circle of this radius, or it is written outside with a line.
LABEL_RADIUS = 9.5
LABEL_WIDTH, LABEL_HEIGHT = 46.0, 24.0
_DIRECTIONS = 24
# Widths at the size of labels on the map (8 units), measured in Noto Sans and Noto Sans Lao; a little generous.
_NARROW, _WIDE = frozenset("fijlrtI '-."), frozenset("mwMW")
_NARROW_LETTER, _LETTER, _CAPITAL, _WIDE_LETTER, _OTHER_SCRIPT = 2.8, 4.9, 5.6, 7.2, 5.2


@dataclass(frozen=True)
class Area:
    """One unit as it is drawn. `room`: how wide a text at the label point may be; `lead`: where the line to
    a label outside begins, when the unit is too small for it."""

    path: str
    x: float
    y: float
    room: float
    lead: Point | None = None


@dataclass(frozen=True)
class Sheet:
    """A drawing of the units of one place."""

    width: float
    height: float
    areas: Mapping[str, Area]


def draw(shapes: Mapping[str, Shape], least_corner: float = LEAST_CORNER) -> Sheet:
    """A drawing of shapes that are given in degrees, x east and y north. About a second for a country."""
    placed, width, height = _scaled(shapes)
    simple = simplified(placed, least_corner)
    spots = {key: _label_spot(_largest(shape)) for key, shape in simple.items()}
    taken: list[Point] = []
    areas = {}
    for key, shape in simple.items():
        (x, y), radius = spots[key]
        lead = None
        if radius < LABEL_RADIUS and (outside := _free_spot((x, y), simple, taken, width, height)):
            lead, (x, y) = (round(x, 1), round(y, 1)), outside
            taken.append(outside)
        room = LABEL_WIDTH if lead else _room(_largest(shape), (x, y))
        areas[key] = Area(_path(shape), round(x, 1), round(y, 1), round(room, 1), lead)
    return Sheet(round(width, 1), round(height, 1), areas)


def packed(sheet: Sheet) -> dict[str, Any]:
    """The drawing as JSON keeps it; `unpacked` reads it back."""
    areas = {
        key: [area.path, area.x, area.y, area.room, *(area.lead or ())] for key, area in sheet.areas.items()
    }
    return {"width": sheet.width, "height": sheet.height, "areas": areas}


def unpacked(kept: Mapping[str, Any]) -> Sheet:
    areas = {
        key: Area(path, x, y, room, (lead[0], lead[1]) if lead else None)
        for key, (path, x, y, room, *lead) in kept["areas"].items()
    }
    return Sheet(kept["width"], kept["height"], areas)


def text_width(text: str) -> float:
    """About how wide a label is drawn, in units: signs above and below letters take no room."""
    return sum(_letter_width(letter) for letter in text)


def _letter_width(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    if letter in _NARROW:
        return _NARROW_LETTER
    if letter in _WIDE:
        return _WIDE_LETTER
    if ord(letter) >= 0x250:
        return _OTHER_SCRIPT
    return _CAPITAL if letter.isupper() else _LETTER


def _largest(shape: Shape) -> Ring:
    return max(shape, key=lambda ring: abs(area(ring)))


def _scaled(shapes: Mapping[str, Shape]) -> tuple[dict[str, Shape], float, float]:
    """Equirectangular at the middle latitude, y downwards, fitted into the drawing."""
    points = [point for shape in shapes.values() for ring in shape for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = cos(radians((south + north) / 2))
    wide, tall = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
    width, height = wide * scale + 2 * MARGIN, tall * scale + 2 * MARGIN

    def place(point: Point) -> Point:
        return (point[0] - west) * squeeze * scale + MARGIN, (north - point[1]) * scale + MARGIN

    placed = {key: [[place(point) for point in ring] for ring in shape] for key, shape in shapes.items()}
    return placed, width, height


def _path(shape: Shape) -> str:
    """Path data; steps are taken between rounded points, so that rounding never adds up."""
    parts = []
    for ring in shape:
        tenths = [(round(x * 10), round(y * 10)) for x, y in ring]
        steps = [(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(tenths)][:-1]
        numbers = [value for step in steps if step != (0, 0) for value in step]
        parts.append(f"M{_short(tenths[0][0])} {_short(tenths[0][1])}l{_joined(numbers)}z")
    return "".join(parts)


def _short(tenths: int) -> str:
    text = f"{tenths / 10:.1f}".removesuffix(".0")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _joined(numbers: Sequence[int]) -> str:
    """A minus is a separator of its own."""
    written = ""
    for number in numbers:
        text = _short(number)
        written += text if text.startswith("-") or not written else f" {text}"
    return written


def _label_spot(ring: Ring) -> tuple[Point, float]:
    """The point inside that is farthest from the border, and how far (Agafonkin's polylabel, by halving squares)."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    size = max(min(max(xs) - min(xs), max(ys) - min(ys)), 0.5)
    best = ((sum(xs) / len(xs), sum(ys) / len(ys)), -math.inf)
    waiting: list[tuple[float, float, float, float]] = []

    def look(x: float, y: float, half: float) -> None:
        nonlocal best
        distance = _distance_inside(ring, (x, y))
        if distance > best[1]:
            best = ((x, y), distance)
        # The least promising last: negative, as a heap gives the smallest first.
        heapq.heappush(waiting, (-(distance + half * math.sqrt(2)), x, y, half))

    for column in range(math.ceil((max(xs) - min(xs)) / size)):
        for row in range(math.ceil((max(ys) - min(ys)) / size)):
            look(min(xs) + (column + 0.5) * size, min(ys) + (row + 0.5) * size, size / 2)
    while waiting:
        promise, x, y, half = heapq.heappop(waiting)
        if -promise - best[1] < 0.4:
            break
        for across in (-half / 2, half / 2):
            for down in (-half / 2, half / 2):
                look(x + across, y + down, half / 2)
    return best


def _distance_inside(ring: Ring, point: Point) -> float:
    """The distance to the border, negative outside."""
    x, y = point
    inside, nearest = False, math.inf
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            inside = not inside
        nearest = min(nearest, _squared_distance(x, y, x0, y0, x1, y1))
    return math.sqrt(nearest) * (1 if inside else -1)


def _squared_distance(x: float, y: float, x0: float, y0: float, x1: float, y1: float) -> float:
    across, down = x1 - x0, y1 - y0
    length = across * across + down * down
    part = max(0.0, min(1.0, ((x - x0) * across + (y - y0) * down) / length)) if length else 0.0
    return (x - x0 - part * across) ** 2 + (y - y0 - part * down) ** 2


def _room(ring: Ring, point: Point) -> float:
    """How wide the shape is around a point, over the height of a line of text."""
    x, _ = point
    sides = [_side(ring, x, point[1] + offset) for offset in (-8.0, -4.0, 0.0)]
    return 2 * max(0.0, min(min(x - left, right - x) for left, right in sides))


def _side(ring: Ring, x: float, y: float) -> tuple[float, float]:
    crossings = [
        (x1 - x0) * (y - y0) / (y1 - y0) + x0 for (x0, y0), (x1, y1) in pairwise(ring) if (y0 > y) != (y1 > y)
    ]
    left = max((at for at in crossings if at <= x), default=x)
    right = min((at for at in crossings if at >= x), default=x)
    return left, right


def _free_spot(
    point: Point, shapes: Mapping[str, Shape], taken: Sequence[Point], width: float, height: float
) -> Point | None:
    """The nearest place for a label that lies on no shape and on no other label."""
    for distance in range(16, WIDTH, 4):
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            spot = point[0] + distance * math.sin(angle), point[1] + distance * math.cos(angle)
            if _is_free(spot, shapes, taken, width, height):
                return spot
    return None


def _is_free(
    spot: Point, shapes: Mapping[str, Shape], taken: Sequence[Point], width: float, height: float
) -> bool:
    x, y = spot
    half_width, half_height = LABEL_WIDTH / 2, LABEL_HEIGHT / 2
    if not (half_width <= x <= width - half_width and half_height <= y <= height - half_height):
        return False
    if any(abs(x - other_x) < LABEL_WIDTH and abs(y - other_y) < LABEL_HEIGHT for other_x, other_y in taken):
        return False
    corners = [
        (x + dx, y + dy) for dx in (-half_width, 0, half_width) for dy in (-half_height, 0, half_height)
    ]
    rings = [ring for shape in shapes.values() for ring in shape]
    return not any(_distance_inside(ring, corner) > -2 for ring in rings for corner in corners)
