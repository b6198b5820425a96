"""A real browser against a real server: for what only a browser can tell, and for the journeys.

with running_portal(settings) as portal, chromium() as browser:
    page = browser.new_page()
    page.goto(f"{portal.address}/en/")
"""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import uvicorn

from portal.app import create_app
from portal.core.settings import Settings
from portal.request import Services
from tests.requirements import skip_or_fail

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page that asks another host for anything gets nothing, and the test sees it fail.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
START_SECONDS = 30


@dataclass(frozen=True)
class RunningPortal:
    """A portal that answers on this machine; its services let a test arrange, look, and work off jobs."""

    address: str
    services: Services


@contextmanager
def running_portal(settings: Settings) -> Iterator[RunningPortal]:
    """Serve the portal on a free loopback port until the block ends; mails name that address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(settings.model_copy(update={"base_url": address}))
        app.state.services.search.ensure_ready()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield RunningPortal(address, app.state.services)
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Debian's Chromium, driven by Playwright; the test is skipped where either is missing."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        skip_or_fail("Chromium is missing", "apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        skip_or_fail("Playwright is missing", "pip install playwright")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


def accessibility_problems(page: "Page") -> str:
    """What axe finds wrong with a page, one problem a line with the elements it concerns; empty when nothing.

    The page's context must bypass the content security policy, since axe is put into the page.
    """
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    found = Axe().run(page).response["violations"]
    return "\n".join(
        f"{problem['id']}: {node['html'][:200]} ({'; '.join(reason['message'] for reason in node['any'])})"
        for problem in found
        for node in problem["nodes"]
    )


def overflow_pixels(page: "Page") -> int:
    """By how much a page is wider than its window: what a reader would have to scroll sideways."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    give_up = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > give_up:
            pytest.fail("The portal did not start.")
        time.sleep(0.01)
