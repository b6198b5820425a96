"""Who may do what in the register: the whole policy on one screen. Nothing here asks the database.

Edit rights hang on the owning organisation, never on a partner's role or on who reports. Coordinators see what
is shared with them; they change nobody's records.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from portal.accounts.models import Role
from portal.accounts.viewer import Viewer
from portal.registry.models import Project, ProjectState
from portal.registry.terms import Reach, Stance

# Beginnings of tokens whose holders are members too.
_HELD_BY_MEMBERS = ("coordinators", "group:")


def access_tokens(project: Project, reach: Reach, partners: Collection[UUID]) -> frozenset[str]:
    """The tokens that open a project or a line of it; a viewer needs one of them (`Viewer.access`).

    The owner always holds one. Partners of the project see what is not the owner's alone; those who dispute that
    they are partners are not among `partners`.
    """
    own = frozenset({f"org:{project.organisation_id.hex}"})
    involved = own | {f"org:{partner.hex}" for partner in partners}
    match reach:
        case Reach.PUBLIC:
            return frozenset({"public"})
        case Reach.MEMBERS:
            return involved | {"members"}
        case Reach.GROUP:
            return involved | ({f"group:{project.group_id.hex}"} if project.group_id else set())
        case Reach.COORDINATORS:
            return involved | {"coordinators"}
    return own


def part_tokens(project: Project, reach: Reach, partners: Collection[UUID], doer_id: UUID) -> frozenset[str]:
    """The tokens that open a line or an event: those who do it hold one, too.

    None of them opens a part of a project to somebody who may not open the project: to those who dispute that
    they do the work, or to coordinators outside the group that the project is shared with.
    """
    whole = access_tokens(project, Reach(project.reach), partners)
    part = access_tokens(project, reach, {*partners, doer_id})
    if "public" in whole:
        return part
    implied = frozenset(token for token in part if token.startswith(_HELD_BY_MEMBERS))
    return (part & whole) | (implied if "members" in whole else frozenset())


def partners_in_sight(partners: Iterable[Any]) -> frozenset[UUID]:
    """Of rows of partners, whoever sees more than everybody else: not those who say that they are none."""
    return frozenset(row.organisation_id for row in partners if row.stance != Stance.DISPUTED)


def narrower(project_reach: Reach, line_reach: Reach | None) -> Reach:
    """A line or an event may be shown less widely than its project, never more."""
    if line_reach is None or line_reach.width <= project_reach.width:
        return project_reach
    return line_reach


def is_as_open(project: Project, part_reach: Reach | None) -> bool:
    """Whether a part is shown to everybody who is shown the project, so that the project may tell of it.

    The partners are told with the project: who does a line that is shown to fewer is told with that line alone.
    """
    return narrower(Reach(project.reach), Reach(part_reach) if part_reach else None) == project.reach


def may_see_project(viewer: Viewer, project: Project, partners: Collection[UUID] = ()) -> bool:
    """A withdrawn record shows its tombstone to whoever could see it before."""
    if project.state in (ProjectState.DRAFT, ProjectState.DISCARDED):
        return may_edit(viewer, project)
    return bool(viewer.access & access_tokens(project, Reach(project.reach), partners))


def may_register_for(viewer: Viewer, organisation_id: UUID) -> bool:
    """Start a draft for an organisation, verified or not."""
    return viewer.has_role(organisation_id, Role.CONTRIBUTOR)


def may_edit(viewer: Viewer, project: Project) -> bool:
    """Editors everything; contributors the organisation's drafts, which they prepare together."""
    if project.state in (ProjectState.WITHDRAWN, ProjectState.DISCARDED):
        return False
    if viewer.has_role(project.organisation_id, Role.EDITOR):
        return True
    return project.state == ProjectState.DRAFT and viewer.has_role(project.organisation_id, Role.CONTRIBUTOR)


def may_publish(viewer: Viewer, project: Project) -> bool:
    """Editors of a verified organisation."""
    is_verified = project.organisation_id in viewer.verified_organisations
    return is_verified and may_edit(viewer, project) and viewer.has_role(project.organisation_id, Role.EDITOR)


def may_confirm(viewer: Viewer, project: Project) -> bool:
    """Say that a published record is still correct."""
    return project.state == ProjectState.PUBLISHED and viewer.has_role(
        project.organisation_id, Role.CONTRIBUTOR
    )


def may_withdraw(viewer: Viewer, project: Project) -> bool:
    return project.state == ProjectState.PUBLISHED and viewer.has_role(project.organisation_id, Role.EDITOR)


def may_answer_for(viewer: Viewer, organisation_id: UUID) -> bool:
    """Confirm or dispute, for a partner, that it has the role a project gives it."""
    return viewer.has_role(organisation_id, Role.EDITOR)


def may_see_history(viewer: Viewer, project: Project) -> bool:
    return viewer.has_role(project.organisation_id, Role.EDITOR)


def may_attest_for(viewer: Viewer, organisation_id: UUID) -> bool:
    """Say that an organisation does nothing somewhere."""
    return viewer.has_role(organisation_id, Role.EDITOR)


def may_coordinate(viewer: Viewer) -> bool:
    """Keep expectations and statistics, say that nobody works somewhere, settle findings."""
    return viewer.is_coordinator
