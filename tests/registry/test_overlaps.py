"""Queue O as `registry.md` 4.4 says it: worked examples, each gate, each component, and what must hold of every pair."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.registry.overlap_score import score_pair
from portal.registry.overlaps import (
    Gate,
    band_of,
    check_before_saving,
    compare,
    find_gate,
    find_overlaps,
)
from portal.registry.rows import Spot
from portal.registry.scoring import Band, Confidence, Queue
from portal.registry.terms import Reach, Status
from portal.registry.vocabularies import Intervention, TargetGroup
from tests.registry.overlap_rows import (
    BOKEO,
    HOUAYXAY,
    PUBLIC,
    TODAY,
    TONPHEUNG,
    district,
    known,
    line,
)

TWO_DISTRICTS = (district(HOUAYXAY), district(TONPHEUNG))
WHOLE_BOKEO = (Spot(BOKEO),)
SPRING_AND_SUMMER = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 8, 31)}


def test_the_first_worked_example_is_strong_with_a_hundred_points():
    overlap = compare(line("a", spots=TWO_DISTRICTS), line("b", **SPRING_AND_SUMMER), TODAY)
    assert (overlap.score.total, overlap.band, overlap.confidence) == (100, Band.STRONG, Confidence.A)
    parts = overlap.score
    assert (parts.where, parts.what, parts.whom, parts.when) == (30, 30, 25, 15)


def test_a_whole_province_gives_82_points_and_is_capped_to_moderate():
    overlap = compare(line("a", spots=TWO_DISTRICTS), line("b", spots=WHOLE_BOKEO), TODAY)
    assert (overlap.score.total, overlap.band, overlap.confidence) == (82, Band.MODERATE, Confidence.B)


def test_awareness_for_villagers_is_not_shown_beside_training_of_police():
    villagers = line(
        "b",
        intervention=Intervention.PRE_AWR,
        policy_area="prevention",
        target_groups=frozenset({TargetGroup.VILLAGE_AUTHORITIES}),
    )
    assert compare(line("a", spots=TWO_DISTRICTS), villagers, TODAY) is None


def test_the_same_training_in_the_records_of_its_funder_goes_to_queue_d():
    mine = line("a", upstream_ids=frozenset({known("b organisation")}))
    assert find_gate(mine, line("b"), TODAY) == Gate.X3_VERTICAL_CHAIN
    assert compare(mine, line("b"), TODAY) is None


GATES = [
    (Gate.X1_SAME_FAMILY, {"family_id": known("a family")}),
    (Gate.X2_SAME_IMPLEMENTER, {"implementer_id": known("a organisation")}),
    (Gate.X3_VERTICAL_CHAIN, {"upstream_ids": frozenset({known("a organisation")})}),
    (Gate.X4_STATUS, {"status": Status.SUSPENDED}),
    (Gate.X4_STATUS, {"status": Status.COMPLETED}),
    (Gate.X4_STATUS, {"ends_on": date(2026, 5, 31)}),
    (Gate.X5_NO_SHARED_TIME, {"starts_on": date(2027, 1, 1), "ends_on": None}),
    (Gate.X5_NO_SHARED_TIME, {"starts_on": None}),
    (Gate.X6_NO_SHARED_PLACE, {"spots": (district(TONPHEUNG),)}),
    (Gate.X6_NO_SHARED_PLACE, {"spots": (Spot(),)}),
    (Gate.X6_NO_SHARED_PLACE, {"spots": ()}),
    (Gate.X7_OWN_ONLY, {"reach": Reach.ORGANISATION}),
    (Gate.X8_SUPPORT, {"intervention": Intervention.POL_COORD}),
    (None, {}),
]


@pytest.mark.parametrize(("gate", "values"), GATES)
def test_each_gate_has_its_reason(gate, values):
    assert find_gate(line("a"), line("b", **values), TODAY) == gate
    assert find_gate(line("b", **values), line("a"), TODAY) == gate


def test_work_of_one_organisation_is_its_own_list():
    overlap = compare(line("a"), line("b", implementer_id=known("a organisation")), TODAY)
    assert overlap.queue == Queue.INTERNAL


def test_another_step_of_the_same_family_is_adjacent_and_never_an_overlap():
    shelter = line("a", intervention=Intervention.PRO_SHL, policy_area="protection")
    care = line("b", intervention=Intervention.PRO_PSY, policy_area="protection")
    overlap = compare(shelter, care, TODAY)
    assert (overlap.queue, overlap.score.what) == (Queue.ADJACENT, 12)


WHOM = [
    ({TargetGroup.POLICE_BORDER}, 25),
    ({TargetGroup.POLICE}, 15),
    (set(), 8),
    ({TargetGroup.POLICE_IMMIGRATION}, 0),
    ({TargetGroup.POLICE_BORDER, TargetGroup.TEACHERS}, 25),
]


@pytest.mark.parametrize(("groups", "points"), WHOM)
def test_audiences_meet_in_a_group_or_in_its_parent(groups, points):
    assert score_pair(line("a"), line("b", target_groups=frozenset(groups))).whom == points


@pytest.mark.parametrize(("days", "points"), [(180, 15), (179, 8), (30, 8), (29, 3), (1, 3)])
def test_time_counts_by_the_days_that_are_shared(days, points):
    later = line("b", starts_on=date(2026, 12, 31) - timedelta(days=days - 1), ends_on=date(2028, 12, 31))
    assert score_pair(line("a"), later).when == points


def test_half_of_the_shorter_one_counts_like_half_a_year():
    short = line("b", starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 10))
    assert score_pair(line("a"), short).when == 15


def test_work_in_more_than_half_of_the_provinces_counts_seven_tenths_for_the_place():
    everywhere = tuple(Spot(known(f"province {n}")) for n in range(9))
    nine = line("b", spots=(*everywhere[:8], district()))
    ten = line("b", spots=(*everywhere, district()))
    assert score_pair(line("a"), nine).where == 30
    assert score_pair(line("a"), ten).where == 21
    assert score_pair(line("a", spots=(Spot(),)), line("b", spots=(Spot(),))).where == 11


def test_two_whole_provinces_count_more_than_a_province_and_a_district():
    whole = line("a", spots=WHOLE_BOKEO)
    assert score_pair(whole, line("b", spots=WHOLE_BOKEO)).where == 15
    assert score_pair(whole, line("b")).where == 12


@pytest.mark.parametrize(
    ("values", "confidence"),
    [
        ({}, Confidence.A),
        ({"confirmed_on": date(2025, 10, 1)}, Confidence.B),
        ({"confirmed_on": None}, Confidence.B),
        ({"target_groups": frozenset()}, Confidence.B),
        ({"target_groups": frozenset(), "confirmed_on": None}, Confidence.C),
        ({"spots": WHOLE_BOKEO, "confirmed_on": None}, Confidence.C),
    ],
)
def test_confidence_is_told_apart_from_the_score(values, confidence):
    assert compare(line("a"), line("b", **values), TODAY).confidence == confidence


def test_what_only_coordinators_may_see_is_told_to_them_alone():
    hidden = line("b", reach=Reach.COORDINATORS, access=frozenset({"coordinators"}))
    assert compare(line("a"), hidden, TODAY).is_restricted
    assert check_before_saving(line("a"), [hidden], TODAY, PUBLIC) == []
    assert check_before_saving(line("a"), [hidden], TODAY, frozenset({"coordinators"})) == []


def test_somebody_who_saves_a_line_is_told_of_others_and_not_of_the_own_project():
    own = replace(line("b"), project_id=known("a project"))
    told = check_before_saving(line("a"), [own, line("c"), line("d", spots=())], TODAY, PUBLIC)
    assert [overlap.second.id == known("c") or overlap.first.id == known("c") for overlap in told] == [True]


# What must hold of every pair, not only of the examples.

PLACES = [district(known(f"district {n}"), known(f"province {n % 3}")) for n in range(6)]
PLACES += [Spot(known(f"province {n}")) for n in range(3)]
lines = some.builds(
    lambda name, family, spots, groups, what, start, days, reach, seen: line(
        f"{name}",
        family_id=known(f"family {family}"),
        spots=tuple(spots),
        target_groups=frozenset(groups),
        intervention=what,
        policy_area=what.policy_area if what else "protection",
        starts_on=start,
        ends_on=start + timedelta(days=days),
        reach=reach,
        confirmed_on=seen,
    ),
    some.integers(0, 10_000),
    some.integers(0, 30),
    some.lists(some.sampled_from(PLACES), max_size=4, unique=True),
    some.sets(some.sampled_from(list(TargetGroup)[:6]), max_size=3),
    some.sampled_from([Intervention.PSC_TRN, Intervention.PRO_SHL, Intervention.PRO_PSY, None]),
    some.dates(date(2025, 6, 1), date(2026, 12, 1)),
    some.integers(0, 700),
    some.sampled_from(list(Reach)),
    some.none() | some.dates(date(2025, 1, 1), TODAY),
)
registers = some.lists(lines, max_size=12, unique_by=lambda row: row.id)
# Two records of the register: no line is compared with itself, and no two have one id.
pairs = some.lists(lines, min_size=2, max_size=2, unique_by=lambda row: row.id)


@given(pairs)
def test_it_does_not_matter_from_which_side_one_looks(pair):
    one, other = pair
    assert compare(one, other, TODAY) == compare(other, one, TODAY)


@given(registers, some.randoms(use_true_random=False))
def test_the_order_of_the_register_does_not_matter(rows, shuffled):
    mixed = list(rows)
    shuffled.shuffle(mixed)
    found = {overlap.key: overlap for overlap in find_overlaps(rows, TODAY)}
    assert found == {overlap.key: overlap for overlap in find_overlaps(mixed, TODAY)}


@given(registers)
def test_blocks_lose_nothing_that_comparing_all_with_all_would_find(rows):
    slow = {
        overlap.key
        for place, one in enumerate(rows)
        for other in rows[place + 1 :]
        if (overlap := compare(one, other, TODAY)) and overlap.queue in (Queue.OVERLAP, Queue.INTERNAL)
    }
    assert {overlap.key for overlap in find_overlaps(rows, TODAY)} == slow


@given(registers)
def test_records_of_one_family_never_overlap(rows):
    joined = [replace(row, family_id=known("one family")) for row in rows]
    assert list(find_overlaps(joined, TODAY)) == []


@given(registers)
def test_what_is_for_one_organisation_only_appears_nowhere(rows):
    hidden = {row.id for row in rows if row.reach == Reach.ORGANISATION}
    told = {key for overlap in find_overlaps(rows, TODAY) for key in overlap.key}
    assert told.isdisjoint(hidden)


@given(lines, lines, some.integers(0, 5))
def test_one_more_shared_district_never_lowers_the_points_for_the_place(one, other, number):
    common = district(known(f"district {number}"), known(f"province {number % 3}"))
    districts = [tuple(spot for spot in row.spots if spot.is_district) for row in (one, other)]
    if common in districts[0] or common in districts[1] or not districts[0] or not districts[1]:
        return
    before = compare(replace(one, spots=districts[0]), replace(other, spots=districts[1]), TODAY)
    after = compare(
        replace(one, spots=(*districts[0], common)), replace(other, spots=(*districts[1], common)), TODAY
    )
    if before is not None:
        assert after is not None
        assert after.score.where >= before.score.where


@given(lines, lines)
def test_points_lie_between_nothing_and_a_hundred_and_bands_follow_them(one, other):
    overlap = compare(one, other, TODAY)
    if overlap is not None and overlap.queue != Queue.ADJACENT:
        assert 45 <= overlap.score.total <= 100
        assert overlap.band == band_of(overlap.score)
        assert overlap.band != Band.STRONG or overlap.score.shared_districts
