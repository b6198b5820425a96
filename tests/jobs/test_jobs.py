"""Jobs and the clock, against a real database."""

import os
import time
from datetime import timedelta

import pytest
from sqlmodel import select

from portal.core.clock import now
from portal.core.queue import Job, JobState, enqueue
from portal.jobs import schedule
from portal.jobs.handlers import HALF_RECEIVED_SECONDS, HANDLERS
from portal.jobs.schedule import PERIODS, PeriodicJob, enqueue_due
from portal.jobs.worker import work_off, work_once
from portal.library.actions import count_download
from portal.library.models import Reading
from search.outbox import count_marks
from tests.factories import Factory


@pytest.fixture
def published(services):
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation()
        resource = make.resource(services.files, make.member(organisation), organisation)
    work_off(services)
    return resource


def test_every_periodic_job_has_a_handler():
    assert set(PERIODS) <= set(HANDLERS)


def test_a_job_nobody_knows_fails_and_the_next_is_done(services, published):
    with services.database.writing() as session:
        enqueue(session, "unheard_of")
        enqueue(session, "index_uses")
    assert work_once(services)
    assert work_once(services)
    with services.database.reading() as session:
        left = session.exec(select(Job)).all()
    assert [(job.kind, job.state) for job in left] == [("unheard_of", JobState.DUE)]
    assert "KeyError" in left[0].last_error


def test_downloads_reach_the_index_once_an_hour(services, published):
    with services.database.writing() as session:
        count_download(session, published.id)
        enqueue(session, "index_uses")
    work_once(services)
    with services.database.reading() as session:
        assert count_marks(session) == 1


def test_uploads_that_never_came_whole_are_forgotten_after_a_day(services, settings):
    incoming = settings.files_folder / "incoming"
    old, fresh = incoming / "old", incoming / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"half a file")
    past = time.time() - HALF_RECEIVED_SECONDS - 60
    os.utime(old, (past, past))
    with services.database.writing() as session:
        enqueue(session, "forget_expired")
    work_once(services)
    assert [path.name for path in incoming.iterdir()] == ["fresh"]


def test_periodic_work_is_asked_for_when_its_time_has_come_and_not_twice(session):
    assert enqueue_due(session) == 0
    session.flush()
    for row in session.exec(select(PeriodicJob)):
        row.last_at = now() - timedelta(days=1)
    session.flush()
    assert enqueue_due(session) == len(PERIODS)
    assert enqueue_due(session) == 0
    assert set(schedule.PERIODS) == {job.kind for job in session.exec(select(Job))}


def test_a_file_whose_bytes_are_gone_is_said_to_be_damaged(services):
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation()
        make.draft(services.files, make.member(organisation), organisation)
    for sha256, _, _ in list(services.files.listing()):
        services.files.delete(sha256)
    work_off(services)
    with services.database.reading() as session:
        assert session.exec(select(Reading.problem)).one() == "broken"
