""" "Still correct": said of lines, projects and everything; not an edit, and no answer for what has passed its end."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portal.accounts.models import Role
from portal.core.audit import events_of
from portal.core.clock import day_of, now, today
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.registry.confirm_actions import confirm_all, confirm_lines, confirm_project
from portal.registry.coverage_inputs import ConfirmInput
from portal.registry.freshness import status_of
from portal.registry.models import ActivityLine
from portal.registry.snapshot import line_rows
from portal.registry.terms import EffectiveStatus, Status

LONG_AGO = timedelta(days=200)


@pytest.fixture
def organisation(make):
    return make.organisation("Village Light")


@pytest.fixture
def editor(make, organisation):
    return make.viewer(make.member(organisation))


def day(days):
    return (today() + timedelta(days=days)).isoformat()


def published(make, organisation, editor, **values):
    """A line that goes on, was published long ago, and was not confirmed since."""
    given = {"starts_on": day(-300), "ends_on": day(100), "date_basis": "actual", **values}
    project = make.project(organisation, editor, **given)
    line = make.session.exec(select(ActivityLine).where(ActivityLine.project_id == project.id)).one()
    line.confirmed_at = project.confirmed_at = now() - LONG_AGO
    make.session.flush()
    return project, line


def said(line, word="still_correct", until=""):
    return ConfirmInput(lines=[line.reference], word=word, until=until)


def test_confirming_a_line_is_not_an_edit(make, session, organisation, editor):
    project, line = published(make, organisation, editor)
    revision, changed_at = line.revision, line.changed_at
    told = confirm_lines(session, editor, said(line))
    assert told.lines == [line.reference]
    assert (line.revision, line.changed_at) == (revision, changed_at)
    assert [row.confirmed_on for row in line_rows(session)] == [day_of(line.confirmed_at)]
    assert project.confirmed_at < line.confirmed_at
    assert events_of(session, project.id)[0].action == "confirm"


def test_what_has_passed_its_end_needs_another_word(make, session, organisation, editor):
    _, line = published(make, organisation, editor, ends_on=day(-20))
    before = line.confirmed_at
    told = confirm_all(session, editor, organisation.id)
    assert (told.lines, told.past_end, line.confirmed_at) == ([], [line.reference], before)
    confirm_lines(session, editor, said(line, "completed"))
    assert (line.status, line.ends_on) == (Status.COMPLETED, today() - timedelta(days=20))
    assert line.confirmed_at > before


def test_completed_before_its_end_ends_today(make, session, organisation, editor):
    _, line = published(make, organisation, editor)
    confirm_lines(session, editor, said(line, "completed"))
    assert line.ends_on == today()
    (row,) = line_rows(session)
    assert status_of(row, today()) == EffectiveStatus.COMPLETED


def test_prolonging_moves_the_end_and_confirms(make, session, organisation, editor):
    _, line = published(make, organisation, editor, ends_on=day(-20))
    confirm_lines(session, editor, said(line, "prolonged", day(90)))
    assert line.ends_on == today() + timedelta(days=90)
    (row,) = line_rows(session)
    assert status_of(row, today()) == EffectiveStatus.ONGOING


@pytest.mark.parametrize("until", ["", day(-1), day(50)])
def test_prolonging_needs_a_later_day(make, session, organisation, editor, until):
    _, line = published(make, organisation, editor)
    with pytest.raises(Invalid) as refused:
        confirm_lines(session, editor, said(line, "prolonged", until))
    assert refused.value.field == "until"


def test_what_has_not_begun_is_not_completed(make, session, organisation, editor):
    _, line = published(make, organisation, editor, starts_on=day(10), date_basis="planned")
    with pytest.raises(Invalid):
        confirm_lines(session, editor, said(line, "completed"))


def test_a_project_is_confirmed_with_its_lines(make, session, organisation, editor):
    project, line = published(make, organisation, editor)
    confirm_project(session, editor, project)
    assert {row.confirmed_on for row in line_rows(session)} == {today()}
    assert project.confirmed_at > now() - LONG_AGO
    assert line.confirmed_at > now() - LONG_AGO


def test_contributors_confirm_and_only_editors_say_what_changed(make, session, organisation, editor):
    _, line = published(make, organisation, editor)
    contributor = make.viewer(make.member(organisation, Role.CONTRIBUTOR))
    assert confirm_lines(session, contributor, said(line)).lines == [line.reference]
    with pytest.raises(Forbidden):
        confirm_lines(session, contributor, said(line, "completed"))


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_nobody_else_confirms(make, session, organisation, editor, role):
    project, line = published(make, organisation, editor)
    other = make.organisation("Another") if role is None else organisation
    stranger = make.viewer(make.member(other, role or Role.ADMIN))
    with pytest.raises(NotFound):
        confirm_lines(session, stranger, said(line))
    with pytest.raises(Forbidden):
        confirm_project(session, stranger, project)
    with pytest.raises(Forbidden):
        confirm_all(session, stranger, organisation.id)
