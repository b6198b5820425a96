"""Where one project works: its provinces or districts on a map, and every place, also abroad, in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from portal.places.models import Level
from portal.places.shapes import MapPart, UnitMap, unit_map
from portal.registry.models import LineState
from portal.registry.page_queries import LineDetail, NamedPlace
from portal.registry.terms import LinePlaceRole, Work, work_of


@dataclass(frozen=True)
class WorkShape:
    """A unit on the map; without lines there it is only its outline."""

    part: MapPart
    label: str
    lines: int
    work: Work | None


@dataclass(frozen=True)
class ProvinceWords:
    """A province in which it works: named as a whole, in districts, or in some lines as each."""

    id: UUID
    name: str
    is_whole: bool
    districts: Sequence[NamedPlace]


@dataclass(frozen=True)
class ProjectMap:
    """`map` is of one province's districts where all work is in districts of it, else of the country."""

    map: UnitMap
    is_zoomed: bool
    shapes: Sequence[WorkShape]
    provinces: Sequence[ProvinceWords]
    is_country_wide: bool
    destinations: Sequence[NamedPlace]
    corridors: Sequence[NamedPlace]

    @property
    def is_drawn(self) -> bool:
        return any(shape.work for shape in self.shapes)

    @property
    def shown_work(self) -> list[Work]:
        return [work for work in Work if any(shape.work == work for shape in self.shapes)]

    @property
    def has_places(self) -> bool:
        return bool(self.provinces or self.is_country_wide or self.destinations or self.corridors)


def project_map(session: Session, details: Sequence[LineDetail], language: str) -> ProjectMap:
    """`details`: the lines that the viewer may see; drafts are no work yet. One statement."""
    lines = [detail for detail in details if detail.line.state == LineState.PUBLISHED]
    worked = [place for line in lines for place in line.activity_places if _province_of(place)]
    provinces = {_province_of(place) for place in worked}
    is_zoomed = len(provinces) == 1 and all(place.level == Level.DISTRICT for place in worked)
    shown = unit_map(session, next(iter(provinces)) if is_zoomed else None, language)
    return ProjectMap(
        map=shown,
        is_zoomed=is_zoomed,
        shapes=_shapes(shown, lines, is_zoomed=is_zoomed),
        provinces=_in_words(shown, worked, is_zoomed=is_zoomed),
        is_country_wide=any(place.level == Level.COUNTRY for line in lines for place in line.activity_places),
        destinations=_each_once(place for line in lines for place in line.in_role(LinePlaceRole.DESTINATION)),
        corridors=_each_once(place for line in lines for place in line.in_role(LinePlaceRole.CORRIDOR)),
    )


def _shapes(shown: UnitMap, lines: Sequence[LineDetail], *, is_zoomed: bool) -> list[WorkShape]:
    works: defaultdict[UUID | None, list[Work]] = defaultdict(list)
    for line in lines:
        keys = {place.id if is_zoomed else _province_of(place) for place in line.activity_places}
        for key in keys - {None}:
            works[key].append(work_of(line.status))
    order = list(Work)
    return [
        WorkShape(
            part=part,
            label=part.label,
            lines=len(works[part.place_id]),
            work=min(works[part.place_id], key=order.index, default=None),
        )
        for part in shown.parts
        if part.area
    ]


def _in_words(shown: UnitMap, worked: Sequence[NamedPlace], *, is_zoomed: bool) -> list[ProvinceWords]:
    by_province: defaultdict[UUID, list[NamedPlace]] = defaultdict(list)
    for place in _each_once(worked):
        if province := _province_of(place):
            by_province[province].append(place)
    names = {shown.place_id: shown.name} if is_zoomed else {part.place_id: part.name for part in shown.parts}
    # Closed units are on no map any more; as a whole they bring their name themselves.
    names |= {place.id: place.name for place in worked if place.id not in names}
    order = {key: number for number, key in enumerate(names)}
    return [
        ProvinceWords(
            key,
            names.get(key, ""),
            any(place.is_whole_province for place in by_province[key]),
            [place for place in by_province[key] if place.level == Level.DISTRICT],
        )
        for key in sorted(by_province, key=lambda key: order.get(key, len(order)))
    ]


def _each_once(places: Iterable[NamedPlace]) -> list[NamedPlace]:
    return list({place.id: place for place in places}.values())


def _province_of(place: NamedPlace) -> UUID | None:
    """The province it is or lies in; None for countries."""
    return {Level.PROVINCE: place.id, Level.DISTRICT: place.parent_id}.get(place.level)
