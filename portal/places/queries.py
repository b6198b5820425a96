"""Reading the gazetteer.

Every list of ids is answered in one statement; a place is found in two, or six where its parent is named too.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from portal.core.errors import N_, NotFound
from portal.places.matching import (
    MAX_NAME_LENGTH,
    KnownName,
    Reason,
    Suggestion,
    code_key,
    narrow_down,
    rank,
    rank_order,
    read_wording,
)
from portal.places.models import Level, NameKind, Place, PlaceCode, PlaceMap, PlaceName

HOME_COUNTRY = "LA"
# The scheme of the codes by which OCHA's common operational datasets name places (P-codes).
P_CODES = "cod_pcode"
# Its codes of provinces end in the two letters that maps show.
SUBDIVISIONS = "iso3166_2"

# "Xaysetha, Attapeu" and "Xaysetha (Attapeu)", as lists of districts write them.
_WITH_PARENT = re.compile(r"(?P<name>[^,(]+)[,(](?P<parent>[^,()]+)\)?\s*")

_KIND_ORDER = {NameKind.OFFICIAL: 0, NameKind.VARIANT: 1, NameKind.FORMER: 2}


@dataclass
class Unit:
    """A place with what a map says of it: its official name by language, its latest code by scheme.

    `drawn_at` and `drawn_from` tell of the drawing that real boundaries gave for its own units.
    """

    id: UUID
    level: Level
    country: str
    drawn_at: datetime | None
    drawn_from: str
    names: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlaceDetails:
    """Everything a page says of one place."""

    place: Place
    names: Sequence[PlaceName]
    codes: Sequence[PlaceCode]
    predecessor: Place | None
    successors: Sequence[Place]

    def official_names(self) -> dict[str, str]:
        return {name.language: name.text for name in self.names if name.kind == NameKind.OFFICIAL}


def get_place(session: Session, place_id: UUID) -> Place:
    place = session.get(Place, place_id)
    if place is None:
        raise NotFound(N_("There is no such place."))
    return place


def get_place_details(session: Session, place_id: UUID) -> PlaceDetails:
    place = get_place(session, place_id)
    names = session.exec(select(PlaceName).where(PlaceName.place_id == place_id)).all()
    codes = session.exec(
        select(PlaceCode)
        .where(PlaceCode.place_id == place_id)
        .order_by(PlaceCode.scheme, PlaceCode.edition, PlaceCode.code)
    ).all()
    ordered = sorted(names, key=lambda name: (_KIND_ORDER[NameKind(name.kind)], name.language, name.text))
    predecessor = session.get(Place, place.predecessor_id) if place.predecessor_id else None
    return PlaceDetails(place, ordered, codes, predecessor, successors_of(session, place))


def successors_of(session: Session, place: Place) -> Sequence[Place]:
    """What a closed place became: the unit it went into, or the units that came out of it."""
    if not place.is_closed:
        return []
    came_out = col(Place.predecessor_id) == place.id
    return session.exec(select(Place).where(or_(came_out, col(Place.id) == place.successor_id))).all()


def find_place(
    session: Session, text: str, *, within: UUID | None = None, on: date | None = None
) -> Place | None:
    """The one place meant by a code or any spelling, or None where none or several may be meant.

    Inside a parent its children come before their children, so that "Phongsaly" within the country is
    the province and within the province the district. With a day, only what held on that day is found;
    without one, open places come before closed ones. A code in capitals comes before a name: "LA" is
    the country and "La" a district. "Xaysetha, Attapeu" names the parent too.
    """
    place = _find_named(session, text, within, on)
    match = _WITH_PARENT.fullmatch(text[:MAX_NAME_LENGTH]) if place is None else None
    if match is None:
        return place
    parent = _find_named(session, match["parent"], within, on)
    return _find_named(session, match["name"], parent.id, on) if parent else None


def suggest_places(
    session: Session, text: str, within: UUID | None = None, limit: int = 8
) -> list[Suggestion]:
    """The places that may be meant, best first, each with the spelling or code that matched.

    Every spelling is compared (about 1,600 for Lao PDR and its neighbours, some 20 ms).
    """
    suggestions = {suggestion.place_id: suggestion for suggestion in _suggest_by_code(session, text, within)}
    for suggestion in rank(text, _known_names(session, within), limit):
        known = suggestions.get(suggestion.place_id)
        if known is None or rank_order(suggestion) < rank_order(known):
            suggestions[suggestion.place_id] = suggestion
    return sorted(suggestions.values(), key=rank_order)[:limit]


def browse_places(
    session: Session, parent_id: UUID | None = None, *, on: date | None = None
) -> Sequence[Place]:
    """The units inside a place, or the countries, by code; those open now, or those that held on a day."""
    statement = select(Place).where(col(Place.parent_id) == parent_id if parent_id else col(Place.level) == 0)
    places = session.exec(statement.where(_valid(on)).order_by(_sorting_code(), col(Place.id))).all()
    return places


def provinces(session: Session, country: str = HOME_COUNTRY) -> Sequence[Place]:
    """The open first-level units of a country, by code."""
    statement = select(Place).where(Place.country == country, Place.level == Level.PROVINCE, _valid(None))
    return session.exec(statement.order_by(_sorting_code(), col(Place.id))).all()


def districts(session: Session, province_id: UUID) -> Sequence[Place]:
    """The open districts of a province, by code."""
    return browse_places(session, province_id)


def place_and_units(session: Session, place_id: UUID | None = None) -> list[Unit]:
    """A place and the open units inside it, these by code; of the home country without an id. One statement."""
    home = aliased(Place)
    is_home = select(home.id).where(
        home.country == HOME_COUNTRY, home.level == Level.COUNTRY, col(home.valid_to).is_(None)
    )
    whole = place_id if place_id is not None else is_home.limit(1).scalar_subquery()
    is_official = and_(col(PlaceName.place_id) == col(Place.id), col(PlaceName.kind) == NameKind.OFFICIAL)
    is_shown = and_(
        col(PlaceCode.place_id) == col(Place.id), col(PlaceCode.scheme).in_([P_CODES, SUBDIVISIONS])
    )
    statement = (
        select(  # type: ignore[call-overload]
            Place.id,
            Place.level,
            Place.country,
            PlaceMap.loaded_at,
            PlaceMap.source,
            PlaceName.language,
            PlaceName.text,
            PlaceCode.scheme,
            PlaceCode.code,
        )
        .outerjoin(PlaceMap, col(PlaceMap.place_id) == col(Place.id))
        .outerjoin(PlaceName, is_official)
        .outerjoin(PlaceCode, is_shown)
        .where(or_(col(Place.id) == whole, and_(col(Place.parent_id) == whole, _valid(None))))
        .order_by(col(Place.level), _sorting_code(), col(Place.id), col(PlaceCode.edition))
    )
    units: dict[UUID, Unit] = {}
    for key, level, country, drawn_at, source, language, name, scheme, code in session.exec(statement):
        unit = units.setdefault(key, Unit(key, Level(level), country, drawn_at, source or ""))
        if language:
            unit.names[language] = name
        if scheme:
            unit.codes[scheme] = code
    return list(units.values())


def place_names(session: Session, ids: Collection[UUID], language: str) -> dict[UUID, str]:
    """The official name of each place in a language, else in English, else in any."""
    official = official_names(session, ids)
    return {place_id: choose_name(names, language) for place_id, names in official.items()}


def official_names(session: Session, ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """The official name of each place in every language that has one."""
    if not ids:
        return {}
    official: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    statement = select(PlaceName.place_id, PlaceName.language, PlaceName.text).where(
        col(PlaceName.place_id).in_(set(ids)), PlaceName.kind == NameKind.OFFICIAL
    )
    for place_id, name_language, text in session.exec(statement):
        official[place_id][name_language] = text
    return dict(official)


def all_spellings(session: Session, ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Every spelling of each place, official ones first, former ones last."""
    statement = select(PlaceName.place_id, PlaceName.kind, PlaceName.text).where(
        col(PlaceName.place_id).in_(set(ids))
    )
    found = sorted(
        ((_KIND_ORDER[NameKind(kind)], text, place_id) for place_id, kind, text in session.exec(statement)),
        key=lambda spelling: spelling[:2],
    )
    spellings: defaultdict[UUID, dict[str, None]] = defaultdict(dict)
    for _, text, place_id in found:
        spellings[place_id][text] = None
    return {place_id: list(texts) for place_id, texts in spellings.items()}


def province_of(session: Session, ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """The province each place lies in: itself for a province, None for a country."""
    statement = select(Place.id, Place.level, Place.parent_id).where(col(Place.id).in_(set(ids)))
    return {
        place_id: {Level.COUNTRY: None, Level.PROVINCE: place_id}.get(Level(level), parent_id)
        for place_id, level, parent_id in session.exec(statement)
    }


def places_by_code(session: Session, scheme: str, codes: Collection[str]) -> dict[str, Place]:
    """The place of each code, open places and later editions first; codes that are not known are absent."""
    statement = (
        select(PlaceCode.code, Place)
        .join(Place, col(Place.id) == col(PlaceCode.place_id))
        .where(PlaceCode.scheme == scheme, col(PlaceCode.code).in_({code_key(code) for code in codes}))
        .order_by(col(Place.valid_to).is_not(None), col(PlaceCode.edition).desc())
    )
    found: dict[str, Place] = {}
    for code, place in session.exec(statement):
        found.setdefault(code, place)
    return {code: found[code_key(code)] for code in codes if code_key(code) in found}


def place_codes(session: Session, ids: Collection[UUID], scheme: str) -> dict[UUID, str]:
    """The latest code of each place in a scheme; places without one are absent."""
    if not ids:
        return {}
    statement = (
        select(PlaceCode.place_id, PlaceCode.code)
        .where(col(PlaceCode.place_id).in_(set(ids)), PlaceCode.scheme == scheme)
        .order_by(PlaceCode.edition)
    )
    return dict(session.exec(statement).all())


def choose_name(names: dict[str, str], language: str) -> str:
    """One of the official names of a place, by language: the asked one, else English, else any."""
    if not names:
        return ""
    return names.get(language) or names.get("en") or names[min(names)]


def _valid(on: date | None) -> ColumnElement[bool]:
    if on is None:
        return col(Place.valid_to).is_(None)
    started = or_(col(Place.valid_from).is_(None), col(Place.valid_from) <= on)
    return started & or_(col(Place.valid_to).is_(None), col(Place.valid_to) > on)


def _inside(within: UUID | None) -> list[ColumnElement[bool]]:
    if within is None:
        return []
    parent = aliased(Place)
    children = select(parent.id).where(col(parent.parent_id) == within)
    return [or_(col(Place.parent_id) == within, col(Place.parent_id).in_(children))]


def _sorting_code() -> ColumnElement[str]:
    """P-codes where there are any: they follow the order a country counts its units in."""
    of_place = select(PlaceCode.code).where(PlaceCode.place_id == col(Place.id))
    first = of_place.order_by(case((col(PlaceCode.scheme) == "cod_pcode", 0), else_=1), PlaceCode.code)
    return first.limit(1).correlate(Place).scalar_subquery()


def _find_named(session: Session, text: str, within: UUID | None, on: date | None) -> Place | None:
    by_code = _places_with_code(session, code_key(text), within)
    if text.strip() == code_key(text) and (place := _the_only(by_code, within, on)):
        return place
    return _the_only(_places_with_name(session, text, within), within, on) or _the_only(by_code, within, on)


def _places_with_code(session: Session, code: str, within: UUID | None) -> list[Place]:
    statement = (
        select(Place)
        .join(PlaceCode, col(PlaceCode.place_id) == col(Place.id))
        .where(PlaceCode.code == code, *_inside(within))
    )
    return list(session.exec(statement).unique())


def _places_with_name(session: Session, text: str, within: UUID | None) -> list[Place]:
    wording = read_wording(text)
    if not wording.key:
        return []
    statement = (
        select(Place, PlaceName)
        .join(PlaceName, col(PlaceName.place_id) == col(Place.id))
        .where(PlaceName.key == wording.key, *_inside(within))
    )
    rows = session.exec(statement).all()
    meant = narrow_down(
        wording,
        (
            KnownName(place.id, place.level, place.is_closed, name.kind, name.text, name.key)
            for place, name in rows
        ),
    )
    return list({place.id: place for place, _ in rows if place.id in meant}.values())


def _the_only(places: Iterable[Place], within: UUID | None, on: date | None) -> Place | None:
    """The one place that is left when those nearer to the parent, and open ones, come first."""
    candidates = [place for place in places if on is None or place.is_valid(on)]
    if within is not None:
        candidates = [p for p in candidates if p.parent_id == within] or candidates
    if on is None:
        candidates = [p for p in candidates if not p.is_closed] or candidates
    distinct = {place.id: place for place in candidates}
    return next(iter(distinct.values())) if len(distinct) == 1 else None


def _known_names(session: Session, within: UUID | None) -> list[KnownName]:
    statement = (
        select(  # type: ignore[call-overload]
            PlaceName.place_id, Place.level, Place.valid_to, PlaceName.kind, PlaceName.text, PlaceName.key
        )
        .join(Place, col(Place.id) == col(PlaceName.place_id))
        .where(*_inside(within))
    )
    return [
        KnownName(place_id, level, valid_to is not None, kind, text, key)
        for place_id, level, valid_to, kind, text, key in session.exec(statement)
    ]


def _suggest_by_code(session: Session, text: str, within: UUID | None) -> list[Suggestion]:
    code = code_key(text)
    if not code:
        return []
    # Two letters begin every code of a country, so they are only taken as a whole code.
    matches = col(PlaceCode.code) == code
    if len(code) > 2:
        matches = or_(matches, col(PlaceCode.code).startswith(code, autoescape=True))
    statement = (
        select(Place.id, Place.level, col(Place.valid_to).is_not(None), PlaceCode.code)
        .join(PlaceCode, col(PlaceCode.place_id) == col(Place.id))
        .where(matches, *_inside(within))
        .order_by(func.length(PlaceCode.code), PlaceCode.code)
        .limit(20)
    )
    return [
        Suggestion(place_id, level, found, Reason.CODE, 100.0 if found == code else 80.0, is_closed)
        for place_id, level, is_closed, found in session.exec(statement)
    ]
