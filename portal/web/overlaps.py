"""Overlaps: the three queues, one finding with both records beside each other, and what is done about it."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal.accounts.models import Role
from portal.core.clock import today
from portal.core.errors import N_, Unauthenticated, require
from portal.library.vocabularies import PolicyArea
from portal.places.queries import place_names, provinces
from portal.registry import finding_actions
from portal.registry.cell_queries import cells_page
from portal.registry.finding_inputs import CommentInput, DecisionInput, FindingMessageInput
from portal.registry.finding_models import OUTCOME_LABELS
from portal.registry.finding_page_queries import list_findings, show_finding
from portal.registry.finding_queries import (
    FindingFilter,
    FindingView,
    count_open_findings,
    get_finding,
)
from portal.registry.scoring import Band, Queue
from portal.request import CurrentViewer, DbSession, Posted
from portal.templating import translate
from portal.web.forms import Form
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=PREFIX)

# The lists in the order of what coordinators ask first.
QUEUES = (Queue.OVERLAP, Queue.SAME_WORK, Queue.CLASH, Queue.INTERNAL)
SIGN_IN = Unauthenticated(N_("Sign in to read what concerns your organisation."))


@router.get("/overlaps")
def list_overlaps(
    request: Request, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer
) -> Response:
    require(viewer.is_signed_in, SIGN_IN)
    wanted = _asked(request)
    regions = [place.id for place in provinces(session)]
    names = place_names(session, regions, screen.language)
    query = {key: value for key, value in request.query_params.items() if value} | {"queue": wanted.queue}
    return screen.show(
        "overlaps/list_overlaps.html",
        page=list_findings(session, viewer, wanted, screen.language),
        wanted=wanted,
        counts=count_open_findings(session, viewer),
        queues=QUEUES,
        is_unknown_queue=request.query_params.get("queue", "") not in ("", *QUEUES),
        bands=[str(band) for band in Band],
        provinces=[(str(key), names[key]) for key in regions if key in names],
        link=lambda **changes: screen.address("/overlaps", **{**query, **changes}),
        page_link=lambda number: screen.address("/overlaps", **{**query, "page": number}),
        query=query,
    )


@router.get("/overlaps/cells")
def list_cells(
    request: Request, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer
) -> Response:
    """How densely work stands; with names for whoever is signed in, since nobody is put on a public list."""
    province = _id(request.query_params.get("province", ""))
    regions = [place.id for place in provinces(session)]
    names = place_names(session, regions, screen.language)
    return screen.show(
        "overlaps/list_cells.html",
        page=cells_page(session, viewer, screen.language, today(), province),
        province=province,
        provinces=[(key, names[key]) for key in regions if key in names],
    )


@router.get("/overlaps/{reference}")
def show_overlap(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str
) -> Response:
    require(viewer.is_signed_in, SIGN_IN)
    return _show(screen, session, get_finding(session, viewer, reference))


@router.post("/overlaps/{reference}/acknowledge")
def acknowledge(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    finding_actions.acknowledge(session, viewer, get_finding(session, viewer, reference))
    return screen.go(f"/overlaps/{reference}", notice="saved")


@router.post("/overlaps/{reference}/take-up")
def take_up(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    finding_actions.take_up(session, viewer, get_finding(session, viewer, reference))
    return screen.go(f"/overlaps/{reference}", notice="saved")


@router.post("/overlaps/{reference}/reopen")
def reopen(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    finding_actions.reopen(session, viewer, get_finding(session, viewer, reference))
    return screen.go(f"/overlaps/{reference}", notice="saved")


@router.post("/overlaps/{reference}/decide")
def decide(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    view = get_finding(session, viewer, reference)
    form = Form(DecisionInput, posted)
    with form.guard(session):
        finding_actions.decide(session, viewer, view, form.value)
        return screen.go(f"/overlaps/{reference}", notice="saved")
    return _show(screen, session, view, decision=form)


@router.post("/overlaps/{reference}/comments")
def comment(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    view = get_finding(session, viewer, reference)
    form = Form(CommentInput, posted)
    with form.guard(session):
        finding_actions.comment(session, viewer, view, form.value)
        return screen.go(f"/overlaps/{reference}", notice="saved")
    return _show(screen, session, view, comment=form)


@router.post("/overlaps/{reference}/message")
def message(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    view = get_finding(session, viewer, reference)
    form = Form(FindingMessageInput, posted)
    with form.guard(session):
        finding_actions.write_to_other_side(session, viewer, view, form.value)
        return screen.go(f"/overlaps/{reference}", notice="mail-sent-to-others")
    return _show(screen, session, view, message=form)


def _show(
    screen: Screen,
    session: DbSession,
    view: FindingView,
    decision: Form[DecisionInput] | None = None,
    comment: Form[CommentInput] | None = None,
    message: Form[FindingMessageInput] | None = None,
) -> Response:
    refused = decision or comment or message
    page = show_finding(session, screen.viewer, view, screen.language)
    return screen.show(
        "overlaps/show_overlap.html",
        422 if refused else 200,
        page=page,
        outcomes=[(str(item), translate(screen.language, OUTCOME_LABELS[item])) for item in page.outcomes],
        decision=decision or Form(DecisionInput, revision=view.finding.revision),
        comment=comment or Form(CommentInput),
        message=message or Form(FindingMessageInput),
        refused=refused,
        is_party=any(screen.viewer.has_role(key, Role.EDITOR) for key in view.parties),
    )


def _asked(request: Request) -> FindingFilter:
    """The question in the address; what makes no sense there is left out."""
    query = request.query_params
    queue, page = query.get("queue", ""), query.get("page", "")
    return FindingFilter(
        queue=Queue(queue) if queue in {str(item) for item in QUEUES} else Queue.OVERLAP,
        band=query.get("band", "") if query.get("band", "") in {str(band) for band in Band} else "",
        province=_id(query.get("province", "")),
        policy_area=query.get("policy_area", "")
        if query.get("policy_area", "") in {str(area) for area in PolicyArea}
        else "",
        is_decided=query.get("decided", "") == "1",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
