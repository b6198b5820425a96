"""Organisations: registered, found by any name, changed by two people at once, verified, grouped."""

import pytest

from portal.accounts import group_queries, organisation_actions, queries
from portal.accounts.inputs import GroupInput, OrganisationInput
from portal.accounts.models import OrganisationType, Role, Scope
from portal.accounts.queries import OrganisationFilter
from portal.accounts.viewer import Viewer
from portal.core.audit import events_of
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


def entered(organisation, **values):
    """The form as it is when an admin opens it, with some fields changed."""
    before = organisation.model_dump(include=set(OrganisationInput.model_fields))
    return OrganisationInput(**before | values)


def found_by(session, text, viewer=None, **values):
    page = queries.browse_organisations(
        session, viewer or Viewer(user_id=None), OrganisationFilter(text=text, **values)
    )
    return [organisation.name for organisation in page.rows]


def test_who_registers_an_organisation_is_its_admin_and_coordinators_are_told(
    session, make_organisation, admin, coordinator, mails, again
):
    organisation = make_organisation(
        acronym="LWU",
        native_name="ສະຫະພັນແມ່ຍິງລາວ",
        scope=Scope.NATIONAL,
        contact_email="office@lwu.example",
        website="lwu.example",
        about="<b>About</b>",
    )
    assert (organisation.reference, organisation.short_name) == ("ORG-000001", "LWU")
    assert not organisation.is_verified
    assert again(admin).roles == {organisation.id: Role.ADMIN}
    assert (organisation.website, organisation.about) == ("https://lwu.example", "<b>About</b>")
    (letter,) = mails(coordinator.email)
    assert letter["template"] == "organisation_registered"
    assert letter["values"]["reference"] == "ORG-000001"
    assert [event.action for event in events_of(session, organisation.id)] == ["organisation_registered"]


def test_a_guest_registers_nothing(session, make_organisation):
    with pytest.raises(Unauthenticated):
        make_organisation(viewer=Viewer())


def test_the_same_name_is_not_registered_twice(make_organisation):
    make_organisation("Lao Women's Union", acronym="LWU")
    with pytest.raises(Invalid) as caught:
        make_organisation("LAO  WOMEN’S UNION")
    assert (caught.value.field, caught.value.values) == ("name", {"reference": "ORG-000001"})
    make_organisation("Lush Wetlands United", acronym="LWU")


@pytest.mark.parametrize("typed", ["ORG-000001", "org-1", "1", "ORG-000001 Ministry", "ministry", "MOLSW"])
def test_a_parent_is_named_by_reference_or_by_name(session, make_organisation, admin, typed):
    ministry = make_organisation("Ministry", acronym="MoLSW")
    office = make_organisation("Office", parent=typed)
    assert office.parent_id == ministry.id
    assert queries.parts_of(session, admin, ministry) == [office]


def test_a_name_that_begins_with_a_number_is_not_taken_for_a_reference(make_organisation):
    make_organisation("Ministry")
    with pytest.raises(Invalid):
        make_organisation("Office", parent="1 Ministry")
    decades = make_organisation("10 Years Together")
    assert make_organisation("Office", parent="10 years together").parent_id == decades.id


@pytest.mark.parametrize("typed", ["ORG-000099", "nobody", "0", "99999999999999", "٣"])
def test_a_parent_that_does_not_exist_is_refused(make_organisation, typed):
    with pytest.raises(Invalid) as caught:
        make_organisation(parent=typed)
    assert caught.value.field == "parent"


def test_an_organisation_never_stands_above_itself(session, make_organisation, admin, again):
    top = make_organisation("Top")
    middle = make_organisation("Middle", parent="Top")
    make_organisation("Bottom", parent="Middle")
    for typed in ("Top", "Middle", "Bottom"):
        with pytest.raises(Invalid) as caught:
            organisation_actions.edit_organisation(session, again(admin), top, entered(top, parent=typed))
        assert caught.value.field == "parent"
    assert top.parent_id is None
    assert middle.parent_id == top.id


def test_an_admin_changes_the_entry(session, organisation, admin, again):
    changed = entered(organisation, name="Women's Union", acronym="WU", former_names="Lao Women's Union")
    organisation_actions.edit_organisation(session, again(admin), organisation, changed)
    assert (organisation.name, organisation.revision) == ("Women's Union", 2)
    assert queries.other_names(session, organisation) == ([], ["Lao Women's Union"])
    event = events_of(session, organisation.id)[0]
    assert (event.action, event.details["fields"]) == ("organisation_changed", ["acronym", "name"])


RENAMED = {"name": "Somebody Else", "acronym": "SE", "native_name": "ຄົນອື່ນ"}


@pytest.mark.parametrize("field", RENAMED)
def test_coordinators_are_told_when_a_verified_organisation_changes_a_name(
    session, organisation, admin, coordinator, again, mails, field
):
    organisation_actions.verify_organisation(session, coordinator, organisation)
    changed = entered(organisation, **{field: RENAMED[field]})
    organisation_actions.edit_organisation(session, again(admin), organisation, changed)
    letter = mails(coordinator.email)[-1]
    assert letter["template"] == "organisation_renamed"
    assert letter["values"]["before"] == "Lao Women's Union"
    assert RENAMED[field] in letter["values"]["now"]
    assert organisation.is_verified


def test_coordinators_are_not_told_of_other_changes(
    session, make_organisation, admin, coordinator, again, mails
):
    verified, waiting = make_organisation("One"), make_organisation("Two")
    organisation_actions.verify_organisation(session, coordinator, verified)
    told = mails(coordinator.email)
    for organisation, changed in [(verified, {"about": "New"}), (waiting, {"name": "Three"})]:
        form = entered(organisation, **changed)
        organisation_actions.edit_organisation(session, again(admin), organisation, form)
    assert mails(coordinator.email) == told


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(session, organisation, admin, again):
    first, second = (entered(organisation, about=text) for text in ("first", "second"))
    organisation_actions.edit_organisation(session, again(admin), organisation, first)
    with pytest.raises(Conflict):
        organisation_actions.edit_organisation(session, again(admin), organisation, second)
    assert organisation.about == "first"
    again_with_the_new_revision = entered(organisation, about="second")
    organisation_actions.edit_organisation(session, again(admin), organisation, again_with_the_new_revision)
    assert organisation.about == "second"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR])
def test_nobody_below_admin_changes_the_entry(session, organisation, make_viewer, role):
    viewer = make_viewer(belongs_to=organisation, role=role)
    with pytest.raises(Forbidden):
        organisation_actions.edit_organisation(session, viewer, organisation, entered(organisation))


def test_an_entry_cannot_take_the_name_of_another(session, make_organisation, admin, again):
    make_organisation("One")
    two = make_organisation("Two")
    with pytest.raises(Invalid):
        organisation_actions.edit_organisation(session, again(admin), two, entered(two, name="ONE"))
    organisation_actions.edit_organisation(session, again(admin), two, entered(two, name="two"))
    assert two.name == "two"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "women",
        "UNION lao",
        "lwu",
        "ສະຫະພັນ",
        "mae ying",
        "l.w.u",
        "Old federation",
        "%",
        "<script>",
    ],
)
def test_an_organisation_is_found_by_any_of_its_names(session, make_organisation, admin, text):
    make_organisation(
        acronym="LWU",
        native_name="ສະຫະພັນແມ່ຍິງລາວ",
        other_names="Mae Ying\nL.W.U.",
        former_names="Old Federation",
    )
    found = found_by(session, text, admin)
    assert found == ([] if text == "<script>" else ["Lao Women's Union"])


@pytest.mark.parametrize("text", ["man_s", "nobody%", "women nobody", "x" * 5000])
def test_what_is_in_no_name_finds_nothing(session, make_organisation, admin, text):
    make_organisation("Lao Women Union")
    assert found_by(session, text, admin) == []


def test_the_public_sees_verified_organisations_only(session, make_organisation, admin, coordinator):
    seen, waiting = make_organisation("Seen"), make_organisation("Waiting")
    organisation_actions.verify_organisation(session, coordinator, seen)
    assert found_by(session, "") == ["Seen"]
    assert found_by(session, "", admin) == ["Seen", "Waiting"]
    assert queries.get_organisation(session, Viewer(), seen.reference) == seen
    assert queries.get_organisation(session, admin, waiting.number) == waiting
    with pytest.raises(NotFound):
        queries.get_organisation(session, Viewer(), waiting.reference)


@pytest.mark.parametrize("reference", ["ORG-000099", "", "ORG-", "x", "1e3", "0", "9" * 30, "<b>", "-1"])
def test_an_unknown_reference_is_not_found(session, organisation, admin, reference):
    with pytest.raises(NotFound):
        queries.get_organisation(session, admin, reference)


def test_the_list_is_cut_by_type_and_counts_each(session, make_organisation, admin):
    make_organisation("One")
    make_organisation("Two", organisation_type=OrganisationType.ACADEMIC)
    make_organisation("Three", organisation_type=OrganisationType.ACADEMIC)
    assert found_by(session, "", admin, organisation_type=OrganisationType.ACADEMIC) == ["Three", "Two"]
    assert queries.organisation_type_counts(session, admin) == {
        OrganisationType.OTHER_PUBLIC_SECTOR: 1,
        OrganisationType.ACADEMIC: 2,
    }
    assert queries.organisation_type_counts(session, admin, "two") == {OrganisationType.ACADEMIC: 1}


def test_a_page_beyond_the_last_is_empty_and_says_how_many_there_are(session, organisation, admin):
    for number, rows in [(1, 1), (0, 1), (-3, 1), (2, 0), (10**12, 0)]:
        page = queries.browse_organisations(session, admin, OrganisationFilter(page=number))
        assert (len(page.rows), page.total) == (rows, 1)


def test_the_list_costs_two_statements(session, organisation, admin, count_statements):
    wanted = OrganisationFilter(text="lao union")
    assert count_statements(queries.browse_organisations, session, admin, wanted) == 2


def test_names_and_rows_are_found_by_id(session, organisation):
    assert queries.organisation_names(session, [organisation.id, None]) == {
        organisation.id: "Lao Women's Union"
    }
    assert queries.organisation_names(session, []) == {}


def test_a_coordinator_verifies_once_and_may_take_it_back(
    session, organisation, admin, coordinator, mails, again
):
    assert queries.pending_organisations(session) == [organisation]
    organisation_actions.verify_organisation(session, coordinator, organisation)
    organisation_actions.verify_organisation(session, coordinator, organisation)
    assert queries.pending_organisations(session) == []
    assert again(admin).is_member
    organisation_actions.unverify_organisation(session, coordinator, organisation)
    organisation_actions.unverify_organisation(session, coordinator, organisation)
    assert not again(admin).is_member
    assert [letter["template"] for letter in mails(admin.email)] == [
        "organisation_verified",
        "organisation_unverified",
    ]
    assert [event.action for event in events_of(session, organisation.id)] == [
        "organisation_unverified",
        "organisation_verified",
        "organisation_registered",
    ]


def test_nobody_verifies_their_own_organisation(session, organisation, admin, make_viewer, again):
    administrator = make_viewer(is_administrator=True)
    for viewer in (Viewer(), again(admin), administrator):
        for act in (organisation_actions.verify_organisation, organisation_actions.unverify_organisation):
            with pytest.raises(Forbidden):
                act(session, viewer, organisation)
    assert not organisation.is_verified


def test_a_coordinator_names_a_group_and_says_who_is_in_it(session, make_organisation, coordinator):
    one, two = make_organisation("One"), make_organisation("Two")
    group = organisation_actions.create_group(
        session, coordinator, GroupInput(name="Referral", organisations=[one.id])
    )
    organisation_actions.set_group_members(
        session, coordinator, group, GroupInput(name="Referral group", organisations=[two.id, two.id])
    )
    (held,) = group_queries.browse_groups(session)
    assert (held.group.name, held.organisations) == ("Referral group", [two])
    assert group_queries.get_group(session, group.id) == group
    assert group_queries.group_names(session, [group.id, None]) == {group.id: "Referral group"}
    assert [event.action for event in events_of(session, group.id)] == ["group_changed", "group_created"]


def test_a_group_has_a_name_of_its_own_and_known_members(session, organisation, coordinator):
    group = organisation_actions.create_group(session, coordinator, GroupInput(name="Referral"))
    other = organisation_actions.create_group(session, coordinator, GroupInput(name="Shelter"))
    for refused in (
        lambda: organisation_actions.create_group(session, coordinator, GroupInput(name="Referral")),
        lambda: organisation_actions.set_group_members(
            session, coordinator, other, GroupInput(name="Referral")
        ),
    ):
        with pytest.raises(Invalid) as caught:
            refused()
        assert caught.value.field == "name"
    with pytest.raises(Invalid) as caught:
        organisation_actions.set_group_members(
            session, coordinator, group, GroupInput(name="Referral", organisations=[group.id])
        )
    assert caught.value.field == "organisations"


def test_only_coordinators_manage_groups(session, organisation, admin, coordinator, make_viewer, again):
    group = organisation_actions.create_group(session, coordinator, GroupInput(name="Referral"))
    for viewer in (Viewer(), again(admin), make_viewer(is_administrator=True)):
        with pytest.raises(Forbidden):
            organisation_actions.create_group(session, viewer, GroupInput(name="Other"))
        with pytest.raises(Forbidden):
            organisation_actions.set_group_members(session, viewer, group, GroupInput(name="Other"))


def test_an_unknown_group_is_not_found(session, organisation):
    with pytest.raises(NotFound):
        group_queries.get_group(session, organisation.id)


def test_one_sees_the_groups_of_ones_verified_organisations(session, organisation, admin, coordinator, again):
    group = organisation_actions.create_group(
        session, coordinator, GroupInput(name="Referral", organisations=[organisation.id])
    )
    assert group_queries.groups_of(session, again(admin)) == []
    organisation_actions.verify_organisation(session, coordinator, organisation)
    assert group_queries.groups_of(session, again(admin)) == [group]
