"""What the presence page shows: rows and cells with their addresses, shapes of the map, bars, lines of the table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from sqlmodel import Session

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.core.errors import N_
from portal.core.paging import Page, Row
from portal.labels import LABELS
from portal.library.vocabularies import PolicyArea
from portal.places.models import Level
from portal.places.page_queries import PlacePage
from portal.places.queries import (
    HOME_COUNTRY,
    P_CODES,
    place_codes,
    place_names,
    provinces,
)
from portal.places.shapes import MapPart, UnitMap, unit_map
from portal.registry.presence import CellState, Figures, PlaceKey, Presence, WeighedLine
from portal.registry.presence_filter import Breadth, PresenceFilter
from portal.registry.presence_queries import (
    busiest_implementers,
    read_presence,
    read_presences,
    visible_lines,
)
from portal.registry.queries import titles_of
from portal.registry.rows import places_of
from portal.registry.snapshot import Snapshot
from portal.registry.timeline import Bar, Timeline, draw_timeline
from portal.registry.vocabularies import Intervention
from portal.web.presence_address import FIELDS, LABEL_NAMES, Asked, PresenceAddress
from portal.web.screen import Screen

LINES_A_PAGE = 50
MOST_ORGANISATIONS = 40
AREAS = tuple(area.value for area in PolicyArea)
INTERVENTIONS = tuple(intervention.value for intervention in Intervention)
# Where one class of counts ends and the next begins, on the map and in the matrix alike (`pages.md` 7).
COUNT_CLASSES = (1, 3, 6, 10)
AXIS = 720


@dataclass(frozen=True)
class CellView:
    """A count with its class on the scale, its state, and where it leads; empty cells lead nowhere."""

    figures: Figures
    address: str

    @property
    def count_class(self) -> int:
        return count_class(self.figures.families)


@dataclass(frozen=True)
class RowView:
    """A place of the matrix. `zoom` leads to the map of its districts, where it has any."""

    key: PlaceKey
    name: str
    short: str
    code: str
    kind: str
    zoom: str
    whole: int
    total: CellView
    cells: Sequence[CellView]


@dataclass(frozen=True)
class ShapeView:
    """A unit on the map: its label is its name where that fits, else the short form of its code."""

    part: MapPart
    label: str
    cell: CellView
    address: str


@dataclass(frozen=True)
class BarView:
    bar: Bar
    title: str
    reference: str
    records: int
    organisations: Sequence[str]
    left: float
    width: float


@dataclass(frozen=True)
class PresencePage:
    """Everything of one question; what one view alone needs is made when that view is shown."""

    session: Session
    screen: Screen
    asked: Asked
    presence: Presence
    map: UnitMap
    # The same question of the whole country's own row, told beside the districts of a province.
    country_wide: Figures

    @property
    def link(self) -> PresenceAddress:
        return PresenceAddress(self.screen, self.asked)

    @property
    def is_zoomed(self) -> bool:
        return self.presence.zoom is not None

    @cached_property
    def columns(self) -> Sequence[str]:
        """All of the 4P, and the interventions that somebody does, or that were asked for."""
        if self.asked.view != "matrix":
            return AREAS
        asked = self.asked.filter.interventions
        return [*AREAS, *(one for one in INTERVENTIONS if one in asked or self.presence.column(one).lines)]

    @cached_property
    def rows(self) -> Sequence[RowView]:
        """Every open unit in the order of codes, closed ones with work in them, then the wider row."""
        others = self._others
        names = place_names(self.session, others, self.screen.language) if others else {}
        rows = [self._row(part.place_id, part.name, part.short, part.code) for part in self.map.parts]
        rows += [self._row(key, names.get(key, ""), "", "") for key in others]
        zoom = self.presence.zoom
        return [*rows, self._row(zoom, "", "", "", "whole" if zoom else "country")]

    @property
    def row_keys(self) -> list[PlaceKey]:
        """The places of the rows, for files that need no more of them."""
        return [*(part.place_id for part in self.map.parts), *self._others, self.presence.zoom]

    @cached_property
    def _others(self) -> Sequence[UUID]:
        known = {self.presence.zoom, *(part.place_id for part in self.map.parts)}
        return sorted(
            (key for key in self.presence.places if key and key not in known), key=lambda key: key.int
        )

    @cached_property
    def shapes(self) -> Sequence[ShapeView]:
        """The largest numbers last, so that their borders lie on top."""
        rows = {row.key: row for row in self.rows}
        shapes = [
            ShapeView(
                part,
                part.label,
                rows[part.place_id].total,
                rows[part.place_id].zoom or rows[part.place_id].total.address,
            )
            for part in self.map.parts
            if part.area
        ]
        return sorted(shapes, key=lambda shape: shape.cell.figures.families)

    @cached_property
    def unknown(self) -> int:
        """Units of which nothing is recorded under this question."""
        return sum(row.total.figures.state == CellState.UNKNOWN for row in self.rows if row.kind == "unit")

    @cached_property
    def ending(self) -> int:
        return sum(
            row.total.figures.state == CellState.ENDING_SOON for row in self.rows if row.kind == "unit"
        )

    @cached_property
    def totals(self) -> Sequence[CellView]:
        return [CellView(self.presence.column(column), self.link.column(column)) for column in self.columns]

    @cached_property
    def here(self) -> Sequence[CellView]:
        """The 4P of the place itself, with its state: of a province with all its districts, or of one district."""
        states = [_wider_state(self.presence, column) for column in self.columns]
        return [
            CellView(replace(cell.figures, state=state), cell.address if cell.figures.lines else "")
            for cell, state in zip(self.totals, states, strict=True)
        ]

    @cached_property
    def timeline(self) -> Timeline:
        return draw_timeline(self.presence)

    @cached_property
    def bars(self) -> Page[BarView]:
        page = self._page(self.timeline.bars)
        firsts = {bar.family: min(bar.lines, key=lambda line: line.row.reference).row for bar in page.rows}
        titles = titles_of(self.session, [row.project_id for row in firsts.values()], self.screen.language)
        names = self.organisations(line for bar in page.rows for line in bar.lines)
        views = [
            BarView(
                bar=bar,
                title=titles.get(firsts[bar.family].project_id, ""),
                reference=firsts[bar.family].project_reference,
                records=len({line.record for line in bar.lines}),
                organisations=sorted({names[line.row.implementer_id].name for line in bar.lines}),
                **self._extent(bar),
            )
            for bar in page.rows
        ]
        return Page(views, page.total, page.number, page.size)

    @cached_property
    def lines(self) -> Page[WeighedLine]:
        return self._page(sorted(self.presence.lines, key=lambda line: line.row.reference))

    @cached_property
    def titles(self) -> Mapping[UUID, str]:
        ids = {line.row.project_id for line in self.lines.rows}
        return titles_of(self.session, ids, self.screen.language)

    @cached_property
    def line_organisations(self) -> Mapping[UUID, Organisation]:
        return self.organisations(self.lines.rows)

    @cached_property
    def spot_names(self) -> Mapping[UUID, str]:
        ids = places_of(spot for line in self.lines.rows for spot in line.spots)
        return place_names(self.session, ids, self.screen.language)

    @cached_property
    def busiest(self) -> Sequence[Organisation]:
        """Organisations to choose from: those with most lines, in the order of their names."""
        lines = visible_lines(self.session, self.screen.viewer, self.presence.as_of)
        ids = {*busiest_implementers(lines, MOST_ORGANISATIONS), *self.asked.filter.organisations}
        found = organisations_by_id(self.session, ids).values()
        return sorted(found, key=lambda organisation: organisation.name.casefold())

    @cached_property
    def province_options(self) -> Sequence[tuple[str, str]]:
        if not self.is_zoomed:
            return [(part.code, part.name) for part in self.map.parts]
        ids = [place.id for place in provinces(self.session)]
        names = place_names(self.session, ids, self.screen.language)
        codes = place_codes(self.session, ids, P_CODES)
        return [(codes[key], names[key]) for key in ids if key in codes]

    @property
    def district_options(self) -> Sequence[tuple[str, str]]:
        return [(part.code, part.name) for part in self.map.parts]

    @property
    def organisation_options(self) -> Sequence[tuple[str, str]]:
        return [(organisation.reference, organisation.name) for organisation in self.busiest]

    @cached_property
    def chips(self) -> Sequence[tuple[str, str, str]]:
        """Every chosen value: its field, the value, and its words, which may still need to be translated."""
        names = {
            **dict(self.province_options),
            **dict(self.district_options),
            **dict(self.organisation_options),
        }
        words = {"from": N_("At work from"), "to": N_("At work until"), "confirmed": N_("Confirmed")}
        return [
            (field, value, _chip_text(field, value, names, words))
            for field in FIELDS
            for value in self.asked.chosen(field)
        ]

    @property
    def now(self) -> float:
        """Where today stands on the axis of the timeline."""
        return round(self.timeline.share(self.presence.as_of) * AXIS, 1)

    @cached_property
    def everybody(self) -> Sequence[Organisation]:
        """Who does the work, by name; of very many the busiest."""
        ids = busiest_implementers(self.presence.lines, MOST_ORGANISATIONS)
        found = organisations_by_id(self.session, ids).values()
        return sorted(found, key=lambda organisation: organisation.name.casefold())

    def organisations(self, lines: Iterable[WeighedLine]) -> Mapping[UUID, Organisation]:
        return organisations_by_id(self.session, {line.row.implementer_id for line in lines})

    def _row(self, key: PlaceKey, name: str, short: str, code: str, kind: str = "unit") -> RowView:
        place = self._place_values(code, kind)
        has_work = bool(place) or kind == "country"
        total = self.presence.place(key)
        cells = [
            CellView(figures, self.link.cell(place, column) if figures.lines and has_work else "")
            for column in self.columns
            for figures in [self.presence.cell(key, column)]
        ]
        return RowView(
            key=key,
            name=name,
            short=short,
            code=code,
            kind=kind,
            zoom=self.link.zoomed(code) if kind == "unit" and code and not self.is_zoomed else "",
            whole=self.presence.whole(key) if key and kind == "unit" and not self.is_zoomed else 0,
            total=CellView(total, self.link.cell(place) if total.lines and has_work else ""),
            cells=cells,
        )

    def _place_values(self, code: str, kind: str) -> Mapping[str, str]:
        """How an address names the lines of a row."""
        if kind == "country":
            return {"breadth": Breadth.COUNTRY}
        zoomed = next(iter(self.asked.chosen("province")), "")
        if kind == "whole":
            return {"province": zoomed, "breadth": Breadth.PROVINCE}
        if not code:
            return {}
        return {"province": zoomed, "district": code} if self.is_zoomed else {"province": code}

    def _page(self, found: Sequence[Row]) -> Page[Row]:
        last = max(1, -(-len(found) // LINES_A_PAGE))
        number = min(self.asked.page, last)
        start = (number - 1) * LINES_A_PAGE
        return Page(found[start : start + LINES_A_PAGE], len(found), number, LINES_A_PAGE)

    def _extent(self, bar: Bar) -> dict[str, float]:
        left = self.timeline.share(bar.starts_on or self.timeline.first_day) * AXIS
        right = self.timeline.share((bar.ends_on or self.timeline.last_day) + timedelta(days=1)) * AXIS
        return {"left": round(left, 1), "width": round(max(right - left, 2), 1)}


def presence_page(
    session: Session, screen: Screen, asked: Asked, today: date, snapshot: Snapshot | None = None
) -> PresencePage:
    """`snapshot`: the register as it was read before, which saves asking whether it changed."""
    questions = [asked.filter, *([asked.filter.country_wide()] if asked.filter.zoom else [])]
    presence, *wider = read_presences(session, screen.viewer, questions, today, snapshot)
    shown = unit_map(session, presence.zoom, screen.language)
    return PresencePage(
        session, screen, asked, presence, shown, wider[0].total if wider else presence.place(None)
    )


def place_presence(session: Session, screen: Screen, page: PlacePage, today: date) -> PresencePage | None:
    """What is said of one place of the country on its own page; None where nothing is counted."""
    place, code = page.details.place, page.line.code
    if place.country != HOME_COUNTRY or place.is_closed or not code:
        return None
    asked = Asked(PresenceFilter(), {})
    if place.level == Level.PROVINCE:
        asked = Asked(PresenceFilter(provinces=frozenset({place.id})), {"province": [code]})
    elif place.level == Level.DISTRICT and place.parent_id:
        within = PresenceFilter(provinces=frozenset({place.parent_id}), districts=frozenset({place.id}))
        asked = Asked(within, {"province": [page.above[-1].code], "district": [code]})
    return presence_page(session, screen, asked, today)


def organisation_presence(
    session: Session, screen: Screen, organisation: Organisation, today: date
) -> PresencePage | None:
    """The work an organisation takes part in, on its own page; None where the viewer may see none of it."""
    within = PresenceFilter(organisations=frozenset({organisation.id}))
    if not read_presence(session, screen.viewer, within, today).lines:
        return None
    asked = Asked(within, {"organisation": [organisation.reference]})
    return presence_page(session, screen, asked, today)


def _chip_text(field: str, value: str, names: Mapping[str, str], words: Mapping[str, str]) -> str:
    if field in LABEL_NAMES:
        return LABELS[LABEL_NAMES[field]].get(value, value)
    return words.get(field) or names.get(value, value)


def _wider_state(presence: Presence, column: str) -> CellState:
    """The state of everything that was asked for, as one cell; nil returns hold for the place that names them."""
    figures = presence.column(column)
    place = next(iter(presence.asked.districts), presence.zoom)
    return figures.state if figures.lines or place is None else presence.cell(place, column).state


def count_class(families: int) -> int:
    """0 for none, then 1 to 4: 1–2, 3–5, 6–9, 10 and more."""
    return sum(families >= least for least in COUNT_CLASSES)
