"""Borders that neighbours share: units put together, and borders made simpler without gaps between units.

Written by hand: the library for it would bring two compiled ones along for a hundred lines. Pure. A ring is a
closed list of points, first one last; a shape is a list of rings, holes among them.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from itertools import pairwise
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Point = tuple[float, float]
Line = tuple[Point, ...]
Ring = list[Point]
Shape = list[Ring]


def area(ring: Ring) -> float:
    """Positive when the ring runs one way round, negative when it runs the other."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def united(shapes: Iterable[Shape]) -> Shape:
    """The outline of several shapes together: every border that only one of them has.

    The shapes must share their points along common borders, and must not overlap.
    """
    edges = Counter(edge for shape in shapes for ring in _turned_alike(shape) for edge in pairwise(ring))
    onward: defaultdict[Point, list[Point]] = defaultdict(list)
    for (start, end), number in edges.items():
        if number > edges.get((end, start), 0):
            onward[start].append(end)
    rings = []
    for first in list(onward):
        while onward[first]:
            ring = [first]
            while ring[0] != ring[-1] or len(ring) == 1:
                ring.append(onward[ring[-1]].pop())
            rings.append(ring)
    return rings


def simplified(shapes: Mapping[Key, Shape], least_area: float) -> dict[Key, Shape]:
    """The shapes with fewer points (Visvalingam and Whyatt), each common border simplified once for both sides.

    `least_area`: a point goes when the triangle with its neighbours is smaller than this. Islands and holes
    smaller than this go too, but never the largest ring of a shape.
    """
    junctions = _junctions(shapes.values())
    known: dict[Line, Line] = {}
    result = {}
    for key, shape in shapes.items():
        largest = max(shape, key=lambda ring: abs(area(ring)))
        rings = [(ring, _simplified_ring(ring, junctions, known, least_area)) for ring in shape]
        result[key] = [
            simple
            for ring, simple in rings
            if ring is largest or (len(simple) > 3 and abs(area(simple)) >= least_area)
        ]
    return result


def _turned_alike(shape: Shape) -> list[Ring]:
    """Outlines one way round and holes the other, so that neighbours run along a common border in opposite ways."""
    turned = []
    for ring in shape:
        is_hole = sum(_holds(other, ring[0]) for other in shape if other is not ring) % 2 == 1
        turned.append(ring if (area(ring) > 0) != is_hole else ring[::-1])
    return turned


def _holds(ring: Ring, point: Point) -> bool:
    """Whether the ring runs around the point (ray casting)."""
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            inside = not inside
    return inside


def _junctions(shapes: Iterable[Shape]) -> set[Point]:
    """Points where borders part: those that have other neighbours in one ring than in another."""
    neighbours: dict[Point, frozenset[Point]] = {}
    junctions = set()
    for ring in (ring for shape in shapes for ring in shape):
        points = ring[:-1]
        for index, point in enumerate(points):
            around = frozenset((points[index - 1], points[(index + 1) % len(points)]))
            if neighbours.setdefault(point, around) != around:
                junctions.add(point)
    return junctions


def _simplified_ring(ring: Ring, junctions: set[Point], known: dict[Line, Line], least_area: float) -> Ring:
    points = ring[:-1]
    starts = [index for index, point in enumerate(points) if point in junctions]
    # A ring that touches no other is cut at a point that does not depend on where its list begins.
    first = starts[0] if starts else points.index(min(points))
    turned = [*points[first:], *points[: first + 1]]
    simple: Ring = [turned[0]]
    for line in _cut(turned, junctions):
        simple.extend(_simplified_once(line, known, least_area)[1:])
    return simple


def _cut(ring: Ring, junctions: set[Point]) -> list[Line]:
    lines = []
    start = 0
    for index in range(1, len(ring)):
        if ring[index] in junctions or index == len(ring) - 1:
            lines.append(tuple(ring[start : index + 1]))
            start = index
    return lines


def _simplified_once(line: Line, known: dict[Line, Line], least_area: float) -> Line:
    """The line without its small corners; the same line walked the other way gives the same points."""
    backwards = line[::-1]
    key = min(line, backwards)
    if key not in known:
        known[key] = _without_small_corners(key, least_area)
    return known[key] if key == line else known[key][::-1]


def _without_small_corners(line: Line, least_area: float) -> Line:
    # A closed line keeps its start and two more points: fewer would be no area at all.
    least_points = 4 if line[0] == line[-1] else 2
    before = list(range(-1, len(line) - 1))
    after = list(range(1, len(line) + 1))
    sizes = {index: _corner(line, index - 1, index, index + 1) for index in range(1, len(line) - 1)}
    waiting = [(size, index) for index, size in sizes.items()]
    heapq.heapify(waiting)
    left = len(line)
    while waiting and left > least_points:
        size, index = heapq.heappop(waiting)
        if sizes.get(index) != size:
            continue
        if size >= least_area:
            break
        del sizes[index]
        left -= 1
        after[before[index]], before[after[index]] = after[index], before[index]
        for near in (before[index], after[index]):
            if near in sizes:
                # A corner never counts for less than the one that went before it, or whole capes would vanish.
                sizes[near] = max(size, _corner(line, before[near], near, after[near]))
                heapq.heappush(waiting, (sizes[near], near))
    kept = {0, len(line) - 1, *sizes}
    return tuple(point for index, point in enumerate(line) if index in kept)


def _corner(line: Line, before: int, index: int, after: int) -> float:
    (x0, y0), (x1, y1), (x2, y2) = line[before], line[index], line[after]
    return abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2
