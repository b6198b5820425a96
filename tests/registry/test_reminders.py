"""Reminders: who is asked after what, once a week, in one mail, and never twice."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from portal.accounts.models import Role
from portal.core.clock import now, today
from portal.core.queue import Job
from portal.jobs.reminders import send_reminders
from portal.registry.coverage_models import ReminderSent
from portal.registry.freshness import ReminderReason, reminders_between
from portal.registry.models import ActivityLine
from portal.registry.reminder_actions import remind_organisation, week_of
from portal.registry.terms import Status
from portal.templating import render_mail
from tests.factories import Factory
from tests.registry.test_presence import TODAY, line


def day(days):
    return TODAY + timedelta(days=days)


def reasons_on(offset, **values):
    """The reasons that fall on exactly one day."""
    return reminders_between(line(**values), day(offset), day(offset))


@pytest.mark.parametrize(
    ("offset", "values", "expected"),
    [
        (0, {"ends_on": day(30)}, [ReminderReason.ENDS_IN_A_MONTH]),
        (0, {"ends_on": day(29)}, []),
        (0, {"ends_on": day(5)}, [ReminderReason.ENDS_IN_DAYS]),
        (0, {"ends_on": day(-14)}, [ReminderReason.ENDED]),
        (0, {"ends_on": day(-14), "confirmed_on": day(-14)}, []),
        (0, {"ends_on": day(5), "status": Status.COMPLETED}, []),
        (0, {"confirmed_on": day(-90)}, [ReminderReason.AGEING]),
        (0, {"confirmed_on": day(-91)}, []),
        (0, {"confirmed_on": day(-180)}, [ReminderReason.AGEING]),
        (0, {"confirmed_on": day(-360)}, [ReminderReason.AGEING]),
        (0, {"confirmed_on": day(-450)}, []),
        (0, {"confirmed_on": None, "starts_on": day(-90)}, [ReminderReason.AGEING]),
        (0, {"confirmed_on": day(-90), "status": Status.CANCELLED}, []),
    ],
)
def test_a_line_is_asked_after_on_its_days(offset, values, expected):
    assert reasons_on(offset, **values) == expected


def test_a_week_begins_on_monday():
    assert week_of(date(2026, 11, 25)) == ("2026-W48", date(2026, 11, 29))
    assert week_of(date(2027, 1, 3)) == ("2026-W53", date(2027, 1, 3))


@pytest.fixture
def due(database):
    """An organisation with two editors, a contributor, and a line that was not confirmed for 100 days."""
    with database.writing() as session:
        make = Factory(session)
        organisation = make.organisation("Village Light")
        editor = make.member(organisation, email="editor@example.org")
        make.member(organisation, Role.ADMIN, email="admin@example.org", language="lo")
        make.member(organisation, Role.CONTRIBUTOR, email="helper@example.org")
        make.project(
            organisation,
            make.viewer(editor),
            starts_on="2026-01-01",
            ends_on="2060-12-31",
            date_basis="actual",
        )
        row = session.exec(select(ActivityLine)).one()
        row.confirmed_at = now() - timedelta(days=100)
    return organisation


def mails(database):
    with database.reading() as session:
        statement = select(Job).where(Job.kind == "send_mail")
        return [job for job in session.exec(statement) if job.arguments["template"] == "still_correct"]


def test_the_handler_run_twice_mails_each_editor_once(services, database, due):
    send_reminders(services)
    send_reminders(services)
    assert sorted(job.arguments["to"] for job in mails(database)) == [
        "admin@example.org",
        "editor@example.org",
    ]


def test_a_worker_that_dies_half_way_leaves_neither_mail_nor_note(services, database, due, monkeypatch):
    def die(*_arguments, **_values):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("portal.registry.reminder_actions.post", die)
        with pytest.raises(KeyboardInterrupt):
            send_reminders(services)
    with database.reading() as session:
        assert session.exec(select(ReminderSent)).all() == []
    send_reminders(services)
    assert len(mails(database)) == 2


def test_a_mail_says_what_where_and_how_to_answer(database, services, due):
    send_reminders(services)
    job = next(job for job in mails(database) if job.arguments["language"] == "en")
    values = {**job.arguments["values"], "base_url": "https://sala.example", "portal_name": "Sala"}
    mail = render_mail("still_correct", "en", values)
    assert mail.subject == "Still correct? 1 line of Village Light (Bokeo)"
    for part in (
        "Safe roads – Bokeo",
        "https://sala.example/en/projects/LA-0001",
        "LA-0001-01 Training of law enforcement",
        "was not confirmed for three months or more",
        f"https://sala.example/en/my/register?organisation={due.reference}&project=LA-0001",
    ):
        assert part in mail.text


def test_the_next_week_asks_only_after_what_is_new(database, due):
    with database.writing() as session:
        assert remind_organisation(session, due.id, today()) == 2
        assert remind_organisation(session, due.id, today() + timedelta(days=7)) == 0
        # 180 days after the confirmation.
        assert remind_organisation(session, due.id, today() + timedelta(days=80)) == 2


def test_weeks_without_a_worker_are_made_up_for(database, due):
    with database.writing() as session:
        assert remind_organisation(session, due.id, today()) == 2
        assert remind_organisation(session, due.id, today() + timedelta(days=120)) == 2


def test_nobody_is_asked_without_a_reason(services, database, due):
    with database.writing() as session:
        session.exec(select(ActivityLine)).one().confirmed_at = now()
    send_reminders(services)
    assert mails(database) == []
