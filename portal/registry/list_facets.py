"""What lines say, facet by facet, and which projects fit what was chosen. Pure.

Telling the facets of 20,000 lines takes half a second; it is done once and kept with the lines it was told of.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from portal.registry.freshness import status_of
from portal.registry.rows import LineRow

FACETS = (
    "policy_area", "intervention", "status", "province", "district", "target_group", "organisation", "year",
)  # fmt: skip
# A line that runs longer is a mistake of its dates, and no reason for a list of years without end.
MOST_YEARS = 40

Values = tuple[frozenset[str], ...]
_NOTHING: Values = (frozenset(),) * len(FACETS)


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line with its values, one set for each of FACETS."""

    row: LineRow
    values: Values


@dataclass(frozen=True, slots=True)
class ToldProject:
    """The lines of a project with what they say together."""

    rows: Sequence[LineRow]
    lines: Sequence[ToldLine]
    together: Values


@dataclass(frozen=True)
class Sifted:
    """The fitting projects with their fitting lines, and projects by value for every facet."""

    fitting: Mapping[UUID, Sequence[LineRow]]
    counts: Mapping[str, Mapping[str, int]]


def tell(
    lines: Mapping[UUID, Sequence[LineRow]], today: date, before: Mapping[UUID, ToldProject]
) -> dict[UUID, ToldProject]:
    """Every project told; those whose lines are the same as `before` are taken from there."""
    told = {}
    for key, rows in lines.items():
        known = before.get(key)
        told[key] = known if known is not None and known.rows is rows else _tell_project(rows, today)
    return told


def sift(
    told: Mapping[UUID, ToldProject],
    projects: Iterable[UUID],
    access: frozenset[str],
    chosen: Mapping[str, Collection[str]],
) -> Sifted:
    """Projects with a line that fits all that was chosen; without any choice those without lines, too.

    A facet counts what would be there if nothing were chosen in it, so that choices can be changed.
    """
    asked = [(place, frozenset(chosen[name])) for place, name in enumerate(FACETS) if chosen.get(name)]
    fitting: dict[UUID, Sequence[LineRow]] = {}
    fits: Sequence[ToldLine]
    nearly: Mapping[int, Sequence[ToldLine]]
    counters: list[dict[str, int]] = [{} for _ in FACETS]
    for key in projects:
        project = told.get(key)
        if project is None:
            fits, nearly, values = (), {}, _NOTHING
        else:
            seen = [line for line in project.lines if not line.row.access.isdisjoint(access)]
            fits, nearly = _part(seen, asked)
            values = project.together if len(fits) == len(project.lines) else _together(fits)
        if fits or not asked:
            fitting[key] = [line.row for line in fits]
        for place, counter in enumerate(counters):
            said = values[place]
            if place in nearly:
                said = said.union(*(line.values[place] for line in nearly[place]))
            for value in said:
                counter[value] = counter.get(value, 0) + 1
    return Sifted(fitting, dict(zip(FACETS, counters, strict=True)))


def _part(
    lines: Sequence[ToldLine], asked: Sequence[tuple[int, frozenset[str]]]
) -> tuple[Sequence[ToldLine], dict[int, list[ToldLine]]]:
    """The lines that fit everything, and by facet those that only this one facet keeps out."""
    if not asked:
        return lines, {}
    fits: list[ToldLine] = []
    nearly: dict[int, list[ToldLine]] = {}
    for line in lines:
        failing = [place for place, wanted in asked if line.values[place].isdisjoint(wanted)]
        if not failing:
            fits.append(line)
        elif len(failing) == 1:
            nearly.setdefault(failing[0], []).append(line)
    return fits, nearly


def _tell_project(rows: Sequence[LineRow], today: date) -> ToldProject:
    lines = [
        ToldLine(row, tuple(_one(frozenset(_values(name, row, today))) for name in FACETS)) for row in rows
    ]
    return ToldProject(rows, lines, _together(lines))


def _together(lines: Sequence[ToldLine]) -> Values:
    if len(lines) < 2:
        return lines[0].values if lines else _NOTHING
    return tuple(
        _one(frozenset().union(*(line.values[place] for line in lines))) for place in range(len(FACETS))
    )


@lru_cache(maxsize=50_000)
def _one(values: frozenset[str]) -> frozenset[str]:
    """The same set for all who say the same: most lines do."""
    return values


def _values(name: str, line: LineRow, today: date) -> Iterator[str]:
    match name:
        case "policy_area":
            yield from line.policy_areas
        case "intervention":
            yield from (line.intervention,) if line.intervention else ()
        case "status":
            yield status_of(line, today)
        case "province":
            yield from (spot.province.hex for spot in line.spots if spot.province)
        case "district":
            yield from (spot.district.hex for spot in line.spots if spot.district)
        case "target_group":
            yield from line.target_groups
        case "organisation":
            yield from (line.organisation_id.hex, line.implementer_id.hex)
        case "year":
            yield from _years(line)


def _years(line: LineRow) -> Iterator[str]:
    if line.starts_on:
        first, last = line.starts_on.year, (line.ends_on or line.starts_on).year
        yield from (str(year) for year in range(first, min(last, first + MOST_YEARS) + 1))
