"""Stale marks and their way to the engine: nothing that changed is ever forgotten."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, create_engine

from search.documents import Document, SearchQuery
from search.engine import EngineUnavailable, IndexingFailed
from search.fts5 import Fts5Engine
from search.indexer import drain
from search.outbox import StaleMark, clear_marks, count_marks, due_marks, hidden_groups, mark_stale
from tests.search.library import FACETS, SORTS, record


class Stopped(BaseException):
    """The process ends here, whatever it was about to do."""


class Shelf:
    """Documents of a portal, and the engine that may stop working."""

    def __init__(self, database: Engine, engine: Fts5Engine) -> None:
        self.database = database
        self.engine = engine
        self.titles: dict[str, str] = {}
        self.while_loading: Callable[[], None] = lambda: None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with Session(self.database) as session, session.begin():
            yield session

    def change(self, group: str, title: str, *, hides: bool = False) -> None:
        self.titles[group] = title
        with self.transaction() as session:
            mark_stale(session, group, hides)

    def load(self, session: Session, groups: Sequence[str]) -> Mapping[str, Sequence[Document]]:
        loaded = {
            group: [record(group, self.titles[group])] if self.titles[group] else [] for group in groups
        }
        self.while_loading()
        return loaded

    def drain(self, limit: int = 200) -> int:
        return drain(self.transaction, self.transaction, self.engine, self.load, limit)

    def marks(self) -> int:
        with self.transaction() as session:
            return count_marks(session)

    def hidden(self) -> frozenset[str]:
        with self.transaction() as session:
            return hidden_groups(session)

    def found(self, text: str) -> int:
        return self.engine.search(SearchQuery(text, relax=False)).total


@pytest.fixture
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("outbox")
    database = create_engine(f"sqlite:///{folder / 'portal.db'}")
    SQLModel.metadata.tables[str(StaleMark.__tablename__)].create(database)
    engine = Fts5Engine(folder / "search.db", FACETS, SORTS)
    engine.ensure_ready()
    yield Shelf(database, engine)
    engine.close()
    database.dispose()


def test_a_change_is_carried_once(shelf: Shelf) -> None:
    shelf.change("kit", "water")
    assert shelf.drain() == 1
    assert (shelf.found("water"), shelf.marks(), shelf.drain()) == (1, 0, 0)


def test_a_group_has_one_mark_however_often_it_changes(shelf: Shelf) -> None:
    for title in ("one", "two", "three"):
        shelf.change("kit", title)
    assert shelf.marks() == 1
    shelf.drain()
    assert (shelf.found("three"), shelf.found("one")) == (1, 0)


def test_a_removed_group_leaves_the_index(shelf: Shelf) -> None:
    shelf.change("kit", "water")
    shelf.drain()
    shelf.change("kit", "")
    shelf.drain()
    assert (shelf.found("water"), dict(shelf.engine.groups())) == (0, {})


def test_the_second_of_two_quick_changes_is_not_lost(shelf: Shelf) -> None:
    shelf.change("kit", "first")
    with shelf.transaction() as session:
        read_before = due_marks(session)
    shelf.change("kit", "second")
    with shelf.transaction() as session:
        assert clear_marks(session, read_before) == 0
    assert shelf.marks() == 1
    shelf.drain()
    assert (shelf.found("second"), shelf.marks()) == (1, 0)


def test_a_change_between_loading_and_clearing_keeps_its_mark(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.change("kit", "first")
    carry = shelf.engine.replace

    def carry_and_change(documents: Mapping[str, Sequence[Document]]) -> str:
        ticket = carry(documents)
        shelf.change("kit", "second")
        return ticket

    monkeypatch.setattr(shelf.engine, "replace", carry_and_change)
    shelf.drain()
    assert shelf.marks() == 1
    monkeypatch.undo()
    shelf.drain()
    assert (shelf.found("second"), shelf.marks()) == (1, 0)


def test_stopping_after_the_engine_has_written_only_repeats_the_work(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.change("kit", "water", hides=True)

    def stop(ticket: str, timeout_seconds: float) -> None:
        raise Stopped

    monkeypatch.setattr(shelf.engine, "wait", stop)
    with pytest.raises(Stopped):
        shelf.drain()
    assert (shelf.marks(), shelf.hidden()) == (1, frozenset({"kit"}))
    monkeypatch.undo()
    assert shelf.drain() == 1
    assert (shelf.found("water"), shelf.marks(), shelf.hidden()) == (1, 0, frozenset())


@pytest.mark.parametrize("step", ["replace", "wait"])
def test_marks_stay_while_the_engine_is_unavailable(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    shelf.change("kit", "water")

    def fail(*_: object) -> str:
        raise EngineUnavailable("away")

    monkeypatch.setattr(shelf.engine, step, fail)
    with pytest.raises(EngineUnavailable):
        shelf.drain()
    assert shelf.marks() == 1


@pytest.fixture
def refusing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A shelf whose engine refuses everything that holds the group `bad`."""
    carry = shelf.engine.replace

    def refuse(documents: Mapping[str, Sequence[Document]]) -> str:
        if "bad" in documents:
            raise IndexingFailed("not these")
        return carry(documents)

    monkeypatch.setattr(shelf.engine, "replace", refuse)
    return shelf


def test_a_group_that_is_refused_keeps_no_other_from_the_index(refusing: Shelf) -> None:
    for group in ("first", "bad", "last"):
        refusing.change(group, "water", hides=True)
    assert refusing.drain() == 2
    assert refusing.found("water") == 2
    assert refusing.hidden() == {"bad"}


def test_a_group_that_is_refused_goes_to_the_end(refusing: Shelf) -> None:
    refusing.change("bad", "water")
    refusing.change("good", "water")
    with pytest.raises(IndexingFailed):
        refusing.drain(limit=1)
    assert (refusing.drain(limit=1), refusing.found("water"), refusing.marks()) == (1, 1, 1)


def test_a_group_that_was_refused_is_carried_when_it_has_changed(
    refusing: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing.change("bad", "water")
    with pytest.raises(IndexingFailed):
        refusing.drain()
    monkeypatch.undo()
    assert (refusing.drain(), refusing.marks()) == (1, 0)


def test_stopping_while_loading_changes_nothing(shelf: Shelf) -> None:
    shelf.change("kit", "water")

    def stop() -> None:
        raise Stopped

    shelf.while_loading = stop
    with pytest.raises(Stopped):
        shelf.drain()
    assert (shelf.marks(), shelf.found("water")) == (1, 0)


def test_hiding_lasts_until_the_mark_is_cleared(shelf: Shelf) -> None:
    shelf.change("kit", "secret", hides=True)
    shelf.change("kit", "secret and edited")
    shelf.change("other", "open")
    assert shelf.hidden() == {"kit"}
    shelf.drain()
    assert shelf.hidden() == frozenset()


def test_what_hides_comes_first_and_then_the_oldest(shelf: Shelf) -> None:
    shelf.change("a", "first")
    shelf.change("b", "second")
    shelf.change("c", "third", hides=True)
    with shelf.transaction() as session:
        assert [mark.group_id for mark in due_marks(session, 2)] == ["c", "a"]


def test_a_batch_takes_no_more_than_its_limit(shelf: Shelf) -> None:
    for number in range(5):
        shelf.change(f"kit{number}", "water")
    assert [shelf.drain(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert shelf.found("water") == 5


def test_every_change_has_a_token_of_its_own(shelf: Shelf) -> None:
    tokens: set[str] = set()
    for _ in range(20):
        shelf.change("kit", "water")
        with shelf.transaction() as session:
            tokens.update(mark.token for mark in due_marks(session))
    assert len(tokens) == 20


def test_a_change_that_is_rolled_back_leaves_no_mark(shelf: Shelf) -> None:
    def mark_and_stop() -> None:
        with shelf.transaction() as session:
            mark_stale(session, "kit", hides=True)
            raise Stopped

    with pytest.raises(Stopped):
        mark_and_stop()
    assert (shelf.marks(), shelf.hidden()) == (0, frozenset())
