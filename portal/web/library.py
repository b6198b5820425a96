"""Resources as readers meet them: the page, its older versions, its history, its text page by page."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from portal.accounts.viewer import Viewer
from portal.core.errors import N_
from portal.core.text import clean_line
from portal.finding import MAXIMUM_QUERY
from portal.library.models import Resource
from portal.library.page_queries import (
    audit_page,
    preview_page,
    read_page,
    resource_page,
    tombstone,
    versions_page,
)
from portal.library.queries import get_resource, get_resource_and_readers
from portal.library.vocabularies import (
    WITHDRAWAL_REASON_LABELS,
)
from portal.marking import marked_text
from portal.request import CurrentViewer, DbSession, Installation
from portal.web.languages import PREFIX
from portal.web.page_numbers import read_number
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=f"{PREFIX}/library")

GONE = 410
# What the audit trail says of a resource, in words.
EVENT_LABELS = {
    "share": N_("started the draft"),
    "add_files": N_("added files"),
    "change_file": N_("said what a file is"),
    "remove_file": N_("removed a file"),
    "describe": N_("changed the description"),
    "publish": N_("published"),
    "start_version": N_("started a new version"),
    "discard": N_("threw a draft away"),
    "hand_over": N_("handed the draft over"),
    "withdraw": N_("withdrew"),
}
DETAIL_LABELS = {
    "fields": N_("Fields"),
    "files": N_("Files"),
    "version": N_("Version"),
    "to": N_("To"),
    "reason": N_("Reason"),
    "successor": N_("Successor"),
}


@router.get("")
def library(screen: CurrentScreen) -> Response:
    return RedirectResponse(screen.address("/search"), status_code=302)


@router.get("/{reference}")
def show_resource(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation, reference: str
) -> Response:
    resource, named = get_resource_and_readers(session, viewer, reference)
    if resource.is_withdrawn:
        return _show_tombstone(screen, session, viewer, resource)
    if not resource.is_published:
        # Only those who may edit a draft come this far.
        return RedirectResponse(screen.address(f"/library/{resource.reference}/edit"), status_code=303)
    page = resource_page(session, viewer, resource, named, screen.language)
    return screen.show("library/show_resource.html", page=page, base_url=here.settings.base_url.rstrip("/"))


@router.get("/{reference}/preview")
def preview(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation, reference: str
) -> Response:
    page = preview_page(session, viewer, reference, screen.language)
    return screen.show("library/show_resource.html", page=page, base_url=here.settings.base_url.rstrip("/"))


@router.get("/{reference}/versions")
def list_versions(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    resource = get_resource(session, viewer, reference)
    if resource.is_withdrawn:
        return _show_tombstone(screen, session, viewer, resource)
    page = versions_page(session, resource, screen.language)
    return screen.show("library/versions.html", page=page)


@router.get("/{reference}/versions/{number}")
def show_version(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    here: Installation,
    reference: str,
    number: int,
) -> Response:
    resource, named = get_resource_and_readers(session, viewer, reference)
    if resource.is_withdrawn:
        return _show_tombstone(screen, session, viewer, resource)
    page = resource_page(session, viewer, resource, named, screen.language, number)
    return screen.show("library/show_resource.html", page=page, base_url=here.settings.base_url.rstrip("/"))


@router.get("/{reference}/audit")
def audit(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    page = audit_page(session, viewer, reference, screen.language)
    return screen.show(
        "library/audit.html",
        page=page,
        event_labels=EVENT_LABELS,
        detail_labels=DETAIL_LABELS,
        reasons=WITHDRAWAL_REASON_LABELS,
    )


@router.get("/{reference}/read/{file_id}")
def read(
    request: Request,
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    file_id: UUID,
) -> Response:
    wanted = read_number(request.query_params.get("page", ""))
    words = clean_line(request.query_params.get("q", ""))[:MAXIMUM_QUERY]
    page = read_page(session, viewer, reference, file_id, wanted, screen.language)
    return screen.show(
        "library/read_pages.html",
        page=page,
        words=words,
        marked=marked_text(page.words, words),
    )


def _show_tombstone(screen: Screen, session: Session, viewer: Viewer, resource: Resource) -> Response:
    page = tombstone(session, viewer, resource, screen.language)
    return screen.show("library/tombstone.html", GONE, page=page, reasons=WITHDRAWAL_REASON_LABELS)
