"""`sala check`: every way in which database, files and index can come apart, and what a repair does."""

import io

import pytest
from sqlmodel import select

from portal.core.queue import Job, JobState, enqueue
from portal.jobs.worker import work_off
from portal.library.models import FileEntry, PageText, Reading, ReadingState
from search.documents import Document
from tests.factories import Factory

GROUP = "0" * 32


@pytest.fixture
def entry(services):
    """The only file of the only resource, read and indexed."""
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation()
        make.resource(services.files, make.member(organisation), organisation)
    work_off(services)
    services.search.mark_rebuilt()
    with services.database.reading() as session:
        return session.exec(select(FileEntry)).one()


def _path(services, sha256):
    return services.settings.files_folder / sha256[:2] / sha256[2:4] / sha256


def test_a_whole_library_agrees(run, entry):
    answer = run("check")
    assert answer.exit_code == 0
    assert "agree" in answer.output


def test_a_file_without_its_bytes_is_told_and_not_repaired(run, services, entry):
    services.files.delete(entry.sha256)
    for arguments in (("check",), ("check", "--repair")):
        answer = run(*arguments)
        assert answer.exit_code == 1
        assert entry.name in answer.output
        assert "file without its bytes" in answer.output


def test_changed_bytes_are_told_and_not_repaired(run, services, entry):
    _path(services, entry.sha256).write_bytes(b"something else")
    answer = run("check", "--repair")
    assert answer.exit_code == 1
    assert "bytes that are not what they were" in answer.output


def test_young_bytes_without_a_row_may_be_an_upload(run, services, entry):
    services.files.save(io.BytesIO(b"on its way"), 100)
    assert run("check").exit_code == 0


@pytest.mark.usefixtures("orphan_age")
def test_forgotten_bytes_are_removed(run, services, entry):
    stored = services.files.save(io.BytesIO(b"nobody's"), 100)
    assert run("check").exit_code == 1
    assert run("check", "--repair").exit_code == 0
    assert not services.files.exists(stored.sha256)
    assert services.files.exists(entry.sha256)


@pytest.mark.usefixtures("orphan_age")
def test_what_was_read_from_a_removed_file_goes_with_its_bytes(run, services, entry):
    with services.database.writing() as session:
        session.delete(session.get_one(FileEntry, entry.id))
    assert run("check", "--repair").exit_code == 0
    assert not services.files.exists(entry.sha256)
    with services.database.reading() as session:
        assert session.exec(select(Reading)).all() == []
        assert session.exec(select(PageText)).all() == []


def test_a_lost_picture_is_made_again(run, services, entry):
    with services.database.reading() as session:
        preview = session.get_one(Reading, entry.sha256).preview_sha256
    assert preview
    services.files.delete(preview)
    assert run("check").exit_code == 1
    run("check", "--repair")
    work_off(services)
    assert run("check").exit_code == 0
    assert services.files.exists(preview)


def test_a_reading_without_a_job_gets_one(run, services, entry):
    with services.database.writing() as session:
        session.get_one(Reading, entry.sha256).state = ReadingState.WAITING
    assert run("check").exit_code == 1
    assert run("check", "--repair").exit_code == 0
    work_off(services)
    with services.database.reading() as session:
        assert session.get_one(Reading, entry.sha256).state == ReadingState.READ


def test_a_job_that_was_given_up_is_tried_again(run, services, entry):
    with services.database.writing() as session:
        enqueue(session, "forget_expired").state = JobState.FAILED
    assert "given up" in run("check").output
    assert run("check", "--repair").exit_code == 0
    with services.database.reading() as session:
        assert session.exec(select(Job)).one().state == JobState.DUE


def test_a_resource_missing_in_the_index_is_carried(run, services, entry):
    services.search.clear()
    answer = run("check")
    assert answer.exit_code == 1
    assert "R-0001" in answer.output
    assert run("check", "--repair").exit_code == 0
    assert dict(services.search.groups())[entry.resource_id.hex] == 2


def test_an_index_that_knows_too_little_is_filled(run, services, entry):
    group = entry.resource_id.hex
    services.search.replace({group: [Document(id=group, group=group, title="Only the title")]})
    assert "1 parts instead of 2" in run("check").output
    assert run("check", "--repair").exit_code == 0


def test_an_index_entry_of_nothing_is_removed(run, services, entry):
    services.search.replace({GROUP: [Document(id=GROUP, group=GROUP, title="A stranger")]})
    assert run("check").exit_code == 1
    assert run("check", "--repair").exit_code == 0
    assert GROUP not in dict(services.search.groups())


def test_what_is_on_its_way_to_the_index_does_not_differ(run, services, entry):
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation()
        make.resource(services.files, make.member(organisation), organisation)
    assert run("check").exit_code == 0


def test_an_engine_that_is_away_is_told(run, entry, monkeypatch):
    monkeypatch.setenv("SALA_SEARCH_URL", "http://127.0.0.1:9")
    answer = run("check")
    assert answer.exit_code == 1
    assert "does not answer" in answer.output
