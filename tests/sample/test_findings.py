"""The sample register has a pair in every queue and band, each with its reason."""

import pytest
from sqlmodel import Session, select

from portal.accounts.models import Organisation
from portal.accounts.queries import find_user_by_email, viewer_of_user
from portal.accounts.viewer import Viewer
from portal.core.clock import today
from portal.registry.finding_models import Finding
from portal.registry.finding_queries import (
    FindingFilter,
    FindingView,
    browse_findings,
    count_open_findings,
    visible_findings,
)
from portal.registry.rows import ProjectRow
from portal.registry.scoring import CLASH, Band, Queue
from portal.registry.terms import PartnerRole
from portal.sample.seed_people import admin_of
from tests.sample.conftest import ADDRESSES


def all_findings(session: Session, viewer: Viewer) -> list[FindingView]:
    return list(visible_findings(session, viewer, session.exec(select(Finding)).all()))


def runner_of(session: Session, project: ProjectRow) -> Viewer:
    """Who runs the organisation of a project."""
    organisation = session.get_one(Organisation, project.organisation_id)
    return viewer_of_user(session, admin_of(session, organisation))


def found_between(session: Session, viewer: Viewer, one: ProjectRow, other: ProjectRow) -> list[Finding]:
    pair = {one.id, other.id}
    return [
        view.finding
        for view in all_findings(session, viewer)
        if {view.finding.first_project_id, view.finding.second_project_id} == pair
    ]


@pytest.mark.parametrize(
    ("queue", "band"),
    [
        (Queue.OVERLAP, Band.STRONG),
        (Queue.OVERLAP, Band.MODERATE),
        (Queue.OVERLAP, Band.POSSIBLE),
        (Queue.SAME_WORK, ""),
        (Queue.CLASH, ""),
    ],
)
def test_a_coordinator_reads_of_every_queue_and_band(session, coordinator, queue, band):
    found = browse_findings(session, coordinator, FindingFilter(queue=queue, band=band))
    assert found.total > 0
    assert {(view.finding.queue, view.finding.band) for view in found.rows} == {(queue, band)}


def test_the_possible_overlap_is_a_tour_that_ends_as_training_of_one_province_begins(
    session, coordinator, projects, place
):
    (found,) = found_between(session, coordinator, projects["law-advice"], projects["bolikhamxai-border"])
    assert (found.band, found.score) == (Band.POSSIBLE, 59)
    assert found.reasons["is_broad"]
    assert found.reasons["districts"] == []
    assert found.province_id == place("LA11").id


def test_all_three_degrees_of_confidence_are_there(session, coordinator):
    found = [view.finding for view in all_findings(session, coordinator)]
    assert {finding.confidence for finding in found if finding.queue == Queue.OVERLAP} == {"A", "B", "C"}


def test_a_funder_and_whom_it_pays_report_the_same_work(session, coordinator, projects):
    work, grant = projects["border-police-bokeo"], projects["grant-border-police"]
    (found,) = found_between(session, coordinator, work, grant)
    assert found.queue == Queue.SAME_WORK
    assert "roles" in {code for code, _ in found.reasons["evidence"]}
    assert grant.organisation_id in work.partners[PartnerRole.FUNDING]
    assert work.organisation_id in grant.partners[PartnerRole.IMPLEMENTING]


def test_two_events_for_the_same_people_clash_and_are_still_to_come(session, coordinator):
    found = browse_findings(session, coordinator, FindingFilter(queue=Queue.CLASH)).rows
    assert {view.first.kind for view in found} == {"training", "campaign"}
    for view in found:
        assert view.first.organisation_id != view.second.organisation_id
        assert min(view.first.starts_on, view.second.starts_on) > today()
        assert view.finding.reasons["gap_days"] <= CLASH.near_days


def test_an_overlap_with_a_restricted_line_is_told_to_coordinators_alone(session, coordinator, projects):
    pair = projects["border-police-provincial"], projects["scam-centres"]
    (found,) = found_between(session, coordinator, *pair)
    assert found.is_restricted
    donor = viewer_of_user(session, find_user_by_email(session, ADDRESSES["donor"]))
    assert found_between(session, runner_of(session, pair[0]), *pair) == []
    assert found_between(session, donor, *pair) == []


def test_an_organisation_reads_of_what_it_has_twice_itself(session, coordinator, projects):
    rows = session.exec(select(Finding).where(Finding.queue == Queue.INTERNAL)).all()
    bridge = runner_of(session, projects["border-police-bokeo"])
    assert len(list(visible_findings(session, bridge, rows))) == 1
    assert list(visible_findings(session, coordinator, rows)) == []


def test_nobody_reads_of_an_overlap_without_signing_in(session):
    assert all_findings(session, Viewer()) == []
    assert sum(count_open_findings(session, Viewer()).values()) == 0
