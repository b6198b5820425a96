"""Error pages: each of the six kinds, and what the framework itself refuses, in the visitor's language."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from portal.accounts.viewer import Viewer
from portal.core.errors import N_, SalaError
from portal.templating import DEFAULT_LANGUAGE, LANGUAGES
from portal.web.screen import Screen

TITLES = {
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
log = logging.getLogger("sala")


def install_refusals(app: FastAPI) -> None:
    app.add_exception_handler(SalaError, _refused)
    app.add_exception_handler(HTTPException, _framework_refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(Exception, _failed)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, SalaError)
    if error.status == 401 and request.method == "GET":
        language = request.url.path.split("/")[1]
        chosen = language if language in LANGUAGES else DEFAULT_LANGUAGE
        address = Screen(_with_language(request, chosen), Viewer()).address
        return RedirectResponse(address("/sign-in", next=_here(request)), status_code=303)
    return _page(request, error.status, error.message, error.values)


def _framework_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _page(request, error.status_code, "", {})


def _not_understood(request: Request, error: Exception) -> Response:
    # Addresses are the only typed input that reaches the framework: an id that cannot be one is no page.
    return _page(request, 404, N_("There is no page at this address."), {})


def _failed(request: Request, error: Exception) -> Response:
    log.error("request failed: %s %s", request.method, request.url.path, exc_info=error)
    return _page(
        request, 500, N_("The mistake is ours and was written down. What you typed before was kept."), {}
    )


def _page(request: Request, status: int, message: str, values: object) -> Response:
    language = request.url.path.split("/")[1]
    shown = Screen(
        _with_language(request, language if language in LANGUAGES else DEFAULT_LANGUAGE),
        getattr(request.state, "viewer", Viewer()),
    )
    title = TITLES.get(status, HTTPStatus(status).phrase)
    return shown.show("errors/refused.html", status, title=title, message=message, values=values)


def _with_language(request: Request, language: str) -> Request:
    request.scope.setdefault("path_params", {})["language"] = language
    return request


def _here(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query
