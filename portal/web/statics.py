"""The portal's own style, scripts and icon, under addresses that change when they do."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response

from portal.core.errors import N_, NotFound, require
from portal.request import services
from portal.web.screen import STATIC, static_address

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
router = APIRouter()


@router.get("/static/{digest}/{name}", include_in_schema=False)
def static_file(digest: str, name: str) -> Response:
    path = STATIC / Path(name).name
    require(path.is_file() and path.suffix in MEDIA_TYPES, NotFound(N_("There is no page at this address.")))
    # A page from before an update asks by the old digest: today's file must not be kept under it.
    is_current = static_address(path.name) == f"/static/{digest}/{name}"
    return FileResponse(
        path,
        media_type=MEDIA_TYPES[path.suffix],
        headers={"Cache-Control": FOR_EVER if is_current else ASK_AGAIN},
    )


@router.get("/favicon.ico", include_in_schema=False)
def icon() -> Response:
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


@router.get("/robots.txt", include_in_schema=False)
def robots() -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /en/search\nDisallow: /lo/search\n")


@router.get("/healthz", include_in_schema=False)
def alive(request: Request) -> Response:
    """Whether the portal answers and its database does: for `make demo` and whoever watches."""
    answers = services(request).database.answers()
    return PlainTextResponse("ok\n" if answers else "database\n", 200 if answers else 503)
