"""`sala check`: every way in which database, files and index can come apart, and what a repair does."""

import io

import pytest
from sqlmodel import delete, select

from portal.core.queue import Job, JobState, enqueue
from portal.jobs.consistency import find_differences
from portal.jobs.worker import work_off
from portal.library.actions import count_download
from portal.library.models import (
    FileEntry,
    PageText,
    Reading,
    ReadingState,
    Resource,
    VersionText,
)
from portal.library.vocabularies import Visibility
from search.documents import Document, SearchQuery
from search.outbox import StaleMark, count_marks
from tests.factories import Factory
from tests.reliability.processes import running, wait_until

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


def _is_quiet(services):
    with services.database.reading() as session:
        return not session.exec(select(Job.id)).first() and not count_marks(session)


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
        assert f"R-0001 {entry.name}" in answer.output
        assert "file without its bytes" in answer.output


def test_changed_bytes_are_told_and_not_repaired(run, services, entry):
    _path(services, entry.sha256).write_bytes(b"something else")
    answer = run("check", "--repair")
    assert answer.exit_code == 1
    assert "bytes that are not what they were" in answer.output
    assert f"R-0001 {entry.name}" in answer.output


def test_a_narrow_console_cuts_nothing_that_matters(run, services, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    names = [f"{'long name ' * 12}{number}.txt" for number in range(2)]
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation()
        user = make.member(organisation)
        for _ in range(2):
            files = [(name, b"The same bytes in every file.") for name in names]
            make.resource(services.files, user, organisation, files=files)
    with services.database.reading() as session:
        sha256 = session.exec(select(FileEntry.sha256)).first()
    services.files.delete(sha256)
    lines = run("check").output.splitlines()
    named = ", ".join(f"{reference} {name}" for reference in ("R-0001", "R-0002") for name in names)
    assert f"  {named}  {sha256[:12]}" in lines


def test_names_do_nothing_to_the_console(run, services, entry):
    with services.database.writing() as session:
        session.get_one(FileEntry, entry.id).name = "\x1b[31m [bold]\u202etxt.exe"
    services.files.delete(entry.sha256)
    output = run("check").output
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "[bold]" in output


def test_what_others_put_among_the_files_is_named_and_left_alone(run, services, entry):
    stray = services.settings.files_folder / entry.sha256[:2] / "notes.txt"
    stray.write_text("left by an administrator", encoding="utf-8")
    for arguments in (("check",), ("check", "--repair")):
        answer = run(*arguments)
        assert answer.exit_code == 1
        assert f"  {entry.sha256[:2]}/notes.txt" in answer.output.splitlines()
    assert stray.exists()


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
    assert services.search.stats().documents == 2


def test_an_index_that_knows_too_little_is_filled(run, services, entry):
    group = entry.resource_id.hex
    services.search.replace({group: [Document(id=group, group=group, title="Only the title")]})
    assert "R-0001" in run("check").output
    assert run("check", "--repair").exit_code == 0
    assert services.search.stats().documents == 2


@pytest.mark.parametrize("changed", ["title", "text", "access"])
def test_a_change_that_the_index_does_not_know_is_told_and_carried(run, services, entry, changed):
    with services.database.writing() as session:
        if changed == "title":
            session.exec(select(VersionText)).one().title = "A thaumaturge"
        elif changed == "text":
            session.exec(select(PageText)).one().text = "A thaumaturge"
        else:
            resource = session.get_one(Resource, entry.resource_id)
            resource.visibility = resource.files_visibility = Visibility.ORGANISATION
        session.flush()
        session.exec(delete(StaleMark))
    answer = run("check")
    assert answer.exit_code == 1
    assert "knows something else" in answer.output
    assert "R-0001" in answer.output
    assert run("check", "--repair").exit_code == 0
    assert services.search.search(SearchQuery("thaumaturge")).total == (changed != "access")
    assert services.search.search(SearchQuery("")).total == (changed != "access")


def test_downloads_that_the_index_learns_within_the_hour_do_not_differ(run, services, entry):
    with services.database.writing() as session:
        count_download(session, entry.resource_id)
    assert run("check").exit_code == 0


def test_a_new_index_is_called_incomplete_until_it_is_filled(run, services, entry):
    services.search.clear()
    for _ in range(2):
        answer = run("check")
        assert answer.exit_code == 1
        assert "sala reindex" in answer.output
        assert "lacks 1 published records" in answer.output
    repaired = run("check", "--repair")
    assert repaired.exit_code == 0
    assert "sala reindex" not in run("check").output
    assert not services.search.stats().needs_rebuild


def test_an_index_deleted_beside_a_running_worker_is_whole_after_one_repair(run, services, settings, entry):
    with running(settings, "worker"):
        with services.database.writing() as session:
            make = Factory(session)
            organisation = make.organisation()
            make.resource(services.files, make.member(organisation), organisation, title="Second")
        wait_until(lambda: _is_quiet(services), "Indexing beside the test")
        for part in settings.data_dir.glob(f"{settings.index_file.name}*"):
            part.unlink()
        answer = run("check", "--repair")
        assert answer.exit_code == 0, answer.output
        assert services.search.search(SearchQuery("")).total == 2
        assert not services.search.stats().needs_rebuild
        with services.database.writing() as session:
            session.exec(
                select(VersionText).where(VersionText.title == "Second")
            ).one().title = "Hippopotamus"
        wait_until(lambda: services.search.search(SearchQuery("hippopotamus")).total, "Indexing again")
    assert find_differences(services, lambda done, total: None) == []


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
