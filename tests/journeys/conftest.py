"""A portal with the sample's people and a worker beside it, and browsers of several kinds."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.cli.upgrade import upgrade_installation
from portal.core.settings import Settings
from portal.jobs.worker import run_worker
from portal.sample.seed import seed_sample
from portal.sample.seed_people import SAMPLE_PASSWORD
from tests.browsers import RunningPortal, chromium, running_portal

# Long enough for a worker on a busy machine to read three files and index them.
PATIENCE_MILLISECONDS = 60_000


@dataclass(frozen=True)
class Visitor:
    """A person at a browser: clicks by the words they read, in the language of the page."""

    page: Page
    portal: RunningPortal
    has_script: bool

    def open(self, path: str) -> None:
        self.page.goto(self.portal.address + path)

    def sign_in(self, email: str) -> None:
        self.open("/en/sign-in")
        self.page.get_by_label("Mail address").fill(email)
        self.page.get_by_label("Password").fill(SAMPLE_PASSWORD)
        self.page.locator("main").get_by_role("button", name="Sign in").click()

    def wait_until_read(self) -> None:
        """With scripts the page follows by itself; without, one looks again."""
        if self.has_script:
            expect(self.page.get_by_text("being read")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)
        give_up = time.monotonic() + PATIENCE_MILLISECONDS / 1000
        while self.page.get_by_text("being read").count() and time.monotonic() < give_up:
            self.page.wait_for_timeout(500)
            self.page.reload()

    def sign_out(self) -> None:
        self.open("/en/account")
        self.page.get_by_role("button", name="Sign out", exact=True).click()


@pytest.fixture
def journey_browser() -> Iterator[Browser]:
    """One for each test: ending a second Playwright in the same process ends the first one's browser, too."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def journey_portal(settings: Settings) -> Iterator[RunningPortal]:
    """The people and organisations of the sample, none of its resources, and a worker in a thread."""
    with running_portal(settings) as portal:
        upgrade_installation(portal.services)
        seed_sample(portal.services, only=())
        stop = threading.Event()
        worker = threading.Thread(target=run_worker, args=(portal.services, stop.is_set))
        worker.start()
        yield portal
        stop.set()
        worker.join(60)


@contextmanager
def visiting(browser: Browser, portal: RunningPortal, width: int, has_script: bool) -> Iterator[Visitor]:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=has_script, locale="en"
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield Visitor(context.new_page(), portal, has_script)
    context.close()


@pytest.fixture(
    params=[
        pytest.param((360, True), id="phone"),
        pytest.param((1280, True), id="desktop"),
        pytest.param((360, False), id="phone without script"),
    ]
)
def visitor(
    request: pytest.FixtureRequest, journey_browser: Browser, journey_portal: RunningPortal
) -> Iterator[Visitor]:
    with visiting(journey_browser, journey_portal, *request.param) as visitor:
        yield visitor


@pytest.fixture
def desktop_visitor(journey_browser: Browser, journey_portal: RunningPortal) -> Iterator[Visitor]:
    with visiting(journey_browser, journey_portal, 1280, True) as visitor:
        yield visitor
