"""Carries what is stale to the engine."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from sqlmodel import Session

from search.documents import Document
from search.engine import SearchEngine
from search.outbox import clear_marks, due_marks

Transaction = Callable[[], AbstractContextManager[Session]]
Load = Callable[[Session, Sequence[str]], Mapping[str, Sequence[Document]]]


def drain(
    reading: Transaction,
    writing: Transaction,
    engine: SearchEngine,
    load: Load,
    limit: int = 50,
    timeout_seconds: float = 120,
) -> int:
    """Index one batch of stale groups; return how many were carried.

    Safe to stop anywhere: a mark is cleared only after the engine has answered, and only if its group did
    not change again meanwhile. Loading sees one state of the database and holds no lock for writing. May raise EngineUnavailable, IndexingFailed or TimeoutError; the marks stay.
    """
    with reading() as session:
        marks = due_marks(session, limit)
        if not marks:
            return 0
        documents = load(session, [mark.group_id for mark in marks])
    engine.wait(engine.replace(documents), timeout_seconds)
    with writing() as session:
        clear_marks(session, marks)
    return len(marks)
