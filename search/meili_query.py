"""Questions to Meilisearch: from a query to requests, and from answers to a result."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from search.documents import Hit, Match, SearchQuery, SearchResult
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

DOCUMENTS_OF_A_HIT = 3
MOST_TERMS = 10
MOST_WAYS = 60
MOST_CANDIDATES = 50
LONGEST_VALUE_BYTES = 460
_COLUMNS = ("title", "extra", "body")

MultiSearch = Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Question:
    """One way to ask: the words in the server's syntax, and documents it must be limited to."""

    match: Match
    words: str
    among: tuple[str, ...] = ()


def settings(facets: Sequence[str], sorts: Sequence[str]) -> dict[str, Any]:
    """The settings of the index, in the shape in which the server shows them again."""

    def filterable(patterns: Sequence[str], *, comparison: bool = False) -> dict[str, Any]:
        return {
            "attributePatterns": list(patterns),
            "features": {"facetSearch": False, "filter": {"equality": True, "comparison": comparison}},
        }

    return {
        "searchableAttributes": [*_COLUMNS, "clusters"],
        "displayedAttributes": ["key", "name", "grp", "digest", "parts", *_COLUMNS],
        "filterableAttributes": [
            filterable(["key", "grp", "access"]),
            filterable([f"facet_{name}" for name in facets]),
            filterable([*(f"sort_{name}" for name in sorts), "written"], comparison=True),
        ],
        "sortableAttributes": sorted(f"sort_{name}" for name in sorts),
        "rankingRules": [
            "sort",
            "words",
            "typo",
            "proximity",
            "attribute",
            "exactness",
            *(f"sort_{name}:desc" for name in sorts[:1]),
        ],
        "pagination": {"maxTotalHits": 1_000_000},
        "faceting": {"maxValuesPerFacet": 5000, "sortFacetValuesBy": {"*": "count"}},
        "typoTolerance": {
            "enabled": True,
            "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9},
            "disableOnWords": [],
            "disableOnAttributes": [],
            "disableOnNumbers": True,
        },
        "proximityPrecision": "byWord",
        "searchCutoffMs": 1500,
    }


def counting(index: str) -> dict[str, Any]:
    """A request that counts groups exactly; with `limit` and `offset` such counts are wrong."""
    return {
        "indexUid": index,
        "matchingStrategy": "all",
        "distinct": "grp",
        "hitsPerPage": 1,
        "page": 1,
        "attributesToRetrieve": ["grp"],
    }


def answer(
    ask: MultiSearch, index: str, facets: Sequence[str], sorts: Sequence[str], query: SearchQuery
) -> SearchResult:
    """The first stage that finds anything, without its time."""
    _check_fields(facets, sorts, query)
    if not query.access:
        return _nothing(query)
    asker = _Asker(ask, index, query)
    for question in asker.questions():
        found = asker.found(question)
        if found is not None:
            return found
    return _nothing(query)


def _nothing(query: SearchQuery) -> SearchResult:
    return SearchResult(facets={name: {} for name in query.facets})


def _check_fields(facets: Sequence[str], sorts: Sequence[str], query: SearchQuery) -> None:
    unknown = {*query.filters, *query.facets} - set(facets)
    if unknown:
        raise ValueError(f"{sorted(unknown)} are not facets of this index")
    if query.sort is not None:
        name, _, direction = query.sort.partition(":")
        if name not in sorts or direction not in ("asc", "desc"):
            raise ValueError(f"{query.sort!r} is not a way to sort")


class _Asker:
    """The parts that every request for one query shares."""

    def __init__(self, ask: MultiSearch, index: str, query: SearchQuery) -> None:
        self._ask = ask
        self._query = query
        self._counting = counting(index)
        self._visible = [f"access IN {_json(sorted(query.access))}"]
        if query.excluded_groups:
            self._visible.append(f"grp NOT IN {_json(sorted(query.excluded_groups))}")
        self._wanted = {
            name: f"facet_{name} IN {_json([short_value(value) for value in values])}"
            for name, values in query.filters.items()
            if values
        }

    def questions(self) -> Iterator[Question]:
        """Stage after stage, each more forgiving; later ones are only made if they are needed."""
        query = self._query
        if not query.text.strip():
            yield Question(Match.EXACT, "")
            return
        terms = plan(query.text)
        if not terms:
            return
        yield Question(Match.EXACT, _all_of(terms, unfinished=query.as_you_type))
        if query.as_you_type and (shorter := without_last_cluster(terms)):
            yield Question(Match.EXACT, _all_of(shorter, unfinished=False))
        if not query.relax:
            return
        apart = plan(query.text, keep_spaces=True)
        if apart != terms:
            yield Question(Match.SPLIT, _all_of(apart, unfinished=query.as_you_type))
        if any(may_be_mistyped(term) for term in apart):
            yield Question(Match.FUZZY, _forgiving(apart))
        documents = self._nearly(terms)
        if documents:
            yield Question(Match.LOOSE, "", documents)

    def found(self, question: Question) -> SearchResult | None:
        """The result of one question, or None when it finds no document at all."""
        main, *others = self._ask(self._requests(question))
        facets = {}
        for part in (main, *others):
            for name, counts in (part.get("facetDistribution") or {}).items():
                facets[name.removeprefix("facet_")] = _by_count(counts)
        if not main["totalHits"] and not any(part["totalHits"] for part in others):
            return None
        hits = self._hits(question, self._slice(main["hits"]))
        match = question.match if main["totalHits"] else Match.NONE
        ordered = {name: facets.get(name, {}) for name in self._query.facets}
        return SearchResult(hits, main["totalHits"], ordered, match)

    def _requests(self, question: Question) -> list[dict[str, Any]]:
        query = self._query
        whole_pages = query.limit > 0 and query.offset % query.limit == 0
        main = {
            **self._counting,
            "q": question.words,
            "filter": self._filter(question, *self._wanted.values()),
            "hitsPerPage": query.limit if whole_pages else max(query.offset + query.limit, 1),
            "page": query.offset // query.limit + 1 if whole_pages else 1,
            "attributesToRetrieve": ["grp", "name"],
            "showRankingScore": True,
            "facets": [f"facet_{name}" for name in query.facets if name not in self._wanted],
        }
        if query.sort:
            main["sort"] = [f"sort_{query.sort}"]
        # A facet with a filter of its own is counted without that filter, so that its other
        # choices stay visible; even without such a facet, this tells "nothing matches" from
        # "the filters leave nothing", which must not make the query more forgiving.
        others = [
            {
                **self._counting,
                "q": question.words,
                "filter": self._filter(
                    question, *(text for field, text in self._wanted.items() if field != name)
                ),
                "facets": [f"facet_{name}"] if name in query.facets else [],
            }
            for name in self._wanted
        ]
        if len(self._wanted) > 1:
            others.append({**self._counting, "q": question.words, "filter": self._filter(question)})
        return [main, *others]

    def _slice(self, hits: list[dict[str, Any]]) -> list[dict[str, Any]]:
        query = self._query
        if query.limit and query.offset % query.limit == 0:
            return hits
        return hits[query.offset : query.offset + query.limit]

    def _filter(self, question: Question, *wanted: str) -> list[str]:
        among = [f"key IN {_json(question.among)}"] if question.among else []
        return [*self._visible, *among, *wanted]

    def _hits(self, question: Question, groups: Sequence[Mapping[str, Any]]) -> tuple[Hit, ...]:
        """Ask once more for the best documents of every group on this page of hits."""
        if not groups:
            return ()
        if not question.words and not question.among:
            return tuple(Hit(found["grp"], found["_rankingScore"], (found["name"],)) for found in groups)
        # Pages that say it themselves come before those that only carry the title of their group.
        answers = self._ask(
            [
                {**self._best_of(question, found["grp"]), **searched}
                for found in groups
                for searched in ({"attributesToSearchOn": ["body", "clusters"]}, {})
            ]
        )
        return tuple(
            Hit(
                found["grp"], found["_rankingScore"], _best_names(answers[2 * number : 2 * number + 2], found)
            )
            for number, found in enumerate(groups)
        )

    def _best_of(self, question: Question, group: str) -> dict[str, Any]:
        return {
            "indexUid": self._counting["indexUid"],
            "matchingStrategy": "all",
            "q": question.words,
            "filter": [*self._filter(question), f"grp = {_json(group)}"],
            "limit": DOCUMENTS_OF_A_HIT,
            "attributesToRetrieve": ["name"],
        }

    def _longest(self, codes: Sequence[str]) -> tuple[int, int]:
        """How many clusters of the run, from its beginning and its ending, stand in one document."""
        lengths = range(2, len(codes))
        phrases = [part(codes, length) for part in (beginning, ending) for length in lengths]
        answers = self._ask(
            [
                {
                    "indexUid": self._counting["indexUid"],
                    "q": _quoted(phrase),
                    "filter": self._visible,
                    "limit": 1,
                    "attributesToRetrieve": ["key"],
                }
                for phrase in phrases
            ]
        )
        found = [bool(answer["hits"]) for answer in answers]
        return 1 + sum(found[: len(lengths)]), 1 + sum(found[len(lengths) :])

    def _nearly(self, terms: Sequence[Term]) -> tuple[str, ...]:
        """Keys of documents in which an unspaced run stands but for an interruption.

        The server cannot demand nearness, so it finds candidates and their tokens decide.
        """
        ways = [
            (position, way)
            for position, term in enumerate(terms)
            if len(term.codes) >= SHORTEST_BROKEN_RUN
            for way in interrupted(term.codes, *self._longest(term.codes))
        ]
        ways = ways[:: len(ways) // MOST_WAYS + 1]
        if not ways:
            return ()
        requests = []
        for position, (before, after, _) in ways:
            others = [_one(term) for number, term in enumerate(terms) if number != position]
            halves = [_quoted(half) for half in (before, after) if half]
            requests.append(
                {
                    "indexUid": self._counting["indexUid"],
                    "matchingStrategy": "all",
                    "q": " ".join((*halves, *others)),
                    "filter": self._visible,
                    "limit": MOST_CANDIDATES,
                    "attributesToRetrieve": ["key", *_COLUMNS],
                }
            )
        keys = {
            document["key"]: None
            for (_, way), found in zip(ways, self._ask(requests), strict=True)
            for document in found["hits"]
            if any(_stands_near(document.get(column, "").split(), *way) for column in _COLUMNS)
        }
        return tuple(islice(keys, MOST_CANDIDATES))


def short_value(value: str) -> str:
    """A facet value as it is stored: longer ones would silently not be filterable."""
    return value.encode()[:LONGEST_VALUE_BYTES].decode(errors="ignore")


def _best_names(answers: Sequence[Mapping[str, Any]], found: Mapping[str, Any]) -> tuple[str, ...]:
    # Old and new documents of a group stand side by side for a moment while it is replaced.
    names = dict.fromkeys(document["name"] for answer in answers for document in answer["hits"])
    return tuple(islice(names, DOCUMENTS_OF_A_HIT)) or (found["name"],)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _by_count(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def _all_of(terms: Sequence[Term], *, unfinished: bool) -> str:
    terms, begun = being_typed(tuple(terms)) if unfinished else (terms, False)
    if begun:
        # Only the last word of a request, and only without quotes, is taken for a beginning.
        return " ".join((*_merged(terms[:-1]), terms[-1].word))
    return " ".join(_merged(terms))


def _merged(terms: Sequence[Term]) -> list[str]:
    """Every term in quotes; the server ignores terms after the tenth, so neighbours share a phrase."""
    if len(terms) < MOST_TERMS:
        return [_one(term) for term in terms]
    size = -(-len(terms) // (MOST_TERMS - 1))
    merged = []
    for start in range(0, len(terms), size):
        chunk = terms[start : start + size]
        if all(term.word for term in chunk):
            merged.append(_quoted([term.word for term in chunk]))
        else:
            merged.extend(_one(term) for term in chunk)
    return merged


def _one(term: Term) -> str:
    parts = [_quoted(term.phrase)] if term.phrase else []
    if term.tail:
        parts.append(_quoted([single_cluster(term.tail[1:])]))
    return " ".join(parts)


def _quoted(tokens: Sequence[str]) -> str:
    return '"' + " ".join(tokens) + '"'


def _forgiving(terms: Sequence[Term]) -> str:
    # The space at the end says that the last word is finished, else every word that begins
    # like it would be found too.
    return " ".join(term.word if may_be_mistyped(term) else _one(term) for term in terms) + " "


def _stands_near(tokens: Sequence[str], before: Sequence[str], after: Sequence[str], between: int) -> bool:
    starts = _positions(tokens, after) if after else None
    for start in _positions(tokens, before):
        if starts is None:
            return True
        end = start + len(before)
        if any(end <= other <= end + between for other in starts):
            return True
    return False


def _positions(tokens: Sequence[str], phrase: Sequence[str]) -> list[int]:
    length = len(phrase)
    wanted = list(phrase)
    return [
        position
        for position, token in enumerate(tokens)
        if token == wanted[0] and list(tokens[position : position + length]) == wanted
    ]
