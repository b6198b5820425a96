"""The home page, help and about: what this is, what is new, where to start."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from portal.accounts.viewer import Viewer
from portal.core.clock import today
from portal.finding import Overview, library_overview
from portal.library.list_queries import ResourceCard, count_published, newest_cards
from portal.request import CurrentViewer, DbSession, Installation
from portal.templating import LANGUAGES
from portal.web.glance import Glance, register_glance
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen
from search.engine import EngineUnavailable, SearchEngine

router = APIRouter(prefix=PREFIX)

NEWEST = 5


@dataclass(frozen=True)
class HomePage:
    """The portal at a glance; `overview` is None while the search engine does not answer."""

    resources: int
    organisations: int
    overview: Overview | None
    newest: Sequence[ResourceCard]
    register: Glance


@router.get("/")
def home(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation) -> Response:
    resources, organisations = count_published(session, viewer)
    page = HomePage(
        resources=resources,
        organisations=organisations,
        overview=_overview(session, here.search, viewer, screen.language),
        newest=newest_cards(session, viewer, screen.language, NEWEST),
        register=register_glance(session, screen, today()),
    )
    return screen.show("home.html", page=page)


@router.get("/about")
def about(screen: CurrentScreen) -> Response:
    return screen.show("about.html", page_languages=list(LANGUAGES.values()))


@router.get("/help")
def help_page(screen: CurrentScreen, here: Installation) -> Response:
    largest = here.settings.maximum_upload_bytes
    return screen.show("help.html", largest_file=largest, most_files=here.settings.maximum_files)


def _overview(session: Session, engine: SearchEngine, viewer: Viewer, language: str) -> Overview | None:
    try:
        return library_overview(session, engine, viewer, language)
    except EngineUnavailable:
        # The first page is still worth showing: it only says less.
        return None
