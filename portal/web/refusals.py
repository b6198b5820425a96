"""Error pages: each of the six kinds, and what the framework itself refuses, in the visitor's language."""

import logging
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from portal.accounts.viewer import Viewer
from portal.core.errors import N_, SalaError
from portal.request import READING_METHODS, services
from portal.web.languages import language_of, preferred_language
from portal.web.screen import Screen
from portal.web.security import add_security_headers

TITLES = {
    400: N_("Something is not right"),
    401: N_("Please sign in"),
    403: N_("This is not for you to do"),
    404: N_("Not here"),
    405: N_("Not here"),
    409: N_("Something changed in the meantime"),
    413: N_("Too large"),
    422: N_("Something is not right"),
    500: N_("Something went wrong here"),
    503: N_("Busy just now"),
}
# What the framework refuses without a word of ours.
SENTENCES = {
    413: N_("This is more than the portal takes at once. Send fewer or smaller files; nothing was saved."),
}
log = logging.getLogger("sala")


def install_refusals(app: FastAPI) -> None:
    app.add_exception_handler(SalaError, _refused)
    app.add_exception_handler(HTTPException, _framework_refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(ClientDisconnect, _nobody_there)
    app.add_exception_handler(Exception, _failed)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, SalaError)
    if error.status == 401 and request.method in READING_METHODS:
        return RedirectResponse(_screen(request).address("/sign-in", next=_here(request)), status_code=303)
    return _page(request, error.status, error.message, error.values)


def _framework_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _page(request, error.status_code, SENTENCES.get(error.status_code, ""), {})
    response.headers.update(error.headers or {})
    return response


def _not_understood(request: Request, error: Exception) -> Response:
    # Addresses are the only typed input that reaches the framework: an id that cannot be one is no page.
    return _page(request, 404, N_("There is no page at this address."), {})


def _nobody_there(request: Request, error: Exception) -> Response:
    # Phones lose their connection in the middle of a form: no mistake of ours, and nobody reads the answer.
    log.info("the visitor went away: %s %s", request.method, request.url.path)
    return Response(status_code=400)


def _failed(request: Request, error: Exception) -> Response:
    log.error("request failed: %s %s", request.method, request.url.path, exc_info=error)
    response = _page(
        request, 500, N_("The mistake is ours and was written down. What you typed before was kept."), {}
    )
    # This answer is made outside the middleware that adds them to all others.
    add_security_headers(response.headers, services(request).settings.uses_https)
    return response


def _page(request: Request, status: int, message: str, values: object) -> Response:
    title = TITLES.get(status, HTTPStatus(status).phrase)
    return _screen(request).show("errors/refused.html", status, title=title, message=message, values=values)


def _screen(request: Request) -> Screen:
    """A screen for an address that no route may have answered: it has no language from a router."""
    language = language_of(request.scope["path"]) or preferred_language(request)
    request.scope.setdefault("path_params", {})["language"] = language
    return Screen(request, getattr(request.state, "viewer", Viewer()))


def _here(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(request.scope["path"]) + query
