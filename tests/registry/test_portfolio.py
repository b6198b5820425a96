"""Portfolios count families once, and add up only money that is not counted twice."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from portal.registry.design import Question, candidate_line, meet, missing_steps
from portal.registry.portfolio import (
    Concern,
    FunderCoverage,
    PortfolioFilter,
    build_portfolio,
    narrowed,
)
from portal.registry.portfolio_resources import (
    SharedResource,
    earlier_evaluations_for,
    evaluations_for,
    manuals_for,
)
from portal.registry.rows import ProjectRow, Spot
from portal.registry.terms import PartnerRole, Reach, Status
from portal.registry.vocabularies import Intervention

TODAY = date(2026, 11, 25)
FUNDER, PROVINCE, DISTRICT = UUID(int=900), UUID(int=50), UUID(int=51)


def project(number, family=0, parents=(), budget=1000, access="public"):
    return ProjectRow(
        id=UUID(int=number),
        reference=f"LA-{number:04d}",
        family_id=UUID(int=family or number),
        organisation_id=UUID(int=1),
        titles=(),
        partners={PartnerRole.FUNDING: frozenset({FUNDER})},
        identifiers=frozenset(),
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
        spots=frozenset(),
        interventions=frozenset(),
        budgets={"USD": budget},
        yearly_budgets={},
        parent_ids=frozenset(UUID(int=parent) for parent in parents),
        status=Status.ONGOING,
        confirmed_on=TODAY,
        reach=Reach.PUBLIC,
        access=frozenset({access}),
    )


def line(number, of, **values):
    row = candidate_line(
        Question(
            spots=(Spot(PROVINCE, DISTRICT),),
            policy_area="prosecution",
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 12, 31),
        )
    )
    return replace(row, id=UUID(int=number), project_id=of.id, family_id=of.family_id, **values)


def build(projects, **asked):
    lines = {row.id: [line(100 + number, row)] for number, row in enumerate(projects)}
    return build_portfolio(projects, lines, PortfolioFilter(**asked), TODAY)


def test_records_of_one_family_count_once():
    portfolio = build([project(1), project(2, family=1), project(3)])
    assert portfolio.families == 2
    assert portfolio.in_place(PROVINCE.hex, "prosecution") == 2


def test_the_money_of_a_parent_is_not_added_to_that_of_its_part():
    portfolio = build([project(1, budget=5000), project(2, family=1, parents=[1], budget=1000)])
    assert portfolio.money == {"USD": 1000}
    assert portfolio.not_additive == 1


def test_each_year_of_the_work_is_a_cell_and_a_year_narrows():
    assert {key.year for key in build([project(1)]).cells} == {2026, 2027}
    assert {key.year for key in build([project(1)], year=2027).cells} == {2027}
    assert not build([project(1)], year=2028).projects
    assert not build([project(1)], funder=UUID(int=5)).projects


def test_places_meet_where_they_have_ground_in_common():
    other = Spot(PROVINCE, UUID(int=52))
    assert meet(Spot(PROVINCE), Spot(PROVINCE, DISTRICT))
    assert meet(Spot(), other)
    assert not meet(Spot(PROVINCE, DISTRICT), other)
    assert not meet(Spot(UUID(int=60)), other)


def test_a_province_without_work_lacks_every_step():
    assert len(missing_steps(PROVINCE, [])) == 6


def test_years_and_funders_count_each_family_once():
    portfolio = build([project(1), project(2, family=1), project(3)])
    assert portfolio.years == [2026, 2027]
    assert portfolio.in_year(2027, "prosecution") == portfolio.in_year(2027) == 2
    assert portfolio.in_year(2027, "policy") == 0
    assert portfolio.by_funder == [FunderCoverage(FUNDER, families=2, provinces=1, countrywide=0)]


def test_a_concern_narrows_the_projects_and_their_money():
    whole = build([project(1), project(2)])
    assert len(narrowed(whole, {UUID(int=1)}, Concern.NO_OUTCOME).projects) == 1
    assert narrowed(whole, {UUID(int=1)}, Concern.NO_OUTCOME).money == {"USD": 1000}
    assert len(narrowed(whole, (), Concern.NOT_CONFIRMED).projects) == 2
    assert not narrowed(whole, (), Concern.ENDING).projects


def shared(**told):
    return SharedResource(
        **{
            "reference": "R-1",
            "kind": "evaluation",
            "organisation_id": UUID(int=1),
            "issued_on": date(2027, 1, 1),
            "policy_areas": frozenset(),
            "sectors": frozenset(),
            "provinces": frozenset(),
            **told,
        }
    )


@pytest.mark.parametrize(
    ("told", "is_named"),
    [
        ({"sectors": {"law_enforcement"}, "provinces": {PROVINCE}, "policy_areas": {"prosecution"}}, True),
        ({"sectors": {"law_enforcement"}, "provinces": {UUID(int=60)}}, False),
        ({"sectors": {"health"}, "provinces": {PROVINCE}}, False),
        ({"policy_areas": {"policy"}, "provinces": {PROVINCE}}, False),
        ({"sectors": {"law_enforcement"}}, True),
        ({"provinces": {PROVINCE}}, True),
        ({"policy_areas": {"prosecution"}}, False),
        ({}, False),
        ({"sectors": {"law_enforcement"}, "organisation_id": UUID(int=2)}, False),
        ({"sectors": {"law_enforcement"}, "issued_on": date(2025, 12, 31)}, False),
        ({"sectors": {"law_enforcement"}, "issued_on": None}, True),
    ],
)
def test_an_evaluation_may_serve_where_all_that_both_tell_is_the_same(told, is_named):
    row = project(1)
    lines = {row.id: [line(100, row, intervention=Intervention.PSC_TRN)]}
    portfolio = build_portfolio([row], lines, PortfolioFilter(), TODAY)
    assert bool(evaluations_for(portfolio.projects, [shared(**told)])[row.id]) is is_named


def test_an_evaluation_from_before_the_project_is_told_apart():
    portfolio = build([project(1)])
    earlier = shared(issued_on=date(2025, 12, 31), provinces={PROVINCE})
    assert earlier_evaluations_for(portfolio.projects, [earlier]) == {UUID(int=1): ["R-1"]}
    assert evaluations_for(portfolio.projects, [earlier]) == {UUID(int=1): []}
    elsewhere = replace(earlier, provinces=frozenset({UUID(int=60)}))
    assert earlier_evaluations_for(portfolio.projects, [elsewhere]) == {UUID(int=1): []}


def test_a_manual_that_is_older_than_the_project_may_still_serve():
    portfolio = build([project(1)])
    manual = shared(kind="manual_or_guideline", issued_on=date(2019, 1, 1), provinces={PROVINCE})
    assert manuals_for(portfolio.projects, [manual]) == {UUID(int=1): ["R-1"]}
    assert evaluations_for(portfolio.projects, [manual]) == {UUID(int=1): []}
