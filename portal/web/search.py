"""The search page and what it suggests while somebody types. The address holds the whole search."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from portal.accounts.viewer import Viewer
from portal.core.asked import Asked
from portal.core.errors import N_
from portal.core.paging import Page
from portal.core.text import clean_line
from portal.finding import (
    MAXIMUM_PAGE,
    MAXIMUM_QUERY,
    PAGE_SIZE,
    SORTS,
    Found,
    WayOut,
    find_resources,
    suggest_resources,
    ways_out,
)
from portal.indexing import FACET_FIELDS
from portal.request import CurrentViewer, DbSession, Installation
from portal.web.languages import PREFIX
from portal.web.list_address import ListAddress, ListKind
from portal.web.screen import CurrentScreen
from search.documents import Match
from search.engine import EngineUnavailable, SearchEngine

router = APIRouter(prefix=PREFIX)

RESOURCES = ListKind("/search", FACET_FIELDS, tuple(SORTS), MAXIMUM_QUERY, MAXIMUM_PAGE)
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
    asked = RESOURCES.read(request.query_params)
    is_cut = len(clean_line(request.query_params.get("q", ""))) > MAXIMUM_QUERY
    try:
        page = _search_page(session, here.search, viewer, asked, screen.language, is_cut)
    except EngineUnavailable:
        page = SearchPage(asked, None, is_cut)
    link = ListAddress(screen, RESOURCES, asked)
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


def _search_page(
    session: Session, engine: SearchEngine, viewer: Viewer, asked: Asked, language: str, is_cut: bool
) -> SearchPage:
    found = find_resources(session, engine, viewer, asked, language)
    ways = [] if found.total else ways_out(session, engine, viewer, asked)
    return SearchPage(asked, found, is_cut, ways)
