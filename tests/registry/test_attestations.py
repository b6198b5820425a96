"""Saying that nothing is done somewhere: by whom, where it is refused, and how it is taken back."""

from datetime import timedelta

import pytest

from portal.accounts.models import Role
from portal.core.clock import today
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.library.vocabularies import PolicyArea
from portal.registry.attestation_actions import (
    say_nobody_works,
    say_nothing_is_done,
    withdraw_attestation,
)
from portal.registry.attestation_queries import (
    attestation_lines,
    expectation_rows,
    get_withdrawable,
)
from portal.registry.coverage_inputs import ExpectationInput, NilReturnInput, NobodyInput
from portal.registry.coverage_models import AttestationKind
from portal.registry.expectation_actions import add_expectation, load_expectations, remove_expectation
from portal.registry.presence_queries import all_nil_returns, read_nil_returns
from portal.registry.rows import Spot
from portal.registry.terms import Reach


@pytest.fixture
def organisation(make):
    return make.organisation("Village Light")


@pytest.fixture
def editor(make, organisation):
    return make.viewer(make.member(organisation))


@pytest.fixture
def coordinator(make):
    return make.viewer(make.user(is_coordinator=True))


def nothing(organisation, *places, **values):
    return NilReturnInput(organisation=organisation.id, places=list(places), **values)


def nobody(place="LA05", **values):
    return NobodyInput(place=place, said_by="Bokeo committee", **values)


def test_an_organisation_speaks_of_itself_alone(session, organisation, editor, place):
    say_nothing_is_done(session, editor, nothing(organisation, "LA05", "LA06", district="Houayxay"), "en")
    assert {said.place_id for said in all_nil_returns(session)[AttestationKind.NIL_RETURN]} == {
        place("LA05").id,
        place("LA06").id,
        place("LA0501").id,
    }
    assert read_nil_returns(session) == []


def test_a_committee_speaks_of_everybody(session, coordinator, place):
    say_nobody_works(session, coordinator, nobody(policy_area=PolicyArea.POLICY), "en")
    (said,) = read_nil_returns(session)
    assert (said.place_id, said.policy_area, said.said_by, said.said_on) == (
        place("LA05").id,
        "policy",
        "Bokeo committee",
        today(),
    )


def test_the_newest_word_stands_for_the_earlier_ones(session, coordinator):
    earlier = (today() - timedelta(days=100)).isoformat()
    say_nobody_works(session, coordinator, nobody(said_on=earlier), "en")
    say_nobody_works(session, coordinator, nobody(), "en")
    assert [said.said_on for said in read_nil_returns(session)] == [today()]


def test_work_that_is_recorded_contradicts_it(make, session, organisation, editor, coordinator):
    make.project(organisation, editor, starts_on="2026-01-01", ends_on="2060-12-31", date_basis="actual")
    for place in ("LA05", "LA0501"):
        with pytest.raises(Invalid) as refused:
            say_nothing_is_done(session, editor, nothing(organisation, place), "en")
        assert refused.value.values["lines"] == "LA-0001-01"
        with pytest.raises(Invalid):
            say_nobody_works(session, coordinator, nobody(place), "en")
    say_nothing_is_done(session, editor, nothing(organisation, "LA0502"), "en")
    say_nobody_works(session, coordinator, nobody(policy_area=PolicyArea.POLICY), "en")


def test_a_refusal_names_no_line_that_the_coordinator_may_not_see(
    make, session, organisation, editor, coordinator
):
    values = {"starts_on": "2026-01-01", "ends_on": "2060-12-31", "date_basis": "actual"}
    make.project(organisation, editor, reach=Reach.ORGANISATION, **values)
    assert say_nobody_works(session, coordinator, nobody(), "en").id


@pytest.mark.parametrize("place", ["Nowhere at all", "Vientiane", "TH"])
def test_a_place_that_is_not_one_of_the_country_is_refused(session, coordinator, place):
    with pytest.raises(Invalid) as refused:
        say_nobody_works(session, coordinator, nobody(place), "en")
    assert refused.value.field == "place"


def test_a_day_that_has_not_come_is_refused(session, coordinator):
    tomorrow = (today() + timedelta(days=1)).isoformat()
    with pytest.raises(Invalid) as refused:
        say_nobody_works(session, coordinator, nobody(said_on=tomorrow), "en")
    assert refused.value.field == "said_on"


def test_only_editors_and_coordinators_say_it(make, session, organisation, editor):
    contributor = make.viewer(make.member(organisation, Role.CONTRIBUTOR))
    with pytest.raises(Forbidden):
        say_nothing_is_done(session, contributor, nothing(organisation, "LA05"), "en")
    with pytest.raises(Forbidden):
        say_nobody_works(session, editor, nobody(), "en")


def test_what_was_said_can_be_taken_back_by_who_said_it(make, session, organisation, editor, coordinator):
    (own,) = say_nothing_is_done(session, editor, nothing(organisation, "LA05"), "en")
    committee = say_nobody_works(session, coordinator, nobody(), "en")
    for viewer, said in ((editor, committee), (coordinator, own)):
        with pytest.raises(NotFound):
            get_withdrawable(session, viewer, said.id)
    withdraw_attestation(session, editor, get_withdrawable(session, editor, own.id))
    withdraw_attestation(session, coordinator, get_withdrawable(session, coordinator, committee.id))
    assert not any(all_nil_returns(session).values())


def test_visitors_read_what_committees_say_and_members_all(make, session, organisation, editor, coordinator):
    say_nothing_is_done(session, editor, nothing(organisation, "LA05"), "en")
    say_nobody_works(session, coordinator, nobody(), "en")
    member = make.viewer(make.member(make.organisation("Another"), Role.VIEWER))

    def told(viewer):
        return {line.by for line in attestation_lines(session, viewer, "en", today())}

    assert told(make.viewer(None)) == {"Bokeo committee"}
    assert told(member) == told(editor) == {"Bokeo committee", "Village Light"}


# What is expected


def test_expectations_are_added_once_and_removed(session, coordinator, place):
    data = ExpectationInput(place="LA0501", intervention="PRO-SHL", source="Plan 2026")
    row = add_expectation(session, coordinator, data, "en")
    assert add_expectation(session, coordinator, data, "en").id == row.id
    (expected,) = expectation_rows(session)
    assert (expected.spot, expected.policy_area) == (
        Spot(place("LA05").id, place("LA0501").id),
        "protection",
    )
    remove_expectation(session, coordinator, row.id)
    assert expectation_rows(session) == []


def test_a_file_of_expectations_is_loaded_once(session, coordinator):
    content = (
        b"place;policy_area;intervention;source;from;until\n"
        b"LA0501;;PSC-TRN;Plan;;31/12/2569\nLA06;policy;;Plan;;\n"
    )
    assert load_expectations(session, coordinator, content) == 2
    assert load_expectations(session, coordinator, content) == 0
    assert {row.until_on and row.until_on.isoformat() for row in expectation_rows(session)} == {
        "2026-12-31",
        None,
    }


def test_a_file_with_faults_names_each_and_loads_nothing(session, coordinator):
    content = "place,policy_area,source,until\nAtlantis,,Plan,\nLA05,magic,Plan,\nLA05,,,\nLA05,,Plan,soon\n"
    with pytest.raises(Invalid) as refused:
        load_expectations(session, coordinator, content.encode())
    faults = [refused.value, *refused.value.others]
    assert [(fault.values["line"], fault.values["value"]) for fault in faults] == [
        (2, "Atlantis"),
        (3, "magic"),
        (4, ""),
        (5, "soon"),
    ]
    assert expectation_rows(session) == []


@pytest.mark.parametrize("content", [b"", b"source\nPlan\n", b"\xff\xfe\x00p", b'place,source\n"LA05\x00'])
def test_what_is_no_such_table_is_refused(session, coordinator, content):
    with pytest.raises(Invalid):
        load_expectations(session, coordinator, content)


def test_only_coordinators_keep_what_is_expected(session, editor):
    with pytest.raises(Forbidden):
        load_expectations(session, editor, b"place,source\nLA05,Plan\n")
    with pytest.raises(Forbidden):
        add_expectation(session, editor, ExpectationInput(place="LA05", source="Plan"), "en")
