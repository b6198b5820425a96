"""Who may do what: the rules themselves, without a database."""

from uuid import uuid4

import pytest

from portal.accounts.models import Role
from portal.accounts.viewer import Viewer
from portal.library import policy
from portal.library.models import Resource, ResourceState
from portal.library.vocabularies import Visibility

OWNER, OTHER, GROUP, NAMED = uuid4(), uuid4(), uuid4(), uuid4()


def somebody(role=None, organisation=OWNER, verified=True, user=None, **values):
    return Viewer(
        user_id=user or uuid4(),
        roles={organisation: role} if role else {},
        verified_organisations=frozenset({organisation} if role and verified else ()),
        **values,
    )


def a_resource(visibility=Visibility.PUBLIC, files=None, state=ResourceState.PUBLISHED, **values):
    return Resource(
        number=1,
        organisation_id=OWNER,
        visibility=visibility,
        files_visibility=files or visibility,
        group_id=GROUP,
        state=state,
        **values,
    )


PEOPLE = {
    "public": Viewer(),
    "own viewer": somebody(Role.VIEWER),
    "own editor": somebody(Role.EDITOR),
    "other editor": somebody(Role.EDITOR, OTHER),
    "unverified": somebody(Role.ADMIN, OTHER, verified=False),
    "group member": somebody(Role.VIEWER, OTHER, groups=frozenset({GROUP})),
    "named": somebody(user=NAMED),
    "donor": somebody(is_donor=True),
    "coordinator": somebody(is_coordinator=True),
}


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [
        (Visibility.PUBLIC, set(PEOPLE)),
        (
            Visibility.MEMBERS,
            {"own viewer", "own editor", "other editor", "group member", "donor", "coordinator"},
        ),
        (Visibility.GROUP, {"own viewer", "own editor", "group member"}),
        (Visibility.ORGANISATION, {"own viewer", "own editor"}),
        (Visibility.NAMED, {"own editor", "named"}),
    ],
)
def test_each_visibility_opens_a_record_to_exactly_these_people(visibility, expected):
    resource = a_resource(visibility)
    assert {
        name for name, viewer in PEOPLE.items() if policy.may_see_record(viewer, resource, [NAMED])
    } == expected


def test_files_are_never_open_to_somebody_who_may_not_see_the_record():
    for record in Visibility:
        for files in Visibility:
            resource = a_resource(record, files)
            for viewer in PEOPLE.values():
                if policy.may_see_files(viewer, resource, [NAMED]):
                    assert policy.may_see_record(viewer, resource, [NAMED])


def test_the_tokens_of_files_are_enough_to_see_the_record():
    # Otherwise a search would count a page of a resource that it may not show.
    for record in Visibility:
        for files in Visibility:
            resource = a_resource(record, files)
            if files.width < record.width:
                continue
            opens_pages = policy.access_tokens(resource, files, [NAMED])
            for viewer in PEOPLE.values():
                if viewer.access & opens_pages:
                    assert viewer.access & policy.record_tokens(resource, [NAMED])


@pytest.mark.parametrize("visibility", list(Visibility))
def test_editors_of_the_owner_always_see_everything(visibility):
    resource = a_resource(visibility)
    assert policy.may_see_record(PEOPLE["own editor"], resource)
    assert policy.may_see_files(PEOPLE["own editor"], resource)


def test_a_group_visibility_without_a_group_opens_to_the_owner_only():
    resource = a_resource(Visibility.GROUP)
    resource.group_id = None
    assert policy.access_tokens(resource, Visibility.GROUP, []) == {f"org:{OWNER.hex}"}


@pytest.mark.parametrize("state", [ResourceState.DRAFT, ResourceState.DISCARDED])
@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "own editor"])
def test_drafts_are_nobody_elses_business(state, name):
    resource = a_resource(state=state)
    assert not policy.may_see_record(PEOPLE[name], resource, [NAMED])
    assert not policy.may_see_files(PEOPLE[name], resource, [NAMED])


def test_a_contributor_edits_the_drafts_in_their_hands_only():
    contributor = somebody(Role.CONTRIBUTOR)
    assert not policy.may_edit(contributor, a_resource(state=ResourceState.DRAFT))
    for field in ("created_by_id", "assigned_to_id"):
        mine = a_resource(state=ResourceState.DRAFT, **{field: contributor.user_id})
        assert policy.may_edit(contributor, mine)
        assert not policy.may_publish(contributor, mine)
        published = a_resource(**{field: contributor.user_id})
        assert not policy.may_edit(contributor, published)


def test_who_left_the_organisation_edits_nothing_any_more():
    gone = somebody()
    draft = a_resource(state=ResourceState.DRAFT, created_by_id=gone.user_id)
    assert not policy.may_edit(gone, draft)


def test_only_editors_of_a_verified_organisation_publish():
    draft = a_resource(state=ResourceState.DRAFT)
    assert policy.may_publish(somebody(Role.EDITOR), draft)
    assert not policy.may_publish(somebody(Role.EDITOR, verified=False), draft)
    assert not policy.may_publish(somebody(Role.CONTRIBUTOR), draft)
    assert not policy.may_publish(PEOPLE["other editor"], draft)


def test_a_withdrawn_resource_shows_its_tombstone_and_no_files():
    withdrawn = a_resource(state=ResourceState.WITHDRAWN)
    editor = PEOPLE["own editor"]
    assert policy.may_see_record(Viewer(), withdrawn)
    assert not policy.may_see_files(editor, withdrawn)
    assert not policy.may_edit(editor, withdrawn)
    assert not policy.may_withdraw(editor, withdrawn)
    assert not policy.may_start_version(editor, withdrawn)
    assert policy.may_see_audit(editor, withdrawn)
    assert not policy.may_see_audit(PEOPLE["own viewer"], withdrawn)


def test_editors_renew_and_withdraw_what_is_published():
    published, draft = a_resource(), a_resource(state=ResourceState.DRAFT)
    for ask in (policy.may_start_version, policy.may_withdraw):
        assert ask(PEOPLE["own editor"], published)
        assert not ask(PEOPLE["own editor"], draft)
        assert not ask(PEOPLE["other editor"], published)
        assert not ask(PEOPLE["coordinator"], published)


def test_contributors_share_for_their_own_organisation():
    assert policy.may_share_for(somebody(Role.CONTRIBUTOR, verified=False), OWNER)
    assert not policy.may_share_for(somebody(Role.VIEWER), OWNER)
    assert not policy.may_share_for(PEOPLE["other editor"], OWNER)
