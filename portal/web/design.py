"""Before you design: a question in the address, its answer below, kept under a name, or made a draft."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from portal.accounts.models import Role
from portal.accounts.queries import organisation_names
from portal.accounts.viewer import Viewer
from portal.core.clock import today
from portal.core.errors import N_, Unauthenticated, require
from portal.designing import DesignPage, answer_question, read_question
from portal.registry.design_actions import draft_from_question, get_question, keep_question, own_questions
from portal.registry.design_inputs import KEPT_REACHES, DraftInput, KeepInput, QuestionInput
from portal.registry.design_models import DesignQuestion
from portal.registry.design_queries import asked_values, get_question_of_line, line_choices
from portal.registry.list_queries import own_projects
from portal.registry.models import Project
from portal.registry.place_choices import offered_places
from portal.registry.policy import may_edit
from portal.registry.queries import find_seen_project, get_editable_project
from portal.registry.terms import REACH_LABELS
from portal.request import CurrentViewer, DbSession, Installation
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen
from search.engine import SearchEngine

router = APIRouter(prefix=f"{PREFIX}/design")

SIGN_IN_FIRST = Unauthenticated(N_("Sign in first."))


@router.get("")
def design(request: Request, screen: CurrentScreen, session: DbSession, here: Installation) -> Response:
    form = Form(
        QuestionInput, FormData(list[tuple[str, str | UploadFile]](request.query_params.multi_items()))
    )
    return _show(screen, session, here.search, form)


@router.get("/from/{reference}")
def design_from_project(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, line: str = ""
) -> Response:
    """The question that one line of a project of one's own asks, drafts too; at first its first line."""
    project = get_editable_project(session, viewer, reference)
    asked = get_question_of_line(session, project, line)
    return screen.go("/design", **asked.model_dump(mode="json"))


@router.post("/keep")
def keep(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation, posted: Posted
) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    form = Form(KeepInput, posted)
    with form.guard(session):
        read_question(session, form.value)
        kept = keep_question(session, viewer, form.value)
        return screen.go(f"/design/{kept.reference}", notice="saved")
    return _show(screen, session, here.search, form, 422)


@router.post("/draft")
def draft(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation, posted: Posted
) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    form = Form(DraftInput, posted)
    with form.guard(session):
        project = draft_from_question(session, viewer, form.value)
        return screen.go(f"/projects/{project.reference}/edit/what", notice="saved")
    return _show(screen, session, here.search, form, 422)


@router.get("/{reference}")
def show_kept(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation, reference: str
) -> Response:
    kept = get_question(session, viewer, reference)
    form = Form(QuestionInput, **kept.question)
    return _show(screen, session, here.search, form, kept=kept)


def _show(
    screen: Screen,
    session: Session,
    engine: SearchEngine,
    form: Form[Any],
    status: int = 200,
    kept: DesignQuestion | None = None,
) -> Response:
    viewer = screen.viewer
    project = _asking_project(session, viewer, form)
    page = _answer(session, engine, screen, form, project)
    writing = organisation_names(session, viewer.organisations_with(Role.CONTRIBUTOR))
    belonging = organisation_names(session, viewer.roles)
    offered = offered_places(session, screen.language)
    has_choice = project is not None and kept is None and may_edit(viewer, project)
    return screen.show(
        "design/design.html",
        status,
        form=form,
        page=page,
        kept=kept,
        offered=offered,
        lines=line_choices(session, project, offered, form.typed) if project and has_choice else [],
        own=own_questions(session, viewer),
        own_projects=[] if page else own_projects(session, viewer, screen.language, 30),
        writing=[(str(key), name) for key, name in writing.items()],
        belonging=[(str(key), name) for key, name in belonging.items()],
        reaches=[(str(reach), REACH_LABELS[reach]) for reach in KEPT_REACHES],
        asked=asked_values(form.typed),
    )


def _asking_project(session: Session, viewer: Viewer, form: Form[Any]) -> Project | None:
    """One that the reader may not see leaves no trace, as if it were not there."""
    project = find_seen_project(session, viewer, form.get("project"))
    form.typed["project"] = project.reference if project else ""
    return project


def _answer(
    session: Session, engine: SearchEngine, screen: Screen, form: Form[Any], project: Project | None
) -> DesignPage | None:
    """The answer to what was typed, as far as that can be read; what cannot stands in the form's errors.

    None when nothing was asked.
    """
    if not asked_values(form.typed):
        return None
    known = {name: form.get(name) for name in QuestionInput.model_fields if not form.error(name)}
    with form.guard(session):
        data = QuestionInput.model_validate({k: v for k, v in known.items() if v})
        question = read_question(session, data, project)
        return answer_question(session, engine, screen.viewer, question, screen.language, today())
    return None
