"""Who may do what with people and organisations."""

from datetime import UTC, datetime

import pytest

from portal.accounts import policy
from portal.accounts.models import Organisation, OrganisationType, Role
from portal.accounts.viewer import Viewer
from portal.core.ids import new_id

SOMEBODY = new_id()
ORGANISATION = Organisation(number=1, name="One", organisation_type=OrganisationType.OTHER)
VERIFIED = Organisation(
    number=2, name="Two", organisation_type=OrganisationType.OTHER, verified_at=datetime.now(UTC)
)

VIEWERS = {
    "guest": Viewer(),
    "signed_in": Viewer(user_id=SOMEBODY),
    "viewer": Viewer(user_id=SOMEBODY, roles={ORGANISATION.id: Role.VIEWER}),
    "editor": Viewer(user_id=SOMEBODY, roles={ORGANISATION.id: Role.EDITOR}),
    "admin": Viewer(user_id=SOMEBODY, roles={ORGANISATION.id: Role.ADMIN}),
    "admin_elsewhere": Viewer(user_id=SOMEBODY, roles={VERIFIED.id: Role.ADMIN}),
    "coordinator": Viewer(user_id=SOMEBODY, is_coordinator=True),
    "donor": Viewer(user_id=SOMEBODY, is_donor=True),
    "administrator": Viewer(user_id=SOMEBODY, is_administrator=True),
}
EVERYBODY = set(VIEWERS)


@pytest.mark.parametrize(
    ("may", "allowed"),
    [
        (policy.may_administer, {"administrator"}),
        (policy.may_verify_organisations, {"coordinator"}),
        (policy.may_manage_groups, {"coordinator"}),
        (policy.may_register_organisation, EVERYBODY - {"guest"}),
    ],
)
def test_what_belongs_to_the_portal(may, allowed):
    assert {name for name, viewer in VIEWERS.items() if may(viewer)} == allowed


@pytest.mark.parametrize(
    ("may", "allowed"),
    [
        (policy.may_see_organisation, EVERYBODY - {"guest"}),
        (policy.may_see_people_of, {"viewer", "editor", "admin", "coordinator", "administrator"}),
        (policy.may_edit_organisation, {"admin", "coordinator", "administrator"}),
        (policy.may_manage_people, {"admin", "administrator"}),
        (policy.may_invite, {"admin", "administrator"}),
        (policy.may_answer_join_requests, {"admin", "administrator"}),
        (policy.may_ask_to_join, EVERYBODY - {"guest", "viewer", "editor", "admin"}),
    ],
)
def test_what_belongs_to_one_organisation(may, allowed):
    assert {name for name, viewer in VIEWERS.items() if may(viewer, ORGANISATION)} == allowed


def test_a_verified_organisation_is_seen_by_everybody():
    assert all(policy.may_see_organisation(viewer, VERIFIED) for viewer in VIEWERS.values())


def test_belonging_is_having_a_role():
    assert policy.is_of(VIEWERS["viewer"], ORGANISATION.id)
    assert not policy.is_of(VIEWERS["admin_elsewhere"], ORGANISATION.id)
