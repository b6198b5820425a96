"""One question to library and register: hits from the engine, everything shown of them from the database.

The engine only proposes ids. What a viewer reads of a hit comes through the domains' own queries, and a hit
whose record they may not see is dropped; a record whose access is just changing is left out altogether.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from portal.accounts.queries import organisation_names
from portal.accounts.viewer import Viewer
from portal.core.asked import Asked
from portal.core.errors import N_
from portal.finding_projects import FoundProject, found_projects
from portal.indexing import FACET_FIELDS
from portal.library.file_queries import page_texts
from portal.library.list_queries import ResourceCard, resource_cards
from portal.library.models import FileEntry, Reading
from portal.library.searchable import page_of_document
from portal.library.vocabularies import (
    AUDIENCE_LABELS,
    FILE_KIND_LABELS,
    LANGUAGE_LABELS,
    POLICY_AREA_LABELS,
    RESOURCE_TYPE_LABELS,
    SECTOR_LABELS,
)
from portal.marking import marked, passages_of
from portal.places.queries import place_names
from portal.templating import translate
from search.documents import Hit, Match, SearchQuery
from search.engine import SearchEngine
from search.highlight import Passage
from search.outbox import hidden_groups

PAGE_SIZE = 20
SUGGESTIONS = 6
SORTS = {"relevance": None, "newest": "newest:desc", "used": "used:desc"}
MAXIMUM_QUERY = 200
# Deeper pages cost the engine more and help nobody: the question has to be narrowed then.
MAXIMUM_PAGE = 250
# Pages shown of one hit, when they have the words and when they have what comes near them.
EXACT_PAGES, CLOSE_PAGES = 2, 1
# Each way out of an empty result costs the engine one more question.
MOST_WAYS_OUT = 4
KIND_LABELS = {"resource": N_("In the library"), "project": N_("Projects")}
LABELS: Mapping[str, Mapping[str, str]] = {
    "kind": KIND_LABELS,
    "policy_area": {str(value): label for value, label in POLICY_AREA_LABELS.items()},
    "resource_type": {str(value): label for value, label in RESOURCE_TYPE_LABELS.items()},
    "language": {str(value): label for value, label in LANGUAGE_LABELS.items()},
    "sector": {str(value): label for value, label in SECTOR_LABELS.items()},
    "audience": {str(value): label for value, label in AUDIENCE_LABELS.items()},
    "file_kind": FILE_KIND_LABELS,
}


@dataclass(frozen=True)
class FoundPage:
    """A page with its best passages."""

    entry: FileEntry
    unit: str
    number: int
    # As the uploader said, else as it was found in the text; empty when neither is known.
    language: str
    passages: Sequence[Passage]


@dataclass(frozen=True)
class FoundResource:
    card: ResourceCard
    pages: Sequence[FoundPage]
    # Passages of the summary, when the words stand there.
    summary: Sequence[Passage]
    # The title in fragments, when the words stand there.
    title: Sequence[tuple[str, bool]] = ()
    is_project: bool = False


@dataclass(frozen=True)
class Choice:
    """One value of a facet, with how many results it would leave."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Found:
    results: Sequence[FoundResource | FoundProject]
    total: int
    match: Match
    facets: Mapping[str, Sequence[Choice]]

    def chosen(self) -> Iterator[tuple[str, Choice]]:
        """What narrows this search, facet by facet."""
        for name, choices in self.facets.items():
            yield from ((name, choice) for choice in choices if choice.is_chosen)


@dataclass(frozen=True)
class WayOut:
    """Something to drop from a search that found nothing, and how much it would find then."""

    asked: Asked
    facet: str
    word: str
    count: int


@dataclass(frozen=True)
class Overview:
    """What the library holds that this viewer may see."""

    policy_areas: Sequence[Choice]
    languages: Sequence[Choice]


def find_resources(
    session: Session, engine: SearchEngine, viewer: Viewer, asked: Asked, language: str
) -> Found:
    """A page of results with their passages and the facets. May raise EngineUnavailable."""
    query = _query(session, viewer, asked)
    answer = engine.search(query)
    is_close = answer.match not in (Match.EXACT, Match.NONE)
    return Found(
        results=_results(session, viewer, query, answer.hits, language, is_close=is_close),
        total=answer.total,
        match=answer.match,
        facets=_choices(session, answer.facets, asked, language),
    )


def suggest_resources(
    session: Session, engine: SearchEngine, viewer: Viewer, words: str, language: str
) -> list[FoundResource | FoundProject]:
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


def ways_out(session: Session, engine: SearchEngine, viewer: Viewer, asked: Asked) -> list[WayOut]:
    """What to drop from a search that found nothing, the most promising first. May raise EngineUnavailable."""
    narrower = [
        (name, "", replace(asked, filters={k: v for k, v in asked.filters.items() if k != name}, page=1))
        for name, values in asked.filters.items()
        if values
    ]
    words = asked.words.split()
    shorter = [
        ("", word, replace(asked, words=" ".join(words[:place] + words[place + 1 :]), page=1))
        for place, word in enumerate(words)
        if len(words) > 1
    ]
    query = _query(session, viewer, asked)
    found = [
        WayOut(other, facet, word, _count(engine, query, other))
        for facet, word, other in [*narrower, *shorter][:MOST_WAYS_OUT]
    ]
    return sorted((way for way in found if way.count), key=lambda way: -way.count)


def library_overview(session: Session, engine: SearchEngine, viewer: Viewer, language: str) -> Overview:
    """What the library holds by the 4P and by language. May raise EngineUnavailable."""
    query = SearchQuery(
        access=viewer.access,
        filters={"kind": ("resource",)},
        facets=("policy_area", "language"),
        limit=0,
        excluded_groups=hidden_groups(session),
    )
    facets = _choices(session, engine.search(query).facets, Asked(), language)
    by_area = {choice.value: choice for choice in facets["policy_area"]}
    areas = [
        by_area.get(area) or Choice(area, translate(language, label), 0, is_chosen=False)
        for area, label in LABELS["policy_area"].items()
    ]
    return Overview(policy_areas=areas, languages=facets["language"])


def _query(session: Session, viewer: Viewer, asked: Asked) -> SearchQuery:
    return SearchQuery(
        text=asked.words[:MAXIMUM_QUERY],
        access=viewer.access,
        filters={name: values for name, values in asked.filters.items() if values},
        facets=FACET_FIELDS,
        sort=SORTS.get(asked.sort) or (None if asked.words else SORTS["newest"]),
        offset=(max(1, min(asked.page, MAXIMUM_PAGE)) - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
        excluded_groups=hidden_groups(session),
    )


def _count(engine: SearchEngine, query: SearchQuery, asked: Asked) -> int:
    filters = {name: values for name, values in asked.filters.items() if values}
    question = replace(query, text=asked.words, filters=filters, facets=(), offset=0, limit=0)
    return engine.search(question).total


def _results(
    session: Session,
    viewer: Viewer,
    query: SearchQuery,
    hits: Sequence[Hit],
    language: str,
    *,
    is_close: bool = False,
) -> list[FoundResource | FoundProject]:
    """What the viewer may see of the hits, in their order."""
    resources = _found_resources(session, viewer, query, hits, language, is_close=is_close)
    others = [hit for hit in hits if hit.group not in resources]
    projects = found_projects(session, viewer, query, others, language, is_close=is_close)
    return [found for hit in hits if (found := resources.get(hit.group) or projects.get(hit.group))]


def _found_resources(
    session: Session,
    viewer: Viewer,
    query: SearchQuery,
    hits: Sequence[Hit],
    language: str,
    *,
    is_close: bool,
) -> dict[str, FoundResource]:
    cards = resource_cards(session, viewer, [UUID(hex=hit.group) for hit in hits], language)
    # Without words no page has anything to show; looking for what comes near takes five times as long.
    most = (CLOSE_PAGES if is_close else EXACT_PAGES) if query.text else 0
    found = [(card, _open_pages(card, hit, most)) for hit in hits if (card := cards.get(UUID(hex=hit.group)))]
    texts = page_texts(
        session, [(reading.sha256, number) for _, pages in found for _, reading, number in pages]
    )
    results = {}
    for card, opened in found:
        pages = [
            _found_page(entry, reading, number, texts[reading.sha256, number], query, is_close=is_close)
            for entry, reading, number in opened
            if (reading.sha256, number) in texts
        ]
        results[card.resource.id.hex] = FoundResource(
            card=card,
            pages=[page for page in pages if page.passages],
            summary=passages_of(card.summary, query, limit=1, is_close=is_close),
            title=marked(card.title, query, is_close=is_close),
        )
    return results


def _open_pages(card: ResourceCard, hit: Hit, most: int) -> list[tuple[FileEntry, Reading, int]]:
    """The best pages of a hit in files that the viewer may open; the engine may not know the newest rule yet."""
    pages = [page for document in hit.documents if (page := page_of_document(document))]
    return [
        (*card.open_files[file_id], number) for file_id, number in pages[:most] if file_id in card.open_files
    ]


def _found_page(
    entry: FileEntry, reading: Reading, number: int, text: str, query: SearchQuery, *, is_close: bool
) -> FoundPage:
    return FoundPage(
        entry=entry,
        unit=reading.unit,
        number=number,
        language=entry.language or next(iter(reading.languages), ""),
        passages=passages_of(text, query, limit=2, is_close=is_close),
    )


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
            Choice(value, _label(name, value, named, language), count, value in chosen)
            for value, count in ordered
        ]
    return facets


def _label(facet: str, value: str, named: Mapping[str, str], language: str) -> str:
    marked = LABELS.get(facet, {}).get(value)
    return translate(language, marked) if marked else named.get(value, value)


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
