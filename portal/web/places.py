"""Places: the provinces of the country, its neighbours, one place, and changing the names or splitting one."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from portal.core.clock import today
from portal.core.errors import N_
from portal.places import edit_actions
from portal.places.inputs import PlaceNamesInput, SplitInput
from portal.places.matching import Reason
from portal.places.models import Level, NameKind
from portal.places.page_queries import (
    PlacePage,
    found_places,
    get_place_by_reference,
    place_page,
    places_page,
)
from portal.places.policy import may_edit_places
from portal.request import CurrentViewer, DbSession
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.presence_page import place_presence
from portal.web.screen import CurrentScreen, Screen
from portal.web.statistics import charts_of

router = APIRouter(prefix=f"{PREFIX}/places")

LEVELS = {Level.COUNTRY: N_("Country"), Level.PROVINCE: N_("Province"), Level.DISTRICT: N_("District")}
KINDS = {
    NameKind.OFFICIAL: N_("Official name"),
    NameKind.VARIANT: N_("Other spelling"),
    NameKind.FORMER: N_("Former name"),
}
SCHEMES = {
    "cod_pcode": N_("OCHA P-code"),
    "iso3166_1": "ISO 3166-1",
    "iso3166_1_alpha3": N_("ISO 3166-1, three letters"),
    "iso3166_2": "ISO 3166-2",
}
REASONS = {
    Reason.CODE: N_("code"),
    Reason.NAME: N_("name"),
    Reason.SPELLING: N_("other spelling"),
    Reason.FORMER: N_("former name"),
    Reason.BEGINNING: N_("begins like this"),
    Reason.SIMILAR: N_("similar"),
}
LONGEST_QUERY = 200


@router.get("")
def list_places(screen: CurrentScreen, session: DbSession, q: str = "") -> Response:
    text = q.strip()[:LONGEST_QUERY]
    page = places_page(session, screen.language, text)
    return screen.show("places/list_places.html", page=page, text=text, levels=LEVELS, reasons=REASONS)


@router.get("/suggest")
def suggest_places(screen: CurrentScreen, session: DbSession, q: str = "") -> Response:
    """A piece of a page: the list below the box, while somebody types."""
    found = found_places(session, q.strip()[:LONGEST_QUERY], screen.language)
    return screen.show("places/suggest_places.html", found=found, levels=LEVELS)


@router.get("/{reference}")
def show_place(screen: CurrentScreen, session: DbSession, reference: str) -> Response:
    page = place_page(session, reference, screen.language)
    return screen.show(
        "places/show_place.html",
        page=page,
        levels=LEVELS,
        kinds=KINDS,
        schemes=SCHEMES,
        may_edit=may_edit_places(screen.viewer),
        work=place_presence(session, screen, page, today()),
        charts=charts_of(session, screen.language, page.details.place.id),
    )


@router.get("/{reference}/names")
def edit_names(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    edit_actions.require_editor(viewer)
    page = place_page(session, reference, screen.language)
    return _show_names(screen, page, Form(PlaceNamesInput, on=today().isoformat(), **_names(page)))


@router.post("/{reference}/names")
def save_names(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    place = get_place_by_reference(session, reference)
    form = Form(PlaceNamesInput, posted)
    with form.guard(session):
        changed = edit_actions.change_names(session, viewer, place, form.value)
        return screen.go(f"/places/{reference}", notice="place-changed" if changed else "nothing-changed")
    return _show_names(screen, place_page(session, reference, screen.language), form, 422)


@router.get("/{reference}/split")
def edit_split(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    edit_actions.require_editor(viewer)
    page = place_page(session, reference, screen.language)
    return _show_split(screen, page, Form(SplitInput, on=today().isoformat(), districts=_first_line(page)))


@router.post("/{reference}/split")
def save_split(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    place = get_place_by_reference(session, reference)
    form = Form(SplitInput, posted)
    with form.guard(session):
        edit_actions.split(session, viewer, place, form.value)
        return screen.go(f"/places/{place.id}", notice="saved")
    return _show_split(screen, place_page(session, str(place.id), screen.language), form, 422)


def _show_names(screen: Screen, page: PlacePage, form: Form[PlaceNamesInput], status: int = 200) -> Response:
    return screen.show("places/edit_names.html", status, page=page, form=form, levels=LEVELS)


def _show_split(screen: Screen, page: PlacePage, form: Form[SplitInput], status: int = 200) -> Response:
    return screen.show("places/edit_split.html", status, page=page, form=form, levels=LEVELS)


def _names(page: PlacePage) -> dict[str, Any]:
    official = page.details.official_names()
    english, lao = official.get("en", ""), official.get("lo", "")
    return {"name_en": english, "name_lo": lao, "shown_en": english, "shown_lo": lao}


def _first_line(page: PlacePage) -> str:
    """The district itself, as one of those it becomes: most splits leave a part with the old name."""
    official = page.details.official_names()
    return f"{official.get('en', '')}; {official.get('lo', '')}; {page.line.code}\n"
