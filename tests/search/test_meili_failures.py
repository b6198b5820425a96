"""What callers are told when the search server is away, wrong or refuses something."""

import socket
import time
from collections.abc import Iterator

import pytest

from search.documents import SearchQuery, digest_of
from search.engine import EngineUnavailable, IndexingFailed
from search.meili import MeilisearchEngine
from tests.requirements import skip_or_fail
from tests.search.conftest import Server
from tests.search.library import FACETS, SORTS, fill, kit, record
from tests.servers import MEILISEARCH_REMEDY


@pytest.fixture
def deaf_server() -> Iterator[str]:
    """Takes connections and never answers; its address is as good as a server that hangs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def nobody() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def wait_for_all_tasks(engine: MeilisearchEngine) -> None:
    """Tasks of one index are done one after the other, so the last one tells of all."""
    engine.wait(str(engine._get("tasks?limit=1")["results"][0]["uid"]))


def calls(engine: MeilisearchEngine) -> list[object]:
    return [
        engine.ensure_ready,
        lambda: engine.search(SearchQuery("water")),
        lambda: engine.replace({"kit": [record("kit", "x")]}),
        lambda: engine.wait("1"),
        engine.clear,
        engine.stats,
        engine.mark_rebuilt,
        lambda: list(engine.groups()),
    ]


@pytest.mark.parametrize("number", range(8))
def test_a_server_that_is_away_is_unavailable(nobody: str, number: int) -> None:
    call = calls(MeilisearchEngine(nobody, "key", "sala", FACETS, SORTS))[number]
    with pytest.raises(EngineUnavailable):
        call()  # type: ignore[operator]


def test_a_server_that_hangs_is_unavailable(deaf_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.meili.REQUEST_TIMEOUT_SECONDS", 1)
    started = time.monotonic()
    with pytest.raises(EngineUnavailable):
        MeilisearchEngine(deaf_server, "key", "sala", FACETS, SORTS).search(SearchQuery("water"))
    assert time.monotonic() - started < 10


@pytest.fixture
def server(meilisearch_server: Server | None) -> Server:
    if meilisearch_server is None:
        skip_or_fail("Meilisearch is not installed", MEILISEARCH_REMEDY)
    return meilisearch_server


@pytest.mark.meili
def test_a_wrong_key_is_unavailable(server: Server) -> None:
    with pytest.raises(EngineUnavailable):
        MeilisearchEngine(server[0], "a wrong key", "sala", FACETS, SORTS).ensure_ready()


@pytest.mark.meili
def test_an_index_that_was_never_made_is_unavailable(server: Server) -> None:
    with pytest.raises(EngineUnavailable):
        MeilisearchEngine(*server, "never-made", FACETS, SORTS).search(SearchQuery("water"))


@pytest.mark.meili
def test_a_task_that_fails_is_told(server: Server) -> None:
    engine = MeilisearchEngine(*server, "refusing", FACETS, SORTS)
    engine.ensure_ready()
    ticket = engine._task("post", "indexes/refusing/documents", [{"key": "not / a key"}])
    with pytest.raises(IndexingFailed):
        engine.wait(ticket)


@pytest.mark.meili
def test_waiting_ends(server: Server) -> None:
    engine = MeilisearchEngine(*server, "waiting", FACETS, SORTS)
    engine.ensure_ready()
    pages = [record("kit", "x", "many words " * 20_000)]
    with pytest.raises(TimeoutError):
        engine.wait(engine.replace({"kit": pages}), timeout_seconds=0)


@pytest.mark.meili
def test_large_replacements_are_sent_in_several_tasks(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.meili.LONGEST_TASK_BYTES", 2000)
    engine = MeilisearchEngine(*server, "batches", FACETS, SORTS)
    engine.ensure_ready()
    documents = [record(f"kit{number}", "water " * 50) for number in range(20)]
    ticket = engine.replace({document.group: [document] for document in documents})
    assert len(ticket.split("+")) > 3
    engine.wait(ticket)
    assert engine.search(SearchQuery("water")).total == 20


@pytest.mark.meili
def test_settings_are_written_only_when_they_differ(server: Server) -> None:
    engine = MeilisearchEngine(*server, "settled", FACETS, SORTS)
    engine.ensure_ready()
    fill(engine, [record("kit", "water")])
    path = "tasks?indexUids=settled&types=settingsUpdate,documentDeletion&limit=1"
    before = engine._get(path)["total"]
    engine.ensure_ready()
    assert engine._get(path)["total"] == before
    assert engine.search(SearchQuery("water")).total == 1


@pytest.mark.meili
def test_values_too_long_for_the_server_can_still_be_filtered_by(server: Server) -> None:
    engine = MeilisearchEngine(*server, "long-values", FACETS, SORTS)
    engine.ensure_ready()
    value = "ອົງການ" * 60
    fill(engine, [record("kit", "water", facets={"kind": [value]})])
    found = engine.search(SearchQuery("water", filters={"kind": [value]}, facets=("kind",)))
    assert found.total == 1


@pytest.mark.meili
def test_a_replacement_that_was_cut_off_is_finished_by_the_next(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = MeilisearchEngine(*server, "cut-off", FACETS, SORTS)
    engine.ensure_ready()
    fill(engine, kit("old page", "another old page"))
    send = engine._task

    def stop_before_deleting(method: str, path: str, body: object = None) -> str:
        if path.endswith("/delete"):
            raise KeyboardInterrupt
        return send(method, path, body)

    monkeypatch.setattr(engine, "_task", stop_before_deleting)
    with pytest.raises(KeyboardInterrupt):
        engine.replace({"kit": kit("new page")})
    monkeypatch.undo()
    wait_for_all_tasks(engine)
    assert dict(engine.groups()) == {"kit": digest_of([])}
    fill(engine, kit("newest page"))
    assert dict(engine.groups()) == {"kit": digest_of(kit("newest page"))}
    hits = engine.search(SearchQuery("page")).hits
    assert [(hit.group, hit.documents) for hit in hits] == [("kit", ("kit-0",))]
    assert engine.search(SearchQuery("old", relax=False)).total == 0


@pytest.mark.meili
def test_of_two_processes_that_write_a_group_the_later_wins_as_a_whole(server: Server) -> None:
    first, second = (MeilisearchEngine(*server, "two-writers", FACETS, SORTS) for _ in range(2))
    first.ensure_ready()
    tickets = [
        writer.replace({"kit": kit(*pages)})
        for writer, pages in ((first, ["one", "two", "three"]), (second, ["four"]), (first, ["five", "six"]))
    ]
    for ticket in tickets:
        first.wait(ticket)
    assert dict(second.groups()) == {"kit": digest_of(kit("five", "six"))}
    assert [second.search(SearchQuery(word)).total for word in ("one", "four", "five", "six")] == [0, 0, 1, 1]
