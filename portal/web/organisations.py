"""Organisations: the list, one of them, registering and editing, verifying, groups."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from portal.accounts import group_queries, membership_actions, organisation_actions, page_queries, queries
from portal.accounts.inputs import GroupInput, JoinRequestInput, OrganisationInput
from portal.accounts.models import (
    Group,
    Organisation,
    OrganisationType,
)
from portal.accounts.policy import may_ask_to_join, may_edit_organisation, may_manage_groups
from portal.accounts.queries import OrganisationFilter
from portal.accounts.viewer import Viewer
from portal.core.clock import today
from portal.core.errors import N_, Forbidden, Unauthenticated, require
from portal.library.list_queries import browse_drafts, browse_resources_of
from portal.registry.list_queries import own_projects
from portal.registry.portfolio_queries import taking_part
from portal.request import CurrentViewer, DbSession
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.page_numbers import PageNumber
from portal.web.presence_page import organisation_presence
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=PREFIX)

LONGEST_QUERY = 200
LAST_PAGE = 10_000
SIGN_IN_FIRST = Unauthenticated(N_("Sign in first."))


@router.get("/organisations")
def list_organisations(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    q: str = "",
    kind: str = "",
    page: PageNumber = 1,
) -> Response:
    chosen = OrganisationType(kind) if kind in set(OrganisationType) else None
    wanted = OrganisationFilter(q.strip()[:LONGEST_QUERY], chosen, page)
    return screen.show(
        "organisations/list_organisations.html",
        page=page_queries.organisations_page(session, viewer, wanted),
        wanted=wanted,
        page_link=lambda number: screen.address("/organisations", q=wanted.text, kind=chosen, page=number),
    )


@router.get("/organisations/new")
def register_organisation(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    form = Form(OrganisationInput, contact_email=viewer.email)
    return _show_form(screen, session, "organisations/register_organisation.html", form)


@router.post("/organisations/new")
def send_register_organisation(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted
) -> Response:
    form = Form(OrganisationInput, posted)
    with form.guard(session):
        organisation = organisation_actions.register_organisation(session, viewer, form.value)
        return screen.go(f"/organisations/{organisation.reference}", notice="registered")
    return _show_form(screen, session, "organisations/register_organisation.html", form, 422)


@router.get("/organisations/{reference}")
def show_organisation(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, page: PageNumber = 1
) -> Response:
    shown = page_queries.organisation_page(session, viewer, reference)
    number = max(1, min(page, LAST_PAGE))
    part = taking_part(session, viewer, shown.organisation.id)
    return screen.show(
        "organisations/show_organisation.html",
        page=shown,
        work=organisation_presence(session, screen, shown.organisation, today()) if part.has_work else None,
        roles=part.roles,
        resources=browse_resources_of(session, viewer, shown.organisation.id, screen.language, number),
        page_link=lambda number: screen.address(f"/organisations/{reference}", page=number),
    )


@router.get("/organisations/{reference}/edit")
def edit_organisation(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    organisation = _editable(session, viewer, reference)
    form = Form(OrganisationInput, **_saved(session, organisation))
    return _show_edit(screen, session, organisation, form)


@router.post("/organisations/{reference}/edit")
def save_organisation(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    organisation = _editable(session, viewer, reference)
    form = Form(OrganisationInput, posted)
    with form.guard(session):
        organisation_actions.edit_organisation(session, viewer, organisation, form.value)
        return screen.go(f"/organisations/{organisation.reference}", notice="saved")
    return _show_edit(screen, session, organisation, form, 422)


@router.post("/organisations/{reference}/verify")
def verify_organisation(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    organisation_actions.verify_organisation(session, viewer, organisation)
    return screen.go(f"/organisations/{organisation.reference}", notice="verified")


@router.post("/organisations/{reference}/unverify")
def unverify_organisation(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    organisation_actions.unverify_organisation(session, viewer, organisation)
    return screen.go(f"/organisations/{organisation.reference}", notice="unverified")


@router.get("/organisations/{reference}/join")
def join(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    organisation = queries.get_organisation(session, viewer, reference)
    if not may_ask_to_join(viewer, organisation):
        return screen.go(f"/organisations/{organisation.reference}")
    return screen.show("organisations/join.html", organisation=organisation, form=Form(JoinRequestInput))


@router.post("/organisations/{reference}/join")
def send_join(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    form = Form(JoinRequestInput, posted)
    with form.guard(session):
        membership_actions.request_to_join(session, viewer, organisation, form.value)
        return screen.go(f"/organisations/{organisation.reference}", notice="asked")
    return screen.show("organisations/join.html", 422, organisation=organisation, form=form)


@router.get("/my")
def my_organisations(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    return screen.show(
        "organisations/my_organisations.html",
        organisations=page_queries.own_organisations(session, viewer),
        drafts=browse_drafts(session, viewer, screen.language),
        projects=own_projects(session, viewer, screen.language),
    )


@router.get("/admin/organisations")
def waiting_organisations(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    return screen.show(
        "organisations/waiting_organisations.html",
        waiting=page_queries.waiting_organisations(session, viewer),
    )


@router.get("/admin/groups")
def list_groups(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    _require_group_rights(viewer)
    return screen.show("organisations/list_groups.html", groups=group_queries.browse_groups(session))


@router.get("/admin/groups/new")
def create_group(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    _require_group_rights(viewer)
    return _show_group(screen, session, None, Form(GroupInput, organisations=[]))


@router.post("/admin/groups/new")
def send_create_group(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted
) -> Response:
    _require_group_rights(viewer)
    form = Form(GroupInput, posted)
    with form.guard(session):
        organisation_actions.create_group(session, viewer, form.value)
        return screen.go("/admin/groups", notice="group-changed")
    return _show_group(screen, session, None, form, 422)


@router.get("/admin/groups/{group_id}")
def edit_group(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, group_id: UUID) -> Response:
    _require_group_rights(viewer)
    group = group_queries.get_group(session, group_id)
    members = [str(member) for member in group_queries.member_ids(session, group)]
    return _show_group(screen, session, group, Form(GroupInput, name=group.name, organisations=members))


@router.post("/admin/groups/{group_id}")
def save_group(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, group_id: UUID, posted: Posted
) -> Response:
    _require_group_rights(viewer)
    group = group_queries.get_group(session, group_id)
    form = Form(GroupInput, posted)
    with form.guard(session):
        organisation_actions.set_group_members(session, viewer, group, form.value)
        return screen.go("/admin/groups", notice="group-changed")
    return _show_group(screen, session, group, form, 422)


def _show_form(
    screen: Screen,
    session: Session,
    template: str,
    form: Form[OrganisationInput],
    status: int = 200,
    **values: Any,
) -> Response:
    return screen.show(
        template,
        status,
        form=form,
        parents=queries.organisation_choices(session),
        **values,
    )


def _show_edit(
    screen: Screen,
    session: Session,
    organisation: Organisation,
    form: Form[OrganisationInput],
    status: int = 200,
) -> Response:
    """The form; where somebody else saved in between, with what was saved beside what was typed."""
    saved = _saved(session, organisation)
    is_overtaken = status != 200 and str(form.get("revision")) != str(saved["revision"])
    differing = [
        name for name in saved if name != "revision" and _plain(form.get(name)) != _plain(saved[name])
    ]
    if is_overtaken:
        # Who saves again has seen both, so that the next save starts from what is stored now.
        form.typed["revision"] = saved["revision"]
    return _show_form(
        screen,
        session,
        "organisations/edit_organisation.html",
        form,
        status,
        organisation=organisation,
        saved=saved,
        differing=differing if is_overtaken else [],
    )


def _plain(value: Any) -> str:
    return str(value).replace("\r\n", "\n").strip()


def _saved(session: Session, organisation: Organisation) -> dict[str, Any]:
    """The stored entry as the form shows it."""
    others, former = queries.other_names(session, organisation)
    parent = queries.organisations_by_id(session, [organisation.parent_id]).get(
        organisation.parent_id or organisation.id
    )
    return {
        **{name: getattr(organisation, name) for name in _PLAIN_FIELDS},
        "other_names": "\n".join(others),
        "former_names": "\n".join(former),
        "parent": f"{parent.reference} {parent.name}" if parent else "",
    }


_PLAIN_FIELDS = (
    "name",
    "acronym",
    "native_name",
    "organisation_type",
    "scope",
    "contact_email",
    "website",
    "about",
    "revision",
)


def _editable(session: Session, viewer: Viewer, reference: str) -> Organisation:
    organisation = queries.get_organisation(session, viewer, reference)
    require(
        may_edit_organisation(viewer, organisation),
        Forbidden(N_("Only the admins of an organisation change its entry.")),
    )
    return organisation


def _show_group(
    screen: Screen, session: Session, group: Group | None, form: Form[GroupInput], status: int = 200
) -> Response:
    choices = queries.organisation_choices(session)
    return screen.show(
        "organisations/edit_group.html",
        status,
        group=group,
        form=form,
        organisation_options=[(str(o.id), f"{o.name} ({o.reference})") for o in choices],
    )


def _require_group_rights(viewer: Viewer) -> None:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    require(may_manage_groups(viewer), Forbidden(N_("Only coordinators manage groups.")))
