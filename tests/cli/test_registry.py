"""The register as a workbook from the console."""

import pytest
from sqlmodel import select

from portal.exchange.models import ImportBatch
from portal.registry.models import ActivityLine
from tests.exchange.made_tables import csv_table
from tests.factories import Factory

LINE = {
    "title_en": "Border training",
    "implementer": "Village Light",
    "policy_area": "Prosecution",
    "province": "Bokeo",
}


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def table(services, tmp_path):
    with services.database.writing() as session:
        Factory(session).organisation("Village Light")
    file = tmp_path / "lines.csv"
    file.write_bytes(csv_table([LINE, {**LINE, "title_en": "Second", "province": "Nowhere at all"}]))
    return file


def _stored(services, kind):
    with services.database.reading() as session:
        return len(session.exec(select(kind)).all())


def test_a_dry_run_tells_everything_and_writes_nothing(run, services, table):
    answer = run("registry", "import", str(table), "--organisation", "ORG-000001", "--dry-run")
    assert answer.exit_code == 0, answer.output
    assert "Nothing was written" in answer.output
    assert "Nowhere at all" in answer.output
    assert (_stored(services, ImportBatch), _stored(services, ActivityLine)) == (0, 0)


def test_rows_without_problems_are_written(run, services, table):
    answer = run("registry", "import", str(table), "--organisation", "ORG-000001")
    assert "1 rows written" in answer.output
    assert _stored(services, ActivityLine) == 1


def test_an_unknown_organisation_stops_the_import(run, table):
    assert run("registry", "import", str(table), "--organisation", "ORG-000099").exit_code == 1


def test_what_is_published_is_exported(run, tmp_path, table):
    for name in ("lines.xlsx", "lines.csv"):
        assert run("registry", "export", str(tmp_path / name)).exit_code == 0
        assert (tmp_path / name).stat().st_size > 100
    assert run("registry", "export", str(tmp_path / "lines.pdf")).exit_code == 1


def test_the_lines_of_one_organisation_are_exported(run, services, tmp_path, table):
    run("registry", "import", str(table), "--organisation", "ORG-000001")
    with services.database.writing() as session:
        Factory(session).organisation("Elsewhere")
    own, others = tmp_path / "own.csv", tmp_path / "others.csv"
    assert run("registry", "export", str(own), "--organisation", "ORG-000001").exit_code == 0
    assert run("registry", "export", str(others), "--organisation", "ORG-000002").exit_code == 0
    assert "Border training" in own.read_text(encoding="utf-8-sig")
    assert "Border training" not in others.read_text(encoding="utf-8-sig")
    assert run("registry", "export", str(own), "--organisation", "ORG-000099").exit_code == 1
