"""Recognising a place by what people write: every spelling, with or without "province", in any script.

Pure: values in, values out. The keys made here are stored with every name, so a change of `name_key`
needs the names to be keyed again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from uuid import UUID

from rapidfuzz import fuzz

from portal.core.text import fold

MAX_NAME_LENGTH = 200
SIMILAR_ENOUGH = 72.0

_TONE_BEFORE_NIKHAHIT = re.compile("([\u0ec8-\u0ecb])\u0ecdາ")

# Words that say what kind of unit is meant, as people put them before or behind the name, with its level.
_WORDS_BEFORE = {
    "province of": 1,
    "province": 1,
    "prefecture of": 1,
    "khoueng": 1,
    "khwaeng": 1,
    "changwat": 1,
    "tinh": 1,
    "thanh pho": 1,
    "khaet": 1,
    "district of": 2,
    "district": 2,
    "muang": 2,
    "meuang": 2,
    "mueang": 2,
}
_WORDS_BEHIND = {
    "province": 1,
    "prefecture": 1,
    "municipality": 1,
    "region": 1,
    "state": 1,
    "sheng": 1,
    "district": 2,
    "city": None,
}
# Written without a space before or behind the name.
_SIGNS_BEFORE = {"ແຂວງ": 1, "ເມືອງ": 2, "จังหวัด": 1, "ខេត្ត": 1}
_SIGNS_BEHIND = {"တိုင်းဒေသကြီး": 1, "ပြည်နယ်": 1}


@dataclass(frozen=True)
class Wording:
    """A spelling taken apart: its key, the key with the word for the kind of unit, the level that word tells."""

    key: str
    full_key: str
    level: int | None


class Reason(StrEnum):
    """Why a place is suggested."""

    CODE = "code"
    NAME = "name"
    SPELLING = "spelling"
    FORMER = "former"
    BEGINNING = "beginning"
    SIMILAR = "similar"


_ORDER = list(Reason)
_REASON_OF_KIND = {"official": Reason.NAME, "variant": Reason.SPELLING, "former": Reason.FORMER}


@dataclass(frozen=True)
class KnownName:
    """A stored spelling with what ranking must know of its place."""

    place_id: UUID
    level: int
    is_closed: bool
    kind: str
    text: str
    key: str

    @cached_property
    def full_key(self) -> str:
        return _join(_folded(self.text))


@dataclass(frozen=True)
class Suggestion:
    """A place that may be meant: the spelling or code that matched, why, and how well (0 to 100)."""

    place_id: UUID
    level: int
    text: str
    reason: Reason
    score: float
    is_closed: bool


def name_key(text: str) -> str:
    """The key under which all ways to write one name meet; empty for text without letters."""
    return read_wording(text).key


def read_wording(text: str) -> Wording:
    """Take a spelling apart. A word for the kind of unit is only dropped where a name remains."""
    folded = _folded(text)
    name, level = _without_kind(folded)
    return Wording(_join(name), _join(folded), level)


def code_key(text: str) -> str:
    """A code as it is stored: capital letters, no spaces around."""
    return text.strip().upper()


def narrow_down(wording: Wording, names: Iterable[KnownName]) -> set[UUID]:
    """The places that the whole wording fits, out of names that share its key.

    "Vientiane" stays ambiguous; "Vientiane Province" is a spelling of one place; "Phongsaly district"
    is told from the province by its level.
    """
    candidates = list(names)
    if wording.key == wording.full_key:
        return {name.place_id for name in candidates}
    verbatim = {name.place_id for name in candidates if name.full_key == wording.full_key}
    if verbatim:
        return verbatim
    of_level = {name.place_id for name in candidates if wording.level in (None, name.level)}
    return of_level


def rank(text: str, names: Iterable[KnownName], limit: int) -> list[Suggestion]:
    """The places whose spellings come nearest, one suggestion each, open ones and equal spellings first."""
    wording = read_wording(text)
    if not wording.key:
        return []
    best: dict[UUID, Suggestion] = {}
    for name in names:
        suggestion = _compare(wording, name)
        if suggestion is None:
            continue
        known = best.get(name.place_id)
        if known is None or rank_order(suggestion) < rank_order(known):
            best[name.place_id] = suggestion
    return sorted(best.values(), key=rank_order)[:limit]


def rank_order(suggestion: Suggestion) -> tuple[float, bool, int, int, str]:
    return (
        -suggestion.score,
        suggestion.is_closed,
        _ORDER.index(suggestion.reason),
        suggestion.level,
        suggestion.text,
    )


def _compare(wording: Wording, name: KnownName) -> Suggestion | None:
    if name.key == wording.key:
        fits_whole = wording.key == wording.full_key or name.full_key == wording.full_key
        fits_level = wording.level in (None, name.level)
        score = 100.0 if fits_whole else 99.0 if fits_level else 90.0
        reason = _REASON_OF_KIND[name.kind]
    elif len(wording.key) >= 2 and name.key.startswith(wording.key):
        score = 85.0 + 10.0 * len(wording.key) / len(name.key)
        reason = Reason.BEGINNING
    else:
        score = 0.95 * max(
            fuzz.ratio(wording.key, name.key), fuzz.ratio(_sound(wording.key), _sound(name.key)) - 2
        )
        if score < SIMILAR_ENOUGH:
            return None
        reason = Reason.SIMILAR
    return Suggestion(name.place_id, name.level, name.text, reason, round(score, 1), name.is_closed)


# Lao is put into Latin letters by ear, French or English: these are the letters on which writers differ.
_SOUNDS = (
    (re.compile("ou|oo"), "u"),
    (re.compile("eu|ue"), "u"),
    (re.compile("ay|ai|ei"), "ai"),
    (re.compile("kh|k|c"), "k"),
    (re.compile("ph"), "p"),
    (re.compile("th|dh"), "t"),
    (re.compile("x|ss"), "s"),
    (re.compile("gn|nh"), "n"),
    (re.compile("w|v"), "v"),
    (re.compile("ie|ia"), "i"),
    (re.compile("r"), "l"),
    (re.compile("y"), "i"),
    (re.compile("(.)\\1"), "\\1"),
    (re.compile("[he]$"), ""),
)


@lru_cache(maxsize=20_000)
def _sound(key: str) -> str:
    if not key.isascii():
        return key
    for letters, sound in _SOUNDS:
        key = letters.sub(sound, key)
    return key


def _folded(text: str) -> str:
    return _TONE_BEFORE_NIKHAHIT.sub("\\1ຳ", fold(text[:MAX_NAME_LENGTH]))


def _join(folded: str) -> str:
    # Folding may lengthen a text, and the column that keeps the key is as long as the one for names.
    return folded.replace(" ", "")[:MAX_NAME_LENGTH]


def _without_kind(folded: str) -> tuple[str, int | None]:
    for word, level in _WORDS_BEFORE.items():
        if folded.startswith(word + " "):
            return folded.removeprefix(word + " "), level
    for word, kind in _WORDS_BEHIND.items():
        if folded.endswith(" " + word):
            return folded.removesuffix(" " + word), kind
    for sign, level in _FOLDED_SIGNS_BEFORE.items():
        rest = folded.removeprefix(sign).strip()
        if rest != folded and len(rest) > 1:
            return rest, level
    for sign, level in _FOLDED_SIGNS_BEHIND.items():
        rest = folded.removesuffix(sign).strip()
        if rest != folded and len(rest) > 1:
            return rest, level
    return folded, None


_FOLDED_SIGNS_BEFORE = {_folded(sign): level for sign, level in _SIGNS_BEFORE.items()}
_FOLDED_SIGNS_BEHIND = {_folded(sign): level for sign, level in _SIGNS_BEHIND.items()}
