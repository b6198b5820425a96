"""An index that is new, lost or away: the worker fills it, and it says that it is incomplete until it is not."""

import pytest

from portal.jobs import rebuilding, worker
from portal.jobs.rebuilding import carry_marks, rebuild_index
from portal.jobs.worker import mark_what_a_new_index_lacks, run_worker, work_off
from search.documents import SearchQuery
from search.engine import EngineUnavailable
from search.outbox import clear_marks, count_marks, due_marks, mark_stale
from tests.factories import Factory


@pytest.fixture
def library(services):
    """Two published resources that are found."""
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation()
        for title in ("First", "Second"):
            make.resource(services.files, make.member(organisation), organisation, title=title)
    work_off(services)
    services.search.mark_rebuilt()
    return services


@pytest.fixture
def in_quick_steps(monkeypatch):
    """The worker looks after the index at every step and never rests."""
    for name in ("SCHEDULE_SECONDS", "IDLE_SECONDS", "ENGINE_PAUSE_SECONDS"):
        monkeypatch.setattr(worker, name, 0)


def _delete_index(services):
    for part in services.settings.data_dir.glob(f"{services.settings.index_file.name}*"):
        part.unlink()


def _is_complete(services):
    return services.search.stats().groups == 2 and not services.search.stats().needs_rebuild


@pytest.mark.usefixtures("in_quick_steps")
def test_a_running_worker_notices_that_the_index_is_gone(library):
    steps = iter(range(20))

    def should_stop():
        step = next(steps, None)
        if step == 5:
            assert _is_complete(library)
            _delete_index(library)
        return step is None

    run_worker(library, should_stop)
    assert _is_complete(library)


def test_a_new_index_is_incomplete_until_everything_is_carried(library):
    _delete_index(library)
    for _ in range(2):
        assert mark_what_a_new_index_lacks(library) == 2
        assert library.search.stats().needs_rebuild
        with library.database.reading() as session:
            assert count_marks(session) == 2
    work_off(library)
    assert library.search.stats().needs_rebuild
    assert mark_what_a_new_index_lacks(library) == 0
    assert _is_complete(library)


def test_an_index_lost_while_it_is_rebuilt_is_filled_all_the_same(library, monkeypatch):
    lose = iter([True])
    index_once = rebuilding.index_once

    def index_and_lose_once(services):
        carried = index_once(services)
        if next(lose, False):
            _delete_index(services)
        return carried

    monkeypatch.setattr(rebuilding, "index_once", index_and_lose_once)
    rebuild_index(library, lambda done, total: None)
    assert _is_complete(library)


def test_the_bar_reaches_its_end_though_a_worker_takes_a_share(library, monkeypatch):
    with library.database.writing() as session:
        for number in range(120):
            mark_stale(session, f"{number:032x}")
    index_once = rebuilding.index_once

    def index_beside_a_worker(services):
        carried = index_once(services)
        with services.database.writing() as session:
            clear_marks(session, due_marks(session, limit=40))
        return carried

    monkeypatch.setattr(rebuilding, "index_once", index_beside_a_worker)
    shown = []
    carry_marks(library, lambda done, total: shown.append((done, total)))
    assert shown[0] == (0, 120)
    assert shown[-1] == (120, 120)
    assert shown == sorted(shown)


@pytest.mark.usefixtures("in_quick_steps")
def test_an_engine_that_is_away_at_the_start_is_made_ready_later(library, monkeypatch):
    _delete_index(library)
    answers = iter([EngineUnavailable("away"), None])
    made_ready = []

    def ensure_ready():
        made_ready.append(None)
        if (error := next(answers, None)) is not None:
            raise error

    monkeypatch.setattr(library.search, "ensure_ready", ensure_ready)
    steps = iter(range(12))
    run_worker(library, lambda: next(steps, None) is None)
    assert len(made_ready) == 2
    assert library.search.search(SearchQuery("")).total == 2
