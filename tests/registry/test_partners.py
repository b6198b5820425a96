"""Partners in their roles: named by the owner, answered by themselves."""

import pytest
from sqlmodel import select

from portal.core.errors import Forbidden, Invalid
from portal.core.queue import Job
from portal.registry import line_actions, partner_actions
from portal.registry.inputs import PartnerInput
from portal.registry.line_batches import LineToSave, save_lines
from portal.registry.queries import partners_of
from portal.registry.terms import PartnerRole, Reach, Stance
from tests.factories import line_input


@pytest.fixture
def owner(make):
    return make.organisation("Village Light")


@pytest.fixture
def editor(make, owner):
    return make.viewer(make.member(owner))


@pytest.fixture
def fund(make):
    return make.organisation("Bridge Fund")


@pytest.fixture
def funder(make, fund):
    return make.viewer(make.member(fund))


@pytest.fixture
def project(make, owner, editor):
    return make.draft_project(owner, editor)


def named(organisation, role=PartnerRole.FUNDING, **values):
    return PartnerInput(organisation=organisation.id, role=role, **values)


def stances(session, project):
    return {row.organisation_id: row.stance for row in partners_of(session, project.id)}


def test_whoever_does_a_line_stands_among_the_partners(session, owner, fund, editor, project):
    line_actions.save_line(session, editor, project, line_input(owner, implementer=fund.id))
    assert stances(session, project) == {owner.id: Stance.CONFIRMED, fund.id: Stance.UNCONFIRMED}


@pytest.mark.parametrize("reach", [Reach.ORGANISATION, Reach.COORDINATORS])
def test_whoever_does_a_restricted_line_is_not_told_with_the_project(
    session, owner, fund, editor, project, place, reach
):
    houayxay = [str(place("LA0501").id)]
    restricted = line_input(owner, implementer=fund.id, reach=reach, places=houayxay)
    line = line_actions.save_line(session, editor, project, restricted)
    save_lines(session, editor, [LineToSave(project, restricted)])
    assert fund.id not in stances(session, project)
    line_actions.save_line(session, editor, project, line_input(owner, implementer=fund.id), line)
    assert fund.id in stances(session, project)


def test_setting_partners_keeps_the_answer_of_those_who_stay(session, owner, fund, editor, funder, project):
    own = named(owner, PartnerRole.IMPLEMENTING)
    partner_actions.set_partners(session, editor, project, [own, named(fund, amount=5, currency="USD")])
    row = next(row for row in partners_of(session, project.id) if row.organisation_id == fund.id)
    partner_actions.answer_partner(session, funder, row, Stance.CONFIRMED)
    partner_actions.set_partners(session, editor, project, [own, named(fund, amount=5, currency="USD")])
    assert stances(session, project)[fund.id] == Stance.CONFIRMED
    partner_actions.set_partners(session, editor, project, [own, named(fund, amount=9, currency="USD")])
    assert stances(session, project)[fund.id] == Stance.UNCONFIRMED
    partner_actions.set_partners(session, editor, project, [own])
    assert set(stances(session, project)) == {owner.id}


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ({"share_percent": 60}, {"share_percent": 50}, "share_percent"),
        ({"amount": 5}, {}, "currency"),
    ],
)
def test_partners_that_contradict_each_other_are_refused(
    session, make, fund, editor, project, first, second, field
):
    other = make.organisation()
    with pytest.raises(Invalid) as error:
        partner_actions.set_partners(session, editor, project, [named(fund, **first), named(other, **second)])
    assert error.value.field == field


def test_one_role_is_given_to_an_organisation_once(session, fund, editor, project):
    partner_actions.save_partner(session, editor, project, named(fund))
    with pytest.raises(Invalid) as error:
        partner_actions.save_partner(session, editor, project, named(fund))
    assert error.value.field == "organisation"


def test_only_editors_of_the_partner_answer(session, make, fund, editor, project):
    partner = partner_actions.save_partner(session, editor, project, named(fund))
    for stranger in (editor, make.viewer(make.user(is_coordinator=True))):
        with pytest.raises(Forbidden):
            partner_actions.answer_partner(session, stranger, partner, Stance.CONFIRMED)


def test_a_dispute_needs_a_reason(session, fund, editor, funder, project):
    partner = partner_actions.save_partner(session, editor, project, named(fund))
    with pytest.raises(Invalid) as error:
        partner_actions.answer_partner(session, funder, partner, Stance.DISPUTED)
    assert error.value.field == "note"


@pytest.mark.parametrize(("reach", "is_asked"), [(Reach.PUBLIC, True), (Reach.ORGANISATION, False)])
def test_partners_are_asked_by_mail_when_they_can_see_the_project(
    session, make, owner, fund, editor, funder, reach, is_asked
):
    make.project(owner, editor, reach=reach, partners=[(fund, PartnerRole.FUNDING)])
    asked = [job.arguments["to"] for job in session.exec(select(Job).where(Job.kind == "send_mail"))]
    assert asked == ([funder.email] if is_asked else [])
