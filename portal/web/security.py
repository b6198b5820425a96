"""What every answer and every post is held to, whatever route it belongs to."""

import re
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.core.settings import Settings
from portal.request import SESSION_COOKIE

CHANGING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# More than any form without files needs: the longest summaries in seven languages.
LARGEST_FORM_BYTES = 2 * 2**20
_UPLOADS = re.compile(r"/[^/]+/(?:share|library/[^/]+/files)")
# Everything a page loads is its own; nothing inline runs, nobody may frame a page.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def add_security_headers(headers: MutableHeaders, uses_https: bool) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    if uses_https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def answering_head(router: APIRouter) -> APIRouter:
    """The same router, whose readable addresses also answer HEAD: the server leaves the body out."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")
    return router


class SecurityHeaders:
    """Adds the headers above; a route that serves files sets a stricter policy of its own."""

    def __init__(self, app: ASGIApp, uses_https: bool) -> None:
        self.app = app
        self.uses_https = uses_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_security_headers(MutableHeaders(scope=message), self.uses_https)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class SameSitePosts:
    """Refuses a change that another site's page asked for in a visitor's name.

    Browsers say where a request comes from (Sec-Fetch-Site, Origin); a request without either comes from
    no browser and carries no one's cookies but its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] in CHANGING_METHODS
            and _is_foreign(Headers(scope=scope))
        ):
            refusal = PlainTextResponse("This request came from another site and was refused.", 403)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


class BodyLimit:
    """Stops reading what is larger than any form, before it fills the disk.

    Refused inside the reading, so that the refusal is a page like all others; a route that reads nothing
    never asks.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        most = settings.maximum_files * settings.maximum_upload_bytes + LARGEST_FORM_BYTES
        self.largest_upload = min(most, settings.maximum_request_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.largest_upload if _may_upload(scope) else LARGEST_FORM_BYTES
        announced = Headers(scope=scope).get("content-length", "")
        received = int(announced) if announced.isdecimal() and int(announced) > limit else 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive() if received <= limit else {"type": "http.request"}
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_within_limit, send)


def _may_upload(scope: Scope) -> bool:
    """Files are taken of people who are signed in; whether this session still holds, the route asks."""
    return bool(_UPLOADS.fullmatch(scope["path"])) and SESSION_COOKIE in Request(scope).cookies


def _is_foreign(headers: Headers) -> bool:
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc != headers.get("host", "")
