"""Sharing and editing: three questions, then a draft that is kept after every field until it is published."""

from typing import Any
from uuid import UUID

from babel.dates import format_time
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from portal.accounts.group_queries import groups_of
from portal.accounts.models import Role
from portal.accounts.queries import organisations_of, people_of
from portal.accounts.viewer import Viewer
from portal.core.clock import LOCAL_ZONE, now
from portal.core.errors import N_, NotFound, require
from portal.library import actions, file_actions
from portal.library.description import LIST_FIELDS, PLAIN_FIELDS
from portal.library.inputs import DescribeInput, FileInput, HandOverInput, ShareInput, WithdrawInput
from portal.library.models import Resource, ResourceState
from portal.library.policy import may_withdraw
from portal.library.queries import (
    VersionView,
    get_draft,
    get_resource,
    refusals_of,
    title_of,
    view_version,
)
from portal.library.vocabularies import PLACE_RELATION_LABELS, VISIBILITY_LABELS, Visibility
from portal.places.queries import browse_places, place_names, provinces
from portal.request import CurrentViewer, DbSession
from portal.templating import translate
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


@router.get("/library/{reference}/edit")
def edit(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    resource, version = get_draft(session, viewer, reference)
    view = view_version(session, viewer, resource, version)
    return _show_editor(screen, session, view, _described(view))


@router.post("/library/{reference}/edit")
def save(
    request: Request,
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    posted: Posted,
) -> Response:
    resource, version = get_draft(session, viewer, reference)
    view = view_version(session, viewer, resource, version)
    form = Form(DescribeInput, posted, **_described(view).typed)
    if request.headers.get("accept") == "application/json":
        return _save_quietly(screen, session, view, form)
    with form.guard(session):
        actions.describe(session, viewer, resource, version, form.value)
        if posted.get("then") == "publish":
            actions.publish(session, viewer, resource, version)
            return screen.go(f"/library/{resource.reference}", notice="published")
        if posted.get("then") == "preview":
            return screen.go(f"/library/{resource.reference}/preview")
        return screen.go(f"/library/{resource.reference}/edit", notice="saved")
    # Whoever saves once more has been told, and means it.
    form.typed["revision"] = version.revision
    return _show_editor(screen, session, view, form, 422)


@router.get("/library/{reference}/files-state")
def files_state(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    """The list of files alone, while they are being read."""
    resource, version = get_draft(session, viewer, reference)
    view = view_version(session, viewer, resource, version)
    return screen.show("library/edit/files_state.html", view=view)


@router.post("/library/{reference}/files")
def add_files(
    upload: Upload, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    resource, version = get_draft(session, viewer, reference)
    form: Form[DescribeInput] = _described(view_version(session, viewer, resource, version))
    with form.guard(session):
        upload.require_some_file()
        file_actions.add_files(session, viewer, resource, version, upload.received, upload.refused)
        return screen.go(f"/library/{reference}/edit", notice="saved")
    return _show_editor(screen, session, view_version(session, viewer, resource, version), form, 422)


@router.post("/library/{reference}/files/{file_id}")
def change_file(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    file_id: UUID,
    posted: Posted,
) -> Response:
    resource, version = get_draft(session, viewer, reference)
    if posted.get("then") == "remove":
        file_actions.remove_file(session, viewer, resource, version, file_id)
        return screen.go(f"/library/{reference}/edit", notice="removed")
    form = Form(FileInput, posted)
    with form.guard(session):
        file_actions.change_file(session, viewer, resource, version, file_id, form.value)
    return screen.go(f"/library/{reference}/edit", notice="nothing-changed" if form.has_errors else "saved")


@router.post("/library/{reference}/refusals/dismiss")
def dismiss_refusals(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    resource, version = get_draft(session, viewer, reference)
    file_actions.dismiss_refusals(session, viewer, resource, version)
    return screen.go(f"/library/{reference}/edit")


@router.post("/library/{reference}/publish")
def publish(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    resource, version = get_draft(session, viewer, reference)
    form = _described(view_version(session, viewer, resource, version))
    with form.guard(session):
        actions.publish(session, viewer, resource, version)
        return screen.go(f"/library/{reference}", notice="published")
    return _show_editor(screen, session, view_version(session, viewer, resource, version), form, 422)


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


def _save_quietly(
    screen: Screen, session: DbSession, view: VersionView, form: Form[DescribeInput]
) -> Response:
    """Keep what is well-formed while somebody writes; what is not is said and waits for its field."""
    stored = _described(view).typed
    kept = {name: value for name, value in form.typed.items() if name not in form.errors}
    partial = Form(DescribeInput)
    with partial.guard(session):
        data = DescribeInput.model_validate({**stored, **kept})
        actions.describe(session, screen.viewer, view.resource, view.version, data)
    problems = [*form.errors.values(), *partial.errors.values(), *partial.general]
    revision = view.version.revision if not partial.has_errors else None
    if problems:
        message, values = problems[0]
        return JSONResponse(
            {"message": translate(screen.language, message, values), "revision": revision}, 422
        )
    return JSONResponse({"message": _saved_at(screen.language), "revision": revision})


def _saved_at(language: str) -> str:
    time = format_time(now(), "short", tzinfo=LOCAL_ZONE, locale=language)
    return translate(language, N_("Draft saved at %(time)s."), {"time": time})


def _described(view: VersionView) -> Form[DescribeInput]:
    """The editing form as it stands for a stored version."""
    resource, version = view.resource, view.version
    initial: dict[str, Any] = {
        name: getattr(version, name)
        for name in ("revision", *PLAIN_FIELDS, *LIST_FIELDS)
        if getattr(version, name) is not None
    }
    initial["authors"] = "\n".join(version.authors)
    initial["shown_proposals"] = version.proposed
    initial["visibility"], initial["files_visibility"] = resource.visibility, resource.files_visibility
    initial["group"] = str(resource.group_id or "")
    initial["named_readers"] = "\n".join(person.email for person in view.named_readers)
    initial["places"] = [f"{place.relation}:{place.place_id}" for place in view.places]
    for text in view.texts:
        initial[f"title_{text.language}"], initial[f"summary_{text.language}"] = text.title, text.summary
    return Form(DescribeInput, **initial)


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
        visibilities=_visibilities(screen, bool(groups)),
    )


def _visibilities(screen: Screen, has_groups: bool) -> list[tuple[str, str]]:
    """The choices of who may see something; sharing with a group is offered to those who belong to one."""
    return [
        (value, translate(screen.language, text))
        for value, text in VISIBILITY_LABELS.items()
        if has_groups or value != Visibility.GROUP
    ]


def _show_editor(
    screen: Screen, session: DbSession, view: VersionView, form: Form[DescribeInput], status: int = 200
) -> Response:
    chosen = _chosen_places(session, form, screen.language)
    known = [*provinces(session), *browse_places(session)]
    names = place_names(session, [place.id for place in known], screen.language)
    groups = groups_of(session, screen.viewer)
    return screen.show(
        "library/edit_resource.html",
        status,
        view=view,
        form=form,
        refusals=refusals_of(session, view.version),
        chosen_places=chosen,
        place_names=sorted(names.values()),
        place_relations=PLACE_RELATION_LABELS,
        groups=[(str(group.id), group.name) for group in groups],
        visibilities=_visibilities(screen, bool(groups or view.resource.group_id)),
        is_verified=view.organisation.is_verified,
        may_publish=screen.viewer.has_role(view.resource.organisation_id, Role.EDITOR),
    )


def _chosen_places(
    session: DbSession, form: Form[DescribeInput], language: str
) -> list[tuple[str, str, str]]:
    """Value, name and relation of each chosen place, so that it can be ticked off."""
    pairs = [value.partition(":")[::2] for value in form.get("places", [])]
    names = place_names(session, [UUID(place_id) for _, place_id in pairs], language)
    return [
        (f"{relation}:{place_id}", names.get(UUID(place_id), ""), relation) for relation, place_id in pairs
    ]


def _show_hand_over(
    screen: Screen, session: DbSession, resource: Resource, form: Form[HandOverInput], status: int = 200
) -> Response:
    colleagues = [
        (str(member.user_id), member.name)
        for member in people_of(session, resource.organisation_id)
        if Role(member.role).rank >= Role.CONTRIBUTOR.rank and member.user_id != screen.viewer.user_id
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
