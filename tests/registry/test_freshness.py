"""What may be believed of a line: by its dates, by what was said, by when it was confirmed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.registry.freshness import (
    Age,
    age,
    effective_status,
)
from portal.registry.terms import DateBasis, EffectiveStatus, Status

TODAY = date(2026, 11, 25)
DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))
MAYBE_DAYS = st.none() | DAYS


def ago(days):
    return TODAY - timedelta(days=days)


def status_on(status, start, end, confirmed=None, basis=DateBasis.PLANNED):
    return effective_status(status, start, end, basis, confirmed, TODAY)


@pytest.mark.parametrize(
    ("status", "start", "end", "confirmed", "basis", "expected"),
    [
        ("planned", ago(-10), ago(-90), None, "planned", "planned"),
        ("planned", None, None, None, "planned", "planned"),
        ("planned", ago(10), ago(-90), None, "planned", "start_unconfirmed"),
        ("planned", ago(10), ago(-90), ago(11), "planned", "start_unconfirmed"),
        ("planned", ago(10), ago(-90), ago(10), "planned", "ongoing"),
        ("planned", ago(10), ago(-90), None, "actual", "ongoing"),
        ("ongoing", ago(90), ago(-90), None, "planned", "ongoing"),
        ("ongoing", ago(90), ago(0), None, "planned", "ongoing"),
        ("ongoing", ago(90), None, None, "planned", "ongoing"),
        ("ongoing", ago(-30), ago(-90), None, "planned", "planned"),
        ("finalising", ago(90), ago(-9), None, "planned", "ongoing"),
        ("ongoing", ago(90), ago(1), None, "actual", "ended_unconfirmed"),
        ("ongoing", ago(90), ago(1), ago(2), "actual", "ended_unconfirmed"),
        ("ongoing", ago(90), ago(1), ago(1), "actual", "completed"),
        ("planned", ago(90), ago(1), None, "planned", "ended_unconfirmed"),
        ("completed", ago(90), ago(-90), None, "planned", "completed"),
        ("cancelled", ago(-90), ago(-190), None, "planned", "cancelled"),
        ("suspended", ago(90), ago(1), None, "planned", "suspended"),
    ],
)
def test_dates_and_declaration_together_say_what_may_be_believed(
    status, start, end, confirmed, basis, expected
):
    assert status_on(Status(status), start, end, confirmed, DateBasis(basis)) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, Age.CURRENT),
        (89, Age.CURRENT),
        (90, Age.AGEING),
        (179, Age.AGEING),
        (180, Age.STALE),
        (365, Age.STALE),
        (366, Age.LAPSED),
    ],
)
def test_a_confirmation_ages_at_the_days_that_are_agreed(days, expected):
    assert age(Status.ONGOING, None, ago(days), TODAY) == expected


@pytest.mark.parametrize(
    ("status", "end", "confirmed", "expected"),
    [
        (Status.ONGOING, ago(60), ago(80), Age.CURRENT),
        (Status.ONGOING, ago(61), ago(80), Age.LAPSED),
        (Status.ONGOING, ago(61), ago(61), Age.CURRENT),
        (Status.COMPLETED, ago(61), ago(80), Age.CURRENT),
        (Status.ONGOING, ago(61), None, Age.LAPSED),
        (Status.ONGOING, None, None, Age.STALE),
    ],
)
def test_what_is_long_past_its_end_lapses_unless_somebody_said_what_became_of_it(
    status, end, confirmed, expected
):
    assert age(status, end, confirmed, TODAY) == expected


@given(st.sampled_from(list(Status)), MAYBE_DAYS, MAYBE_DAYS, st.sampled_from(list(DateBasis)))
def test_nothing_is_called_completed_that_nobody_said_is_completed(status, start, end, basis):
    found = effective_status(status, start, end, basis, None, TODAY)
    assert (found == EffectiveStatus.COMPLETED) == (status == Status.COMPLETED)


@given(
    st.sampled_from(list(Status)),
    MAYBE_DAYS,
    MAYBE_DAYS,
    st.sampled_from(list(DateBasis)),
    MAYBE_DAYS,
    DAYS,
)
def test_whatever_is_ongoing_or_planned_has_not_passed_its_end(status, start, end, basis, confirmed, today):
    found = effective_status(status, start, end, basis, confirmed, today)
    if found in (EffectiveStatus.ONGOING, EffectiveStatus.PLANNED, EffectiveStatus.START_UNCONFIRMED):
        assert end is None or end >= today


@given(st.sampled_from(list(Status)), MAYBE_DAYS, DAYS, DAYS, DAYS)
def test_a_later_confirmation_never_makes_a_line_older(status, end, first, second, today):
    order = list(Age)
    earlier, later = sorted((first, second))
    ages = [order.index(age(status, end, confirmed, today)) for confirmed in (earlier, later)]
    assert ages[1] <= ages[0]


@given(st.sampled_from(list(Status)), MAYBE_DAYS, MAYBE_DAYS, DAYS, st.integers(0, 2000))
def test_a_line_never_gets_younger_by_waiting(status, end, confirmed, today, days):
    order = list(Age)
    now = order.index(age(status, end, confirmed, today))
    later = order.index(age(status, end, confirmed, today + timedelta(days=days)))
    assert later >= now
