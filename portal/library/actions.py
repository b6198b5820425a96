"""Everything that can happen to a resource: shared, described, published, renewed, handed over, withdrawn."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from portal.accounts.models import Membership, Role, User
from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Forbidden, Invalid, require
from portal.core.ids import next_number
from portal.core.mail import post
from portal.library.description import (
    LIST_FIELDS,
    PLAIN_FIELDS,
    change_access,
    change_fields,
    change_places,
    change_texts,
    require_complete,
    require_group,
)
from portal.library.file_actions import ReceivedFile, Refused, add_files
from portal.library.inputs import DescribeInput, HandOverInput, ShareInput, WithdrawInput
from portal.library.models import (
    FileEntry,
    FileRefusal,
    Resource,
    ResourceState,
    ResourceUse,
    Version,
    VersionPlace,
    VersionText,
)
from portal.library.policy import (
    least_role_to_edit,
    may_edit,
    may_publish,
    may_share_for,
    may_start_version,
    may_withdraw,
)
from portal.library.queries import find_by_reference, get_published_version, newest_version, title_of
from portal.library.vocabularies import Visibility

ACCESS_FIELDS = frozenset({"visibility", "files_visibility", "group_id", "named_readers"})


def share(
    session: Session,
    viewer: Viewer,
    data: ShareInput,
    received: Sequence[ReceivedFile],
    refused: Sequence[Refused] = (),
) -> Resource:
    """Start a draft from files; everything else is proposed once they are read."""
    require(
        may_share_for(viewer, data.organisation),
        Forbidden(N_("You may not share in the name of this organisation.")),
    )
    require(received, Invalid(N_("Choose at least one file that can be taken."), field="files"))
    require_group(session, viewer, data.visibility, data.group)
    resource = Resource(
        number=next_number(session, "resource"),
        organisation_id=data.organisation,
        created_by_id=viewer.user_id,
        assigned_to_id=viewer.user_id,
        visibility=data.visibility,
        files_visibility=data.visibility,
        group_id=data.group if data.visibility == Visibility.GROUP else None,
    )
    version = Version(resource_id=resource.id)
    session.add(resource)
    session.flush()
    session.add(version)
    session.flush()
    _note(session, viewer, resource, "share")
    add_files(session, viewer, resource, version, received, refused)
    return resource


def describe(
    session: Session, viewer: Viewer, resource: Resource, version: Version, data: DescribeInput
) -> Version:
    """Save the description. Conflict when somebody else saved since this form was opened."""
    require(may_edit(viewer, resource), Forbidden(N_("You may not change this.")))
    require(
        data.revision == version.revision,
        Conflict(
            N_(
                "Somebody else saved this while you were writing. Your words are still in the form: compare "
                "them with what is saved now. Saving again replaces it."
            )
        ),
    )
    unseen = set(version.proposed) - set(data.shown_proposals)
    changes = change_fields(version, data, unseen)
    changes |= change_texts(session, version, data, unseen)
    changes |= change_places(session, version, data, unseen)
    changes |= change_access(session, viewer, resource, data)
    if changes:
        version.revision += 1
        version.changed_at = now()
        version.proposed = [name for name in version.proposed if name not in changes]
        if version.is_published:
            require_complete(session, resource, version)
            resource.changed_at = now()
        elif resource.is_published and changes & ACCESS_FIELDS:
            # Access belongs to the resource and changes at once for what is published, too.
            require_complete(session, resource, get_published_version(session, resource))
        _note(session, viewer, resource, "describe", fields=sorted(changes))
    return version


def publish(session: Session, viewer: Viewer, resource: Resource, version: Version) -> Resource:
    """Make a version the one at the address. A second click finds it done and does nothing."""
    if version.is_published and resource.current_version_id == version.id:
        return resource
    require(may_edit(viewer, resource), Forbidden(N_("You may not change this.")))
    require(
        resource.organisation_id in viewer.verified_organisations,
        Forbidden(
            N_("Your organisation is not verified yet. The draft is kept; a coordinator has been told.")
        ),
    )
    require(
        may_publish(viewer, resource),
        Forbidden(N_("Only editors publish. Hand the draft over to an editor of your organisation.")),
    )
    require_complete(session, resource, version)
    moment = now()
    version.published_at = moment
    version.published_by_id = viewer.user_id
    version.proposed = []
    version.revision += 1
    resource.state = ResourceState.PUBLISHED
    resource.current_version_id = version.id
    resource.published_at = resource.published_at or moment
    resource.changed_at = moment
    if session.get(ResourceUse, resource.id) is None:
        session.add(ResourceUse(resource_id=resource.id))
    _note(session, viewer, resource, "publish", version=version.number)
    return resource


def start_version(session: Session, viewer: Viewer, resource: Resource) -> Version:
    """A new unpublished version, made from the newest; the one that was already started, if there is one."""
    require(may_start_version(viewer, resource), Forbidden(N_("You may not start a new version.")))
    newest = newest_version(session, resource)
    if not newest.is_published:
        return newest
    copy = Version(resource_id=resource.id, number=newest.number + 1)
    for name in (*PLAIN_FIELDS, *LIST_FIELDS):
        if name != "change_note":
            setattr(copy, name, deepcopy(getattr(newest, name)))
    session.add(copy)
    session.flush()
    for kind in (VersionText, VersionPlace):
        for row in session.exec(select(kind).where(kind.version_id == newest.id)):
            session.add(kind(**{**row.model_dump(), "version_id": copy.id}))
    for entry in session.exec(select(FileEntry).where(FileEntry.version_id == newest.id)):
        session.add(FileEntry(**{**entry.model_dump(exclude={"id", "created_at"}), "version_id": copy.id}))
    _note(session, viewer, resource, "start_version", version=copy.number)
    return copy


def discard_draft(session: Session, viewer: Viewer, resource: Resource, version: Version) -> None:
    """Throw an unpublished version away; a resource that never was public disappears with it."""
    require(may_edit(viewer, resource), Forbidden(N_("You may not change this.")))
    require(
        not version.is_published, Conflict(N_("This is published. It can be withdrawn, not thrown away."))
    )
    if resource.state == ResourceState.DRAFT:
        resource.state = ResourceState.DISCARDED
    else:
        for kind in (VersionText, VersionPlace, FileEntry, FileRefusal):
            session.execute(delete(kind).where(col(kind.version_id) == version.id))
        session.delete(version)
    _note(session, viewer, resource, "discard", version=version.number)


def hand_over(
    session: Session, viewer: Viewer, resource: Resource, version: Version, data: HandOverInput
) -> None:
    """Put a draft into the hands of a colleague, who is told by mail."""
    require(may_edit(viewer, resource), Forbidden(N_("You may not change this.")))
    require(not version.is_published, Conflict(N_("This is published already. Editors can change it.")))
    membership = session.get(Membership, (data.colleague, resource.organisation_id))
    colleague = session.get(User, data.colleague)
    least = least_role_to_edit(resource)
    if membership is None or colleague is None or Role(membership.role).rank < least.rank:
        raise Invalid(
            N_("Choose a colleague of the same organisation who may work on this."), field="colleague"
        )
    resource.assigned_to_id = colleague.id
    _note(session, viewer, resource, "hand_over", to=colleague.name)
    post(
        session,
        colleague.email,
        "draft_handed_over",
        colleague.language,
        name=viewer.name,
        title=title_of(session, resource, colleague.language),
        reference=resource.reference,
        message=data.message,
    )


def withdraw(session: Session, viewer: Viewer, resource: Resource, data: WithdrawInput) -> Resource:
    """Leave a tombstone at the address: the reason and, where there is one, the successor."""
    if resource.is_withdrawn:
        return resource
    require(may_withdraw(viewer, resource), Forbidden(N_("You may not withdraw this.")))
    resource.successor_id = _successor(session, resource, data.successor)
    resource.state = ResourceState.WITHDRAWN
    resource.withdrawn_at = now()
    resource.withdrawal_reason = data.reason
    resource.withdrawal_note = data.note
    _note(session, viewer, resource, "withdraw", reason=data.reason, successor=data.successor)
    return resource


def count_download(session: Session, resource_id: UUID) -> None:
    """One more download; counted in the database, so that two at once are two."""
    session.execute(
        update(ResourceUse)
        .where(col(ResourceUse.resource_id) == resource_id)
        .values(downloads=ResourceUse.downloads + 1)
    )


def changed_uses(session: Session, limit: int = 500) -> list[UUID]:
    """Resources whose downloads the index does not know yet; from now on it is taken to know them."""
    rows = session.exec(
        select(ResourceUse).where(ResourceUse.downloads != ResourceUse.downloads_indexed).limit(limit)
    ).all()
    for row in rows:
        row.downloads_indexed = row.downloads
    return [row.resource_id for row in rows]


def _successor(session: Session, resource: Resource, reference: str) -> UUID | None:
    if not reference:
        return None
    successor = find_by_reference(session, reference)
    if successor is None or not successor.is_published or successor.id == resource.id:
        raise Invalid(N_("There is no published resource with this reference."), field="successor")
    return successor.id


def _note(session: Session, viewer: Viewer, resource: Resource, action: str, **details: Any) -> None:
    record(
        session,
        viewer.actor,
        action,
        ("resource", resource.id),
        organisation_id=resource.organisation_id,
        **details,
    )
