"""Work next to one's own: another step of the same kind, for whoever could be referred there."""

from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as some

from portal.registry.overlaps import adjacent_work, compare
from portal.registry.rows import Spot
from portal.registry.scoring import Queue
from portal.registry.terms import Reach, Status
from portal.registry.vocabularies import Intervention, TargetGroup
from tests.registry.overlap_rows import BOKEO, TODAY, district, line

SHELTER = {"policy_area": "protection", "intervention": Intervention.PRO_SHL}
CARE = {"policy_area": "protection", "intervention": Intervention.PRO_PSY}
ROWS = some.lists(
    some.builds(
        lambda name, step, place, group, reach, status: line(
            name, **step, spots=(place,), target_groups=group, reach=reach, status=status
        ),
        some.sampled_from("abcdefgh"),
        some.sampled_from([SHELTER, CARE, {}]),
        some.sampled_from([district(), Spot(BOKEO), Spot()]),
        some.sampled_from([frozenset(), frozenset({TargetGroup.CHILDREN}), frozenset({TargetGroup.MEDIA})]),
        some.sampled_from(list(Reach)),
        some.sampled_from([Status.ONGOING, Status.SUSPENDED]),
    ),
    min_size=2,
    max_size=6,
    unique_by=lambda row: row.id,
)


def test_counselling_in_the_province_is_told_to_the_shelter():
    shelter, care = line("a", **SHELTER), line("b", **CARE, spots=(Spot(BOKEO),))
    (found,) = adjacent_work([shelter], [care, line("c")], TODAY)
    assert (found.queue, found.score.what, set(found.key)) == (Queue.ADJACENT, 12, {shelter.id, care.id})


def test_the_same_step_and_ones_own_are_not_adjacent():
    shelter = line("a", **SHELTER)
    own = line("b", **CARE, implementer_id=shelter.implementer_id)
    assert adjacent_work([shelter], [line("c", **SHELTER), own, shelter], TODAY) == []


@settings(max_examples=60)
@given(ROWS)
def test_it_is_what_comparing_everybody_would_give(rows):
    every = (compare(one, other, TODAY) for one, other in combinations(rows, 2))
    expected = {found.key for found in every if found and found.queue == Queue.ADJACENT}
    assert {found.key for found in adjacent_work(rows, rows, TODAY)} == expected
    kept = [replace(row, reach=Reach.ORGANISATION) for row in rows]
    assert adjacent_work(kept, rows, TODAY) == []
