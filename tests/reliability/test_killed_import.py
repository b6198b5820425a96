"""An import killed at any step of its commit: every chosen row is there, or none."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from portal.accounts.models import Role
from portal.app import close_services, open_services
from portal.core.settings import Settings
from portal.exchange.import_actions import start_import
from portal.exchange.models import BatchState, ImportBatch, ImportRow
from portal.exchange.received_tables import receive_table
from portal.registry.models import ActivityLine, Project
from portal.templating import translate
from tests.architecture.sources import ROOT
from tests.exchange.made_tables import csv_table
from tests.factories import Factory

ROWS = 6
LINE = {
    "implementer": "Village Light",
    "policy_area": "Prosecution",
    "intervention": "PSC-TRN",
    "target_group": "Border police",
    "province": "Bokeo",
    "start": "2026-01-01",
    "end": "2026-12-31",
}


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


def _prepare(services):
    lines = [{**LINE, "title_en": f"Project {n % 2}", "description": f"Part {n}"} for n in range(ROWS)]
    table = receive_table(services.files, "lines.csv", io.BytesIO(csv_table(lines)))
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation("Village Light")
        viewer = make.viewer(make.member(organisation, Role.EDITOR))
        start_import(session, viewer, organisation.id, table, translate, "en")


@pytest.mark.timeout(300)
def test_an_import_is_whole_or_not_at_all(services, settings, tmp_path):
    _prepare(services)
    close_services(services)
    command = [
        sys.executable,
        "-m",
        "tests.reliability.doom",
        "import",
        str(settings.data_dir),
        str(tmp_path / "killed"),
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    outcomes = json.loads(ended.stdout.splitlines()[-1])
    assert len(outcomes) >= 8
    assert [outcome["point"] for outcome in outcomes if not outcome["died_there"]] == []

    found = {outcome["point"]: _found(Path(outcome["folder"])) for outcome in outcomes}
    nothing, everything = (0, 0, 0, BatchState.PREVIEW), (2, ROWS, ROWS, BatchState.IMPORTED)
    assert {point: each for point, each in found.items() if each not in {nothing, everything}} == {}
    # Both happened, or the points would not have been where something changes.
    assert set(found.values()) == {nothing, everything}


def _found(folder):
    """Projects, lines, rows with an outcome, and how the import stands."""
    services = open_services(Settings(data_dir=folder))
    with services.database.reading() as session:
        projects, lines = session.exec(select(Project)).all(), session.exec(select(ActivityLine)).all()
        rows = session.exec(select(ImportRow).where(ImportRow.outcome != None)).all()  # noqa: E711 - SQL
        state = session.exec(select(ImportBatch.state)).one()
    close_services(services)
    return len(projects), len(lines), len(rows), BatchState(state)
