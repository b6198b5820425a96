"""One question to the library: hits from the engine, everything shown of them from the database.

The engine only proposes ids. What a viewer reads of a hit comes through the library's own queries, and a hit
whose record they may not see is dropped; a resource whose access is just changing is left out altogether.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlmodel import Session

from portal.accounts.queries import organisation_names
from portal.accounts.viewer import Viewer
from portal.indexing import FACET_FIELDS
from portal.library.models import FileEntry, Reading
from portal.library.queries import ResourceCard, page_texts, resource_cards
from portal.library.searchable import page_of_document
from portal.places.queries import place_names
from search.documents import Hit, Match, SearchQuery
from search.engine import SearchEngine
from search.highlight import Passage, passages
from search.outbox import hidden_groups

PAGE_SIZE = 20
SUGGESTIONS = 6
SORTS = {"relevance": None, "newest": "newest:desc", "used": "used:desc"}
MAXIMUM_QUERY = 200
# Deeper pages cost the engine more and help nobody: the question has to be narrowed then.
MAXIMUM_PAGE = 250


@dataclass(frozen=True)
class Asked:
    """A search as its address holds it."""

    words: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or any(self.filters.values()))


@dataclass(frozen=True)
class FoundPage:
    """A page with its best passages."""

    entry: FileEntry
    unit: str
    number: int
    passages: Sequence[Passage]


@dataclass(frozen=True)
class FoundResource:
    card: ResourceCard
    pages: Sequence[FoundPage]
    # Passages of the summary, when the words stand there.
    summary: Sequence[Passage]


@dataclass(frozen=True)
class Choice:
    """One value of a facet, with how many results it would leave."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Found:
    results: Sequence[FoundResource]
    total: int
    match: Match
    facets: Mapping[str, Sequence[Choice]]


def find_resources(
    session: Session, engine: SearchEngine, viewer: Viewer, asked: Asked, language: str
) -> Found:
    """A page of results with their passages and the facets. May raise EngineUnavailable."""
    query = SearchQuery(
        text=asked.words[:MAXIMUM_QUERY],
        access=viewer.access,
        filters={name: values for name, values in asked.filters.items() if values},
        facets=FACET_FIELDS,
        sort=SORTS.get(asked.sort) or (None if asked.words else SORTS["newest"]),
        offset=(min(asked.page, MAXIMUM_PAGE) - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
        excluded_groups=hidden_groups(session),
    )
    answer = engine.search(query)
    return Found(
        results=_results(session, viewer, query, answer.hits, language),
        total=answer.total,
        match=answer.match,
        facets=_choices(session, answer.facets, asked, language),
    )


def suggest_resources(
    session: Session, engine: SearchEngine, viewer: Viewer, words: str, language: str
) -> list[FoundResource]:
    """The first results while somebody types; nothing is suggested that the viewer may not see."""
    query = SearchQuery(
        text=words[:MAXIMUM_QUERY],
        access=viewer.access,
        limit=SUGGESTIONS,
        as_you_type=True,
        relax=False,
        excluded_groups=hidden_groups(session),
    )
    hits = [replace(hit, documents=hit.documents[:1]) for hit in engine.search(query).hits]
    return _results(session, viewer, query, hits, language)


def count_choices(
    session: Session, engine: SearchEngine, viewer: Viewer, facet: str, language: str
) -> Sequence[Choice]:
    """What the library holds by one facet, for the first page."""
    query = SearchQuery(access=viewer.access, facets=[facet], limit=0, excluded_groups=hidden_groups(session))
    return _choices(session, engine.search(query).facets, Asked(), language).get(facet, ())


def _results(
    session: Session, viewer: Viewer, query: SearchQuery, hits: Sequence[Hit], language: str
) -> list[FoundResource]:
    cards = resource_cards(session, viewer, [UUID(hex=hit.group) for hit in hits], language)
    wanted = [page for hit in hits for document in hit.documents if (page := page_of_document(document))]
    texts = page_texts(session, viewer, wanted)
    results = []
    for hit in hits:
        card = cards.get(UUID(hex=hit.group))
        if card is None:
            continue
        pages = [
            _found_page(key, texts[key], query)
            for document in hit.documents
            if (key := page_of_document(document)) and key in texts
        ]
        results.append(
            FoundResource(
                card=card,
                pages=[page for page in pages if page.passages],
                summary=_passages(card.summary, query, limit=1),
            )
        )
    return results


def _found_page(
    key: tuple[UUID, int], found: tuple[FileEntry, Reading, str], query: SearchQuery
) -> FoundPage:
    entry, reading, text = found
    return FoundPage(entry=entry, unit=reading.unit, number=key[1], passages=_passages(text, query))


def _passages(text: str, query: SearchQuery, limit: int = 2) -> list[Passage]:
    return passages(text, query.text, limit=limit) if query.text else []


def _choices(
    session: Session, counts: Mapping[str, Mapping[str, int]], asked: Asked, language: str
) -> dict[str, list[Choice]]:
    """The values of each facet, most frequent first; a chosen value stays visible when it would find nothing."""
    named = _names(session, counts, asked, language)
    facets = {}
    for name in FACET_FIELDS:
        chosen = list(asked.filters.get(name, ()))
        found = dict(counts.get(name, {}))
        values = {**dict.fromkeys(chosen, 0), **found}
        ordered = sorted(values.items(), key=lambda pair: _order(name, pair))
        facets[name] = [
            Choice(value, named.get(value, value), count, value in chosen) for value, count in ordered
        ]
    return facets


def _order(name: str, pair: tuple[str, int]) -> tuple[int, str]:
    value, count = pair
    # Years read best from the newest down; everything else by how much there is.
    return (-int(value), value) if name == "year" and value.isdigit() else (-count, value)


def _names(
    session: Session, counts: Mapping[str, Mapping[str, int]], asked: Asked, language: str
) -> dict[str, str]:
    """Names of the values that are ids: organisations and provinces, one statement each."""
    organisations = _ids([*counts.get("organisation", ()), *asked.filters.get("organisation", ())])
    provinces = _ids([*counts.get("province", ()), *asked.filters.get("province", ())])
    names = {key.hex: name for key, name in organisation_names(session, organisations).items()}
    names.update({key.hex: name for key, name in place_names(session, provinces, language).items()})
    return names


def _ids(values: Sequence[str]) -> list[UUID]:
    ids = []
    for value in values:
        try:
            ids.append(UUID(hex=value))
        except ValueError:
            # Typed into the address by hand: it names nothing, and finds nothing.
            continue
    return ids
