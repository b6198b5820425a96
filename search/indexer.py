"""Carries what is stale to the engine."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from sqlmodel import Session

from search.documents import Document
from search.engine import SearchEngine
from search.errors import IndexingFailed
from search.outbox import Mark, clear_marks, due_marks, postpone_marks

log = logging.getLogger("sala.search")
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
    not change again meanwhile. Loading sees one state of the database and holds no lock for writing. Groups
    whose documents the engine refuses keep their marks and go to the end; the others are carried all the
    same. May raise EngineUnavailable, IndexingFailed (when none could be carried) or TimeoutError.
    """
    with reading() as session:
        marks = due_marks(session, limit)
        if not marks:
            return 0
        documents = load(session, [mark.group_id for mark in marks])
    carried: Sequence[Mark] = marks
    refusals: Sequence[IndexingFailed] = ()
    try:
        engine.wait(engine.replace(documents), timeout_seconds)
    except IndexingFailed as refusal:
        carried, refusals = _carry_one_by_one(engine, marks, documents, timeout_seconds, refusal)
    refused = [mark for mark in marks if mark not in carried]
    with writing() as session:
        clear_marks(session, carried)
        postpone_marks(session, refused)
    if not carried:
        raise refusals[0]
    for mark, reason in zip(refused, refusals, strict=True):
        log.warning("the documents of %s cannot be indexed: %s", mark.group_id, reason)
    return len(carried)


def _carry_one_by_one(
    engine: SearchEngine,
    marks: Sequence[Mark],
    documents: Mapping[str, Sequence[Document]],
    timeout_seconds: float,
    refusal: IndexingFailed,
) -> tuple[list[Mark], list[IndexingFailed]]:
    """The marks whose groups the engine took, and why it refused each of the others."""
    if len(marks) == 1:
        return [], [refusal]
    carried: list[Mark] = []
    refusals: list[IndexingFailed] = []
    for mark in marks:
        try:
            engine.wait(engine.replace({mark.group_id: documents.get(mark.group_id, ())}), timeout_seconds)
            carried.append(mark)
        except IndexingFailed as error:
            refusals.append(error)
    return carried, refusals
