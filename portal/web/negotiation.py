"""Addresses that are nearly right: without a language, or with a slash too many at the end."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from portal.core.errors import N_, NotFound, require
from portal.templating import LANGUAGES
from portal.web.languages import language_of, preferred_language

router = APIRouter()


@router.get("/{path:path}", include_in_schema=False)
def choose_language(request: Request, path: str) -> Response:
    """An address without a language leads to the same page in the visitor's own."""
    query = f"?{request.url.query}" if request.url.query else ""
    if language_of(f"/{path}"):
        target = _without_last_slash(path)
        require(target != f"/{path}", NotFound(N_("There is no page at this address.")))
        return RedirectResponse(quote(target) + query, status_code=302)
    # A path like //host would lead away from here.
    target = f"/{preferred_language(request)}/{path.lstrip('/')}"
    return RedirectResponse(
        quote(target) + query, status_code=302, headers={"Vary": "Accept-Language, Cookie"}
    )


def _without_last_slash(path: str) -> str:
    """The address as the pages have it: only the first page of a language ends with a slash."""
    bare = path.rstrip("/")
    return f"/{bare}/" if bare in LANGUAGES else f"/{bare}"
