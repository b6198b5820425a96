"""From a file to lines: what each row would do, what it did, and that it can be taken back."""

import io
from datetime import timedelta

import hxl
import pytest
from sqlmodel import select

from portal.accounts.models import Role
from portal.core.clock import day_of, now, today
from portal.core.errors import Conflict, Forbidden
from portal.exchange.downloads import organisation_workbook
from portal.exchange.import_actions import answer_questions, start_import
from portal.exchange.import_queries import count_rows, rows_of
from portal.exchange.import_writing import import_chosen, undo_import
from portal.exchange.models import RowState
from portal.exchange.received_tables import receive_table
from portal.places.models import PlaceCode
from portal.registry.line_actions import save_line
from portal.registry.line_batches import LineToSave, save_lines
from portal.registry.models import ActivityLine, LinePlace, LineState, Project, ProjectState
from portal.templating import translate
from tests.exchange.made_tables import TAGS, csv_table, workbook_rows
from tests.factories import line_input

YEAR_AGO, IN_A_YEAR = today() - timedelta(days=365), today() + timedelta(days=365)
LINE = {
    "title_en": "Border training",
    "implementer": "Village Light",
    "policy_area": "Prosecution",
    "intervention": "Training of law enforcement",
    "target_group": "Border police",
    "province": "Bokeo",
    "district": "Huoixai",
    "start": "2026-01-01",
    "end": "2026-12-31",
}


@pytest.fixture
def scene(session, make, services):
    return _Scene(session, make, services)


class _Scene:
    def __init__(self, session, make, services):
        self.session, self.make, self.services = session, make, services
        self.organisation = make.organisation("Village Light")
        self.viewer = make.viewer(make.member(self.organisation, Role.EDITOR))

    def hand_in(self, *lines, content=None):
        table = receive_table(self.services.files, "lines", io.BytesIO(content or csv_table(lines)))
        return start_import(self.session, self.viewer, self.organisation.id, table, translate, "en")

    def bring(self, *lines, content=None):
        batch = self.hand_in(*lines, content=content)
        import_chosen(self.session, self.viewer, batch, translate, "en", publish=True)
        return batch

    def rows(self, batch):
        return rows_of(self.session, batch)

    def first(self, *lines):
        return self.rows(self.hand_in(*lines))[0]

    def workbook(self, language="en"):
        return organisation_workbook(self.session, self.viewer, self.organisation.id, translate, language)

    def lines(self):
        wanted = select(ActivityLine).where(ActivityLine.state != LineState.REMOVED)
        return self.session.exec(wanted.order_by(ActivityLine.reference)).all()


def _said(row, level=None):
    return [r["message"] % r["values"] for r in row.remarks if level in (None, r["level"])]


def _states(rows):
    return [row.state for row in rows]


def test_a_complete_row_becomes_a_published_line(scene):
    scene.bring(LINE)
    (line,) = scene.lines()
    assert (line.reference, line.state, line.intervention) == ("LA-0001-01", LineState.PUBLISHED, "PSC-TRN")


def test_the_same_file_twice_changes_nothing(scene):
    content = csv_table([LINE, {**LINE, "district": "Tonpheung"}])
    scene.bring(content=content)
    again = scene.hand_in(content=content)
    assert _states(scene.rows(again)) == [RowState.UNCHANGED] * 2
    assert import_chosen(scene.session, scene.viewer, again, translate, "en") == 0
    assert len(scene.lines()) == 2


@pytest.mark.parametrize("language", ["en", "lo"])
def test_the_workbook_comes_back_without_a_change_in_either_language(scene, language):
    scene.make.organisation("Funder; with a semicolon")
    scene.bring(
        {**LINE, "title_lo": "ຝຶກອົບຮົມ", "description": "=1+1", "planned_total": 40, "planned_women": 12,
         "form": "Forced marriage; Begging", "destination": "TH", "modality": "Training", "reach": "members"},
        {**LINE, "title_en": "Other", "district": "", "external": "row-7", "status": "Suspended"},
        {**LINE, "title_en": "Everywhere", "province": "", "district": "", "country_code": "LA"},
        {**LINE, "title_en": "Mixed", "province_code": "LA05; LA06", "province": "", "district": "",
         "district_code": "LA0601"},
        {**LINE, "title_en": "Shared", "province": "", "district": "", "district_code": "LA0501=40; LA0502=60"},
    )  # fmt: skip
    batch = scene.hand_in(content=scene.workbook(language))
    rows = scene.rows(batch)
    assert [(row.state, _said(row), row.changes) for row in rows] == [(RowState.UNCHANGED, [], [])] * 5


def test_a_text_that_begins_like_a_formula_stays_a_text(scene):
    scene.bring({**LINE, "description": "=HYPERLINK(1)"})
    rows = workbook_rows(scene.workbook())
    assert rows[3][rows[2].index("#description")] == "=HYPERLINK(1)"
    assert scene.lines()[0].description == "=HYPERLINK(1)"


def test_libhxl_reads_what_we_write(scene):
    scene.bring({**LINE, "planned_total": 40})
    options = hxl.InputOptions(allow_local=True)
    source = hxl.data(io.BytesIO(scene.workbook()), options)
    (row,) = list(source)
    assert row.get("#activity+code") == "LA-0001-01"
    assert row.get("#adm2+code+v_pcode") == "LA0501"
    assert str(row.get("#targeted+total")) == "40"
    assert {column.display_tag.split("+")[0] for column in source.columns} >= {
        "#org",
        "#sector",
        "#date",
        "#status",
    }


def test_a_missing_row_means_nothing_and_deletion_needs_a_mark_and_a_reason(scene):
    scene.bring(LINE, {**LINE, "title_en": "Second"})
    one = {"line": "LA-0001-01"}
    assert _said(scene.first({**one, "remark": "Delete"})) == [
        "Say beside it, in a few words, why it is deleted."
    ]
    scene.bring({**one, "remark": "Delete", "reason": "Entered twice"})
    assert [line.reference for line in scene.lines()] == ["LA-0002-01"]


NO_CHANGE = {"line": "LA-0001-01", "remark": "No change"}


@pytest.fixture
def old(scene):
    """A published line that goes on, confirmed three months ago."""
    scene.bring({**LINE, "start": YEAR_AGO.isoformat(), "end": IN_A_YEAR.isoformat()})
    (line,) = scene.lines()
    line.confirmed_at = now() - timedelta(days=100)
    scene.session.flush()
    return line


def test_no_change_confirms_the_line_and_is_no_edit(scene, old):
    revision, day = old.revision, day_of(old.confirmed_at)
    batch = scene.hand_in(NO_CHANGE)
    (row,) = scene.rows(batch)
    assert (row.state, row.is_chosen, count_rows(scene.session, batch).chosen) == ("unchanged", True, 1)
    assert row.changes == [{"column": "confirmed", "old": day.isoformat(), "new": today().isoformat()}]
    assert import_chosen(scene.session, scene.viewer, batch, translate, "en") == 1
    assert (day_of(old.confirmed_at), old.confirmed_by_id) == (today(), scene.viewer.user_id)
    assert old.revision == revision
    again = scene.hand_in(NO_CHANGE)
    assert (scene.first(NO_CHANGE).changes, count_rows(scene.session, again).chosen) == ([], 0)


def test_a_row_that_says_nothing_or_is_not_chosen_confirms_nothing(scene, old):
    said_at = old.confirmed_at
    scene.bring({"line": "LA-0001-01"})
    batch = scene.hand_in(NO_CHANGE)
    scene.rows(batch)[0].is_chosen = False
    assert import_chosen(scene.session, scene.viewer, batch, translate, "en") == 0
    assert old.confirmed_at == said_at


def test_no_change_is_no_word_on_what_changed_or_is_past_its_end(scene, old):
    changed = scene.first({**NO_CHANGE, "planned_total": 5})
    assert (changed.state, _said(changed)) == (
        RowState.CHANGED,
        ["The remark says that nothing changed, but something did."],
    )
    old.ends_on = today() - timedelta(days=1)
    over = scene.first(NO_CHANGE)
    assert (over.changes, over.is_chosen) == ([], False)
    assert "past its end" in _said(over)[0]


def test_taking_an_import_back_takes_its_words_back_unless_somebody_said_more(scene, old):
    said_at, said_by = old.confirmed_at, old.confirmed_by_id
    undo_import(scene.session, scene.viewer, scene.bring(NO_CHANGE))
    assert (old.confirmed_at, old.confirmed_by_id) == (said_at, said_by)
    batch = scene.bring(NO_CHANGE)
    old.confirmed_at = later = now()
    undo_import(scene.session, scene.viewer, batch)
    assert old.confirmed_at == later


def test_only_the_chosen_rows_are_written(scene):
    batch = scene.hand_in(LINE, {**LINE, "title_en": "Second"})
    scene.rows(batch)[0].is_chosen = False
    assert import_chosen(scene.session, scene.viewer, batch, translate, "en") == 1
    assert len(scene.lines()) == 1


def test_taking_back_spares_what_was_changed_since(scene):
    scene.bring(LINE, {**LINE, "title_en": "Second"})
    batch = scene.bring(
        {"line": "LA-0001-01", "planned_total": 5}, {"line": "LA-0002-01", "planned_total": 6}
    )
    first, second = scene.lines()
    project = scene.session.get(Project, first.project_id)
    data = line_input(scene.organisation, planned_total=9, places=["LA0501"])
    save_line(scene.session, scene.viewer, project, data, first)

    assert undo_import(scene.session, scene.viewer, batch) == ["LA-0001-01"]
    assert (first.planned_total, second.planned_total) == (9, None)
    with pytest.raises(Conflict):
        undo_import(scene.session, scene.viewer, batch)


def test_taking_back_removes_what_came_and_the_empty_draft(scene):
    batch = scene.hand_in({**LINE, "intervention": ""})
    import_chosen(scene.session, scene.viewer, batch, translate, "en")
    undo_import(scene.session, scene.viewer, batch)
    assert scene.lines() == []
    assert scene.session.exec(select(Project.state)).all() == [ProjectState.DISCARDED]


def test_an_external_number_finds_the_line_again(scene):
    scene.bring({**LINE, "external": "our-7"})
    row = scene.first({**LINE, "external": "our-7", "planned_total": 3})
    assert (row.state, row.line_reference) == (RowState.CHANGED, "LA-0001-01")


def test_a_line_of_others_looks_like_no_line(scene):
    other = scene.make.organisation("Elsewhere")
    scene.make.project(other)
    row = scene.first({**LINE, "line": "LA-0001-01"})
    assert row.state == RowState.ERROR
    assert "no line of this number" in _said(row)[0]


def test_a_row_that_is_here_already_in_other_words_is_a_possible_duplicate(scene):
    scene.bring(LINE)
    row = scene.first({**LINE, "description": "The same again"})
    assert (row.state, row.is_chosen) == (RowState.DUPLICATE, False)
    assert "LA-0001-01" in _said(row)[-1]


def test_a_row_twice_in_a_file_is_told(scene):
    first, second = scene.rows(scene.hand_in(LINE, LINE))
    assert (first.state, second.state) == (RowState.NEW, RowState.DUPLICATE)
    assert _said(second) == ["The same as row 2."]


@pytest.mark.parametrize(
    ("changes", "column", "sentence"),
    [
        ({"end": "2025-01-01"}, "end", "It ends on 2025-01-01, before it starts on 2026-01-01."),
        ({"planned_total": "-4"}, "planned_total", "less than nothing"),
        ({"planned_total": "4", "planned_women": "9"}, "planned_total", "more than the total"),
        ({"district": "", "district_code": "LA9999"}, "district_code", "No place has this code."),
        ({"district_code": "LA0502"}, "district", "The name says"),
        ({"district": "", "district_code": "LA0501=140"}, "district_code", "percentage"),
        ({"title_en": ""}, "title_en", "project title"),
        ({"policy_area": ""}, "policy_area", "needed"),
        ({"project": "LA-0999"}, "project", "no project of this number"),
        ({"implementer": "Village Light; Elsewhere"}, "implementer", "one organisation"),
    ],
)
def test_an_error_names_its_cell_and_what_would_be_right(scene, changes, column, sentence):
    row = scene.first({**LINE, **changes})
    assert row.state == RowState.ERROR
    assert [
        (r["column"], sentence in r["message"] % r["values"]) for r in row.remarks if r["level"] == "error"
    ] == [(column, True)]


def test_what_contradicts_itself_is_told_with_the_value_found(scene):
    row = scene.first({**LINE, "end": "2025-01-01", "planned_total": "4", "planned_women": "9"})
    errors = {r["column"]: r["found"] for r in row.remarks if r["level"] == "error"}
    assert errors == {"end": "2025-01-01", "planned_total": "4"}


@pytest.mark.parametrize(
    ("changes", "column", "found"),
    [
        ({"end": "1 May 2025"}, "end", "1 May 2025"),
        ({"planned_total": "4", "planned_women": "9"}, "planned_total", "4"),
        ({"target_group": "Border police; Not work with people directly"}, "target_group", "Border police"),
        ({"remark": "Delete"}, "remark", "Delete"),
    ],
)
def test_an_error_about_what_cells_say_together_shows_the_value_found(scene, changes, column, found):
    row = scene.first({**LINE, **changes})
    assert [(r["column"], found in r["found"]) for r in row.remarks if r["found"]] == [(column, True)]


def test_a_new_row_tells_what_it_would_begin(scene):
    scene.make.organisation("Other Helpers")
    row = scene.first({**LINE, "implementer": "Other Helpers", "planned_women": 12, "planned_men": 8})
    assert {each["column"]: each["new"] for each in row.changes} == {
        "intervention": "Training of law enforcement",
        "district": "Huoixai, Bokeo (LA0501)",
        "start": "2026-01-01 – 2026-12-31",
        "target_group": "Border police",
        "planned_total": "20 (People)",
        "implementer": "Other Helpers",
    }


def test_a_new_row_without_an_intervention_tells_its_area_and_not_its_own_organisation(scene):
    row = scene.first({**LINE, "intervention": ""})
    columns = [each["column"] for each in row.changes]
    assert columns == ["policy_area", "district", "start", "target_group"]


def test_a_district_wins_over_its_province_and_that_is_said(scene):
    row = scene.first({**LINE, "province": "Champasack"})
    assert row.state == RowState.NEW
    assert "The district was taken." in _said(row)[0]


def test_an_ambiguous_province_is_decided_by_its_district_or_asked(scene):
    decided, asked = scene.rows(
        scene.hand_in(
            {**LINE, "province": "Vientiane", "district": "Hadxaifong"},
            {**LINE, "province": "Vientiane", "district": ""},
        )
    )
    assert (decided.state, _said(decided)) == (RowState.NEW, [])
    assert asked.state == RowState.QUESTION


def test_a_district_is_looked_for_inside_its_province(scene):
    scene.bring(
        {**LINE, "province": "Attapeu", "district": "Xaysetha"},
        {**LINE, "title_en": "B", "province": "Vientiane Capital", "district": "Xaysetha"},
    )
    places = {row.place_id for row in scene.session.exec(select(LinePlace)).all()}
    assert len(places) == 2


def test_the_column_that_was_changed_counts_where_name_and_code_differ(scene):
    scene.bring(LINE)
    tags = [TAGS[key] for key in ("line", "district", "district_code")]
    content = f"{','.join(tags)}\nLA-0001-01,Tonpheung,LA0501\n".encode()
    row = scene.rows(scene.hand_in(content=content))[0]
    assert row.state == RowState.CHANGED
    assert "Tonpheung" in row.changes[0]["new"]


def test_a_cell_that_was_not_understood_is_no_cell_that_was_emptied(scene):
    scene.bring(LINE)
    again = {
        "line": "LA-0001-01",
        **LINE,
        "end": "31/13/2026",
        "district": "Atlantis",
        "modality": "Training",
    }
    row = scene.first(again)
    assert row.state == RowState.ERROR
    assert [change["column"] for change in row.changes] == ["modality"]


def test_an_answer_is_remembered_for_this_organisation_only(scene):
    batch = scene.hand_in({**LINE, "implementer": "Vilage Lite"})
    assert batch.questions[0]["suggestions"][0]["label"] == "Village Light"
    answer_questions(scene.session, scene.viewer, batch, {0: str(scene.organisation.id)}, translate, "en")
    assert _states(scene.rows(batch)) == [RowState.NEW]
    assert scene.first({**LINE, "implementer": "Vilage Lite"}).state == RowState.NEW

    other = _Scene.__new__(_Scene)
    other.__dict__.update(scene.__dict__)
    other.organisation = scene.make.organisation("Elsewhere")
    other.viewer = scene.make.viewer(scene.make.member(other.organisation, Role.EDITOR))
    assert other.first({**LINE, "implementer": "Vilage Lite"}).state == RowState.QUESTION


def test_nothing_is_created_from_an_unknown_name(scene):
    batch = scene.hand_in({**LINE, "implementer": "Nobody Known"})
    assert import_chosen(scene.session, scene.viewer, batch, translate, "en") == 0
    assert scene.lines() == []


def test_a_second_import_sees_what_the_first_wrote(scene):
    first, second = scene.hand_in(LINE), scene.hand_in(LINE)
    import_chosen(scene.session, scene.viewer, first, translate, "en")
    assert import_chosen(scene.session, scene.viewer, second, translate, "en") == 0
    assert len(scene.lines()) == 1


def test_only_editors_hand_in(scene):
    scene.viewer = scene.make.viewer(scene.make.member(scene.organisation, Role.CONTRIBUTOR))
    with pytest.raises(Forbidden):
        scene.hand_in(LINE)


def test_many_lines_at_once_become_what_one_by_one_becomes(scene):
    one_by_one, at_once = (scene.make.project(scene.organisation) for _ in range(2))
    inputs = [
        line_input(scene.organisation, places=["LA0501", "LA0502"], planned_women=3, planned_men=4),
        line_input(scene.organisation, intervention=None, destinations=["TH"], description="A draft"),
    ]
    places = dict(scene.session.exec(select(PlaceCode.code, PlaceCode.place_id)).all())
    as_ids = [
        data.model_copy(
            update={
                "places": [str(places[code]) for code in data.places],
                "destinations": [str(places[code]) for code in data.destinations],
            }
        )
        for data in inputs
    ]
    single = [save_line(scene.session, scene.viewer, one_by_one, data) for data in inputs]
    batch = save_lines(scene.session, scene.viewer, [LineToSave(at_once, data) for data in as_ids])
    assert [_said_of(scene, line) for line in batch] == [_said_of(scene, line) for line in single]


def _said_of(scene, line):
    kept = line.model_dump(
        exclude={"id", "project_id", "reference", "created_at", "changed_at", "confirmed_at", "import_id"}
    )
    places = scene.session.exec(select(LinePlace).where(LinePlace.line_id == line.id)).all()
    return kept, {(row.place_id, row.role, row.share_percent) for row in places}
