"""Links between records, and the families that follow from them.

A link to another organisation's record makes one family only when that side has agreed, or a coordinator has.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.clock import now
from portal.core.errors import N_, Forbidden, Invalid, require
from portal.registry.changes import changed, require_edit
from portal.registry.models import Project, ProjectLink
from portal.registry.policy import may_coordinate, may_edit, may_see_project
from portal.registry.queries import family_of, partner_ids
from portal.registry.terms import LINK_INVERSES, LinkKind


def link_projects(
    session: Session, viewer: Viewer, project: Project, other: Project, kind: LinkKind, note: str = ""
) -> ProjectLink:
    """Say what the other record is to this one. Saying again, or from the other side, agrees to what is there."""
    require_edit(viewer, project)
    require(project.id != other.id, Invalid(N_("A record cannot be linked with itself."), field="other"))
    require(
        may_edit(viewer, other) or may_see_project(viewer, other, partner_ids(session, other.id)),
        Invalid(N_("There is no project with this reference."), field="other"),
    )
    known = _link_between(session, project, other, kind)
    if known is not None:
        if known.agreed_at is None and _may_agree(viewer, _answering(session, known)):
            agree_link(session, viewer, known)
        return known
    if kind in (LinkKind.PARENT, LinkKind.CHILD):
        child, parent = (project, other) if kind == LinkKind.PARENT else (other, project)
        require(
            child.id not in _ancestors(session, parent.id),
            Invalid(N_("That record is already a part of this one."), field="kind"),
        )
    link = ProjectLink(
        project_id=project.id, other_id=other.id, kind=kind, note=note, created_by_id=viewer.user_id
    )
    if may_edit(viewer, other):
        link.agreed_at = now()
    session.add(link)
    session.flush()
    changed(session, viewer, project, "link", other=other.reference, kind=kind, agreed=bool(link.agreed_at))
    settle_families(session, [project.id, other.id])
    return link


def agree_link(session: Session, viewer: Viewer, link: ProjectLink) -> None:
    """Agree for the other side; a coordinator may do so in its place."""
    answering = _answering(session, link)
    require(
        _may_agree(viewer, answering), Forbidden(N_("Only the other organisation or a coordinator agrees."))
    )
    if link.agreed_at is not None:
        return
    link.agreed_at = now()
    session.flush()
    project = session.get_one(Project, link.project_id)
    changed(session, viewer, answering, "agree_link", other=project.reference, kind=LINK_INVERSES[link.kind])
    settle_families(session, [link.project_id, link.other_id])


def join_as_same_work(session: Session, viewer: Viewer, project: Project, other: Project) -> ProjectLink:
    """A coordinator says that two organisations report the same work; it is agreed at once, either may end it."""
    require(may_coordinate(viewer), Forbidden(N_("Only coordinators join records of two organisations.")))
    link = _link_between(session, project, other, LinkKind.THIRD_PARTY)
    if link is None:
        link = ProjectLink(
            project_id=project.id,
            other_id=other.id,
            kind=LinkKind.THIRD_PARTY,
            created_by_id=viewer.user_id,
            agreed_at=now(),
        )
        session.add(link)
    link.agreed_at = link.agreed_at or now()
    session.flush()
    changed(session, viewer, project, "link", other=other.reference, kind=LinkKind.THIRD_PARTY, agreed=True)
    settle_families(session, [project.id, other.id])
    return link


def remove_link(session: Session, viewer: Viewer, link: ProjectLink) -> None:
    """Either side may end a link; what it held together is counted apart again."""
    project, other = session.get_one(Project, link.project_id), session.get_one(Project, link.other_id)
    require(
        may_edit(viewer, project) or may_edit(viewer, other),
        Forbidden(N_("Only the organisations of the two records remove a link.")),
    )
    kind = link.kind
    session.delete(link)
    session.flush()
    changed(session, viewer, project, "remove_link", other=other.reference, kind=kind)
    settle_families(session, [project.id, other.id])


def settle_families(session: Session, project_ids: Iterable[UUID]) -> None:
    """Give every record joined with these the id of the oldest among them."""
    settled: set[UUID] = set()
    for project_id in project_ids:
        if project_id in settled:
            continue
        family = family_of(session, project_id)
        settled |= family
        oldest = min(family)
        statement = select(Project).where(col(Project.id).in_(family), Project.family_id != oldest)
        for project in session.exec(statement).all():
            project.family_id = oldest
    session.flush()


def _may_agree(viewer: Viewer, answering: Project) -> bool:
    return may_edit(viewer, answering) or may_coordinate(viewer)


def _answering(session: Session, link: ProjectLink) -> Project:
    """The record whose side was asked: the other end of the one that made the link."""
    return session.get_one(Project, link.other_id)


def _link_between(session: Session, project: Project, other: Project, kind: LinkKind) -> ProjectLink | None:
    forth = (
        (col(ProjectLink.project_id) == project.id)
        & (col(ProjectLink.other_id) == other.id)
        & (col(ProjectLink.kind) == kind)
    )
    back = (
        (col(ProjectLink.project_id) == other.id)
        & (col(ProjectLink.other_id) == project.id)
        & (col(ProjectLink.kind) == LINK_INVERSES[kind])
    )
    return session.exec(select(ProjectLink).where(or_(forth, back))).first()


def _ancestors(session: Session, project_id: UUID) -> set[UUID]:
    """The record and everything above it, agreed or not yet: a circle must not even be proposed."""
    found, frontier = {project_id}, {project_id}
    while frontier:
        above = session.exec(
            select(ProjectLink.other_id).where(
                col(ProjectLink.project_id).in_(frontier), ProjectLink.kind == LinkKind.PARENT
            )
        ).all()
        below = session.exec(
            select(ProjectLink.project_id).where(
                col(ProjectLink.other_id).in_(frontier), ProjectLink.kind == LinkKind.CHILD
            )
        ).all()
        frontier = {*above, *below} - found
        found |= frontier
    return found
