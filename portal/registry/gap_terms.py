"""The words gaps are told in, and the plain values that go into finding them and come out."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from portal.core.errors import N_
from portal.registry.rows import Spot
from portal.registry.vocabularies import Intervention


class GapKind(StrEnum):
    PRESENCE = "presence"
    PLAN = "plan"
    TIME = "time"
    CHAIN = "chain"
    REPORTING = "reporting"


GAP_KIND_LABELS = {
    GapKind.PRESENCE: N_("Expected, and not there"),
    GapKind.PLAN: N_("In the plan of action, and nobody does it"),
    GapKind.TIME: N_("Ends within six months, and nothing follows"),
    GapKind.CHAIN: N_("A step of the protection chain is missing"),
    GapKind.REPORTING: N_("Nobody told us"),
}


class Reason(StrEnum):
    """How a gap is known, or why it is not known whether there is one."""

    ATTESTED = "attested"
    RESTING = "resting"
    ENDING = "ending"
    BROKEN_CHAIN = "broken_chain"
    NO_CONTRIBUTION = "no_contribution"
    BELOW_TARGET = "below_target"
    SILENT = "silent"
    # Not known: there is work of the kind for the whole province or country, which may or may not reach here.
    ONLY_WIDER = "only_wider"
    # Not known: what was recorded here is over or lapsed, or there never was anything.
    ENDED = "ended"
    NOTHING_RECORDED = "nothing_recorded"


REASON_LABELS = {
    Reason.ATTESTED: N_("Somebody confirmed that nobody works there"),
    Reason.RESTING: N_("The work recorded there rests, or passed its end without a word"),
    Reason.ENDING: N_("All of it ends within six months, and nothing planned follows"),
    Reason.BROKEN_CHAIN: N_("Others confirmed work on the chain there; nobody reports this step"),
    Reason.NO_CONTRIBUTION: N_("No project is confirmed to contribute"),
    Reason.BELOW_TARGET: N_("What is contributed stays below the target"),
    Reason.SILENT: N_("Nothing was confirmed in the last six months, and nobody said that nothing is done"),
    Reason.ONLY_WIDER: N_(
        "There is work for the whole province or country: nobody said whether it reaches here"
    ),
    Reason.ENDED: N_("The work recorded there is over or lapsed: nobody said what came after it"),
    Reason.NOTHING_RECORDED: N_("Nothing is recorded: not known"),
}


@dataclass(frozen=True, slots=True)
class ExpectationRow:
    """What should be in a place: anything, one of the 4P, or an intervention."""

    id: UUID
    spot: Spot
    policy_area: str | None
    intervention: Intervention | None
    source: str
    from_on: date | None = None
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.from_on is None or self.from_on <= day) and (
            self.until_on is None or day <= self.until_on
        )


@dataclass(frozen=True, slots=True)
class PlanRow:
    """An item of a plan of action, and the projects that are confirmed to contribute to it."""

    id: UUID
    title: str
    spot: Spot
    source: str
    contributions: frozenset[UUID] = frozenset()
    target: int | None = None
    reached: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing, or not known to be there; `spots` are the places it is missing in."""

    kind: GapKind
    spots: tuple[Spot, ...]
    reason: Reason
    policy_area: str | None = None
    intervention: Intervention | None = None
    # A step of the protection chain by its key.
    step: str = ""
    # When it was said, or when the work ends or ended.
    on: date | None = None
    # Which plan or decision expects it.
    source: str = ""
    # Who said that nobody works there.
    said_by: str = ""
    title: str = ""

    @property
    def province(self) -> UUID | None:
        return self.spots[0].province if self.spots else None


@dataclass(frozen=True, slots=True)
class GapReport:
    """One kind of gaps: how many were looked for, how many of them are met or planned, missing, not known."""

    kind: GapKind
    looked_at: int
    met: int
    planned: int
    gaps: tuple[Gap, ...]
    unknown: tuple[Gap, ...]

    @property
    def missing(self) -> int:
        """Of what was looked for; one gap may tell of several places."""
        return self.looked_at - self.met - self.planned - len(self.unknown)
