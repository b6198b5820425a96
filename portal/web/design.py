"""Before you design: a question in the address, its answer below, kept under a name, or made a draft."""

from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from portal.accounts.models import Role
from portal.accounts.queries import organisation_names
from portal.core.clock import today
from portal.core.errors import N_, Unauthenticated, require
from portal.designing import DesignPage, answer_question, read_question
from portal.registry.design_actions import draft_from_question, get_question, keep_question, own_questions
from portal.registry.design_inputs import KEPT_REACHES, DraftInput, KeepInput, QuestionInput
from portal.registry.list_queries import own_projects
from portal.registry.place_choices import offered_places
from portal.registry.queries import find_seen_project, get_editable_project
from portal.registry.row_queries import load_own_rows
from portal.registry.terms import REACH_LABELS
from portal.request import CurrentViewer, DbSession, Installation
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen
from search.engine import SearchEngine

router = APIRouter(prefix=f"{PREFIX}/design")

Input = TypeVar("Input", bound=QuestionInput)
SIGN_IN_FIRST = Unauthenticated(N_("Sign in first."))


@router.get("")
def design(request: Request, screen: CurrentScreen, session: DbSession, here: Installation) -> Response:
    form = Form(
        QuestionInput, FormData(list[tuple[str, str | UploadFile]](request.query_params.multi_items()))
    )
    page = _answer(session, here.search, screen, form)
    return _show(screen, session, form, page)


@router.get("/from/{reference}")
def design_from_project(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    """The question that a project of one's own asks, drafts too."""
    project = get_editable_project(session, viewer, reference)
    rows = load_own_rows(session, project.id).lines.get(project.id, ())
    places = [spot.place for row in rows for spot in row.spots]
    first = next(iter(rows), None)
    return screen.go(
        "/design",
        project=project.reference,
        places=list(dict.fromkeys(str(key) for key in places if key)),
        policy_area=first.policy_area if first else "",
        intervention=first.intervention if first else "",
        target_groups=sorted({str(group) for row in rows for group in row.target_groups}),
        starts_on=project.starts_on,
        ends_on=project.ends_on,
    )


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
    return _show(screen, session, form, _answer(session, here.search, screen, form), 422)


@router.post("/draft")
def draft(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation, posted: Posted
) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    form = Form(DraftInput, posted)
    with form.guard(session):
        project = draft_from_question(session, viewer, form.value)
        return screen.go(f"/projects/{project.reference}/edit/what", notice="saved")
    return _show(screen, session, form, _answer(session, here.search, screen, form), 422)


@router.get("/{reference}")
def show_kept(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation, reference: str
) -> Response:
    kept = get_question(session, viewer, reference)
    form = Form(QuestionInput, **kept.question)
    return _show(screen, session, form, _answer(session, here.search, screen, form), kept=kept)


def _answer(session: Session, engine: SearchEngine, screen: Screen, form: Form[Input]) -> DesignPage | None:
    """The answer to what was typed, as far as that can be read; what cannot stands in the form's errors.

    None when nothing was asked. A project that the reader may not see leaves no trace, as if it were not there.
    """
    project = find_seen_project(session, screen.viewer, form.get("project"))
    form.typed["project"] = project.reference if project else ""
    if not any(form.get(name) for name in QuestionInput.model_fields):
        return None
    known = {name: form.get(name) for name in QuestionInput.model_fields if not form.error(name)}
    with form.guard(session):
        data = QuestionInput.model_validate({k: v for k, v in known.items() if v})
        question = read_question(session, data, project)
        return answer_question(session, engine, screen.viewer, question, screen.language, today())
    return None


def _show(
    screen: Screen,
    session: Session,
    form: Form[Any],
    page: DesignPage | None,
    status: int = 200,
    kept: Any = None,
) -> Response:
    viewer = screen.viewer
    writing = organisation_names(session, viewer.organisations_with(Role.CONTRIBUTOR))
    belonging = organisation_names(session, viewer.roles)
    return screen.show(
        "design/design.html",
        status,
        form=form,
        page=page,
        kept=kept,
        offered=offered_places(session, screen.language),
        own=own_questions(session, viewer),
        own_projects=own_projects(session, viewer, screen.language, 30),
        writing=[(str(key), name) for key, name in writing.items()],
        belonging=[(str(key), name) for key, name in belonging.items()],
        reaches=[(str(reach), REACH_LABELS[reach]) for reach in KEPT_REACHES],
        asked=[(name, value) for name in QuestionInput.model_fields for value in _values(form.get(name))],
    )


def _values(typed: Any) -> list[str]:
    """What a field was typed with, one value each, for the hidden fields of the forms below."""
    values = typed if isinstance(typed, list) else [typed]
    return [str(value) for value in values if value]
