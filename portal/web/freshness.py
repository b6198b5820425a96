"""Saying "still correct": of one project, of chosen lines, of everything an organisation has in the register."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from portal.accounts.models import Organisation, Role
from portal.accounts.queries import organisation_number, organisations_of
from portal.accounts.viewer import Viewer
from portal.core.clock import today
from portal.core.errors import N_, NotFound, Unauthenticated, require
from portal.registry.confirm_actions import Confirmed, confirm_all, confirm_lines, confirm_project
from portal.registry.coverage_inputs import ConfirmInput
from portal.registry.freshness_queries import RegisterFilter, register_page
from portal.registry.queries import get_project
from portal.request import CurrentViewer, DbSession
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.page_numbers import read_number
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=PREFIX)

SIGN_IN_FIRST = Unauthenticated(N_("Sign in to say whether your lines are still correct."))
NO_ORGANISATION = NotFound(N_("You belong to no organisation that has lines here."))
LONGEST_REFERENCE = 40


@router.get("/my/register")
def register(request: Request, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    own = _own_organisations(session, viewer)
    return _show(request, screen, session, own, Form(ConfirmInput))


@router.post("/my/register")
def confirm(
    request: Request, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted
) -> Response:
    own = _own_organisations(session, viewer)
    form = Form(ConfirmInput, posted)
    with form.guard(session):
        told = confirm_lines(session, viewer, form.value)
        return _go_back(request, screen, told)
    return _show(request, screen, session, own, form, 422)


@router.post("/my/register/all")
def confirm_everything(
    request: Request, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer
) -> Response:
    organisation = _chosen(request, _own_organisations(session, viewer))
    return _go_back(request, screen, confirm_all(session, viewer, organisation.id))


@router.post("/projects/{reference}/confirm")
def confirm_one_project(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    project = get_project(session, viewer, reference)
    told = confirm_project(session, viewer, project)
    if told.past_end:
        return screen.go("/my/register", notice=_notice(told), project=project.reference)
    return screen.go(f"/projects/{project.reference}", notice=_notice(told))


def _own_organisations(session: Session, viewer: Viewer) -> list[Organisation]:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    own = [
        item.organisation
        for item in organisations_of(session, viewer)
        if Role(item.role).rank >= Role.CONTRIBUTOR.rank
    ]
    require(own, NO_ORGANISATION)
    return own


def _chosen(request: Request, own: list[Organisation]) -> Organisation:
    """The organisation in the address; without one, the first of the person's own."""
    wanted = request.query_params.get("organisation", "")[:LONGEST_REFERENCE]
    if not wanted:
        return own[0]
    number = organisation_number(wanted)
    found = next((organisation for organisation in own if organisation.number == number), None)
    if found is None:
        raise NO_ORGANISATION
    return found


def _show(
    request: Request,
    screen: Screen,
    session: Session,
    own: list[Organisation],
    form: Form[ConfirmInput],
    status: int = 200,
) -> Response:
    query = request.query_params
    organisation = _chosen(request, own)
    wanted = RegisterFilter(
        only_due=query.get("show", "") != "all",
        project=query.get("project", "").upper()[:LONGEST_REFERENCE],
        page=read_number(query.get("page", "")),
    )
    page = register_page(session, organisation.id, wanted, screen.language, today())

    def link(
        show: str = "" if wanted.only_due else "all", project: str = wanted.project, number: int = 1
    ) -> str:
        return screen.address(
            "/my/register",
            organisation=organisation.reference,
            show=show,
            project=project,
            page=number if number > 1 else "",
        )

    return screen.show(
        "freshness/register.html",
        status,
        page=page,
        wanted=wanted,
        organisation=organisation,
        organisations=own,
        form=form,
        link=link,
        link_of_page=lambda number: link(number=number),
        may_edit=screen.viewer.has_role(organisation.id, Role.EDITOR),
    )


def _go_back(request: Request, screen: Screen, told: Confirmed) -> Response:
    query = {
        name: request.query_params.get(name, "")[:LONGEST_REFERENCE]
        for name in ("organisation", "show", "project")
    }
    return screen.go("/my/register", notice=_notice(told), **query)


def _notice(told: Confirmed) -> str:
    return "confirmed-but" if told.past_end else "confirmed"
