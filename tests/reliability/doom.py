"""Runs work in processes of their own that kill themselves at a chosen point, and then lets another one go on.

    python -m tests.reliability.doom WORK PREPARED FOLDER

For every point of the work, the prepared data folder is copied, a child does the work on the copy and dies by
SIGKILL just before or after the n-th call of a function; then a second child finishes as after a restart.
Children are forked, so that sixty processes cost little more than one. Prints what became of each as JSON.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

import portal.exchange.import_writing
import portal.jobs.handlers
import portal.jobs.worker
import portal.library.file_actions
import portal.registry.line_batches
import search.fts5_store
import search.indexer
import uploads.storage
from portal.app import close_services, open_services
from portal.core.queue import has_claimable
from portal.core.settings import Settings
from portal.jobs.worker import run_worker
from portal.request import Services
from search.outbox import count_marks
from tests.reliability import importing, upload

NEVER_REACHED = 3
Work = Callable[[Settings], None]


@dataclass(frozen=True)
class Point:
    """The n-th call of a function of some module or class, and whether the process dies before or after it."""

    owner: Any
    function: str
    call: int
    is_before: bool

    @property
    def name(self) -> str:
        when = "before" if self.is_before else "after"
        return f"{when}-{self.call}-{self.owner.__name__}.{self.function}"


@dataclass(frozen=True)
class Outcome:
    """How the doomed child and the one after it ended."""

    point: str
    folder: str
    died_there: bool
    finished: bool


def main(work: str, prepared: str, folder: str) -> None:
    outcomes = []
    for point in _points(work):
        target = Path(folder) / point.name
        shutil.copytree(prepared, target)
        settings = Settings(data_dir=target, base_url="http://testserver")
        died = _in_child(lambda settings=settings, point=point: _doomed(work, settings, point))
        # Work that is over before its n-th call has no such point; later calls have none either.
        if died == NEVER_REACHED:
            shutil.rmtree(target)
            continue
        finished = _in_child(lambda settings=settings: work_until_done(settings))
        outcomes.append(Outcome(point.name, str(target), died == -signal.SIGKILL, finished == 0))
    sys.stdout.write(json.dumps([asdict(outcome) for outcome in outcomes]) + "\n")


def work_until_done(settings: Settings) -> None:
    """What a worker does after its start, until nothing is due."""
    services = open_services(settings)
    services.search.ensure_ready()
    run_worker(services, lambda: _is_done(services))
    close_services(services)


def _points(work: str) -> list[Point]:
    functions = {
        "worker": [
            (Session, "commit", 20),
            (portal.jobs.handlers, "read_file", 2),
            (portal.jobs.handlers, "record_reading", 2),
            (portal.jobs.handlers, "deliver", 1),
            (uploads.storage.LocalFileStore, "save", 1),
            (search.fts5_store, "apply", 1),
            (search.indexer, "clear_marks", 1),
        ],
        "upload": [
            (uploads.storage.LocalFileStore, "save", 3),
            (uploads.storage.LocalFileStore, "_give_final_name", 3),
            (portal.library.file_actions, "_expect_reading", 3),
            (portal.library.file_actions, "fill_proposals", 1),
            (Session, "commit", 2),
        ],
        "import": [
            (portal.exchange.import_writing, "plan_import", 1),
            (portal.exchange.import_writing, "create_projects", 1),
            (portal.exchange.import_writing, "save_lines", 1),
            (portal.exchange.import_writing, "ensure_partners", 1),
            (portal.registry.line_batches, "ensure_partners", 1),
            (portal.exchange.import_writing, "tell", 1),
            (Session, "flush", 12),
            (Session, "commit", 1),
        ],
    }[work]
    return [
        Point(owner, function, call, is_before)
        for owner, function, most in functions
        for call in range(1, most + 1)
        for is_before in (True, False)
    ]


def _doomed(work: str, settings: Settings, point: Point) -> None:
    works: dict[str, Work] = {
        "worker": work_until_done,
        "upload": upload.share_three_files,
        "import": importing.import_what_waits,
    }
    _set_trap(point)
    works[work](settings)
    os._exit(NEVER_REACHED)


def _set_trap(point: Point) -> None:
    original = getattr(point.owner, point.function)
    calls = 0

    def trapped(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == point.call and point.is_before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if calls == point.call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(point.owner, point.function, trapped)


def _in_child(work: Callable[[], None]) -> int:
    """Do the work in a child; how it ended, negative for a signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - a child that fails must still end as a child
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _is_done(services: Services) -> bool:
    with services.database.reading() as session:
        return not has_claimable(session) and not count_marks(session)


if __name__ == "__main__":
    main(*sys.argv[1:])
