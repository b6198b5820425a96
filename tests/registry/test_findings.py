"""Findings follow their records, are told to the parties, remember decisions, and leak nothing."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portal.accounts.models import Role
from portal.accounts.viewer import Viewer
from portal.core.clock import now, today
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.queue import Job
from portal.registry import finding_actions, line_actions
from portal.registry.finding_detection import compare_changes, compare_register, keep
from portal.registry.finding_inputs import CommentInput, DecisionInput, FindingMessageInput
from portal.registry.finding_models import Finding, FindingEvent, FindingState, Outcome
from portal.registry.finding_queries import (
    FindingFilter,
    browse_findings,
    count_open_findings,
    events_of_finding,
    get_finding,
)
from portal.registry.models import ActivityLine, Project
from portal.registry.scoring import Queue
from portal.registry.snapshot import project_rows
from portal.registry.terms import PartnerRole, Reach
from tests.factories import line_input

YEAR = {
    "starts_on": (today() - timedelta(days=180)).isoformat(),
    "ends_on": (today() + timedelta(days=180)).isoformat(),
}


@pytest.fixture
def light(make):
    return make.organisation("Village Light")


@pytest.fixture
def bridge(make):
    return make.organisation("Bridge Fund")


@pytest.fixture
def light_editor(make, light):
    return make.viewer(make.member(light))


@pytest.fixture
def bridge_editor(make, bridge):
    return make.viewer(make.member(bridge))


@pytest.fixture
def coordinator(make):
    return make.viewer(make.user("Coordinator", is_coordinator=True))


@pytest.fixture
def projects(make, light, bridge, light_editor, bridge_editor):
    return (
        make.project(light, light_editor, title="Safe roads", **YEAR),
        make.project(bridge, bridge_editor, title="Border training", **YEAR),
    )


def find(session):
    return keep(session, compare_register(session))


def the_finding(session, viewer):
    (view,) = browse_findings(session, viewer, FindingFilter()).rows
    return view


def line_of(session, project):
    return session.exec(select(ActivityLine).where(ActivityLine.project_id == project.id)).one()


def test_two_who_do_the_same_are_found_once_and_finding_again_changes_nothing(session, projects, coordinator):
    assert find(session).new == 1
    again = find(session)
    assert (again.new, again.changed, again.ended) == (0, 0, 0)
    assert count_open_findings(session, coordinator)[Queue.OVERLAP] == 1


def test_only_what_changed_is_compared_again(session, make, projects, bridge, bridge_editor):
    find(session)
    assert compare_changes(session) is None
    other = make.project(bridge, bridge_editor, title="Elsewhere", places=["LA1301"], **YEAR)
    session.flush()
    changes = compare_changes(session)
    assert changes.project_ids == {other.id}
    keep(session, changes)
    assert compare_changes(session) is None


def test_both_sides_and_coordinators_read_the_same_and_nobody_else_reads_it(
    session, make, projects, light_editor, bridge_editor, coordinator
):
    find(session)
    reference = the_finding(session, coordinator).finding.reference
    for viewer in (light_editor, bridge_editor, coordinator):
        assert get_finding(session, viewer, reference).finding.reference == reference
    stranger = make.viewer(make.member(make.organisation("Third")))
    donor = make.viewer(make.user("Donor", is_donor=True))
    for viewer in (Viewer(), stranger, donor):
        assert browse_findings(session, viewer, FindingFilter()).total == 0
        assert sum(count_open_findings(session, viewer).values()) == 0
        with pytest.raises(NotFound):
            get_finding(session, viewer, reference)


def test_a_donor_reads_it_when_somebody_has_answered(session, make, projects, light_editor):
    find(session)
    finding_actions.acknowledge(session, light_editor, the_finding(session, light_editor))
    donor = make.viewer(make.user("Donor", is_donor=True))
    assert browse_findings(session, donor, FindingFilter()).total == 1


@pytest.mark.parametrize("reach", [Reach.ORGANISATION, Reach.COORDINATORS])
def test_restricted_lines_leak_to_neither_side(
    session, make, light, bridge, light_editor, bridge_editor, coordinator, reach
):
    make.project(light, light_editor, title="Safe roads", **YEAR)
    make.project(bridge, bridge_editor, title="Hidden", reach=reach, **YEAR)
    recount = find(session)
    assert finding_actions.tell_parties(session, recount.to_tell) == 0
    for viewer in (light_editor, bridge_editor):
        assert browse_findings(session, viewer, FindingFilter()).total == 0
    told = browse_findings(session, coordinator, FindingFilter()).total
    assert told == (1 if reach == Reach.COORDINATORS else 0)


def test_the_editors_of_both_sides_get_one_mail_each_and_never_two(session, projects):
    recount = find(session)
    assert finding_actions.tell_parties(session, recount.to_tell) == 2
    assert finding_actions.tell_parties(session, recount.to_tell) == 0
    mails = [job for job in session.exec(select(Job)) if job.arguments.get("template") == "findings_new"]
    assert len(mails) == 2
    assert session.exec(select(Finding)).one().state == FindingState.NOTIFIED


def test_a_side_that_may_not_see_the_other_gets_no_mail(session, make, light, bridge, light_editor):
    make.project(light, light_editor, title="Safe roads", **YEAR)
    group = make.group("Working group", bridge)
    member = make.viewer(make.member(bridge))
    make.project(bridge, member, title="Hidden", reach=Reach.GROUP, group=group.id, **YEAR)
    recount = find(session)
    assert finding_actions.tell_parties(session, recount.to_tell) == 1
    (mail,) = [job for job in session.exec(select(Job)) if job.arguments.get("template") == "findings_new"]
    assert mail.arguments["to"] == member.email


def test_what_coordinators_say_of_a_restricted_finding_stays_among_them(
    session, projects, light_editor, coordinator
):
    find(session)
    view = the_finding(session, coordinator)
    view.finding.is_restricted = True
    finding_actions.comment(session, coordinator, view, CommentInput(comment="Careful here"))
    view.finding.is_restricted = False
    assert "Careful here" in [event.text for event in events_of_finding(session, coordinator, view.finding)]
    assert "Careful here" not in [
        event.text for event in events_of_finding(session, light_editor, view.finding)
    ]


def test_a_restricted_line_is_not_told_with_its_project(session, projects, light, light_editor):
    before = project_rows(session)[projects[0].id]
    for reach in (Reach.ORGANISATION, Reach.COORDINATORS):
        restricted = line_input(
            light, places=["LA1701"], intervention="PRO-SHL", policy_area="protection", reach=reach
        )
        line_actions.save_line(session, light_editor, projects[0], restricted)
    session.flush()
    after = project_rows(session)[projects[0].id]
    assert (after.spots, after.interventions) == (before.spots, before.interventions)


def test_a_decision_is_kept_and_the_pair_does_not_come_back(session, projects, light_editor, coordinator):
    find(session)
    view = the_finding(session, light_editor)
    decision = DecisionInput(
        revision=view.finding.revision, outcome=Outcome.COORDINATED, note="We take turns."
    )
    finding_actions.decide(session, light_editor, view, decision)
    find(session)
    finding = session.exec(select(Finding)).one()
    assert (finding.state, finding.decided_by_name) == (FindingState.RESOLVED, light_editor.name)
    assert browse_findings(session, coordinator, FindingFilter()).total == 0
    assert browse_findings(session, coordinator, FindingFilter(is_decided=True)).total == 1


def test_what_was_decided_opens_again_after_a_year(session, projects, light_editor):
    find(session)
    view = the_finding(session, light_editor)
    finding_actions.decide(
        session,
        light_editor,
        view,
        DecisionInput(revision=view.finding.revision, outcome=Outcome.COORDINATED),
    )
    view.finding.decided_at = now() - timedelta(days=366)
    session.flush()
    assert len(find(session).to_tell) == 1
    assert session.exec(select(Finding)).one().state == FindingState.DETECTED


def test_what_was_dismissed_opens_again_when_the_band_rises(
    session, make, light, bridge, light_editor, bridge_editor
):
    make.project(light, light_editor, places=["LA05"], **YEAR)
    project = make.project(bridge, bridge_editor, **YEAR)
    find(session)
    view = the_finding(session, light_editor)
    decision = DecisionInput(
        revision=view.finding.revision, outcome=Outcome.NOT_THE_SAME, note="Other villages."
    )
    finding_actions.decide(session, light_editor, view, decision)
    find(session)
    assert session.exec(select(Finding)).one().state == FindingState.DISMISSED
    province_wide = session.exec(select(ActivityLine).where(ActivityLine.project_id != project.id)).one()
    other = session.get(Project, province_wide.project_id)
    line_actions.save_line(session, light_editor, other, line_input(light, **YEAR), province_wide)
    find(session)
    finding = session.exec(select(Finding)).one()
    assert (finding.state, finding.band) == (FindingState.DETECTED, "strong")
    kinds = [event.kind for event in events_of_finding(session, light_editor, finding)]
    assert "reopened" in kinds


def test_it_ends_by_itself_when_the_records_part(session, projects, bridge, bridge_editor):
    find(session)
    moved = line_input(bridge, places=["LA1301"], **YEAR)
    line_actions.save_line(session, bridge_editor, projects[1], moved, line_of(session, projects[1]))
    assert find(session).ended == 1
    assert session.exec(select(Finding)).one().state == FindingState.SUPERSEDED


def test_a_funder_and_the_one_it_pays_are_asked_whether_it_is_one_work(
    session, make, light, bridge, light_editor, bridge_editor, coordinator
):
    named = [(bridge, PartnerRole.FUNDING)]
    make.project(light, light_editor, title="Training of border police", partners=named, **YEAR)
    make.project(bridge, bridge_editor, title="Border police training", **YEAR)
    find(session)
    (view,) = browse_findings(session, coordinator, FindingFilter(queue=Queue.SAME_WORK)).rows
    assert browse_findings(session, coordinator, FindingFilter()).total == 0
    decision = DecisionInput(revision=view.finding.revision, outcome=Outcome.LINKED)
    finding_actions.decide(session, coordinator, view, decision)
    families = set(session.exec(select(Project.family_id)))
    assert len(families) == 1
    find(session)
    assert session.exec(select(Finding)).one().state == FindingState.RESOLVED


def test_one_side_alone_proposes_the_link_and_the_other_agrees(
    session, make, light, bridge, light_editor, bridge_editor
):
    named = [(bridge, PartnerRole.FUNDING)]
    make.project(light, light_editor, title="Training of border police", partners=named, **YEAR)
    make.project(bridge, bridge_editor, title="Border police training", **YEAR)
    find(session)
    for viewer, count in ((light_editor, 2), (bridge_editor, 1)):
        (view,) = browse_findings(session, viewer, FindingFilter(queue=Queue.SAME_WORK)).rows
        decision = DecisionInput(revision=view.finding.revision, outcome=Outcome.LINKED)
        finding_actions.decide(session, viewer, view, decision)
        assert len(set(session.exec(select(Project.family_id)))) == count


def test_a_decision_that_was_overtaken_is_refused(session, projects, light_editor, bridge_editor):
    find(session)
    view = the_finding(session, light_editor)
    opened = view.finding.revision
    finding_actions.acknowledge(session, bridge_editor, view)
    with pytest.raises(Conflict):
        finding_actions.decide(
            session, light_editor, view, DecisionInput(revision=opened, outcome=Outcome.COORDINATED)
        )


def test_accepting_or_dismissing_needs_a_reason(session, projects, light_editor):
    find(session)
    view = the_finding(session, light_editor)
    with pytest.raises(Invalid) as refusal:
        finding_actions.decide(
            session,
            light_editor,
            view,
            DecisionInput(revision=view.finding.revision, outcome=Outcome.NOT_THE_SAME),
        )
    assert refusal.value.field == "note"


def test_comments_among_coordinators_stay_among_them(session, projects, light_editor, coordinator):
    find(session)
    view = the_finding(session, coordinator)
    finding_actions.comment(
        session, coordinator, view, CommentInput(comment="Ask the ministry.", is_for_coordinators=True)
    )
    finding_actions.comment(session, light_editor, view, CommentInput(comment="We talk on Monday."))
    texts = [event.text for event in events_of_finding(session, light_editor, view.finding) if event.text]
    assert texts == ["We talk on Monday."]
    everything = [event.text for event in events_of_finding(session, coordinator, view.finding) if event.text]
    assert everything == ["Ask the ministry.", "We talk on Monday."]


def test_a_message_goes_to_the_other_side_by_mail(session, projects, light_editor):
    find(session)
    view = the_finding(session, light_editor)
    assert (
        finding_actions.write_to_other_side(
            session, light_editor, view, FindingMessageInput(message="Shall we meet?")
        )
        == 1
    )
    assert view.finding.state == FindingState.ACKNOWLEDGED
    kinds = [event.kind for event in session.exec(select(FindingEvent))]
    assert "message" in kinds


def test_somebody_who_only_reads_decides_nothing(session, make, projects, light):
    reader = make.viewer(make.member(light, Role.VIEWER))
    find(session)
    view = the_finding(session, reader)
    with pytest.raises(Forbidden):
        finding_actions.acknowledge(session, reader, view)
