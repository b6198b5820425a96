"""The worker: takes up jobs, carries stale documents to the index, asks for periodic work.

It may be killed at any moment: jobs are leases, marks are cleared only after the engine answered.
"""

import logging
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from sqlmodel import select

from portal.core.queue import Job, claim, fail, finish, has_claimable, release_dead_leases, worker_name
from portal.indexing import mark_resources
from portal.jobs.comparing import compare_once
from portal.jobs.documents import load_documents, searchable_ids
from portal.jobs.handlers import HANDLERS
from portal.jobs.schedule import enqueue_due
from portal.request import Services
from search.engine import EngineUnavailable, IndexingFailed
from search.indexer import drain
from search.outbox import StaleMark

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
    index, register = _IndexFollower(services), _RegisterFollower(services)
    next_schedule = 0.0
    while not should_stop():
        moment = time.monotonic()
        if moment >= next_schedule:
            with services.database.writing() as session:
                enqueue_due(session)
            next_schedule = moment + SCHEDULE_SECONDS
        has_worked = work_once(services)
        has_compared = not has_worked and register.follow(moment)
        if not index.follow(moment) and not has_worked and not has_compared:
            time.sleep(IDLE_SECONDS)


class _IndexFollower:
    """Carries what is stale, looks now and then whether the index is a new one, rests when it fails."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._is_ready = False
        self._next_look = 0.0
        self._rests_until = 0.0

    def follow(self, moment: float) -> bool:
        """Carry one batch, if there is one."""
        if moment < self._rests_until:
            return False
        try:
            if moment >= self._next_look:
                self._look_after_index()
                self._next_look = moment + SCHEDULE_SECONDS
            return bool(index_once(self._services))
        except (EngineUnavailable, IndexingFailed, TimeoutError) as error:
            log.warning("the index does not follow just now: %s", error)
            self._rests_until = moment + ENGINE_PAUSE_SECONDS
            return False

    def _look_after_index(self) -> None:
        # Not at every look: a worker of the old version would empty the index that the new one fills.
        if not self._is_ready:
            self._services.search.ensure_ready()
            self._is_ready = True
        mark_what_a_new_index_lacks(self._services)


class _RegisterFollower:
    """Looks for overlaps when the register changed; rests when that fails, so that everything else goes on."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._rests_until = 0.0

    def follow(self, moment: float) -> bool:
        if moment < self._rests_until:
            return False
        try:
            return compare_once(self._services)
        except Exception as error:
            log.warning("overlaps are not looked for just now", exc_info=error)
            self._rests_until = moment + SCHEDULE_SECONDS
            return False


def mark_what_a_new_index_lacks(services: Services) -> int:
    """Mark what an index that was made anew still lacks, and note when that is nothing; return how much it is.

    The marks are kept like any other, so the filling goes on after a stop. May raise EngineUnavailable.
    """
    lacking = lacking_in_new_index(services)
    if lacking:
        with services.database.writing() as session:
            marked = set(session.exec(select(StaleMark.group_id)))
            fresh = [resource_id for resource_id in lacking if resource_id.hex not in marked]
            mark_resources(session, fresh)
        log.info("the index is new and lacks %s records", len(lacking))
    elif services.search.stats().needs_rebuild:
        services.search.mark_rebuilt()
    return len(lacking)


def lacking_in_new_index(services: Services) -> Sequence[UUID]:
    """Everything published that an index made anew does not know yet; none where the index is complete.

    May raise EngineUnavailable.
    """
    if not services.search.stats().needs_rebuild:
        return []
    known = {group for group, _ in services.search.groups()}
    with services.database.reading() as session:
        return [resource_id for resource_id in searchable_ids(session) if resource_id.hex not in known]


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
    while work_once(services) or index_once(services) or compare_once(services):
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
