"""Queue D: evidence that two records describe one piece of work, added up in the open."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.registry.duplicates import compare_projects, find_same_work, same_work_of, title_likeness
from portal.registry.rows import ProjectRow, Spot
from portal.registry.scoring import SAME_WORK
from portal.registry.terms import PartnerRole, Reach, Status
from portal.registry.vocabularies import Intervention
from tests.registry.test_presence import BOKEO, HOUAYXAY, SEKONG, line

TITLES = ("Safe roads for border villages", "Safe roads", "Legal aid in Sekong", "ທາງປອດໄພ")


def project(number=1, **values):
    owner = UUID(int=900 + number)
    return ProjectRow(
        **{
            "id": UUID(int=number),
            "reference": f"LA-{number:04}",
            "family_id": UUID(int=number),
            "organisation_id": owner,
            "titles": (f"Work of a kind {number}",),
            "partners": {PartnerRole.IMPLEMENTING: frozenset({owner})},
            "identifiers": frozenset(),
            "starts_on": date(2026, 1, 1),
            "ends_on": date(2026, 12, 31),
            "spots": frozenset({Spot(BOKEO, HOUAYXAY)}),
            "interventions": frozenset({Intervention.PSC_TRN}),
            "budgets": {"USD": 100_000},
            "yearly_budgets": {},
            "parent_ids": frozenset(),
            "status": Status.ONGOING,
            "confirmed_on": date(2026, 10, 1),
            "reach": Reach.PUBLIC,
            "access": frozenset({"public"}),
            **values,
        }
    )


def funder_and_implementer():
    fund, ngo = UUID(int=901), UUID(int=902)
    above = project(1, titles=("Safe roads",), partners={PartnerRole.IMPLEMENTING: frozenset({ngo})})
    below = project(2, titles=("Safe roads",), partners={PartnerRole.FUNDING: frozenset({fund})})
    return above, below


def codes(found):
    return {item.code: item.points for item in found.evidence}


def test_a_funder_and_its_implementer_who_name_each_other_are_one_piece_of_work():
    found = compare_projects(*funder_and_implementer())
    assert codes(found) == {
        "roles": 35, "title": 25, "budget": 15, "dates": 15, "places": 10, "interventions": 5,
    }  # fmt: skip
    assert found.total == SAME_WORK.certain


def test_everything_but_a_name_or_a_role_is_too_little():
    assert compare_projects(project(1), project(2, titles=("Quite another thing",))) is None


def test_one_identifier_is_certain():
    first = project(1, identifiers=frozenset({"XM-1"}), spots=frozenset(), budgets={})
    found = compare_projects(first, project(2, identifiers=frozenset({"XM-1", "XM-2"}), starts_on=None))
    assert (found.total, codes(found)["identifier"]) == (100, 100)


def test_a_line_seen_from_above_is_enough_by_itself():
    fund, ngo = UUID(int=901), UUID(int=902)
    below = line(2, implementer_id=ngo, upstream_ids=frozenset({fund}))
    above = line(1, implementer_id=fund)
    named = project(1, partners={PartnerRole.EXTENDING: frozenset({ngo})}, starts_on=None, budgets={})
    rows = [named, project(2, budgets={})]
    (found,) = find_same_work(rows, {rows[0].id: [above], rows[1].id: [below]})
    assert codes(found)["chain"] == SAME_WORK.suggest_from
    elsewhere = replace(above, spots=(Spot(SEKONG),))
    assert list(find_same_work(rows, {rows[0].id: [elsewhere], rows[1].id: [below]})) == []


@pytest.mark.parametrize(
    ("reach", "access", "is_restricted"),
    [
        (Reach.PUBLIC, {"public"}, False),
        (Reach.COORDINATORS, {"coordinators", "org:1"}, True),
        (Reach.GROUP, {"group:1", "org:1"}, None),
        (Reach.ORGANISATION, {"org:1"}, None),
    ],
)
def test_a_restricted_line_seen_from_above_is_told_to_coordinators_at_most(reach, access, is_restricted):
    fund, ngo = UUID(int=901), UUID(int=902)
    below = line(2, implementer_id=ngo, upstream_ids=frozenset({fund}))
    above = line(1, implementer_id=fund, reach=reach, access=frozenset(access))
    named = project(1, partners={PartnerRole.EXTENDING: frozenset({ngo})}, starts_on=None, budgets={})
    rows = [named, project(2, budgets={})]
    lines = {rows[0].id: [above], rows[1].id: [below]}
    expected = [] if is_restricted is None else [is_restricted]
    assert [found.is_restricted for found in find_same_work(rows, lines)] == expected
    assert [found.is_restricted for found in same_work_of(rows[0], rows, lines)] == expected


def test_a_restricted_line_changes_nothing_of_what_the_parties_read():
    first, second = funder_and_implementer()
    above = line(
        1, implementer_id=UUID(int=901), reach=Reach.COORDINATORS, access=frozenset({"coordinators"})
    )
    below = line(2, implementer_id=UUID(int=902), upstream_ids=frozenset({UUID(int=901)}))
    with_it = list(find_same_work([first, second], {first.id: [above], second.id: [below]}))
    assert with_it == list(find_same_work([first, second], {second.id: [below]}))
    assert not with_it[0].is_restricted


@pytest.mark.parametrize(
    "values",
    [
        {"family_id": UUID(int=1)},
        {"reach": Reach.ORGANISATION},
        {"status": Status.CANCELLED},
        {"country": "TH"},
    ],
)
def test_what_is_joined_kept_or_cancelled_is_not_suggested(values):
    first, second = funder_and_implementer()
    assert compare_projects(first, replace(second, **values)) is None


def test_what_is_for_coordinators_is_suggested_to_them():
    first, second = funder_and_implementer()
    assert compare_projects(first, replace(second, reach=Reach.COORDINATORS)).is_restricted


@pytest.mark.parametrize(
    ("amount", "points"), [(100_000, 15), (95_000, 15), (94_999, 0), (105_263, 15), (105_264, 0)]
)
def test_a_budget_is_the_same_within_a_twentieth_of_the_larger(amount, points):
    first, second = funder_and_implementer()
    found = compare_projects(first, replace(second, budgets={"USD": amount}))
    assert codes(found).get("budget", 0) == points
    assert "budget" not in codes(compare_projects(first, replace(second, budgets={"LAK": 100_000})))


@pytest.mark.parametrize(("start", "points"), [(date(2026, 2, 1), 15), (date(2026, 2, 2), 0), (None, 0)])
def test_dates_are_the_same_within_a_month(start, points):
    first, second = funder_and_implementer()
    assert codes(compare_projects(first, replace(second, starts_on=start))).get("dates", 0) == points


def test_places_count_less_when_only_some_are_shared():
    first, second = funder_and_implementer()
    wider = replace(second, spots=second.spots | {Spot(SEKONG)})
    assert codes(compare_projects(first, wider))["places"] == 5
    assert "places" not in codes(compare_projects(first, replace(second, spots=frozenset({Spot(SEKONG)}))))


def test_titles_are_alike_by_their_trigrams_in_any_language():
    assert title_likeness(["Safe Roads"], ["safe roads"]) == 1
    assert title_likeness(["ທາງປອດໄພ"], ["x", "ທາງປອດໄພ"]) == 1
    assert title_likeness(["Safe roads"], ["Legal aid"]) < Fraction(1, 5)
    assert title_likeness([], ["x"]) == 0


@given(st.tuples(*[st.sampled_from(TITLES)] * 2), st.booleans(), st.sampled_from(list(Reach)))
def test_two_records_say_the_same_from_both_sides(titles, names_each_other, reach):
    first, second = funder_and_implementer() if names_each_other else (project(1), project(2))
    first, second = replace(first, titles=titles[:1]), replace(second, titles=titles[1:], reach=reach)
    assert compare_projects(first, second) == compare_projects(second, first)
    every = list(find_same_work([second, first], {}))
    assert every == same_work_of(first, [second, first], {}) == same_work_of(second, [first], {})
