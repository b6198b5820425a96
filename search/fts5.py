"""The embedded engine: SQLite FTS5 in a file of its own, for one machine and some hundred thousand pages."""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from search import fts5_query, fts5_store
from search.documents import Document, EngineStats, SearchQuery, SearchResult
from search.errors import EngineUnavailable, IndexingFailed
from search.fts5_directory import Directory, directory_at
from search.words import PIPELINE

_PRAGMAS = (
    "auto_vacuum = incremental",
    "journal_mode = wal",
    "synchronous = normal",
    "busy_timeout = 30000",
    # Measured on 60,000 pages: a larger cache or a mapped file answers no sooner, and every thread would hold
    # its own 32 MB, or count the whole file as its memory.
    "cache_size = -8192",
    "mmap_size = 0",
    "temp_store = memory",
    "journal_size_limit = 67108864",
)
_MOST_FREE_PAGES = 256
# A connection that came through a fork must not even be closed by the child: closing would
# give up the locks of the parent. So the child keeps it here, untouched.
_inherited: list[sqlite3.Connection] = []


class Fts5Engine:
    """Keeps the promise of `search.engine.SearchEngine` with nothing but the standard library.

    Several processes may read and write the same file. A write is one transaction, so there
    is nothing to wait for, and a killed process leaves the index as it was. A file that is
    deleted or replaced meanwhile is noticed at the next call; a missing one is made anew and
    asks for a rebuild.
    """

    def __init__(self, path: Path, facet_fields: Sequence[str], sort_fields: Sequence[str]) -> None:
        self._path = path
        self._fields = fts5_store.Fields(tuple(facet_fields), tuple(sort_fields))
        self._local = threading.local()
        self._directory: Directory | None = None

    def ensure_ready(self) -> None:
        """Make the tables, or make them anew when the pipeline or the fields are others now."""
        with self._writing() as connection:
            if fts5_store.known_version(connection) != self._fields.version:
                fts5_store.create_schema(connection, self._fields)
        # The thread that starts a process may never ask again, and would hold a deleted file for ever.
        self.close()

    def replace(self, documents_by_group: Mapping[str, Sequence[Document]]) -> str:
        """Put the documents in place; everything has happened when this returns."""
        with self._answering() as connection:
            changes = [
                change
                for group, documents in documents_by_group.items()
                if (change := fts5_store.prepare(connection, group, documents)) is not None
            ]
        if changes:
            with self._writing() as connection:
                fts5_store.apply(connection, changes, self._fields)
            self._give_back_pages()
        return "done"

    def wait(self, ticket: str, timeout_seconds: float = 60) -> None:
        """Return at once: a write is searchable when it is committed."""

    def mark_rebuilt(self) -> None:
        """Note that the index is complete again."""
        with self._writing() as connection:
            connection.execute("update meta set value = '0' where name = 'needs_rebuild'")

    def clear(self) -> None:
        """Make every table anew."""
        with self._writing() as connection:
            fts5_store.create_schema(connection, self._fields)

    def search(self, query: SearchQuery) -> SearchResult:
        """Answer from one snapshot of the file."""
        started = time.perf_counter()
        with self._reading() as connection:
            # Threads may replace it at the same time; each goes on with the one of its own moment.
            directory = self._directory = directory_at(connection, self._fields, self._directory)
            result = fts5_query.answer(connection, self._fields, directory, query)
        return replace(result, took_ms=(time.perf_counter() - started) * 1000)

    def groups(self) -> Iterator[tuple[str, str]]:
        """Every group with its digest; a write is whole, so the digest is always that of its documents."""
        with self._reading() as connection:
            rows = connection.execute("select name, digest from grp where documents > 0").fetchall()
        yield from rows

    def stats(self) -> EngineStats:
        """Counts and size, the write-ahead log included."""
        with self._reading() as connection:
            groups, documents = connection.execute(
                "select count(*), coalesce(sum(documents), 0) from grp where documents > 0"
            ).fetchone()
            due = connection.execute("select value from meta where name = 'needs_rebuild'").fetchone()
        parts = (self._path, self._path.with_name(self._path.name + "-wal"))
        return EngineStats(
            engine="fts5",
            groups=groups,
            documents=documents,
            size_bytes=sum(part.stat().st_size for part in parts if part.exists()),
            pending=0,
            pipeline=PIPELINE,
            needs_rebuild=due == ("1",),
            detail=f"SQLite {sqlite3.sqlite_version}",
        )

    def close(self) -> None:
        """Close the connection of this thread."""
        connection = self._connection_of_thread()
        if connection is not None:
            connection.close()
        self._local.connection = None

    def _give_back_pages(self) -> None:
        """Shrink the file where merges have left more than a fifth of it empty."""
        with self._answering() as connection:
            free: int = connection.execute("pragma freelist_count").fetchone()[0]
            pages: int = connection.execute("pragma page_count").fetchone()[0]
            if free > _MOST_FREE_PAGES and free > pages // 5:
                # Only a script is run to its end; a single statement would free one page.
                connection.executescript(f"pragma incremental_vacuum({free - pages // 20})")

    def _connection_of_thread(self) -> sqlite3.Connection | None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and self._local.process != os.getpid():
            _inherited.append(connection)
            self._local.connection = connection = None
        return connection

    def _connection(self) -> sqlite3.Connection:
        connection = self._connection_of_thread()
        if connection is not None and self._local.file != _file_at(self._path):
            # Whatever is written into a file that lost its name is gone, and no error tells of it.
            self.close()
            connection = None
        if connection is None:
            connection = self._open()
            self._local.connection = connection
            self._local.process = os.getpid()
            self._local.file = _file_at(self._path)
        return connection

    def _open(self) -> sqlite3.Connection:
        _make_file(self._path)
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=30)
        for pragma in _PRAGMAS:
            connection.execute(f"pragma {pragma}")
        if fts5_store.known_version(connection) is None:
            connection.execute("begin immediate")
            # Another process may have been faster.
            if fts5_store.known_version(connection) is None:
                fts5_store.create_schema(connection, self._fields)
            connection.execute("commit")
        return connection

    @contextmanager
    def _answering(self) -> Iterator[sqlite3.Connection]:
        """Say what errors of SQLite mean for the caller."""
        try:
            yield self._connection()
        except (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError) as error:
            raise IndexingFailed(f"The index refused a document: {error}") from error
        except (sqlite3.Error, OSError) as error:
            raise EngineUnavailable(f"The index {self._path.name} cannot be used: {error}") from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._answering() as connection:
            connection.execute("begin")
            try:
                yield connection
            finally:
                connection.execute("rollback")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        # A transaction that begins by reading cannot become a writer while others write, and
        # fails at once instead of waiting; so writers say what they are from the start.
        with self._answering() as connection:
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")


def _make_file(path: Path) -> None:
    """Make an empty file where there is none, without the log of one that was there before.

    Another process may still hold the log of a file that was deleted. SQLite would take it for that of the new
    one, and every process would then fail; so the log goes first, while nobody else can make the file.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not path.exists():
            for ending in ("-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
            path.touch()
    finally:
        os.close(folder)


def _file_at(path: Path) -> tuple[int, int] | None:
    """What tells the file under this name from every other one, or None if there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
