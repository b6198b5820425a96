"""Places to choose from, and places as they were chosen: what does not fit is refused at its field."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlmodel import Session, col, select

from portal.core.errors import N_, Invalid
from portal.places.models import Level, Place
from portal.places.queries import HOME_COUNTRY, P_CODES, find_place, place_codes, place_names, places_by_code
from portal.registry.inputs import read_count


@dataclass(frozen=True)
class ChosenPlace:
    place: Place
    # Percent of the line's work done there, where somebody said so.
    share: int | None = None


def chosen_places(session: Session, tokens: Collection[str], field: str) -> list[ChosenPlace]:
    """Each place once, in the order given. Two statements for those with a P-code; places abroad have other codes."""
    parted = [token.partition("=") for token in tokens]
    named = [name.strip() for name, _, _ in parted]
    ids = {key for key in (_as_id(name) for name in named) if key}
    by_id = {place.id: place for place in session.exec(select(Place).where(col(Place.id).in_(ids)))}
    by_code = places_by_code(session, P_CODES, [name for name in named if not _as_id(name)])
    found: dict[UUID, ChosenPlace] = {}
    for name, (_, _, share) in zip(named, parted, strict=True):
        key = _as_id(name)
        place = by_id.get(key) if key else by_code.get(name) or find_place(session, name)
        if place is None:
            raise Invalid(N_("There is no place with the code “%(code)s”."), field=field, code=name)
        found.setdefault(place.id, ChosenPlace(place, _share(share, field)))
    return list(found.values())


def faults_of_places(
    places: Sequence[ChosenPlace], provinces: Sequence[ChosenPlace], field: str = "places"
) -> list[Invalid]:
    """Places that contradict each other: a district and its whole province, or one outside the named provinces."""
    faults = []
    ids = {chosen.place.id for chosen in places}
    within = {chosen.place.id for chosen in provinces}
    countries = {chosen.place.country for chosen in places if chosen.place.level == Level.COUNTRY}
    if any(chosen.place.parent_id in ids for chosen in places) or any(
        chosen.place.country in countries and chosen.place.level != Level.COUNTRY for chosen in places
    ):
        faults.append(Invalid(N_("Choose either all of it or parts of it, not both."), field=field))
    if within and any(_lies_outside(chosen.place, within) for chosen in places):
        faults.append(
            Invalid(N_("One of these districts lies in another province than you chose."), field=field)
        )
    if sum(chosen.share or 0 for chosen in places) > 100:
        faults.append(Invalid(N_("The shares of the places make more than the whole."), field=field))
    return faults


def _lies_outside(place: Place, within: set[UUID]) -> bool:
    return place.level != Level.COUNTRY and place.id not in within and place.parent_id not in within


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _share(text: str, field: str) -> int | None:
    if not text:
        return None
    try:
        share = read_count(text)
    except ValueError:
        share = -1
    if not isinstance(share, int) or not 0 <= share <= 100:
        raise Invalid(N_("A percentage lies between 0 and 100."), field=field)
    return share


@dataclass(frozen=True)
class OfferedProvince:
    """A province to choose as a whole, or district by district; ids as a form sends them."""

    value: str
    name: str
    districts: Sequence[tuple[str, str]]

    def chosen(self, values: Collection[str]) -> int:
        """How many of its places are among the chosen ones."""
        return len({self.value, *(value for value, _ in self.districts)} & set(values))


@dataclass(frozen=True)
class OfferedPlaces:
    country: str
    provinces: Sequence[OfferedProvince]
    # The countries people go to or pass through.
    neighbours: Sequence[tuple[str, str]]

    @cached_property
    def names(self) -> dict[str, str]:
        """Every province and district by its value."""
        return {
            value: name
            for province in self.provinces
            for value, name in ((province.value, province.name), *province.districts)
        }

    @staticmethod
    def bare(values: Iterable[str]) -> list[str]:
        """Chosen values without the shares that stand behind some of them."""
        return [value.partition("=")[0] for value in values]


def offered_places(session: Session, language: str) -> OfferedPlaces:
    """Every open place of the country by province, and its neighbours. Three statements."""
    statement = select(Place).where(
        (col(Place.country) == HOME_COUNTRY) | (col(Place.level) == Level.COUNTRY),
        col(Place.valid_to).is_(None),
    )
    places = session.exec(statement).all()
    ids = [place.id for place in places]
    names = place_names(session, ids, language)
    codes = place_codes(session, ids, P_CODES)
    ordered = sorted(places, key=lambda place: (codes.get(place.id, ""), names[place.id]))
    districts: defaultdict[UUID | None, list[tuple[str, str]]] = defaultdict(list)
    for place in ordered:
        if place.level == Level.DISTRICT:
            districts[place.parent_id].append((str(place.id), names[place.id]))
    return OfferedPlaces(
        country=next(
            (str(p.id) for p in ordered if p.level == Level.COUNTRY and p.country == HOME_COUNTRY), ""
        ),
        provinces=[
            OfferedProvince(str(place.id), names[place.id], districts[place.id])
            for place in ordered
            if place.level == Level.PROVINCE
        ],
        neighbours=[
            (str(place.id), names[place.id])
            for place in ordered
            if place.level == Level.COUNTRY and place.country != HOME_COUNTRY
        ],
    )
