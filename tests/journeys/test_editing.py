"""Writing a draft in a real browser: nothing typed is lost, whatever happens meanwhile."""

import pytest
from playwright.sync_api import expect

from portal.sample.organisations import PEOPLE
from tests.factories import TEXT
from tests.journeys.conftest import Visitor

OFFICER = next(person.email for person in PEOPLE if person.key == "daniel")

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(desktop_visitor: Visitor) -> Visitor:
    visitor = desktop_visitor
    visitor.sign_in(OFFICER)
    visitor.open("/en/share")
    files = [
        {"name": f"guide {n}.txt", "mimeType": "text/plain", "buffer": TEXT + b"%d" % n} for n in range(6)
    ]
    visitor.page.get_by_label("1. Which files?").set_input_files(files)
    visitor.page.get_by_role("button", name="Continue").click()
    return visitor


def test_what_is_typed_while_files_are_read_stays(draft: Visitor):
    title = draft.page.locator("#title_en")
    title.press_sequentially("A title of my own", delay=60)
    draft.wait_until_read()
    expect(title).to_have_value("A title of my own")
    expect(draft.page.locator("[data-saved]")).to_contain_text("Draft saved")
    draft.page.reload()
    expect(draft.page.locator("#title_en")).to_have_value("A title of my own")


def test_places_added_one_after_the_other_all_stay(draft: Visitor):
    page = draft.page
    draft.wait_until_read()
    for name in ("Savannakhet", "Salavan"):
        page.locator("#add_place").fill(name)
        page.locator("#add_place").press("Tab")
        expect(page.locator("[data-places]")).to_contain_text(name)
    page.reload()
    for name in ("Savannakhet", "Salavan"):
        expect(page.locator("[data-places]")).to_contain_text(name)


def test_pressing_save_while_it_is_being_saved_is_no_conflict(draft: Visitor):
    page = draft.page
    draft.wait_until_read()

    def slow(route):
        page.wait_for_timeout(1500) if route.request.headers.get("accept") == "application/json" else None
        route.continue_()

    page.route("**/edit", slow)
    page.locator("#licence_note").fill("Ask the training team")
    page.locator("#licence_note").press("Tab")
    page.wait_for_timeout(600)
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.locator("main")).to_contain_text("Saved.")
    expect(page.locator("main")).not_to_contain_text("Somebody else")


def test_removing_a_file_keeps_what_was_typed(draft: Visitor):
    page = draft.page
    draft.wait_until_read()
    page.locator("#summary_en").fill("Typed before removing a file")
    page.get_by_role("button", name="Remove guide 3.txt").click()
    expect(page.locator("main")).not_to_contain_text("guide 3.txt")
    expect(page.locator("#summary_en")).to_have_value("Typed before removing a file")
