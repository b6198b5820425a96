"""The search page and what it suggests while somebody types. The address holds the whole search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.datastructures import QueryParams

from portal.accounts.viewer import Viewer
from portal.core.errors import N_
from portal.core.paging import Page
from portal.core.text import clean_line
from portal.finding import (
    MAXIMUM_PAGE,
    MAXIMUM_QUERY,
    PAGE_SIZE,
    SORTS,
    Asked,
    Found,
    WayOut,
    find_resources,
    suggest_resources,
    ways_out,
)
from portal.indexing import FACET_FIELDS
from portal.request import CurrentViewer, DbSession, Installation
from portal.web.languages import PREFIX
from portal.web.page_numbers import read_number
from portal.web.screen import CurrentScreen, Screen
from search.documents import Match
from search.engine import EngineUnavailable, SearchEngine

router = APIRouter(prefix=PREFIX)

# An address longer than this was not made by our form.
MOST_VALUES = 50
LONGEST_VALUE = 100
FACET_TITLES = {
    "kind": N_("Where"),
    "policy_area": N_("Area (4P)"),
    "resource_type": N_("Type"),
    "language": N_("Language"),
    "organisation": N_("Organisation"),
    "province": N_("Province"),
    "year": N_("Year"),
    "sector": N_("Sector"),
    "audience": N_("For whom"),
    "file_kind": N_("Kind of file"),
}
SORT_LABELS = {
    "relevance": N_("Best match"),
    "newest": N_("Newest"),
    "used": N_("Most used"),
}
RELAXED = {
    Match.SPLIT: N_("Nothing has these words side by side; these have them apart."),
    Match.FUZZY: N_("Nothing has exactly these words; these have words that are spelled nearly so."),
    Match.LOOSE: N_("Nothing has exactly these words; these are close."),
}


@dataclass(frozen=True)
class SearchAddress:
    """Addresses of searches next to this one: with one thing changed, and back on the first page."""

    screen: Screen
    asked: Asked

    def here(self) -> str:
        return self._of(self.asked)

    def page(self, number: int) -> str:
        return self._of(replace(self.asked, page=number))

    def sorted_by(self, sort: str) -> str:
        return self._of(replace(self.asked, sort=sort, page=1))

    def without(self, facet: str, value: str) -> str:
        kept = [other for other in self.asked.filters.get(facet, ()) if other != value]
        return self._of(replace(self.asked, filters={**self.asked.filters, facet: kept}, page=1))

    def unfiltered(self) -> str:
        return self._of(replace(self.asked, filters={}, page=1))

    def way(self, way: WayOut) -> str:
        return self._of(way.asked)

    def _of(self, asked: Asked) -> str:
        values: dict[str, Any] = {"q": asked.words, **asked.filters}
        values["sort"] = asked.sort if asked.sort != "relevance" else ""
        values["page"] = asked.page if asked.page > 1 else ""
        return self.screen.address("/search", **values)


@dataclass(frozen=True)
class SearchPage:
    """What the search page shows; `found` is None while the engine does not answer."""

    asked: Asked
    found: Found | None
    is_cut: bool
    ways_out: Sequence[WayOut] = ()

    @property
    def pages(self) -> Page[object]:
        total = min(self.found.total, MAXIMUM_PAGE * PAGE_SIZE) if self.found else 0
        return Page((), total, self.asked.page, PAGE_SIZE)

    @property
    def is_beyond_the_end(self) -> bool:
        return self.found is not None and self.found.total > 0 and self.asked.page > self.pages.count

    @property
    def sort(self) -> str:
        """The order in effect: without words nothing matches better than anything else."""
        return "newest" if self.asked.sort == "relevance" and not self.asked.words else self.asked.sort

    @property
    def relaxed(self) -> str:
        return RELAXED.get(self.found.match, "") if self.found and self.asked.words else ""


@router.get("/search")
def search(
    request: Request, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation
) -> Response:
    asked = read_search(request.query_params)
    is_cut = len(clean_line(request.query_params.get("q", ""))) > MAXIMUM_QUERY
    try:
        page = _search_page(session, here.search, viewer, asked, screen.language, is_cut)
    except EngineUnavailable:
        page = SearchPage(asked, None, is_cut)
    link = SearchAddress(screen, asked)
    if page.is_beyond_the_end:
        return RedirectResponse(link.page(page.pages.count), status_code=302)
    return screen.show(
        "search/search.html",
        200 if page.found else 503,
        page=page,
        link=link,
        facet_titles=FACET_TITLES,
        sort_labels=SORT_LABELS,
    )


@router.get("/search/suggest")
def suggest(
    request: Request, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation
) -> Response:
    """A fragment for the list under the search box."""
    words = clean_line(request.query_params.get("q", ""))[:MAXIMUM_QUERY]
    try:
        results = suggest_resources(session, here.search, viewer, words, screen.language) if words else []
    except EngineUnavailable:
        return screen.show("search/suggest.html", 503, results=[], words=words)
    return screen.show("search/suggest.html", results=results, words=words)


def read_search(query: QueryParams) -> Asked:
    """A search out of its address; what cannot be meant is left out, and nothing is refused."""
    filters = {}
    for name in FACET_FIELDS:
        values = [clean_line(value)[:LONGEST_VALUE] for value in query.getlist(name)[:MOST_VALUES]]
        filters[name] = list(dict.fromkeys(value for value in values if value))
    sort = query.get("sort", "")
    return Asked(
        words=clean_line(query.get("q", ""))[:MAXIMUM_QUERY].strip(),
        filters={name: values for name, values in filters.items() if values},
        sort=sort if sort in SORTS else "relevance",
        page=min(read_number(query.get("page", "")), MAXIMUM_PAGE),
    )


def _search_page(
    session: Session, engine: SearchEngine, viewer: Viewer, asked: Asked, language: str, is_cut: bool
) -> SearchPage:
    found = find_resources(session, engine, viewer, asked, language)
    ways = [] if found.total else ways_out(session, engine, viewer, asked)
    return SearchPage(asked, found, is_cut, ways)
