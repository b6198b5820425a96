"""Administrators' pages: the state of the portal, its mails, who did what; coordinators see what is theirs.

People's roles, organisations to verify and groups are with the other pages about people and organisations.
"""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from portal import operation
from portal.accounts.policy import may_administer, may_manage_groups, may_verify_organisations
from portal.accounts.viewer import Viewer
from portal.core.audit import EventFilter
from portal.core.errors import N_, Forbidden, Unauthenticated, require
from portal.core.mail import stored_mails
from portal.places.policy import may_edit_places
from portal.request import CurrentViewer, DbSession, Installation
from portal.web.event_labels import EVENT_LABELS, SUBJECT_LABELS
from portal.web.forms import Posted
from portal.web.languages import PREFIX
from portal.web.page_numbers import PageNumber
from portal.web.screen import CurrentScreen

router = APIRouter(prefix=f"{PREFIX}/admin")

JOB_LABELS = {
    "read_file": N_("Read a file"),
    "send_mail": N_("Send a mail"),
    "send_reminders": N_("Ask organisations whether their lines are still correct"),
    "index_uses": N_("Tell the index what is used"),
    "forget_expired": N_("Forget what has run out"),
}
# Where the page is from which a failed job is tried again or given up.
JOB_PAGES = ("/admin", "/admin/mail")
LONGEST_FILTER = 200


@router.get("")
def overview(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation
) -> Response:
    _require_signed_in(viewer)
    is_administrator = may_administer(viewer)
    require(
        is_administrator or may_verify_organisations(viewer),
        Forbidden(N_("Only coordinators and administrators see this page.")),
    )
    state = operation.portal_state(session, here.search, here.settings.data_dir) if is_administrator else None
    return screen.show(
        "admin/overview.html",
        register=operation.register_state(session),
        state=state,
        job_labels=JOB_LABELS,
        may_verify=may_verify_organisations(viewer),
        may_manage_groups=may_manage_groups(viewer),
        may_edit_places=may_edit_places(viewer),
    )


@router.get("/mail")
def mail(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, here: Installation) -> Response:
    _require_administrator(viewer)
    settings = here.settings
    return screen.show(
        "admin/mail.html",
        is_sent=bool(settings.mail_url),
        mails=[] if settings.mail_url else stored_mails(settings.mail_folder),
        failed=operation.failed_mails(session),
    )


@router.get("/audit")
def audit(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    action: str = "",
    person: str = "",
    page: PageNumber = 1,
) -> Response:
    _require_administrator(viewer)
    wanted = EventFilter(action[:LONGEST_FILTER], person.strip()[:LONGEST_FILTER], page)
    return screen.show(
        "admin/audit.html",
        trail=operation.trail(session, wanted, screen.language),
        wanted=wanted,
        event_labels=EVENT_LABELS,
        subject_labels=SUBJECT_LABELS,
        page_link=lambda number: screen.address(
            "/admin/audit", action=wanted.action, person=wanted.person, page=number
        ),
    )


@router.post("/jobs/{job_id}/retry")
def retry_job(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, job_id: UUID, posted: Posted
) -> Response:
    operation.retry_job(session, viewer, job_id)
    return screen.go(_page_before(posted.get("page")), notice="retried")


@router.post("/jobs/{job_id}/give-up")
def give_job_up(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, job_id: UUID, posted: Posted
) -> Response:
    operation.give_job_up(session, viewer, job_id)
    return screen.go(_page_before(posted.get("page")), notice="removed")


def _page_before(asked: object) -> str:
    return next((page for page in JOB_PAGES if page == asked), JOB_PAGES[0])


def _require_signed_in(viewer: Viewer) -> None:
    require(viewer.is_signed_in, Unauthenticated(N_("Sign in first.")))


def _require_administrator(viewer: Viewer) -> None:
    _require_signed_in(viewer)
    operation.require_administrator(viewer)
