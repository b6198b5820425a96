"""The plain values that everything pure works on: a line, a project and an event as they are counted and compared.

No row knows the database. Each carries the tokens that open it (`access`, compared with `Viewer.access`), so
that every count, map and finding leaves out what its reader may not see.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from portal.registry.terms import DateBasis, EventKind, PartnerRole, PeopleUnit, Reach, Status
from portal.registry.vocabularies import Intervention, TargetGroup


@dataclass(frozen=True, slots=True)
class Spot:
    """Where work is done: a district, an explicit whole province (`district` None), or the whole country."""

    province: UUID | None = None
    district: UUID | None = None

    @property
    def place(self) -> UUID | None:
        """The place itself; None for the whole country, which stands above all codes."""
        return self.district or self.province

    @property
    def order(self) -> tuple[str, str]:
        """By province, the whole of one before its districts."""
        return (self.province.hex if self.province else "", self.district.hex if self.district else "")

    @property
    def is_district(self) -> bool:
        return self.district is not None

    @property
    def is_whole_province(self) -> bool:
        return self.district is None and self.province is not None

    @property
    def is_whole_country(self) -> bool:
        return self.province is None


@dataclass(frozen=True, slots=True)
class People:
    """How many are planned or were reached, by sex and age; `total` may be more than its parts.

    Counts of `unit`s. Never added up over projects: the same person may be in two of them.
    """

    total: int | None = None
    women: int | None = None
    men: int | None = None
    girls: int | None = None
    boys: int | None = None


@dataclass(frozen=True, slots=True)
class LineRow:
    """One activity line, the row of a 3W."""

    id: UUID
    reference: str
    project_id: UUID
    # Records of the same work share a family; it is what is counted.
    family_id: UUID
    organisation_id: UUID
    implementer_id: UUID
    # Organisations that fund, account for or extend the project.
    upstream_ids: frozenset[UUID]
    funder_ids: frozenset[UUID]
    policy_area: str
    policy_areas: frozenset[str]
    intervention: Intervention | None
    modality: str
    target_groups: frozenset[TargetGroup]
    forms: frozenset[str]
    spots: tuple[Spot, ...]
    # Places abroad where people migrate to or through.
    abroad: frozenset[UUID]
    starts_on: date | None
    ends_on: date | None
    date_basis: DateBasis
    status: Status
    # When somebody last said "still correct"; None when nobody ever did.
    confirmed_on: date | None
    reach: Reach
    access: frozenset[str]
    unit: PeopleUnit = PeopleUnit.NO_DATA
    planned: People = field(default_factory=People)
    reached: People = field(default_factory=People)
    # Counts the edits of the line: a finding remembers which state it was made of.
    revision: int = 1
    # Projects that came before its own, whose work it goes on with.
    followed_ids: frozenset[UUID] = frozenset()

    @property
    def project_reference(self) -> str:
        """Lines are numbered within their project: LA-0001-02."""
        return self.reference.rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project as it is compared with others and as its money is counted."""

    id: UUID
    reference: str
    family_id: UUID
    organisation_id: UUID
    titles: tuple[str, ...]
    partners: Mapping[PartnerRole, frozenset[UUID]]
    # IATI identifiers and partners' own references.
    identifiers: frozenset[str]
    starts_on: date | None
    ends_on: date | None
    spots: frozenset[Spot]
    interventions: frozenset[Intervention]
    # By currency (ISO 4217): the whole budget in units of the currency, and by year where it is known.
    budgets: Mapping[str, int]
    yearly_budgets: Mapping[tuple[int, str], int]
    parent_ids: frozenset[UUID]
    status: Status
    confirmed_on: date | None
    reach: Reach
    access: frozenset[str]
    revision: int = 1
    country: str = "LA"
    # Other organisations' reports of the same work.
    twin_ids: frozenset[UUID] = frozenset()

    @property
    def project_reference(self) -> str:
        return self.reference

    @property
    def organisations(self) -> frozenset[UUID]:
        """Everybody with a role, and the owner."""
        return frozenset({self.organisation_id}).union(*self.partners.values())


@dataclass(frozen=True, slots=True)
class EventRow:
    """A planned training, campaign or workshop."""

    id: UUID
    reference: str
    project_id: UUID
    family_id: UUID
    organisation_id: UUID
    kind: EventKind
    intervention: Intervention | None
    target_groups: frozenset[TargetGroup]
    spots: tuple[Spot, ...]
    starts_on: date
    ends_on: date
    is_cancelled: bool
    reach: Reach
    access: frozenset[str]
    revision: int = 1

    @property
    def project_reference(self) -> str:
        """Events are numbered within their project: LA-0001-E02."""
        return self.reference.rpartition("-")[0]


def places_of(spots: Iterable[Spot]) -> set[UUID]:
    """Every district and province that spots stand for, each district with its province: whose names are shown."""
    return {key for spot in spots for key in (spot.province, spot.district) if key}


def visible_to(rows: "Iterable[LineRow]", access: frozenset[str]) -> "list[LineRow]":
    """Those of the lines that a viewer with these tokens may see."""
    return [row for row in rows if not row.access.isdisjoint(access)]
