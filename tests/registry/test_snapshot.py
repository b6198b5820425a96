"""The register in memory says what the database says, whatever changed and whoever changed it."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from portal.accounts.models import Organisation, OrganisationType, Role
from portal.accounts.viewer import Viewer
from portal.core.ids import new_id
from portal.library.vocabularies import PolicyArea
from portal.places.models import Place
from portal.places.queries import find_place
from portal.registry.models import ActivityLine, LinePlace, LineState, Project, ProjectPartner, ProjectState
from portal.registry.policy import may_see_project
from portal.registry.queries import partner_ids, visible_projects
from portal.registry.row_queries import load_rows
from portal.registry.rows import Spot
from portal.registry.snapshot import read_snapshot
from portal.registry.terms import PartnerRole, Reach, Stance
from portal.registry.vocabularies import Intervention


@pytest.fixture
def organisation(session):
    row = Organisation(number=1, name="Village Light", organisation_type=OrganisationType.NATIONAL_NGO)
    session.add(row)
    session.flush()
    return row


def add_project(session, organisation, number, reach=Reach.PUBLIC, state=ProjectState.PUBLISHED):
    key = new_id()
    project = Project(
        id=key, number=number, organisation_id=organisation.id, family_id=key, reach=reach, state=state
    )
    session.add(project)
    session.flush()
    return project


def add_line(session, project, place, number=1):
    line = ActivityLine(
        project_id=project.id,
        number=number,
        reference=f"{project.reference}-{number:02d}",
        state=LineState.PUBLISHED,
        implementer_id=project.organisation_id,
        policy_area=PolicyArea.PROSECUTION,
        intervention=Intervention.PSC_TRN,
        starts_on=date(2026, 1, 1),
    )
    session.add(line)
    session.flush()
    session.add(LinePlace(line_id=line.id, place_id=place.id))
    session.flush()
    return line


def test_a_change_is_seen_at_once_and_the_rest_is_kept(session, organisation):
    district = find_place(session, "LA0501")
    first, second = add_project(session, organisation, 1), add_project(session, organisation, 2)
    line = add_line(session, first, district)
    add_line(session, second, district)
    before = read_snapshot(session)
    line.starts_on = date(2026, 5, 1)
    session.flush()
    after = read_snapshot(session)
    assert [row.starts_on for row in after.lines_by_project[first.id]] == [date(2026, 5, 1)]
    assert after.lines_by_project[second.id] == before.lines_by_project[second.id]
    assert after.lines[0].spots == (Spot(district.parent_id, district.id),)


def test_a_line_confirmed_before_breakfast_was_confirmed_that_day(session, organisation):
    line = add_line(session, add_project(session, organisation, 1), find_place(session, "LA0501"))
    line.confirmed_at = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    session.flush()
    assert [row.confirmed_on for row in read_snapshot(session).lines] == [date(2026, 11, 25)]


def test_what_is_withdrawn_leaves_the_snapshot(session, organisation):
    project = add_project(session, organisation, 1)
    add_line(session, project, find_place(session, "LA05"))
    assert len(read_snapshot(session).lines) == 1
    project.state = ProjectState.WITHDRAWN
    session.flush()
    assert read_snapshot(session).lines == ()


def add_a_line_and_fail(database, project):
    with database.writing() as session:
        add_line(session, session.get(Project, project.id), find_place(session, "LA06"), number=2)
        assert len(read_snapshot(session).lines) == 2
        raise LookupError


def test_what_was_rolled_back_is_not_kept(database):
    with database.writing() as session:
        row = Organisation(number=1, name="Village Light", organisation_type=OrganisationType.NATIONAL_NGO)
        session.add(row)
        session.flush()
        project = add_project(session, row, 1)
        add_line(session, project, find_place(session, "LA05"))
    with database.reading() as session:
        assert len(read_snapshot(session).lines) == 1
    with pytest.raises(LookupError):
        add_a_line_and_fail(database, project)
    with database.reading() as session:
        assert len(read_snapshot(session).lines) == 1
    with database.writing() as session:
        add_line(session, session.get(Project, project.id), find_place(session, "LA07"), number=3)
    with database.reading() as session:
        assert [row.reference for row in read_snapshot(session).lines] == ["LA-0001-01", "LA-0001-03"]


def test_following_changes_gives_what_loading_gives(session, organisation):
    places = session.exec(select(Place).where(Place.level == 2).limit(12)).all()
    projects = [add_project(session, organisation, number) for number in range(1, 7)]
    read_snapshot(session)
    for step, place in enumerate(places):
        project = projects[step % 6]
        add_line(session, project, place, number=step + 1)
        project.reach = list(Reach)[step % 5] if step % 5 != 2 else Reach.MEMBERS
        session.flush()
        whole = load_rows(session)
        snapshot = read_snapshot(session)
        assert dict(snapshot.lines_by_project) == dict(whole.lines)
        assert dict(snapshot.projects) == dict(whole.projects)


@pytest.mark.parametrize("reach", [reach for reach in Reach if reach != Reach.GROUP])
def test_lists_and_addresses_show_the_same_projects(session, organisation, reach):
    partner = Organisation(number=2, name="Bridge", organisation_type=OrganisationType.FOUNDATION)
    session.add(partner)
    session.flush()
    project = add_project(session, organisation, 1, reach=reach)
    session.add(ProjectPartner(project_id=project.id, organisation_id=partner.id, role=PartnerRole.FUNDING))
    session.flush()
    viewers = [
        Viewer(),
        Viewer(user_id=new_id(), is_coordinator=True),
        Viewer(user_id=new_id(), is_donor=True),
        Viewer(user_id=new_id(), roles={organisation.id: Role.VIEWER}),
        Viewer(user_id=new_id(), roles={partner.id: Role.VIEWER}),
        Viewer(user_id=new_id(), verified_organisations=frozenset({new_id()})),
    ]
    for viewer in viewers:
        listed = session.exec(visible_projects(viewer)).first() is not None
        assert listed == may_see_project(viewer, project, {partner.id})
        assert listed == bool(read_snapshot(session).projects[project.id].access & viewer.access)


def test_who_says_that_it_is_no_partner_loses_sight_of_what_partners_see(session, organisation):
    partner = Organisation(number=2, name="Bridge", organisation_type=OrganisationType.FOUNDATION)
    session.add(partner)
    session.flush()
    project = add_project(session, organisation, 1, reach=Reach.COORDINATORS)
    named = ProjectPartner(
        project_id=project.id, organisation_id=partner.id, role=PartnerRole.FUNDING, stance=Stance.CONFIRMED
    )
    session.add(named)
    session.flush()
    viewer = Viewer(user_id=new_id(), roles={partner.id: Role.VIEWER})
    for stance, sees in ((Stance.CONFIRMED, True), (Stance.DISPUTED, False)):
        named.stance = stance
        session.flush()
        assert (session.exec(visible_projects(viewer)).first() is not None) == sees
        assert bool(read_snapshot(session).projects[project.id].access & viewer.access) == sees
        assert may_see_project(viewer, project, partner_ids(session, project.id)) == sees
