"""Writing a project step by step: every step has its address, is saved by itself, and can be left and come back to."""

from typing import Annotated, Any
from uuid import UUID

from babel.dates import format_time
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from portal.accounts.group_queries import groups_of
from portal.accounts.models import Role
from portal.accounts.queries import organisation_choices, organisations_of
from portal.accounts.viewer import Viewer
from portal.core.clock import LOCAL_ZONE, now, today
from portal.core.errors import N_, Conflict, Invalid, NotFound, require
from portal.core.inputs import OptionalId
from portal.labels import LABELS
from portal.library.vocabularies import PolicyArea
from portal.registry import actions, line_actions
from portal.registry.inputs import TEXT_LANGUAGES, ProjectInput, Title, WithdrawInput
from portal.registry.line_inputs import LineInput, Places
from portal.registry.models import ProjectState
from portal.registry.page_queries import ProjectPage, project_page
from portal.registry.place_choices import offered_places
from portal.registry.queries import get_editable_project
from portal.registry.terms import Reach
from portal.request import CurrentViewer, DbSession
from portal.templating import translate
from portal.web.editing import CHANGED_MEANWHILE_QUIETLY
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen
from portal.web.uploading import SIGN_IN_FIRST

router = APIRouter(prefix=f"{PREFIX}/projects")

STEPS = (
    ("what", N_("What it is")),
    ("partners", N_("Who is in it")),
    ("lines", N_("Who does what, where and when")),
    ("money", N_("Money")),
    ("results", N_("Results")),
    ("check", N_("Check and publish")),
)
_FIELDS = (
    "kind", "status", "planned_start", "actual_start", "planned_end", "actual_end", "reach", "currency",
    "total_budget", "budget_band", "iati_identifier",
)  # fmt: skip


class StartInput(BaseModel):
    """The least that can be kept: a title, who does it, which of the 4P, and where."""

    organisation: UUID
    title_en: Title = ""
    title_lo: Title = ""
    # Whoever registers does the work, unless somebody else is named.
    implementer: OptionalId = None
    policy_area: PolicyArea
    places: Annotated[Places, Field(min_length=1)]


@router.get("/new")
def ask(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    return _show_start(screen, session, viewer, Form(StartInput))


@router.post("/new")
def start(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    form = Form(StartInput, posted)
    with form.guard(session):
        told = form.value
        data = ProjectInput(organisation=told.organisation, title_en=told.title_en, title_lo=told.title_lo)
        project = actions.create_project(session, viewer, data)
        line = LineInput(
            implementer=told.implementer or told.organisation,
            policy_area=told.policy_area,
            places=told.places,
        )
        line_actions.save_line(session, viewer, project, line)
        return screen.go(f"/projects/{project.reference}/edit/what")
    return _show_start(screen, session, viewer, form, 422)


@router.get("/{reference}/edit")
def edit(screen: CurrentScreen, reference: str) -> Response:
    return RedirectResponse(screen.address(f"/projects/{reference}/edit/what"), status_code=302)


@router.get("/{reference}/edit/what")
def edit_what(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    page = editable_page(screen, session, viewer, reference)
    return _show_what(screen, session, page, described(page))


@router.post("/{reference}/edit/what")
def save_what(
    request: Request,
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    posted: Posted,
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    form = Form(ProjectInput, posted, **described(page).typed)
    if request.headers.get("accept") == "application/json":
        return _save_quietly(screen, session, page, form)
    with form.guard(session):
        actions.describe_project(session, viewer, page.project, form.value)
        return go_on(screen, page, "what", posted.get("then"))
    # What is saved is put beside the form; saving the form again is then a decision.
    form.typed["revision"] = page.project.revision
    return _show_what(screen, session, editable_page(screen, session, viewer, reference), form, 422)


@router.get("/{reference}/edit/check")
def check(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    page = editable_page(screen, session, viewer, reference)
    return show_step(screen, page, "check", Form(BaseModel))


@router.post("/{reference}/publish")
def publish(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    page = editable_page(screen, session, viewer, reference)
    form = Form(BaseModel)
    with form.guard(session):
        actions.publish_project(session, viewer, page.project)
        return screen.go(f"/projects/{page.project.reference}", notice="published")
    return show_step(screen, page, "check", form, 422)


@router.get("/{reference}/withdraw")
def ask_withdraw(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    page = _withdrawable(screen, session, viewer, reference)
    return screen.show("projects/withdraw.html", page=page, form=Form(WithdrawInput))


@router.post("/{reference}/withdraw")
def withdraw(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    page = _withdrawable(screen, session, viewer, reference)
    form = Form(WithdrawInput, posted)
    with form.guard(session):
        actions.withdraw_project(session, viewer, page.project, form.value.note)
        return screen.go(f"/projects/{page.project.reference}", notice="withdrawn")
    return screen.show("projects/withdraw.html", 422, page=page, form=form)


@router.get("/{reference}/discard")
def ask_discard(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    return screen.show("projects/discard.html", page=editable_page(screen, session, viewer, reference))


@router.post("/{reference}/discard")
def discard(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    project = get_editable_project(session, viewer, reference)
    actions.discard_project(session, viewer, project)
    return screen.go("/my", notice="discarded")


def editable_page(screen: Screen, session: Session, viewer: Viewer, reference: str) -> ProjectPage:
    """The page of a project that is the viewer's to edit; any other is as absent as one that never was."""
    page = project_page(session, viewer, reference, screen.language, today())
    require(
        page.powers.may_edit,
        NotFound(N_("There is no project at this address, or it is not yours to edit.")),
    )
    return page


def show_step(
    screen: Screen, page: ProjectPage, step: str, form: Form[Any], status: int = 200, **values: Any
) -> Response:
    return screen.show(
        f"projects/edit/{step}.html",
        status,
        page=page,
        form=form,
        step=step,
        steps=[(name, translate(screen.language, text), _state(screen, page, name)) for name, text in STEPS],
        **values,
    )


def go_on(screen: Screen, page: ProjectPage, step: str, then: object) -> Response:
    """To the next step, or back to the same when only saving was asked for."""
    names = [name for name, _ in STEPS]
    following = names[names.index(step) + 1] if then != "stay" else step
    return screen.go(f"/projects/{page.project.reference}/edit/{following}", notice="saved")


def described(page: ProjectPage) -> Form[ProjectInput]:
    """The form of the first step as it stands for what is stored."""
    project = page.project
    initial: dict[str, Any] = {name: shown(getattr(project, name)) for name in _FIELDS}
    initial["revision"] = project.revision
    initial["group"] = str(project.group_id or "")
    initial["reporting_organisation"] = str(project.reporting_organisation_id or "")
    texts = {text.language: text for text in page.texts}
    for language in TEXT_LANGUAGES:
        for name in ("title", "summary", "objectives"):
            initial[f"{name}_{language}"] = getattr(texts.get(language), name, "")
    return Form(ProjectInput, **initial)


def shown(value: Any) -> str:
    """A stored value as a form field holds it."""
    return "" if value is None else str(value)


def choices_of(screen: Screen, name: str) -> list[tuple[str, str]]:
    return [(str(value), translate(screen.language, text)) for value, text in LABELS[name].items()]


def organisation_options(session: Session) -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in organisation_choices(session)]


def reaches(screen: Screen, *, has_groups: bool) -> list[tuple[str, str]]:
    return [pair for pair in choices_of(screen, "reach") if has_groups or pair[0] != Reach.GROUP]


def _show_start(
    screen: Screen, session: Session, viewer: Viewer, form: Form[StartInput], status: int = 200
) -> Response:
    belongings = [
        each
        for each in organisations_of(session, viewer)
        if viewer.has_role(each.organisation.id, Role.CONTRIBUTOR)
    ]
    if len(belongings) == 1:
        form.typed.setdefault("organisation", str(belongings[0].organisation.id))
    return screen.show(
        "projects/start.html",
        status,
        form=form,
        own=[(str(each.organisation.id), each.organisation.name) for each in belongings],
        organisations=organisation_options(session),
        places=offered_places(session, screen.language),
    )


def _show_what(
    screen: Screen, session: Session, page: ProjectPage, form: Form[ProjectInput], status: int = 200
) -> Response:
    groups = groups_of(session, screen.viewer)
    return show_step(
        screen,
        page,
        "what",
        form,
        status,
        reaches=reaches(screen, has_groups=bool(groups or page.project.group_id)),
        groups=[(str(group.id), group.name) for group in groups],
        organisations=organisation_options(session),
    )


def _save_quietly(screen: Screen, session: Session, page: ProjectPage, form: Form[ProjectInput]) -> Response:
    """Keep a draft while somebody writes. Who may see something published never changes quietly."""
    if page.project.is_published or form.has_errors:
        return _quiet(screen, page, N_("Not saved yet. Please save it yourself."), 422)
    try:
        with session.begin_nested():
            actions.describe_project(session, screen.viewer, page.project, form.value)
    except Conflict:
        return JSONResponse(
            {"message": translate(screen.language, CHANGED_MEANWHILE_QUIETLY), "revision": None}, 409
        )
    except Invalid as error:
        return _quiet(screen, page, error.message, 422)
    return _quiet(screen, page, N_("Draft saved at %(time)s."), 200)


def _quiet(screen: Screen, page: ProjectPage, message: str, status: int) -> Response:
    time = format_time(now(), "short", tzinfo=LOCAL_ZONE, locale=screen.language)
    said = translate(screen.language, message, {"time": time})
    return JSONResponse({"message": said, "revision": page.project.revision}, status)


def _withdrawable(screen: Screen, session: Session, viewer: Viewer, reference: str) -> ProjectPage:
    page = project_page(session, viewer, reference, screen.language, today())
    require(
        page.powers.may_withdraw,
        NotFound(N_("There is no project at this address, or it is not yours to edit.")),
    )
    return page


def _state(screen: Screen, page: ProjectPage, step: str) -> str:
    """How far a step is, in a word or two."""
    optional = translate(screen.language, N_("may be left out"))
    match step:
        case "partners":
            return str(len(page.partners)) if page.partners else optional
        case "lines":
            incomplete = [detail for detail in page.lines if detail.lacks]
            if incomplete:
                return translate(
                    screen.language,
                    N_("%(missing)s of %(all)s incomplete"),
                    {"missing": len(incomplete), "all": len(page.lines)},
                )
            return str(len(page.lines)) if page.lines else translate(screen.language, N_("needed"))
        case "money":
            has_money = page.budgets or page.project.total_budget or page.project.budget_band
            return translate(screen.language, N_("given")) if has_money else optional
        case "results":
            return str(len(page.indicators)) if page.indicators else optional
        case "check":
            is_published = page.project.state == ProjectState.PUBLISHED
            return translate(screen.language, N_("published") if is_published else N_("draft"))
    return translate(screen.language, N_("saved"))
