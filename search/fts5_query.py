"""Reading the embedded index: from a query to its hits, total and facet counts.

Everything here runs inside one read transaction, so that hits and counts are of one moment.
"""

import heapq
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from search.documents import Hit, Match, SearchQuery, SearchResult
from search.fts5_store import Fields
from search.mistyped import alternatives
from search.words import Term, interrupted, may_be_mistyped, plan, without_last_cluster

DOCUMENTS_OF_A_HIT = 3
# A title says more than keywords, and keywords more than one word of a page.
_SCORE = "bm25(fts, 8.0, 4.0, 1.0)"
# Every second word has one of the shorter beginnings: such a list would help nobody.
_SHORTEST_BEGINNING = 3

# Row of a matched document: group, document, score. Lower scores are better.
Row = tuple[int, int, float]


class _Order(NamedTuple):
    column: str | None
    descending: bool


def answer(connection: sqlite3.Connection, fields: Fields, query: SearchQuery) -> SearchResult:
    """Hits, total and facets for a query; the time it took is left to the caller."""
    order = _order(fields, query.sort)
    _check_fields(fields, (*query.filters, *query.facets))
    rows, match = _find(connection, query)
    scores = _best_scores(rows)
    for group in _ids_of_groups(connection, query.excluded_groups):
        scores.pop(group, None)
    groups = _groups(connection, fields, scores)
    wanted = {name: _choices(connection, name, values) for name, values in query.filters.items() if values}
    kept = _passing(groups, wanted)
    facets = {}
    for name in query.facets:
        others = {field: choices for field, choices in wanted.items() if field != name}
        counted = _passing(groups, others) if name in wanted else kept
        facets[name] = _counts(connection, f"facet_{name}", counted)
    page = _page(kept, scores, order, query)
    hits = _hits(connection, page, scores, rows)
    return SearchResult(hits, len(kept), facets, match if kept else Match.NONE)


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


def _find(connection: sqlite3.Connection, query: SearchQuery) -> tuple[Sequence[Row], Match]:
    """The documents of the first stage that finds any: as asked, then more and more forgiving."""
    visible = _access_sets(connection, query.access)
    if not visible:
        return (), Match.NONE
    if not query.text.strip():
        return _all_documents(connection, visible), Match.EXACT
    for match, expression in _stages(connection, query):
        rows = _matching(connection, expression, visible, scored=query.sort is None)
        if rows:
            return rows, match
    return (), Match.NONE


def _stages(connection: sqlite3.Connection, query: SearchQuery) -> Iterator[tuple[Match, str]]:
    terms = plan(query.text)
    if not terms:
        return
    typing = query.as_you_type
    yield Match.EXACT, _all_of(terms, unfinished=typing)
    if typing and (shorter := without_last_cluster(terms)):
        yield Match.EXACT, _all_of(shorter, unfinished=False)
    if not query.relax:
        return
    apart = plan(query.text, keep_spaces=True)
    if apart != terms:
        yield Match.SPLIT, _all_of(apart, unfinished=typing)
    mistyped = _mistyped(connection, apart)
    if mistyped:
        yield Match.FUZZY, " AND ".join(mistyped.get(term) or _one(term) for term in apart)
    broken = {term: _nearly(term) for term in terms if len(term.codes) >= 4}
    if broken:
        yield (
            Match.LOOSE,
            " AND ".join(broken.get(term) or mistyped.get(term) or _one(term) for term in terms),
        )


def _all_of(terms: Sequence[Term], *, unfinished: bool) -> str:
    expressions = [_one(term) for term in terms]
    last = terms[-1].word
    if unfinished and len(last) >= _SHORTEST_BEGINNING:
        expressions[-1] += "*"
    return " AND ".join(expressions)


def _one(term: Term) -> str:
    # An asterisk after a quoted phrase makes its last token the beginning of one.
    if term.tail:
        return _quoted((*term.phrase, term.tail)) + "*"
    return _quoted(term.phrase)


def _quoted(tokens: Sequence[str]) -> str:
    # Tokens are letters, digits and signs of scripts: a quotation mark never gets this far.
    return '"' + " ".join(tokens) + '"'


def _mistyped(connection: sqlite3.Connection, terms: Sequence[Term]) -> dict[Term, str]:
    found = {}
    for term in terms:
        if may_be_mistyped(term):
            words = alternatives(connection, term.word)
            if words:
                found[term] = "(" + " OR ".join(_quoted((word,)) for word in (term.word, *words)) + ")"
    return found


def _nearly(term: Term) -> str:
    ways = []
    for before, after, between in interrupted(term.codes):
        if after:
            ways.append(f"NEAR({_quoted(before)} {_quoted(after)}, {between})")
        else:
            ways.append(_quoted(before))
    return "(" + " OR ".join(ways) + ")"


def _access_sets(connection: sqlite3.Connection, tokens: Collection[str]) -> list[int]:
    return _column(
        connection,
        "select distinct access_set from access_token where token in (select value from json_each(?))",
        json.dumps(sorted(tokens)),
    )


def _matching(
    connection: sqlite3.Connection, expression: str, visible: Sequence[int], *, scored: bool
) -> list[Row]:
    # The cross join makes SQLite start from the full-text table, and the plus sign keeps it
    # from looking documents up by access, which costs thirty times as much.
    return connection.execute(
        f"select document.grp, document.id, {_SCORE if scored else '0.0'}"  # noqa: S608
        " from fts cross join document on document.id = fts.rowid"
        f" where fts match ? and +document.access in ({','.join(map(str, visible))})",
        (expression,),
    ).fetchall()


def _all_documents(connection: sqlite3.Connection, visible: Sequence[int]) -> list[Row]:
    return connection.execute(
        "select grp, min(id), 0.0 from document indexed by document_of_group"  # noqa: S608
        f" where +access in ({','.join(map(str, visible))}) group by grp"
    ).fetchall()


def _best_scores(rows: Sequence[Row]) -> dict[int, float]:
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


def _groups(connection: sqlite3.Connection, fields: Fields, ids: Collection[int]) -> list[sqlite3.Row]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    columns = ", ".join(("id", "name", *fields.columns))
    return cursor.execute(
        f"select {columns} from grp where id in (select value from json_each(?))",  # noqa: S608
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


def _passing(groups: list[sqlite3.Row], wanted: Mapping[str, set[int]]) -> list[sqlite3.Row]:
    for field, choices in wanted.items():
        column = f"facet_{field}"
        groups = [group for group in groups if group[column] in choices]
    return groups


def _counts(connection: sqlite3.Connection, column: str, groups: Sequence[sqlite3.Row]) -> dict[str, int]:
    """How many groups carry each value, most frequent first."""
    by_choice = Counter(map(itemgetter(column), groups))
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
    groups: Sequence[sqlite3.Row], scores: Mapping[int, float], order: _Order, query: SearchQuery
) -> list[sqlite3.Row]:
    column, sign = order.column, -1 if order.descending else 1

    def rank(group: sqlite3.Row) -> tuple[float, int]:
        if column is None:
            return scores[group["id"]], group["id"]
        return sign * (group[column] or 0), group["id"]

    return heapq.nsmallest(query.offset + query.limit, groups, key=rank)[query.offset :]


def _hits(
    connection: sqlite3.Connection,
    page: Sequence[sqlite3.Row],
    scores: Mapping[int, float],
    rows: Sequence[Row],
) -> tuple[Hit, ...]:
    documents: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    shown = {group["id"] for group in page}
    for group_id, document, score in rows:
        if group_id in shown:
            documents[group_id].append((score, document))
    best = {group_id: heapq.nsmallest(DOCUMENTS_OF_A_HIT, found) for group_id, found in documents.items()}
    names = dict(
        connection.execute(
            "select id, name from document where id in (select value from json_each(?))",
            (json.dumps([document for found in best.values() for _, document in found]),),
        ).fetchall()
    )
    return tuple(
        Hit(
            group["name"],
            -scores[group["id"]],
            tuple(names[document] for _, document in best[group["id"]]),
        )
        for group in page
    )


def _column(connection: sqlite3.Connection, statement: str, *values: Any) -> list[int]:
    return [row[0] for row in connection.execute(statement, values)]
