"""The sample register holds every case its pages were made for, on whatever day it is written."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.viewer import Viewer
from portal.app import close_services, open_services
from portal.core import clock
from portal.core.clock import today
from portal.library.vocabularies import PolicyArea
from portal.places.queries import provinces
from portal.registry.actions import lacks_of_lines
from portal.registry.coverage_models import Attestation
from portal.registry.finding_detection import compare_register
from portal.registry.freshness import Age, age_of, status_of
from portal.registry.list_queries import Asked, browse_projects
from portal.registry.models import ActivityLine, LinePlace, Project, ProjectLink, ProjectState
from portal.registry.presence_filter import Phase, PresenceFilter
from portal.registry.presence_queries import read_presence, visible_lines
from portal.registry.queries import find_project, lines_of
from portal.registry.rows import LineRow, ProjectRow
from portal.registry.snapshot import line_rows, project_rows, read_snapshot
from portal.registry.terms import EffectiveStatus, LinePlaceRole, LinkKind, Reach
from portal.request import Services
from portal.sample.seed_people import coordinator_of
from portal.sample.seed_register import PROJECTS, seed_register
from tests.sample.conftest import portal_settings

KEYS = [sample.key for sample in PROJECTS]
CONSORTIUM = ("safe-home-women", "safe-home-youth", "safe-home-shelter")


def lines(session: Session, project: ProjectRow) -> list[LineRow]:
    return list(read_snapshot(session).lines_by_project[project.id])


def test_fifteen_organisations_have_forty_projects_and_some_two_hundred_and_fifty_lines(session, coordinator):
    found = browse_projects(session, coordinator, Asked(), "en", today())
    rows = line_rows(session)
    assert 40 <= found.page.total <= 45
    assert len({row.organisation_id for row in project_rows(session).values()}) == 15
    assert 235 <= len(rows) <= 265


def test_every_province_and_every_one_of_the_4p_has_lines_of_its_own(session, coordinator):
    seen = visible_lines(session, coordinator, today())
    country = provinces(session)
    assert len(country) == 18
    assert {spot.province for line in seen for spot in line.spots} - {None} == {row.id for row in country}
    assert {area for line in seen for area in line.row.policy_areas} == set(PolicyArea)


def test_every_title_stands_in_english_and_in_lao_and_belongs_to_one_project():
    assert len(set(KEYS)) == len(KEYS)
    assert len({sample.title_en for sample in PROJECTS}) == len(PROJECTS)
    assert len({sample.title_lo for sample in PROJECTS}) == len(PROJECTS)
    assert [sample.key for sample in PROJECTS if not re.search("[ກ-ໝ]", sample.title_lo)] == []


def test_a_link_names_a_project_that_is_written_before():
    late = [
        sample.key
        for place, sample in enumerate(PROJECTS)
        for _, other in sample.links
        if other not in KEYS[:place]
    ]
    assert late == []


def test_every_link_of_the_sample_is_made_and_agreed(session):
    links = session.exec(select(ProjectLink)).all()
    wanted = Counter(kind for sample in PROJECTS for kind, _ in sample.links)
    assert Counter(link.kind for link in links) == wanted
    assert {LinkKind.PARENT, LinkKind.FOLLOWS} <= set(wanted)
    assert [link for link in links if link.agreed_at is None] == []


def test_a_consortium_is_one_family_of_a_programme_and_three_members(session, coordinator, projects):
    programme = projects["programme-safe-home"]
    members = [projects[key] for key in CONSORTIUM]
    assert {member.parent_ids for member in members} == {frozenset({programme.id})}
    assert {member.family_id for member in members} == {programme.family_id}
    assert len({member.organisation_id for member in (programme, *members)}) == 4
    total = read_presence(session, coordinator, PresenceFilter(), today()).total
    assert total.records - total.families == len(CONSORTIUM)


def test_a_lapsed_project_stands_in_the_archive_alone(session, coordinator, projects):
    lapsed = projects["phongsaly-radio"]
    assert {age_of(row, today()) for row in lines(session, lapsed)} == {Age.LAPSED}
    archive = PresenceFilter(phases=frozenset({Phase.LAPSED}))
    shown = {
        asked: {line.row.project_id for line in read_presence(session, coordinator, asked, today()).lines}
        for asked in (PresenceFilter(), archive)
    }
    assert lapsed.id not in shown[PresenceFilter()]
    assert lapsed.id in shown[archive]


def test_lines_are_of_every_age_and_of_every_state_that_is_shown(session):
    rows = line_rows(session)
    assert {age_of(row, today()) for row in rows} == set(Age)
    assert {status_of(row, today()) for row in rows} >= {
        EffectiveStatus.ONGOING,
        EffectiveStatus.PLANNED,
        EffectiveStatus.SUSPENDED,
        EffectiveStatus.COMPLETED,
        EffectiveStatus.ENDED_UNCONFIRMED,
    }


def test_people_go_to_thailand_by_a_way_that_is_named(session, place, projects):
    places = session.exec(
        select(LinePlace)
        .join(ActivityLine, col(ActivityLine.id) == col(LinePlace.line_id))
        .where(ActivityLine.project_id == projects["savannakhet-return"].id)
    ).all()
    roles = {(row.role, row.place_id) for row in places}
    thailand, mukdahan = place("TH"), place("TH-49")
    assert mukdahan.parent_id == thailand.id
    assert (LinePlaceRole.DESTINATION, thailand.id) in roles
    assert (LinePlaceRole.CORRIDOR, mukdahan.id) in roles


def test_three_projects_and_more_are_about_the_way_to_thailand(session, place, coordinator):
    thailand = place("TH")
    seen = [
        line.row for line in visible_lines(session, coordinator, today()) if thailand.id in line.row.abroad
    ]
    assert len({row.project_id for row in seen}) >= 3


@pytest.mark.parametrize("reach", [Reach.MEMBERS, Reach.COORDINATORS, Reach.ORGANISATION])
def test_a_restricted_line_is_not_for_the_public(session, reach):
    restricted = {row.id for row in line_rows(session) if row.reach == reach}
    assert restricted
    assert restricted.isdisjoint(line.row.id for line in visible_lines(session, Viewer(), today()))


def test_the_page_of_a_project_leaves_its_restricted_line_out(
    browser, coordinators_browser, session, projects
):
    project = projects["safe-home-shelter"]
    (hidden,) = (row.reference for row in lines(session, project) if row.reach == Reach.COORDINATORS)
    address = f"/en/projects/{project.reference}"
    assert hidden not in browser.get(address).text
    assert hidden in coordinators_browser.get(address).text


def test_every_published_project_is_complete(session):
    published = session.exec(select(Project).where(Project.state == ProjectState.PUBLISHED)).all()
    assert len(published) == len([sample for sample in PROJECTS if not sample.is_draft])
    lacking = {
        reference: lacks
        for project in published
        for reference, lacks in lacks_of_lines(session, project).items()
        if lacks
    }
    assert lacking == {}
    assert sum(len(lines_of(session, project.id)) for project in published) == len(line_rows(session))


def test_the_draft_waits_for_an_audience_and_is_nobody_elses(browser, session, references):
    draft = find_project(session, references["draft-attapeu"])
    lacks = [lack.field for each in lacks_of_lines(session, draft).values() for lack in each]
    assert lacks == ["target_groups"]
    assert draft.state == ProjectState.DRAFT
    assert browser.get(f"/en/projects/{draft.reference}").status_code == 404


def test_seeding_again_adds_nothing(browser, references):
    tables = (Project, ActivityLine, ProjectLink, Organisation)
    current = select(Attestation).where(col(Attestation.withdrawn_at).is_(None))
    with browser.looking() as session:
        before = [len(session.exec(select(table)).all()) for table in tables]
        said = len(session.exec(current).all())
    assert seed_register(browser.services) == references
    with browser.looking() as session:
        assert [len(session.exec(select(table)).all()) for table in tables] == before
        assert len(session.exec(current).all()) == said


def cases(session: Session) -> dict[str, Counter]:
    """What the day could change: findings, ages, effective status and the states of cells."""
    coordinator = coordinator_of(session)
    presence = read_presence(session, coordinator, PresenceFilter(), today())
    rows = line_rows(session)
    return {
        "findings": Counter((item.queue, item.band) for item in compare_register(session).detected),
        "ages": Counter(age_of(row, today()) for row in rows),
        "states": Counter(status_of(row, today()) for row in rows),
        "cells": Counter(
            presence.cell(row.id, area).state for row in provinces(session) for area in PolicyArea
        ),
    }


class LeapDay(datetime):
    """Noon in Vientiane on the one day that the year before and the year after do not have."""

    @classmethod
    def now(cls, tz=None):
        return datetime(2028, 2, 29, 5, tzinfo=UTC).astimezone(tz)


@pytest.fixture
def services_on_a_leap_day(monkeypatch, tmp_path, loaded_database) -> Iterator[Services]:
    monkeypatch.setattr(clock, "datetime", LeapDay)
    opened = open_services(portal_settings(tmp_path, loaded_database))
    opened.search.ensure_ready()
    yield opened
    close_services(opened)


def test_the_cases_are_the_same_on_another_day_of_another_year(browser, references, request):
    with browser.looking() as session:
        now = cases(session)
    services = request.getfixturevalue("services_on_a_leap_day")
    assert today().isoformat() == "2028-02-29"
    seed_register(services)
    with services.database.reading() as session:
        assert cases(session) == now
