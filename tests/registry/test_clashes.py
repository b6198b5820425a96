"""Queue C: two planned events for the same people in one district within the same weeks."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.registry.clashes import check_event_before_saving, clashes_of, compare_events, find_clashes
from portal.registry.rows import EventRow, Spot
from portal.registry.terms import EventKind, Reach
from portal.registry.vocabularies import Intervention, TargetGroup
from tests.registry.test_presence import BOKEO, SPOTS, TODAY

SOON = TODAY + timedelta(days=20)


def event(number=1, **values):
    return EventRow(
        **{
            "id": UUID(int=number),
            "reference": f"LA-{number:04}-E01",
            "project_id": UUID(int=100 + number),
            "family_id": UUID(int=100 + number),
            "organisation_id": UUID(int=900 + number),
            "kind": EventKind.TRAINING,
            "intervention": Intervention.PSC_TRN,
            "target_groups": frozenset({TargetGroup.POLICE_BORDER}),
            "spots": (SPOTS[0],),
            "starts_on": SOON,
            "ends_on": SOON + timedelta(days=2),
            "is_cancelled": False,
            "reach": Reach.PUBLIC,
            "access": frozenset({"public"}),
            **values,
        }
    )


@pytest.mark.parametrize(("days", "gap"), [(0, 0), (2, 0), (3, 1), (92, 90), (93, None), (-2, 0), (-3, 1)])
def test_events_for_the_same_people_clash_within_ninety_days(days, gap):
    start = SOON + timedelta(days=days)
    found = compare_events(event(1), event(2, starts_on=start, ends_on=start + timedelta(days=2)), TODAY)
    assert (found.gap_days if found else None) == gap


@pytest.mark.parametrize(
    "values",
    [
        {"organisation_id": UUID(int=901)},
        {"family_id": UUID(int=101)},
        {"spots": (SPOTS[1],)},
        {"spots": (Spot(BOKEO),)},
        {"target_groups": frozenset({TargetGroup.MEDIA})},
        {"target_groups": frozenset()},
        {"is_cancelled": True},
        {"reach": Reach.ORGANISATION},
        {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 11, 24)},
    ],
)
def test_other_places_people_and_times_are_no_clash(values):
    assert compare_events(event(1), event(2, **values), TODAY) is None


def test_a_wider_audience_holds_the_narrower():
    found = compare_events(event(1), event(2, target_groups=frozenset({TargetGroup.POLICE})), TODAY)
    assert found.shared_groups == {TargetGroup.POLICE_BORDER}


def test_what_is_for_coordinators_is_told_to_them():
    assert compare_events(event(1), event(2, reach=Reach.COORDINATORS), TODAY).is_restricted


def test_before_saving_only_what_the_writer_may_see_is_told_the_nearest_first():
    far = event(2, starts_on=SOON + timedelta(days=40), ends_on=SOON + timedelta(days=41))
    hidden = event(4, access=frozenset({"members"}), reach=Reach.MEMBERS)
    for_coordinators = event(5, reach=Reach.COORDINATORS)
    others = [far, event(3), hidden, for_coordinators, event(1)]
    told = check_event_before_saving(event(1), others, TODAY, frozenset({"public"}))
    assert [clash.beside(event(1)).id for clash in told] == [UUID(int=3), UUID(int=2)]


@st.composite
def events(draw):
    return [
        event(
            number,
            organisation_id=UUID(int=900 + draw(st.integers(1, 3))),
            spots=tuple(draw(st.lists(st.sampled_from(SPOTS), min_size=1, max_size=2, unique=True))),
            starts_on=(start := TODAY + timedelta(days=draw(st.integers(-20, 200)))),
            ends_on=start + timedelta(days=draw(st.integers(0, 30))),
            reach=draw(st.sampled_from(list(Reach))),
        )
        for number in range(1, draw(st.integers(2, 6)) + 1)
    ]


@given(events(), st.randoms(use_true_random=False))
def test_blocks_lose_no_clash_and_their_order_changes_nothing(rows, random):
    every = {
        found.key for one, other in combinations(rows, 2) if (found := compare_events(one, other, TODAY))
    }
    shuffled = random.sample(rows, len(rows))
    assert {found.key for found in find_clashes(shuffled, TODAY)} == every
    kept = {row.id for row in rows if row.reach == Reach.ORGANISATION}
    assert all(kept.isdisjoint(key) for key in every)
    assert {found.key for found in clashes_of(rows[0], rows, TODAY)} == {
        key for key in every if rows[0].id in key
    }


@given(events())
def test_a_pair_is_the_same_from_both_sides(rows):
    first, second = rows[0], replace(rows[1], reach=Reach.MEMBERS)
    assert compare_events(first, second, TODAY) == compare_events(second, first, TODAY)
