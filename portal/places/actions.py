"""Changing the gazetteer: load a file, rename a place, add spellings, split a district.

Nothing is ever deleted: names become former ones, units are closed, and both stay found. What a person
asks for comes through `edit_actions.py`, which asks whether they may and tells the audit trail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from uuid import UUID

from sqlmodel import Session, col, select

from portal.core.errors import N_, Conflict, Invalid, require
from portal.places.gazetteer import GazetteerRow, Spelling, read_gazetteer, script_language
from portal.places.inputs import NewPlaceInput
from portal.places.matching import name_key
from portal.places.models import Level, NameKind, Place, PlaceCode, PlaceName

LOCAL_SCHEME = "cod_pcode"
OWN_FILES = ("lao.csv", "neighbours.csv")


@dataclass(frozen=True)
class LoadReport:
    """What loading a file did, in numbers of places, each counted once.

    `extended` ones got spellings, codes or coordinates; `missing` are open here and left out by the file.
    """

    created: int = 0
    renamed: int = 0
    unchanged: int = 0
    closed: int = 0
    extended: int = 0
    missing: int = 0


def load_gazetteer(session: Session, rows: Sequence[GazetteerRow], on: date) -> LoadReport:
    """Bring the gazetteer in line with a file; `on` is the day from which changed names hold.

    Loading twice changes nothing. A file never takes back what was decided here: a name that was given
    up stays former, a closed unit stays closed, a unit the file leaves out stays as it is.
    """
    loader = _Loader(session, on, _countries_of(session, rows))
    loader.open_places(sorted(rows, key=lambda row: row.level))
    for row in rows:
        loader.describe(row)
    session.flush()
    return loader.report()


def load_own_gazetteer(session: Session, on: date) -> list[LoadReport]:
    """Load the files that come with the portal: Lao PDR first, then its neighbours."""
    folder = resources.files("portal.places") / "data"
    return [
        load_gazetteer(session, read_gazetteer((folder / name).read_bytes()).rows, on) for name in OWN_FILES
    ]


def rename_place(session: Session, place: Place, language: str, name: str, on: date) -> Place:
    """Give a place a new official name in one language; the old one stays found as a former name."""
    require(name_key(name), Invalid(N_("A name needs letters."), field="name"))
    names = session.exec(select(PlaceName).where(PlaceName.place_id == place.id)).all()
    current = next((n for n in names if n.kind == NameKind.OFFICIAL and n.language == language), None)
    if current and current.text == name:
        return place
    require(
        current is None or current.valid_from is None or current.valid_from <= on,
        Conflict(N_("The present name holds from a later day. Choose a day after it."), field="on"),
    )
    if current:
        _make_former(session, current, on)
    session.add(_new_name(place.id, language, NameKind.OFFICIAL, name, on))
    session.flush()
    return place


def add_spellings(session: Session, place: Place, texts: Sequence[str]) -> int:
    """Add other spellings under which a place is found; return how many were new."""
    known = set(session.exec(select(PlaceName.text).where(PlaceName.place_id == place.id)))
    new = [text for text in dict.fromkeys(texts) if text not in known]
    for text in new:
        session.add(_new_name(place.id, script_language(text), NameKind.VARIANT, text, None))
    session.flush()
    return len(new)


def split_district(
    session: Session, place: Place, successors: Sequence[NewPlaceInput], on: date
) -> list[Place]:
    """Close a district on a day and open the units that came out of it on the same day.

    What keeps its old name is one of the successors too: its area is another one. The old unit keeps its
    names and codes, and what was recorded there.
    """
    require(place.level == Level.DISTRICT, Invalid(N_("Only districts can be split.")))
    require(not place.is_closed, Conflict(N_("This district is already closed.")))
    require(
        place.valid_from is None or place.valid_from < on,
        Invalid(N_("The district began later. Choose a day after its beginning."), field="on"),
    )
    require(len(successors) > 1, Invalid(N_("Name at least two districts."), field="successors"))
    keys = [name_key(successor.name_en) for successor in successors]
    require(
        len(set(keys)) == len(keys),
        Invalid(N_("Two of the new districts have the same name."), field="successors"),
    )
    edition = on.isoformat()
    _check_codes_are_free(session, [successor.code for successor in successors if successor.code], edition)
    place.valid_to = on
    session.add(place)
    opened = [_open_successor(session, place, successor, on, edition) for successor in successors]
    session.flush()
    return opened


def _open_successor(
    session: Session, place: Place, successor: NewPlaceInput, on: date, edition: str
) -> Place:
    new = Place(
        level=place.level,
        country=place.country,
        parent_id=place.parent_id,
        latitude=successor.latitude,
        longitude=successor.longitude,
        valid_from=on,
        predecessor_id=place.id,
    )
    session.add(new)
    # The names point at the place, and no relationship tells the session to write it first.
    session.flush()
    for language, text in successor.names.items():
        session.add(_new_name(new.id, language, NameKind.OFFICIAL, text, on))
    for text in successor.other_spellings:
        session.add(_new_name(new.id, script_language(text), NameKind.VARIANT, text, None))
    if successor.code:
        session.add(PlaceCode(place_id=new.id, scheme=LOCAL_SCHEME, edition=edition, code=successor.code))
    return new


def _check_codes_are_free(session: Session, codes: list[str], edition: str) -> None:
    require(
        len(set(codes)) == len(codes),
        Invalid(N_("Two of the new districts have the same code."), field="code"),
    )
    taken = session.exec(
        select(PlaceCode.code).where(
            PlaceCode.scheme == LOCAL_SCHEME, PlaceCode.edition == edition, col(PlaceCode.code).in_(codes)
        )
    ).first()
    require(
        taken is None, Conflict(N_("The code %(code)s is taken by another place."), field="code", code=taken)
    )


def _make_former(session: Session, name: PlaceName, on: date) -> None:
    name.kind = NameKind.FORMER
    name.valid_to = on
    session.add(name)
    # Before the new official name is written: a place has only one at a time in each language.
    session.flush()


def _new_name(place_id: UUID, language: str, kind: NameKind, text: str, valid_from: date | None) -> PlaceName:
    return PlaceName(
        place_id=place_id, language=language, kind=kind, text=text, key=name_key(text), valid_from=valid_from
    )


def _countries_of(session: Session, rows: Sequence[GazetteerRow]) -> set[str]:
    """The countries a file speaks of: those in it, and those of parents that were loaded before."""
    in_file = {row.code.code for row in rows}
    parents = {row.parent for row in rows} - in_file
    known = session.exec(
        select(Place.country)
        .join(PlaceCode, col(PlaceCode.place_id) == col(Place.id))
        .where(col(PlaceCode.code).in_(parents))
    )
    return {row.code.code for row in rows if row.level == Level.COUNTRY} | set(known)


class _Loader:
    """Loads row after row; everything known of the file's countries is read beforehand, in three statements."""

    def __init__(self, session: Session, on: date, countries: set[str]) -> None:
        self.session = session
        self.on = on
        of_countries = col(Place.country).in_(countries)
        # Among places that share a code, one that is open and a code of a later edition win.
        ordered = (
            select(PlaceCode)
            .join(Place, col(Place.id) == col(PlaceCode.place_id))
            .where(of_countries)
            .order_by(col(Place.valid_to).is_not(None), col(PlaceCode.edition).desc())
        )
        self.places = {p.id: p for p in session.exec(select(Place).where(of_countries))}
        self.codes: dict[str, list[PlaceCode]] = {}
        for code in session.exec(ordered):
            self.codes.setdefault(code.code, []).append(code)
        self.names: dict[UUID, list[PlaceName]] = {place_id: [] for place_id in self.places}
        named = select(PlaceName).join(Place, col(Place.id) == col(PlaceName.place_id)).where(of_countries)
        for name in session.exec(named):
            self.names[name.place_id].append(name)
        self.of_code: dict[str, Place] = {}
        self.levels: set[int] = set()
        self.counts = {"created": 0, "renamed": 0, "unchanged": 0, "closed": 0, "extended": 0}

    def open_places(self, rows: Iterable[GazetteerRow]) -> None:
        """Find or make the place of every row. Codes and names point at places, which are written first."""
        for row in rows:
            place = self.known_place(row) or self.new_place(row)
            self.of_code[row.code.code] = place
            self.levels.add(row.level)
        self.session.flush()

    def describe(self, row: GazetteerRow) -> None:
        """Give the place of a row what the file says of it, and count what that changed."""
        place = self.of_code[row.code.code]
        is_new = place.id not in self.places
        is_closed = self.close(place, row)
        extended = self.complete(place, row)
        extended |= self.add_codes(place, row)
        renamed = self.name_officially(place, row)
        extended |= self.add_names(place, row)
        outcomes = {"created": is_new, "closed": is_closed, "renamed": renamed, "extended": extended}
        self.counts[next((outcome for outcome, holds in outcomes.items() if holds), "unchanged")] += 1

    def report(self) -> LoadReport:
        met = {place.id for place in self.of_code.values()}
        missing = sum(
            1
            for place in self.places.values()
            if place.id not in met and not place.is_closed and place.level in self.levels
        )
        return LoadReport(**self.counts, missing=missing)

    def known_place(self, row: GazetteerRow) -> Place | None:
        same = [code for code in self.codes.get(row.code.code, []) if code.scheme == row.code.scheme]
        of_edition = [code for code in same if code.edition == row.code.edition]
        for code in of_edition or same:
            place = self.places[code.place_id]
            if place.level == row.level:
                return place
        return None

    def new_place(self, row: GazetteerRow) -> Place:
        parent = self.parent(row)
        place = Place(
            level=row.level,
            country=parent.country if parent else row.code.code,
            parent_id=parent.id if parent else None,
            valid_from=row.valid_from,
        )
        self.names[place.id] = []
        self.session.add(place)
        return place

    def parent(self, row: GazetteerRow) -> Place | None:
        if row.level == Level.COUNTRY:
            return None
        place = self.unit(row.parent, row.level - 1)
        require(
            place,
            Invalid(
                N_("Line %(line)s: the parent %(code)s is neither in this file nor known. Load it first."),
                line=row.line,
                code=row.parent,
            ),
        )
        return place

    def unit(self, code: str, level: int) -> Place | None:
        if code in self.of_code:
            return self.of_code[code]
        known = (self.places.get(known.place_id) for known in self.codes.get(code, []))
        return next((place for place in known if place and place.level == level), None)

    def close(self, place: Place, row: GazetteerRow) -> bool:
        if place.is_closed or row.valid_to is None:
            return False
        place.valid_to = row.valid_to
        if row.successor:
            successor = self.unit(row.successor, row.level)
            require(
                successor,
                Invalid(
                    N_("Line %(line)s: the successor %(code)s is neither in this file nor known."),
                    line=row.line,
                    code=row.successor,
                ),
            )
            place.successor_id = successor.id if successor else None
        self.session.add(place)
        return True

    def complete(self, place: Place, row: GazetteerRow) -> bool:
        """Where it lies and since when, as far as the file says so."""
        parent = self.parent(row)
        told = {
            "parent_id": parent.id if parent else None,
            "latitude": row.latitude,
            "longitude": row.longitude,
            "valid_from": row.valid_from,
        }
        changed = {
            attribute: value
            for attribute, value in told.items()
            if value is not None and value != getattr(place, attribute)
        }
        for attribute, value in changed.items():
            setattr(place, attribute, value)
        self.session.add(place)
        return bool(changed)

    def add_codes(self, place: Place, row: GazetteerRow) -> bool:
        added = False
        for code in (row.code, *row.other_codes):
            same = [
                c
                for c in self.codes.get(code.code, [])
                if (c.scheme, c.edition) == (code.scheme, code.edition)
            ]
            require(
                all(known.place_id == place.id for known in same),
                Invalid(
                    N_("Line %(line)s: the code %(code)s belongs to another place already."),
                    line=row.line,
                    code=code.code,
                ),
            )
            if not same:
                new = PlaceCode(place_id=place.id, scheme=code.scheme, edition=code.edition, code=code.code)
                self.session.add(new)
                self.codes.setdefault(code.code, []).append(new)
                added = True
        return added

    def name_officially(self, place: Place, row: GazetteerRow) -> bool:
        renamed = False
        for language, text in row.names.items():
            names = [name for name in self.names[place.id] if name.language == language]
            current = next((name for name in names if name.kind == NameKind.OFFICIAL), None)
            given_up = any(name.kind == NameKind.FORMER and name.text == text for name in names)
            # A file older than a renaming that was made here must not undo it.
            if given_up or (current and current.text == text):
                continue
            if current:
                _make_former(self.session, current, self.on)
                renamed = True
            since = self.on if current else row.valid_from
            self.add_name(place, NameKind.OFFICIAL, Spelling(language, text), since)
        return renamed

    def add_names(self, place: Place, row: GazetteerRow) -> bool:
        known = {name.text for name in self.names[place.id]}
        added = False
        for kind, spellings in ((NameKind.VARIANT, row.other_names), (NameKind.FORMER, row.former_names)):
            for spelling in spellings:
                if spelling.text not in known:
                    self.add_name(place, kind, spelling, None)
                    added = True
        return added

    def add_name(self, place: Place, kind: NameKind, spelling: Spelling, since: date | None) -> None:
        name = _new_name(place.id, spelling.language, kind, spelling.text, since)
        self.names[place.id].append(name)
        self.session.add(name)
