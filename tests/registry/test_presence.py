"""Presence: what is counted where, and that all its views say the same."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.registry.presence import CellState, NilReturn, SeenLines, columns_of, count_presence, weigh
from portal.registry.presence_filter import Breadth, Phase, PresenceFilter, Role
from portal.registry.rows import LineRow, Spot, visible_to
from portal.registry.terms import DateBasis, Reach, Status
from portal.registry.timeline import draw_timeline
from portal.registry.vocabularies import Intervention, TargetGroup

TODAY = date(2026, 11, 25)
BOKEO, SEKONG = UUID(int=5), UUID(int=15)
HOUAYXAY, TONPHEUNG, LAMAM = UUID(int=501), UUID(int=502), UUID(int=1501)
SPOTS = [
    Spot(BOKEO, HOUAYXAY),
    Spot(BOKEO, TONPHEUNG),
    Spot(BOKEO),
    Spot(SEKONG, LAMAM),
    Spot(SEKONG),
    Spot(),
]
AREAS = ["policy", "prevention", "protection", "prosecution"]
PUBLIC = frozenset({"public"})


def line(number=1, **values):
    given_values = {
        "id": UUID(int=10_000 + number),
        "reference": f"LA-{number:04}-01",
        "project_id": UUID(int=number),
        "family_id": UUID(int=number),
        "organisation_id": UUID(int=900 + number),
        "implementer_id": UUID(int=900 + number),
        "upstream_ids": frozenset(),
        "funder_ids": frozenset(),
        "policy_area": "prosecution",
        "intervention": Intervention.PSC_TRN,
        "modality": "training",
        "target_groups": frozenset({TargetGroup.POLICE_BORDER}),
        "forms": frozenset(),
        "spots": (SPOTS[0],),
        "abroad": frozenset(),
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2027, 12, 31),
        "date_basis": DateBasis.ACTUAL,
        "status": Status.ONGOING,
        "confirmed_on": date(2026, 10, 1),
        "reach": Reach.PUBLIC,
        "access": PUBLIC,
        **values,
    }
    given_values.setdefault("policy_areas", frozenset({given_values["policy_area"]}))
    return LineRow(**given_values)


def counted(*rows, nil_returns=(), **asked):
    return count_presence(weigh(rows, TODAY), PresenceFilter(**asked), nil_returns, TODAY)


def test_families_are_counted_and_records_are_told_beside():
    twin = line(2, family_id=UUID(int=1))
    figures = counted(line(1), twin, line(3)).cell(BOKEO, "prosecution")
    assert (figures.families, figures.records, figures.organisations) == (2, 3, 3)


def test_work_in_two_provinces_counts_once_in_each_and_once_in_the_total():
    presence = counted(line(spots=(SPOTS[0], SPOTS[1], SPOTS[3])))
    assert [presence.place(BOKEO).families, presence.place(SEKONG).families] == [1, 1]
    assert presence.total.families == 1


def test_a_whole_province_is_a_row_of_its_own_beside_its_districts():
    presence = counted(line(1, spots=(SPOTS[2],)), line(2), provinces=frozenset({BOKEO}))
    assert presence.place(BOKEO).families == 1
    assert presence.place(HOUAYXAY).families == 1
    assert presence.place(TONPHEUNG).families == 0
    assert counted(line(1, spots=(SPOTS[2],)), line(2)).whole(BOKEO) == 1


def test_the_whole_country_is_no_province():
    presence = counted(line(spots=(Spot(),)))
    assert presence.place(None).families == 1
    assert presence.place(BOKEO).state == CellState.UNKNOWN
    assert counted(line(spots=(Spot(),)), provinces=frozenset({BOKEO})).total.families == 0


def test_a_line_counts_under_each_of_the_4p_that_it_serves():
    presence = counted(line(policy_areas=frozenset({"prosecution", "protection"})))
    assert presence.cell(BOKEO, "protection").families == 1
    assert presence.column("prosecution").families == 1
    assert presence.total.families == 1


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, CellState.COVERED),
        ({"ends_on": None}, CellState.COVERED),
        ({"ends_on": TODAY + timedelta(days=180)}, CellState.ENDING_SOON),
        ({"ends_on": TODAY + timedelta(days=181)}, CellState.COVERED),
        ({"starts_on": date(2027, 2, 1)}, CellState.PLANNED),
        (
            {"status": Status.PLANNED, "date_basis": DateBasis.PLANNED, "confirmed_on": None},
            CellState.PLANNED,
        ),
        ({"status": Status.SUSPENDED}, CellState.DORMANT),
        ({"ends_on": date(2026, 10, 20)}, CellState.DORMANT),
        ({"ends_on": date(2026, 8, 1), "confirmed_on": None}, CellState.UNKNOWN),
        ({"confirmed_on": date(2025, 11, 1)}, CellState.UNKNOWN),
        ({"status": Status.COMPLETED}, CellState.UNKNOWN),
        ({"status": Status.CANCELLED}, CellState.UNKNOWN),
    ],
)
def test_the_state_of_a_cell_follows_from_its_lines(values, state):
    assert counted(line(**values)).cell(BOKEO, "prosecution").state == state


def test_what_is_planned_to_follow_keeps_a_place_from_ending_soon():
    ending = line(1, ends_on=date(2027, 1, 31))
    assert counted(ending, line(2, starts_on=date(2027, 2, 1))).place(BOKEO).state == CellState.COVERED
    assert counted(ending, line(2, ends_on=date(2028, 1, 1))).place(BOKEO).state == CellState.COVERED
    assert counted(ending, line(2, ends_on=date(2027, 2, 1))).place(BOKEO).state == CellState.ENDING_SOON


NOBODY = NilReturn(BOKEO, None, date(2026, 9, 1), "Bokeo committee")


def test_only_a_statement_of_this_year_turns_nothing_recorded_into_nobody():
    said = replace(NOBODY, policy_area="protection")
    presence = counted(nil_returns=[said])
    assert presence.cell(BOKEO, "protection").state == CellState.NONE
    assert presence.cell(BOKEO, "PRO-SHL").state == CellState.NONE
    assert presence.cell(BOKEO, "prevention").state == CellState.UNKNOWN
    assert presence.place(BOKEO).state == CellState.UNKNOWN
    old = replace(NOBODY, said_on=date(2025, 11, 20))
    assert counted(nil_returns=[old]).place(BOKEO).state == CellState.UNKNOWN


def test_a_statement_of_a_province_holds_for_its_districts_and_never_against_a_line():
    presence = counted(line(), nil_returns=[NOBODY], provinces=frozenset({BOKEO}))
    assert presence.place(TONPHEUNG).state == CellState.NONE
    assert presence.place(HOUAYXAY).state == CellState.COVERED
    assert counted(nil_returns=[NOBODY]).place(SEKONG).state == CellState.UNKNOWN


def test_the_archive_is_shown_to_whoever_asks_for_it():
    lapsed = line(confirmed_on=date(2025, 1, 1))
    assert counted(lapsed).total.lines == 0
    assert counted(lapsed, phases=frozenset({Phase.LAPSED})).total.lines == 1


def test_a_period_in_the_past_shows_what_was_going_on_then():
    done = line(starts_on=date(2023, 1, 1), ends_on=date(2024, 6, 30), status=Status.COMPLETED)
    year = {"first_day": date(2024, 1, 1), "last_day": date(2024, 12, 31)}
    assert counted(done, **year).place(BOKEO).state == CellState.COVERED
    assert counted(done, first_day=date(2025, 1, 1), last_day=date(2025, 12, 31)).total.lines == 0


@pytest.mark.parametrize(
    ("role", "organisation", "found"),
    [
        (Role.FUNDING, UUID(int=77), 1),
        (Role.IMPLEMENTING, UUID(int=77), 0),
        (Role.ANY, UUID(int=77), 1),
        (Role.IMPLEMENTING, UUID(int=901), 1),
        (Role.FUNDING, UUID(int=901), 0),
    ],
)
def test_an_organisation_is_asked_for_in_its_role(role, organisation, found):
    row = line(funder_ids=frozenset({UUID(int=77)}))
    assert counted(row, organisations=frozenset({organisation}), role=role).total.lines == found


def test_the_share_confirmed_is_of_records():
    presence = counted(line(1), line(2, confirmed_on=None), line(3, confirmed_on=date(2026, 3, 1)))
    assert presence.total.confirmed_percent == 33
    assert counted().total.confirmed_percent is None
    assert counted(line(1), line(2, confirmed_on=None), confirmed_only=True).total.records == 1


days = st.dates(date(2023, 1, 1), date(2029, 12, 31))
rows = st.builds(
    lambda number, family, area, others, spots, starts, length, status, confirmed, access, who, **values: (
        line(
            number,
            family_id=UUID(int=family),
            policy_area=area,
            policy_areas=frozenset({area, *others}),
            spots=tuple(dict.fromkeys(spots)),
            starts_on=starts,
            ends_on=starts + timedelta(days=length) if length else None,
            status=status,
            confirmed_on=confirmed,
            access=access,
            implementer_id=UUID(int=who),
            **values,
        )
    ),
    number=st.integers(1, 30),
    family=st.integers(1, 8),
    area=st.sampled_from(AREAS),
    others=st.sets(st.sampled_from(AREAS), max_size=2),
    spots=st.lists(st.sampled_from(SPOTS), max_size=4),
    starts=days,
    length=st.integers(0, 1500),
    status=st.sampled_from(Status),
    confirmed=st.none() | st.dates(date(2024, 1, 1), TODAY),
    access=st.sampled_from([PUBLIC, frozenset({"members"}), frozenset({"org:a"})]),
    who=st.integers(901, 904),
    intervention=st.none()
    | st.sampled_from([Intervention.PSC_TRN, Intervention.PRO_SHL, Intervention.PRE_AWR]),
    funder_ids=st.frozensets(st.integers(905, 906).map(lambda number: UUID(int=number)), max_size=1),
)
registers = st.lists(rows, max_size=14)


def some(values):
    return st.frozensets(st.sampled_from(values), max_size=2)


filters = st.builds(
    PresenceFilter,
    provinces=some([BOKEO, SEKONG]),
    districts=some([HOUAYXAY, TONPHEUNG, LAMAM]),
    breadths=some(list(Breadth)),
    policy_areas=some(AREAS),
    interventions=some(["PSC-TRN", "PRO-SHL"]),
    organisations=some([UUID(int=901), UUID(int=905)]),
    role=st.sampled_from(Role),
    phases=st.frozensets(st.sampled_from(Phase), max_size=3),
    first_day=st.none() | days,
    confirmed_only=st.booleans(),
)


def table_figures(presence):
    """Families of every cell, counted over the lines of the table one by one."""
    cells = {}
    for found in presence.lines:
        for key in presence.row_keys(found):
            for column in [*columns_of(found.row), ""]:
                cells.setdefault((key, column), set()).add(found.row.family_id)
    return {cell: len(families) for cell, families in cells.items()}


def matrix_figures(presence):
    columns = [*AREAS, *(intervention.value for intervention in Intervention)]
    keys = [BOKEO, SEKONG, HOUAYXAY, TONPHEUNG, LAMAM, None]
    cells = {(key, column): presence.cell(key, column).families for key in keys for column in columns}
    places = {(key, ""): presence.place(key).families for key in keys}
    return {cell: number for cell, number in {**cells, **places}.items() if number}


@settings(max_examples=500, deadline=None)
@given(registers, filters)
def test_matrix_table_and_timeline_have_the_same_figures(register, asked):
    presence = count_presence(weigh(register, TODAY), asked, [], TODAY)
    assert matrix_figures(presence) == table_figures(presence)
    bars = draw_timeline(presence).bars
    assert len(bars) == presence.total.families
    assert Counter(found.row for bar in bars for found in bar.lines) == Counter(
        found.row for found in presence.lines
    )
    assert sum(figures for (_, column), figures in matrix_figures(presence).items() if not column) >= len(
        bars
    )


@settings(max_examples=150, deadline=None)
@given(registers, filters, st.randoms(use_true_random=False))
def test_the_order_of_lines_and_repeated_places_change_nothing(register, asked, random):
    shuffled = [replace(row, spots=(*row.spots, *row.spots)) for row in register]
    random.shuffle(shuffled)
    first = count_presence(weigh(register, TODAY), asked, [], TODAY)
    second = count_presence(weigh(shuffled, TODAY), asked, [], TODAY)
    assert matrix_figures(first) == matrix_figures(second)
    assert first.total == second.total


@settings(max_examples=300, deadline=None)
@given(registers, filters)
def test_whoever_looks_near_by_finds_all_that_is_chosen(register, asked):
    seen = weigh(register, TODAY)
    near = SeenLines(seen).near(asked)
    assert count_presence(near, asked, [], TODAY).lines == count_presence(seen, asked, [], TODAY).lines


@settings(max_examples=150, deadline=None)
@given(registers, filters)
def test_what_a_viewer_may_not_see_counts_nowhere(register, asked):
    seen = visible_to(register, frozenset({"public", "members"}))
    for access in (PUBLIC, frozenset({"public", "members"})):
        presence = count_presence(weigh(visible_to(register, access), TODAY), asked, [], TODAY)
        assert all(not found.row.access.isdisjoint(access) for found in presence.lines)
        assert presence.total.lines <= count_presence(weigh(seen, TODAY), asked, [], TODAY).total.lines


@settings(max_examples=150, deadline=None)
@given(registers, filters)
def test_a_narrower_filter_never_counts_more(register, asked):
    weighed = weigh(register, TODAY)
    wide = count_presence(weighed, replace(asked, policy_areas=frozenset()), [], TODAY)
    narrow = count_presence(weighed, replace(asked, policy_areas=frozenset({"protection"})), [], TODAY)
    assert narrow.total.families == wide.column("protection").families


@settings(max_examples=150, deadline=None)
@given(registers, filters)
def test_quarters_count_families_with_work_in_them(register, asked):
    presence = count_presence(weigh(register, TODAY), asked, [], TODAY)
    for quarter in draw_timeline(presence).quarters:
        at_work = {
            found.family
            for found in presence.lines
            if (found.row.starts_on or date.min) <= quarter.last_day
            and (found.row.ends_on or date.max) >= quarter.first_day
        }
        assert quarter.families == len(at_work)
