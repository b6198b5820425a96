"""What somebody who plans work should know of the work of others: who is there, who was, what is planned. Pure.

What a viewer may not see must be left out before. Lines count when they meet the places that are asked for and do
the same: the intervention, or where none is asked for one of the 4P.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.registry.presence import WeighedLine
from portal.registry.presence_filter import Phase
from portal.registry.rows import LineRow, Spot
from portal.registry.terms import DateBasis, Reach, Status
from portal.registry.vocabularies import PROTECTION_CHAIN, TARGET_GROUP_PARENTS, Intervention, TargetGroup

_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Question:
    """What is planned, as far as it is known. Empty fields ask for nothing."""

    spots: tuple[Spot, ...] = ()
    policy_area: str = ""
    intervention: Intervention | None = None
    target_groups: frozenset[TargetGroup] = frozenset()
    starts_on: date | None = None
    ends_on: date | None = None
    # The project that asks, and its family, which is not compared with itself.
    project: str = ""
    family_id: UUID | None = None

    @property
    def provinces(self) -> frozenset[UUID]:
        return frozenset(spot.province for spot in self.spots if spot.province)

    @property
    def area(self) -> str:
        """The one of the 4P that is asked for, or that of the intervention."""
        return self.policy_area or (self.intervention.policy_area.value if self.intervention else "")


@dataclass(frozen=True)
class Neighbour:
    """A line beside the planned work, with what the two have in common."""

    line: WeighedLine
    does_the_same: bool
    serves_the_same: bool
    is_at_the_same_time: bool

    @property
    def row(self) -> LineRow:
        return self.line.row


@dataclass(frozen=True)
class Neighbours:
    """`unsure`: said to be there, but suspended, past its end, or not confirmed for a year."""

    now: Sequence[Neighbour]
    planned: Sequence[Neighbour]
    ended: Sequence[Neighbour]
    unsure: Sequence[Neighbour]

    @property
    def everybody(self) -> Sequence[Neighbour]:
        return [*self.now, *self.planned, *self.unsure, *self.ended]


def neighbours_of(question: Question, lines: Iterable[WeighedLine]) -> Neighbours:
    """Those who do the same come first, then those who serve the same people."""
    found: dict[Phase, list[Neighbour]] = {phase: [] for phase in Phase}
    for line in lines:
        if line.row.status != Status.CANCELLED and _concerns(question, line.row):
            found[line.phase].append(_neighbour(question, line))
    for group in found.values():
        group.sort(key=lambda one: (not one.does_the_same, not one.serves_the_same, one.row.reference))
    return Neighbours(
        now=found[Phase.ACTIVE],
        planned=found[Phase.PLANNED],
        ended=found[Phase.OVER],
        unsure=[*found[Phase.DORMANT], *found[Phase.LAPSED]],
    )


def families(neighbours: Iterable[Neighbour]) -> int:
    """Records of the same work are one family, and count once."""
    return len({neighbour.row.family_id for neighbour in neighbours})


def candidate_line(question: Question) -> LineRow:
    """The planned work as a line that nobody has written yet, for comparing it with others'."""
    return LineRow(
        id=_NOBODY,
        reference="",
        project_id=_NOBODY,
        family_id=question.family_id or _NOBODY,
        organisation_id=_NOBODY,
        implementer_id=_NOBODY,
        upstream_ids=frozenset(),
        funder_ids=frozenset(),
        policy_area=question.area,
        policy_areas=frozenset({question.area} - {""}),
        intervention=question.intervention,
        modality="",
        target_groups=question.target_groups,
        forms=frozenset(),
        spots=question.spots,
        abroad=frozenset(),
        starts_on=question.starts_on,
        ends_on=question.ends_on,
        date_basis=DateBasis.PLANNED,
        status=Status.PLANNED,
        confirmed_on=None,
        reach=Reach.PUBLIC,
        access=frozenset({"public"}),
    )


def missing_steps(province: UUID, lines: Iterable[WeighedLine]) -> list[tuple[str, str]]:
    """The steps of the protection chain of which no work in a province is recorded: key and label of each.

    Not recorded is not the same as not done: the page that shows it says so.
    """
    there = {
        line.row.intervention
        for line in lines
        if line.phase == Phase.ACTIVE and any(spot.province in (province, None) for spot in line.spots)
    }
    return [(key, label) for key, label, steps in PROTECTION_CHAIN if there.isdisjoint(steps)]


def meet(asked: Spot, other: Spot) -> bool:
    """Whether two places have ground in common: a province holds its districts, the country everything."""
    if asked.is_whole_country or other.is_whole_country:
        return True
    if asked.province != other.province:
        return False
    return asked.district is None or other.district is None or asked.district == other.district


def _concerns(question: Question, row: LineRow) -> bool:
    if row.family_id == question.family_id:
        return False
    is_near = not question.spots or any(meet(asked, own) for asked in question.spots for own in row.spots)
    if not is_near:
        return False
    if question.intervention and row.intervention == question.intervention:
        return True
    return not question.area or question.area in row.policy_areas


def _neighbour(question: Question, line: WeighedLine) -> Neighbour:
    row = line.row
    return Neighbour(
        line=line,
        does_the_same=question.intervention is not None and row.intervention == question.intervention,
        serves_the_same=any(
            _are_related(asked, own) for asked in question.target_groups for own in row.target_groups
        ),
        is_at_the_same_time=_overlaps_in_time(question, row),
    )


def _are_related(one: TargetGroup, other: TargetGroup) -> bool:
    parents: Mapping[TargetGroup, TargetGroup] = TARGET_GROUP_PARENTS
    return one == other or parents.get(one) == other or parents.get(other) == one


def _overlaps_in_time(question: Question, row: LineRow) -> bool:
    if question.starts_on is None and question.ends_on is None:
        return False
    ends_before = (
        row.ends_on is not None and question.starts_on is not None and row.ends_on < question.starts_on
    )
    starts_after = (
        row.starts_on is not None and question.ends_on is not None and row.starts_on > question.ends_on
    )
    return not (ends_before or starts_after)
