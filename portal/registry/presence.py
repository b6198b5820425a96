"""Who works where, on what: lines counted into cells of a place and one of the 4P, or a place and an intervention.

Counting rules (`registry.md` 4.6): families are counted, not records; work in several provinces counts once in
each and once in the total; an explicit whole province and the whole country are places of their own and never
stand for their districts; people are never added up over projects. Map, matrix, timeline, table and downloads
all read one `Presence`, so that they cannot differ. Pure: what a viewer may not see must be left out before.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from portal.core.errors import N_
from portal.registry.freshness import ENDING_SOON_DAYS, LAPSED_DAYS, Age, age, is_confirmed, status_of
from portal.registry.presence_filter import Phase, PresenceFilter
from portal.registry.rows import LineRow, Spot
from portal.registry.terms import EffectiveStatus, Status
from portal.registry.vocabularies import Intervention

# A row of the matrix: a province or a district; its province for work in the whole of it; None for the country.
PlaceKey = UUID | None


class CellState(StrEnum):
    """What may be said of a place (`registry.md` 4.8). Nothing recorded is not nothing done."""

    COVERED = "covered"
    ENDING_SOON = "ending_soon"
    PLANNED = "planned"
    DORMANT = "dormant"
    NONE = "none"
    UNKNOWN = "unknown"


CELL_STATE_LABELS = {
    CellState.COVERED: N_("Covered: work is going on"),
    CellState.ENDING_SOON: N_("Ending soon: within six months, and nothing follows"),
    CellState.PLANNED: N_("Planned only"),
    CellState.DORMANT: N_("Dormant: suspended, or past its end without a word"),
    CellState.NONE: N_("Nobody works here: confirmed"),
    CellState.UNKNOWN: N_("Nothing recorded: not known"),
}
CELL_STATE_NAMES = {
    CellState.COVERED: N_("covered"),
    CellState.ENDING_SOON: N_("ending soon"),
    CellState.PLANNED: N_("planned"),
    CellState.DORMANT: N_("dormant"),
    CellState.NONE: N_("nobody"),
    CellState.UNKNOWN: N_("unknown"),
}
_PHASES = {
    EffectiveStatus.ONGOING: Phase.ACTIVE,
    EffectiveStatus.PLANNED: Phase.PLANNED,
    EffectiveStatus.START_UNCONFIRMED: Phase.PLANNED,
    EffectiveStatus.SUSPENDED: Phase.DORMANT,
    EffectiveStatus.ENDED_UNCONFIRMED: Phase.DORMANT,
    EffectiveStatus.COMPLETED: Phase.OVER,
    EffectiveStatus.CANCELLED: Phase.OVER,
}


@dataclass(frozen=True, slots=True)
class NilReturn:
    """A committee or a coordinator said that nobody works in a place, on one of the 4P or on any (None).

    Said of a province it holds for each of its districts. It holds for a year.
    """

    place_id: UUID
    policy_area: str | None
    said_on: date
    said_by: str


@dataclass(frozen=True, slots=True)
class WeighedLine:
    """A line with what may be believed of it on a day, and its keys as numbers, which are compared faster."""

    row: LineRow
    phase: Phase
    is_confirmed: bool
    ends_soon: bool
    family: int
    record: int
    implementer: int
    # Where it counts under the filter that chose it, and the provinces of that, each once; 0 for the country.
    spots: tuple[Spot, ...]
    provinces: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class SeenLines:
    """All that somebody may see, found by province and by 4P, of which most questions name one."""

    lines: Sequence[WeighedLine]

    def near(self, asked: PresenceFilter) -> Sequence[WeighedLine]:
        """Some of the lines, in their order; all that the filter chooses are among them."""
        narrowed = [self.lines]
        if len(asked.provinces) == 1:
            narrowed.extend(self._by_province.get(_number(key), ()) for key in asked.provinces)
        if len(asked.policy_areas) == 1:
            narrowed.extend(self._by_area.get(area, ()) for area in asked.policy_areas)
        return min(narrowed, key=len)

    @cached_property
    def _by_province(self) -> Mapping[int, Sequence[WeighedLine]]:
        found: defaultdict[int, list[WeighedLine]] = defaultdict(list)
        for line in self.lines:
            for province in line.provinces:
                found[province].append(line)
        return found

    @cached_property
    def _by_area(self) -> Mapping[str, Sequence[WeighedLine]]:
        found: defaultdict[str, list[WeighedLine]] = defaultdict(list)
        for line in self.lines:
            for area in line.row.policy_areas:
                found[area].append(line)
        return found


@dataclass(frozen=True, slots=True)
class Figures:
    """What is shown of a cell, a place or everything: how many families, of how many records, and its state."""

    families: int
    records: int
    organisations: int
    lines: int
    confirmed_records: int
    state: CellState

    @property
    def confirmed_percent(self) -> int | None:
        """The share of records that somebody confirmed in the last six months, rounded down."""
        return self.confirmed_records * 100 // self.records if self.records else None


@dataclass(frozen=True, eq=False)
class Presence:
    """The lines a filter chose, counted. Cells are counted when they are asked for."""

    asked: PresenceFilter
    as_of: date
    lines: Sequence[WeighedLine]
    # The province whose districts are the rows; None when provinces are.
    zoom: UUID | None
    nil_returns: Mapping[tuple[UUID, str | None], NilReturn]
    _figures: dict[tuple[PlaceKey | str, str], Figures] = field(default_factory=dict, repr=False)

    @cached_property
    def total(self) -> Figures:
        return _counted(self.lines, CellState.UNKNOWN)

    @cached_property
    def places(self) -> Collection[PlaceKey]:
        """Every place with a line in it, in no order of meaning."""
        return {self._key(spot) for line in self.lines for spot in line.spots}

    def place(self, key: PlaceKey) -> Figures:
        return self._kept(key, "", self._by_place.get(_number(key), ()))

    def cell(self, key: PlaceKey, column: str) -> Figures:
        """`column`: one of the 4P, or the code of an intervention."""
        by_column = self._by_intervention if "-" in column else self._by_area
        return self._kept(key, column, by_column.get((_number(key), column), ()))

    def column(self, column: str) -> Figures:
        """Everything of one of the 4P or of an intervention, each family once."""
        return self._kept("", column, self._by_column.get(column, ()))

    def row_keys(self, line: WeighedLine) -> set[PlaceKey]:
        """The rows in which a line counts."""
        return {self._key(spot) for spot in line.spots}

    def whole(self, province: UUID) -> int:
        """How many families work in the whole of a province, naming it and no district."""
        return self._whole.get(province, 0)

    @cached_property
    def _whole(self) -> Mapping[UUID, int]:
        found: defaultdict[UUID, set[int]] = defaultdict(set)
        for line in self.lines:
            for spot in line.spots:
                if spot.province is not None and spot.is_whole_province:
                    found[spot.province].add(line.family)
        return {province: len(families) for province, families in found.items()}

    @cached_property
    def _by_column(self) -> Mapping[str, Sequence[WeighedLine]]:
        found: defaultdict[str, list[WeighedLine]] = defaultdict(list)
        for line in self.lines:
            for column in columns_of(line.row):
                found[column].append(line)
        return found

    @cached_property
    def _by_place(self) -> Mapping[int, Sequence[WeighedLine]]:
        found: defaultdict[int, list[WeighedLine]] = defaultdict(list)
        for line, keys in self._keyed:
            for key in keys:
                found[key].append(line)
        return found

    @cached_property
    def _by_area(self) -> Mapping[tuple[int, str], Sequence[WeighedLine]]:
        found: defaultdict[tuple[int, str], list[WeighedLine]] = defaultdict(list)
        for line, keys in self._keyed:
            for key in keys:
                for area in line.row.policy_areas:
                    found[key, area].append(line)
        return found

    @cached_property
    def _by_intervention(self) -> Mapping[tuple[int, str], Sequence[WeighedLine]]:
        found: defaultdict[tuple[int, str], list[WeighedLine]] = defaultdict(list)
        for line, keys in self._keyed:
            if line.row.intervention:
                for key in keys:
                    found[key, line.row.intervention.value].append(line)
        return found

    @cached_property
    def _keyed(self) -> Sequence[tuple[WeighedLine, Iterable[int]]]:
        if self.zoom is None:
            return [(line, line.provinces) for line in self.lines]
        return [
            (line, {_number(spot.district or spot.province) for spot in line.spots}) for line in self.lines
        ]

    def _key(self, spot: Spot) -> PlaceKey:
        return spot.province if self.zoom is None else spot.district or spot.province

    def _kept(self, key: PlaceKey | str, column: str, lines: Sequence[WeighedLine]) -> Figures:
        if (key, column) not in self._figures:
            empty = CellState.UNKNOWN if isinstance(key, str) else self._empty_state(key, column)
            self._figures[key, column] = _counted(lines, empty)
        return self._figures[key, column]

    def _empty_state(self, key: PlaceKey, column: str) -> CellState:
        """Of a cell without lines: whether somebody said that it is empty."""
        if not self.nil_returns:
            return CellState.UNKNOWN
        area = Intervention(column).policy_area.value if "-" in column else column or None
        places = {place for place in (key, self.zoom) if place}
        said = any((place, asked) in self.nil_returns for place in places for asked in {area, None})
        return CellState.NONE if said else CellState.UNKNOWN


def columns_of(row: LineRow) -> set[str]:
    """The columns in which a line counts: each of the 4P that it serves, and its intervention."""
    return {*row.policy_areas, *([row.intervention.value] if row.intervention else [])}


def weigh(rows: Iterable[LineRow], today: date, kept: Iterable[WeighedLine] = ()) -> list[WeighedLine]:
    """What may be believed of each line today; worth keeping, as it does not depend on who asks for what.

    `kept`: lines weighed on the same day; those whose row is still the very same are taken over.
    """
    known = {id(line.row): line for line in kept}
    return [known.get(id(row)) or _weighed(row, _phase(row, today), today) for row in rows]


def count_presence(
    lines: Iterable[WeighedLine], asked: PresenceFilter, nil_returns: Iterable[NilReturn], today: date
) -> Presence:
    """`lines`: those that the viewer may see. Lines without a place in the country are not counted."""
    chosen = [found for line in lines if (found := _chosen(line, asked, today)) and found.spots]
    return Presence(asked, today, chosen, asked.zoom, valid_words(nil_returns, today))


def _weighed(row: LineRow, phase: Phase, today: date) -> WeighedLine:
    soon = today + timedelta(days=ENDING_SOON_DAYS)
    return WeighedLine(
        row=row,
        phase=phase,
        is_confirmed=is_confirmed(row, today),
        ends_soon=phase == Phase.ACTIVE and row.ends_on is not None and today <= row.ends_on <= soon,
        family=row.family_id.int,
        record=row.project_id.int,
        implementer=row.implementer_id.int,
        spots=row.spots,
        provinces=_provinces(row.spots),
    )


def _chosen(line: WeighedLine, asked: PresenceFilter, today: date) -> WeighedLine | None:
    """The line as it counts under a filter, or None."""
    row = line.row
    if asked.has_period:
        if not asked.meets_period(row.starts_on, row.ends_on):
            return None
        day = asked.nearest_day(row.starts_on, row.ends_on, today)
        if day != today:
            phase = _phase(row, day, is_past=day < today)
            line = _as_found(line, phase, line.ends_soon and phase == Phase.ACTIVE, line.spots)
    is_wanted = line.phase in asked.shown_phases and (line.is_confirmed or not asked.confirmed_only)
    if not is_wanted or not asked.accepts(row):
        return None
    if not asked.chooses_places:
        return line
    spots = tuple(spot for spot in row.spots if asked.accepts_spot(spot))
    if len(spots) == len(row.spots):
        return line
    return _as_found(line, line.phase, line.ends_soon, spots) if spots else None


def _as_found(line: WeighedLine, phase: Phase, ends_soon: bool, spots: tuple[Spot, ...]) -> WeighedLine:
    # Ten times as fast as `dataclasses.replace`, which matters for 20,000 lines.
    return WeighedLine(
        line.row,
        phase,
        line.is_confirmed,
        ends_soon,
        line.family,
        line.record,
        line.implementer,
        spots,
        line.provinces if spots is line.spots else _provinces(spots),
    )


def _provinces(spots: Iterable[Spot]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(_number(spot.province) for spot in spots))


def _number(key: PlaceKey) -> int:
    """Numbers are compared several times as fast as UUIDs; no place has the number 0."""
    return key.int if key else 0


def _phase(row: LineRow, day: date, *, is_past: bool = False) -> Phase:
    """`is_past`: the day is one on which the line was at work by its dates, before today."""
    if is_past and row.status == Status.COMPLETED:
        return Phase.ACTIVE
    phase = _PHASES[status_of(row, day)]
    if phase != Phase.OVER and age(row.status, row.ends_on, row.confirmed_on, day) == Age.LAPSED:
        return Phase.LAPSED
    return phase


def _counted(lines: Sequence[WeighedLine], empty: CellState) -> Figures:
    if not lines:
        return Figures(0, 0, 0, 0, 0, empty)
    return Figures(
        families=len({line.family for line in lines}),
        records=len({line.record for line in lines}),
        organisations=len({line.implementer for line in lines}),
        lines=len(lines),
        confirmed_records=len({line.record for line in lines if line.is_confirmed}),
        state=_state(lines),
    )


def _state(lines: Iterable[WeighedLine]) -> CellState:
    phases = {line.phase for line in lines}
    if Phase.ACTIVE in phases:
        # Anything that goes on, or is planned to follow, keeps a place from being about to lose its cover.
        ending = all(line.ends_soon for line in lines if line.phase == Phase.ACTIVE)
        return CellState.ENDING_SOON if ending and Phase.PLANNED not in phases else CellState.COVERED
    return CellState.PLANNED if Phase.PLANNED in phases else CellState.DORMANT


def valid_words(nil_returns: Iterable[NilReturn], today: date) -> dict[tuple[UUID, str | None], NilReturn]:
    """The last word about each place and area; a word holds for a year."""
    valid = [said for said in nil_returns if 0 <= (today - said.said_on).days <= LAPSED_DAYS]
    ordered = sorted(valid, key=lambda said: (said.said_on, said.said_by))
    return {(said.place_id, said.policy_area): said for said in ordered}
