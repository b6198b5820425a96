"""Showing a page: language, viewer, notices and addresses, so that a route only names its template."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from portal.accounts.viewer import Viewer
from portal.core.errors import N_
from portal.request import READING_METHODS, CurrentViewer, services
from portal.templating import DEFAULT_LANGUAGE, LANGUAGES, environment
from portal.web.languages import LANGUAGE_COOKIE, language_of

STATIC = Path(__file__).parent / "static"
NOTICE_COOKIE = "sala_notice"
_YEAR = 31_536_000
# What a page may say once, after the action that led to it.
NOTICES = {
    "saved": N_("Saved."),
    "published": N_("Published. It can be found from now on."),
    "withdrawn": N_("Withdrawn. Its address now says so."),
    "discarded": N_("The draft was thrown away."),
    "handed-over": N_("Handed over. Your colleague gets a mail."),
    "removed": N_("Removed."),
    "confirmed": N_("Confirmed. Thank you."),
    "confirmed-but": N_("Confirmed, except what is past its end: say whether it is completed or prolonged."),
    "new-version": N_("A new version was started. The published one stays as it is until you publish this."),
    "mail-sent": N_("A mail is on its way. Follow the link in it."),
    "mail-sent-to-others": N_("Your message is on its way."),
    "signed-in": N_("You are signed in."),
    "signed-out": N_("You are signed out."),
    "password-changed": N_("The password is changed. All other devices are signed out."),
    "address-changed": N_("The mail address is changed."),
    "address-confirmed": N_("Your address is confirmed. You can sign in now."),
    "sessions-ended": N_("All devices are signed out."),
    "account-deleted": N_("The account is deleted."),
    "registered": N_("Registered. A coordinator will verify the organisation."),
    "verified": N_("The organisation is verified."),
    "unverified": N_("The verification is taken back."),
    "invited": N_("The invitation is on its way."),
    "joined": N_("You belong to the organisation now."),
    "asked": N_("Asked. The people who run the organisation will answer."),
    "answered": N_("Answered. The person gets a mail."),
    "left": N_("You left the organisation."),
    "retried": N_("It will be tried again now."),
    "place-changed": N_("The place is changed. Its earlier name is still found."),
    "group-changed": N_("The group is changed."),
    "nothing-changed": N_("Nothing was changed."),
    "copied": N_("Copied as a draft. Look at its dates and numbers: they are those of the original."),
    "line-waits": N_("Saved as a draft. It is shown to others once nothing is missing in it."),
}


@cache
def static_address(name: str) -> str:
    """The address of an own script or style, with a digest so that it may be cached for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{digest}/{name}"


class Screen:
    """What a route shows its page on."""

    def __init__(self, request: Request, viewer: Viewer) -> None:
        self.request = request
        self.viewer = viewer
        wanted = request.path_params.get("language", DEFAULT_LANGUAGE)
        self.language = wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE

    def address(self, path: str = "/", **query: Any) -> str:
        """The address of a page in this language; empty query values are dropped."""
        kept = [(k, v) for k, v in query.items() if v not in (None, "", [], ())]
        text = urlencode(kept, doseq=True)
        return f"/{self.language}{quote(path, safe='/:@-._~')}" + (f"?{text}" if text else "")

    def same_page_in(self, language: str) -> str:
        """The address of this page in another language; after a refused form, of the page it was sent from."""
        path, query = self.request.scope["path"], self.request.url.query
        if self.request.method not in READING_METHODS:
            sent_from = urlsplit(self.request.headers.get("referer", ""))
            is_own = sent_from.netloc == self.request.headers.get("host", "")
            path, query = (unquote(sent_from.path), sent_from.query) if is_own else (path, "")
        first = language_of(path)
        rest = quote(path.removeprefix(f"/{first}")) if first else "/"
        return f"/{language}{rest}" + (f"?{query}" if query else "")

    def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Render a template with the values it names and those every page has."""
        notice = NOTICES.get(self.request.cookies.get(NOTICE_COOKIE, ""), "")
        settings = services(self.request).settings
        text = (
            environment(self.language)
            .get_template(template)
            .render(
                viewer=self.viewer,
                address=self.address,
                static=static_address,
                switch=self.same_page_in,
                path=self.request.url.path.removeprefix(f"/{self.language}") or "/",
                portal_name=settings.portal_name,
                is_demonstration=settings.is_demonstration,
                notice=notice,
                json=_json,
                **values,
            )
        )
        response = HTMLResponse(text, status_code=status)
        if notice:
            response.delete_cookie(NOTICE_COOKIE)
        # A page may differ by viewer, so that no shared cache keeps it; browsers may, and ask again.
        response.headers["Cache-Control"] = "private, no-cache"
        self._remember_language(response, settings.uses_https)
        return response

    def _remember_language(self, response: Response, uses_https: bool) -> None:
        """Keep the language last read, for addresses without one; written only when it is another."""
        read = language_of(self.request.scope["path"])
        if read and self.request.cookies.get(LANGUAGE_COOKIE) != read:
            response.set_cookie(
                LANGUAGE_COOKIE, read, max_age=_YEAR, httponly=True, samesite="lax", secure=uses_https
            )

    def go(self, path: str, notice: str = "", **query: Any) -> Response:
        """Answer a form that succeeded: 303 to a page, which may say a notice once."""
        response = RedirectResponse(self.address(path, **query), status_code=303)
        if notice:
            response.set_cookie(NOTICE_COOKIE, notice, max_age=60, httponly=True, samesite="lax")
        return response


def _json(value: object) -> Markup:
    """JSON that is safe inside an HTML attribute or a data block."""
    text = json.dumps(value, ensure_ascii=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace("'", "\\u0027"))  # noqa: S704


def screen(request: Request, viewer: CurrentViewer) -> Screen:
    return Screen(request, viewer)


CurrentScreen = Annotated[Screen, Depends(screen)]
