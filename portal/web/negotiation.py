"""Which language a visitor gets who has not chosen one: cookie, then browser, then English."""

from babel import negotiate_locale
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from portal.core.errors import N_, NotFound
from portal.templating import DEFAULT_LANGUAGE, LANGUAGES

LANGUAGE_COOKIE = "sala_language"
router = APIRouter()


def preferred_language(request: Request) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    accepted = [
        part.split(";")[0].strip().replace("-", "_")
        for part in request.headers.get("accept-language", "").split(",")[:10]
    ]
    return negotiate_locale([a for a in accepted if a], list(LANGUAGES)) or DEFAULT_LANGUAGE


@router.get("/{path:path}", include_in_schema=False)
def choose_language(request: Request, path: str) -> Response:
    """An address without a language leads to the same page in the visitor's own."""
    if path.split("/")[0] in LANGUAGES:
        raise NotFound(N_("There is no page at this address."))
    query = f"?{request.url.query}" if request.url.query else ""
    # A path like //host would lead away from here.
    target = f"/{preferred_language(request)}/{path.lstrip('/')}{query}"
    return RedirectResponse(target, status_code=302, headers={"Vary": "Accept-Language, Cookie"})
