"""The engine on a Meilisearch server (1.21 or later), through its official client.

Meilisearch never sees a text of ours: it gets the same coded tokens as the embedded engine
and every word and phrase in quotes, so that its own rules for languages, typing errors and
beginnings apply only where a query asks for them.
"""

import hashlib
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import meilisearch
from meilisearch.errors import MeilisearchApiError, MeilisearchError
from requests import RequestException

from search import meili_query
from search.documents import Document, EngineStats, SearchQuery, SearchResult, digest_of
from search.errors import EngineUnavailable, IndexingFailed
from search.words import PIPELINE, single_clusters, tokenise

# Raise this with every change of what is kept of a document: an index of another layout is made anew.
LAYOUT = 2
REQUEST_TIMEOUT_SECONDS = 30
LONGEST_TASK_BYTES = 10_000_000
ROWS_AT_ONCE = 5000
_STATE = "state"
_REFUSED = (400, 413)


class MeilisearchEngine:
    """Keeps the promise of `search.engine.SearchEngine` on one index of a server."""

    def __init__(
        self, url: str, key: str | None, index: str, facet_fields: Sequence[str], sort_fields: Sequence[str]
    ) -> None:
        self._url = url
        self._key = key
        self._index = index
        self._state_index = f"{index}_state"
        self._facets = tuple(facet_fields)
        self._sorts = tuple(sort_fields)
        self._version = f"{LAYOUT}/{PIPELINE}/{','.join((*self._sorts, *self._facets))}"
        self._local = threading.local()

    def ensure_ready(self) -> None:
        """Create the index, bring its settings up to date, and empty it if its tokens are others."""
        with self._answering():
            for name in (self._index, self._state_index):
                self._create(name)
            known = self._get(f"indexes/{self._index}/settings")
            wanted = meili_query.settings(self._facets, self._sorts)
            different = {name: value for name, value in wanted.items() if known.get(name) != value}
            if different:
                self.wait(self._task("patch", f"indexes/{self._index}/settings", different), 3600)
            if self._state().get("version") != self._version:
                self.clear()

    def replace(self, documents_by_group: Mapping[str, Sequence[Document]]) -> str:
        """Queue the new documents and then the removal of everything older of their groups.

        The new ones stand under keys of their own, so whichever process writes last wins as
        a whole, and a group is at no moment without documents.
        """
        # Numbers are floating point there; microseconds stay exact until the year 2255.
        written = time.time_ns() // 1000
        tasks = []
        with self._sending():
            for batch in self._batches(documents_by_group, written):
                tasks.append(self._task("post", f"indexes/{self._index}/documents?primaryKey=key", batch))
            names = json.dumps(list(documents_by_group), ensure_ascii=False)
            older = {"filter": f"grp IN {names} AND written < {written}"}
            tasks.append(self._task("post", f"indexes/{self._index}/documents/delete", older))
        return "+".join(tasks)

    def wait(self, ticket: str, timeout_seconds: float = 60) -> None:
        """Ask for each task until it has ended."""
        end = time.monotonic() + timeout_seconds
        for task in ticket.split("+"):
            pause = 0.005
            while not self._has_ended(task):
                if time.monotonic() > end:
                    raise TimeoutError(f"Task {task} of the search server has not ended yet")
                time.sleep(pause)
                pause = min(pause * 1.5, 0.25)

    def mark_rebuilt(self) -> None:
        """Note in the state index that everything has been written."""
        self._write_state(needs_rebuild=False)

    def clear(self) -> None:
        """Delete every document and note that a rebuild is due."""
        with self._answering():
            self.wait(self._task("delete", f"indexes/{self._index}/documents"), 600)
        self._write_state(needs_rebuild=True)

    def search(self, query: SearchQuery) -> SearchResult:
        """Ask stage by stage; each stage is one request for hits and all facets."""
        started = time.perf_counter()
        with self._answering():
            result = meili_query.answer(self._multi_search, self._index, self._facets, self._sorts, query)
        return replace(result, took_ms=(time.perf_counter() - started) * 1000)

    def groups(self) -> Iterator[tuple[str, str]]:
        """Every group with its digest, reading what each document says of its group once."""
        # Old and new documents may stand side by side, and of several tasks one may have failed.
        written: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for row in self._rows("grp,digest,parts"):
            written[row["grp"]].append((row["digest"], row["parts"]))
        for group, notes in written.items():
            digest, parts = notes[0]
            yield group, digest if notes == [notes[0]] * parts else digest_of(())

    def stats(self) -> EngineStats:
        """What the server tells about the index, and how many tasks wait for it."""
        with self._answering():
            numbers = self._get(f"indexes/{self._index}/stats")
            pending = self._get(f"tasks?statuses=enqueued,processing&limit=1&indexUids={self._index}")
            version = self._get("version")
            state = self._state()
            everything = {**meili_query.counting(self._index), "q": ""}
            groups = self._multi_search([everything])[0]["totalHits"]
        return EngineStats(
            engine="meilisearch",
            groups=groups,
            documents=numbers["numberOfDocuments"],
            size_bytes=numbers.get("rawDocumentDbSize", 0),
            pending=pending["total"],
            pipeline=PIPELINE,
            needs_rebuild=bool(state.get("needs_rebuild", True)),
            detail=f"Meilisearch {version['pkgVersion']}",
        )

    def close(self) -> None:
        """Nothing is held open between calls."""

    def _rows(self, fields: str) -> Iterator[dict[str, Any]]:
        """These fields of every document, page after page."""
        offset = 0
        while True:
            path = f"indexes/{self._index}/documents?fields={fields}&limit={ROWS_AT_ONCE}&offset={offset}"
            with self._answering():
                rows = self._get(path)["results"]
            yield from rows
            offset += ROWS_AT_ONCE
            if len(rows) < ROWS_AT_ONCE:
                return

    def _client(self) -> meilisearch.Client:
        # The client keeps the headers of the last request in itself, so threads cannot share it.
        client = getattr(self._local, "client", None)
        if client is None:
            client = meilisearch.Client(self._url, self._key, timeout=REQUEST_TIMEOUT_SECONDS)
            self._local.client = client
        return client

    def _get(self, path: str) -> Any:
        return self._client().http.get(path)

    def _task(self, method: str, path: str, body: Any = None) -> str:
        http = self._client().http
        if isinstance(body, bytes):
            answer = http.post(path, body, content_type="application/x-ndjson")
        elif method == "delete":
            answer = http.delete(path)
        else:
            answer = getattr(http, method)(path, body)
        return str(answer["taskUid"])

    def _multi_search(self, queries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = self._client().multi_search(list(queries))["results"]
        return results

    def _create(self, name: str) -> None:
        try:
            self._get(f"indexes/{name}")
        except MeilisearchApiError as error:
            if error.code != "index_not_found":
                raise
            ticket = self._task("post", "indexes", {"uid": name, "primaryKey": "key"})
            self._wait_for_creation(ticket)

    def _wait_for_creation(self, ticket: str) -> None:
        try:
            self.wait(ticket)
        except IndexingFailed as error:
            # Another process was faster, which is as good.
            if "index_already_exists" not in str(error):
                raise

    def _has_ended(self, task: str) -> bool:
        with self._answering():
            answer = self._get(f"tasks/{task}")
        if answer["status"] in ("failed", "canceled"):
            raise IndexingFailed(f"The search server refused a task: {json.dumps(answer['error'])}")
        return bool(answer["status"] == "succeeded")

    def _state(self) -> dict[str, Any]:
        rows = self._get(f"indexes/{self._state_index}/documents?limit=1")
        return dict(rows["results"][0]) if rows["results"] else {}

    def _write_state(self, *, needs_rebuild: bool) -> None:
        state = [{"key": _STATE, "version": self._version, "needs_rebuild": needs_rebuild}]
        with self._answering():
            self.wait(self._task("post", f"indexes/{self._state_index}/documents?primaryKey=key", state))

    def _batches(self, documents_by_group: Mapping[str, Sequence[Document]], written: int) -> Iterator[bytes]:
        """Lines of JSON in tasks of some megabytes, so that other work is not kept waiting."""
        lines: list[bytes] = []
        size = 0
        for documents in documents_by_group.values():
            of_group = {"written": written, "digest": digest_of(documents), "parts": len(documents)}
            for document in documents:
                record = {**self._record(document, written), **of_group}
                line = json.dumps(record, ensure_ascii=False).encode()
                if lines and size + len(line) > LONGEST_TASK_BYTES:
                    yield b"\n".join(lines)
                    lines, size = [], 0
                lines.append(line)
                size += len(line)
        if lines:
            yield b"\n".join(lines)

    def _record(self, document: Document, written: int) -> dict[str, Any]:
        columns = {
            name: tokenise(text)
            for name, text in (("title", document.title), ("extra", document.extra), ("body", document.body))
        }
        stream = [token for tokens in columns.values() for token in tokens.stream]
        words = set().union(*(tokens.words for tokens in columns.values()))
        return {
            "key": hashlib.blake2b(f"{written} {document.id}".encode(), digest_size=16).hexdigest(),
            "name": document.id,
            "grp": document.group,
            "access": sorted(document.access),
            **{name: " ".join(tokens.stream) for name, tokens in columns.items()},
            "clusters": " ".join(single_clusters(stream, words)),
            **{f"sort_{name}": document.sort.get(name, 0) for name in self._sorts},
            **{
                f"facet_{name}": [meili_query.short_value(value) for value in document.facets.get(name, ())]
                for name in self._facets
            },
        }

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Say what errors of the client mean for the caller."""
        try:
            yield
        except MeilisearchApiError as error:
            raise EngineUnavailable(f"The search server cannot be used: {error}") from error
        except (MeilisearchError, RequestException) as error:
            raise EngineUnavailable(f"The search server does not answer: {error}") from error

    @contextmanager
    def _sending(self) -> Iterator[None]:
        """The same for documents, which the server may also refuse for good."""
        with self._answering():
            try:
                yield
            except MeilisearchApiError as error:
                if error.status_code in _REFUSED:
                    raise IndexingFailed(f"The search server refused documents: {error}") from error
                raise
