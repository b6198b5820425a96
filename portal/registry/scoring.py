"""Every constant of finding overlaps, in one versioned place (`registry.md` 4.3 to 4.5).

A finding remembers `SCORING_VERSION` and `settings_hash()`: when a number here changes, findings are made anew and
say by which rules they were made.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache

from portal.core.errors import N_

SCORING_VERSION = "2026-11"


class Queue(StrEnum):
    """Three different questions, and two lists that are called no overlap; the adjacent are never kept as findings."""

    SAME_WORK = "D"
    OVERLAP = "O"
    CLASH = "C"
    ADJACENT = "adjacent"
    INTERNAL = "internal"


# Of the lists that are kept: adjacent work has no list of its own.
QUEUE_LABELS = {
    Queue.OVERLAP: N_("Overlap: two projects do the same for the same people"),
    Queue.SAME_WORK: N_("Same work: recorded twice"),
    Queue.CLASH: N_("Clash: two events for the same people in the same weeks"),
    Queue.INTERNAL: N_("Internal: within one organisation"),
}


class Band(StrEnum):
    STRONG = "strong"
    MODERATE = "moderate"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        return [Band.POSSIBLE, Band.MODERATE, Band.STRONG].index(self)


BAND_LABELS = {
    Band.STRONG: N_("Strong"),
    Band.MODERATE: N_("Moderate"),
    Band.POSSIBLE: N_("Possible"),
}


class Confidence(StrEnum):
    """How sure the records themselves are; never multiplied into the score."""

    A = "A"
    B = "B"
    C = "C"


CONFIDENCE_LABELS = {
    Confidence.A: N_("A: both records are recent and precise"),
    Confidence.B: N_("B: one thing is old or imprecise"),
    Confidence.C: N_("C: several things are old or imprecise"),
}


@dataclass(frozen=True)
class OverlapSettings:
    """Queue O: points of the four components, bands and gates."""

    where_shared_district: int = 20
    where_share_of_districts: int = 10
    where_province: int = 12
    where_same_whole_province: int = 15
    broad_factor: Fraction = Fraction(7, 10)
    # A line in more provinces than this is broad; 17 provinces and the capital make 18.
    broad_above_provinces: int = 9
    what_same_intervention: int = 30
    what_same_family: int = 12
    what_same_area: int = 5
    whom_same: int = 25
    whom_ancestor: int = 15
    whom_unknown: int = 8
    when_long: int = 15
    when_middle: int = 8
    when_short: int = 3
    long_days: int = 180
    middle_days: int = 30
    long_share: Fraction = Fraction(1, 2)
    open_end_months: int = 12
    strong: int = 80
    moderate: int = 60
    possible: int = 45
    # A record counts as recent when somebody confirmed it within so many days.
    recent_days: int = 183


@dataclass(frozen=True)
class SameWorkSettings:
    """Queue D: points of evidence that two records describe one piece of work."""

    mutual_roles: int = 35
    title_alike: int = 25
    title_near: int = 12
    title_alike_from: Fraction = Fraction(60, 100)
    title_near_from: Fraction = Fraction(45, 100)
    same_budget: int = 15
    budget_tolerance: Fraction = Fraction(5, 100)
    same_dates: int = 15
    date_tolerance_days: int = 31
    same_places: int = 10
    shared_places: int = 5
    same_interventions: int = 5
    # A line seen from above by who pays for it or passes its money on (gate X3 of queue O).
    vertical_chain: int = 60
    suggest_from: int = 60
    certain: int = 100


@dataclass(frozen=True)
class ClashSettings:
    """Queue C: two events for the same audience in one district whose days lie this near."""

    near_days: int = 90


OVERLAP = OverlapSettings()
SAME_WORK = SameWorkSettings()
CLASH = ClashSettings()


@cache
def settings_hash() -> str:
    """Changes with every constant above."""
    everything = [SCORING_VERSION, *(asdict(part) for part in (OVERLAP, SAME_WORK, CLASH))]
    return hashlib.sha256(json.dumps(everything, default=str, sort_keys=True).encode()).hexdigest()[:16]


def round_half_up(value: Fraction) -> int:
    """Whole points, so that anybody can add them up by hand."""
    return int((value * 2 + 1) // 2)
