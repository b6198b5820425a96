"""The main journey: a training officer shares a kit, somebody else finds the right page of it in Lao."""

import re
import time

import pytest
from playwright.sync_api import expect

from portal.sample.journey import JOURNEY_PAGE, JOURNEY_PHRASE, journey_files, journey_kit
from portal.sample.organisations import PEOPLE
from tests.journeys.conftest import PATIENCE_MILLISECONDS, Visitor

OFFICER = next(person.email for person in PEOPLE if person.key == "daniel")

pytestmark = pytest.mark.browser


def choose_files(visitor: Visitor, folder) -> None:
    paths = []
    for name, content in journey_files():
        path = folder / name
        path.write_bytes(content)
        paths.append(path)
    visitor.page.get_by_label("1. Which files?").set_input_files(paths)


def find_phrase(visitor: Visitor) -> None:
    """Search until the worker has carried the kit to the index."""
    give_up = time.monotonic() + PATIENCE_MILLISECONDS / 1000
    while True:
        visitor.open("/en/")
        box = visitor.page.get_by_role("searchbox").or_(visitor.page.get_by_role("combobox")).first
        box.fill(JOURNEY_PHRASE)
        box.press("Enter")
        visitor.page.wait_for_url(re.compile("/en/search"))
        if visitor.page.locator("mark").count() or time.monotonic() > give_up:
            return


def test_a_kit_is_shared_found_and_opened_at_the_page(visitor: Visitor, tmp_path):
    page = visitor.page
    visitor.sign_in(OFFICER)

    page.get_by_role("link", name="Share something").first.click()
    choose_files(visitor, tmp_path)
    page.get_by_role("button", name="Continue").click()
    visitor.wait_until_read()
    kit = journey_kit()
    expect(page.get_by_label("Type", exact=False).first).to_have_value("training_kit")
    page.locator("#title_lo").fill(kit.titles["lo"])
    page.locator("#title_en").fill(kit.titles["en"])
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(kit.titles["en"])

    visitor.sign_out()
    find_phrase(visitor)
    first = page.locator("ol.cards > li").first
    expect(first).to_contain_text(kit.titles["en"])
    expect(first.locator("mark").first).to_contain_text(JOURNEY_PHRASE[:4])

    first.get_by_role("link", name=f"Page {JOURNEY_PAGE}").first.click()
    expect(page).to_have_url(re.compile(rf"/read/.*page={JOURNEY_PAGE}"))
    expect(page.locator("main mark").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(JOURNEY_PHRASE)
