"""The words of coded values in both languages, as workbooks show them and as people write them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from portal.core.errors import N_
from portal.core.text import fold
from portal.library.vocabularies import POLICY_AREA_LABELS, PolicyArea
from portal.registry.terms import (
    DATE_BASIS_LABELS,
    PEOPLE_UNIT_LABELS,
    REACH_LABELS,
    STATUS_IATI_CODES,
    STATUS_LABELS,
    Status,
)
from portal.registry.vocabularies import (
    INTERVENTION_LABELS,
    MODALITY_LABELS,
    TARGET_GROUP_LABELS,
    TRAFFICKING_FORM_LABELS,
    Modality,
    TargetGroup,
)

# A language and a message marked with N_ make the message in that language.
Say = Callable[[str, str], str]
SIMILAR_ENOUGH = 55.0
MOST_SUGGESTIONS = 3


class Wish(StrEnum):
    """What the remark of a row asks for."""

    NEW = "new"
    UPDATE = "update"
    NO_CHANGE = "no_change"
    DELETE = "delete"


WISH_LABELS = {
    Wish.NEW: N_("New"),
    Wish.UPDATE: N_("Update"),
    Wish.NO_CHANGE: N_("No change"),
    Wish.DELETE: N_("Delete"),
}
# What others call these: `registry.md` 3.5 for status, everyday words elsewhere.
_OTHER_WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "status": {
        Status.PLANNED: ("pipeline", "planning", "not started", "upcoming"),
        Status.ONGOING: ("implementation", "implementing", "active", "in progress", "on going", "running"),
        Status.COMPLETED: ("closed", "ended", "finished", "completed/ended", "done"),
        Status.CANCELLED: ("terminated", "canceled", "stopped"),
        Status.SUSPENDED: ("on hold", "paused"),
    },
    "policy_area": {
        PolicyArea.POLICY: ("P1", "policy and cooperation", "policy & cooperation"),
        PolicyArea.PREVENTION: ("P2",),
        PolicyArea.PROTECTION: ("P3",),
        PolicyArea.PROSECUTION: ("P4",),
    },
    "modality": {
        Modality.TRAINING_OF_TRAINERS: ("tot",),
        Modality.GRANT: ("grant", "cash"),
        Modality.MATERIAL: ("material", "equipment", "supply"),
    },
    "target_group": {
        TargetGroup.SURVIVORS: ("victims", "survivors", "victims of trafficking"),
        TargetGroup.RETURNEES: ("returnees",),
        TargetGroup.NOT_PEOPLE: ("not people-facing", "none"),
    },
    "remark": {
        Wish.UPDATE: ("updated", "change", "changed"),
        Wish.NO_CHANGE: ("unchanged", "no changes", "nochange"),
        Wish.DELETE: ("deleted", "remove"),
    },
}
# How the four are numbered in codes, as `registry.md` 3.3 writes them.
POLICY_AREA_CODES = {
    PolicyArea.POLICY: "P1",
    PolicyArea.PREVENTION: "P2",
    PolicyArea.PROTECTION: "P3",
    PolicyArea.PROSECUTION: "P4",
}


@dataclass(frozen=True)
class WordList:
    """One vocabulary: the words of each code by language, and every word that means one."""

    name: str
    # In the order of the vocabulary: code, English, Lao.
    values: tuple[tuple[str, str, str], ...]
    others: Mapping[str, Sequence[str]]

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """From every folded word to the code it means."""
        known = {fold(word): str(code) for code, words in self.others.items() for word in words}
        known.update(
            (fold(word), code) for code, english, lao in self.values for word in (english, lao, code)
        )
        return known

    def find(self, text: str) -> str | None:
        return self.codes.get(_folded(text))

    def word(self, code: str, language: str) -> str:
        """The word of a code; the code itself where it is not of this list."""
        for known, english, lao in self.values:
            if known == code:
                return lao if language == "lo" else english
        return code

    def suggest(self, text: str) -> list[str]:
        """The codes whose words come nearest, best first."""
        found = process.extract(
            fold(text), list(self.codes), scorer=fuzz.WRatio, limit=12, score_cutoff=SIMILAR_ENOUGH
        )
        return list(dict.fromkeys(self.codes[word] for word, _, _ in found))[:MOST_SUGGESTIONS]


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    return fold(text)


def word_lists(say: Say) -> dict[str, WordList]:
    """Every vocabulary a workbook uses, in the words of both languages."""
    labels: Mapping[str, Mapping[Any, str]] = {
        "policy_area": POLICY_AREA_LABELS,
        "intervention": INTERVENTION_LABELS,
        "modality": MODALITY_LABELS,
        "target_group": TARGET_GROUP_LABELS,
        "form": TRAFFICKING_FORM_LABELS,
        "status": STATUS_LABELS,
        "date_basis": DATE_BASIS_LABELS,
        "unit": PEOPLE_UNIT_LABELS,
        "reach": REACH_LABELS,
        "remark": WISH_LABELS,
    }
    others = {**_OTHER_WORDS}
    others["status"] = {
        status: (*_OTHER_WORDS["status"].get(status, ()), code) for status, code in STATUS_IATI_CODES.items()
    }
    return {
        name: WordList(name, tuple(_in_both(values.items(), say)), others.get(name, {}))
        for name, values in labels.items()
    }


def _in_both(labels: Iterable[tuple[Any, str]], say: Say) -> Iterable[tuple[str, str, str]]:
    for code, message in labels:
        # A cell holds several values apart by semicolons, so that no word may hold one.
        english, lao = (say(language, message).replace(";", ",") for language in ("en", "lo"))
        yield str(code), english, lao
