"""Tables of people and organisations, and the enums they use."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.core.clock import UtcDateTime, now
from portal.core.errors import N_
from portal.core.ids import new_id


class OrganisationType(StrEnum):
    """IATI codelist OrganisationType, complete (IATI 2.03); the value is the code."""

    GOVERNMENT = "10"
    LOCAL_GOVERNMENT = "11"
    OTHER_PUBLIC_SECTOR = "15"
    INTERNATIONAL_NGO = "21"
    NATIONAL_NGO = "22"
    REGIONAL_NGO = "23"
    PARTNER_COUNTRY_NGO = "24"
    PUBLIC_PRIVATE_PARTNERSHIP = "30"
    MULTILATERAL = "40"
    FOUNDATION = "60"
    PRIVATE_SECTOR = "70"
    PRIVATE_SECTOR_IN_PROVIDER_COUNTRY = "71"
    PRIVATE_SECTOR_IN_RECIPIENT_COUNTRY = "72"
    PRIVATE_SECTOR_IN_THIRD_COUNTRY = "73"
    ACADEMIC = "80"
    OTHER = "90"


ORGANISATION_TYPE_LABELS = {
    OrganisationType.GOVERNMENT: N_("Government"),
    OrganisationType.LOCAL_GOVERNMENT: N_("Local government"),
    OrganisationType.OTHER_PUBLIC_SECTOR: N_("Other public sector, mass organisation"),
    OrganisationType.INTERNATIONAL_NGO: N_("International NGO"),
    OrganisationType.NATIONAL_NGO: N_("National NGO"),
    OrganisationType.REGIONAL_NGO: N_("Regional NGO"),
    OrganisationType.PARTNER_COUNTRY_NGO: N_("Non-profit association of the country"),
    OrganisationType.PUBLIC_PRIVATE_PARTNERSHIP: N_("Public-private partnership"),
    OrganisationType.MULTILATERAL: N_("Multilateral, United Nations"),
    OrganisationType.FOUNDATION: N_("Foundation"),
    OrganisationType.PRIVATE_SECTOR: N_("Private sector"),
    OrganisationType.PRIVATE_SECTOR_IN_PROVIDER_COUNTRY: N_("Private sector in a provider country"),
    OrganisationType.PRIVATE_SECTOR_IN_RECIPIENT_COUNTRY: N_("Private sector in the aid-recipient country"),
    OrganisationType.PRIVATE_SECTOR_IN_THIRD_COUNTRY: N_("Private sector in a third country"),
    OrganisationType.ACADEMIC: N_("Academic, training and research"),
    OrganisationType.OTHER: N_("Other"),
}


class Scope(StrEnum):
    LOCAL = "local"
    NATIONAL = "national"
    REGIONAL = "regional"
    INTERNATIONAL = "international"
    UNKNOWN = "unknown"


SCOPE_LABELS = {
    Scope.LOCAL: N_("Local"),
    Scope.NATIONAL: N_("National"),
    Scope.REGIONAL: N_("Regional"),
    Scope.INTERNATIONAL: N_("International"),
    Scope.UNKNOWN: N_("Not known"),
}


class Role(StrEnum):
    """What a person may do in one organisation; each role includes those before it."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


ROLE_LABELS = {
    Role.VIEWER: N_("Viewer: sees what the organisation keeps to itself"),
    Role.CONTRIBUTOR: N_("Contributor: prepares drafts"),
    Role.EDITOR: N_("Editor: publishes, changes and withdraws"),
    Role.ADMIN: N_("Admin: also manages people and the organisation"),
}
ROLE_NAMES = {
    Role.VIEWER: N_("Viewer"),
    Role.CONTRIBUTOR: N_("Contributor"),
    Role.EDITOR: N_("Editor"),
    Role.ADMIN: N_("Admin"),
}


class PortalRole(StrEnum):
    COORDINATOR = "coordinator"
    DONOR = "donor"
    ADMINISTRATOR = "administrator"


PORTAL_ROLE_NAMES = {
    PortalRole.COORDINATOR: N_("Coordinator"),
    PortalRole.DONOR: N_("Donor"),
    PortalRole.ADMINISTRATOR: N_("Administrator"),
}


class User(SQLModel, table=True):
    """A person. A deleted account keeps its row, emptied of everything that names the person."""

    __tablename__ = "user_account"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=200)
    password_hash: str = Field(default="", max_length=255)
    language: str = Field(default="en", max_length=8)
    email_confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_coordinator: bool = False
    is_donor: bool = False
    is_administrator: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UserSession(SQLModel, table=True):
    """A sign-in on one device. Only the hash of its token is stored; deleting the row ends it."""

    __tablename__ = "user_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    device: str = Field(default="", max_length=200)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class MailPurpose(StrEnum):
    CONFIRM = "confirm"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password
    CHANGE_ADDRESS = "change_address"


class MailToken(SQLModel, table=True):
    """A link sent by mail: single use, short-lived, stored as a hash."""

    __tablename__ = "mail_token"

    token_hash: str = Field(primary_key=True, max_length=64)
    purpose: MailPurpose = Field(max_length=20)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    email: str = Field(default="", max_length=254)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInFailure(SQLModel, table=True):
    """One failed sign-in, or one mail that a stranger asked for; kept as long as `throttle.py` counts it."""

    __tablename__ = "sign_in_failure"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    # Hashes of what was done and the network it came from, or of these together with the address tried.
    key: str = Field(max_length=64, index=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)


class Organisation(SQLModel, table=True):
    __tablename__ = "organisation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int = Field(unique=True)
    name: str = Field(max_length=200)
    acronym: str = Field(default="", max_length=30)
    native_name: str = Field(default="", max_length=200)
    organisation_type: OrganisationType = Field(max_length=2)
    scope: Scope = Field(default=Scope.UNKNOWN, max_length=20)
    parent_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    contact_email: str = Field(default="", max_length=254)
    website: str = Field(default="", max_length=300)
    about: str = Field(default="", max_length=4000)
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verified_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    created_by_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    revision: int = 1

    @property
    def reference(self) -> str:
        return f"ORG-{self.number:06d}"

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def short_name(self) -> str:
        return self.acronym or self.name


class OrganisationName(SQLModel, table=True):
    """Another name under which an organisation is found; `key` is `fold(text)`."""

    __tablename__ = "organisation_name"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    text: str = Field(max_length=200)
    key: str = Field(max_length=200, index=True)
    is_former: bool = False


class Membership(SQLModel, table=True):
    __tablename__ = "membership"

    user_id: UUID = Field(foreign_key="user_account.id", primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True, index=True)
    role: Role = Field(default=Role.VIEWER, max_length=20)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Invitation(SQLModel, table=True):
    """A colleague asked to join by mail; accepted once, within seven days."""

    __tablename__ = "invitation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    email: str = Field(max_length=254)
    role: Role = Field(max_length=20)
    invited_by_id: UUID = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class JoinRequest(SQLModel, table=True):
    """A person asks to belong to an organisation; its admins answer."""

    __tablename__ = "join_request"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id")
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    message: str = Field(default="", max_length=1000)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Group(SQLModel, table=True):
    """A named coordination group of organisations, with which something may be shared."""

    __tablename__ = "organisation_group"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=200, unique=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class GroupMember(SQLModel, table=True):
    __tablename__ = "organisation_group_member"

    group_id: UUID = Field(foreign_key="organisation_group.id", primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True, index=True)
