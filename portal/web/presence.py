"""Presence: who works where, as a map, a matrix, a timeline, a table or a file; the address holds the question."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from portal.accounts.queries import organisations_by_id
from portal.core.clock import today
from portal.exchange.presence_table import (
    PresenceWords,
    presence_csv,
    presence_figures,
    presence_workbook,
)
from portal.labels import LABELS
from portal.places.queries import P_CODES, place_codes, place_names
from portal.registry.presence import PlaceKey
from portal.registry.queries import titles_of
from portal.registry.rows import places_of
from portal.request import DbSession, Installation
from portal.templating import translate
from portal.web.files import table_download
from portal.web.languages import PREFIX
from portal.web.presence_address import (
    FIELDS,
    FORMATS,
    LABEL_NAMES,
    PATH,
    VIEWS,
    read_asked,
)
from portal.web.presence_page import AREAS, INTERVENTIONS, PresencePage, presence_page
from portal.web.screen import CurrentScreen
from portal.web.statistics import charts_of

router = APIRouter(prefix=PREFIX)

NOT_SHARED = {"Cache-Control": "private, no-cache"}


@router.get(PATH)
def presence(request: Request, screen: CurrentScreen, session: DbSession, here: Installation) -> Response:
    asked = read_asked(session, screen.viewer, request.query_params)
    page = presence_page(session, screen, asked, today())
    kind = request.query_params.get("format", "")
    if kind in FORMATS:
        return presence_file(page, kind, here.settings.base_url.rstrip("/"))
    return screen.show(
        "presence/presence.html",
        page=page,
        charts=charts_of(session, screen.language, page.presence.zoom) if page.presence.zoom else (),
        link=page.link,
        views=VIEWS,
        formats=FORMATS,
        fields=FIELDS,
        label_names=LABEL_NAMES,
        whole_address=here.settings.base_url.rstrip("/") + page.link.view(asked.view),
    )


def presence_file(page: PresencePage, kind: str, base_url: str) -> Response:
    keys = page.row_keys
    words = _words(page, keys, base_url, has_lines=kind != "json")
    if kind == "json":
        figures = presence_figures(page.presence, words, keys, [*AREAS, *INTERVENTIONS])
        return JSONResponse(figures, headers=NOT_SHARED)
    if kind == "csv":
        content = presence_csv(page.presence, words)
    else:
        content = presence_workbook(page.presence, words, keys, [*AREAS, *INTERVENTIONS])
    # A title and a day, as whoever finds the file in a folder next year has nothing else to go by.
    name = f"sala-presence-{page.presence.as_of.isoformat()}.{kind}"
    return table_download(content, name)


def _words(page: PresencePage, keys: list[PlaceKey], base_url: str, *, has_lines: bool) -> PresenceWords:
    session, screen, lines = page.session, page.screen, page.presence.lines if has_lines else ()
    places = {key for key in keys if key} | places_of(spot for line in lines for spot in line.spots)
    return PresenceWords(
        places=place_names(session, places, screen.language),
        codes=place_codes(session, places, P_CODES),
        organisations=organisations_by_id(session, {line.row.implementer_id for line in lines}),
        titles=titles_of(session, {line.row.project_id for line in lines}, screen.language),
        label=_labels(screen.language),
        translated=lambda text: translate(screen.language, text),
        project_address=lambda reference: base_url + screen.address(f"/projects/{reference}"),
        source=base_url + page.link.view(page.asked.view),
    )


def _labels(language: str) -> Callable[[str, str], str]:
    return lambda name, value: translate(language, LABELS[name].get(value, str(value)))
