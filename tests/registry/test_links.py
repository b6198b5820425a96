"""Links between records, who has to agree to them, and the families and sums that follow."""

from dataclasses import replace

import pytest

from portal.accounts.models import Role
from portal.core.clock import today
from portal.core.errors import Forbidden, Invalid
from portal.registry import actions, link_actions
from portal.registry.inputs import BudgetInput
from portal.registry.models import Project
from portal.registry.money import counts_in_totals
from portal.registry.page_queries import project_page
from portal.registry.snapshot import project_rows, read_snapshot
from portal.registry.terms import FAMILY_LINKS, LINK_INVERSES, LinkKind


@pytest.fixture
def owner(make):
    return make.organisation("Village Light")


@pytest.fixture
def editor(make, owner):
    return make.viewer(make.member(owner))


@pytest.fixture
def other_owner(make):
    return make.organisation("Bridge Fund")


@pytest.fixture
def other_editor(make, other_owner):
    return make.viewer(make.member(other_owner))


@pytest.fixture
def own(make, owner, editor):
    return [make.project(owner, editor, title=f"Roads {number}") for number in range(3)]


@pytest.fixture
def theirs(make, other_owner, other_editor):
    return make.project(other_owner, other_editor, title="The same roads")


def families(session, *projects):
    return [session.get(Project, project.id).family_id for project in projects]


def followed(session, project):
    return {key for row in read_snapshot(session).lines_by_project[project.id] for key in row.followed_ids}


@pytest.mark.parametrize("kind", list(LinkKind))
def test_own_records_become_one_family_when_their_link_says_so(session, editor, own, kind):
    first, second, third = own
    link_actions.link_projects(session, editor, second, first, kind)
    expected = first.id if kind in FAMILY_LINKS else second.id
    assert families(session, first, second, third) == [first.id, expected, third.id]


@pytest.mark.parametrize("kind", [LinkKind.FOLLOWS, LinkKind.FOLLOWED_BY])
def test_lines_know_what_their_project_follows_once_both_sides_say_so(
    session, editor, other_editor, own, theirs, kind
):
    earlier, later = (theirs, own[0]) if kind == LinkKind.FOLLOWS else (own[0], theirs)
    link = link_actions.link_projects(session, editor, own[0], theirs, kind)
    assert followed(session, later) == set()
    link_actions.agree_link(session, other_editor, link)
    assert (followed(session, later), followed(session, earlier)) == ({earlier.id}, set())
    link_actions.remove_link(session, editor, link)
    assert followed(session, later) == set()


def test_a_family_is_named_after_its_oldest_and_falls_apart_again(session, editor, own):
    first, second, third = own
    link_actions.link_projects(session, editor, third, second, LinkKind.SIBLING)
    between = link_actions.link_projects(session, editor, second, first, LinkKind.PARENT)
    assert families(session, *own) == [first.id] * 3
    link_actions.remove_link(session, editor, between)
    assert families(session, *own) == [first.id, second.id, second.id]


def test_a_link_to_another_organisation_counts_once_that_side_agrees(
    session, editor, other_editor, own, theirs
):
    link = link_actions.link_projects(session, editor, own[0], theirs, LinkKind.THIRD_PARTY)
    assert families(session, own[0], theirs) == [own[0].id, theirs.id]
    with pytest.raises(Forbidden):
        link_actions.agree_link(session, editor, link)
    link_actions.agree_link(session, other_editor, link)
    assert families(session, own[0], theirs) == [own[0].id] * 2


def test_a_coordinator_agrees_in_place_of_the_other_side(session, make, editor, own, theirs):
    link = link_actions.link_projects(session, editor, own[0], theirs, LinkKind.THIRD_PARTY)
    link_actions.agree_link(session, make.viewer(make.user(is_coordinator=True)), link)
    assert families(session, own[0], theirs) == [own[0].id] * 2


@pytest.mark.parametrize("kind", list(LinkKind))
def test_saying_the_same_from_the_other_side_is_agreeing(session, editor, other_editor, own, theirs, kind):
    link = link_actions.link_projects(session, editor, own[0], theirs, kind)
    back = link_actions.link_projects(session, other_editor, theirs, own[0], LINK_INVERSES[kind])
    assert back.id == link.id
    assert back.agreed_at is not None


def test_either_side_may_end_a_link_and_nobody_else(session, make, editor, other_editor, own, theirs):
    link = link_actions.link_projects(session, editor, own[0], theirs, LinkKind.SIBLING)
    with pytest.raises(Forbidden):
        link_actions.remove_link(session, make.viewer(make.member(make.organisation())), link)
    link_actions.remove_link(session, other_editor, link)
    assert families(session, own[0], theirs) == [own[0].id, theirs.id]


def test_nothing_is_a_part_of_its_own_part(session, editor, own):
    first, second, third = own
    link_actions.link_projects(session, editor, second, first, LinkKind.PARENT)
    link_actions.link_projects(session, editor, second, third, LinkKind.CHILD)
    with pytest.raises(Invalid) as error:
        link_actions.link_projects(session, editor, first, third, LinkKind.PARENT)
    assert error.value.field == "kind"
    with pytest.raises(Invalid):
        link_actions.link_projects(session, editor, first, first, LinkKind.SIBLING)


def test_a_record_that_may_not_be_seen_looks_like_one_that_is_not_there(
    session, make, editor, other_owner, own
):
    hidden = make.draft_project(other_owner)
    with pytest.raises(Invalid) as error:
        link_actions.link_projects(session, editor, own[0], hidden, LinkKind.SIBLING)
    assert error.value.field == "other"


def test_a_draft_is_shown_at_the_other_end_of_a_link_to_those_who_write_it(session, make, owner, editor, own):
    draft = make.draft_project(owner, editor, title="Not yet told")
    link_actions.link_projects(session, editor, own[0], draft, LinkKind.SIBLING)
    for role, seen in ((Role.VIEWER, 0), (Role.CONTRIBUTOR, 1)):
        viewer = make.viewer(make.member(owner, role))
        assert len(project_page(session, viewer, own[0].reference, "en", today()).links) == seen


def give_money(session, editor, *projects):
    for project in projects:
        budget = BudgetInput(year=2026, currency="USD", amount=1000)
        actions.save_budgets(session, editor, project, [budget])
    session.flush()


def test_money_counts_at_the_lowest_level_that_has_any(session, editor, own):
    parent, middle, child = own
    link_actions.link_projects(session, editor, middle, parent, LinkKind.PARENT)
    link_actions.link_projects(session, editor, middle, child, LinkKind.CHILD)
    give_money(session, editor, parent)
    assert counts_in_totals(project_rows(session).values()) == {parent.id}
    give_money(session, editor, child)
    assert counts_in_totals(project_rows(session).values()) == {child.id}


def test_siblings_each_have_their_own_money(session, editor, own):
    first, second, _ = own
    link_actions.link_projects(session, editor, second, first, LinkKind.SIBLING)
    give_money(session, editor, first, second)
    assert counts_in_totals(project_rows(session).values()) == {first.id, second.id}


def test_three_reports_of_one_work_carry_its_money_once(session, editor, own):
    first, second, third = own
    link_actions.link_projects(session, editor, first, third, LinkKind.THIRD_PARTY)
    link_actions.link_projects(session, editor, second, third, LinkKind.THIRD_PARTY)
    give_money(session, editor, first, second, third)
    assert counts_in_totals(project_rows(session).values()) == {first.id}


def test_whose_money_counts_does_not_depend_on_the_order(session, editor, own):
    first, second, third = own
    link_actions.link_projects(session, editor, second, first, LinkKind.PARENT)
    give_money(session, editor, *own)
    rows = list(project_rows(session).values())
    assert counts_in_totals(rows) == counts_in_totals(reversed(rows)) == {second.id, third.id}
    penniless = [replace(row, budgets={}, yearly_budgets={}) for row in rows]
    assert counts_in_totals(penniless) == frozenset()
