"""The questions put to FTS5 for one query, from the exact one to the most forgiving."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from search.documents import Match, SearchQuery
from search.mistyped import alternatives
from search.words import (
    SHORTEST_BROKEN_RUN,
    Term,
    beginning,
    being_typed,
    ending,
    interrupted,
    may_be_mistyped,
    plan,
    single_cluster,
    without_last_cluster,
)


class Stage(NamedTuple):
    """An expression for the table of phrases, one for the table of single clusters, or both."""

    match: Match
    expression: str
    singles: str
    unfinished: bool = False


def stages(connection: sqlite3.Connection, query: SearchQuery) -> Iterator[Stage]:
    """Stage after stage; what a later one needs is only looked up when it is reached."""
    terms = plan(query.text)
    if not terms:
        return
    yield _stage(Match.EXACT, terms, unfinished=query.as_you_type)
    if query.as_you_type and (shorter := without_last_cluster(terms)):
        yield _stage(Match.EXACT, shorter)
    if not query.relax:
        return
    apart = plan(query.text, keep_spaces=True)
    if apart != terms:
        yield _stage(Match.SPLIT, apart, unfinished=query.as_you_type)
    mistyped = _mistyped(connection, apart)
    if mistyped:
        yield _stage(Match.FUZZY, apart, mistyped)
    broken = {term: _nearly(connection, term) for term in terms if len(term.codes) >= SHORTEST_BROKEN_RUN}
    if broken and all(broken.values()):
        yield _stage(Match.LOOSE, terms, {**mistyped, **broken})


def _stage(
    match: Match,
    terms: Sequence[Term],
    instead: Mapping[Term, str] | None = None,
    *,
    unfinished: bool = False,
) -> Stage:
    replaced = instead or {}
    terms, begun = being_typed(tuple(terms)) if unfinished else (terms, False)
    expressions = [
        replaced.get(term) or _quoted(term.phrase) for term in terms if term.phrase or term in replaced
    ]
    singles = [_quoted((single_cluster(term.tail[1:]),)) for term in terms if term.tail]
    if begun:
        expressions[-1] += "*"
    return Stage(match, " AND ".join(expressions), " AND ".join(singles), begun)


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


def _nearly(connection: sqlite3.Connection, term: Term) -> str:
    """The run with an interruption, or nothing if no interruption could help."""
    codes = term.codes
    longest_beginning = _longest(connection, codes, beginning)
    longest_ending = _longest(connection, codes, ending)
    ways = []
    for before, after, between in interrupted(codes, longest_beginning, longest_ending):
        if after:
            ways.append(f"NEAR({_quoted(before)} {_quoted(after)}, {between})")
        else:
            ways.append(_quoted(before))
    return f"({' OR '.join(ways)})" if ways else ""


def _longest(
    connection: sqlite3.Connection,
    codes: Sequence[str],
    part: Callable[[Sequence[str], int], tuple[str, ...]],
) -> int:
    """How many clusters of the run, from its beginning or its ending, stand anywhere in the index."""
    known, missing = 1, len(codes)
    while missing - known > 1:
        length = (known + missing) // 2
        phrase = _quoted(part(codes, length))
        if connection.execute("select 1 from fts where fts match ? limit 1", (phrase,)).fetchone():
            known = length
        else:
            missing = length
    return known
