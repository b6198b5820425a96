"""Days, numbers and codes as people type them: understood or refused, never guessed."""

from datetime import date

import pytest
from pydantic import ValidationError

from portal.core.clock import today
from portal.core.ids import new_id
from portal.registry.checks import faults_of_budgets, faults_of_project
from portal.registry.inputs import (
    BudgetInput,
    IndicatorInput,
    PartnerInput,
    ProjectInput,
    read_count,
    read_day,
)
from portal.registry.line_inputs import LineInput


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-05-31", date(2026, 5, 31)),
        ("2026-5-1", date(2026, 5, 1)),
        ("31/12/2026", date(2026, 12, 31)),
        ("31.12.2026", date(2026, 12, 31)),
        ("12/31/2026", date(2026, 12, 31)),
        ("05/05/2026", date(2026, 5, 5)),
        ("໓໑/໑໒/໒໐໒໖", date(2026, 12, 31)),
        ("2569-05-31", date(2026, 5, 31)),
        ("31/12/2569", date(2026, 12, 31)),
        (" ", None),
    ],
)
def test_a_day_is_understood(typed, day):
    assert read_day(typed) == day


@pytest.mark.parametrize("typed", ["05/06/2026", "13/13/2026", "2026-02-30", "next week", "2026", "1/2/26"])
def test_a_day_that_may_be_another_is_refused(typed):
    with pytest.raises(ValueError):
        read_day(typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1200", 1200),
        ("1,200", 1200),
        ("1.200.000", 1_200_000),
        ("1 200", 1200),
        ("໑໒໐", 120),
        ("-3", -3),
        ("", None),
    ],
)
def test_a_number_is_understood(typed, number):
    assert read_count(typed) == number


@pytest.mark.parametrize("typed", ["many", "1,20", "1.5", "1,200.50", "٣", "9" * 30, "--3"])
def test_what_is_no_whole_number_is_refused(typed):
    with pytest.raises(ValueError):
        read_count(typed)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (PartnerInput, {"organisation": new_id(), "role": "funding", "share_percent": "101"}),
        (PartnerInput, {"organisation": new_id(), "role": "owner"}),
        (PartnerInput, {"organisation": new_id(), "role": "funding", "currency": "KIP"}),
        (BudgetInput, {"year": "1066", "currency": "USD", "amount": 5}),
        (BudgetInput, {"year": "2026", "currency": "USD", "amount": "-5"}),
        (IndicatorInput, {"title": " "}),
        (ProjectInput, {"title_en": "x" * 501}),
        (ProjectInput, {"iati_identifier": "LA 1"}),
        (ProjectInput, {"planned_start": "1900-01-01"}),
        (LineInput, {"implementer": new_id(), "policy_area": "prevention", "places": []}),
        (LineInput, {"implementer": new_id(), "policy_area": "p5", "places": ["LA01"]}),
        (
            LineInput,
            {"implementer": new_id(), "policy_area": "policy", "places": ["LA01"], "planned_men": "-1"},
        ),
        (
            LineInput,
            {"implementer": new_id(), "policy_area": "policy", "places": ["LA01"], "intervention": "X"},
        ),
        (LineInput, {"policy_area": "policy", "places": ["LA01"]}),
    ],
)
def test_impossible_values_are_refused(model, values):
    with pytest.raises(ValidationError) as error:
        model.model_validate(values)
    assert error.value.error_count() == 1


def test_parts_make_a_total_where_none_was_given():
    line = LineInput(
        implementer=new_id(), policy_area="policy", places=["LA01"], planned_women=3, planned_girls="4"
    )
    assert (line.planned.total, line.reached.total) == (7, None)


def test_contradictions_of_a_project_are_all_named():
    data = ProjectInput(
        planned_start="2026-05-02",
        planned_end="2026-05-01",
        actual_start=today().replace(year=today().year + 1, day=1),
        total_budget=5,
    )
    fields = {fault.field for fault in faults_of_project(data, today())}
    assert fields == {"title_en", "planned_end", "actual_start", "currency"}


def test_a_year_stands_once_in_a_currency():
    rows = [
        BudgetInput(year=2026, currency="USD", amount=5),
        BudgetInput(year=2026, currency="USD", amount=6),
    ]
    assert [fault.field for fault in faults_of_budgets(rows)] == ["year"]
    assert faults_of_budgets([rows[0], BudgetInput(year=2026, currency="LAK", amount=6)]) == []
