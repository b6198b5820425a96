"""Who may do what with a resource: the whole policy on one screen. Nothing here asks the database.

Edit rights hang on the owning organisation, never on the person who uploaded. Coordinators and
administrators run the portal; they see of an organisation's own things no more than other members do.
"""

from collections.abc import Collection
from uuid import UUID

from portal.accounts.models import Role
from portal.accounts.viewer import Viewer
from portal.library.models import Resource, ResourceState
from portal.library.vocabularies import Visibility


def access_tokens(resource: Resource, visibility: Visibility, named: Collection[UUID]) -> frozenset[str]:
    """The tokens that open something of this resource; a viewer needs one of them (`Viewer.access`).

    Whoever edits for the owning organisation always holds one, so that nothing can be lost from sight.
    """
    own = resource.organisation_id.hex
    match visibility:
        case Visibility.PUBLIC:
            return frozenset({"public"})
        case Visibility.MEMBERS:
            return frozenset({"members", f"org:{own}"})
        case Visibility.GROUP:
            group = {f"group:{resource.group_id.hex}"} if resource.group_id else set()
            return frozenset({f"org:{own}"} | group)
        case Visibility.ORGANISATION:
            return frozenset({f"org:{own}"})
    # What is left is for named people only.
    return frozenset({f"editors:{own}"} | {f"user:{user_id.hex}" for user_id in named})


def record_tokens(resource: Resource, named: Collection[UUID]) -> frozenset[str]:
    """The tokens that open the description.

    Whoever is named as a reader of the files may also see what they belong to; otherwise a search could
    count a page whose resource it may not show.
    """
    tokens = access_tokens(resource, resource.visibility, named)
    if resource.files_visibility == Visibility.NAMED:
        tokens |= access_tokens(resource, Visibility.NAMED, named)
    return tokens


def may_see_record(viewer: Viewer, resource: Resource, named: Collection[UUID] = ()) -> bool:
    """The description. A withdrawn record shows its tombstone to whoever could see it before."""
    if resource.state in (ResourceState.DRAFT, ResourceState.DISCARDED):
        return may_edit(viewer, resource)
    return bool(viewer.access & record_tokens(resource, named))


def may_see_files(viewer: Viewer, resource: Resource, named: Collection[UUID] = ()) -> bool:
    """Files, their text and pictures of them: at most as widely as the record, never after a withdrawal."""
    if resource.state == ResourceState.WITHDRAWN:
        return False
    if resource.state != ResourceState.PUBLISHED:
        return may_edit(viewer, resource)
    return may_see_record(viewer, resource, named) and bool(
        viewer.access & access_tokens(resource, resource.files_visibility, named)
    )


def may_share_for(viewer: Viewer, organisation_id: UUID) -> bool:
    """Start a draft for an organisation, verified or not."""
    return viewer.has_role(organisation_id, Role.CONTRIBUTOR)


def may_edit(viewer: Viewer, resource: Resource) -> bool:
    """Change the description or a draft's files: editors everything, contributors the drafts in their hands."""
    if resource.state in (ResourceState.WITHDRAWN, ResourceState.DISCARDED):
        return False
    if viewer.has_role(resource.organisation_id, Role.EDITOR):
        return True
    is_in_hand = viewer.user_id is not None and viewer.user_id in (
        resource.created_by_id,
        resource.assigned_to_id,
    )
    is_draft = resource.state == ResourceState.DRAFT
    return is_draft and is_in_hand and viewer.has_role(resource.organisation_id, Role.CONTRIBUTOR)


def least_role_to_edit(resource: Resource) -> Role:
    """The least role of a colleague to whom a draft can be handed: new versions are for editors."""
    return Role.CONTRIBUTOR if resource.state == ResourceState.DRAFT else Role.EDITOR


def may_publish(viewer: Viewer, resource: Resource) -> bool:
    """Editors of a verified organisation."""
    is_verified = resource.organisation_id in viewer.verified_organisations
    return (
        is_verified and may_edit(viewer, resource) and viewer.has_role(resource.organisation_id, Role.EDITOR)
    )


def may_start_version(viewer: Viewer, resource: Resource) -> bool:
    return resource.state == ResourceState.PUBLISHED and viewer.has_role(
        resource.organisation_id, Role.EDITOR
    )


def may_withdraw(viewer: Viewer, resource: Resource) -> bool:
    return resource.state == ResourceState.PUBLISHED and viewer.has_role(
        resource.organisation_id, Role.EDITOR
    )


def may_see_audit(viewer: Viewer, resource: Resource) -> bool:
    return viewer.has_role(resource.organisation_id, Role.EDITOR)
