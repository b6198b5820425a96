"""`sala serve` and `sala worker` as real processes: how they end, and what killing them leaves."""

import os
import signal
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from sqlmodel import func, select

from portal.core.queue import Job
from portal.jobs.consistency import find_differences
from portal.library.models import FileEntry, Reading, ReadingState, Resource
from search.outbox import count_marks
from tests.factories import Factory
from tests.reliability.processes import free_port, is_listening, running, wait_until
from tests.reliability.upload import form_of, prepare_sign_in

BOUNDARY = "a-line-between-the-parts"
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="needs Linux, to look at processes"
)


@pytest.fixture
def person(services):
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation()
        return organisation, make.member(organisation)


@pytest.fixture
def served(settings):
    return settings.model_copy(update={"port": free_port()})


def test_the_worker_reads_what_waits_and_ends_when_told(services, settings, person):
    _share(services, person, count=2)
    with running(settings, "worker") as worker:
        wait_until(lambda: _is_done(services), "Reading the files")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0


def test_workers_killed_at_any_time_leave_the_work_to_the_next(services, settings, person):
    _share(services, person, count=12)
    for read in (0, 3, 6, 9):
        with running(settings, "worker") as worker:
            wait_until(lambda read=read: _count_read(services) >= read, f"Reading {read} files")
            worker.kill()
    with running(settings, "worker"):
        wait_until(lambda: _is_done(services), "Reading the files")
    assert find_differences(services, lambda done, total: None) == []
    assert _count_read(services) == 12


def test_a_worker_that_dies_beside_the_pages_is_started_again(services, served, person):
    with running(served, "serve") as serving:
        wait_until(lambda: is_listening(served.port), "Serving")
        first = _child_of(serving)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: _child_of(serving) not in {0, first}, "A second worker")
        _share(services, person, count=1)
        wait_until(lambda: _is_done(services), "Reading the file")
        second = _child_of(serving)
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(30) == 0
    assert not Path(f"/proc/{second}").exists()


def test_the_worker_does_not_outlive_pages_that_were_killed(served):
    with running(served, "serve") as serving:
        wait_until(lambda: is_listening(served.port) and _child_of(serving), "Serving")
        worker = _child_of(serving)
        serving.kill()
        serving.wait()
    wait_until(lambda: not _is_running(worker), "The end of the worker")


@pytest.mark.parametrize("delay", [0.02, 0.05, 0.1, 0.2, 0.4, 0.8])
def test_pages_killed_during_an_upload_keep_all_of_it_or_nothing(services, served, person, delay):
    prepare_sign_in(services.database, served)
    with running(served, "serve", "--no-worker") as serving:
        wait_until(lambda: is_listening(served.port), "Serving")
        upload = _upload_in_background(served, services)
        upload.join(delay)
        serving.kill()
        serving.wait()
        upload.join()
    with services.database.reading() as session:
        resources = session.exec(select(func.count()).select_from(Resource)).one()
        entries = session.exec(select(func.count()).select_from(FileEntry)).one()
    assert (resources, entries) in {(0, 0), (1, 3)}
    assert find_differences(services, lambda done, total: None) == []


def test_what_was_answered_survives_a_kill_right_after(services, served, person):
    prepare_sign_in(services.database, served)
    with running(served, "serve", "--no-worker") as serving:
        wait_until(lambda: is_listening(served.port), "Serving")
        assert _upload(served, services) == 303
        serving.kill()
    with services.database.reading() as session:
        assert session.exec(select(func.count()).select_from(FileEntry)).one() == 3


def _share(services, person, count):
    organisation, user = person
    files = [(f"{number}.txt", f"Number {number} tells its own story.\n".encode()) for number in range(count)]
    with services.database.writing() as session:
        Factory(session).resource(services.files, user, organisation, files=files)


def _is_done(services):
    with services.database.reading() as session:
        return not session.exec(select(Job.id)).first() and not count_marks(session)


def _count_read(services):
    with services.database.reading() as session:
        statement = select(func.count()).select_from(Reading).where(Reading.state == ReadingState.READ)
        return session.exec(statement).one()


def _child_of(process):
    """The only child, 0 while there is none."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == process.pid and state != "Z":
            return int(status.parent.name)
    return 0


def _is_running(process_id):
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False
    # A process that has ended and waits to be counted by its parent no longer runs.
    return status.rpartition(")")[2].split()[0] != "Z"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def _upload(settings, services):
    """Post a kit of three files as a browser does; the status, or None when the portal went away."""
    fields, headers = form_of(settings, services.database)
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    # Large enough that receiving and storing them takes a while.
    for number in range(3):
        disposition = f'form-data; name="files"; filename="part-{number}.txt"'
        text = f"Part {number}\n" * 200_000
        parts.append(f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n{text}\r\n")
    body = ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()
    headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
    request = urllib.request.Request(f"http://127.0.0.1:{settings.port}/en/share", body, headers)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def _upload_in_background(settings, services):
    thread = threading.Thread(target=_upload, args=(settings, services))
    thread.start()
    return thread
