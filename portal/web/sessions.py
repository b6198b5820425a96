"""The session cookie, where a request comes from, and where a visitor goes after signing in."""

import re
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from portal.accounts.origins import Origin
from portal.request import SESSION_COOKIE, services
from portal.templating import LANGUAGES

_DAY = 86_400
# The next page is one of ours, in one of our languages; "//host" and "/\host" would lead away.
_OWN_PAGE = re.compile(rf"/(?:{'|'.join(LANGUAGES)})(?:[/?][^\\\x00-\x1f]*)?")


def origin_of(request: Request) -> Origin:
    client = request.client.host if request.client else ""
    return Origin(client=client, user_agent=request.headers.get("user-agent", ""))


def held_token(request: Request) -> str:
    return request.cookies.get(SESSION_COOKIE, "")


def keep_session(request: Request, response: Response, token: str) -> Response:
    """Let the browser hold the session's token; scripts and other sites never get it."""
    settings = services(request).settings
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=settings.session_days * _DAY,
        httponly=True,
        samesite="lax",
        secure=settings.uses_https,
    )
    return response


def drop_session(response: Response) -> Response:
    response.delete_cookie(SESSION_COOKIE)
    return response


def own_page(target: str) -> str:
    """The address of a page here, as it may stand in a redirect; empty for anything that is not one."""
    if len(target) > 2000 or not _OWN_PAGE.fullmatch(target):
        return ""
    return quote(target, safe="/?&=%:@-._~!$'()*+,;[]")
