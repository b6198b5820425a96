"""Nil returns: an organisation does nothing in a place; a committee says that nobody does."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from portal.accounts.queries import organisations_of
from portal.core.clock import today
from portal.core.errors import N_, Forbidden, require
from portal.places.queries import place_names, provinces
from portal.registry.attestation_actions import say_nobody_works, say_nothing_is_done, withdraw_attestation
from portal.registry.attestation_queries import attestation_lines, get_withdrawable, open_place_ids
from portal.registry.coverage_inputs import NilReturnInput, NobodyInput
from portal.registry.policy import may_attest_for, may_coordinate
from portal.request import CurrentViewer, DbSession
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=f"{PREFIX}/nil-returns")

ONLY_COORDINATORS = Forbidden(N_("Only coordinators can write this down."))


@router.get("")
def list_nil_returns(screen: CurrentScreen, session: DbSession) -> Response:
    return _show(screen, session)


@router.post("")
def say_nothing(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted) -> Response:
    form = Form(NilReturnInput, posted)
    with form.guard(session):
        say_nothing_is_done(session, viewer, form.value, screen.language)
        return screen.go("/nil-returns", notice="saved")
    return _show(screen, session, form, 422)


@router.get("/nobody")
def ask_nobody(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    require(may_coordinate(viewer), ONLY_COORDINATORS)
    return _show_nobody(screen, session, Form(NobodyInput, said_on=today().isoformat()))


@router.post("/nobody")
def say_nobody(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted) -> Response:
    form = Form(NobodyInput, posted)
    with form.guard(session):
        say_nobody_works(session, viewer, form.value, screen.language)
        return screen.go("/nil-returns", notice="saved")
    return _show_nobody(screen, session, form, 422)


@router.post("/{attestation_id}/withdraw")
def withdraw(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, attestation_id: UUID
) -> Response:
    withdraw_attestation(session, viewer, get_withdrawable(session, viewer, attestation_id))
    return screen.go("/nil-returns", notice="removed")


def _show(
    screen: Screen, session: Session, form: Form[NilReturnInput] | None = None, status: int = 200
) -> Response:
    viewer = screen.viewer
    known = [place.id for place in provinces(session)]
    names = place_names(session, known, screen.language)
    organisations = [
        item.organisation
        for item in organisations_of(session, viewer)
        if may_attest_for(viewer, item.organisation.id)
    ]
    return screen.show(
        "freshness/nil_returns.html",
        status,
        lines=attestation_lines(session, viewer, screen.language, today()),
        form=form or Form(NilReturnInput, said_on=today().isoformat()),
        organisations=[(str(one.id), one.name) for one in organisations],
        provinces=[(str(key), names[key]) for key in known if key in names],
        may_coordinate=may_coordinate(viewer),
    )


def _show_nobody(screen: Screen, session: Session, form: Form[NobodyInput], status: int = 200) -> Response:
    names = place_names(session, open_place_ids(session), screen.language)
    return screen.show("freshness/nobody.html", status, form=form, place_names=sorted(set(names.values())))
