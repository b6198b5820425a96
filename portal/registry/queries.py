"""Reading projects and their parts. Every list starts at `visible_projects(viewer)`; nothing here changes anything."""

import re
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound
from portal.places.queries import choose_name
from portal.registry.models import (
    ActivityLine,
    LinePlace,
    LineState,
    PlannedEvent,
    Project,
    ProjectLink,
    ProjectPartner,
    ProjectState,
    ProjectText,
)
from portal.registry.policy import may_edit, may_see_project
from portal.registry.terms import FAMILY_LINKS, Reach, Stance

LARGEST_NUMBER = 2**31 - 1
_REFERENCE = re.compile(r"LA-0*([0-9]{1,10})", re.IGNORECASE)


def visible_projects(viewer: Viewer) -> SelectOfScalar[Project]:
    """Published projects that the viewer may see; the same rule as `policy.may_see_project`."""
    return select(Project).where(*is_visible(viewer))


def is_visible(viewer: Viewer) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The rule of `policy.access_tokens` for what is published, as conditions; a test holds the two together."""
    reach = col(Project.reach)
    ways: list[ColumnElement[bool]] = [reach == Reach.PUBLIC]
    if viewer.is_member:
        ways.append(reach == Reach.MEMBERS)
    if viewer.groups:
        ways.append((reach == Reach.GROUP) & col(Project.group_id).in_(viewer.groups))
    if viewer.is_coordinator:
        ways.append(reach == Reach.COORDINATORS)
    if viewer.roles:
        partner = select(ProjectPartner.project_id).where(
            col(ProjectPartner.organisation_id).in_(viewer.roles),
            ProjectPartner.stance != Stance.DISPUTED,
        )
        ways.append(col(Project.organisation_id).in_(viewer.roles))
        ways.append((reach != Reach.ORGANISATION) & col(Project.id).in_(partner))
    return col(Project.state) == ProjectState.PUBLISHED, or_(*ways)


def get_project(session: Session, viewer: Viewer, reference: str) -> Project:
    """A project by its reference; one that may not be seen looks like one that is not there."""
    project = find_seen_project(session, viewer, reference)
    if project is None:
        raise NotFound(N_("There is no project at this address, or it is not shared with you."))
    return project


def find_seen_project(session: Session, viewer: Viewer, reference: str) -> Project | None:
    """Drafts of one's own too, and what was withdrawn, as long as the viewer may see it."""
    project = find_project(session, reference)
    if project is None:
        return None
    # Who its partners are matters only to those who may not see it otherwise.
    may_see = may_see_project(viewer, project) or may_see_project(
        viewer, project, partner_ids(session, project.id)
    )
    return project if may_see else None


def get_editable_project(session: Session, viewer: Viewer, reference: str) -> Project:
    project = find_project(session, reference)
    if project is None or not may_edit(viewer, project):
        raise NotFound(N_("There is no project at this address, or it is not yours to edit."))
    return project


def find_project(session: Session, reference: str) -> Project | None:
    match = _REFERENCE.fullmatch(reference.strip())
    number = int(match[1]) if match else 0
    if not 0 < number <= LARGEST_NUMBER:
        return None
    return session.exec(select(Project).where(Project.number == number)).first()


def partner_ids(session: Session, project_id: UUID) -> frozenset[UUID]:
    """The partners who see what is not the owner's alone: all but those who say that they are none."""
    statement = select(ProjectPartner.organisation_id).where(
        ProjectPartner.project_id == project_id, ProjectPartner.stance != Stance.DISPUTED
    )
    return frozenset(session.exec(statement))


def partners_of(session: Session, project_id: UUID) -> Sequence[ProjectPartner]:
    statement = select(ProjectPartner).where(ProjectPartner.project_id == project_id)
    return session.exec(statement.order_by(col(ProjectPartner.role), col(ProjectPartner.id))).all()


def lines_of(session: Session, project_id: UUID) -> Sequence[ActivityLine]:
    """Those that were not removed, in the order they were written."""
    statement = select(ActivityLine).where(
        ActivityLine.project_id == project_id, ActivityLine.state != LineState.REMOVED
    )
    return session.exec(statement.order_by(col(ActivityLine.number))).all()


def places_of_lines(session: Session, line_ids: Collection[UUID]) -> dict[UUID, list[LinePlace]]:
    found: dict[UUID, list[LinePlace]] = {line_id: [] for line_id in line_ids}
    statement = select(LinePlace).where(col(LinePlace.line_id).in_(set(line_ids)))
    for place in session.exec(statement.order_by(col(LinePlace.place_id))):
        found[place.line_id].append(place)
    return found


def events_of_project(session: Session, project_id: UUID) -> Sequence[PlannedEvent]:
    statement = select(PlannedEvent).where(PlannedEvent.project_id == project_id)
    return session.exec(statement.order_by(col(PlannedEvent.starts_on), col(PlannedEvent.number))).all()


def titles_of(session: Session, project_ids: Collection[UUID], language: str) -> dict[UUID, str]:
    """The title of each project in a language, else in English, else in any; absent when it has none."""
    found: dict[UUID, dict[str, str]] = {}
    statement = select(ProjectText.project_id, ProjectText.language, ProjectText.title).where(
        col(ProjectText.project_id).in_(set(project_ids)), ProjectText.title != ""
    )
    for project_id, text_language, title in session.exec(statement):
        found.setdefault(project_id, {})[text_language] = title
    return {key: choose_name(titles, language) for key, titles in found.items()}


def family_of(session: Session, project_id: UUID) -> set[UUID]:
    """Every record joined with this one by agreed family links, itself included."""
    family, frontier = {project_id}, {project_id}
    while frontier:
        near = or_(col(ProjectLink.project_id).in_(frontier), col(ProjectLink.other_id).in_(frontier))
        statement = select(ProjectLink.project_id, ProjectLink.other_id).where(
            near, col(ProjectLink.kind).in_(FAMILY_LINKS), col(ProjectLink.agreed_at).is_not(None)
        )
        reached = {end for pair in session.exec(statement) for end in pair}
        frontier = reached - family
        family |= reached
    return family
