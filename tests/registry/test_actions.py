"""Projects and their lines as people write them: created, completed, published, changed, copied, taken back."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from portal.accounts.models import Role
from portal.core.audit import events_of
from portal.core.clock import today
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.registry import actions, line_actions
from portal.registry.inputs import BudgetInput, IndicatorInput, ProjectInput
from portal.registry.line_inputs import EventInput, LineInput
from portal.registry.models import LineState, ProjectBudget, ProjectState
from portal.registry.queries import (
    events_of_project,
    lines_of,
    partners_of,
    places_of_lines,
    titles_of,
)
from portal.registry.snapshot import read_snapshot
from portal.registry.terms import EventKind, LinePlaceRole, PartnerRole, Reach, ResultKind, Stance, Status
from portal.registry.vocabularies import Intervention, TargetGroup

COMPLETE = {
    "policy_area": "prosecution",
    "intervention": "PSC-TRN",
    "target_groups": ["police_border"],
    "places": ["LA0501"],
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
}


@pytest.fixture
def owner(make):
    return make.organisation("Village Light")


@pytest.fixture
def editor(make, owner):
    return make.viewer(make.member(owner, Role.EDITOR))


@pytest.fixture
def contributor(make, owner):
    return make.viewer(make.member(owner, Role.CONTRIBUTOR))


@pytest.fixture
def project(session, editor, owner):
    return actions.create_project(session, editor, ProjectInput(organisation=owner.id, title_en="Safe roads"))


def line_of(owner, **values):
    return LineInput(**{"implementer": owner.id, **COMPLETE, **values})


def faults(error):
    return {each.field for each in (error.value, *error.value.others)}


def test_a_project_has_its_reference_and_its_family_from_the_first_day(session, project):
    assert project.reference == "LA-0001"
    assert project.state == ProjectState.DRAFT
    assert project.family_id == project.id
    assert titles_of(session, [project.id], "lo") == {project.id: "Safe roads"}


def test_a_stranger_registers_nothing_in_the_name_of_an_organisation(session, make, owner):
    stranger = make.viewer(make.member(make.organisation()))
    with pytest.raises(Forbidden):
        actions.create_project(session, stranger, ProjectInput(organisation=owner.id, title_en="Mine"))


def test_a_project_without_a_title_is_refused_at_its_title(session, editor, owner):
    with pytest.raises(Invalid) as error:
        actions.create_project(session, editor, ProjectInput(organisation=owner.id))
    assert faults(error) == {"title_en"}


def test_two_people_who_save_one_form_meet(session, editor, project):
    data = ProjectInput(revision=1, title_en="Safer roads")
    actions.describe_project(session, editor, project, data)
    with pytest.raises(Conflict):
        actions.describe_project(session, editor, project, data.model_copy(update={"title_en": "Roads"}))
    assert project.revision == 2


def test_saving_what_is_saved_already_changes_nothing(session, editor, project):
    before = len(events_of(session, project.id))
    actions.describe_project(session, editor, project, ProjectInput(title_en="Safe roads"))
    assert project.revision == 1
    assert len(events_of(session, project.id)) == before


def test_lines_are_counted_within_their_project_and_numbers_stay_given(session, editor, owner, project):
    first = line_actions.save_line(session, editor, project, line_of(owner))
    second = line_actions.save_line(session, editor, project, line_of(owner))
    line_actions.remove_line(session, editor, second, "Entered twice")
    third = line_actions.save_line(session, editor, project, line_of(owner))
    assert [first.reference, second.reference, third.reference] == ["LA-0001-01", "LA-0001-02", "LA-0001-03"]
    assert [line.id for line in lines_of(session, project.id)] == [first.id, third.id]


def test_saving_a_line_again_changes_nothing(session, editor, owner, project):
    line = line_actions.save_line(session, editor, project, line_of(owner))
    again = line_actions.save_line(session, editor, project, line_of(owner), line)
    assert again.revision == 1


def test_a_line_keeps_where_and_whereto(session, editor, owner, project, place):
    data = line_of(owner, places=["LA0501=60", str(place("LA0502").id)], destinations=["TH"])
    line = line_actions.save_line(session, editor, project, data)
    stored = {
        (row.place_id, row.role, row.share_percent) for row in places_of_lines(session, [line.id])[line.id]
    }
    assert stored == {
        (place("LA0501").id, LinePlaceRole.ACTIVITY, 60),
        (place("LA0502").id, LinePlaceRole.ACTIVITY, None),
        (place("TH").id, LinePlaceRole.DESTINATION, None),
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"places": ["LA9999"]}, "places"),
        ({"places": ["LA05", "LA0501"]}, "places"),
        ({"places": ["LA", "LA0501"]}, "places"),
        ({"places": ["LA0501"], "provinces": ["LA01"]}, "places"),
        ({"places": ["LA0501=70", "LA0502=50"]}, "places"),
        ({"starts_on": "2026-05-02", "ends_on": "2026-05-01"}, "ends_on"),
        ({"target_groups": ["women", "not_people_facing"]}, "target_groups"),
        ({"planned_total": 10, "planned_women": 6, "planned_men": 6}, "planned_total"),
        ({"unit": "sessions", "reached_women": 6}, "reached_total"),
        ({"unit": "no_data", "planned_total": 6}, "planned_total"),
    ],
)
def test_a_line_that_contradicts_itself_is_refused_at_its_field(
    session, editor, owner, project, values, field
):
    with pytest.raises(Invalid) as error:
        line_actions.save_line(session, editor, project, line_of(owner, **values))
    assert faults(error) == {field}


def test_a_draft_becomes_public_with_its_complete_lines(session, editor, owner, project):
    complete = line_actions.save_line(session, editor, project, line_of(owner))
    waiting = line_actions.save_line(session, editor, project, line_of(owner, intervention=""))
    actions.publish_project(session, editor, project)
    assert (complete.state, waiting.state) == (LineState.PUBLISHED, LineState.DRAFT)
    assert complete.confirmed_at is not None
    assert [row.id for row in read_snapshot(session).lines] == [complete.id]


def test_what_a_project_lacks_is_named_line_by_line(session, editor, owner, project):
    line_actions.save_line(
        session,
        editor,
        project,
        line_of(owner, intervention="", target_groups=[], starts_on="", ends_on=""),
    )
    with pytest.raises(Invalid) as error:
        actions.publish_project(session, editor, project)
    names = ("intervention", "starts_on", "ends_on", "target_groups")
    assert faults(error) == {f"LA-0001-01.{name}" for name in names}
    assert project.state == ProjectState.DRAFT


def test_a_project_without_lines_is_not_published(session, editor, project):
    with pytest.raises(Invalid) as error:
        actions.publish_project(session, editor, project)
    assert faults(error) == {"lines"}


def test_contributors_prepare_and_editors_publish(session, contributor, editor, owner, project):
    line_actions.save_line(session, contributor, project, line_of(owner))
    with pytest.raises(Forbidden):
        actions.publish_project(session, contributor, project)
    actions.publish_project(session, editor, project)
    with pytest.raises(Forbidden):
        line_actions.save_line(session, contributor, project, line_of(owner))


def test_nothing_of_an_unverified_organisation_is_published(session, make):
    unknown = make.organisation(is_verified=False)
    viewer = make.viewer(make.member(unknown))
    project = actions.create_project(session, viewer, ProjectInput(organisation=unknown.id, title_en="Roads"))
    line_actions.save_line(session, viewer, project, line_of(unknown))
    with pytest.raises(Forbidden):
        actions.publish_project(session, viewer, project)


def test_a_line_added_to_a_published_project_is_published_when_it_is_complete(session, make, editor, owner):
    project = make.project(owner, editor)
    waiting = line_actions.save_line(session, editor, project, line_of(owner, intervention=""))
    assert waiting.state == LineState.DRAFT
    line_actions.save_line(session, editor, project, line_of(owner), waiting)
    assert waiting.state == LineState.PUBLISHED


def test_a_published_line_may_not_become_incomplete(session, make, editor, owner):
    project = make.project(owner, editor)
    line = lines_of(session, project.id)[0]
    with pytest.raises(Invalid) as error:
        line_actions.save_line(session, editor, project, line_of(owner, starts_on=""), line)
    assert faults(error) == {"starts_on"}


def test_a_removed_line_leaves_every_count_and_can_come_back(session, make, editor, owner):
    project = make.project(owner, editor)
    line = lines_of(session, project.id)[0]
    line_actions.remove_line(session, editor, line, "Entered twice")
    assert read_snapshot(session).lines == ()
    line_actions.restore_line(session, editor, line)
    assert [row.id for row in read_snapshot(session).lines] == [line.id]


def test_a_withdrawn_project_leaves_every_count(session, make, editor, owner):
    project = make.project(owner, editor)
    actions.withdraw_project(session, editor, project, "It never began.")
    assert project.state == ProjectState.WITHDRAWN
    assert read_snapshot(session).projects == {}


def test_drafts_are_thrown_away_and_published_ones_are_not(session, make, editor, owner, project):
    actions.discard_project(session, editor, project)
    assert project.state == ProjectState.DISCARDED
    with pytest.raises(Conflict):
        actions.discard_project(session, editor, make.project(owner, editor))


def test_a_copy_is_a_draft_with_the_plan_and_without_what_was_reached_or_confirmed(
    session, make, editor, owner
):
    funder = make.organisation("Fund")
    project = make.project(owner, editor, partners=[(funder, PartnerRole.FUNDING)], reached_total=40)
    partners_of(session, project.id)[0].stance = Stance.CONFIRMED
    copy = actions.copy_project(session, editor, project)
    (line,) = lines_of(session, copy.id)
    original = lines_of(session, project.id)[0]
    assert copy.state == ProjectState.DRAFT
    assert (line.state, line.confirmed_at, line.reached_total) == (LineState.DRAFT, None, None)
    assert (line.starts_on, line.intervention) == (original.starts_on, original.intervention)
    assert line.reference == f"{copy.reference}-01"
    stances = {row.organisation_id: row.stance for row in partners_of(session, copy.id)}
    assert stances[funder.id] == Stance.UNCONFIRMED
    assert copy.family_id == copy.id


def test_an_event_is_planned_moved_and_cancelled(session, editor, project):
    day = today() + timedelta(days=30)
    data = EventInput(kind=EventKind.TRAINING, title="Training", places=["LA0501"], starts_on=day)
    event = line_actions.save_event(session, editor, project, data)
    assert (event.reference, event.ends_on) == ("LA-0001-E01", day)
    later = data.model_copy(update={"ends_on": day + timedelta(days=2)})
    line_actions.save_event(session, editor, project, later, event)
    assert event.revision == 2
    line_actions.cancel_event(session, editor, project, event)
    assert [each.is_cancelled for each in events_of_project(session, project.id)] == [True]


def test_an_event_that_ends_before_it_begins_is_refused(session, editor, project):
    data = EventInput(
        kind=EventKind.TRAINING,
        title="Training",
        places=["LA0501"],
        starts_on=date(2026, 5, 2),
        ends_on=date(2026, 5, 1),
    )
    with pytest.raises(Invalid) as error:
        line_actions.save_event(session, editor, project, data)
    assert faults(error) == {"ends_on"}


def test_yearly_budgets_replace_each_other(session, editor, project):
    first = [
        BudgetInput(year=2026, currency="USD", amount="120,000"),
        BudgetInput(year=2027, currency="USD", amount=5),
    ]
    actions.save_budgets(session, editor, project, first)
    actions.save_budgets(session, editor, project, first[:1])
    rows = session.exec(select(ProjectBudget)).all()
    assert [(row.year, row.currency, row.amount) for row in rows] == [(2026, "USD", 120_000)]


def test_indicators_keep_their_order(session, editor, project):
    for title in ("People trained", "Cases brought to court"):
        actions.save_indicator(session, editor, project, IndicatorInput(kind=ResultKind.OUTPUT, title=title))
    copy = actions.copy_project(session, editor, project)
    assert copy.reference == "LA-0002"


def test_every_change_is_in_the_audit_trail(session, editor, owner, project):
    line = line_actions.save_line(session, editor, project, line_of(owner))
    line_actions.remove_line(session, editor, line, "Entered twice")
    told = [event.action for event in events_of(session, project.id)]
    assert sorted(told) == ["add_line", "add_partner", "create", "remove_line"]


def test_a_draft_narrower_than_public_asks_for_a_group_of_the_editor(session, make, editor, project):
    foreign = make.group("Elsewhere", make.organisation())
    with pytest.raises(Invalid) as error:
        actions.describe_project(
            session, editor, project, ProjectInput(title_en="Roads", reach=Reach.GROUP, group=foreign.id)
        )
    assert faults(error) == {"group"}


def test_a_whole_province_is_a_place_of_its_own(session, make, editor, owner, place):
    project = make.project(owner, editor, places=["LA05"])
    (row,) = read_snapshot(session).lines_by_project[project.id]
    assert [(spot.province, spot.district) for spot in row.spots] == [(place("LA05").id, None)]
    assert row.intervention == Intervention.PSC_TRN
    assert row.target_groups == {TargetGroup.POLICE_BORDER}
    assert row.status == Status.ONGOING
