"""Reading the embedded index: from a query to its hits, total and facet counts.

Everything here runs inside one read transaction, so that hits and counts are of one moment.
"""

import heapq
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from search.documents import Hit, Match, SearchQuery, SearchResult
from search.fts5_directory import Directory
from search.fts5_stages import Stage, stages
from search.fts5_store import Fields

DOCUMENTS_OF_A_HIT = 3
# A title says more than keywords, and keywords more than one word of a page.
_SCORED = "select rowid, bm25(fts, 8.0, 4.0, 1.0) from fts where fts match ?"
# Scoring costs two microseconds a document, ten times as much as finding it.
_MOST_SCORED = 3000
_TITLED = 10.0


@dataclass(frozen=True, slots=True)
class _Found:
    """Matching documents with their scores, if they have any, and scores of groups; less is better."""

    documents: Mapping[int, float]
    groups: dict[int, float]
    match: Match


def answer(
    connection: sqlite3.Connection, fields: Fields, directory: Directory, query: SearchQuery
) -> SearchResult:
    """Hits, total and facets for a query; the time it took is left to the caller."""
    sort_column, descending = _order(fields, query.sort)
    _check_fields(fields, (*query.filters, *query.facets))
    visible = _access_sets(connection, query.access)
    found = _find(connection, directory, query, visible)
    for group in _ids_of_groups(connection, query.excluded_groups):
        found.groups.pop(group, None)
    wanted = {name: _choices(connection, name, values) for name, values in query.filters.items() if values}
    kept = _passing(found.groups, wanted, directory)
    facets = {}
    for name in query.facets:
        others = {field: choices for field, choices in wanted.items() if field != name}
        counted = _passing(found.groups, others, directory) if name in wanted else kept
        facets[name] = _counts(connection, directory.columns[f"facet_{name}"], counted)
    ranks = directory.columns[sort_column] if sort_column else found.groups
    page = _page(kept, ranks, query, sign=-1 if descending else 1)
    hits = _hits(connection, directory, page, found, visible)
    return SearchResult(hits, len(kept), facets, found.match if kept else Match.NONE)


def _order(fields: Fields, sort: str | None) -> tuple[str | None, bool]:
    if sort is None:
        return None, False
    name, _, direction = sort.partition(":")
    if name not in fields.sorts or direction not in ("asc", "desc"):
        raise ValueError(f"{sort!r} is not a way to sort")
    return f"sort_{name}", direction == "desc"


def _check_fields(fields: Fields, names: Iterable[str]) -> None:
    unknown = set(names) - set(fields.facets)
    if unknown:
        raise ValueError(f"{sorted(unknown)} are not facets of this index")


def _find(
    connection: sqlite3.Connection, directory: Directory, query: SearchQuery, visible: Collection[int]
) -> _Found:
    """What the first stage finds that finds anything: as asked, then more and more forgiving."""
    if not visible:
        return _Found({}, {}, Match.NONE)
    if not query.text.strip():
        reaches = _reaches(connection, visible)
        groups = (group for group, reach in enumerate(directory.reach_of) if reach in reaches)
        return _Found({}, dict.fromkeys(groups, 0.0), Match.EXACT)
    for stage in stages(connection, query):
        found = _matching(connection, directory, stage, visible, by_relevance=query.sort is None)
        if found.documents:
            return found
    return _Found({}, {}, Match.NONE)


def _matching(
    connection: sqlite3.Connection,
    directory: Directory,
    stage: Stage,
    visible: Collection[int],
    *,
    by_relevance: bool,
) -> _Found:
    """Documents that match, with scores as good as the time allows.

    Where thousands match, or while somebody types, the groups that say it in their title come
    first, then those with most matching pages; else bm25 decides.
    """
    scored = by_relevance and stage.expression != "" and not stage.unfinished
    if scored and not _is_broad(connection, stage):
        scores: Mapping[int, float] = dict(connection.execute(_SCORED, (stage.expression,)))
    elif stage.expression:
        scored = False
        scores = dict.fromkeys(_numbers(connection, "fts", stage.expression), 0.0)
    else:
        scores = dict.fromkeys(_numbers(connection, "single", stage.singles), 0.0)
    allowed = set(_numbers(connection, "single", stage.singles)) if stage.singles else scores.keys()
    access_of = directory.access_of
    documents = {
        document: score
        for document, score in scores.items()
        if document in allowed and access_of[document] in visible
    }
    if scored:
        return _Found(documents, _best_scores(directory, documents), stage.match)
    groups = _page_counts(directory, documents)
    if stage.expression and not stage.unfinished:
        _put_running_text_first(connection, stage, documents)
    if by_relevance and stage.expression:
        _put_titled_first(connection, directory, stage, documents, groups)
    return _Found(documents, groups, stage.match)


def _is_broad(connection: sqlite3.Connection, stage: Stage) -> bool:
    counted: int = connection.execute(
        "select count(*) from (select 1 from fts where fts match ? limit ?)",
        (stage.expression, _MOST_SCORED + 1),
    ).fetchone()[0]
    return counted > _MOST_SCORED


def _numbers(connection: sqlite3.Connection, table: str, expression: str) -> list[int]:
    # One row of JSON is read twice as fast as thousands of rows.
    row = connection.execute(
        f"select json_group_array(rowid) from {table} where {table} match ?",  # noqa: S608
        (expression,),
    ).fetchone()
    numbers: list[int] = json.loads(row[0])
    return numbers


def _best_scores(directory: Directory, documents: Mapping[int, float]) -> dict[int, float]:
    best: dict[int, float] = {}
    for document, score in documents.items():
        group = directory.group_of[document]
        if score < best.get(group, 1.0):
            best[group] = score
    return best


def _page_counts(directory: Directory, documents: Iterable[int]) -> dict[int, float]:
    counts = Counter(map(directory.group_of.__getitem__, documents))
    return {group: -count / 100_000 for group, count in counts.items()}


def _put_running_text_first(
    connection: sqlite3.Connection, stage: Stage, documents: dict[int, float]
) -> None:
    """Of a group's documents, prefer those that say it themselves to those that only carry its title."""
    for document in _numbers(connection, "fts", f"{{body}} : ({stage.expression})"):
        if document in documents:
            documents[document] = -1.0


def _put_titled_first(
    connection: sqlite3.Connection,
    directory: Directory,
    stage: Stage,
    documents: Collection[int],
    groups: dict[int, float],
) -> None:
    titled = _numbers(connection, "fts", f"{{title extra}} : ({stage.expression})")
    for group in {directory.group_of[document] for document in titled if document in documents}:
        groups[group] -= _TITLED


def _access_sets(connection: sqlite3.Connection, tokens: Collection[str]) -> set[int]:
    rows = connection.execute(
        "select access_set from access_token where token in (select value from json_each(?))",
        (json.dumps(sorted(tokens)),),
    )
    return {row[0] for row in rows}


def _reaches(connection: sqlite3.Connection, visible: Collection[int]) -> set[int]:
    rows = connection.execute(
        "select reach from reach_access where access_set in (select value from json_each(?))",
        (json.dumps(list(visible)),),
    )
    return {row[0] for row in rows}


def _ids_of_groups(connection: sqlite3.Connection, names: Collection[str]) -> list[int]:
    if not names:
        return []
    rows = connection.execute(
        "select id from grp where name in (select value from json_each(?))", (json.dumps(sorted(names)),)
    )
    return [row[0] for row in rows]


def _choices(connection: sqlite3.Connection, field: str, values: Sequence[str]) -> set[int]:
    rows = connection.execute(
        "select choice from choice_term join term on term.id = choice_term.term"
        " where field = ? and value in (select value from json_each(?))",
        (field, json.dumps(list(values))),
    )
    return {row[0] for row in rows}


def _passing(groups: Iterable[int], wanted: Mapping[str, Collection[int]], directory: Directory) -> list[int]:
    passing = list(groups)
    for field, choices in wanted.items():
        column = directory.columns[f"facet_{field}"]
        passing = [group for group in passing if column[group] in choices]
    return passing


def _counts(connection: sqlite3.Connection, column: Sequence[int], groups: Sequence[int]) -> dict[str, int]:
    """How many groups carry each value, most frequent first."""
    by_choice = Counter(map(column.__getitem__, groups))
    by_choice.pop(0, None)
    by_value: Counter[str] = Counter()
    values = connection.execute(
        "select choice, value from choice_term join term on term.id = choice_term.term"
        " where choice in (select value from json_each(?))",
        (json.dumps(list(by_choice)),),
    )
    for choice, value in values:
        by_value[value] += by_choice[choice]
    return dict(sorted(by_value.items(), key=lambda entry: (-entry[1], entry[0])))


def _page(
    groups: Sequence[int], ranks: Mapping[int, float] | Sequence[int], query: SearchQuery, *, sign: int
) -> list[int]:
    ranked = [(sign * ranks[group], group) for group in groups]
    page = heapq.nsmallest(query.offset + query.limit, ranked)[query.offset :]
    return [group for _, group in page]


def _hits(
    connection: sqlite3.Connection,
    directory: Directory,
    page: Sequence[int],
    found: _Found,
    visible: Collection[int],
) -> tuple[Hit, ...]:
    if found.documents:
        best = _best_documents(directory, page, found.documents)
    else:
        best = _first_documents(connection, page, visible)
    groups = _names(connection, "grp", page)
    documents = _names(connection, "document", [document for ids in best.values() for document in ids])
    return tuple(
        Hit(groups[group], -found.groups[group], tuple(documents[document] for document in best[group]))
        for group in page
    )


def _best_documents(
    directory: Directory, page: Sequence[int], documents: Mapping[int, float]
) -> dict[int, list[int]]:
    shown = set(page)
    group_of = directory.group_of
    ranked: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for document, score in documents.items():
        if group_of[document] in shown:
            ranked[group_of[document]].append((score, document))
    return {
        group: [document for _, document in heapq.nsmallest(DOCUMENTS_OF_A_HIT, scores)]
        for group, scores in ranked.items()
    }


def _first_documents(
    connection: sqlite3.Connection, page: Sequence[int], visible: Collection[int]
) -> dict[int, list[int]]:
    """Without words no page is better than another, so each group shows its first visible one."""
    rows = connection.execute(
        "select grp, min(id) from document where grp in (select value from json_each(?))"
        " and access in (select value from json_each(?)) group by grp",
        (json.dumps(page), json.dumps(list(visible))),
    )
    return {group: [document] for group, document in rows}


def _names(connection: sqlite3.Connection, table: str, ids: Sequence[int]) -> dict[int, str]:
    return dict(
        connection.execute(
            f"select id, name from {table} where id in (select value from json_each(?))",  # noqa: S608
            (json.dumps(ids),),
        ).fetchall()
    )
