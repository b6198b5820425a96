"""Worker and web killed just before and after every step that matters."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from portal.app import close_services, open_services
from portal.core.mail import post, stored_mails
from portal.core.queue import Job
from portal.core.settings import Settings
from portal.jobs.consistency import find_differences
from portal.library.models import FileEntry, Reading, ReadingState, Resource
from search.documents import SearchQuery
from search.outbox import count_marks
from tests.architecture.sources import ROOT
from tests.factories import Factory
from tests.reliability.upload import prepare_sign_in


def _doom(work: str, prepared: Path, folder: Path) -> list[dict]:
    command = [sys.executable, "-m", "tests.reliability.doom", work, str(prepared), str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    outcomes = json.loads(ended.stdout.splitlines()[-1])
    assert outcomes
    assert [outcome["point"] for outcome in outcomes if not outcome["died_there"]] == []
    assert [outcome["point"] for outcome in outcomes if not outcome["finished"]] == [], ended.stderr[-3000:]
    return outcomes


def _member(services):
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation()
        return organisation, make.member(organisation)


@pytest.mark.timeout(600)
def test_a_worker_killed_anywhere_leaves_nothing_undone(services, settings, tmp_path):
    organisation, person = _member(services)
    with services.database.writing() as session:
        files = [("one.txt", b"The first part speaks of lanterns.\n"), ("two.txt", b"The second one.\n")]
        Factory(session).resource(services.files, person, organisation, files=files)
        post(session, person.email, "password_changed", "en", name=person.name)
    close_services(services)

    outcomes = _doom("worker", settings.data_dir, tmp_path / "killed")
    assert len(outcomes) >= 30

    wrong = {outcome["point"]: _undone(Path(outcome["folder"])) for outcome in outcomes}
    assert {point: undone for point, undone in wrong.items() if undone} == {}


def _undone(folder: Path) -> list[str]:
    """What a reader would miss in this data folder."""
    services = open_services(Settings(data_dir=folder))
    undone = [str(difference) for difference in find_differences(services, lambda done, total: None)]
    with services.database.reading() as session:
        jobs, marks = session.exec(select(Job)).all(), count_marks(session)
        states = [reading.state for reading in session.exec(select(Reading))]
    if jobs or marks:
        undone.append(f"{len(jobs)} jobs and {marks} marks are left")
    if states != [ReadingState.READ, ReadingState.READ]:
        undone.append(f"readings are {states}")
    if services.search.search(SearchQuery(text="lanterns")).total != 1:
        undone.append("the text is not found")
    if not stored_mails(services.settings.mail_folder):
        undone.append("the mail was not sent")
    close_services(services)
    return undone


@pytest.mark.timeout(600)
def test_a_kit_is_shared_whole_or_not_at_all(services, settings, tmp_path):
    _member(services)
    prepare_sign_in(services.database, settings)
    close_services(services)

    outcomes = _doom("upload", settings.data_dir, tmp_path / "killed")
    assert len(outcomes) >= 15

    shared = {outcome["point"]: _shared(Path(outcome["folder"])) for outcome in outcomes}
    halves = {point: found for point, found in shared.items() if found not in {(0, 0, 0), (1, 3, 3)}}
    assert halves == {}
    # Both happened, or the points would not have been where something changes.
    assert set(shared.values()) == {(0, 0, 0), (1, 3, 3)}


def _shared(folder: Path) -> tuple[int, int, int]:
    """Resources, files, and files that were read."""
    services = open_services(Settings(data_dir=folder))
    assert find_differences(services, lambda done, total: None) == []
    with services.database.reading() as session:
        resources = session.exec(select(Resource)).all()
        entries = session.exec(select(FileEntry)).all()
        read = session.exec(select(Reading).where(Reading.state == ReadingState.READ)).all()
    close_services(services)
    return len(resources), len(entries), len(read)
