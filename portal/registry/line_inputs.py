"""What may come in about a line and about a planned event."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from portal.core.inputs import Line, OptionalId, Text, empty_is_none
from portal.library.vocabularies import PolicyArea
from portal.registry.inputs import Count, Day, Revision
from portal.registry.rows import People
from portal.registry.terms import DateBasis, EventKind, PeopleUnit, Reach, Status
from portal.registry.vocabularies import Intervention, Modality, TargetGroup, TraffickingForm

# A line in more districts than the country has is a mistake.
MOST_PLACES = 200


# A place by its id or its P-code; a share in percent may follow, as in LA0501=40.
PlaceToken = Annotated[Line, Field(min_length=1, max_length=60)]
Places = Annotated[list[PlaceToken], Field(max_length=MOST_PLACES)]


class LineInput(BaseModel):
    """One activity line. Who, which of the 4P and where are needed to save it; `checks` says what to publish it.

    A province among `places` means the whole province, the country the whole country.
    """

    revision: Revision = None
    implementer: UUID
    policy_area: PolicyArea
    other_policy_areas: list[PolicyArea] = []
    intervention: Annotated[Intervention | None, BeforeValidator(empty_is_none)] = None
    modality: Annotated[Modality | None, BeforeValidator(empty_is_none)] = None
    target_groups: list[TargetGroup] = []
    forms: list[TraffickingForm] = []
    description: Annotated[Text, Field(max_length=2000)] = ""
    # Where these are given, every place of the activity has to lie in one of them.
    provinces: Places = []
    places: Annotated[Places, Field(min_length=1)]
    # Where the people it is about go to, and what lies on their way; mostly abroad.
    destinations: Places = []
    corridor: Places = []
    starts_on: Day = None
    ends_on: Day = None
    date_basis: DateBasis = DateBasis.PLANNED
    # None: as the project says.
    status: Annotated[Status | None, BeforeValidator(empty_is_none)] = None
    unit: PeopleUnit = PeopleUnit.PEOPLE
    planned_total: Count = None
    planned_women: Count = None
    planned_men: Count = None
    planned_girls: Count = None
    planned_boys: Count = None
    reached_total: Count = None
    reached_women: Count = None
    reached_men: Count = None
    reached_girls: Count = None
    reached_boys: Count = None
    # None: as widely as the project.
    reach: Annotated[Reach | None, BeforeValidator(empty_is_none)] = None
    external_reference: Annotated[Line, Field(max_length=200)] = ""

    @property
    def planned(self) -> People:
        return _people(self, "planned")

    @property
    def reached(self) -> People:
        return _people(self, "reached")


class EventInput(BaseModel):
    """A training, campaign or workshop on given days. Without an organisation it is the owner's."""

    revision: Revision = None
    organisation: OptionalId = None
    kind: EventKind
    title: Annotated[Line, Field(min_length=1, max_length=300)]
    intervention: Annotated[Intervention | None, BeforeValidator(empty_is_none)] = None
    target_groups: list[TargetGroup] = []
    places: Annotated[Places, Field(min_length=1)]
    starts_on: Day
    # Empty: it lasts one day.
    ends_on: Day = None
    reach: Annotated[Reach | None, BeforeValidator(empty_is_none)] = None


def _people(data: LineInput, prefix: str) -> People:
    """Counts as given; where only parts were given, their sum stands for the total."""
    parts = [getattr(data, f"{prefix}_{part}") for part in ("women", "men", "girls", "boys")]
    known = [part for part in parts if part is not None]
    total = getattr(data, f"{prefix}_total")
    return People(sum(known) if total is None and known else total, *parts)
