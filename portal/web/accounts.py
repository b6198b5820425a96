"""Signing up, in and out; the account of who is signed in."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from portal.accounts import actions, queries, session_actions
from portal.accounts.inputs import (
    ChangeAddressInput,
    ChangePasswordInput,
    ForgottenInput,
    NewPasswordInput,
    PasswordInput,
    ProfileInput,
    SignInInput,
    SignUpInput,
)
from portal.accounts.mail_links import get_link
from portal.accounts.models import MailPurpose
from portal.accounts.session_actions import SignInAnswer
from portal.accounts.tokens import token_hash
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, Unauthenticated, require
from portal.request import CurrentViewer, DbSession, Installation
from portal.templating import LANGUAGES
from portal.web.forms import Form, Posted
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen
from portal.web.sessions import drop_session, held_token, keep_session, origin_of, own_page

router = APIRouter(prefix=PREFIX)

TOO_MANY_REQUESTS = 429


@router.get("/sign-up")
def sign_up(screen: CurrentScreen) -> Response:
    return screen.show("accounts/sign_up.html", form=Form(SignUpInput))


@router.post("/sign-up")
def send_sign_up(screen: CurrentScreen, session: DbSession, posted: Posted) -> Response:
    form = Form(SignUpInput, posted, language=screen.language)
    with form.guard(session):
        actions.sign_up(session, form.value, origin_of(screen.request))
        return screen.go("/sign-in", notice="mail-sent")
    return screen.show("accounts/sign_up.html", 422, form=form)


@router.get("/confirm/{token}")
def confirm(screen: CurrentScreen, session: DbSession, token: str) -> Response:
    _, user = get_link(session, token, MailPurpose.CONFIRM)
    return screen.show("accounts/confirm.html", form=Form(PasswordInput), email=user.email)


@router.post("/confirm/{token}")
def send_confirm(
    screen: CurrentScreen, session: DbSession, here: Installation, token: str, posted: Posted
) -> Response:
    _, user = get_link(session, token, MailPurpose.CONFIRM)
    form = Form(PasswordInput, posted)
    with form.guard(session):
        answer = actions.confirm_address(
            session, token, form.value, origin_of(screen.request), here.settings.session_days
        )
        if answer.token:
            return keep_session(screen.request, screen.go("/my", notice="signed-in"), answer.token)
        form.refuse(answer.refusal)
        return screen.show("accounts/confirm.html", _status(answer), form=form, email=user.email)
    return screen.show("accounts/confirm.html", 422, form=form, email=user.email)


@router.get("/sign-in")
def sign_in(screen: CurrentScreen, viewer: CurrentViewer, next: str = "") -> Response:
    if viewer.is_signed_in:
        return RedirectResponse(own_page(next) or screen.address("/my"), status_code=303)
    return screen.show("accounts/sign_in.html", form=Form(SignInInput), next=own_page(next))


@router.post("/sign-in")
def send_sign_in(screen: CurrentScreen, session: DbSession, here: Installation, posted: Posted) -> Response:
    form = Form(SignInInput, posted)
    wanted = own_page(str(posted.get("next", "")))
    with form.guard(session):
        answer = session_actions.sign_in(
            session, form.value, origin_of(screen.request), here.settings.session_days
        )
        if answer.token:
            response = screen.go("/my", notice="signed-in")
            if wanted:
                response.headers["Location"] = wanted
            return keep_session(screen.request, response, answer.token)
        form.refuse(answer.refusal)
        return screen.show("accounts/sign_in.html", _status(answer), form=form, next=wanted)
    return screen.show("accounts/sign_in.html", 422, form=form, next=wanted)


@router.post("/sign-out")
def sign_out(screen: CurrentScreen, session: DbSession) -> Response:
    session_actions.sign_out(session, held_token(screen.request))
    return drop_session(screen.go("/", notice="signed-out"))


@router.get("/forgotten")
def forgotten(screen: CurrentScreen) -> Response:
    return screen.show("accounts/forgotten.html", form=Form(ForgottenInput))


@router.post("/forgotten")
def send_forgotten(screen: CurrentScreen, session: DbSession, posted: Posted) -> Response:
    form = Form(ForgottenInput, posted)
    with form.guard(session):
        actions.request_password_reset(session, form.value, origin_of(screen.request))
        return screen.go("/sign-in", notice="mail-sent")
    return screen.show("accounts/forgotten.html", 422, form=form)


@router.get("/reset/{token}")
def reset(screen: CurrentScreen, session: DbSession, token: str) -> Response:
    _, user = get_link(session, token, MailPurpose.RESET_PASSWORD)
    return screen.show("accounts/reset.html", form=Form(NewPasswordInput), email=user.email)


@router.post("/reset/{token}")
def send_reset(screen: CurrentScreen, session: DbSession, token: str, posted: Posted) -> Response:
    _, user = get_link(session, token, MailPurpose.RESET_PASSWORD)
    form = Form(NewPasswordInput, posted)
    with form.guard(session):
        actions.reset_password(session, token, form.value)
        return drop_session(screen.go("/sign-in", notice="password-changed"))
    return screen.show("accounts/reset.html", 422, form=form, email=user.email)


@router.get("/account")
def account(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    _require_signed_in(viewer)
    return _show_account(
        screen, session, viewer, Form(ProfileInput, name=viewer.name, language=viewer.language)
    )


@router.post("/account")
def save_account(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted
) -> Response:
    _require_signed_in(viewer)
    form = Form(ProfileInput, posted)
    with form.guard(session):
        user = actions.update_profile(session, viewer, form.value)
        # The page answers in the language that was just chosen.
        screen.language = user.language if user.language in LANGUAGES else screen.language
        return screen.go("/account", notice="saved")
    return _show_account(screen, session, viewer, form, 422)


@router.post("/account/sessions")
def end_sessions(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    session_actions.end_all_sessions(session, viewer)
    return drop_session(screen.go("/sign-in", notice="sessions-ended"))


@router.get("/account/password")
def change_password(screen: CurrentScreen, viewer: CurrentViewer) -> Response:
    _require_signed_in(viewer)
    return screen.show("accounts/change_password.html", form=Form(ChangePasswordInput))


@router.post("/account/password")
def save_password(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted
) -> Response:
    form = Form(ChangePasswordInput, posted)
    with form.guard(session):
        origin, held = origin_of(screen.request), held_token(screen.request)
        refusal = actions.change_password(session, viewer, form.value, origin, held)
        if not refusal:
            return screen.go("/account", notice="password-changed")
        form.refuse(refusal, "current_password")
    return screen.show("accounts/change_password.html", 422, form=form)


@router.get("/account/address")
def change_address(screen: CurrentScreen, viewer: CurrentViewer) -> Response:
    _require_signed_in(viewer)
    return screen.show("accounts/change_address.html", form=Form(ChangeAddressInput))


@router.post("/account/address")
def send_change_address(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted
) -> Response:
    form = Form(ChangeAddressInput, posted)
    with form.guard(session):
        origin = origin_of(screen.request)
        refusal = actions.request_change_of_address(session, viewer, form.value, origin)
        if not refusal:
            return screen.go("/account", notice="mail-sent")
        form.refuse(refusal, "current_password")
    return screen.show("accounts/change_address.html", 422, form=form)


@router.get("/account/address/{token}")
def confirm_address(screen: CurrentScreen, session: DbSession, token: str) -> Response:
    link, user = get_link(session, token, MailPurpose.CHANGE_ADDRESS)
    return screen.show("accounts/confirm_address.html", email=link.email, old_email=user.email)


@router.post("/account/address/{token}")
def save_address(screen: CurrentScreen, session: DbSession, token: str) -> Response:
    actions.confirm_change_of_address(session, token)
    return drop_session(screen.go("/sign-in", notice="address-changed"))


@router.get("/account/delete")
def delete_account(screen: CurrentScreen, viewer: CurrentViewer) -> Response:
    _require_signed_in(viewer)
    return screen.show("accounts/delete_account.html", form=Form(PasswordInput))


@router.post("/account/delete")
def send_delete_account(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted
) -> Response:
    form = Form(PasswordInput, posted)
    with form.guard(session):
        refusal = actions.delete_account(session, viewer, form.value, origin_of(screen.request))
        if not refusal:
            return drop_session(screen.go("/", notice="account-deleted"))
        form.refuse(refusal, "password")
    return screen.show("accounts/delete_account.html", 422, form=form)


def _show_account(
    screen: Screen, session: Session, viewer: Viewer, form: Form[ProfileInput], status: int = 200
) -> Response:
    assert viewer.user_id is not None
    return screen.show(
        "accounts/account.html",
        status,
        form=form,
        sessions=queries.sessions_of(session, viewer.user_id),
        this_session=token_hash(held_token(screen.request)),
        organisations=queries.organisations_of(session, viewer),
        language_options=list(LANGUAGES.items()),
    )


def _status(answer: SignInAnswer) -> int:
    return TOO_MANY_REQUESTS if answer.is_throttled else 422


def _require_signed_in(viewer: Viewer) -> None:
    require(viewer.is_signed_in, Unauthenticated(N_("Sign in first.")))
