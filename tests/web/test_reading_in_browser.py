"""What only a real browser can tell of the readers' pages: suggestions, narrow screens, accessibility."""

import io

import pytest
from reportlab.pdfgen.canvas import Canvas
from sqlmodel import col, select

from portal.accounts.models import Organisation
from portal.jobs.worker import work_off
from portal.library.models import FileEntry
from portal.library.vocabularies import Visibility
from tests.browsers import accessibility_problems, chromium, overflow_pixels, running_portal
from tests.factories import Factory

pytestmark = pytest.mark.browser
LONG = "harbour " * 300


def pdf():
    target = io.BytesIO()
    canvas = Canvas(target)
    for number in (1, 2, 3):
        canvas.drawString(72, 700, f"Harbour, page {number}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


@pytest.fixture
def portal(settings):
    with running_portal(settings) as portal:
        with portal.services.database.writing() as session:
            make = Factory(session)
            organisation = make.organisation("Village Light")
            make.resource(
                portal.services.files,
                make.member(organisation),
                organisation,
                title="Safe migration",
                title_lo="ຄູ່ມືການເຄື່ອນຍ້າຍແຮງງານທີ່ປອດໄພສຳລັບໄວໜຸ່ມໃນບ້ານ",
                summary_en="For young people. " * 20,
                policy_areas=["policy", "protection"],
                languages=["en", "lo"],
                files=[("report.pdf", pdf()), ("a_very_long_name_" * 8 + ".txt", LONG.encode())],
            )
            unbroken = make.organisation("O" * 190, contact_email=f"{'a' * 60}@example.org")
            make.resource(
                portal.services.files,
                make.member(unbroken),
                unbroken,
                title="W" * 300,
                summary_en="S" * 900,
                authors="A" * 190,
                licence_note="L" * 400,
                files_visibility=Visibility.ORGANISATION,
            )
        work_off(portal.services)
        yield portal


@pytest.fixture
def addresses(portal):
    with portal.services.database.reading() as session:
        statement = select(FileEntry.id).where(FileEntry.kind == "txt", col(FileEntry.name).startswith("a_"))
        text = session.exec(statement).one()
        unbroken = session.exec(select(Organisation.id).where(Organisation.name == "O" * 190)).one()
    return [
        "/en/",
        "/lo/",
        "/en/search?q=harbour",
        "/en/search?q=harbuor&language=lo",
        "/en/search?q=nothing&language=th",
        "/lo/library/R-0001",
        "/en/library/R-0001/versions",
        f"/en/library/R-0001/read/{text}?q=harbour",
        f"/en/search?q={'w' * 190}&organisation={unbroken.hex}&sector={'x' * 100}",
        f"/en/search?organisation={unbroken.hex}",
        "/en/library/R-0002",
        "/en/about",
        "/en/help",
    ]


def test_pages_fit_a_phone_and_please_axe(portal, addresses):
    with chromium() as browser:
        page = browser.new_context(bypass_csp=True, viewport={"width": 360, "height": 740}).new_page()
        for address in addresses:
            page.goto(portal.address + address)
            assert overflow_pixels(page) == 0, address
            assert accessibility_problems(page) == "", address


def test_suggestions_come_while_typing_and_open_by_keyboard(portal):
    with chromium() as browser:
        page = browser.new_page()
        refused = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(f"{portal.address}/en/search")
        page.fill("#q", "harb")
        page.wait_for_selector("#suggestions a")
        assert page.get_attribute("#q", "aria-expanded") == "true"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        assert page.get_attribute("#q", "aria-expanded") == "false"
        assert page.evaluate("document.activeElement.id") == "q"
        page.fill("#q", "harbo")
        page.wait_for_selector("#suggestions a:visible")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/read/**")
        assert "harbo" in page.inner_text("main").lower()
        assert refused == []


def test_everything_works_without_scripts(portal):
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"{portal.address}/en/")
        page.fill("#q", "harbour")
        page.press("#q", "Enter")
        page.wait_for_url("**/search?q=harbour")
        page.check('input[name="language"][value="lo"]')
        page.click("text=Apply")
        page.wait_for_url("**language=lo**")
        assert page.locator("ol.cards > li").count() == 1
        page.click("text=Clear all")
        page.wait_for_url("**/search?q=harbour")
