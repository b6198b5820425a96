"""What goes into a search engine and what comes out of it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

PUBLIC = "public"


class Match(StrEnum):
    """How far a query had to be relaxed before something was found; shown to the person who asked."""

    EXACT = "exact"
    SPLIT = "split"
    FUZZY = "fuzzy"
    LOOSE = "loose"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Document:
    """One page of a file, or the own fields of a resource.

    All documents of a group carry the same facets and sort values; their access may differ,
    because a page can be more restricted than the record that describes it. `extra` holds
    what should be found but is not running text: keywords, authors, places in all languages.
    Access is a set of tokens (`public`, `members`, `org:12`, ...): whoever holds one of them
    may see the document.
    """

    id: str
    group: str
    title: str
    body: str = ""
    extra: str = ""
    access: frozenset[str] = frozenset({PUBLIC})
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: Mapping[str, int] = field(default_factory=dict)


def digest_of(documents: Iterable[Document]) -> str:
    """A short text that is the same for the same documents, in whatever order, in every process and version.

    Engines keep it of each group, so that an index is compared with the database without reading its texts.
    """
    digest = hashlib.blake2b(digest_size=16)
    for document in sorted(documents, key=lambda document: document.id):
        record = [
            document.id,
            document.title,
            document.extra,
            document.body,
            sorted(document.access),
            {name: sorted(values) for name, values in document.facets.items()},
            dict(document.sort),
        ]
        line = json.dumps(record, ensure_ascii=False, sort_keys=True)
        digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One question to an engine; its words are never read as an engine's query language.

    `filters` are OR inside a field and AND between fields. `sort` is `field:asc` or
    `field:desc`, and None sorts by relevance. `as_you_type` says that the last word is not
    finished. Without `relax`, only what contains the query itself is found.
    """

    text: str = ""
    access: frozenset[str] = frozenset({PUBLIC})
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    facets: Sequence[str] = ()
    sort: str | None = None
    offset: int = 0
    limit: int = 20
    as_you_type: bool = False
    relax: bool = True
    excluded_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A group that was found, with at most three of its matching documents, best first.

    Scores compare only inside one result.
    """

    group: str
    score: float
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits of one page and the counts of all of them.

    `total` and `facets` count groups that the asker may see through a matching document.
    A facet's own filter does not narrow its own counts, so its other choices stay visible.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    match: Match = Match.NONE
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class EngineStats:
    """What an administrator wants to know about an index.

    `needs_rebuild` is true until the index has been filled again after its pipeline changed;
    `pending` counts writes that were accepted and are not searchable yet.
    """

    engine: str
    groups: int
    documents: int
    size_bytes: int
    pending: int
    pipeline: str
    needs_rebuild: bool
    detail: str = ""
