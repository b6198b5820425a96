"""What whole pages about organisations and people show, each read with a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Invitation, Membership, Organisation, OrganisationType, Role, User
from portal.accounts.policy import (
    is_of,
    may_administer,
    may_ask_to_join,
    may_edit_organisation,
    may_manage_people,
    may_see_people_of,
    may_verify_organisations,
)
from portal.accounts.queries import (
    Applicant,
    Belonging,
    Member,
    OrganisationFilter,
    belongings_of,
    browse_organisations,
    browse_people,
    find_join_request,
    get_organisation,
    invitations_of,
    join_request_counts,
    join_requests_of,
    organisation_type_counts,
    organisations_by_id,
    organisations_of,
    other_names,
    parts_of,
    pending_organisations,
    people_counts,
    people_names,
    people_of,
)
from portal.accounts.viewer import Viewer
from portal.core.audit import AuditEvent, events_of
from portal.core.errors import N_, Forbidden, require
from portal.core.paging import Page


@dataclass(frozen=True)
class OrganisationsPage:
    organisations: Page[Organisation]
    type_counts: Mapping[OrganisationType, int]
    parents: Mapping[UUID, Organisation]


@dataclass(frozen=True)
class OrganisationPage:
    """One organisation as everybody sees it, and what this viewer may do there."""

    organisation: Organisation
    parent: Organisation | None
    parts: Sequence[Organisation]
    other_names: Sequence[str]
    former_names: Sequence[str]
    role: Role | None
    has_asked: bool
    may_ask_to_join: bool
    may_see_people: bool
    may_edit: bool
    may_verify: bool


@dataclass(frozen=True)
class PeoplePage:
    """The people of an organisation; requests and invitations only for those who answer them."""

    organisation: Organisation
    people: Sequence[Member]
    applicants: Sequence[Applicant]
    invitations: Sequence[Invitation]
    inviters: Mapping[UUID, str]
    events: Sequence[AuditEvent]
    may_manage: bool
    is_member: bool


@dataclass(frozen=True)
class OwnOrganisation:
    """An organisation of the viewer on "My organisation", with what waits there for an admin."""

    belonging: Belonging
    people: int
    applicants: int
    may_edit: bool


@dataclass(frozen=True)
class WaitingOrganisation:
    organisation: Organisation
    registered_by: str
    people: int


@dataclass(frozen=True)
class PortalPeoplePage:
    """People with an account, and the organisations of each by the person's id."""

    people: Page[User]
    organisations: Mapping[UUID, Sequence[Belonging]]


def organisations_page(session: Session, viewer: Viewer, wanted: OrganisationFilter) -> OrganisationsPage:
    """Four statements."""
    found = browse_organisations(session, viewer, wanted)
    return OrganisationsPage(
        found,
        organisation_type_counts(session, viewer, wanted.text),
        organisations_by_id(session, [organisation.parent_id for organisation in found.rows]),
    )


def organisation_page(session: Session, viewer: Viewer, reference: str) -> OrganisationPage:
    """At most five statements. A parent the viewer may not see is left out."""
    organisation = get_organisation(session, viewer, reference)
    parent = organisations_by_id(session, [organisation.parent_id]).get(
        organisation.parent_id or organisation.id
    )
    others, former = other_names(session, organisation)
    may_ask = may_ask_to_join(viewer, organisation)
    has_asked = may_ask and find_join_request(session, viewer.user_id, organisation.id) is not None
    return OrganisationPage(
        organisation=organisation,
        parent=parent if parent and (parent.is_verified or viewer.is_signed_in) else None,
        parts=parts_of(session, viewer, organisation),
        other_names=others,
        former_names=former,
        role=viewer.roles.get(organisation.id),
        has_asked=has_asked,
        may_ask_to_join=may_ask and not has_asked,
        may_see_people=may_see_people_of(viewer, organisation),
        may_edit=may_edit_organisation(viewer, organisation),
        may_verify=may_verify_organisations(viewer),
    )


def people_page(session: Session, viewer: Viewer, reference: str) -> PeoplePage:
    """At most six statements."""
    organisation = get_organisation(session, viewer, reference)
    require(
        may_see_people_of(viewer, organisation),
        Forbidden(N_("Only its own people see who belongs to an organisation.")),
    )
    may_manage = may_manage_people(viewer, organisation)
    invitations = invitations_of(session, organisation.id) if may_manage else []
    return PeoplePage(
        organisation=organisation,
        people=people_of(session, organisation.id),
        applicants=join_requests_of(session, organisation.id) if may_manage else [],
        invitations=invitations,
        inviters=people_names(session, [invitation.invited_by_id for invitation in invitations]),
        events=events_of(session, organisation.id, 50) if may_manage else [],
        may_manage=may_manage,
        is_member=is_of(viewer, organisation.id),
    )


def own_organisations(session: Session, viewer: Viewer) -> list[OwnOrganisation]:
    """The viewer's organisations; three statements. Who asks to join is counted for those who answer."""
    held = organisations_of(session, viewer)
    counts = people_counts(session, viewer.roles)
    asking = join_request_counts(session, viewer.organisations_with(Role.ADMIN))
    return [
        OwnOrganisation(
            belonging=each,
            people=counts.get(each.organisation.id, 0),
            applicants=asking.get(each.organisation.id, 0),
            may_edit=may_edit_organisation(viewer, each.organisation),
        )
        for each in held
    ]


def waiting_organisations(session: Session, viewer: Viewer) -> list[WaitingOrganisation]:
    """What waits for a coordinator; three statements."""
    require(may_verify_organisations(viewer), Forbidden(N_("Only coordinators verify organisations.")))
    waiting = pending_organisations(session)
    names = people_names(session, [organisation.created_by_id for organisation in waiting])
    counts = people_counts(session, [organisation.id for organisation in waiting])
    return [
        WaitingOrganisation(
            organisation,
            names.get(organisation.created_by_id, "") if organisation.created_by_id else "",
            counts.get(organisation.id, 0),
        )
        for organisation in waiting
    ]


def portal_people_page(session: Session, viewer: Viewer, text: str, page: int) -> PortalPeoplePage:
    """Everybody with an account, for administrators; three statements."""
    require(may_administer(viewer), Forbidden(N_("Only administrators give roles of the portal.")))
    people = browse_people(session, text, page)
    return PortalPeoplePage(people, belongings_of(session, [person.id for person in people.rows]))


def editors_of(session: Session, organisation_id: UUID) -> Sequence[User]:
    """Whoever answers in the name of an organisation: those to whom mails about its records go."""
    statement = (
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            Membership.organisation_id == organisation_id,
            col(Membership.role).in_([Role.EDITOR, Role.ADMIN]),
            col(User.deleted_at).is_(None),
        )
    )
    return session.exec(statement.order_by(col(User.id))).all()
