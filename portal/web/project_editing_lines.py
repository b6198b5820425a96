"""The step about lines and planned events of a project."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import Session

from portal.core.clock import today
from portal.core.database import abandon
from portal.core.errors import N_, NotFound, require
from portal.places.queries import place_names
from portal.registry import line_actions
from portal.registry.line_inputs import EventInput, LineInput
from portal.registry.models import ActivityLine, LineState, PlannedEvent
from portal.registry.nearby_queries import NearbyEvent, NearbyLine, nearby_events, nearby_lines
from portal.registry.page_queries import EventDetail, LineDetail, NamedPlace, ProjectPage
from portal.registry.place_choices import offered_places
from portal.registry.terms import LinePlaceRole, Reach
from portal.request import CurrentViewer, DbSession
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.project_editing import (
    choices_of,
    editable_page,
    organisation_options,
    show_step,
    shown,
)
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=f"{PREFIX}/projects")

_PARTS = ("total", "women", "men", "girls", "boys")


class RemovalInput(BaseModel):
    reason: str = ""


@router.get("/{reference}/edit/lines")
def edit_lines(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    return show_step(screen, editable_page(screen, session, viewer, reference), "lines", Form(BaseModel))


@router.get("/{reference}/edit/lines/new")
def ask_line(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    page = editable_page(screen, session, viewer, reference)
    form = Form(LineInput, implementer=str(page.project.organisation_id), unit="people")
    return _show_line(screen, session, page, form)


@router.post("/{reference}/edit/lines/new")
def add_line(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    return _save_line(screen, session, page, Form(LineInput, posted), None, posted.get("then"))


@router.get("/{reference}/edit/lines/{line}")
def edit_line(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, line: str
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    detail = _line(page, line)
    return _show_line(screen, session, page, _filled_line(detail), detail)


@router.post("/{reference}/edit/lines/{line}")
def save_line(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    line: str,
    posted: Posted,
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    return _save_line(screen, session, page, Form(LineInput, posted), _line(page, line), posted.get("then"))


@router.post("/{reference}/edit/lines/{line}/remove")
def remove_line(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    line: str,
    posted: Posted,
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    detail = _line(page, line)
    form = Form(RemovalInput, posted)
    with form.guard(session):
        line_actions.remove_line(session, viewer, detail.line, form.value.reason)
        return screen.go(f"/projects/{page.project.reference}/edit/lines", notice="removed")
    filled = _filled_line(detail)
    filled.errors, filled.general = form.errors, form.general
    return _show_line(screen, session, page, filled, detail, 422)


@router.get("/{reference}/edit/events/new")
def ask_event(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    page = editable_page(screen, session, viewer, reference)
    return _show_event(screen, session, page, Form(EventInput))


@router.post("/{reference}/edit/events/new")
def add_event(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    return _save_event(screen, session, page, Form(EventInput, posted), None, posted.get("then"))


@router.get("/{reference}/edit/events/{event}")
def edit_event(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, event: str
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    detail = _event(page, event)
    return _show_event(screen, session, page, _filled_event(detail), detail.event)


@router.post("/{reference}/edit/events/{event}")
def save_event(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    event: str,
    posted: Posted,
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    known = _event(page, event).event
    return _save_event(screen, session, page, Form(EventInput, posted), known, posted.get("then"))


@router.post("/{reference}/edit/events/{event}/cancel")
def cancel_event(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, event: str
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    line_actions.cancel_event(session, viewer, page.project, _event(page, event).event)
    return screen.go(f"/projects/{page.project.reference}/edit/lines", notice="saved")


def _save_line(
    screen: Screen,
    session: Session,
    page: ProjectPage,
    form: Form[LineInput],
    detail: LineDetail | None,
    then: object,
) -> Response:
    known = detail.line if detail else None
    told = _nearby(screen, session, known) if known else []
    with form.guard(session):
        line = line_actions.save_line(session, screen.viewer, page.project, form.value, known)
        if then != "anyway" and (nearby := _news(told, _nearby(screen, session, line))):
            # Kept only once somebody has seen who else is there, and goes on.
            abandon(session)
            return _show_line(screen, session, page, form, detail, nearby=nearby)
        waits = page.project.is_published and line.state == LineState.DRAFT
        return screen.go(
            f"/projects/{page.project.reference}/edit/lines", notice="line-waits" if waits else "saved"
        )
    if known is not None:
        form.typed["revision"] = known.revision
    return _show_line(screen, session, page, form, detail, 422)


def _save_event(
    screen: Screen,
    session: Session,
    page: ProjectPage,
    form: Form[EventInput],
    event: PlannedEvent | None,
    then: object,
) -> Response:
    told = _nearby_events(screen, session, event) if event else []
    with form.guard(session):
        saved = line_actions.save_event(session, screen.viewer, page.project, form.value, event)
        if then != "anyway" and (nearby := _nearer(told, _nearby_events(screen, session, saved))):
            # Kept only once somebody has seen who else invites them, and goes on.
            abandon(session)
            return _show_event(screen, session, page, form, event, nearby=nearby)
        return screen.go(f"/projects/{page.project.reference}/edit/lines", notice="saved")
    if event is not None:
        form.typed["revision"] = event.revision
    return _show_event(screen, session, page, form, event, 422)


def _show_line(
    screen: Screen,
    session: Session,
    page: ProjectPage,
    form: Form[LineInput],
    detail: LineDetail | None = None,
    status: int = 200,
    nearby: Sequence[NearbyLine] = (),
) -> Response:
    offered = offered_places(session, screen.language)
    further = _further_places(session, form, ("destinations", "corridor"), screen.language)
    return screen.show(
        "projects/edit/line.html",
        status,
        page=page,
        form=form,
        detail=detail,
        organisations=organisation_options(session),
        offered=offered,
        destinations=_abroad(offered.neighbours, further, form.get("destinations", [])),
        corridor=_abroad(offered.neighbours, further, form.get("corridor", [])),
        reaches=_narrower(screen, page),
        parts=_PARTS,
        nearby=nearby,
    )


def _show_event(
    screen: Screen,
    session: Session,
    page: ProjectPage,
    form: Form[EventInput],
    event: PlannedEvent | None = None,
    status: int = 200,
    nearby: Sequence[NearbyEvent] = (),
) -> Response:
    return screen.show(
        "projects/edit/event.html",
        status,
        page=page,
        form=form,
        event=event,
        organisations=organisation_options(session),
        offered=offered_places(session, screen.language),
        reaches=_narrower(screen, page),
        nearby=nearby,
    )


def _nearby(screen: Screen, session: Session, line: ActivityLine) -> list[NearbyLine]:
    return nearby_lines(session, screen.viewer, line, screen.language, today())


def _news(told: Sequence[NearbyLine], nearby: Sequence[NearbyLine]) -> list[NearbyLine]:
    """Those that were not there before this change: nobody is told twice."""
    known = {other.row.id for other in told}
    return [other for other in nearby if other.row.id not in known]


def _nearby_events(screen: Screen, session: Session, event: PlannedEvent) -> list[NearbyEvent]:
    return nearby_events(session, screen.viewer, event, screen.language, today())


def _nearer(told: Sequence[NearbyEvent], nearby: Sequence[NearbyEvent]) -> list[NearbyEvent]:
    """Those that were not there before this change, and those that share days only since."""
    known = {other.row.id: other.gap_days for other in told}
    return [
        other
        for other in nearby
        if other.row.id not in known or (other.gap_days == 0 and known[other.row.id] > 0)
    ]


def _narrower(screen: Screen, page: ProjectPage) -> list[tuple[str, str]]:
    """Only what narrows: a part is never shown more widely than its project."""
    width = Reach(page.project.reach).width
    return [
        pair
        for pair in choices_of(screen, "reach")
        if Reach(pair[0]).width > width and (pair[0] != Reach.GROUP or page.project.group_id)
    ]


def _abroad(
    neighbours: Sequence[tuple[str, str]], further: dict[str, str], chosen: Sequence[str]
) -> list[tuple[str, str]]:
    """The neighbouring countries, and whatever else was chosen, so that it can be ticked off."""
    return [*neighbours, *((value, further[value]) for value in chosen if value in further)]


def _further_places(
    session: Session, form: Form[LineInput], fields: Sequence[str], language: str
) -> dict[str, str]:
    ids = []
    for value in (value for name in fields for value in form.get(name, [])):
        try:
            ids.append(UUID(value))
        except ValueError:
            continue
    return {str(key): name for key, name in place_names(session, ids, language).items()}


def _filled_line(detail: LineDetail) -> Form[LineInput]:
    line = detail.line
    lists = ("other_policy_areas", "target_groups", "forms")
    initial: dict[str, Any] = {
        name: shown(getattr(line, name, "")) for name in LineInput.model_fields if name not in lists
    }
    initial.update({name: list(getattr(line, name)) for name in lists})
    initial["implementer"] = str(line.implementer_id)
    initial["provinces"] = []
    initial["places"] = [_token(place) for place in detail.activity_places]
    initial["destinations"] = [_token(place) for place in detail.in_role(LinePlaceRole.DESTINATION)]
    initial["corridor"] = [_token(place) for place in detail.in_role(LinePlaceRole.CORRIDOR)]
    return Form(LineInput, **initial)


def _token(place: NamedPlace) -> str:
    """A place as the form sends it; a share that was given stays with it."""
    return str(place.id) if place.share is None else f"{place.id}={place.share}"


def _filled_event(detail: EventDetail) -> Form[EventInput]:
    event = detail.event
    initial: dict[str, Any] = {name: shown(getattr(event, name, "")) for name in EventInput.model_fields}
    initial["organisation"] = str(event.organisation_id)
    initial["target_groups"] = list(event.target_groups)
    initial["places"] = [str(place.id) for place in detail.places]
    return Form(EventInput, **initial)


def _line(page: ProjectPage, reference: str) -> LineDetail:
    found = next((each for each in page.lines if each.line.reference == reference.upper()), None)
    require(found, NotFound(N_("There is no such line in this project.")))
    return found  # type: ignore[return-value]


def _event(page: ProjectPage, reference: str) -> EventDetail:
    found = next((each for each in page.events if each.event.reference == reference.upper()), None)
    require(found, NotFound(N_("There is no such event in this project.")))
    return found  # type: ignore[return-value]
