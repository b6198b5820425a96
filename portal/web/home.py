"""The home page, help and about: what this is, what is new, where to start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from portal.accounts.viewer import Viewer
from portal.core.clock import today
from portal.finding import Overview, library_overview
from portal.library.list_queries import ResourceCard, count_published, newest_cards
from portal.registry.finding_queries import count_open_findings
from portal.registry.freshness import ends_soon, is_confirmed, is_lapsed, status_of
from portal.registry.rows import visible_to
from portal.registry.scoring import Queue
from portal.registry.snapshot import read_snapshot
from portal.registry.terms import EffectiveStatus
from portal.request import CurrentViewer, DbSession, Installation
from portal.templating import LANGUAGES
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen
from search.engine import EngineUnavailable, SearchEngine

router = APIRouter(prefix=PREFIX)

NEWEST = 5
AT_WORK = (EffectiveStatus.ONGOING, EffectiveStatus.START_UNCONFIRMED)


@dataclass(frozen=True)
class RegisterGlance:
    """The register in a few numbers, as far as this viewer may see it; findings only of those who read them."""

    families: int
    organisations: int
    ending_soon: int
    unconfirmed: int
    findings: Mapping[Queue, int]


@dataclass(frozen=True)
class HomePage:
    """The portal at a glance; `overview` is None while the search engine does not answer."""

    resources: int
    organisations: int
    overview: Overview | None
    newest: Sequence[ResourceCard]
    register: RegisterGlance


@router.get("/")
def home(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation) -> Response:
    resources, organisations = count_published(session, viewer)
    page = HomePage(
        resources=resources,
        organisations=organisations,
        overview=_overview(session, here.search, viewer, screen.language),
        newest=newest_cards(session, viewer, screen.language, NEWEST),
        register=_glance(session, viewer),
    )
    return screen.show("home.html", page=page)


@router.get("/about")
def about(screen: CurrentScreen) -> Response:
    return screen.show("about.html", page_languages=list(LANGUAGES.values()))


@router.get("/help")
def help_page(screen: CurrentScreen, here: Installation) -> Response:
    largest = here.settings.maximum_upload_bytes
    return screen.show("help.html", largest_file=largest, most_files=here.settings.maximum_files)


def _glance(session: Session, viewer: Viewer) -> RegisterGlance:
    day, snapshot = today(), read_snapshot(session)
    rows = [
        row
        for row in visible_to(snapshot.lines, viewer.access)
        if status_of(row, day) in AT_WORK and not is_lapsed(row, day)
    ]
    return RegisterGlance(
        families=len({row.family_id for row in rows}),
        organisations=len({row.implementer_id for row in rows}),
        ending_soon=len({row.family_id for row in rows if ends_soon(row, day)}),
        unconfirmed=len({row.family_id for row in rows if not is_confirmed(row, day)}),
        findings=count_open_findings(session, viewer, snapshot),
    )


def _overview(session: Session, engine: SearchEngine, viewer: Viewer, language: str) -> Overview | None:
    try:
        return library_overview(session, engine, viewer, language)
    except EngineUnavailable:
        # The first page is still worth showing: it only says less.
        return None
