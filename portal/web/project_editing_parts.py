"""The steps about partners, links, money and results of a project."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session
from starlette.datastructures import FormData

from portal.core.errors import N_, Invalid
from portal.registry import actions, link_actions, partner_actions
from portal.registry.inputs import (
    CURRENCIES,
    BudgetInput,
    IndicatorInput,
    LinkInput,
    PartnerInput,
    ProjectInput,
)
from portal.registry.models import ProjectIndicator, ProjectPartner
from portal.registry.page_queries import ProjectPage, get_part
from portal.registry.queries import find_project
from portal.request import CurrentViewer, DbSession
from portal.web.forms import Form, FormRejected, Posted
from portal.web.languages import PREFIX
from portal.web.project_editing import (
    described,
    editable_page,
    go_on,
    organisation_options,
    show_step,
    shown,
)
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=f"{PREFIX}/projects")

# Years are written into a table of rows; so many are left empty for further ones.
EMPTY_ROWS = 3
MOST_ROWS = 60


@router.get("/{reference}/edit/partners")
def edit_partners(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    return _show_partners(screen, session, page, Form(PartnerInput))


@router.post("/{reference}/edit/partners")
def add_partner(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    form = Form(PartnerInput, posted)
    with form.guard(session):
        partner_actions.save_partner(session, viewer, page.project, form.value)
        return _back(screen, page, "partners", "saved")
    return _show_partners(screen, session, page, form, 422)


@router.get("/{reference}/edit/partners/{partner_id}")
def edit_partner(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, partner_id: UUID
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    partner = get_part(session, ProjectPartner, partner_id, page.project)
    return _show_partner(screen, session, page, partner, _filled(PartnerInput, partner))


@router.post("/{reference}/edit/partners/{partner_id}")
def save_partner(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    partner_id: UUID,
    posted: Posted,
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    partner = get_part(session, ProjectPartner, partner_id, page.project)
    form = Form(PartnerInput, posted)
    with form.guard(session):
        partner_actions.save_partner(session, viewer, page.project, form.value, partner)
        return _back(screen, page, "partners", "saved")
    return _show_partner(screen, session, page, partner, form, 422)


@router.post("/{reference}/edit/partners/{partner_id}/remove")
def remove_partner(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, partner_id: UUID
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    partner = get_part(session, ProjectPartner, partner_id, page.project)
    partner_actions.remove_partner(session, viewer, page.project, partner)
    return _back(screen, page, "partners", "removed")


@router.post("/{reference}/edit/links")
def add_link(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    form = Form(LinkInput, posted)
    with form.guard(session):
        told = form.value
        other = find_project(session, told.other)
        if other is None:
            raise Invalid(N_("There is no project with this reference."), field="other")
        link_actions.link_projects(session, viewer, page.project, other, told.kind, told.note)
        return _back(screen, page, "partners", "saved")
    return _show_partners(screen, session, page, Form(PartnerInput), 422, link_form=form)


@router.get("/{reference}/edit/money")
def edit_money(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    page = editable_page(screen, session, viewer, reference)
    rows = [{name: shown(getattr(row, name)) for name in BudgetInput.model_fields} for row in page.budgets]
    return _show_money(screen, page, described(page), rows)


@router.post("/{reference}/edit/money")
def save_money(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    form = Form(ProjectInput, posted, **described(page).typed)
    rows = _budget_rows(posted)
    with form.guard(session):
        budgets = [_budget(form, number, row) for number, row in enumerate(rows)]
        if form.has_errors:
            raise FormRejected
        actions.describe_project(session, viewer, page.project, form.value)
        actions.save_budgets(session, viewer, page.project, [each for each in budgets if each])
        return go_on(screen, page, "money", posted.get("then"))
    form.typed["revision"] = page.project.revision
    return _show_money(screen, page, form, rows, 422)


@router.get("/{reference}/edit/results")
def edit_results(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    return show_step(screen, page, "results", Form(IndicatorInput))


@router.post("/{reference}/edit/results")
def add_indicator(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    form = Form(IndicatorInput, posted)
    with form.guard(session):
        actions.save_indicator(session, viewer, page.project, form.value)
        return _back(screen, page, "results", "saved")
    return show_step(screen, page, "results", form, 422)


@router.get("/{reference}/edit/results/{indicator_id}")
def edit_indicator(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, indicator_id: UUID
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    indicator = get_part(session, ProjectIndicator, indicator_id, page.project)
    form = _filled(IndicatorInput, indicator)
    return screen.show("projects/edit/indicator.html", page=page, form=form, indicator=indicator)


@router.post("/{reference}/edit/results/{indicator_id}")
def save_indicator(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    indicator_id: UUID,
    posted: Posted,
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    indicator = get_part(session, ProjectIndicator, indicator_id, page.project)
    form = Form(IndicatorInput, posted)
    with form.guard(session):
        actions.save_indicator(session, viewer, page.project, form.value, indicator)
        return _back(screen, page, "results", "saved")
    return screen.show("projects/edit/indicator.html", 422, page=page, form=form, indicator=indicator)


@router.post("/{reference}/edit/results/{indicator_id}/remove")
def remove_indicator(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, indicator_id: UUID
) -> Response:
    page = editable_page(screen, session, viewer, reference)
    indicator = get_part(session, ProjectIndicator, indicator_id, page.project)
    actions.remove_indicator(session, viewer, page.project, indicator)
    return _back(screen, page, "results", "removed")


def _show_partners(
    screen: Screen,
    session: Session,
    page: ProjectPage,
    form: Form[PartnerInput],
    status: int = 200,
    link_form: Form[LinkInput] | None = None,
) -> Response:
    return show_step(
        screen,
        page,
        "partners",
        form,
        status,
        organisations=organisation_options(session),
        currencies=_currencies(),
        link_form=link_form or Form(LinkInput),
    )


def _show_partner(
    screen: Screen,
    session: Session,
    page: ProjectPage,
    partner: ProjectPartner,
    form: Form[PartnerInput],
    status: int = 200,
) -> Response:
    return screen.show(
        "projects/edit/partner.html",
        status,
        page=page,
        form=form,
        partner=partner,
        organisations=organisation_options(session),
        currencies=_currencies(),
    )


def _show_money(
    screen: Screen,
    page: ProjectPage,
    form: Form[ProjectInput],
    rows: list[dict[str, str]],
    status: int = 200,
) -> Response:
    empty = dict.fromkeys(BudgetInput.model_fields, "")
    rows = [*rows, *(dict(empty) for _ in range(EMPTY_ROWS))]
    return show_step(screen, page, "money", form, status, rows=rows, currencies=_currencies())


def _budget_rows(posted: FormData) -> list[dict[str, str]]:
    """The rows of the table of years in which something was written."""
    names = list(BudgetInput.model_fields)
    columns = {name: [str(value) for value in posted.getlist(f"budget_{name}")[:MOST_ROWS]] for name in names}
    count = max(len(values) for values in columns.values())
    rows = [
        {name: values[row] if row < len(values) else "" for name, values in columns.items()}
        for row in range(count)
    ]
    return [row for row in rows if row["year"].strip() or row["amount"].strip()]


def _budget(form: Form[ProjectInput], number: int, row: Mapping[str, str]) -> BudgetInput | None:
    """A row as it is meant; what is wrong in it is said beside its field."""
    told = Form(BudgetInput, FormData(list(row.items())))
    for name, (message, values) in told.errors.items():
        form.refuse(message, f"budget-{number}-{name}", values)
    return None if told.has_errors else told.value


def _filled(model: Any, row: Any) -> Form[Any]:
    initial: dict[str, Any] = {
        name: shown(getattr(row, name, "")) for name in model.model_fields if name != "organisation"
    }
    if hasattr(row, "organisation_id"):
        initial["organisation"] = str(row.organisation_id)
    if "is_lead" in initial:
        initial["is_lead"] = "true" if row.is_lead else ""
    return Form(model, **initial)


def _currencies() -> list[tuple[str, str]]:
    return [(code, code) for code in CURRENCIES]


def _back(screen: Screen, page: ProjectPage, step: str, notice: str) -> Response:
    return screen.go(f"/projects/{page.project.reference}/edit/{step}", notice=notice)
