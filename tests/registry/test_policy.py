"""Who may do what with a project, person by person."""

import pytest

from portal.accounts.models import Role
from portal.accounts.viewer import Viewer
from portal.core.ids import new_id
from portal.registry import policy
from portal.registry.models import Project, ProjectState
from portal.registry.terms import Reach

OWNER, PARTNER = new_id(), new_id()


def person(role=None, organisation_id=OWNER, *, is_verified=True, **values):
    roles = {organisation_id: role} if role else {}
    verified = frozenset(roles) if is_verified else frozenset()
    return Viewer(user_id=new_id(), roles=roles, verified_organisations=verified, **values)


PEOPLE = {
    "public": Viewer(),
    "viewer": person(Role.VIEWER),
    "contributor": person(Role.CONTRIBUTOR),
    "editor": person(Role.EDITOR),
    "unverified editor": person(Role.EDITOR, is_verified=False),
    "partner's editor": person(Role.EDITOR, PARTNER),
    "coordinator": person(is_coordinator=True),
    "administrator": person(is_administrator=True),
}
WRITERS = {"contributor", "editor", "unverified editor"}
EDITORS = {"editor", "unverified editor"}


def project(state, reach=Reach.PUBLIC):
    key = new_id()
    return Project(id=key, number=1, organisation_id=OWNER, family_id=key, state=state, reach=reach)


@pytest.mark.parametrize(
    ("action", "state", "allowed"),
    [
        (policy.may_edit, ProjectState.DRAFT, WRITERS),
        (policy.may_edit, ProjectState.PUBLISHED, EDITORS),
        (policy.may_edit, ProjectState.WITHDRAWN, set()),
        (policy.may_edit, ProjectState.DISCARDED, set()),
        (policy.may_publish, ProjectState.DRAFT, {"editor"}),
        (policy.may_publish, ProjectState.PUBLISHED, {"editor"}),
        (policy.may_withdraw, ProjectState.DRAFT, set()),
        (policy.may_withdraw, ProjectState.PUBLISHED, EDITORS),
        (policy.may_confirm, ProjectState.DRAFT, set()),
        (policy.may_confirm, ProjectState.PUBLISHED, WRITERS),
        (policy.may_see_history, ProjectState.WITHDRAWN, EDITORS),
    ],
)
def test_who_may_do_what_in_which_state(action, state, allowed):
    assert {name for name, viewer in PEOPLE.items() if action(viewer, project(state))} == allowed


@pytest.mark.parametrize("state", [ProjectState.DRAFT, ProjectState.DISCARDED])
def test_what_was_never_published_is_seen_by_those_who_write_it(state):
    seen = {
        name for name, viewer in PEOPLE.items() if policy.may_see_project(viewer, project(state), {PARTNER})
    }
    assert seen == (WRITERS if state == ProjectState.DRAFT else set())


@pytest.mark.parametrize("project_reach", list(Reach))
@pytest.mark.parametrize("line_reach", [None, *Reach])
def test_a_part_is_never_shown_more_widely_than_its_project(project_reach, line_reach):
    together = policy.narrower(project_reach, line_reach)
    assert together.width == max(project_reach.width, line_reach.width if line_reach else 0)


@pytest.mark.parametrize(
    ("project_reach", "line_reach", "opened_by"),
    [
        (Reach.PUBLIC, Reach.COORDINATORS, {"owner", "partner", "doer", "coordinators"}),
        (Reach.MEMBERS, Reach.COORDINATORS, {"owner", "partner", "coordinators"}),
        (Reach.MEMBERS, Reach.GROUP, {"owner", "partner", "group"}),
        (Reach.GROUP, Reach.GROUP, {"owner", "partner", "group"}),
        (Reach.GROUP, Reach.COORDINATORS, {"owner", "partner"}),
        (Reach.COORDINATORS, Reach.COORDINATORS, {"owner", "partner", "coordinators"}),
        (Reach.PUBLIC, Reach.ORGANISATION, {"owner"}),
    ],
)
def test_a_part_opens_to_nobody_who_may_not_open_its_project(project_reach, line_reach, opened_by):
    doer, group = new_id(), new_id()
    whole = project(ProjectState.PUBLISHED, project_reach)
    whole.group_id = group
    tokens = {
        "owner": f"org:{OWNER.hex}",
        "partner": f"org:{PARTNER.hex}",
        "doer": f"org:{doer.hex}",
        "group": f"group:{group.hex}",
        "coordinators": "coordinators",
    }
    assert policy.part_tokens(whole, line_reach, {PARTNER}, doer) == {tokens[name] for name in opened_by}


@pytest.mark.parametrize("reach", list(Reach))
def test_partners_see_what_is_not_the_owners_alone(reach):
    is_seen = policy.may_see_project(
        PEOPLE["partner's editor"], project(ProjectState.PUBLISHED, reach), {PARTNER}
    )
    assert is_seen == (reach != Reach.ORGANISATION)
