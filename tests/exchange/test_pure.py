"""What a cell may say: days, counts, tags, headers."""

from datetime import date, datetime

import pytest

from portal.exchange.columns import COLUMNS, TWINS
from portal.exchange.days import DayOrder, ReadDay, day_order, read_day
from portal.exchange.figures import read_count
from portal.exchange.hxl import is_tag_row, match_row, match_tag, read_tag
from portal.exchange.layout import Origin, data_rows, find_layout
from portal.exchange.remarks import Level
from uploads.tables.cells import Sheet, TableRow

MAY = date(2024, 5, 1)


@pytest.mark.parametrize(
    "written",
    [
        date(2024, 5, 1),
        datetime(2024, 5, 1, 8, 30),
        "2024-05-01",
        "2024/5/1",
        "2024-05-01T00:00:00",
        "1 May 2024",
        "May 1, 2024",
        "1 ພຶດສະພາ 2024",
        "໒໐໒໔-໐໕-໐໑",
    ],
)
def test_a_day_is_understood_without_a_word(written):
    read = read_day(written, "start", None)
    assert (read.day, read.remark) == (MAY, None)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("2567-05-01", "Buddhist"),
        (date(2567, 5, 1), "Buddhist"),
        ("01/05/2567", "Buddhist"),
        ("45413", "spreadsheets"),
        (45413, "spreadsheets"),
        (45413.0, "spreadsheets"),
        ("May 2024", "only a month"),
        ("ພຶດສະພາ 2024", "only a month"),
        ("2024-05", "only a month"),
        ("01/05/24", "two digits"),
    ],
)
def test_a_day_read_in_a_way_somebody_should_know_is_said(written, word):
    read = read_day(written, "start", DayOrder.DAY_FIRST)
    assert read.day == MAY
    assert read.remark.level == Level.WARNING
    assert word in read.remark.message


@pytest.mark.parametrize(
    "written", ["n/a", "2024-02-30", "1/13/13/2024", "Monday", "12345678", "0001-01-01", True]
)
def test_what_is_no_day_is_refused_with_what_would_be_right(written):
    read = read_day(written, "start", None)
    assert read.day is None
    assert read.remark.level == Level.ERROR
    assert "2026-12-31" in read.remark.message


def test_two_readings_are_named_and_not_guessed():
    read = read_day("01/05/2024", "start", None)
    assert read.day is None
    assert read.remark.values == {"first": "2024-05-01", "second": "2024-01-05"}


def test_a_day_that_can_be_read_in_one_way_only_is_read_so():
    assert read_day("31/12/2026", "end", None).day == date(2026, 12, 31)
    assert read_day("12/31/2026", "end", None).day == date(2026, 12, 31)
    assert read_day("05/05/2026", "end", None).day == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["01/05/2024", "31/12/2024"], DayOrder.DAY_FIRST),
        (["01/05/2024", "12/31/2024"], DayOrder.MONTH_FIRST),
        (["01/05/2024", "02/06/2024"], None),
        (["31/12/2024", "12/31/2024"], None),
        ([45413, "2024-05-01", None], None),
    ],
)
def test_the_whole_file_decides_the_order(column, order):
    assert day_order(column) == order


def test_a_day_read_in_the_order_of_its_file_says_so():
    read = read_day("03/04/2026", "start", DayOrder.DAY_FIRST)
    assert read.day == date(2026, 4, 3)
    assert read.remark.level == Level.WARNING
    assert read.remark.values == {"day": "2026-04-03"}
    assert read_day("03/04/2026", "start", DayOrder.MONTH_FIRST, is_told=True) == ReadDay(date(2026, 3, 4))
    assert read_day("31/12/2026", "start", DayOrder.MONTH_FIRST) == ReadDay(date(2026, 12, 31))


def test_an_end_that_names_a_month_or_year_is_its_last_day():
    assert read_day("February 2024", "end", None, is_end=True).day == date(2024, 2, 29)
    assert read_day(2024, "end", None, is_end=True).day == date(2024, 12, 31)
    assert read_day("2567", "end", None, is_end=True).day == date(2024, 12, 31)


@pytest.mark.parametrize(
    "written",
    ["1200", "1,200", "1.200", "1 200", "1'200", "1\u00a0200", "໑,໒໐໐", "1,200.00", "1.200,0", 1200, 1200.0],
)
def test_counts_are_understood_with_any_separators(written):
    assert read_count(written, "planned_total").count == 1200


@pytest.mark.parametrize("written", ["~50", "50+", "12,5", 12.5, "1,2,3", "about 50", -1, "-1", 10**12, True])
def test_what_is_no_count_is_refused(written):
    read = read_count(written, "planned_total")
    assert read.count is None
    assert read.remark.level == Level.ERROR


@pytest.mark.parametrize("written", ["n/a", "-", "TBD", "ບໍ່ມີ"])
def test_words_for_nothing_are_taken_as_not_given(written):
    read = read_count(written, "planned_total")
    assert read.count is None
    assert read.remark.level == Level.WARNING


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_every_tag_and_synonym_means_its_column(column):
    for text in (column.tag, *column.synonyms):
        assert match_tag(read_tag(text)).key == column.key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("#org+name+impl", "implementer"),
        ("# ORG +Name + IMPL", "implementer"),
        ("#adm2+v_pcode+x_more+code", "district_code"),
        ("#targeted+children+f", "planned_girls"),
        ("#reached", "reached_total"),
        ("#activity", "title_en"),
        ("#org+funding", "funder"),
        ("#adm1_id", "province_code"),
        ("#org+type", None),
        ("#targeted+f", None),
        ("#geo+lat", None),
    ],
)
def test_attributes_are_a_set_and_unknown_ones_are_ignored(text, key):
    column = match_tag(read_tag(text))
    assert (column.key if column else None) == key


def test_of_two_columns_of_one_meaning_the_first_counts():
    assert match_row({0: "#org", 1: "#org+impl", 2: "#geo"}) == ({"implementer": 0}, [1, 2])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["#org", "", "#adm1"], True),
        (["#org", "free text", "#adm1"], True),
        (["Org #1", "x"], False),
        ([], False),
    ],
)
def test_which_row_holds_the_tags(cells, expected):
    assert is_tag_row(cells) is expected


def _sheet(*rows):
    return Sheet("S", [TableRow(n, dict(enumerate(row))) for n, row in enumerate(rows, 1) if row])


def test_junk_above_and_other_sheets_do_not_hide_the_table():
    readme = _sheet(["Read this first"])
    table = _sheet(
        ["3W Lao PDR"], [], ["Organisation", "Where"], ["#org", "#adm1"], ["A", "LA05"], ["#org", "#adm1"]
    )
    layout = find_layout([readme, table])
    assert (layout.sheet, layout.origin, dict(layout.columns)) == (
        1,
        Origin.TAGS,
        {"implementer": 0, "province": 1},
    )
    assert [row.number for row in data_rows(table, layout)] == [5]


def test_headers_in_lao_are_understood_without_tags():
    layout = find_layout([_sheet(["ອົງກອນ", "ແຂວງ", "ເມືອງ"], ["A", "B", "C"])])
    assert (layout.origin, set(layout.columns)) == (Origin.HEADERS, {"implementer", "province", "district"})


def test_headers_nobody_knows_are_asked():
    layout = find_layout([_sheet(["x1", "x2"], ["A", "B"])])
    assert (layout.origin, dict(layout.headers)) == (Origin.NOT_YET, {0: "x1", 1: "x2"})


def test_twins_are_columns():
    keys = {column.key for column in COLUMNS}
    assert {*TWINS, *TWINS.values()} <= keys
