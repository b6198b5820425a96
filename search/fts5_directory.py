"""What each group of the embedded index carries, kept in memory between searches.

A broad query matches every second page. Looking up each page's group and each group's facets
in SQL then costs four times as much as the full-text search itself; here both are arrays.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.fts5_store import Fields


@dataclass(frozen=True, slots=True)
class Directory:
    """The state at one generation of the index; a newer state is a new directory.

    `group_of` and `access_of` are indexed by the number of a document, the others by the
    number of a group. Zero means nothing: no reach, no value.
    """

    epoch: str
    generation: int
    group_of: array[int]
    access_of: array[int]
    reach_of: array[int]
    columns: Mapping[str, array[int]]


def directory_at(connection: sqlite3.Connection, fields: Fields, known: Directory | None) -> Directory:
    """The directory of the caller's read transaction, made from an older one where that is possible.

    The first one costs a millisecond for every thousand pages; afterwards only groups that
    changed are read again.
    """
    state = dict(connection.execute("select name, value from meta where name in ('epoch', 'generation')"))
    epoch, generation = state["epoch"], int(state["generation"])
    if known is None or known.epoch != epoch or known.generation > generation:
        known = _empty(fields, epoch)
    if known.generation == generation:
        return known
    return _renewed(connection, fields, known, generation)


def _empty(fields: Fields, epoch: str) -> Directory:
    return Directory(
        epoch, 0, array("i"), array("i"), array("i"), {column: array("q") for column in fields.columns}
    )


def _renewed(connection: sqlite3.Connection, fields: Fields, known: Directory, generation: int) -> Directory:
    groups = connection.execute(
        f"select id, reach, {', '.join(fields.columns) or 'null'} from grp where changed > ?",  # noqa: S608
        (known.generation,),
    ).fetchall()
    documents = connection.execute(
        "select document.id, grp, access from grp join document on document.grp = grp.id where changed > ?",
        (known.generation,),
    ).fetchall()
    most_groups = max((row[0] for row in groups), default=0)
    most_documents = max((row[0] for row in documents), default=0)
    # Copies, because other threads still read the old ones.
    group_of = _longer(known.group_of, most_documents)
    access_of = _longer(known.access_of, most_documents)
    for document, group, access in documents:
        group_of[document] = group
        access_of[document] = access
    reach_of = _longer(known.reach_of, most_groups)
    columns = [_longer(known.columns[column], most_groups) for column in fields.columns]
    for group, reach, *values in groups:
        reach_of[group] = reach
        for column, value in zip(columns, values, strict=False):
            column[group] = value or 0
    named = dict(zip(fields.columns, columns, strict=True))
    return Directory(known.epoch, generation, group_of, access_of, reach_of, named)


def _longer(known: array[int], highest: int) -> array[int]:
    missing: Sequence[int] = (0,) * max(0, highest + 1 - len(known))
    return known + array(known.typecode, missing)
