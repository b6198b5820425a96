"""Reading people and organisations."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, true
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.accounts.models import (
    GroupMember,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationName,
    OrganisationType,
    Role,
    User,
    UserSession,
)
from portal.accounts.policy import may_see_organisation
from portal.accounts.tokens import token_hash
from portal.accounts.viewer import Viewer
from portal.core.clock import now
from portal.core.errors import N_, NotFound
from portal.core.paging import Page
from portal.core.text import clean_line, fold

PAGE_SIZE = 30
LARGEST_NUMBER = 2**31 - 1
_REFERENCE = re.compile(r"(?:ORG-?)?0*(\d{1,10})", re.IGNORECASE)


@dataclass(frozen=True)
class Member:
    """A person of an organisation."""

    user_id: UUID
    name: str
    email: str
    role: Role
    since: datetime


@dataclass(frozen=True)
class Belonging:
    """An organisation of a person."""

    organisation: Organisation
    role: Role


@dataclass(frozen=True)
class Applicant:
    """A person who asks to join."""

    request_id: UUID
    user_id: UUID
    name: str
    email: str
    message: str
    asked_at: datetime


@dataclass(frozen=True)
class OpenInvitation:
    invitation: Invitation
    organisation: Organisation
    invited_by: str


@dataclass(frozen=True)
class OrganisationFilter:
    """What is asked of the list of organisations."""

    text: str = ""
    organisation_type: OrganisationType | None = None
    page: int = 1


# People


def viewer_of_token(session: Session, token: str) -> Viewer:
    """Who holds this session token; the public when it is unknown or has ended. At most two statements."""
    user = session.exec(
        select(User)
        .join(UserSession, col(UserSession.user_id) == User.id)
        .where(UserSession.token_hash == token_hash(token), UserSession.expires_at > now())
        .where(col(User.deleted_at).is_(None))
    ).first()
    return viewer_of_user(session, user) if user else Viewer()


def viewer_of_user(session: Session, user: User) -> Viewer:
    """The person with their organisations and the groups of those that are verified; one statement."""
    rows = session.exec(
        select(Membership.organisation_id, Membership.role, Organisation.verified_at, GroupMember.group_id)
        .join(Organisation, col(Organisation.id) == Membership.organisation_id)
        .outerjoin(GroupMember, col(GroupMember.organisation_id) == Membership.organisation_id)
        .where(Membership.user_id == user.id)
    ).all()
    return Viewer(
        user_id=user.id,
        name=user.name,
        email=user.email,
        language=user.language,
        roles={organisation_id: Role(role) for organisation_id, role, _, _ in rows},
        verified_organisations=frozenset(key for key, _, verified_at, _ in rows if verified_at),
        groups=frozenset(group_id for _, _, verified_at, group_id in rows if verified_at and group_id),
        is_coordinator=user.is_coordinator,
        is_donor=user.is_donor,
        is_administrator=user.is_administrator,
    )


def find_user_by_email(session: Session, email: str) -> User | None:
    return session.exec(select(User).where(User.email == email.strip().lower())).first()


def get_user(session: Session, user_id: UUID) -> User:
    """A person whose account is not deleted."""
    user = session.get(User, user_id)
    if user is None or user.deleted_at is not None:
        raise NotFound(N_("There is no such person here."))
    return user


def browse_people(session: Session, text: str = "", page: int = 1) -> Page[User]:
    """Everybody with an account, by name, for administrators; the text is part of a name or an address."""
    statement = select(User).where(col(User.deleted_at).is_(None))
    if words := clean_line(text)[:200].lower():
        fields = func.lower(User.name), col(User.email)
        statement = statement.where(or_(*(field.like(_containing(words), escape="\\") for field in fields)))
    return _page(session, statement.order_by(func.lower(User.name), col(User.id)), page)


def belongings_of(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, list[Belonging]]:
    """The organisations of several people, by name; one statement."""
    rows = session.exec(
        select(Membership.user_id, Organisation, Membership.role)
        .join(Organisation, col(Organisation.id) == Membership.organisation_id)
        .where(col(Membership.user_id).in_(set(user_ids)))
        .order_by(func.lower(Organisation.name), col(Organisation.id))
    )
    found: dict[UUID, list[Belonging]] = {}
    for user_id, organisation, role in rows:
        found.setdefault(user_id, []).append(Belonging(organisation, Role(role)))
    return found


def sessions_of(session: Session, user_id: UUID) -> list[UserSession]:
    """The sign-ins that have not ended, newest first."""
    statement = (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > now())
        .order_by(col(UserSession.created_at).desc())
    )
    return list(session.exec(statement))


def people_names(session: Session, user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {user_id for user_id in user_ids if user_id}
    if not wanted:
        return {}
    return dict(session.exec(select(User.id, User.name).where(col(User.id).in_(wanted))).all())


# Organisations


def visible_organisations(viewer: Viewer) -> SelectOfScalar[Organisation]:
    """The verified ones for everybody; all of them for whoever is signed in (`policy.may_see_organisation`)."""
    shown: ColumnElement[bool] = true() if viewer.is_signed_in else col(Organisation.verified_at).is_not(None)
    return select(Organisation).where(shown)


def get_organisation(session: Session, viewer: Viewer, reference: str | int) -> Organisation:
    """By reference (ORG-000012) or number; one the viewer may not see is as absent as one that never was."""
    organisation = find_organisation(session, reference)
    if organisation is None or not may_see_organisation(viewer, organisation):
        raise NotFound(N_("There is no such organisation here."))
    return organisation


def find_organisation(session: Session, reference: str | int) -> Organisation | None:
    number = organisation_number(str(reference))
    if number is None:
        return None
    return session.exec(select(Organisation).where(Organisation.number == number)).first()


def organisation_number(reference: str) -> int | None:
    """The number in a reference (ORG-000012, org-12, 12); None when it cannot be one."""
    matched = _REFERENCE.fullmatch(reference.strip())
    number = int(matched[1]) if matched and matched[1].isascii() else 0
    return number if 0 < number <= LARGEST_NUMBER else None


def find_organisation_by_name(session: Session, name: str) -> Organisation | None:
    """The one that bears exactly this name in any of its spellings; None when there is none, or several."""
    key = fold(name)[:200]
    statement = (
        select(Organisation)
        .join(OrganisationName, col(OrganisationName.organisation_id) == Organisation.id)
        .where(OrganisationName.key == key)
        .limit(2)
    )
    found = session.exec(statement).all() if key else []
    return found[0] if len(found) == 1 else None


def browse_organisations(session: Session, viewer: Viewer, wanted: OrganisationFilter) -> Page[Organisation]:
    """Organisations by name; each word typed stands in one of their names. Two statements."""
    statement = visible_organisations(viewer).where(*_name_conditions(wanted.text))
    if wanted.organisation_type:
        statement = statement.where(Organisation.organisation_type == wanted.organisation_type)
    return _page(
        session, statement.order_by(func.lower(Organisation.name), col(Organisation.id)), wanted.page
    )


def organisation_type_counts(session: Session, viewer: Viewer, text: str = "") -> dict[OrganisationType, int]:
    """How many organisations of each type the text finds."""
    found = visible_organisations(viewer).where(*_name_conditions(text)).subquery()
    rows = session.exec(
        select(found.c.organisation_type, func.count()).group_by(found.c.organisation_type)
    ).all()
    return {OrganisationType(kind): count for kind, count in rows}


def organisation_choices(session: Session) -> list[Organisation]:
    """The verified organisations by name, to choose from in a form."""
    statement = select(Organisation).where(col(Organisation.verified_at).is_not(None))
    return list(session.exec(statement.order_by(func.lower(Organisation.name)).limit(2000)))


def organisations_by_id(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, Organisation]:
    wanted = {organisation_id for organisation_id in ids if organisation_id}
    if not wanted:
        return {}
    rows = session.exec(select(Organisation).where(col(Organisation.id).in_(wanted)))
    return {organisation.id: organisation for organisation in rows}


def organisation_names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return {key: organisation.name for key, organisation in organisations_by_id(session, ids).items()}


def other_names(session: Session, organisation: Organisation) -> tuple[list[str], list[str]]:
    """Its other names and its former ones, without the three that stand in its own row."""
    own = {organisation.name, organisation.acronym, organisation.native_name}
    rows = session.exec(
        select(OrganisationName)
        .where(OrganisationName.organisation_id == organisation.id)
        .order_by(OrganisationName.key)
    ).all()
    others = [row.text for row in rows if row.text not in own and not row.is_former]
    return others, [row.text for row in rows if row.is_former]


def parts_of(session: Session, viewer: Viewer, organisation: Organisation) -> list[Organisation]:
    """The offices and departments that name it as their parent."""
    statement = visible_organisations(viewer).where(Organisation.parent_id == organisation.id)
    return list(session.exec(statement.order_by(func.lower(Organisation.name))))


def organisations_of(session: Session, viewer: Viewer) -> list[Belonging]:
    """The viewer's own organisations, by name."""
    found = organisations_by_id(session, viewer.roles)
    ordered = sorted(found.values(), key=lambda organisation: (fold(organisation.name), organisation.number))
    return [Belonging(organisation, viewer.roles[organisation.id]) for organisation in ordered]


def pending_organisations(session: Session) -> list[Organisation]:
    """Those that wait for a coordinator, the longest waiting first."""
    statement = select(Organisation).where(col(Organisation.verified_at).is_(None))
    return list(session.exec(statement.order_by(col(Organisation.number)).limit(200)))


def count_unverified(session: Session) -> int:
    """How many organisations wait for a coordinator."""
    statement = select(func.count()).select_from(Organisation).where(col(Organisation.verified_at).is_(None))
    return session.exec(statement).one()


# People in organisations


def people_of(session: Session, organisation_id: UUID) -> list[Member]:
    """Everybody of an organisation, by name."""
    rows = session.exec(
        select(User, Membership)
        .join(Membership, col(Membership.user_id) == User.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(func.lower(User.name), col(User.id))
    ).all()
    return [
        Member(user.id, user.name, user.email, Role(membership.role), membership.created_at)
        for user, membership in rows
    ]


def people_counts(session: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    statement = (
        select(Membership.organisation_id, func.count())
        .where(col(Membership.organisation_id).in_(set(ids)))
        .group_by(col(Membership.organisation_id))
    )
    return dict(session.exec(statement).all())


def join_requests_of(session: Session, organisation_id: UUID) -> list[Applicant]:
    """Those who ask to join an organisation, the longest waiting first."""
    rows = session.exec(
        select(JoinRequest, User)
        .join(User, col(User.id) == JoinRequest.user_id)
        .where(JoinRequest.organisation_id == organisation_id)
        .order_by(col(JoinRequest.created_at))
    ).all()
    return [
        Applicant(asked.id, user.id, user.name, user.email, asked.message, asked.created_at)
        for asked, user in rows
    ]


def join_request_counts(session: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    statement = (
        select(JoinRequest.organisation_id, func.count())
        .where(col(JoinRequest.organisation_id).in_(set(ids)))
        .group_by(col(JoinRequest.organisation_id))
    )
    return dict(session.exec(statement).all())


def find_join_request(session: Session, user_id: UUID | None, organisation_id: UUID) -> JoinRequest | None:
    statement = select(JoinRequest).where(
        JoinRequest.user_id == user_id, JoinRequest.organisation_id == organisation_id
    )
    return session.exec(statement).first()


def invitations_of(session: Session, organisation_id: UUID) -> list[Invitation]:
    """The invitations nobody has accepted yet, newest first; some may have run out."""
    statement = (
        select(Invitation)
        .where(Invitation.organisation_id == organisation_id, col(Invitation.accepted_at).is_(None))
        .order_by(col(Invitation.created_at).desc())
    )
    return list(session.exec(statement))


def get_invitation(session: Session, token: str) -> OpenInvitation:
    """The invitation of a mailed link, as long as it can be accepted."""
    row = session.exec(
        select(Invitation, Organisation, User.name)
        .join(Organisation, col(Organisation.id) == Invitation.organisation_id)
        .join(User, col(User.id) == Invitation.invited_by_id)
        .where(Invitation.token_hash == token_hash(token))
        .where(col(Invitation.accepted_at).is_(None), Invitation.expires_at > now())
    ).first()
    if row is None:
        raise NotFound(N_("This invitation is no longer valid. Ask who invited you for a new one."))
    return OpenInvitation(*row)


def _name_conditions(text: str) -> list[ColumnElement[bool]]:
    words = fold(text)[:200].split()[:10]
    return [
        exists().where(
            col(OrganisationName.organisation_id) == Organisation.id,
            col(OrganisationName.key).like(_containing(word), escape="\\"),
        )
        for word in words
    ]


def _containing(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _page(session: Session, statement: SelectOfScalar, page: int) -> Page:  # type: ignore[type-arg]
    number = max(1, min(page, 10_000))
    total = session.exec(select(func.count()).select_from(statement.order_by(None).subquery())).one()
    rows = session.exec(statement.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    return Page(rows=rows, total=total, number=number, size=PAGE_SIZE)
