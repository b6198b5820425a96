"""Who may do what with people and organisations: the whole policy on one screen.

Coordinators keep the register of organisations; administrators help where an organisation has no admin left.
"""

from uuid import UUID

from portal.accounts.models import Organisation, Role
from portal.accounts.viewer import Viewer


def may_administer(viewer: Viewer) -> bool:
    """Portal roles, mails, failed jobs: what belongs to no organisation."""
    return viewer.is_administrator


def may_verify_organisations(viewer: Viewer) -> bool:
    return viewer.is_coordinator


def may_manage_groups(viewer: Viewer) -> bool:
    return viewer.is_coordinator


def may_register_organisation(viewer: Viewer) -> bool:
    return viewer.is_signed_in


def may_see_organisation(viewer: Viewer, organisation: Organisation) -> bool:
    """Until it is verified, an organisation is seen by whoever is signed in: they may want to join it."""
    return organisation.is_verified or viewer.is_signed_in


def may_see_people_of(viewer: Viewer, organisation: Organisation) -> bool:
    is_of_the_portal = viewer.is_coordinator or viewer.is_administrator
    return is_of_the_portal or viewer.has_role(organisation.id, Role.VIEWER)


def may_edit_organisation(viewer: Viewer, organisation: Organisation) -> bool:
    return viewer.is_coordinator or may_manage_people(viewer, organisation)


def may_manage_people(viewer: Viewer, organisation: Organisation) -> bool:
    return viewer.is_administrator or viewer.has_role(organisation.id, Role.ADMIN)


def may_invite(viewer: Viewer, organisation: Organisation) -> bool:
    return may_manage_people(viewer, organisation)


def may_answer_join_requests(viewer: Viewer, organisation: Organisation) -> bool:
    return may_manage_people(viewer, organisation)


def may_ask_to_join(viewer: Viewer, organisation: Organisation) -> bool:
    return viewer.is_signed_in and not is_of(viewer, organisation.id)


def is_of(viewer: Viewer, organisation_id: UUID) -> bool:
    return organisation_id in viewer.roles
