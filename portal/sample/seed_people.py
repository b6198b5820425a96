"""The people and organisations of the sample library, made through the domain's own actions."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from portal.accounts.actions import create_account, set_portal_roles
from portal.accounts.inputs import (
    GroupInput,
    JoinRequestInput,
    OrganisationInput,
    PortalRolesInput,
    RoleInput,
    SignUpInput,
)
from portal.accounts.membership_actions import accept_join, request_to_join
from portal.accounts.models import Group, Membership, Organisation, OrganisationType, Role, Scope, User
from portal.accounts.organisation_actions import create_group, register_organisation, verify_organisation
from portal.accounts.queries import find_join_request, find_user_by_email, viewer_of_user
from portal.accounts.viewer import Viewer
from portal.sample.organisations import ORGANISATIONS, PEOPLE, SampleOrganisation, SamplePerson

# One for all: it is printed by `sala demo`, and everything it opens is invented.
SAMPLE_PASSWORD = "sample-library"  # noqa: S105
GROUP = "Northern border coordination group"
GROUP_MEMBERS = ("anti-trafficking-department", "bokeo-labour-office", "mekong-bridge")
JOIN_MESSAGE = (
    "We carry out the survey in four provinces together; I would like to share its drafts with you."
)
_FOUNDER = Viewer(name="Sample library", is_administrator=True, is_coordinator=True)


def seed_people(session: Session) -> dict[str, Organisation]:
    """Everybody and every organisation, as far as they are not there yet; the organisations by their keys."""
    people = {person.key: _person(session, person) for person in PEOPLE}
    organisations: dict[str, Organisation] = {}
    for sample in ORGANISATIONS:
        organisations[sample.key] = _organisation(session, sample, people, organisations)
    for person in PEOPLE:
        for membership in person.memberships:
            _let_join(session, people[person.key], organisations[membership.organisation], membership.role)
    for person in PEOPLE:
        for key in person.asks_to_join:
            _ask_to_join(session, people[person.key], organisations[key])
    _group(session, organisations)
    return organisations


def admin_of(session: Session, organisation: Organisation) -> User:
    """The person who runs an organisation of the sample library."""
    return session.exec(
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(Membership.organisation_id == organisation.id, Membership.role == Role.ADMIN)
        .order_by(User.email)
    ).first() or _missing_admin(organisation)


def coordinator_of(session: Session) -> Viewer:
    """The coordinator of the sample portal."""
    person = next(person for person in PEOPLE if person.portal_role == "coordinator")
    user = find_user_by_email(session, person.email)
    if user is None:
        raise LookupError("The sample has no coordinator yet.")
    return viewer_of_user(session, user)


def _missing_admin(organisation: Organisation) -> User:
    raise LookupError(f"Nobody runs {organisation.name}.")


def _person(session: Session, person: SamplePerson) -> User:
    user = find_user_by_email(session, person.email)
    if user is None:
        entered = SignUpInput(
            name=person.name, email=person.email, language=person.language, password=SAMPLE_PASSWORD
        )
        user = create_account(session, entered)
        if person.portal_role:
            roles = PortalRolesInput.model_validate({f"is_{person.portal_role}": True})
            set_portal_roles(session, _FOUNDER, user.id, roles)
    return user


def _organisation(
    session: Session,
    sample: SampleOrganisation,
    people: Mapping[str, User],
    known: Mapping[str, Organisation],
) -> Organisation:
    found = session.exec(select(Organisation).where(Organisation.name == sample.name)).first()
    if found is not None:
        return found
    founder = next(
        person
        for person in PEOPLE
        for membership in person.memberships
        if (membership.organisation, membership.role) == (sample.key, "admin")
    )
    entered = OrganisationInput(
        name=sample.name,
        acronym=sample.acronym,
        native_name=sample.native_name,
        other_names="\n".join(sample.other_names),
        organisation_type=OrganisationType(sample.type_code),
        scope=Scope(sample.scope),
        parent=known[sample.parent].reference if sample.parent else "",
        contact_email=sample.contact,
        about=sample.about,
    )
    organisation = register_organisation(session, viewer_of_user(session, people[founder.key]), entered)
    if sample.is_verified:
        coordinator = next(person for person in PEOPLE if person.portal_role == "coordinator")
        verify_organisation(session, viewer_of_user(session, people[coordinator.key]), organisation)
    session.flush()
    return organisation


def _let_join(session: Session, user: User, organisation: Organisation, role: str) -> None:
    if session.get(Membership, (user.id, organisation.id)) is not None:
        return
    asked = request_to_join(session, viewer_of_user(session, user), organisation, JoinRequestInput())
    session.flush()
    admin = viewer_of_user(session, admin_of(session, organisation))
    accept_join(session, admin, organisation, asked.id, RoleInput(role=Role(role)))
    session.flush()


def _ask_to_join(session: Session, user: User, organisation: Organisation) -> None:
    is_member = session.get(Membership, (user.id, organisation.id)) is not None
    if not is_member and find_join_request(session, user.id, organisation.id) is None:
        viewer = viewer_of_user(session, user)
        request_to_join(session, viewer, organisation, JoinRequestInput(message=JOIN_MESSAGE))
        session.flush()


def _group(session: Session, organisations: Mapping[str, Organisation]) -> None:
    if session.exec(select(Group).where(Group.name == GROUP)).first() is None:
        members = [organisations[key].id for key in GROUP_MEMBERS]
        create_group(session, _FOUNDER, GroupInput(name=GROUP, organisations=members))
