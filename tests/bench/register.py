"""The register at its full size: pages over HTTP, looking for overlaps, importing a workbook of 2,000 rows.

Each figure is the median of several runs in one process beside the others of the same run; times over HTTP are of
questions that were not asked before. `idle` work of the machine is told by a baseline, the plainest page there is.
"""

import csv
import io
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import select

from portal.accounts.models import Organisation, Role
from portal.accounts.viewer import Viewer
from portal.app import close_services, open_services
from portal.core.settings import Settings
from portal.exchange.import_actions import start_import
from portal.exchange.import_queries import count_rows
from portal.exchange.import_writing import import_chosen
from portal.exchange.received_tables import receive_table
from portal.library.vocabularies import PolicyArea
from portal.places.queries import provinces
from portal.registry.finding_detection import compare_changes, compare_register, keep
from portal.registry.models import Project
from portal.registry.snapshot import read_snapshot, touch_projects
from portal.registry.vocabularies import Intervention, TargetGroup
from portal.request import Services
from portal.sample.seed import show_nothing
from portal.sample.seed_scale_registry import NAME, seed_scale_registry
from portal.templating import translate
from tests.bench.measures import Timing, request_times, watching_memory

ROWS = 2_000
RUNS = 3
QUESTIONS = 40
HEADINGS = {
    "#activity+name": "Project {project}",
    "#org+impl+name": "{owner}",
    "#sector+code+v_4p": "prosecution",
    "#subsector+code": "PSC-TRN",
    "#beneficiary+name": "police_border",
    "#adm1+code+v_pcode": "{province}",
    "#adm2+code+v_pcode": "{district}",
    "#date+start": "2026-02-01",
    "#date+end": "{end}",
    "#targeted+total": "{people}",
}


def register(folder: Path, lines: int, opened: Callable[[Settings], Services]) -> Settings:
    """The settings of a register of that size, made if it is not there yet. Nothing of it is in the search index."""
    settings = Settings(data_dir=folder / f"register-{lines}", is_demonstration=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    services = opened(settings)
    seed_scale_registry(services, lines, seed=1, progress=show_nothing)
    services.database.close()
    return settings


def presence_times(address: str, settings: Settings, services: Services) -> dict[str, Timing]:
    """Pages and JSON of filters nobody asked before, and the plainest page as the baseline."""
    with services.database.reading() as session:
        codes = [place.id for place in provinces(session)]
    draw = random.Random(7)
    asked: set[str] = set()

    def new_question() -> str:
        while True:
            question = "&".join(
                (
                    f"policy_area={draw.choice(list(PolicyArea))}" if draw.random() < 0.8 else "",
                    f"intervention={draw.choice(list(Intervention))}" if draw.random() < 0.3 else "",
                    f"target_group={draw.choice(list(TargetGroup))}" if draw.random() < 0.5 else "",
                    f"province={draw.choice(codes)}" if draw.random() < 0.5 else "",
                )
            )
            if question not in asked:
                asked.add(question)
                return question

    pages = [f"/en/presence?view={view}&{new_question()}" for view in ("map", "matrix", "table") * QUESTIONS]
    figures = [f"/en/presence?format=json&{new_question()}" for _ in range(QUESTIONS * 3)]
    return {
        "baseline": request_times(address, ["/en/about"] * QUESTIONS),
        "pages": request_times(address, pages, warm_up=3),
        "json": request_times(address, figures, warm_up=3),
    }


def recompute(settings: Settings) -> tuple[float, float]:
    """`sala overlaps recompute` as it is typed, its start included: seconds, and the most memory in MB."""
    seconds, most = [], 0
    for _ in range(RUNS):
        started = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "portal.cli", "overlaps", "recompute"],
            env={**os.environ, "SALA_DATA_DIR": str(settings.data_dir)},
            stdout=subprocess.DEVNULL,
        ) as process:
            with watching_memory(process.pid) as taken:
                process.wait()
            seconds.append(time.perf_counter() - started)
        if process.returncode:
            raise RuntimeError(f"Looking for overlaps ended with {process.returncode}")
        most = max(most, *taken)
    return statistics.median(seconds), most / 1e6


def comparing_seconds(services: Services) -> tuple[float, int]:
    """Comparing everything that is in memory already, without keeping it: seconds, findings."""
    seconds, found = [], 0
    for _ in range(RUNS):
        with services.database.reading() as session:
            read_snapshot(session)
            started = time.perf_counter()
            found = len(compare_register(session).detected)
            seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), found


def seconds_of_a_change(services: Services) -> float:
    """One changed project: reading it again, comparing it, keeping what was found."""
    with services.database.reading() as session:
        projects = session.exec(select(Project.id).limit(RUNS * 3)).all()
    seconds = []
    for project in projects:
        with services.database.writing() as session:
            touch_projects(session, [project])
        started = time.perf_counter()
        with services.database.reading() as session:
            comparison = compare_changes(session)
        assert comparison is not None
        with services.database.writing() as session:
            keep(session, comparison)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def import_seconds(settings: Settings) -> tuple[float, float]:
    """A table of 2,000 new rows, each time in a copy: seconds until its preview is there, and until all is written."""
    previews, commits = [], []
    for _ in range(RUNS):
        with TemporaryDirectory() as folder:
            copied = settings.model_copy(update={"data_dir": Path(folder) / "copy"})
            shutil.copytree(settings.data_dir, copied.data_dir)
            services = open_services(copied)
            preview, commit = _import_once(services)
            close_services(services)
        previews.append(preview)
        commits.append(commit)
    return statistics.median(previews), statistics.median(commits)


def _import_once(services: Services) -> tuple[float, float]:
    with services.database.reading() as session:
        owner = session.exec(select(Organisation).where(Organisation.name == f"{NAME} 1")).one()
    viewer = Viewer(name="Bench", roles={owner.id: Role.EDITOR}, verified_organisations=frozenset({owner.id}))
    started = time.perf_counter()
    received = receive_table(services.files, "lines.csv", io.BytesIO(_table(owner.name)))
    with services.database.writing() as session:
        batch = start_import(session, viewer, owner.id, received, translate, "en")
        counts = count_rows(session, batch)
    previewed = time.perf_counter()
    with services.database.writing() as session:
        written = import_chosen(session, viewer, session.merge(batch), translate, "en")
    ended = time.perf_counter()
    if written != ROWS:
        raise RuntimeError(f"Only {written} of {ROWS} rows were written: {counts}")
    return previewed - started, ended - previewed


def _table(owner: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for row in _rows(owner):
        writer.writerow(row)
    return text.getvalue().encode()


def _rows(owner: str) -> Iterator[list[str]]:
    for number in range(ROWS):
        province = number % 17 + 1
        values = {
            "project": str(number // 10),
            "owner": owner,
            "province": f"LA{province:02d}",
            "district": f"LA{province:02d}{number % 3 + 1:02d}",
            "end": f"2026-{number % 9 + 3:02d}-28",
            "people": str(10 + number),
        }
        yield [text.format(**values) for text in HEADINGS.values()]
