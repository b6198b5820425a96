"""Registering, describing and verifying organisations; grouping them for coordination."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, delete, select

from portal.accounts.inputs import GroupInput, OrganisationInput
from portal.accounts.membership_actions import mail_admins
from portal.accounts.models import (
    Group,
    GroupMember,
    Membership,
    Organisation,
    OrganisationName,
    Role,
    User,
)
from portal.accounts.policy import (
    may_edit_organisation,
    may_manage_groups,
    may_register_organisation,
    may_see_organisation,
    may_verify_organisations,
)
from portal.accounts.queries import find_organisation, find_organisation_by_name
from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Forbidden, Invalid, Unauthenticated, require
from portal.core.ids import next_number
from portal.core.mail import post
from portal.core.text import fold

NO_COORDINATOR = N_("Only coordinators verify organisations.")


def register_organisation(session: Session, viewer: Viewer, entered: OrganisationInput) -> Organisation:
    """A new organisation with the viewer as its admin; coordinators are asked by mail to verify it."""
    require(may_register_organisation(viewer), Unauthenticated(N_("Sign in first.")))
    assert viewer.user_id is not None
    _require_new_name(session, entered)
    organisation = Organisation(
        number=next_number(session, "organisation"),
        name=entered.name,
        organisation_type=entered.organisation_type,
        created_by_id=viewer.user_id,
    )
    _describe(session, viewer, organisation, entered)
    session.add(organisation)
    session.flush()
    _write_names(session, organisation, entered)
    session.add(Membership(user_id=viewer.user_id, organisation_id=organisation.id, role=Role.ADMIN))
    _record(session, viewer, "organisation_registered", organisation)
    _mail_coordinators(session, organisation, "organisation_registered", by=viewer.name)
    return organisation


def edit_organisation(
    session: Session, viewer: Viewer, organisation: Organisation, entered: OrganisationInput
) -> Organisation:
    """Conflict when somebody saved after the revision that the viewer started from.

    A verified organisation stays so under another name; coordinators are told, and may take it back.
    """
    require(
        may_edit_organisation(viewer, organisation),
        Forbidden(N_("Only the admins of an organisation change its entry.")),
    )
    session.refresh(organisation, with_for_update=True)
    require(
        entered.revision == organisation.revision,
        Conflict(
            N_(
                "Somebody else saved this entry while you wrote. Compare both below, then save again to keep yours."
            )
        ),
    )
    if fold(entered.name) != fold(organisation.name):
        _require_new_name(session, entered, organisation)
    names_before = _names_of(organisation)
    before = organisation.model_dump(include={*OrganisationInput.model_fields, "parent_id"})
    _describe(session, viewer, organisation, entered)
    _write_names(session, organisation, entered)
    organisation.revision += 1
    after = organisation.model_dump(include=set(before))
    changed = sorted(name for name in before if name != "revision" and before[name] != after[name])
    _record(session, viewer, "organisation_changed", organisation, fields=changed)
    names_now = _names_of(organisation)
    if organisation.is_verified and names_now != names_before:
        _mail_coordinators(
            session, organisation, "organisation_renamed", by=viewer.name, before=names_before, now=names_now
        )
    return organisation


def verify_organisation(session: Session, viewer: Viewer, organisation: Organisation) -> None:
    """Let its people publish; a second click changes nothing."""
    require(may_verify_organisations(viewer), Forbidden(NO_COORDINATOR))
    if organisation.is_verified:
        return
    organisation.verified_at, organisation.verified_by_id = now(), viewer.user_id
    _record(session, viewer, "organisation_verified", organisation)
    mail_admins(session, organisation, "organisation_verified")


def unverify_organisation(session: Session, viewer: Viewer, organisation: Organisation) -> None:
    """Its people can publish nothing new; what they published stays."""
    require(may_verify_organisations(viewer), Forbidden(NO_COORDINATOR))
    if not organisation.is_verified:
        return
    organisation.verified_at = organisation.verified_by_id = None
    _record(session, viewer, "organisation_unverified", organisation)
    mail_admins(session, organisation, "organisation_unverified")


def create_group(session: Session, viewer: Viewer, entered: GroupInput) -> Group:
    _require_group_rights(viewer)
    _require_free_group_name(session, entered.name)
    group = Group(name=entered.name)
    session.add(group)
    session.flush()
    record(session, viewer.actor, "group_created", ("group", group.id))
    _write_group_members(session, group, entered.organisations)
    return group


def set_group_members(session: Session, viewer: Viewer, group: Group, entered: GroupInput) -> Group:
    """Name a group and say which organisations are in it; takes effect at their people's next page."""
    _require_group_rights(viewer)
    if entered.name != group.name:
        _require_free_group_name(session, entered.name)
    group.name = entered.name
    _write_group_members(session, group, entered.organisations)
    record(session, viewer.actor, "group_changed", ("group", group.id), members=len(entered.organisations))
    return group


def _names_of(organisation: Organisation) -> str:
    """The three names by which people take it for who it says it is."""
    names = organisation.name, organisation.acronym, organisation.native_name
    return " / ".join(name for name in names if name)


def _mail_coordinators(session: Session, organisation: Organisation, template: str, **values: str) -> None:
    for user in session.exec(select(User).where(col(User.is_coordinator).is_(True))):
        post(
            session,
            user.email,
            template,
            user.language,
            organisation=organisation.name,
            reference=organisation.reference,
            **values,
        )


def _describe(
    session: Session, viewer: Viewer, organisation: Organisation, entered: OrganisationInput
) -> None:
    organisation.parent_id = _parent_id(session, viewer, organisation, entered.parent)
    for name in (
        "name",
        "acronym",
        "native_name",
        "organisation_type",
        "scope",
        "contact_email",
        "website",
        "about",
    ):
        setattr(organisation, name, getattr(entered, name))


def _parent_id(session: Session, viewer: Viewer, organisation: Organisation, typed: str) -> UUID | None:
    """The parent by its reference or its exact name; never itself nor one of its own parts."""
    if not typed:
        return None
    # A form's list of proposals puts the reference before the name: "ORG-000012 Ministry of Labour".
    first, _, rest = typed.partition(" ")
    proposed = find_organisation(session, first) if rest and first.upper().startswith("ORG-") else None
    parent = proposed or find_organisation_by_name(session, typed) or find_organisation(session, typed)
    if parent is None or not may_see_organisation(viewer, parent):
        raise Invalid(
            N_("No organisation has this reference or name. Choose one of the list, or leave it empty."),
            field="parent",
        )
    above: Organisation | None = parent
    while above is not None:
        require(
            above.id != organisation.id,
            Invalid(N_("An organisation cannot stand above itself."), field="parent"),
        )
        above = session.get(Organisation, above.parent_id) if above.parent_id else None
    return parent.id


def _require_new_name(
    session: Session, entered: OrganisationInput, organisation: Organisation | None = None
) -> None:
    statement = select(Organisation).join(
        OrganisationName, col(OrganisationName.organisation_id) == Organisation.id
    )
    same_key = session.exec(statement.where(OrganisationName.key == fold(entered.name)[:200])).all()
    twin = next((o for o in same_key if fold(o.name) == fold(entered.name) and o is not organisation), None)
    if twin is not None:
        raise Invalid(
            N_(
                "%(reference)s has this name already. Ask to join it, or add to the name what sets yours apart, such as the country."
            ),
            field="name",
            reference=twin.reference,
        )


def _write_names(session: Session, organisation: Organisation, entered: OrganisationInput) -> None:
    """Every name under which it is found, its own three among them, each key once."""
    session.exec(delete(OrganisationName).where(col(OrganisationName.organisation_id) == organisation.id))
    own = [entered.name, entered.acronym, entered.native_name, *entered.other_names.splitlines()]
    former = entered.former_names.splitlines()
    written: set[str] = set()
    for text, is_former in [*((name, False) for name in own), *((name, True) for name in former)]:
        key = fold(text)[:200]
        if key and key not in written:
            written.add(key)
            session.add(
                OrganisationName(organisation_id=organisation.id, text=text, key=key, is_former=is_former)
            )


def _require_group_rights(viewer: Viewer) -> None:
    require(may_manage_groups(viewer), Forbidden(N_("Only coordinators manage groups.")))


def _require_free_group_name(session: Session, name: str) -> None:
    require(
        session.exec(select(Group).where(Group.name == name)).first() is None,
        Invalid(N_("There is a group of this name already."), field="name"),
    )


def _write_group_members(session: Session, group: Group, organisation_ids: Iterable[UUID]) -> None:
    wanted = set(organisation_ids)
    known = set(session.exec(select(Organisation.id).where(col(Organisation.id).in_(wanted))))
    require(known == wanted, Invalid(N_("Choose one of the list."), field="organisations"))
    session.exec(delete(GroupMember).where(col(GroupMember.group_id) == group.id))
    session.add_all(
        GroupMember(group_id=group.id, organisation_id=organisation_id) for organisation_id in wanted
    )


def _record(
    session: Session, viewer: Viewer, action: str, organisation: Organisation, **details: object
) -> None:
    record(
        session,
        viewer.actor,
        action,
        ("organisation", organisation.id),
        organisation_id=organisation.id,
        **details,
    )
