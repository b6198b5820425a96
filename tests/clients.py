"""A visitor: requests against the whole portal, forms posted as a browser posts them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session

from portal.accounts.models import User
from portal.accounts.origins import Origin
from portal.accounts.session_actions import open_user_session
from portal.jobs.worker import work_off
from portal.request import SESSION_COOKIE, Services
from tests.factories import Factory


class Browser:
    """Wraps the test client; `as_` returns a new visitor who is signed in, with cookies of their own."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.cookies: dict[str, str] = {}

    @property
    def services(self) -> Services:
        services: Services = self.client.app.state.services
        return services

    @contextmanager
    def arranging(self) -> Iterator[Factory]:
        """A transaction in which a test sets its scene; committed at the end of the block."""
        with self.services.database.writing() as session:
            yield Factory(session)

    @contextmanager
    def looking(self) -> Iterator[Session]:
        with self.services.database.reading() as session:
            yield session

    def as_(self, user: User | None) -> "Browser":
        """Another visitor: this person, signed in, or nobody in particular."""
        visitor = Browser(self.client)
        if user is not None:
            with self.services.database.writing() as session:
                token = open_user_session(session, user, Origin(), 14)
            visitor.cookies[SESSION_COOKIE] = token
        return visitor

    def get(self, address: str, **options: Any):
        return self._request("GET", address, **options)

    def post(self, address: str, data: dict[str, Any] | None = None, **options: Any):
        return self._request("POST", address, data=data or {}, **options)

    def head(self, address: str, **options: Any):
        return self._request("HEAD", address, **options)

    def let_the_worker_work(self) -> None:
        work_off(self.services)

    def _request(self, method: str, address: str, **options: Any):
        headers = {"Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.client.cookies.clear()
        answer = self.client.request(method, address, headers=headers, **options)
        self._keep_cookies(answer.headers.get_list("set-cookie"))
        return answer

    def _keep_cookies(self, headers: list[str]) -> None:
        for name, cookie in ((n, c) for header in headers for n, c in SimpleCookie(header).items()):
            if cookie["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = cookie.value


def hidden_value(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    match = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    assert match, f"The page has no hidden field {name!r}."
    return match[1]
