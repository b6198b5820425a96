"""Gaps: what somebody told is missing; never what nobody told."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.library.vocabularies import PolicyArea
from portal.registry.gap_terms import ExpectationRow, PlanRow, Reason
from portal.registry.gaps import by_theme, chain_gaps, plan_gaps, presence_gaps, reporting_gaps, time_gaps
from portal.registry.presence import CellState, NilReturn, weigh
from portal.registry.rows import Spot
from portal.registry.terms import Status
from portal.registry.vocabularies import PROTECTION_CHAIN, Intervention
from tests.registry.test_presence import BOKEO, HOUAYXAY, SEKONG, SPOTS, TODAY, TONPHEUNG, counted, line

PROVINCES = [BOKEO, SEKONG]
SOON = TODAY + timedelta(days=60)
LONG_AGO = TODAY - timedelta(days=400)


def expects(spot=SPOTS[0], area="prosecution", intervention=None, **values):
    return ExpectationRow(UUID(int=1), spot, area, intervention, "Plan 2026", **values)


def nobody(place=BOKEO, area=None, on=TODAY):
    return NilReturn(place, area, on, "Bokeo committee")


def presence(*rows, expected=(), said=()):
    return presence_gaps(by_theme(weigh(rows, TODAY)), expected or [expects()], said, TODAY)


def chain(*rows, said=()):
    return chain_gaps(by_theme(weigh(rows, TODAY)), PROVINCES, said, TODAY)


def ending(*rows):
    lines = weigh(rows, TODAY)
    return time_gaps(lines, lines)


def reporting(*rows, said=()):
    return reporting_gaps(by_theme(weigh(rows, TODAY)), PROVINCES, said, TODAY)


# Expected, and not there


def test_where_nothing_is_recorded_nothing_is_called_a_gap():
    report = presence()
    assert (report.looked_at, report.gaps) == (1, ())
    assert [each.reason for each in report.unknown] == [Reason.NOTHING_RECORDED]


@pytest.mark.parametrize(
    "said", [nobody(), nobody(HOUAYXAY), nobody(area="prosecution"), nobody(on=date(2025, 11, 25))]
)
def test_where_somebody_confirmed_that_nobody_works_there_is_a_gap(said):
    (gap,) = presence(said=[said]).gaps
    assert (gap.reason, gap.said_by, gap.source) == (Reason.ATTESTED, "Bokeo committee", "Plan 2026")


@pytest.mark.parametrize("said", [nobody(SEKONG), nobody(area="policy"), nobody(on=date(2025, 11, 24))])
def test_a_word_about_something_else_or_of_long_ago_tells_no_gap(said):
    assert presence(said=[said]).gaps == ()


def test_work_that_rests_leaves_a_gap_and_planned_work_none():
    resting = presence(line(status=Status.SUSPENDED))
    assert [gap.reason for gap in resting.gaps] == [Reason.RESTING]
    planned = presence(line(starts_on=SOON, status=Status.PLANNED), said=[nobody()])
    assert (planned.planned, planned.gaps, planned.unknown) == (1, (), ())


def test_what_is_over_or_lapsed_leaves_it_unknown():
    over = presence(line(status=Status.COMPLETED, ends_on=date(2026, 6, 1)))
    assert (over.gaps, over.unknown[0].reason, over.unknown[0].on) == ((), Reason.ENDED, date(2026, 6, 1))
    assert presence(line(confirmed_on=LONG_AGO)).gaps == ()


def test_work_for_the_whole_province_does_not_answer_for_a_district():
    report = presence(line(spots=(Spot(BOKEO),)))
    assert [each.reason for each in report.unknown] == [Reason.ONLY_WIDER]
    assert presence(line(), expected=[expects(Spot(BOKEO))]).met == 1


def test_an_expectation_holds_in_its_days_alone():
    expected = [expects(until_on=TODAY - timedelta(days=1)), expects(from_on=SOON)]
    assert presence(expected=expected).looked_at == 0


def test_an_expected_intervention_is_met_by_no_other():
    expected = [expects(intervention=Intervention.PSC_JUD)]
    assert presence(line(), expected=expected, said=[nobody()]).met == 0


# In the plan


def test_a_plan_asks_for_contributions_up_to_its_target():
    item = PlanRow(UUID(int=1), "Train border police", Spot(BOKEO), "Plan 2026")
    kept = replace(item, contributions=frozenset({UUID(int=2)}))
    assert [gap.reason for gap in plan_gaps([item]).gaps] == [Reason.NO_CONTRIBUTION]
    assert plan_gaps([kept]).met == 1
    below = replace(kept, target=10, reached=9)
    assert [gap.reason for gap in plan_gaps([below]).gaps] == [Reason.BELOW_TARGET]


# In time


def test_what_ends_soon_without_a_successor_is_told_once_a_province():
    rows = [line(1, ends_on=SOON), line(2, spots=(SPOTS[1],), ends_on=TODAY + timedelta(days=90))]
    report = ending(*rows)
    (gap,) = report.gaps
    assert (gap.spots, gap.on, report.looked_at) == ((SPOTS[0], SPOTS[1]), SOON, 2)


@pytest.mark.parametrize(
    "second",
    [
        line(2, ends_on=TODAY + timedelta(days=400)),
        line(2, ends_on=None),
        line(2, starts_on=SOON, ends_on=TODAY + timedelta(days=400), status=Status.PLANNED),
    ],
)
def test_work_that_goes_on_or_follows_closes_a_gap_in_time(second):
    assert ending(line(1, ends_on=SOON), second).gaps == ()


FOLLOWING = {"starts_on": SOON, "status": Status.PLANNED, "followed_ids": frozenset({UUID(int=1)})}


@pytest.mark.parametrize(
    ("values", "is_followed"),
    [
        ({}, True),
        ({"spots": (Spot(),)}, True),
        ({"starts_on": date(2026, 1, 1), "status": Status.ONGOING}, True),
        ({"starts_on": date(2026, 1, 1), "status": Status.ONGOING, "ends_on": SOON}, False),
        ({"status": Status.CANCELLED}, False),
        ({"intervention": Intervention.PSC_JUD}, False),
        ({"spots": (Spot(SEKONG),)}, False),
        ({"spots": (SPOTS[1],)}, False),
        ({"followed_ids": frozenset({UUID(int=3)})}, False),
    ],
)
def test_a_project_that_follows_goes_on_with_the_work_though_it_names_the_whole_province(values, is_followed):
    later = line(2, **{"spots": (Spot(BOKEO),), **FOLLOWING, **values})
    ends = {spot for gap in ending(line(1, ends_on=SOON), later).gaps for spot in gap.spots}
    assert (SPOTS[0] not in ends) == is_followed


def test_what_follows_in_the_whole_country_is_known_where_one_province_is_asked_for():
    here, later = weigh([line(1, ends_on=SOON), line(2, spots=(Spot(),), **FOLLOWING)], TODAY)
    report = time_gaps([here], [here, later])
    assert (report.planned, report.gaps) == (1, ())


# In the chain


def protecting(number, intervention, **values):
    return line(number, policy_area="protection", intervention=intervention, **values)


def test_a_province_lacks_the_steps_that_others_on_its_chain_do_not_report():
    report = chain(protecting(1, Intervention.PRO_SHL), protecting(2, Intervention.PRO_REI))
    assert {gap.province for gap in report.gaps} == {BOKEO}
    assert {gap.step for gap in report.gaps} == {"identification", "care", "legal", "return"}
    assert {each.province for each in report.unknown} == {SEKONG}
    assert report.looked_at == 2 * len(PROTECTION_CHAIN)


def test_a_service_for_the_whole_country_meets_its_step_everywhere():
    report = chain(protecting(1, Intervention.PRO_HOT, spots=(Spot(),)))
    assert (report.met, report.gaps) == (2, ())


def test_a_chain_that_nobody_confirmed_tells_nothing_of_its_other_steps():
    assert chain(protecting(1, Intervention.PRO_SHL, confirmed_on=date(2026, 2, 1))).gaps == ()


# In reports


def test_a_confirmed_line_or_any_nil_return_is_a_report():
    assert len(reporting().gaps) == 2 * len(PolicyArea)
    told = reporting(line(), said=[nobody(area="policy"), nobody(SEKONG)])
    assert {(gap.province, gap.policy_area) for gap in told.gaps} == {
        (BOKEO, "prevention"),
        (BOKEO, "protection"),
    }


def test_a_line_that_nobody_confirms_any_more_is_no_report():
    assert len(reporting(line(confirmed_on=date(2026, 5, 1))).gaps) == 2 * len(PolicyArea)


# What holds of all of them

ROWS = st.lists(
    st.builds(
        line,
        st.integers(1, 9),
        spots=st.lists(st.sampled_from(SPOTS), min_size=1, max_size=3, unique=True).map(tuple),
        policy_area=st.sampled_from(["prosecution", "protection"]),
        intervention=st.sampled_from(
            [Intervention.PSC_TRN, Intervention.PRO_SHL, Intervention.PRO_LEG, None]
        ),
        status=st.sampled_from(list(Status)),
        starts_on=st.sampled_from([date(2026, 1, 1), SOON]),
        ends_on=st.sampled_from([None, date(2026, 3, 1), TODAY + timedelta(days=90), date(2028, 1, 1)]),
        confirmed_on=st.sampled_from([None, LONG_AGO, date(2026, 10, 1)]),
    ),
    max_size=8,
)
SAID = st.lists(
    st.builds(
        nobody,
        st.sampled_from([BOKEO, SEKONG, HOUAYXAY, TONPHEUNG]),
        st.sampled_from([None, "protection", "prosecution"]),
        st.sampled_from([TODAY, LONG_AGO]),
    ),
    max_size=3,
)
EXPECTED = st.lists(
    st.builds(expects, st.sampled_from(SPOTS), st.sampled_from([None, "prosecution", "protection"])),
    max_size=4,
)


def all_reports(rows, expected, said):
    lines = weigh(rows, TODAY)
    return [
        presence_gaps(by_theme(lines), expected, said, TODAY),
        time_gaps(lines, lines),
        chain_gaps(by_theme(lines), PROVINCES, said, TODAY),
        reporting_gaps(by_theme(lines), PROVINCES, said, TODAY),
    ]


@given(ROWS, EXPECTED, SAID, st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_what_is_recorded_changes_nothing(rows, expected, said, random):
    shuffled = [random.sample(values, len(values)) for values in (rows, expected, said)]
    assert all_reports(*shuffled) == all_reports(rows, expected, said)


@given(EXPECTED)
def test_without_a_line_and_without_a_word_nothing_is_a_gap_but_the_silence(expected):
    *told, silence = all_reports([], expected, [])
    assert [report.gaps for report in told] == [(), (), ()]
    assert len(silence.gaps) == silence.looked_at


@given(ROWS, EXPECTED, SAID, st.sampled_from(SPOTS))
@settings(max_examples=60, deadline=None)
def test_confirmed_work_that_goes_on_never_opens_a_gap_of_presence_or_reporting(rows, expected, said, spot):
    more = [*rows, line(99, spots=(spot,), ends_on=None)]
    before, after = all_reports(rows, expected, said), all_reports(more, expected, said)
    for kind in (0, 3):
        assert after[kind].met >= before[kind].met
        assert len(after[kind].gaps) <= len(before[kind].gaps)


@given(ROWS, EXPECTED, SAID)
@settings(max_examples=60, deadline=None)
def test_everything_that_was_looked_for_is_told_once(rows, expected, said):
    for report in all_reports(rows, expected, said):
        missing = sum(len(gap.spots) for gap in report.gaps) + len(report.unknown)
        assert report.looked_at == report.met + report.planned + missing


@given(ROWS, EXPECTED, SAID)
@settings(max_examples=60, deadline=None)
def test_a_second_record_of_the_same_work_changes_nothing(rows, expected, said):
    again = [replace(row, id=UUID(int=row.id.int + 500), project_id=UUID(int=77)) for row in rows]
    assert all_reports([*rows, *again], expected, said) == all_reports(rows, expected, said)


@given(ROWS, SAID, st.sampled_from(["prosecution", "protection"]))
@settings(max_examples=100, deadline=None)
def test_a_province_that_presence_shows_as_unknown_or_covered_is_no_gap(rows, said, area):
    report = presence_gaps(
        by_theme(weigh(rows, TODAY)), [expects(Spot(key), area) for key in PROVINCES], said, TODAY
    )
    shown = counted(*rows, nil_returns=said)
    states = {shown.cell(gap.province, area).state for gap in report.gaps}
    assert states <= {CellState.NONE, CellState.DORMANT}
