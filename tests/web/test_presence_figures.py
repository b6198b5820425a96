"""One question, seven answers: matrix, map, table, timeline, CSV, XLSX and JSON hand out the same figures."""

import csv
import io
import json
import re
import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from html import unescape
from random import Random
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from starlette.datastructures import QueryParams

from portal.accounts.queries import viewer_of_user
from portal.accounts.viewer import Viewer
from portal.app import create_app
from portal.core.clock import now, today
from portal.core.settings import Settings
from portal.labels import LABELS
from portal.library.vocabularies import PolicyArea
from portal.places.queries import P_CODES, place_codes
from portal.registry.models import ProjectPartner
from portal.registry.presence_filter import Breadth, Phase, Role
from portal.registry.rows import places_of
from portal.registry.terms import PartnerRole, Reach, Status
from portal.registry.vocabularies import Intervention
from portal.templating import environment
from portal.web.presence import presence_file
from portal.web.presence_address import read_asked
from portal.web.presence_page import presence_page
from portal.web.screen import Screen
from tests.clients import Browser
from tests.web.test_presence import Register

LINES = 45
PLACES = ["LA", "LA05", "LA0501", "LA0502", "LA15", "LA1501", "LA0101", "LA1304"]
INTERVENTIONS = [Intervention.PSC_TRN, Intervention.PRO_SHL, Intervention.PRO_PSY, Intervention.PRE_AWR]
DAYS = [(today() + timedelta(days=days)).isoformat() for days in (-900, -400, -30, 0, 90, 500)]
FIELDS = {
    "province": ["LA01", "LA05", "LA15"],
    "district": ["LA0501", "LA0502", "LA1501"],
    "breadth": list(Breadth),
    "area": list(PolicyArea),
    "intervention": INTERVENTIONS,
    "group": ["police_border", "children"],
    "condition": list(Phase),
    "organisation": ["ORG-000001", "ORG-000002"],
    "role": list(Role),
    "from": DAYS,
    "to": DAYS,
    "confirmed": ["yes"],
}
QUESTIONS = st.lists(
    st.sampled_from([(name, str(value)) for name, values in FIELDS.items() for value in values]), max_size=5
)
AREAS = {str(LABELS["policy_area"][area]): area.value for area in PolicyArea}
WORKS = {str(LABELS["intervention"][work]): work.value for work in Intervention}
COLUMNS = {**AREAS, **WORKS}


@pytest.fixture(scope="module")
def portal(tmp_path_factory, loaded_database):
    """A register of everything that can be asked for; built once, since no test here changes it."""
    data = tmp_path_factory.mktemp("figures")
    shutil.copy(loaded_database, data / "sala.db")
    with TestClient(create_app(Settings(data_dir=data)), follow_redirects=False) as client:
        register = Register(Browser(client))
        with register.browser.arranging() as make:
            other = make.organisation("Other")
        fill(register, other, Random(3))
        yield register


def fill(register, other, random):
    """Lines drawn from everything that a filter can tell apart."""
    for number in range(LINES):
        starts = today() + timedelta(days=random.randint(-1200, 300))
        confirmed = random.choice([None, 10, 100, 300, 500])
        project_id = register.add(
            *random.sample(PLACES, random.choice([1, 1, 2, 3])),
            intervention=random.choice(INTERVENTIONS),
            family=random.choice([None, None, register.organisation.id, other.id]),
            reach=random.choice([Reach.PUBLIC, Reach.PUBLIC, Reach.MEMBERS, Reach.ORGANISATION]),
            implementer_id=random.choice([register.organisation, other]).id,
            other_policy_areas=random.choice([[], ["policy"], ["prevention", "protection"]]),
            target_groups=random.choice([[], ["police_border"], ["children"]]),
            status=random.choice(list(Status)),
            starts_on=starts,
            ends_on=random.choice([None, starts + timedelta(days=random.randint(20, 1500))]),
            confirmed_at=None if confirmed is None else now() - timedelta(days=confirmed),
        )
        if number % 3 == 0:
            with register.browser.arranging() as make:
                role = PartnerRole.FUNDING
                make.session.add(ProjectPartner(project_id=project_id, organisation_id=other.id, role=role))


class Answers:
    """What one reader is handed for one question, view by view and file by file; only presence is asked for."""

    def __init__(self, session, viewer, question):
        screen = Screen(SimpleNamespace(path_params={}), viewer)
        asked = read_asked(session, viewer, QueryParams(question))
        self.map = presence_page(session, screen, asked, today())
        self.matrix = replace(self.map, asked=replace(asked, view="matrix"))
        ids = {row.key for row in self.matrix.rows if row.key}
        ids |= places_of(spot for line in self.map.presence.lines for spot in line.spots)
        self.codes = place_codes(session, ids, P_CODES)

    def file(self, kind):
        return presence_file(self.map, kind, "").body

    @property
    def svg(self):
        macros = environment("en").get_template("components/map.html").module
        return str(macros.unit_map_figure(self.map.map, self.map.shapes, "Map"))

    def code(self, key):
        return self.codes[key] if key else ""

    def of_matrix(self):
        cells = {}
        for row in self.matrix.rows:
            cells[self.code(row.key), ""] = row.total.figures.families
            for column, cell in zip(self.matrix.columns, row.cells, strict=True):
                cells[self.code(row.key), column] = cell.figures.families
        return kept(cells)

    def of_lines(self, pairs):
        """Counted one by one from lines, each with the family it stands under."""
        cells = defaultdict(set)
        for family, line in pairs:
            for spot in line.spots:
                place = spot.place if self.map.is_zoomed else spot.province
                for column in {"", *line.row.policy_areas, *filter(None, [line.row.intervention])}:
                    cells[self.code(place), str(column)].add(family)
        return {cell: len(families) for cell, families in cells.items()}


def kept(cells):
    return {cell: number for cell, number in cells.items() if number}


def of_csv(content, *, is_zoomed):
    """Families by place and column, and all of them."""
    cells = defaultdict(set)
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        place = row["province_code"] if not is_zoomed else row["district_code"] or row["province_code"]
        others = [AREAS[word] for word in row["other_areas"].split("; ") if word]
        for column in {"", row["area_code"], row["intervention_code"], *others}:
            cells[place, column].add(row["family"])
    return {cell: len(families) for cell, families in cells.items()}, len(set().union(*cells.values()))


def of_xlsx(content):
    head, *rows, last = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    columns = {3 + at: COLUMNS[head[3 + at]] for at in range(0, len(head) - 6, 2)}
    cells = {
        (row[0], column): int(row[at]) for row in rows for at, column in {2: "", **columns}.items() if row[at]
    }
    return cells, int(last[2])


def of_json(figures):
    cells = {}
    for place in figures["places"]:
        cells[place["code"], ""] = place["families"]
        cells |= {(place["code"], name): cell["families"] for name, cell in place["cells"].items()}
    return kept(cells), figures["total"]["families"]


def of_map(svg, figures):
    """Families and state by code of every unit that is drawn, from the words inside its shape."""
    codes = {place["name"]: place["code"] for place in figures["places"]}
    titles = [unescape(title).rpartition(": ") for title in re.findall(r"<path [^>]*><title>([^<]*)", svg)]
    return {codes[name]: tuple(said.split(", ", 1)) for name, _, said in titles}


def drawn(figures):
    """What a map of these figures says."""
    labels = LABELS["cell_state_name"]
    return {
        place["code"]: (str(place["families"]), str(labels[place["state"]]))
        for place in figures["places"]
        if place["scope"] in ("province", "district")
    }


@pytest.fixture(scope="module")
def readers(portal):
    with portal.browser.looking() as session:
        return [Viewer(), viewer_of_user(session, portal.editor)]


@settings(max_examples=500, deadline=None)
@given(QUESTIONS, st.integers(0, 1))
def test_every_view_and_every_file_hands_out_the_same_figures(portal, readers, question, reader):
    with portal.browser.looking() as session:
        answers = Answers(session, readers[reader], question)
        figures = json.loads(answers.file("json"))
        cells, total = of_json(figures)
        assert answers.of_matrix() == cells
        assert of_map(answers.svg, figures) == drawn(figures)
        assert of_csv(answers.file("csv"), is_zoomed=answers.map.is_zoomed) == (cells, total)
        assert of_xlsx(answers.file("xlsx")) == (cells, total)
        lines, bars = answers.map.lines, answers.map.bars
        assert (
            (len(lines.rows), len(bars.rows))
            == (lines.total, bars.total)
            == (figures["total"]["lines"], total)
        )
        assert answers.of_lines((line.row.family_id, line) for line in lines.rows) == cells
        assert (
            answers.of_lines((bar.bar.family, line) for bar in bars.rows for line in bar.bar.lines) == cells
        )


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize(
    "question",
    [
        {},
        {"province": "LA05"},
        {"province": "LA05", "area": "protection", "condition": ["active", "over"]},
        {"organisation": "ORG-000002", "role": "funding", "from": DAYS[0]},
    ],
)
def test_what_is_sent_has_the_same_figures(portal, question, is_signed_in):
    visitor = portal.browser.as_(portal.editor if is_signed_in else None)
    address = f"/en/presence?{urlencode(question, doseq=True)}"
    page = visitor.get(address).text
    figures = visitor.get(f"{address}&format=json").json()
    cells, total = of_json(figures)
    assert total > 0
    assert of_map(page, figures) == drawn(figures)
    is_zoomed = "province" in question
    assert of_csv(visitor.get(f"{address}&format=csv").content, is_zoomed=is_zoomed) == (cells, total)
    assert of_xlsx(visitor.get(f"{address}&format=xlsx").content) == (cells, total)
