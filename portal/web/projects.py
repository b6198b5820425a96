"""Projects as readers meet them: the list, one project, its history, and what partners answer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from portal.core.asked import Asked
from portal.core.clock import today
from portal.core.errors import N_
from portal.labels import LABELS
from portal.registry import actions, link_actions, partner_actions
from portal.registry.inputs import StanceInput
from portal.registry.list_facets import FACETS
from portal.registry.list_queries import SORTS, FacetChoice, browse_projects
from portal.registry.models import ProjectLink, ProjectPartner, ProjectState
from portal.registry.page_queries import ProjectPage, get_part, history_page, project_page
from portal.registry.queries import get_project
from portal.request import CurrentViewer, DbSession, Installation
from portal.templating import translate
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.list_address import ListAddress, ListKind
from portal.web.project_map import project_map
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=f"{PREFIX}/projects")

GONE = 410
PROJECTS = ListKind("/projects", tuple(FACETS), SORTS, longest_words=200, most_pages=10_000)
FACET_TITLES = {
    "policy_area": N_("4P"),
    "intervention": N_("What is done"),
    "status": N_("Status today"),
    "province": N_("Province"),
    "district": N_("District"),
    "target_group": N_("For whom"),
    "organisation": N_("Organisation"),
    "year": N_("Year"),
}
FACET_LABELS = {
    "policy_area": "policy_area",
    "intervention": "intervention",
    "status": "effective_status",
    "target_group": "target_group",
}
# What these facets are called in the addresses of the presence page.
PRESENCE_FIELDS = {
    "province": "province",
    "district": "district",
    "policy_area": "area",
    "intervention": "intervention",
    "target_group": "group",
}
SORT_LABELS = {"newest": N_("Newest"), "title": N_("Title"), "ending": N_("Ending first")}
# What the audit trail says of a project, in words.
EVENT_LABELS = {
    "create": N_("started the draft"),
    "copy": N_("copied it from another project"),
    "describe": N_("changed the description"),
    "publish": N_("published"),
    "withdraw": N_("withdrew"),
    "discard": N_("threw the draft away"),
    "add_line": N_("added a line"),
    "change_line": N_("changed a line"),
    "remove_line": N_("removed a line"),
    "confirm": N_("said that it is still correct"),
    "take_back_confirmation": N_("took back that it is still correct"),
    "complete_line": N_("said that a line is completed"),
    "prolong_line": N_("prolonged a line"),
    "restore_line": N_("took the removal of a line back"),
    "add_partner": N_("added a partner"),
    "change_partner": N_("changed a partner"),
    "remove_partner": N_("removed a partner"),
    "answer_partner": N_("answered to being named"),
    "save_budgets": N_("changed the budgets by year"),
    "save_indicator": N_("wrote an indicator"),
    "remove_indicator": N_("removed an indicator"),
    "add_event": N_("planned an event"),
    "change_event": N_("changed an event"),
    "cancel_event": N_("cancelled an event"),
    "link": N_("linked it with another record"),
    "agree_link": N_("agreed to a link"),
    "remove_link": N_("removed a link"),
}


@dataclass(frozen=True)
class ShownChoice:
    """A value of a facet with its words; as `components/resource.html` draws it."""

    value: str
    label: str
    count: int
    is_chosen: bool


@router.get("")
def list_projects(
    request: Request, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer
) -> Response:
    asked = PROJECTS.read(request.query_params)
    link = ListAddress(screen, PROJECTS, asked)
    found = browse_projects(session, viewer, asked, screen.language, today())
    if found.page.total and found.page.number > found.page.count:
        return RedirectResponse(link.page(found.page.count), status_code=302)
    return screen.show(
        "projects/list_projects.html",
        asked=asked,
        found=found,
        facets={name: _shown(name, choices, screen.language) for name, choices in found.facets.items()},
        facet_titles=FACET_TITLES,
        sort_labels=SORT_LABELS,
        link=link,
        on_the_map=_on_the_map(screen, asked),
    )


@router.get("/{reference}")
def show_project(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation, reference: str
) -> Response:
    page = project_page(session, viewer, reference, screen.language, today())
    if page.project.state == ProjectState.DRAFT:
        # Only those who may edit a draft come this far.
        return RedirectResponse(
            screen.address(f"/projects/{page.project.reference}/edit/check"), status_code=303
        )
    return show_page(session, screen, page, Form(StanceInput), here.settings.base_url.rstrip("/"))


@router.get("/{reference}/history")
def history(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    page = history_page(session, viewer, reference, screen.language)
    return screen.show("projects/history.html", page=page, event_labels=EVENT_LABELS)


@router.post("/{reference}/partners/{partner_id}/answer")
def answer(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    here: Installation,
    reference: str,
    partner_id: UUID,
    posted: Posted,
) -> Response:
    project = get_project(session, viewer, reference)
    partner = get_part(session, ProjectPartner, partner_id, project)
    form = Form(StanceInput, posted, answering=str(partner_id))
    with form.guard(session):
        partner_actions.answer_partner(session, viewer, partner, form.value.stance, form.value.note)
        return screen.go(f"/projects/{reference}", notice="saved")
    page = project_page(session, viewer, reference, screen.language, today())
    return show_page(session, screen, page, form, here.settings.base_url.rstrip("/"))


@router.post("/{reference}/links/{link_id}/agree")
def agree(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, link_id: UUID
) -> Response:
    project = get_project(session, viewer, reference)
    link_actions.agree_link(session, viewer, get_part(session, ProjectLink, link_id, project))
    return screen.go(f"/projects/{project.reference}", notice="saved")


@router.post("/{reference}/links/{link_id}/remove")
def remove_link(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, link_id: UUID
) -> Response:
    project = get_project(session, viewer, reference)
    link_actions.remove_link(session, viewer, get_part(session, ProjectLink, link_id, project))
    return screen.go(f"/projects/{project.reference}", notice="removed")


@router.post("/{reference}/copy")
def copy(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    project = get_project(session, viewer, reference)
    made = actions.copy_project(session, viewer, project)
    return screen.go(f"/projects/{made.reference}/edit/what", notice="copied")


def show_page(
    session: Session, screen: Screen, page: ProjectPage, form: Form[StanceInput], base_url: str
) -> Response:
    if page.project.state == ProjectState.WITHDRAWN:
        return screen.show("projects/tombstone.html", GONE, page=page)
    status = 422 if form.has_errors else 200
    places = project_map(session, page.lines, screen.language)
    return screen.show(
        "projects/show_project.html", status, page=page, places=places, form=form, base_url=base_url
    )


def _on_the_map(screen: Screen, asked: Asked) -> str:
    """The same places and kinds of work on the map; what it does not know is left out."""
    values = {field: asked.filters.get(name, ()) for name, field in PRESENCE_FIELDS.items()}
    return screen.address("/presence", **values)


def _shown(name: str, choices: Any, language: str) -> list[ShownChoice]:
    return [
        ShownChoice(choice.value, _words(name, choice, language), choice.count, choice.is_chosen)
        for choice in choices
    ]


def _words(name: str, choice: FacetChoice, language: str) -> str:
    labels = LABELS.get(FACET_LABELS.get(name, ""), {})
    return translate(language, labels[choice.value]) if choice.value in labels else choice.name
