"""Recognising organisations and places in the cells of a file, from what is known of all of them. Pure.

Nothing is created from a name: what is not known is asked, with the nearest three and why they are near.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from rapidfuzz import fuzz, process

from portal.core.errors import N_
from portal.core.text import fold
from portal.places.matching import KnownName, Reason, code_key, narrow_down, rank, read_wording

MOST_SUGGESTIONS = 3
SIMILAR_ENOUGH = 55.0
_REFERENCE = re.compile(r"\bORG-0*(\d{1,9})\b", re.IGNORECASE)
_WITH_ACRONYM = re.compile(r"(?P<name>.+?)\s*[(\[](?P<acronym>[^()\[\]]+)[)\]]")
_BARE_CODE = re.compile(r"\d{1,4}")

IS_ACRONYM = N_("its acronym")
IS_NAME = N_("its name")
IS_OTHER_NAME = N_("another name of it")
IS_PARENT = N_("part of an organisation of this name")
IS_NEAR = N_("spelt alike")
PLACE_REASONS = {
    Reason.CODE: N_("its code"),
    Reason.NAME: N_("its name"),
    Reason.SPELLING: N_("another spelling of it"),
    Reason.FORMER: N_("its former name"),
    Reason.BEGINNING: N_("begins like this"),
    Reason.SIMILAR: N_("spelt alike"),
}


@dataclass(frozen=True)
class Suggested:
    """What may be meant, by its id or code, in words, with the marked reason."""

    target: str
    label: str
    reason: str = ""


@dataclass(frozen=True)
class KnownOrganisation:
    id: UUID
    number: int
    name: str
    acronym: str = ""
    parent_id: UUID | None = None
    # Its name in its own language, further and former names.
    others: tuple[str, ...] = ()


@dataclass
class OrganisationIndex:
    """Every organisation the importer may see, by all its names."""

    organisations: Sequence[KnownOrganisation]
    _by_key: defaultdict[str, dict[UUID, str]] = field(default_factory=lambda: defaultdict(dict))
    _by_number: dict[int, KnownOrganisation] = field(default_factory=dict)
    by_id: dict[UUID, KnownOrganisation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for known in self.organisations:
            self.by_id[known.id] = known
            self._by_number[known.number] = known
            # The strongest reason is set first and stays.
            for text, reason in (
                (known.name, IS_NAME),
                (known.acronym, IS_ACRONYM),
                *((other, IS_OTHER_NAME) for other in known.others),
            ):
                if key := fold(text):
                    self._by_key[key].setdefault(known.id, reason)

    def find(self, text: str) -> list[UUID]:
        """Those that a text means: none, one, or several of the same name. A reference anywhere in it decides."""
        if match := _REFERENCE.search(text):
            known = self._by_number.get(int(match[1]))
            return [known.id] if known else []
        found = self._by_key.get(fold(text))
        if not found and (parts := _WITH_ACRONYM.fullmatch(text.strip())):
            by_name = self._by_key.get(fold(parts["name"]), {})
            by_acronym = self._by_key.get(fold(parts["acronym"]), {})
            found = {key: by_name[key] for key in by_name.keys() & by_acronym.keys()} or by_name
        return list(found or ())

    def suggest(self, text: str) -> list[Suggested]:
        """The nearest three, each with why."""
        key = fold(text)
        near = process.extract(
            key, list(self._by_key), scorer=fuzz.WRatio, limit=20, score_cutoff=SIMILAR_ENOUGH
        )
        found: dict[UUID, str] = {}
        for spelling, score, _ in near:
            for organisation_id, reason in self._by_key[spelling].items():
                found.setdefault(organisation_id, reason if score == 100 else IS_NEAR)
        for known in self.organisations:
            if known.parent_id and known.parent_id in found and len(found) < MOST_SUGGESTIONS:
                found.setdefault(known.id, IS_PARENT)
        return [
            Suggested(str(key), self.label(key), reason)
            for key, reason in list(found.items())[:MOST_SUGGESTIONS]
        ]

    def label(self, organisation_id: UUID) -> str:
        known = self.by_id.get(organisation_id)
        return known.name if known else ""

    def cell(self, organisation_id: UUID) -> str:
        """How a workbook names it: with its reference where the name alone would not lead back to it."""
        known = self.by_id.get(organisation_id)
        if known is None:
            return ""
        name = known.name.replace(";", ",")
        return name if self.find(name) == [organisation_id] else f"{name} [ORG-{known.number:06d}]"


@dataclass(frozen=True)
class KnownPlace:
    id: UUID
    level: int
    country: str
    parent_id: UUID | None
    code: str
    # Official names by language.
    names: Mapping[str, str]

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names.get("en") or next(iter(self.names.values()), self.code)


@dataclass
class PlaceIndex:
    """Every place by every spelling and code; answers are kept, because files repeat themselves."""

    places: Mapping[UUID, KnownPlace]
    names: Sequence[KnownName]
    codes: Mapping[str, UUID]
    home: str
    _by_key: defaultdict[str, list[KnownName]] = field(default_factory=lambda: defaultdict(list))
    _found: dict[tuple[str, int], tuple[UUID, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.names:
            self._by_key[name.key].append(name)

    def by_code(self, text: str) -> tuple[UUID | None, bool]:
        """The place of a code, and whether letters or zeros had to be added that spreadsheets lose."""
        code = code_key(text)
        if code in self.codes:
            return self.codes[code], False
        if _BARE_CODE.fullmatch(code):
            digits = code.zfill(2 if len(code) < 3 else 4)
            return self.codes.get(f"{self.home}{digits}"), True
        return None, False

    def find(self, text: str, level: int) -> tuple[UUID, ...]:
        """The open places of a level that a spelling means, anywhere; those of the home country if any is."""
        key = (text, level)
        if key not in self._found:
            self._found[key] = self._look_up(text, level)
        return self._found[key]

    def _look_up(self, text: str, level: int) -> tuple[UUID, ...]:
        wording = read_wording(text)
        candidates = [
            name for name in self._by_key.get(wording.key, ()) if name.level == level and not name.is_closed
        ]
        meant = narrow_down(wording, candidates) if wording.key else set()
        at_home = {key for key in meant if self.places[key].country == self.home}
        return tuple(sorted(at_home or meant))

    def suggest(self, text: str, level: int, within: Collection[UUID]) -> list[Suggested]:
        """The nearest three of a level, those inside the given parents first."""
        of_level = [name for name in self.names if name.level == level and not name.is_closed]
        inside = [name for name in of_level if self.places[name.place_id].parent_id in within]
        ranked = [*rank(text, inside, MOST_SUGGESTIONS), *rank(text, of_level, MOST_SUGGESTIONS)]
        found = {suggestion.place_id: suggestion for suggestion in reversed(ranked)}
        order = list(dict.fromkeys(suggestion.place_id for suggestion in ranked))
        return [
            Suggested(str(key), self.label(key), PLACE_REASONS[found[key].reason])
            for key in order[:MOST_SUGGESTIONS]
        ]

    def label(self, place_id: UUID, language: str = "en") -> str:
        """The name with its code and, for a district, its province."""
        place = self.places[place_id]
        parent = self.places.get(place.parent_id) if place.parent_id and place.level > 1 else None
        inside = f", {parent.name(language)}" if parent else ""
        return f"{place.name(language)}{inside} ({place.code})"

    def listed(self, ids: Iterable[UUID], language: str = "en") -> str:
        return "; ".join(self.places[key].name(language) for key in ids)
