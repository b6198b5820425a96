"""The file of the embedded engine under kills, forks, crowds and years of changes."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from search import fts5_store
from search.documents import Document, SearchQuery
from search.engine import EngineUnavailable, IndexingFailed
from search.fts5 import Fts5Engine
from tests.search.library import LIBRARY, fill, kit, record

WRITER = """
import sys
from pathlib import Path
from search.fts5 import Fts5Engine
from tests.search.library import FACETS, SORTS, kit
engine = Fts5Engine(Path(sys.argv[1]), FACETS, SORTS)
engine.ensure_ready()
name, rounds, groups = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
print("ready", flush=True)
for number in range(rounds):
    pages = (f"round{number} alpha", f"round{number} omega ສິດຂອງມະນຸດ")
    engine.replace({f"{name}{group}": kit(*pages, group=f"{name}{group}") for group in range(groups)})
print("done", flush=True)
"""


ASKER = """
import sys
from pathlib import Path
from search.documents import SearchQuery
from search.fts5 import Fts5Engine
from tests.search.library import FACETS, SORTS
engine = Fts5Engine(Path(sys.argv[1]), FACETS, SORTS)
for line in sys.stdin:
    print(engine.search(SearchQuery(line.strip())).total, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "search.db"


def open_at(path: Path) -> Fts5Engine:
    engine = Fts5Engine(path, ("language", "kind", "province", "tags"), ("newest", "used"))
    engine.ensure_ready()
    return engine


def writer(path: Path, name: str, rounds: int, groups: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", WRITER, str(path), name, str(rounds), str(groups)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ask(process: subprocess.Popen[str], text: str) -> int:
    """How many groups the other process finds."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def is_whole(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        for table in ("fts", "single"):
            connection.execute(f"insert into {table} ({table}) values ('integrity-check')")
        return bool(connection.execute("pragma integrity_check").fetchone() == ("ok",))
    finally:
        connection.close()


def size_without_log(path: Path) -> int:
    connection = sqlite3.connect(path)
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    return path.stat().st_size


@pytest.mark.parametrize("delay_seconds", [0.0, 0.05, 0.15, 0.4])
def test_a_killed_writer_leaves_whole_groups(path: Path, delay_seconds: float) -> None:
    process = writer(path, "kit", 100_000, 60)
    time.sleep(delay_seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    engine = open_at(path)
    assert is_whole(path)
    groups = dict(engine.groups())
    assert engine.stats().documents == 2 * len(groups)
    found = engine.search(SearchQuery("alpha", limit=100))
    assert {hit.group for hit in found.hits} == set(groups)
    fill(engine, kit("after the kill", group="kit0"))
    assert [hit.group for hit in engine.search(SearchQuery("after kill")).hits] == ["kit0"]
    engine.close()


def test_two_processes_write_while_a_third_reads(path: Path) -> None:
    engine = open_at(path)
    writers = [writer(path, name, 25, 20) for name in ("red", "blue")]
    seen = 0
    while any(process.poll() is None for process in writers):
        result = engine.search(SearchQuery("alpha", limit=100, facets=("kind",)))
        assert result.total == len(result.hits) == sum(result.facets["kind"].values())
        seen = max(seen, result.total)
    assert [process.communicate()[0] for process in writers] == ["done\n", "done\n"]
    assert engine.search(SearchQuery("round24 alpha", relax=False)).total == 40
    assert engine.search(SearchQuery("round23 alpha", relax=False)).total == 0
    assert is_whole(path)
    engine.close()


def test_two_processes_that_write_the_same_groups_leave_one_version(path: Path) -> None:
    engine = open_at(path)
    for process in [writer(path, "same", 20, 15) for _ in range(2)]:
        assert process.communicate()[0] == "done\n"
    assert {group for group, _ in engine.groups()} == {f"same{number}" for number in range(15)}
    assert engine.stats().documents == 30
    assert engine.search(SearchQuery("round19")).total == 15
    assert is_whole(path)
    engine.close()


def test_a_group_that_changed_since_it_was_compared_is_compared_again(path: Path) -> None:
    engine = open_at(path)
    fill(engine, kit("old"))
    connection = sqlite3.connect(path, isolation_level=None)
    change = fts5_store.prepare(connection, "kit", kit("mine"))
    fill(engine, kit("theirs", "more"))
    connection.execute("begin immediate")
    assert change is not None
    fts5_store.apply(
        connection, [change], fts5_store.Fields(("language", "kind", "province", "tags"), ("newest", "used"))
    )
    connection.execute("commit")
    connection.close()
    assert engine.search(SearchQuery("mine")).total == 1
    assert engine.search(SearchQuery("theirs", relax=False)).total == 0
    assert is_whole(path)
    engine.close()


def test_years_of_changes_do_not_make_the_file_grow(path: Path) -> None:
    engine = open_at(path)
    sizes = []
    for year in range(40):
        groups = {
            f"kit{number}": kit(
                *(f"text{year} {number} {page} " + "ສິດ ຂອງ ມະນຸດ common words " * 20 for page in range(5)),
                group=f"kit{number}",
            )
            for number in range(20)
        }
        engine.replace(groups)
        sizes.append(size_without_log(path))
    assert max(sizes[20:]) < 1.5 * max(sizes[:20])
    assert engine.search(SearchQuery("text39")).total == 20
    connection = sqlite3.connect(path)
    assert connection.execute("select count(*) from document").fetchone() == (100,)
    assert connection.execute("select count(*) from word where documents <= 0").fetchone() == (0,)
    connection.close()
    assert is_whole(path)
    engine.close()


def test_nothing_is_left_when_every_group_is_gone(path: Path) -> None:
    engine = open_at(path)
    fill(engine, LIBRARY)
    engine.replace({document.group: [] for document in LIBRARY})
    connection = sqlite3.connect(path)
    for table in ("document", "source", "word"):
        assert connection.execute(f"select count(*) from {table}").fetchone() == (0,)
    connection.close()
    assert is_whole(path)
    engine.close()


def test_a_child_of_a_fork_opens_a_connection_of_its_own(path: Path) -> None:
    engine = open_at(path)
    fill(engine, LIBRARY)
    child = os.fork()
    if child == 0:
        total = engine.search(SearchQuery("water")).total
        engine.replace({"child": [record("child", "written by the child")]})
        os._exit(0 if total == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert engine.search(SearchQuery("child")).total == 1
    engine.close()


def remove(path: Path) -> None:
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()


def test_an_index_that_was_deleted_is_made_anew_and_asks_to_be_filled(path: Path) -> None:
    writing, reading = open_at(path), open_at(path)
    fill(writing, LIBRARY)
    writing.mark_rebuilt()
    assert reading.search(SearchQuery("water")).total == 1
    remove(path)
    assert reading.search(SearchQuery("water")).total == 0
    assert reading.stats().needs_rebuild
    fill(writing, LIBRARY)
    assert reading.search(SearchQuery("water")).total == 1
    assert reading.stats().needs_rebuild
    assert is_whole(path)
    writing.close()
    reading.close()


def test_an_index_whose_log_stayed_behind_is_made_anew(path: Path) -> None:
    writing, reading = open_at(path), open_at(path)
    fill(writing, LIBRARY)
    assert reading.search(SearchQuery("water")).total == 1
    path.unlink()
    fill(writing, [record("kit", "after the loss")])
    assert [group for group, _ in reading.groups()] == ["kit"]
    reading.close()
    writing.close()
    assert is_whole(path)


def test_processes_go_on_together_after_one_index_was_deleted_without_its_log(path: Path) -> None:
    engine = open_at(path)
    arguments = [sys.executable, "-c", ASKER, str(path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        fill(engine, LIBRARY)
        assert ask(other, "water") == 1
        path.unlink()
        fill(engine, [record(f"kit{number}", "after the loss") for number in range(50)])
        assert ask(other, "water") == 0
        assert ask(other, "loss") == engine.search(SearchQuery("loss")).total == 50
        assert other.stdin is not None
        other.stdin.close()
    engine.close()
    assert is_whole(path)


def test_an_index_that_was_put_in_place_of_another_is_read(path: Path, tmp_path: Path) -> None:
    engine = open_at(path)
    fill(engine, LIBRARY)
    other = open_at(tmp_path / "other.db")
    fill(other, [record("kit", "from a backup")])
    other.close()
    remove(path)
    (tmp_path / "other.db").rename(path)
    assert [hit.group for hit in engine.search(SearchQuery("backup")).hits] == ["kit"]
    assert engine.search(SearchQuery("water")).total == 0
    engine.close()


def test_threads_share_an_engine(path: Path) -> None:
    engine = open_at(path)
    fill(engine, LIBRARY)
    totals: list[int] = []

    def ask() -> None:
        totals.extend(engine.search(SearchQuery("water")).total for _ in range(20))
        engine.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [1] * 80
    engine.close()


def test_a_file_that_is_no_index_is_reported_as_unavailable(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    engine = Fts5Engine(path, (), ())
    with pytest.raises(EngineUnavailable):
        engine.ensure_ready()
    with pytest.raises(EngineUnavailable):
        engine.search(SearchQuery("water"))


@pytest.mark.parametrize(
    "documents",
    [
        [record("other", "x")],
        [Document(id="same", group="kit", title="a"), Document(id="same", group="kit", title="b")],
    ],
)
def test_documents_that_are_not_the_groups_own_are_refused(path: Path, documents: list[Document]) -> None:
    engine = open_at(path)
    with pytest.raises(IndexingFailed):
        engine.replace({"kit": documents})
    assert list(engine.groups()) == []
    engine.close()


def test_fields_must_be_identifiers() -> None:
    with pytest.raises(ValueError, match="cannot be a field"):
        fts5_store.Fields(("language; drop table grp",), ())


def test_other_fields_empty_the_index_and_ask_for_a_rebuild(path: Path) -> None:
    engine = open_at(path)
    fill(engine, LIBRARY)
    engine.close()
    changed = Fts5Engine(path, ("language",), ("newest",))
    changed.ensure_ready()
    assert changed.stats().needs_rebuild
    assert list(changed.groups()) == []
    changed.close()


def test_a_broad_query_prefers_titles_and_then_many_pages(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.fts5_query._MOST_SCORED", 3)
    engine = open_at(path)
    fill(engine, kit("water", "water", "water", group="many"))
    fill(engine, kit("water", "nothing", "nothing", group="few"))
    fill(engine, [record("titled", "Water"), *kit("x", "y", "water at last", group="last")])
    result = engine.search(SearchQuery("water"))
    assert [hit.group for hit in result.hits] == ["titled", "many", "few", "last"]
    assert result.hits[-1].documents == ("last-2",)
    engine.close()
