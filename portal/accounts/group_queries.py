"""Reading coordination groups: organisations with which something may be shared by the group's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal.accounts.models import Group, GroupMember, Organisation
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound


@dataclass(frozen=True)
class GroupWithMembers:
    group: Group
    organisations: list[Organisation]


def browse_groups(session: Session) -> list[GroupWithMembers]:
    """Every coordination group with its organisations; two statements."""
    groups = session.exec(select(Group).order_by(func.lower(Group.name))).all()
    pairs = session.exec(
        select(GroupMember.group_id, Organisation)
        .join(Organisation, col(Organisation.id) == GroupMember.organisation_id)
        .order_by(func.lower(Organisation.name))
    ).all()
    return [
        GroupWithMembers(group, [organisation for group_id, organisation in pairs if group_id == group.id])
        for group in groups
    ]


def get_group(session: Session, group_id: UUID) -> Group:
    group = session.get(Group, group_id)
    if group is None:
        raise NotFound(N_("There is no such group here."))
    return group


def member_ids(session: Session, group: Group) -> list[UUID]:
    statement = select(GroupMember.organisation_id).where(GroupMember.group_id == group.id)
    return list(session.exec(statement))


def group_names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {group_id for group_id in ids if group_id}
    if not wanted:
        return {}
    return dict(session.exec(select(Group.id, Group.name).where(col(Group.id).in_(wanted))).all())


def groups_of(session: Session, viewer: Viewer) -> list[Group]:
    """The groups the viewer belongs to through a verified organisation."""
    if not viewer.groups:
        return []
    statement = select(Group).where(col(Group.id).in_(viewer.groups))
    return list(session.exec(statement.order_by(func.lower(Group.name))))
