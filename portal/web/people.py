"""People and roles: of an organisation, and of the portal."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from portal.accounts import actions, membership_actions, page_queries, queries
from portal.accounts.inputs import InvitationInput, NewcomerInput, PortalRolesInput, RoleInput
from portal.accounts.models import Role
from portal.accounts.session_actions import open_user_session
from portal.accounts.viewer import Viewer
from portal.core.clock import now
from portal.core.errors import N_, Unauthenticated, require
from portal.request import CurrentViewer, DbSession, Installation
from portal.web.forms import Form, Posted
from portal.web.history import EVENT_LABELS
from portal.web.languages import PREFIX
from portal.web.page_numbers import PageNumber
from portal.web.screen import CurrentScreen, Screen
from portal.web.sessions import keep_session, origin_of

router = APIRouter(prefix=PREFIX)


@router.get("/organisations/{reference}/people")
def people(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    require(viewer.is_signed_in, Unauthenticated(N_("Sign in first.")))
    return _show_people(screen, session, viewer, reference, Form(InvitationInput, role=Role.CONTRIBUTOR))


@router.post("/organisations/{reference}/people")
def invite(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    form = Form(InvitationInput, posted)
    with form.guard(session):
        membership_actions.invite(session, viewer, organisation, form.value)
        return screen.go(f"/organisations/{organisation.reference}/people", notice="invited")
    return _show_people(screen, session, viewer, reference, form, 422)


@router.post("/organisations/{reference}/people/{user_id}/role")
def change_role(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    user_id: UUID,
    posted: Posted,
) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    form = Form(RoleInput, posted)
    with form.guard(session):
        membership_actions.change_role(session, viewer, organisation, user_id, form.value)
        return screen.go(f"/organisations/{organisation.reference}/people", notice="saved")
    return _show_refused(screen, session, viewer, reference, form)


@router.post("/organisations/{reference}/people/{user_id}/remove")
def remove_member(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    user_id: UUID,
    posted: Posted,
) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    form = Form(RoleInput)
    with form.guard(session):
        membership_actions.remove_member(session, viewer, organisation, user_id)
        return screen.go(f"/organisations/{organisation.reference}/people", notice="removed")
    return _show_refused(screen, session, viewer, reference, form)


@router.post("/organisations/{reference}/leave")
def leave(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    form = Form(RoleInput)
    with form.guard(session):
        membership_actions.leave(session, viewer, organisation)
        return screen.go("/my", notice="left")
    return _show_refused(screen, session, viewer, reference, form)


@router.post("/organisations/{reference}/invitations/{invitation_id}/withdraw")
def withdraw_invitation(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, invitation_id: UUID
) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    membership_actions.revoke_invitation(session, viewer, organisation, invitation_id)
    return screen.go(f"/organisations/{organisation.reference}/people", notice="removed")


@router.post("/organisations/{reference}/requests/{request_id}/accept")
def accept_join(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    request_id: UUID,
    posted: Posted,
) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    form = Form(RoleInput, posted)
    with form.guard(session):
        membership_actions.accept_join(session, viewer, organisation, request_id, form.value)
        return screen.go(f"/organisations/{organisation.reference}/people", notice="answered")
    return _show_refused(screen, session, viewer, reference, form)


@router.post("/organisations/{reference}/requests/{request_id}/decline")
def decline_join(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, request_id: UUID
) -> Response:
    organisation = queries.get_organisation(session, viewer, reference)
    membership_actions.decline_join(session, viewer, organisation, request_id)
    return screen.go(f"/organisations/{organisation.reference}/people", notice="answered")


@router.get("/invitations/{token}")
def invitation(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, token: str) -> Response:
    form = Form(NewcomerInput, language=screen.language)
    return _show_invitation(screen, session, viewer, token, form)


@router.post("/invitations/{token}")
def accept_invitation(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, token: str
) -> Response:
    organisation = membership_actions.accept_invitation(session, viewer, token)
    return screen.go(f"/organisations/{organisation.reference}", notice="joined")


@router.get("/invitations/{token}/account")
def newcomer(screen: CurrentScreen, token: str) -> Response:
    return RedirectResponse(screen.address(f"/invitations/{token}"), status_code=303)


@router.post("/invitations/{token}/account")
def accept_as_newcomer(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    here: Installation,
    token: str,
    posted: Posted,
) -> Response:
    form = Form(NewcomerInput, posted, language=screen.language)
    found = queries.get_invitation(session, token)
    with form.guard(session):
        user = membership_actions.accept_invitation_as_newcomer(session, token, form.value)
        origin = origin_of(screen.request)
        held = open_user_session(session, user, origin, here.settings.session_days)
        response = screen.go(f"/organisations/{found.organisation.reference}", notice="joined")
        return keep_session(screen.request, response, held)
    return _show_invitation(screen, session, viewer, token, form, 422)


@router.get("/admin/people")
def portal_people(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, q: str = "", page: PageNumber = 1
) -> Response:
    require(viewer.is_signed_in, Unauthenticated(N_("Sign in first.")))
    return _show_portal_people(screen, session, viewer, q, page, Form(PortalRolesInput))


@router.post("/admin/people/{user_id}")
def set_portal_roles(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, user_id: UUID, posted: Posted
) -> Response:
    require(viewer.is_signed_in, Unauthenticated(N_("Sign in first.")))
    form = Form(PortalRolesInput, posted)
    with form.guard(session):
        user = actions.set_portal_roles(session, viewer, user_id, form.value)
        return screen.go("/admin/people", notice="saved", q=user.email)
    return _show_portal_people(screen, session, viewer, "", 1, form, 422)


def _show_refused(
    screen: Screen, session: Session, viewer: Viewer, reference: str, form: Form[RoleInput]
) -> Response:
    """The page again, with what was refused above it and an empty form to invite."""
    empty = Form(InvitationInput, role=Role.CONTRIBUTOR)
    empty.general = [*form.general, *form.errors.values()]
    return _show_people(screen, session, viewer, reference, empty, 409)


def _show_people(
    screen: Screen,
    session: Session,
    viewer: Viewer,
    reference: str,
    form: Form[InvitationInput],
    status: int = 200,
) -> Response:
    return screen.show(
        "organisations/people.html",
        status,
        page=page_queries.people_page(session, viewer, reference),
        form=form,
        now=now(),
        event_labels=EVENT_LABELS,
    )


def _show_invitation(
    screen: Screen,
    session: Session,
    viewer: Viewer,
    token: str,
    form: Form[NewcomerInput],
    status: int = 200,
) -> Response:
    found = queries.get_invitation(session, token)
    owner = queries.find_user_by_email(session, found.invitation.email)
    return screen.show(
        "organisations/invitation.html",
        status,
        found=found,
        token=token,
        form=form,
        is_for_viewer=found.invitation.email == viewer.email,
        has_account=owner is not None and owner.email_confirmed_at is not None,
    )


def _show_portal_people(
    screen: Screen,
    session: Session,
    viewer: Viewer,
    text: str,
    page: int,
    form: Form[PortalRolesInput],
    status: int = 200,
) -> Response:
    words = text.strip()[:200]
    return screen.show(
        "organisations/portal_people.html",
        status,
        page=page_queries.portal_people_page(session, viewer, words, page),
        text=words,
        page_link=lambda number: screen.address("/admin/people", q=words, page=number),
        form=form,
    )
