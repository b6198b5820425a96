"""The shape of the invented projects of the sample register; what they say stands in `north`, `centre` and `south`.

Days are counted from the day of seeding, so that the sample never grows old: -200 is two hundred days ago.
"""

from collections.abc import Sequence
from dataclasses import dataclass

USUALLY_CONFIRMED = 30


@dataclass(frozen=True)
class SampleLine:
    """Work of one kind for one audience; one activity line for each of its places, unless they go together.

    `places` are P-codes: districts, a whole province, or LA for the whole country.
    """

    what: str
    whom: str
    places: str
    planned: int | None = None
    is_together: bool = False
    days: tuple[int, int] | None = None
    reached: int | None = None
    women: int | None = None
    unit: str = "people"
    modality: str = ""
    forms: str = ""
    destinations: str = ""
    corridor: str = ""
    reach: str = ""
    status: str = ""
    # Who does it, when it is not the owner.
    implementer: str = ""


@dataclass(frozen=True)
class SampleEvent:
    kind: str
    title: str
    what: str
    whom: str
    places: str
    days: tuple[int, int]


@dataclass(frozen=True)
class SampleProject:
    """A project as its organisation would write it down. `partners`: role, key of the organisation, its answer."""

    key: str
    organisation: str
    title_en: str
    title_lo: str
    days: tuple[int, int | None]
    lines: Sequence[SampleLine] = ()
    summary_en: str = ""
    partners: Sequence[tuple[str, str, str]] = ()
    # The budget by year from its first year on, in US dollars.
    budget: Sequence[int] = ()
    outcomes: Sequence[str] = ()
    outputs: Sequence[str] = ()
    events: Sequence[SampleEvent] = ()
    # What another project of the sample is to this one: kind and key.
    links: Sequence[tuple[str, str]] = ()
    kind: str = "project"
    status: str = ""
    reach: str = "public"
    # How many days ago it was last confirmed; None: never.
    confirmed: int | None = USUALLY_CONFIRMED
    is_draft: bool = False


# Short for the keys of `sample.organisations`.
LHF, MBI, BPLWO, NDAT = (
    "lantern-foundation",
    "mekong-bridge",
    "bokeo-labour-office",
    "anti-trafficking-department",
)
VWMN, ODH, UMMF, RYA = (
    "village-women-network",
    "open-doors-shelter",
    "upper-mekong-migrants",
    "rice-field-youth",
)
FRP, COSMM, RRT = ("fair-recruitment-partnership", "lower-mekong-cooperation-office", "river-road-transport")
KSW, ESE = ("kindly-stitched", "eastern-sea-electronics")
IMS, RBH = ("institute-of-mobility-studies", "radio-between-hills")
# Who pays for most of it.
FUNDED = ("funding", LHF, "confirmed")
