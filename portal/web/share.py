"""What happens to a resource as a whole: shared, published, renewed, handed over, withdrawn, thrown away."""

from fastapi import APIRouter
from fastapi.responses import Response

from portal.accounts.group_queries import groups_of
from portal.accounts.models import Role
from portal.accounts.queries import organisations_of, people_of
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound, require
from portal.library import actions
from portal.library.inputs import HandOverInput, ShareInput, WithdrawInput
from portal.library.models import Resource, ResourceState
from portal.library.policy import least_role_to_edit, may_withdraw
from portal.library.queries import (
    get_draft,
    get_resource,
    title_of,
    view_version,
)
from portal.library.vocabularies import Visibility
from portal.request import CurrentViewer, DbSession
from portal.web.editing import described, show_editor, visibilities
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen
from portal.web.uploading import SIGN_IN_FIRST, Upload

router = APIRouter(prefix=PREFIX)


@router.get("/share")
def ask(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    form = Form(ShareInput, visibility=Visibility.PUBLIC)
    return _show_questions(screen, session, form)


@router.post("/share")
def share(
    upload: Upload, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted
) -> Response:
    form = Form(ShareInput, posted)
    with form.guard(session):
        upload.require_some_file()
        resource = actions.share(session, viewer, form.value, upload.received, upload.refused)
        return screen.go(f"/library/{resource.reference}/edit")
    return _show_questions(screen, session, form, 422)


@router.post("/library/{reference}/publish")
def publish(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    resource, version = get_draft(session, viewer, reference)
    form = described(view_version(session, viewer, resource, version))
    with form.guard(session):
        actions.publish(session, viewer, resource, version)
        return screen.go(f"/library/{reference}", notice="published")
    return show_editor(screen, session, view_version(session, viewer, resource, version), form, 422)


@router.post("/library/{reference}/new-version")
def start_version(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    resource = get_resource(session, viewer, reference)
    actions.start_version(session, viewer, resource)
    return screen.go(f"/library/{reference}/edit", notice="new-version")


@router.get("/library/{reference}/hand-over")
def choose_colleague(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    resource, _ = get_draft(session, viewer, reference)
    return _show_hand_over(screen, session, resource, Form(HandOverInput))


@router.post("/library/{reference}/hand-over")
def hand_over(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    resource, version = get_draft(session, viewer, reference)
    form = Form(HandOverInput, posted)
    with form.guard(session):
        actions.hand_over(session, viewer, resource, version, form.value)
        return screen.go("/my", notice="handed-over")
    return _show_hand_over(screen, session, resource, form, 422)


@router.get("/library/{reference}/withdraw")
def ask_withdrawal(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    resource = _withdrawable(session, viewer, reference)
    return _show_withdrawal(screen, session, resource, Form(WithdrawInput))


@router.post("/library/{reference}/withdraw")
def withdraw(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    resource = get_resource(session, viewer, reference)
    form = Form(WithdrawInput, posted)
    with form.guard(session):
        actions.withdraw(session, viewer, resource, form.value)
        return screen.go(f"/library/{reference}", notice="withdrawn")
    return _show_withdrawal(screen, session, resource, form, 422)


@router.get("/library/{reference}/discard")
def ask_discarding(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    resource, version = get_draft(session, viewer, reference)
    require(not version.is_published, NotFound(N_("There is no draft to throw away.")))
    return screen.show(
        "library/discard.html", resource=resource, title=title_of(session, resource, screen.language)
    )


@router.post("/library/{reference}/discard")
def discard(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    resource, version = get_draft(session, viewer, reference)
    actions.discard_draft(session, viewer, resource, version)
    target = "/my" if resource.state == ResourceState.DISCARDED else f"/library/{reference}"
    return screen.go(target, notice="discarded")


def _show_questions(
    screen: Screen, session: DbSession, form: Form[ShareInput], status: int = 200
) -> Response:
    belongings = [
        item
        for item in organisations_of(session, screen.viewer)
        if Role(item.role).rank >= Role.CONTRIBUTOR.rank
    ]
    if len(belongings) == 1:
        form.typed.setdefault("organisation", str(belongings[0].organisation.id))
    groups = groups_of(session, screen.viewer)
    return screen.show(
        "library/share.html",
        status,
        form=form,
        organisations=[(str(item.organisation.id), item.organisation.name) for item in belongings],
        groups=[(str(group.id), group.name) for group in groups],
        visibilities=visibilities(screen, bool(groups)),
    )


def _show_hand_over(
    screen: Screen, session: DbSession, resource: Resource, form: Form[HandOverInput], status: int = 200
) -> Response:
    least = least_role_to_edit(resource)
    colleagues = [
        (str(member.user_id), member.name)
        for member in people_of(session, resource.organisation_id)
        if Role(member.role).rank >= least.rank and member.user_id != screen.viewer.user_id
    ]
    title = title_of(session, resource, screen.language)
    return screen.show(
        "library/hand_over.html", status, resource=resource, title=title, colleagues=colleagues, form=form
    )


def _withdrawable(session: DbSession, viewer: Viewer, reference: str) -> Resource:
    resource = get_resource(session, viewer, reference)
    require(may_withdraw(viewer, resource), NotFound(N_("There is nothing here that you may withdraw.")))
    return resource


def _show_withdrawal(
    screen: Screen, session: DbSession, resource: Resource, form: Form[WithdrawInput], status: int = 200
) -> Response:
    title = title_of(session, resource, screen.language)
    return screen.show("library/withdraw.html", status, resource=resource, title=title, form=form)
