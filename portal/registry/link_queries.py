"""The links of a project, as they read from it, to the records that the viewer may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from portal.accounts.models import Organisation, Role
from portal.accounts.viewer import Viewer
from portal.registry.models import Project, ProjectLink, ProjectState
from portal.registry.policy import may_coordinate, may_edit
from portal.registry.queries import is_visible
from portal.registry.terms import LINK_INVERSES, LinkKind


@dataclass(frozen=True)
class LinkDetail:
    """A link as it reads from the shown record: what the other one is to it."""

    link: ProjectLink
    kind: LinkKind
    other: Project
    title: str
    organisation: Organisation | None
    may_agree: bool
    may_remove: bool


def linked_projects(session: Session, viewer: Viewer, project: Project) -> list[tuple[ProjectLink, Project]]:
    """Links with the records at their other end, where the viewer may see these."""
    links = session.exec(
        select(ProjectLink).where(
            or_(col(ProjectLink.project_id) == project.id, col(ProjectLink.other_id) == project.id)
        )
    ).all()
    ends = {link.id: link.other_id if link.project_id == project.id else link.project_id for link in links}
    if not ends:
        return []
    state, owner = col(Project.state), col(Project.organisation_id)
    written = (state == ProjectState.DRAFT) & owner.in_(viewer.organisations_with(Role.CONTRIBUTOR))
    withdrawn = (state == ProjectState.WITHDRAWN) & owner.in_(viewer.roles)
    shown = or_(and_(*is_visible(viewer)), written, withdrawn)
    statement = select(Project).where(col(Project.id).in_(ends.values()), shown)
    others = {other.id: other for other in session.exec(statement)}
    return [(link, others[ends[link.id]]) for link in links if ends[link.id] in others]


def link_detail(
    viewer: Viewer,
    project: Project,
    link: ProjectLink,
    other: Project,
    titles: Mapping[UUID, str],
    organisations: Mapping[UUID, Organisation],
) -> LinkDetail:
    """`titles` and `organisations`: those of the records at the other ends, by their ids."""
    is_asked = link.other_id == project.id
    answering = project if is_asked else other
    kind = LINK_INVERSES[LinkKind(link.kind)] if is_asked else LinkKind(link.kind)
    return LinkDetail(
        link=link,
        kind=kind,
        other=other,
        title=titles.get(other.id, other.reference),
        organisation=organisations.get(other.organisation_id),
        may_agree=link.agreed_at is None and (may_edit(viewer, answering) or may_coordinate(viewer)),
        may_remove=may_edit(viewer, project) or may_edit(viewer, other),
    )
