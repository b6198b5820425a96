"""What is asked of the register when presence is counted: places, themes, organisations, condition, period."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from portal.core.errors import N_
from portal.registry.rows import LineRow, Spot


class Phase(StrEnum):
    """The condition of a line on a day, from its effective status and its age."""

    ACTIVE = "active"
    PLANNED = "planned"
    DORMANT = "dormant"
    OVER = "over"
    LAPSED = "lapsed"


PHASE_LABELS = {
    Phase.ACTIVE: N_("Going on"),
    Phase.PLANNED: N_("Planned"),
    Phase.DORMANT: N_("Dormant: suspended, or past its end without a word"),
    Phase.OVER: N_("Completed or cancelled"),
    Phase.LAPSED: N_("Lapsed: not confirmed for a year"),
}
# What is shown unless somebody asks for more: the archive stays out.
DEFAULT_PHASES = frozenset({Phase.ACTIVE, Phase.PLANNED, Phase.DORMANT})


class Breadth(StrEnum):
    """How a line says where it works."""

    DISTRICT = "district"
    PROVINCE = "province"
    COUNTRY = "country"


BREADTH_LABELS = {
    Breadth.DISTRICT: N_("In named districts"),
    Breadth.PROVINCE: N_("In a whole province"),
    Breadth.COUNTRY: N_("In the whole country"),
}


class Role(StrEnum):
    """As what an organisation of the filter takes part."""

    ANY = "any"
    IMPLEMENTING = "implementing"
    FUNDING = "funding"


ROLE_LABELS = {
    Role.ANY: N_("In any role"),
    Role.IMPLEMENTING: N_("Does the work"),
    Role.FUNDING: N_("Funds it"),
}


@dataclass(frozen=True)
class PresenceFilter:
    """Values of one field are alternatives; fields narrow each other. Empty fields ask for nothing.

    A period shows each line as it was on the day of the period nearest to today on which it was at work.
    """

    provinces: frozenset[UUID] = frozenset()
    districts: frozenset[UUID] = frozenset()
    breadths: frozenset[Breadth] = frozenset()
    policy_areas: frozenset[str] = frozenset()
    interventions: frozenset[str] = frozenset()
    target_groups: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    modalities: frozenset[str] = frozenset()
    organisations: frozenset[UUID] = frozenset()
    role: Role = Role.ANY
    phases: frozenset[Phase] = frozenset()
    first_day: date | None = None
    last_day: date | None = None
    confirmed_only: bool = False

    @property
    def zoom(self) -> UUID | None:
        """The province whose districts are shown, when one alone is asked for."""
        return next(iter(self.provinces)) if len(self.provinces) == 1 else None

    @property
    def shown_phases(self) -> frozenset[Phase]:
        return self.phases or DEFAULT_PHASES

    @property
    def chooses_places(self) -> bool:
        return bool(self.provinces or self.districts or self.breadths)

    @property
    def has_period(self) -> bool:
        return self.first_day is not None or self.last_day is not None

    def country_wide(self) -> "PresenceFilter":
        """The same question of the whole country's own row."""
        return replace(
            self, provinces=frozenset(), districts=frozenset(), breadths=frozenset({Breadth.COUNTRY})
        )

    def accepts(self, row: LineRow) -> bool:
        """Everything but places, period and condition."""
        return (
            (not self.policy_areas or not self.policy_areas.isdisjoint(row.policy_areas))
            and (not self.interventions or row.intervention in self.interventions)
            and (not self.target_groups or not self.target_groups.isdisjoint(row.target_groups))
            and (not self.forms or not self.forms.isdisjoint(row.forms))
            and (not self.modalities or row.modality in self.modalities)
            and (not self.organisations or self._takes_part(row))
        )

    def accepts_spot(self, spot: Spot) -> bool:
        return (
            (not self.provinces or spot.province in self.provinces)
            and (not self.districts or spot.district in self.districts)
            and (not self.breadths or _breadth(spot) in self.breadths)
        )

    def meets_period(self, starts_on: date | None, ends_on: date | None) -> bool:
        ends_before = self.first_day is not None and ends_on is not None and ends_on < self.first_day
        starts_after = self.last_day is not None and starts_on is not None and starts_on > self.last_day
        return not (ends_before or starts_after)

    def nearest_day(self, starts_on: date | None, ends_on: date | None, today: date) -> date:
        """The day nearest to today on which both the period and the line, which meet, are running."""
        day = today
        for latest in (self.last_day, ends_on):
            if latest is not None and latest < day:
                day = latest
        for earliest in (self.first_day, starts_on):
            if earliest is not None and earliest > day:
                day = earliest
        return day

    def _takes_part(self, row: LineRow) -> bool:
        if self.role == Role.IMPLEMENTING:
            return row.implementer_id in self.organisations
        if self.role == Role.FUNDING:
            return not self.organisations.isdisjoint(row.funder_ids)
        involved = {row.implementer_id, row.organisation_id} | row.upstream_ids | row.funder_ids
        return not self.organisations.isdisjoint(involved)


def _breadth(spot: Spot) -> Breadth:
    if spot.is_district:
        return Breadth.DISTRICT
    return Breadth.PROVINCE if spot.is_whole_province else Breadth.COUNTRY
