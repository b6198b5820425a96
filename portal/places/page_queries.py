"""What the pages about places show: lines of a list, one place with its surroundings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from portal.core.errors import N_, NotFound
from portal.places.matching import Reason, Suggestion, code_key
from portal.places.models import Level, Place, PlaceCode
from portal.places.queries import (
    HOME_COUNTRY,
    P_CODES,
    PlaceDetails,
    browse_places,
    choose_name,
    find_place,
    get_place,
    get_place_details,
    official_names,
    suggest_places,
)

MOST_FOUND = 12
# A second name helps to recognise a place: the one in the script of the country, before any other.
_SECOND_LANGUAGES = ("lo", "th", "zh", "vi", "km", "my", "en")


@dataclass(frozen=True)
class PlaceLine:
    """A place in a list. `reference` is its code, or its id where a code would lead to another place."""

    reference: str
    name: str
    second_name: str
    second_language: str
    parent_name: str
    code: str
    level: int
    parts: int
    is_closed: bool


@dataclass(frozen=True)
class FoundPlace:
    """A place that a text may mean, why, and by which of its spellings or codes."""

    line: PlaceLine
    reason: Reason
    matched: str


@dataclass(frozen=True)
class PlacesPage:
    """What a text may mean, the units of the home country, and the other countries."""

    found: Sequence[FoundPlace]
    provinces: Sequence[PlaceLine]
    neighbours: Sequence[PlaceLine]


@dataclass(frozen=True)
class PlacePage:
    """One place with those around it."""

    details: PlaceDetails
    line: PlaceLine
    above: Sequence[PlaceLine]
    parts: Sequence[PlaceLine]
    predecessor: PlaceLine | None
    successors: Sequence[PlaceLine]


def get_place_by_reference(session: Session, reference: str) -> Place:
    """The place of an address: a code of any scheme, or an id for places without one of their own."""
    try:
        return get_place(session, UUID(reference))
    except ValueError:
        place = find_place(session, code_key(reference))
    if place is None:
        raise NotFound(N_("There is no such place."))
    return place


def places_page(session: Session, language: str, text: str = "") -> PlacesPage:
    suggestions, meant = _meant(session, text, MOST_FOUND)
    countries = browse_places(session)
    home = next((country for country in countries if country.country == HOME_COUNTRY), None)
    provinces = browse_places(session, home.id) if home else []
    others = [country for country in countries if country is not home]
    lines, inside, outside = _grouped_lines(session, [meant, provinces, others], language)
    return PlacesPage(_found(lines, suggestions), inside, outside)


def found_places(session: Session, text: str, language: str, limit: int = 8) -> list[FoundPlace]:
    """What a text may mean, while it is being typed."""
    suggestions, meant = _meant(session, text, limit)
    return _found(place_lines(session, meant, language), suggestions)


def place_page(session: Session, reference: str, language: str) -> PlacePage:
    place = get_place_by_reference(session, reference)
    details = get_place_details(session, place.id)
    above = _above(session, details.place)
    parts = browse_places(session, details.place.id)
    before = [details.predecessor] if details.predecessor else []
    groups = [[details.place], above, parts, before, details.successors]
    own, surrounding, inside, earlier, later = _grouped_lines(session, groups, language)
    return PlacePage(details, own[0], surrounding, inside, next(iter(earlier), None), later)


def place_lines(session: Session, places: Sequence[Place], language: str) -> list[PlaceLine]:
    """The lines of a list in the order given; three statements however long it is."""
    ids = {place.id for place in places}
    names = official_names(session, ids | {place.parent_id for place in places if place.parent_id})
    codes = _main_codes(session, ids)
    parts = _numbers_of_parts(session, ids)
    return [
        _line(
            place,
            language,
            names.get(place.id, {}),
            choose_name(names.get(place.parent_id, {}), language) if place.parent_id else "",
            codes.get(place.id, ""),
            parts.get(place.id, 0),
        )
        for place in places
    ]


def _line(
    place: Place, language: str, names: dict[str, str], parent_name: str, code: str, parts: int
) -> PlaceLine:
    name = choose_name(names, language)
    second = next((key for key in _SECOND_LANGUAGES if key != language and names.get(key, name) != name), "")
    return PlaceLine(
        reference=str(place.id) if place.is_closed or not code else code,
        name=name,
        second_name=names.get(second, ""),
        second_language=second,
        parent_name=parent_name,
        code=code,
        level=place.level,
        parts=parts,
        is_closed=place.is_closed,
    )


def _grouped_lines(
    session: Session, groups: Sequence[Sequence[Place]], language: str
) -> list[list[PlaceLine]]:
    """The lines of several lists, read together."""
    lines = iter(place_lines(session, [place for group in groups for place in group], language))
    return [[next(lines) for _ in group] for group in groups]


def _numbers_of_parts(session: Session, ids: set[UUID]) -> dict[UUID, int]:
    statement = (
        select(Place.parent_id, func.count())
        .where(col(Place.parent_id).in_(ids), col(Place.valid_to).is_(None))
        .group_by(col(Place.parent_id))
    )
    return {parent_id: number for parent_id, number in session.exec(statement) if parent_id}


def _meant(session: Session, text: str, limit: int) -> tuple[list[Suggestion], list[Place]]:
    suggestions = suggest_places(session, text, limit=limit) if text else []
    ids = [suggestion.place_id for suggestion in suggestions]
    by_id = {place.id: place for place in session.exec(select(Place).where(col(Place.id).in_(ids)))}
    return suggestions, [by_id[place_id] for place_id in ids]


def _found(lines: Sequence[PlaceLine], suggestions: Sequence[Suggestion]) -> list[FoundPlace]:
    return [
        FoundPlace(line, suggestion.reason, suggestion.text)
        for line, suggestion in zip(lines, suggestions, strict=True)
    ]


def _above(session: Session, place: Place) -> list[Place]:
    above: list[Place] = []
    parent_id = place.parent_id
    # As many steps as there are levels: a file that goes round in circles does not hold up a page.
    for _ in Level:
        if parent_id is None:
            break
        parent = get_place(session, parent_id)
        above.insert(0, parent)
        parent_id = parent.parent_id
    return above


def _main_codes(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """The P-code of each place where it has one, else its ISO code."""
    statement = (
        select(PlaceCode.place_id, PlaceCode.code)
        .where(col(PlaceCode.place_id).in_(ids))
        .order_by(
            (col(PlaceCode.scheme) == P_CODES).asc(),
            col(PlaceCode.scheme).desc(),
            PlaceCode.edition,
        )
    )
    # Later ones replace earlier ones: the scheme that sorts last here is the one that is shown.
    return dict(session.exec(statement).all())
