"""Reading the embedded index: from a query to its hits, total and facet counts.

Everything here runs inside one read transaction, so that hits and counts are of one moment.
"""

import heapq
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from search.documents import Hit, Match, SearchQuery, SearchResult
from search.fts5_stages import Stage, stages
from search.fts5_store import Fields

DOCUMENTS_OF_A_HIT = 3
# A title says more than keywords, and keywords more than one word of a page.
_SCORE = "bm25(fts, 8.0, 4.0, 1.0)"
# Scoring costs three microseconds a document, more than everything else together.
_MOST_SCORED = 3000
_TITLED = 10.0

Group = tuple[Any, ...]


class _Order(NamedTuple):
    column: str | None
    descending: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """Matching documents as (group, document, score), and the score of their groups; less is better."""

    rows: Sequence[tuple[int, int, float]]
    scores: dict[int, float]
    match: Match


_NOTHING = _Found((), {}, Match.NONE)


def answer(connection: sqlite3.Connection, fields: Fields, query: SearchQuery) -> SearchResult:
    """Hits, total and facets for a query; the time it took is left to the caller."""
    order = _order(fields, query.sort)
    _check_fields(fields, (*query.filters, *query.facets))
    found = _find(connection, query)
    for group in _ids_of_groups(connection, query.excluded_groups):
        found.scores.pop(group, None)
    wanted = {name: _choices(connection, name, values) for name, values in query.filters.items() if values}
    columns = [f"facet_{name}" for name in dict.fromkeys((*query.facets, *wanted))]
    if order.column:
        columns.append(order.column)
    places = {column: place for place, column in enumerate(columns, start=1)}
    groups = _groups(connection, columns, found.scores)
    kept = _passing(groups, wanted, places)
    facets = {}
    for name in query.facets:
        others = {field: choices for field, choices in wanted.items() if field != name}
        counted = _passing(groups, others, places) if name in wanted else kept
        facets[name] = _counts(connection, places[f"facet_{name}"], counted)
    page = _page(kept, found.scores, places.get(order.column or ""), query, descending=order.descending)
    hits = _hits(connection, page, found, query)
    return SearchResult(hits, len(kept), facets, found.match if kept else Match.NONE)


def _order(fields: Fields, sort: str | None) -> _Order:
    if sort is None:
        return _Order(None, descending=False)
    name, _, direction = sort.partition(":")
    if name not in fields.sorts or direction not in ("asc", "desc"):
        raise ValueError(f"{sort!r} is not a way to sort")
    return _Order(f"sort_{name}", direction == "desc")


def _check_fields(fields: Fields, names: Sequence[str]) -> None:
    unknown = set(names) - set(fields.facets)
    if unknown:
        raise ValueError(f"{sorted(unknown)} are not facets of this index")


def _find(connection: sqlite3.Connection, query: SearchQuery) -> _Found:
    """What the first stage finds that finds anything: as asked, then more and more forgiving."""
    visible = _access_sets(connection, query.access)
    if not visible:
        return _NOTHING
    if not query.text.strip():
        return _Found((), dict.fromkeys(_reachable_groups(connection, visible), 0.0), Match.EXACT)
    for stage in stages(connection, query):
        rows, scores = _matching(connection, stage, visible, by_relevance=query.sort is None)
        if rows:
            return _Found(rows, scores, stage.match)
    return _NOTHING


def _access_sets(connection: sqlite3.Connection, tokens: Collection[str]) -> list[int]:
    return _column(
        connection,
        "select distinct access_set from access_token where token in (select value from json_each(?))",
        json.dumps(sorted(tokens)),
    )


def _reachable_groups(connection: sqlite3.Connection, visible: Sequence[int]) -> list[int]:
    return _column(
        connection,
        "select id from grp where reach in"
        " (select reach from reach_access where access_set in (select value from json_each(?)))",
        json.dumps(visible),
    )


def _matching(
    connection: sqlite3.Connection, stage: Stage, visible: Sequence[int], *, by_relevance: bool
) -> tuple[list[tuple[int, int, float]], dict[int, float]]:
    """Documents that match, with scores as good as the time allows.

    Where thousands match, or while somebody types, the groups that say it in their title come
    first, then those with most matching pages; else bm25 decides.
    """
    scored = by_relevance and stage.expression != "" and not stage.unfinished
    if scored and not _is_broad(connection, stage):
        rows = _rows(connection, stage, visible, _SCORE)
        return rows, _best_scores(rows)
    rows = _rows(connection, stage, visible, "0.0")
    scores = {group: -number / 10_000 for group, number in Counter(map(itemgetter(0), rows)).items()}
    if by_relevance and stage.expression:
        titled = stage._replace(expression=f"{{title extra}} : ({stage.expression})")
        for group in {row[0] for row in _rows(connection, titled, visible, "0.0")}:
            scores[group] -= _TITLED
    return rows, scores


def _is_broad(connection: sqlite3.Connection, stage: Stage) -> bool:
    counted: int = connection.execute(
        "select count(*) from (select 1 from fts where fts match ? limit ?)",
        (stage.expression, _MOST_SCORED + 1),
    ).fetchone()[0]
    return counted > _MOST_SCORED


def _rows(
    connection: sqlite3.Connection, stage: Stage, visible: Sequence[int], score: str
) -> list[tuple[int, int, float]]:
    # The cross join makes SQLite start from the full-text table, and the plus sign keeps it
    # from looking documents up by access, which costs thirty times as much.
    table = "fts" if stage.expression else "single"
    conditions = [f"{table} match ?", f"+document.access in ({','.join(map(str, visible))})"]
    values = [stage.expression or stage.singles]
    if stage.expression and stage.singles:
        conditions.append("document.id in (select rowid from single where single match ?)")
        values.append(stage.singles)
    return connection.execute(
        f"select document.grp, document.id, {score}"  # noqa: S608
        f" from {table} cross join document on document.id = {table}.rowid where {' and '.join(conditions)}",
        values,
    ).fetchall()


def _best_scores(rows: Sequence[tuple[int, int, float]]) -> dict[int, float]:
    best: dict[int, float] = {}
    for group, _, score in rows:
        if score < best.get(group, 1.0):
            best[group] = score
    return best


def _ids_of_groups(connection: sqlite3.Connection, names: Collection[str]) -> list[int]:
    if not names:
        return []
    return _column(
        connection,
        "select id from grp where name in (select value from json_each(?))",
        json.dumps(sorted(names)),
    )


def _groups(connection: sqlite3.Connection, columns: Sequence[str], ids: Collection[int]) -> list[Group]:
    """The id of every group, followed by these columns of it."""
    if not columns:
        return [(group_id,) for group_id in ids]
    return connection.execute(
        f"select id, {', '.join(columns)} from grp where id in (select value from json_each(?))",  # noqa: S608
        (json.dumps(list(ids)),),
    ).fetchall()


def _choices(connection: sqlite3.Connection, field: str, values: Sequence[str]) -> set[int]:
    return set(
        _column(
            connection,
            "select choice from choice_term join term on term.id = choice_term.term"
            " where field = ? and value in (select value from json_each(?))",
            field,
            json.dumps(list(values)),
        )
    )


def _passing(groups: list[Group], wanted: Mapping[str, set[int]], places: Mapping[str, int]) -> list[Group]:
    for field, choices in wanted.items():
        place = places[f"facet_{field}"]
        groups = [group for group in groups if group[place] in choices]
    return groups


def _counts(connection: sqlite3.Connection, place: int, groups: Sequence[Group]) -> dict[str, int]:
    """How many groups carry each value, most frequent first."""
    by_choice = Counter(map(itemgetter(place), groups))
    by_choice.pop(None, None)
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
    groups: Sequence[Group],
    scores: Mapping[int, float],
    place: int | None,
    query: SearchQuery,
    *,
    descending: bool,
) -> list[int]:
    if place is None:
        ranked = [(scores[group[0]], group[0]) for group in groups]
    else:
        sign = -1 if descending else 1
        ranked = [(sign * (group[place] or 0), group[0]) for group in groups]
    page = heapq.nsmallest(query.offset + query.limit, ranked)[query.offset :]
    return [group for _, group in page]


def _hits(
    connection: sqlite3.Connection, page: Sequence[int], found: _Found, query: SearchQuery
) -> tuple[Hit, ...]:
    best = _best_documents(page, found) if found.rows else _first_documents(connection, page, query)
    groups = _names(connection, "grp", page)
    documents = _names(connection, "document", [document for ids in best.values() for document in ids])
    return tuple(
        Hit(groups[group], -found.scores[group], tuple(documents[document] for document in best[group]))
        for group in page
    )


def _best_documents(page: Sequence[int], found: _Found) -> dict[int, list[int]]:
    shown = set(page)
    documents: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for group, document, score in found.rows:
        if group in shown:
            documents[group].append((score, document))
    return {
        group: [document for _, document in heapq.nsmallest(DOCUMENTS_OF_A_HIT, ranked)]
        for group, ranked in documents.items()
    }


def _first_documents(
    connection: sqlite3.Connection, page: Sequence[int], query: SearchQuery
) -> dict[int, list[int]]:
    """Without words no page is better than another, so each group shows its first visible one."""
    visible = _access_sets(connection, query.access)
    rows = connection.execute(
        "select grp, min(id) from document where grp in (select value from json_each(?))"
        " and access in (select value from json_each(?)) group by grp",
        (json.dumps(page), json.dumps(visible)),
    )
    return {group: [document] for group, document in rows}


def _names(connection: sqlite3.Connection, table: str, ids: Sequence[int]) -> dict[int, str]:
    return dict(
        connection.execute(
            f"select id, name from {table} where id in (select value from json_each(?))",  # noqa: S608
            (json.dumps(ids),),
        ).fetchall()
    )


def _column(connection: sqlite3.Connection, statement: str, *values: Any) -> list[int]:
    return [row[0] for row in connection.execute(statement, values)]
