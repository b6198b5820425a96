"""Where a row says the work is: countries, provinces and districts by name and by code, brought to one answer. Pure.

A name is looked for inside its parent. Where a district lies elsewhere, the district counts and that is said; where
name and code say different places, the one that was changed counts, and in a new row nothing is guessed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal.core.errors import N_
from portal.core.text import clean_line, fold
from portal.exchange.context import Context
from portal.exchange.remarks import Level, Remark
from uploads.tables.cells import Cell

UNKNOWN_PLACE = N_("No place of this name is known here.")
UNKNOWN_CODE = N_("No place has this code.")
SEVERAL_PLACES = N_("Several places have this name. Write the code or the province, too.")
CODE_TAKEN = N_("This name is not known; the place was taken from its code: %(place)s.")
CODE_MENDED = N_("Read as the code of %(place)s.")
NAMES_DIFFER = N_("The name says %(name)s and the code says %(code)s. Correct one of them.")
DISTRICT_WINS = N_("%(district)s lies in %(province)s, not in what stands here. The district was taken.")
WHOLE_PROVINCE = N_("No district is named: taken as the whole province of %(place)s.")
BAD_SHARE = N_("A share is a whole percentage from 0 to 100, as in LA0501=40.")
_WHOLE = frozenset(fold(word) for word in ("all", "all districts", "whole province", "ທັງແຂວງ", "ທຸກເມືອງ"))
COUNTRY, PROVINCE, DISTRICT = 0, 1, 2


@dataclass
class ReadPlaces:
    """`places`, `destinations` and `corridor` as `id` or `id=share`; absent when the file has no such column."""

    values: dict[str, Any] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def read_places(
    given: Mapping[str, Cell | None], context: Context, current: Mapping[str, Any] | None
) -> ReadPlaces:
    """All columns of places of one row."""
    reader = _PlaceReader(context, current)
    read = reader.read
    for key, name in (("destination", "destinations"), ("corridor", "corridor")):
        if key in given:
            ids, _ = reader.coded(key, given[key])
            read.values[name] = reader.tokens(ids) or None
    if given.keys() - {"destination", "corridor"}:
        read.values["places"] = reader.activity(given)
    return read


class _PlaceReader:
    def __init__(self, context: Context, current: Mapping[str, Any] | None) -> None:
        self.context = context
        self.index = context.places
        self.current = current
        self.shares: dict[UUID, str] = {}
        self.province_found = ""
        self.read = ReadPlaces()

    def activity(self, given: Mapping[str, Cell | None]) -> list[str] | None:
        said = _parts(given.get("province")) or _parts(given.get("province_code"))
        self.province_found = "; ".join(said)
        provinces = self._level(given, "province", PROVINCE, ())
        districts = self._level(given, "district", DISTRICT, provinces)
        if self._has_open_remark():
            return None
        chosen = self._joined(provinces, districts)
        if not chosen:
            countries = self._level(given, "country", COUNTRY, ())
            chosen = countries
        return self.tokens(chosen) or None

    def coded(self, key: str, cell: Cell | None) -> tuple[list[UUID], bool]:
        """The places of a cell of codes, and whether all of them are known. A share may follow: LA0501=40."""
        found, all_known = [], True
        for text in _parts(cell):
            code, _, share = text.partition("=")
            place_id, was_mended = self.index.by_code(code)
            if place_id is None:
                all_known = False
                self._say(Level.ERROR, key, text, UNKNOWN_CODE)
                continue
            if was_mended:
                self._say(Level.WARNING, key, text, CODE_MENDED, place=self._label(place_id))
            if share and not (share.strip().isdecimal() and int(share) <= 100):
                self._say(Level.ERROR, key, text, BAD_SHARE)
            elif share:
                self.shares[place_id] = share.strip()
            found.append(place_id)
        return list(dict.fromkeys(found)), all_known

    def tokens(self, ids: Iterable[UUID]) -> list[str]:
        kept = self._current_shares()
        return sorted(
            f"{place_id}={share}"
            if (share := self.shares.get(place_id) or kept.get(place_id))
            else str(place_id)
            for place_id in dict.fromkeys(ids)
        )

    def _level(
        self, given: Mapping[str, Cell | None], key: str, level: int, parents: Sequence[UUID]
    ) -> list[UUID]:
        """The places of one level from the column of names and that of codes."""
        by_code, codes_known = self.coded(f"{key}_code", given.get(f"{key}_code"))
        texts = [text for text in _parts(given.get(key)) if fold(text) not in _WHOLE]
        by_name: list[UUID] = []
        open_names: list[str] = []
        questions: list[Remark] = []
        for text in texts:
            ids = self._named(text, level, parents)
            matching = [place_id for place_id in ids if place_id in by_code]
            if len(ids) == 1 or len(matching) == 1:
                by_name.append(matching[0] if matching else ids[0])
            elif (answer := self._answered(text, level, parents)) is not None:
                by_name.extend(answer)
            else:
                open_names.append(text)
                questions.append(self._question(key, text, level, parents, is_several=bool(ids)))
        if by_code and codes_known:
            return self._with_codes(key, texts, by_name, open_names, by_code)
        # "Vientiane" alone may be two provinces; its district says which.
        if level == PROVINCE and questions and _parts(given.get("district") or given.get("district_code")):
            candidates = {p for text in open_names for p in self._named(text, level, ())}
            if candidates:
                return [*by_name, *sorted(candidates)]
        self.read.remarks.extend(questions)
        return by_name

    def _with_codes(
        self,
        key: str,
        texts: Sequence[str],
        by_name: list[UUID],
        open_names: Sequence[str],
        by_code: list[UUID],
    ) -> list[UUID]:
        for text in open_names:
            self._say(Level.WARNING, key, text, CODE_TAKEN, place=self._label(by_code[0]))
        if not texts or (open_names and len(texts) <= len(by_code)) or set(by_name) == set(by_code):
            return by_code
        known = self._current_ids()
        if known and set(by_code) <= known:
            return by_name
        if known and set(by_name) <= known:
            return by_code
        language = self.context.language
        names = self.index.listed(by_name, language)
        codes = self.index.listed(by_code, language)
        self._say(Level.ERROR, key, "; ".join(texts), NAMES_DIFFER, name=names, code=codes)
        return by_code

    def _joined(self, provinces: list[UUID], districts: list[UUID]) -> list[UUID]:
        """Districts, and the provinces that are meant as a whole because none of their districts is named."""
        parents = {self.index.places[place_id].parent_id for place_id in districts}
        without = [place_id for place_id in provinces if place_id not in parents]
        if not districts:
            for place_id in without if self.current is None else ():
                self._say(Level.WARNING, "district", "", WHOLE_PROVINCE, place=self._label(place_id))
            return without
        if not without or len(without) < len(provinces):
            # Candidates of an ambiguous name were told apart by the district.
            whole = [p for p in without if self._was_unambiguous(p, provinces)]
            return [*districts, *whole]
        for district in districts:
            parent = self.index.places[district].parent_id
            if parent is not None:
                self._say(
                    Level.WARNING,
                    "province",
                    self.province_found,
                    DISTRICT_WINS,
                    district=self._label(district),
                    province=self._label(parent),
                )
        return districts

    def _was_unambiguous(self, place_id: UUID, provinces: Sequence[UUID]) -> bool:
        names = self.index.places[place_id].names.values()
        others = [p for p in provinces if p != place_id]
        return not any(set(self.index.find(name, PROVINCE)) & set(others) for name in names)

    def _named(self, text: str, level: int, parents: Sequence[UUID]) -> list[UUID]:
        place_id, _ = self.index.by_code(text)
        if (
            place_id is not None
            and not text.strip().isdecimal()
            and self.index.places[place_id].level == level
        ):
            return [place_id]
        ids = self.index.find(text, level)
        inside = [key for key in ids if self.index.places[key].parent_id in parents]
        return inside or list(ids)

    def _question(
        self, key: str, text: str, level: int, parents: Sequence[UUID], *, is_several: bool
    ) -> Remark:
        sentence = SEVERAL_PLACES if is_several else UNKNOWN_PLACE
        within = ",".join(str(parent) for parent in parents)
        return Remark(
            Level.QUESTION, key, text, sentence, {"list": "place", "level": str(level), "within": within}
        )

    def _answered(self, text: str, level: int, parents: Sequence[UUID]) -> list[UUID] | None:
        """What was answered before: nothing at all, or a place, or that the word is to be left out."""
        answer = self.context.answers.get(("place", place_key(text, level, parents)))
        if answer is None:
            return None
        return [UUID(answer)] if answer else []

    def _has_open_remark(self) -> bool:
        return any(remark.level != Level.WARNING for remark in self.read.remarks)

    def _current_ids(self) -> set[UUID]:
        tokens = (self.current or {}).get("places") or ()
        ids = {UUID(token.partition("=")[0]) for token in tokens}
        parents = {self.index.places[place_id].parent_id for place_id in ids if place_id in self.index.places}
        return ids | {parent for parent in parents if parent}

    def _current_shares(self) -> dict[UUID, str]:
        tokens = ((self.current or {}).get("places") or ()) if not self.shares else ()
        parted = [token.partition("=") for token in tokens]
        return {UUID(place_id): share for place_id, _, share in parted if share}

    def _label(self, place_id: UUID) -> str:
        return self.index.label(place_id, self.context.language)

    def _say(self, level: Level, key: str, found: str, message: str, **values: str) -> None:
        self.read.remarks.append(Remark(level, key, found, message, values))


def place_key(text: str, level: int, parents: Sequence[UUID]) -> str:
    """Under which an answer about a place is kept: the same name elsewhere may be another place."""
    within = ",".join(sorted(str(parent) for parent in parents)[:2])
    return f"{fold(text)[:180]}|{level}|{within}"


def _parts(cell: Cell | None) -> list[str]:
    if cell is None:
        return []
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    pieces = text.replace("\n", ";").replace("|", ";").split(";")
    return [part for part in (clean_line(piece) for piece in pieces) if part]
