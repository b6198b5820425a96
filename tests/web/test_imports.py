"""The pages of the workbook: taken home, handed in, looked at, imported, taken back."""

import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from portal.accounts.models import Role
from portal.app import create_app
from tests.clients import Browser
from tests.exchange.made_tables import HEADERS, csv_table, workbook_rows

LINE = {
    "title_en": "Border training",
    "implementer": "Village Light",
    "policy_area": "Prosecution",
    "intervention": "PSC-TRN",
    "target_group": "Border police",
    "province": "Bokeo",
    "district": "Huoixai; Tonpheung",
    "start": "2026-01-01",
    "end": "2026-12-31",
    "planned_total": "1,200",
}


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def browser(settings) -> Iterator[Browser]:
    with TestClient(create_app(settings), follow_redirects=False) as client:
        yield Browser(client)


@pytest.fixture
def editor(browser):
    with browser.arranging() as make:
        organisation = make.organisation("Village Light")
        person = make.member(organisation, Role.EDITOR)
    visitor = browser.as_(person)
    visitor.organisation = organisation
    return visitor


def _hand_in(visitor, content, name="lines.csv"):
    return visitor.post(
        "/en/imports",
        {"organisation": str(visitor.organisation.id)},
        files={"file": (name, content, "application/octet-stream")},
    )


def _imported(visitor, content, name="lines.csv"):
    address = _hand_in(visitor, content, name).headers["location"]
    rows = [str(number) for number in range(1, 60)]
    answer = visitor.post(f"{address}/rows", {"shown": rows, "row": rows, "do": "import", "publish": "true"})
    assert answer.status_code == 303, answer.text
    return address


def test_an_editor_hands_a_table_in_and_sees_what_it_would_do(editor):
    answer = _hand_in(editor, csv_table([LINE]))
    assert answer.status_code == 303
    page = editor.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Border training" in page.text
    assert "Import 1 chosen row" in page.text


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x"])
def test_odd_pages_are_answered(editor, page):
    address = _hand_in(editor, csv_table([LINE])).headers["location"]
    assert editor.get(f"{address}?page={page}").status_code == 200


def test_what_was_chosen_is_written_and_can_be_taken_back(editor):
    address = _imported(editor, csv_table([LINE]))
    assert "Written as new" in editor.get(address).text
    assert "LA-0001-01" in editor.get("/en/imports/ORG-000001/workbook.csv").text

    assert editor.post(f"{address}/undo").status_code == 303
    assert "LA-0001-01" not in editor.get("/en/imports/ORG-000001/workbook.csv").text
    assert editor.post(f"{address}/undo").status_code == 422


def test_the_workbook_comes_back_unchanged(editor):
    _imported(editor, csv_table([LINE]))
    workbook = editor.get("/en/imports/ORG-000001/workbook.xlsx").content
    address = _hand_in(editor, workbook, "book.xlsx").headers["location"]
    page = editor.get(address).text
    assert "Unchanged 1" in page
    assert "Import 0 chosen rows" in page


def test_a_changed_cell_is_shown_as_old_and_new(editor):
    _imported(editor, csv_table([LINE]))
    rows = workbook_rows(editor.get("/en/imports/ORG-000001/workbook.xlsx").content)
    tags = rows[2]
    rows[3][tags.index("#targeted+total")] = 900
    content = "\n".join(",".join(f'"{cell if cell is not None else ""}"' for cell in row) for row in rows)
    page = editor.get(_hand_in(editor, content.encode()).headers["location"]).text
    assert "<del>1200</del> → <ins>900</ins>" in page


def test_an_unknown_organisation_is_asked_and_the_answer_remembered(editor):
    with editor.arranging() as make:
        other = make.organisation("Bridge House")
    content = csv_table([{**LINE, "implementer": "Bridge Hous"}])
    address = _hand_in(editor, content).headers["location"]
    page = editor.get(address).text
    assert "Bridge House – spelt alike" in page
    assert editor.post(f"{address}/answers", {"answer-0": str(other.id)}).status_code == 303
    assert "Import 1 chosen row" in editor.get(address).text
    again = _hand_in(editor, content).headers["location"]
    assert "spelt alike" not in editor.get(again).text


def test_an_answer_nobody_knows_is_refused_beside_the_questions(editor):
    address = _hand_in(editor, csv_table([{**LINE, "implementer": "Bridge Hous"}])).headers["location"]
    answer = editor.post(f"{address}/answers", {"other-0": "Nobody at all"})
    assert answer.status_code == 422
    assert "Nobody at all" in answer.text


def test_a_table_without_known_headers_is_matched_by_hand_once(editor):
    rows = [["Wer", "Was", "4Ps", "Wo"], ["Village Light", "Border training", "Prosecution", "Bokeo"]]
    content = "\n".join(",".join(row) for row in rows).encode()
    address = _hand_in(editor, content).headers["location"]
    assert "Which column is which" in editor.get(address).text
    chosen = {
        "column-0": "implementer",
        "column-1": "title_en",
        "column-2": "policy_area",
        "column-3": "province",
    }
    assert editor.post(f"{address}/columns", chosen).status_code == 303
    assert "Import 1 chosen row" in editor.get(address).text
    again = _hand_in(editor, content).headers["location"]
    assert "Import 1 chosen row" in editor.get(again).text


def test_matching_without_organisations_is_refused_and_keeps_what_was_chosen(editor):
    address = _hand_in(editor, b"Wer,Was\nVillage Light,Training\n").headers["location"]
    answer = editor.post(f"{address}/columns", {"column-1": "title_en"})
    assert answer.status_code == 422
    assert '<option value="title_en" selected' in answer.text


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "empty.xlsx", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture.png", "This is no table"),
        (b"PK\x03\x04" + bytes(200), "broken.xlsx", "This is no table"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(editor, content, name, sentence):
    answer = _hand_in(editor, content, name)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_new_row_shows_what_it_says_and_nothing_as_changed(editor):
    with editor.arranging() as make:
        make.organisation("<b>Helpers</b>")
    content = csv_table([{**LINE, "implementer": "<b>Helpers</b>"}])
    address = _hand_in(editor, content).headers["location"]
    page = editor.get(address).text
    assert "<bdi>2026-01-01 – 2026-12-31</bdi>" in page
    assert "<bdi>1200 (People)</bdi>" in page
    assert "&lt;b&gt;Helpers&lt;/b&gt;" in page
    assert "<b>Helpers" not in page
    assert "<ins>" not in page


def test_dates_in_either_order_are_asked(editor):
    content = csv_table([{**LINE, "start": "01/05/2026", "end": "02/06/2026"}])
    address = _hand_in(editor, content).headers["location"]
    page = editor.get(address).text
    assert "2026-05-01" in page
    assert "2026-01-05" in page
    assert editor.post(f"{address}/day-order", {"day_order": "day_first"}).status_code == 303
    assert "Import 1 chosen row" in editor.get(address).text


def test_dates_that_contradict_each_other_in_one_file_are_asked(editor):
    rows = [
        {**LINE, "start": "31/12/2025", "end": "12/31/2026"},
        {**LINE, "start": "03/04/2026", "end": "05/06/2026"},
    ]
    address = _hand_in(editor, csv_table(rows)).headers["location"]
    page = editor.get(address).text
    assert "2026-04-03" in page
    assert "2026-03-04" in page
    assert "Import 1 chosen row" in page
    assert editor.post(f"{address}/day-order", {"day_order": "month_first"}).status_code == 303
    assert "Import 2 chosen rows" in editor.get(address).text


def test_rows_with_problems_come_back_with_their_reasons(editor):
    content = csv_table([{**LINE, "planned_total": "-5"}])
    address = _hand_in(editor, content).headers["location"]
    rows = workbook_rows(editor.get(f"{address}/problems.xlsx").content)
    assert "less than nothing" in rows[2][-1]
    assert editor.get(f"{address}/file").content == content


def test_others_neither_see_nor_change_an_import(editor, browser):
    address = _hand_in(editor, csv_table([LINE])).headers["location"]
    with browser.arranging() as make:
        person = make.member(make.organisation("Elsewhere"), Role.ADMIN)
    stranger = browser.as_(person)
    for path in ("", "/file", "/problems.xlsx"):
        assert stranger.get(address + path).status_code == 404
    assert stranger.post(f"{address}/rows", {"do": "import"}).status_code == 404
    assert stranger.get("/en/imports/ORG-000001/workbook.xlsx").status_code == 404
    assert browser.get(address).status_code == 303


def test_a_contributor_takes_the_workbook_home_but_hands_none_in(editor, browser):
    with browser.arranging() as make:
        person = make.member(editor.organisation, Role.CONTRIBUTOR)
    contributor = browser.as_(person)
    contributor.organisation = editor.organisation
    assert contributor.get("/en/imports/ORG-000001/workbook.xlsx").status_code == 200
    answer = _hand_in(contributor, csv_table([LINE]))
    assert answer.status_code == 403
    assert "Only editors" in answer.text


def test_the_public_takes_home_what_is_public(editor, browser):
    _imported(editor, csv_table([LINE, {**LINE, "title_en": "Quiet work", "reach": "organisation"}]))
    text = browser.get("/en/imports/lines.csv").content.decode("utf-8-sig")
    assert "Border training" in text
    assert "Quiet work" not in text
    assert "Quiet work" in editor.get("/en/imports/lines.csv").content.decode("utf-8-sig")


def test_the_page_reads_in_lao(editor):
    address = _hand_in(editor, csv_table([{**LINE, "planned_total": "-5"}])).headers["location"]
    page = editor.get(address.replace("/en/", "/lo/"))
    assert page.status_code == 200
    assert "ແຜນ: ທັງໝົດ" in page.text


def test_the_same_form_twice_imports_once(editor):
    address = _imported(editor, csv_table([LINE]))
    assert editor.post(f"{address}/rows", {"do": "import"}).status_code == 422
    assert editor.get("/en/imports/ORG-000001/workbook.csv").text.count("LA-0001-") == 1


def test_headers_stand_in_both_languages(editor):
    rows = workbook_rows(io.BytesIO(editor.get("/en/imports/ORG-000001/workbook.xlsx").content).read())
    assert "Who does the work *" in rows[0]
    assert "ຜູ້ຈັດຕັ້ງປະຕິບັດ *" in rows[1]
    assert len(rows[2]) == len(HEADERS)
