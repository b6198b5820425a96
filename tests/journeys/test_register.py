"""The four journeys of the register: an overlap is settled, a workbook comes back, a plan is looked at, coverage goes home."""

import csv
import io
import re
import time

import openpyxl
import pytest
from playwright.sync_api import expect
from sqlmodel import select

from portal.registry.finding_models import Finding, FindingState
from portal.sample.organisations import PEOPLE
from portal.sample.seed_register import seed_register
from tests.journeys.conftest import PATIENCE_MILLISECONDS, Visitor

pytestmark = pytest.mark.browser

ADDRESSES = {person.key: person.email for person in PEOPLE}
SHOWN = ("border-police-bokeo", "border-police-provincial", "grant-border-police")


@pytest.fixture
def references(visitor: Visitor) -> dict[str, str]:
    """Three projects of Bokeo, and everything the worker finds about them."""
    written = seed_register(visitor.portal.services, only=SHOWN)
    give_up = time.monotonic() + PATIENCE_MILLISECONDS / 1000
    while not findings(visitor) and time.monotonic() < give_up:
        time.sleep(0.3)
    assert findings(visitor)
    return written


def findings(visitor: Visitor) -> list[Finding]:
    with visitor.portal.services.database.reading() as session:
        return list(session.exec(select(Finding).order_by(Finding.number)))


def test_a_coordinator_settles_an_overlap_before_the_meeting(visitor: Visitor, references):
    page = visitor.page
    visitor.sign_in(ADDRESSES["coordinator"])
    page.get_by_role("link", name="Overlaps", exact=True).first.click()
    page.get_by_role("link", name=re.compile("both do “Training of law enforcement”")).first.click()
    expect(page.get_by_text("How the points add up").first).to_be_visible()
    address = page.url
    page.get_by_role("button", name="Take it up as coordinator").click()
    page.get_by_text("Write down what was decided").click()
    page.get_by_label("They have agreed who does what").check()
    page.get_by_label(re.compile("In a sentence")).fill(
        "One course together in spring; the labour office invites."
    )
    page.get_by_role("button", name="Keep the decision").click()
    expect(page.get_by_text("One course together in spring").first).to_be_visible()
    assert page.url == address
    settled = [finding for finding in findings(visitor) if finding.state == FindingState.RESOLVED]
    assert [finding.decision_note for finding in settled] == [
        "One course together in spring; the labour office invites."
    ]


def test_an_organisation_takes_its_workbook_home_and_hands_it_in(visitor: Visitor, references, tmp_path):
    page = visitor.page
    visitor.sign_in(ADDRESSES["noy"])
    visitor.open("/en/imports")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Excel workbook")).first.click()
    path = tmp_path / "lines.xlsx"
    download.value.save_as(path)
    line = f"{references['border-police-bokeo']}-01"
    assert change_planned(path, line, 95) == 80

    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Look at what it would do").click()
    expect(page.get_by_text("80", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Import 1 chosen row").click()
    visitor.open(f"/en/projects/{references['border-police-bokeo']}")
    expect(page.get_by_text("95").first).to_be_visible()

    visitor.open("/en/imports")
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Look at what it would do").click()
    expect(page.get_by_role("link", name=re.compile("^Unchanged"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Changed"))).to_have_count(0)


def change_planned(path, line: str, people: int) -> int:
    """Write another figure into the row of a line; returns the one that stood there."""
    book = openpyxl.load_workbook(path)
    sheet = next(sheet for sheet in book if _tags(sheet))
    tags = _tags(sheet)
    reference, planned = tags["#activity+code"], tags["#targeted+total"]
    row = next(row for row in sheet.iter_rows() if row[reference].value == line)
    before = row[planned].value
    row[planned].value = people
    book.save(path)
    return before


def _tags(sheet) -> dict[str, int]:
    for row in sheet.iter_rows(max_row=10, values_only=True):
        if "#activity+code" in row:
            return {tag: place for place, tag in enumerate(row) if tag}
    return {}


def test_a_planner_reads_who_is_there_before_designing(visitor: Visitor, references):
    page = visitor.page
    visitor.sign_in(ADDRESSES["souk"])
    page.get_by_role("link", name="Before you design").first.click()
    page.get_by_text("Bokeo", exact=True).first.click()
    page.get_by_label("Huoixai").check()
    page.get_by_label("What is done?").select_option("PSC-TRN")
    page.get_by_label("Border police", exact=True).check()
    page.get_by_role("button", name="Show who is there").click()
    expect(page.get_by_role("heading", name="Possible overlaps: talk to them first")).to_be_visible()
    expect(page.get_by_text("Mekong Bridge International").first).to_be_visible()
    expect(page.get_by_role("heading", name="Whom to talk to")).to_be_visible()


def test_a_donor_takes_the_coverage_home(visitor: Visitor, references, tmp_path):
    page = visitor.page
    visitor.sign_in(ADDRESSES["donor"])
    visitor.open("/en/portfolio")
    expect(page.get_by_role("heading", name="Funded by Lantern Hill Foundation")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert any(references["border-police-bokeo"] in row for row in rows)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as XLSX").click()
    path = tmp_path / "portfolio.xlsx"
    download.value.save_as(path)
    assert openpyxl.load_workbook(path).sheetnames
