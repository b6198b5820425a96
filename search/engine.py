"""The promise every search engine keeps, and the only place that chooses one."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from search.documents import Document, EngineStats, SearchQuery, SearchResult
from search.errors import EngineUnavailable, IndexingFailed

__all__ = [
    "EngineUnavailable",
    "IndexingFailed",
    "SearchEngine",
    "open_engine",
]


class SearchEngine(Protocol):
    """Documents in, hits out. Safe to share between threads and to carry through a fork."""

    def ensure_ready(self) -> None:
        """Create or adapt the index; do nothing where it is as it should be.

        Called once when a process starts. An index made by another version of the pipeline
        is emptied, and `stats().needs_rebuild` says so until it has been filled again.
        May raise EngineUnavailable.
        """

    def replace(self, documents_by_group: Mapping[str, Sequence[Document]]) -> str:
        """Put these documents in place of everything known of their groups.

        Called by the indexer and by a rebuild. An empty sequence removes its group; doing
        it twice changes nothing. The answer is a ticket for `wait`: only then are the
        documents searchable. May raise IndexingFailed or EngineUnavailable, and then the
        groups are as they were or as they should be, never a mixture inside one group for
        longer than the engine needs to take in one batch.
        """

    def wait(self, ticket: str, timeout_seconds: float = 60) -> None:
        """Return when the write behind the ticket is searchable.

        Called by the indexer before it clears marks. May raise IndexingFailed,
        EngineUnavailable, or TimeoutError when the time is over and the write still runs.
        """

    def mark_rebuilt(self) -> None:
        """Note that every group has been filled in again after the pipeline changed.

        Called at the end of a rebuild (`sala reindex`). May raise EngineUnavailable.
        """

    def clear(self) -> None:
        """Forget every document and wait until that is done.

        Called before a rebuild. May raise IndexingFailed or EngineUnavailable.
        """

    def search(self, query: SearchQuery) -> SearchResult:
        """Answer one question; without words, list everything the access tokens open.

        Called by every page that lists hits. Unknown filter values find nothing; an unknown
        field raises ValueError, since only the program chooses fields. May raise
        EngineUnavailable.
        """

    def groups(self) -> Iterator[tuple[str, str]]:
        """Every group known, with the `digest_of` its documents, in no particular order.

        Called by `sala check` to compare index and database both ways. The digest of a group
        that holds other documents than were put in together is that of nothing. May raise
        EngineUnavailable, also while the answer is being read.
        """

    def stats(self) -> EngineStats:
        """How large and how fresh the index is.

        Called by the administrator's page and `sala check`. May raise EngineUnavailable.
        """

    def close(self) -> None:
        """Let go of connections of this thread; the next call opens new ones."""


def open_engine(
    *,
    path: Path,
    url: str | None = None,
    key: str | None = None,
    index: str = "sala",
    facet_fields: Sequence[str],
    sort_fields: Sequence[str],
) -> SearchEngine:
    """Meilisearch where an address is given, else the embedded engine with its file at `path`.

    Nothing is opened yet: call `ensure_ready` before the first search.
    """
    if url:
        from search.meili import MeilisearchEngine

        return MeilisearchEngine(url, key, index, facet_fields, sort_fields)
    from search.fts5 import Fts5Engine

    return Fts5Engine(path, facet_fields, sort_fields)
