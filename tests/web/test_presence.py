"""The presence page: one question as map, matrix, timeline, table and file, with the same figures for each."""

import csv
import gzip
import io
import json
import re
from datetime import UTC, datetime, timedelta
from random import Random

import openpyxl
import pytest

from portal.accounts.models import Role
from portal.core.clock import today
from portal.places.boundaries import Boundary, BoundaryFile, load_boundaries
from portal.places.queries import find_place
from portal.registry.coverage_models import Attestation, AttestationKind
from portal.registry.models import ActivityLine, LinePlace, LineState, Project, ProjectState, ProjectText
from portal.registry.terms import Reach, Status
from portal.registry.vocabularies import Intervention
from tests.browsers import accessibility_problems, chromium, overflow_pixels, running_portal
from tests.web.test_statements import count_statements

FIGURE = r"<dt>(?:<a [^>]*>)?{}(?:</a>)?</dt><dd>([\d.,]+)</dd>"


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


class Register:
    """Adds published projects of one line each, straight to the tables."""

    def __init__(self, browser):
        self.browser = browser
        self.number = 0
        with browser.arranging() as make:
            self.organisation = make.organisation("Village Light")
            self.editor = make.member(self.organisation, Role.EDITOR)

    def add(
        self, *places, intervention=Intervention.PSC_TRN, family=None, reach=Reach.PUBLIC, title="", **values
    ):
        self.number += 1
        with self.browser.arranging() as make:
            project = Project(
                number=self.number,
                organisation_id=self.organisation.id,
                family_id=family or self.organisation.id,
                reach=reach,
                state=ProjectState.PUBLISHED,
                status=Status.ONGOING,
            )
            project.family_id = family or project.id
            make.session.add(project)
            make.session.flush()
            make.session.add(
                ProjectText(project_id=project.id, language="en", title=title or f"Work {self.number}")
            )
            self._line(make.session, project, places, intervention, values)
            return project.id

    def _line(self, session, project, places, intervention, values):
        line = ActivityLine(
            **{
                "project_id": project.id,
                "number": 1,
                "reference": f"{project.reference}-01",
                "state": LineState.PUBLISHED,
                "implementer_id": self.organisation.id,
                "policy_area": intervention.policy_area,
                "intervention": intervention,
                "starts_on": today() - timedelta(days=100),
                "ends_on": today() + timedelta(days=600),
                "confirmed_at": datetime.now(UTC) - timedelta(days=5),
                **values,
            }
        )
        session.add(line)
        session.flush()
        for code in places:
            session.add(LinePlace(line_id=line.id, place_id=find_place(session, code).id))


@pytest.fixture
def register(browser):
    return Register(browser)


def figure(page, name):
    return int(re.search(FIGURE.format(name), page.text)[1])


def figures_of(browser, query=""):
    return browser.get(f"/en/presence?{query}&format=json").json()


def cells_of(browser, query=""):
    """Families by code of the place and column, where there are any."""
    places = figures_of(browser, query)["places"]
    return {
        (place["code"] or place["scope"], column): cell["families"]
        for place in places
        for column, cell in place["cells"].items()
        if cell["families"]
    }


def test_an_empty_register_says_that_nothing_is_known_and_not_that_there_are_gaps(browser):
    page = browser.get("/en/presence")
    assert figure(page, "provinces of which nothing is recorded") == 18
    assert page.text.count("unknown") > 18
    assert "Schematic, computed from district centres; not boundaries." in page.text
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    assert "gap" not in re.sub(r"<[^>]*>", "", main).lower()


def test_work_shows_on_the_map_in_the_matrix_and_leads_to_its_lines(browser, register):
    register.add("LA0501", "LA0502", title="Training of border police")
    page = browser.get("/en/presence")
    assert "<title>Bokeo: 1, covered</title>" in page.text
    link = re.search(r'class="cell k1 covered" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert link == "/en/presence?province=LA05&area=prosecution&view=table"
    table = browser.get(link)
    assert "Training of border police" in table.text
    assert "/en/projects/LA-0001" in table.text
    assert "Tonpheung" in table.text


def test_a_province_leads_to_its_districts(browser, register):
    register.add("LA0501")
    register.add("LA05", intervention=Intervention.PRO_SHL)
    register.add("LA")
    zoomed = browser.get("/en/presence?province=LA05")
    assert figure(zoomed, "families of projects") == 2
    assert "Whole province" in zoomed.text
    assert "1 more family works in the whole country." in zoomed.text
    assert cells_of(browser, "province=LA05") == {
        ("LA0501", "prosecution"): 1,
        ("LA0501", "PSC-TRN"): 1,
        ("LA05", "protection"): 1,
        ("LA05", "PRO-SHL"): 1,
    }


def test_every_state_has_its_word(browser, register):
    register.add("LA0201", ends_on=today() + timedelta(days=30))
    register.add("LA0301", starts_on=today() + timedelta(days=30), confirmed_at=None)
    register.add("LA0401", status=Status.SUSPENDED)
    with browser.arranging() as make:
        sekong = find_place(make.session, "LA15")
        make.session.add(
            Attestation(kind=AttestationKind.NOBODY, place_id=sekong.id, said_on=today(), said_by="Committee")
        )
        bokeo = find_place(make.session, "LA05")
        make.session.add(
            Attestation(
                kind=AttestationKind.NIL_RETURN,
                organisation_id=register.organisation.id,
                place_id=bokeo.id,
                said_on=today(),
            )
        )
    states = {place["code"]: place["state"] for place in figures_of(browser)["places"]}
    assert [states[f"LA{number:02}"] for number in (2, 3, 4, 15, 5, 6)] == [
        "ending_soon",
        "planned",
        "dormant",
        "none",
        "unknown",
        "unknown",
    ]
    page = browser.get("/en/presence")
    for name in ("ending soon", "planned", "dormant", "nobody", "unknown"):
        assert f"<small>{name}</small>" in page.text


@pytest.mark.parametrize("reach", [Reach.ORGANISATION, Reach.COORDINATORS, Reach.MEMBERS])
def test_what_is_not_shared_with_a_visitor_is_in_no_view_and_no_file(browser, register, reach):
    register.add("LA0501", reach=reach, title="Hidden work")
    visitors = [browser, browser.as_(register.editor)]
    for visitor, expected in zip(visitors, [False, True], strict=True):
        texts = [
            visitor.get(f"/en/presence?view={view}").text for view in ("map", "matrix", "timeline", "table")
        ]
        texts += [visitor.get("/en/places/LA05").text, visitor.get("/en/presence?format=csv").text]
        assert ("Hidden work" in texts[2] + texts[3] + texts[5]) == expected
        assert ("<title>Bokeo: 1, covered</title>" in texts[0]) == expected
        assert (figures_of(visitor)["total"]["families"] == 1) == expected
        assert ("Village Light" in "".join(texts)) == expected


def test_lapsed_work_is_shown_to_whoever_asks_for_the_archive(browser, register):
    register.add("LA0501", confirmed_at=datetime.now(UTC) - timedelta(days=400))
    assert figures_of(browser)["total"]["families"] == 0
    assert figures_of(browser, "condition=lapsed")["total"]["families"] == 1


def test_filters_become_chips_that_take_them_back(browser, register):
    register.add("LA0501")
    page = browser.get(
        "/en/presence?province=LA05&area=prosecution&organisation=ORG-000001&role=implementing"
    )
    assert figure(page, "families of projects") == 1
    assert 'href="/en/presence?province=LA05&amp;area=prosecution">' in page.text
    assert (
        'href="/en/presence?area=prosecution&amp;organisation=ORG-000001&amp;role=implementing">' in page.text
    )


@pytest.mark.parametrize(
    "query",
    [
        "province=XX&area=nothing&condition=none&organisation=ORG-999999&from=yesterday&page=x&view=tiles",
        "from=0001-01-01&to=9999-12-31",
        "page=999999999&view=table",
        "province=" + "LA05&province=" * 100 + "LA06",
        "district=LA0501&district=LA0601&view=timeline",
        "from=2027-01-01&to=2020-01-01&view=timeline",
        "format=exe",
    ],
)
def test_an_address_that_asks_for_nonsense_still_shows_a_page(browser, register, query):
    register.add("LA0501")
    assert browser.get(f"/en/presence?{query}").status_code == 200


def test_nothing_found_says_what_that_means(browser, register):
    page = browser.get("/en/presence?area=policy")
    assert "It does not mean that nobody works on this" in page.text


def test_a_title_like_a_formula_stays_a_title_in_every_file(browser, register):
    title = '=HYPERLINK("http://evil.example")'
    register.add("LA0501", title=title)
    [row] = csv.DictReader(io.StringIO(browser.get("/en/presence?format=csv").content.decode("utf-8-sig")))
    assert row["title"] == "'" + title
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/en/presence?format=xlsx").content))
    cell = book.worksheets[1]["D2"]
    assert (cell.value, cell.data_type) == (title, "s")


def test_a_file_says_with_codes_and_words_what_it_holds_and_where_it_is_from(browser, register):
    register.add("LA0501", "LA0601")
    answer = browser.get("/lo/presence?area=prosecution&format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["district_code"] for row in rows] == ["LA0501", "LA0601"]
    assert {row["province"] for row in rows} == {"ບໍ່ແກ້ວ", "ຫຼວງພະບາງ"}
    assert {row["places_of_line"] for row in rows} == {"2"}
    assert rows[0]["intervention_code"] == "PSC-TRN"
    assert rows[0]["address"] == "http://testserver/lo/projects/LA-0001"
    assert rows[0]["source"] == "http://testserver/lo/presence?area=prosecution"
    assert rows[0]["as_of"] == today().isoformat()
    assert "attachment" in answer.headers["content-disposition"]


def families_in_rows(rows):
    """The figures of the matrix, counted again over the rows of a file."""
    found = {}
    for row in rows:
        place = row["province_code"] or "country"
        for column in {row["area_code"], row["intervention_code"]} - {""}:
            found.setdefault((place, column), set()).add(row["family"])
    return {cell: len(families) for cell, families in found.items()}


def families_in_matrix(page):
    """The numbers that stand in the cells of the page, by place and 4P."""
    body = re.search(r"<tbody>(.*?)</tbody>", page.text, re.DOTALL)[1]
    areas = ("policy", "prevention", "protection", "prosecution")
    return [
        dict(
            zip(
                areas,
                (int(n) if n.isdigit() else 0 for n in re.findall(r"<b>(?:<[^>]*>)?(\d+|\?)", row)),
                strict=False,
            )
        )
        for row in body.split("</tr>")[:-1]
    ]


@pytest.mark.parametrize("seed", range(4))
def test_map_matrix_table_timeline_and_files_show_the_same_figures(browser, register, seed):
    random = Random(seed)
    families = [None]
    for _ in range(14):
        places = random.sample(["LA0501", "LA0502", "LA05", "LA0601", "LA1301", "LA"], random.randint(1, 2))
        kind = random.choice([Intervention.PSC_TRN, Intervention.PRO_SHL, Intervention.PRE_AWR])
        families.append(register.add(*places, intervention=kind, family=random.choice(families)))
    for query in ("", "area=protection", "intervention=PSC-TRN&area=prosecution", "breadth=district"):
        figures = figures_of(browser, query)
        content = browser.get(f"/en/presence?{query}&format=csv").content.decode("utf-8-sig")
        cells = cells_of(browser, query)
        assert families_in_rows(csv.DictReader(io.StringIO(content))) == cells
        page = browser.get(f"/en/presence?{query}")
        keys = [place["code"] or place["scope"] for place in figures["places"]]
        shown = {
            (key, area): number
            for key, row in zip(keys, families_in_matrix(page), strict=True)
            for area, number in row.items()
            if number
        }
        assert shown == {cell: number for cell, number in cells.items() if "-" not in cell[1]}
        on_map = {name: int(n) for name, n in re.findall(r"<title>([^:<]+): (\d+),", page.text)}
        assert on_map == {
            place["name"]: place["families"] for place in figures["places"] if place["scope"] == "province"
        }
        timeline = browser.get(f"/en/presence?{query}&view=timeline")
        assert timeline.text.count('<svg class="bar ') == figures["total"]["families"]
        table = browser.get(f"/en/presence?{query}&view=table")
        assert (
            len(re.findall(r'<span class="muted">LA-\d{4}-\d\d</span>', table.text))
            == figures["total"]["lines"]
        )
        book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/en/presence?{query}&format=xlsx").content))
        assert [row[2] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)][:-1] == [
            place["families"] for place in figures["places"]
        ]


def test_loaded_boundaries_are_drawn_and_named(browser, register):
    square = [[(100.0, 20.0), (101.0, 20.0), (101.0, 21.0), (100.0, 21.0), (100.0, 20.0)]]
    with browser.arranging() as make:
        file = BoundaryFile([Boundary((f"LA050{number}",), (), (), square) for number in range(1, 6)], "")
        load_boundaries(make.session, file, "Survey of 2020")
    assert "Boundaries: Survey of 2020" in browser.get("/en/presence?province=LA05").text
    assert "Schematic" in browser.get("/en/presence?province=LA06").text


@pytest.mark.parametrize("reference", ["LA", "LA05", "LA0501"])
def test_a_place_tells_who_works_there(browser, register, reference):
    register.add("LA0501")
    page = browser.get(f"/en/places/{reference}")
    assert "Who works here" in page.text
    assert "1 family of projects" in page.text
    assert "Village Light" in page.text


def test_a_page_weighs_little(browser, register):
    for number in range(30):
        register.add(f"LA{number % 18 + 1:02}01", intervention=list(Intervention)[number % 29])
    for view in ("map", "matrix", "timeline", "table"):
        assert len(gzip.compress(browser.get(f"/lo/presence?view={view}").content, 6)) < 14_000, view


@pytest.mark.parametrize(
    ("query", "most"), [("", 12), ("province=LA05", 18), ("view=timeline", 14), ("view=table", 14)]
)
def test_a_page_asks_the_database_a_few_questions_however_much_is_recorded(browser, register, query, most):
    register.add("LA0501", "LA0601")
    browser.get("/en/presence")
    with count_statements(browser) as few:
        browser.get(f"/en/presence?{query}")
    for number in range(1, 10):
        register.add(f"LA050{number % 5 + 1}")
    browser.get("/en/presence")
    with count_statements(browser) as many:
        browser.get(f"/en/presence?{query}")
    assert len(many) == len(few) <= most


def test_the_figures_are_json_for_programs(browser, register):
    register.add("LA0501")
    figures = json.loads(browser.get("/en/presence?format=json").text)
    assert figures["as_of"] == today().isoformat()
    assert figures["total"]["families"] == 1
    assert set(figures["total"]) >= {"confirmed_percent", "state", "records"}
    # People must not be added up, so that no figure has them.
    assert not {"planned", "reached", "people"} & set(figures["total"])


@pytest.fixture(scope="module")
def opened_chromium():
    with chromium() as opened:
        yield opened


@pytest.mark.browser
@pytest.mark.parametrize("view", ["map", "matrix", "timeline", "table"])
@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("lo", 360)])
def test_axe_finds_nothing_and_nothing_runs_over(
    settings, opened_chromium, browser, register, view, language, width
):
    register.add("LA0501", "LA06")
    register.add("LA", intervention=Intervention.PRO_SHL)
    with running_portal(settings) as portal:
        context = opened_chromium.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{portal.address}/{language}/presence?view={view}")
        assert accessibility_problems(page) == ""
        assert overflow_pixels(page) == 0
        context.close()
