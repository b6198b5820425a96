"""The worker: takes up jobs, carries stale documents to the index, asks for periodic work.

It may be killed at any moment: jobs are leases, marks are cleared only after the engine answered.
"""

import logging
import time
from collections.abc import Callable

from portal.core.queue import Job, claim, fail, finish, has_claimable, release_dead_leases, worker_name
from portal.indexing import mark_resources
from portal.jobs.handlers import HANDLERS
from portal.jobs.schedule import enqueue_due
from portal.library.queries import published_ids
from portal.library.searchable import load_documents
from portal.request import Services
from search.engine import EngineUnavailable, IndexingFailed
from search.indexer import drain

IDLE_SECONDS = 0.5
SCHEDULE_SECONDS = 30
ENGINE_PAUSE_SECONDS = 5
log = logging.getLogger("sala.worker")


def run_worker(services: Services, should_stop: Callable[[], bool]) -> None:
    """Work until told to stop; a job that is running is finished first."""
    with services.database.writing() as session:
        released = release_dead_leases(session)
    if released:
        log.info("took up %s jobs of a worker that is gone", released)
    mark_all_if_index_is_new(services)
    next_schedule = engine_pause = 0.0
    while not should_stop():
        moment = time.monotonic()
        if moment >= next_schedule:
            with services.database.writing() as session:
                enqueue_due(session)
            next_schedule = moment + SCHEDULE_SECONDS
        has_worked = work_once(services)
        if moment >= engine_pause:
            try:
                has_worked = bool(index_once(services)) or has_worked
            except (EngineUnavailable, IndexingFailed, TimeoutError) as error:
                log.warning("the index does not follow just now: %s", error)
                engine_pause = moment + ENGINE_PAUSE_SECONDS
        if not has_worked:
            time.sleep(IDLE_SECONDS)


def mark_all_if_index_is_new(services: Services) -> int:
    """Mark every published resource when the index was emptied by another pipeline; return how many.

    The marks are kept like any other, so the rebuilding goes on after a stop.
    """
    try:
        if not services.search.stats().needs_rebuild:
            return 0
        with services.database.writing() as session:
            ids = published_ids(session)
            mark_resources(session, ids)
        services.search.mark_rebuilt()
    except EngineUnavailable as error:
        log.warning("the index cannot be asked just now: %s", error)
        return 0
    log.info("the index is filled again with %s resources", len(ids))
    return len(ids)


def work_once(services: Services) -> bool:
    """Do one job, if one is due."""
    with services.database.reading() as session:
        if not has_claimable(session):
            # Looking costs nothing; claiming takes the lock for writing, twice a second for ever.
            return False
    with services.database.writing() as session:
        job = claim(session, worker_name())
    if job is None:
        return False
    _run(services, job)
    return True


def work_off(services: Services) -> None:
    """Do everything that is due now, then return: for commands, the sample library and tests."""
    while work_once(services) or index_once(services):
        pass


def index_once(services: Services) -> int:
    """Carry one batch of stale documents to the engine."""
    return drain(services.database.reading, services.database.writing, services.search, load_documents)


def _run(services: Services, job: Job) -> None:
    try:
        HANDLERS[job.kind](services, **job.arguments)
    except Exception as error:
        log.warning("job %s (%s) failed at attempt %s", job.kind, job.id, job.attempts, exc_info=error)
        with services.database.writing() as session:
            fail(session, job.id, f"{type(error).__name__}: {error}")
    else:
        with services.database.writing() as session:
            finish(session, job.id)
