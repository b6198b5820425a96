"""Who is asking: a frozen value that every query and policy takes. `Viewer()` is the public."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from uuid import UUID

from portal.accounts.models import Role

_NO_ROLES: Mapping[UUID, Role] = MappingProxyType({})


@dataclass(frozen=True)
class Viewer:
    """A person with the organisations, groups and portal roles they hold at this moment."""

    user_id: UUID | None = None
    name: str = ""
    email: str = ""
    language: str = "en"
    roles: Mapping[UUID, Role] = field(default_factory=lambda: _NO_ROLES)
    verified_organisations: frozenset[UUID] = frozenset()
    groups: frozenset[UUID] = frozenset()
    is_coordinator: bool = False
    is_donor: bool = False
    is_administrator: bool = False

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_member(self) -> bool:
        """Whether this is one of the "members" with whom something may be shared.

        Somebody of a verified organisation, or somebody to whom the portal gave a role.
        """
        has_portal_role = self.is_coordinator or self.is_donor or self.is_administrator
        return has_portal_role or bool(self.verified_organisations)

    @property
    def actor(self) -> tuple[UUID | None, str]:
        return self.user_id, self.name

    @cached_property
    def access(self) -> frozenset[str]:
        """The tokens this viewer holds; a thing may be seen by whoever holds one of its own tokens."""
        tokens = {"public"}
        if self.is_member:
            tokens.add("members")
        if self.is_coordinator:
            tokens.add("coordinators")
        if self.user_id is not None:
            tokens.add(f"user:{self.user_id.hex}")
        tokens.update(f"org:{organisation_id.hex}" for organisation_id in self.roles)
        tokens.update(f"editors:{key.hex}" for key in self.organisations_with(Role.EDITOR))
        tokens.update(f"group:{group_id.hex}" for group_id in self.groups)
        return frozenset(tokens)

    def has_role(self, organisation_id: UUID | None, least: Role) -> bool:
        """Whether the viewer holds this role, or a higher one, in the organisation."""
        role = self.roles.get(organisation_id) if organisation_id else None
        return role is not None and role.rank >= least.rank

    def organisations_with(self, least: Role) -> list[UUID]:
        return [key for key, role in self.roles.items() if role.rank >= least.rank]
