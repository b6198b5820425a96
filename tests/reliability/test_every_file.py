"""Real and hostile files, each through the share page and the worker, as somebody would send them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from portal.library.models import Reading, ReadingState
from tests.requirements import skip_or_fail

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.realdata


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    if not DATA.is_dir():
        skip_or_fail("The shared data is missing", "lay the folder shared/ beside the repository")
    hostile = tmp_path / "generator"
    # The script writes beside itself, and the shared folder may not be written to.
    shutil.copytree(DATA / "hostile" / "generator", hostile)
    subprocess.run([sys.executable, str(hostile / "make_fixtures.py")], check=True, capture_output=True)
    folders = (DATA / "documents" / "real", hostile / "out")
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def test_every_file_is_taken_or_refused_and_read_or_said_to_be_unreadable(browser, files):
    with browser.arranging() as make:
        organisation = make.organisation()
        editor = make.member(organisation)
    visitor = browser.as_(editor)
    data = {"organisation": str(organisation.id), "visibility": "public"}
    answers = {
        path.name: visitor.post("/en/share", data, files=[("files", (path.name, path.read_bytes()))])
        for path in files
    }
    assert {name: a.status_code for name, a in answers.items() if a.status_code not in (303, 422)} == {}
    visitor.let_the_worker_work()
    with browser.looking() as session:
        readings = session.exec(select(Reading)).all()
    assert len(readings) > 80
    assert [reading.sha256 for reading in readings if reading.state == ReadingState.WAITING] == []
    assert visitor.get("/en/").status_code == 200
