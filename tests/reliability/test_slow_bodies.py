"""Bodies that arrive slowly, never end, or are cut off: nobody else waits for them."""

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx2
import pytest

from portal.request import SESSION_COOKIE
from tests.browsers import running_portal

PATIENCE_SECONDS = 5
BEGINNING, LENGTH = b"email=a&password=b", 1000


@pytest.fixture
def portal(settings):
    with running_portal(settings) as running:
        yield running


@contextmanager
def unfinished_post(address: str, path: str) -> Iterator[socket.socket]:
    """A post of somebody whose session means nothing, half of which has arrived."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {SESSION_COOKIE}=made-up\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {LENGTH}\r\n\r\n".encode()
            + BEGINNING
        )
        yield connection


def test_a_body_that_arrives_slowly_keeps_nobody_from_saving_or_reading(portal):
    with unfinished_post(portal.address, "/en/sign-in"):
        account = {"name": "Khamla", "email": "khamla@example.org", "password": "a long password"}
        saved = httpx2.post(f"{portal.address}/en/sign-up", data=account, timeout=PATIENCE_SECONDS)
        shown = httpx2.get(f"{portal.address}/en/places", timeout=PATIENCE_SECONDS)
    assert (saved.status_code, shown.status_code) == (303, 200)


def test_pages_are_shown_while_many_wait_to_save(portal):
    with portal.services.database.writing() as session, ExitStack() as crowd:
        session.connection()
        for _ in range(60):
            connection = crowd.enter_context(unfinished_post(portal.address, "/en/sign-in"))
            connection.sendall(b"b" * (LENGTH - len(BEGINNING)))
        shown = httpx2.get(f"{portal.address}/en/places", timeout=PATIENCE_SECONDS)
    assert shown.status_code == 200


def test_a_body_that_is_cut_off_leaves_no_traceback(portal, caplog):
    with caplog.at_level(logging.INFO), unfinished_post(portal.address, "/en/sign-in") as connection:
        connection.close()
        give_up = time.monotonic() + PATIENCE_SECONDS
        while "went away" not in caplog.text and time.monotonic() < give_up:
            time.sleep(0.05)
    assert "went away" in caplog.text
    assert "Traceback" not in caplog.text
