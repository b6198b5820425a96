"""Every file of the shared HXL folder: none stops the portal, the clean sheet has no error, the messy one all its faults."""

import pytest

from tests.exchange.hxl_files_table import HXL, hxl_files, tried
from tests.requirements import skip_or_fail

pytestmark = pytest.mark.realdata
FAULTS_OF_THE_MESSY_SHEET = (
    "Buddhist",
    "only a month",
    "spreadsheets count days",
    "This may be %(first)s or %(second)s",
    "Taken as not given",
    "no whole number",
    "Read as the code of",
    "The name says %(name)s and the code says %(code)s",
    "The district was taken",
)
# Only the CSV has a row twice and a line of totals.
FAULTS_OF_THE_CSV = ("The same as row", "line of totals")


@pytest.fixture
def folder():
    if not HXL.is_dir():
        skip_or_fail("the shared test data is absent", f"put it at {HXL}")
    return HXL


@pytest.fixture
def database_file(migrated_database):
    return migrated_database


def test_no_file_stops_the_portal(folder, services):
    answers = [tried(services, path) for path in hxl_files()]
    assert len(answers) == len(hxl_files())
    assert all(row[1] for row in answers)


def test_the_clean_sheet_has_no_error_and_no_question(folder, services):
    row = tried(services, folder / "synthetic_LA" / "lao_3w_clean.csv")
    assert row[2:7] == ("120", "120", "0", "0", "0")


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("lao_3w_messy.csv", (*FAULTS_OF_THE_MESSY_SHEET, *FAULTS_OF_THE_CSV)),
        ("lao_3w_messy.xlsx", FAULTS_OF_THE_MESSY_SHEET),
    ],
)
def test_the_messy_sheet_has_each_of_its_faults_named(folder, services, name, faults):
    named = tried(services, folder / "synthetic_LA" / name)[-2]
    assert [fault for fault in faults if fault not in named] == []
