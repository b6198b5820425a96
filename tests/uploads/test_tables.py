"""Tables read cell by cell in the sandbox: every format, every encoding, and everything built to harm."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from tests.uploads.made_files import zipped
from uploads.kinds import sniff
from uploads.problems import Problem
from uploads.tables.cells import CellError, column_letters
from uploads.tables.number_formats import day_of_serial, is_date_format
from uploads.tables.sandboxed import read_table


def _read(content):
    stream = io.BytesIO(content)
    kind = sniff(stream)
    return read_table(stream, kind)


def _workbook(fill):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("Data"))
    return target.getvalue()


def _cells(content):
    reading = _read(content)
    assert reading.problem is None, reading.problem
    return {
        (row.number, column): cell for row in reading.sheets[0].rows for column, cell in row.cells.items()
    }


def test_cells_keep_their_types_and_places():
    def fill(book, sheet):
        sheet.write_string(0, 0, "ຫ້ວຍຊາຍ")
        sheet.write_number(1, 1, 1200)
        sheet.write_number(1, 2, 1.5)
        sheet.write_boolean(1, 3, True)
        sheet.write_datetime(2, 0, datetime(2026, 12, 31), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_datetime(2, 1, datetime(2026, 12, 31, 8), book.add_format({"num_format": 22}))
        sheet.write_formula(3, 0, "=1+1", None, 2)
        sheet.write_formula(3, 1, "=NA()", None, "#N/A")

    assert _cells(_workbook(fill)) == {
        (1, 0): "ຫ້ວຍຊາຍ",
        (2, 1): 1200,
        (2, 2): 1.5,
        (2, 3): True,
        (3, 0): date(2026, 12, 31),
        (3, 1): datetime(2026, 12, 31, 8),
        (4, 0): 2,
        (4, 1): CellError("#N/A"),
    }


def test_a_merged_area_has_its_value_in_every_cell_of_rows_that_hold_something():
    def fill(_book, sheet):
        sheet.merge_range(0, 0, 2, 0, "Village Light")
        sheet.write_string(0, 1, "one")
        sheet.write_string(2, 1, "three")

    assert _cells(_workbook(fill)) == {
        (1, 0): "Village Light",
        (1, 1): "one",
        (3, 0): "Village Light",
        (3, 1): "three",
    }


def test_one_forgotten_cell_in_the_last_corner_costs_nothing():
    def fill(_book, sheet):
        sheet.write_string(0, 0, "first")
        sheet.write_string(1_048_575, 16_383, "last")

    assert set(_cells(_workbook(fill))) == {(1, 0), (1_048_576, 16_383)}


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("utf-8-sig", "ອົງການ"), ("utf-16", "ອົງການ"), ("cp1252", "Société"), ("utf-8", "Đề án")],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_tables_are_read_in_any_encoding_and_with_any_separator(encoding, text, separator):
    rows = [["name", "place"], [text, "LA05"], ["a, quoted; one", "LA06"]]
    quoted = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    cells = _cells(quoted.encode(encoding))
    assert cells[2, 0] == text
    assert cells[3, 0] == "a, quoted; one"


def test_open_document_sheets_are_read_with_repeats_and_dates():
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
        f'xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">'
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
        '<table:table-row><table:table-cell office:value-type="date" office:date-value="2026-12-31">'
        '<text:p>31.12.26</text:p></table:table-cell><table:table-cell office:value-type="float" '
        'office:value="12"><text:p>12</text:p></table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    file = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})
    assert _cells(file) == {
        (1, 0): "x",
        (1, 1): "x",
        (2, 0): "x",
        (2, 1): "x",
        (1_048_003, 0): date(2026, 12, 31),
        (1_048_003, 1): 12,
    }


def _with_sheet(sheet_xml, compression=zipfile.ZIP_DEFLATED):
    """A workbook whose only sheet is replaced by this XML."""
    original = zipfile.ZipFile(io.BytesIO(_workbook(lambda _book, sheet: sheet.write_string(0, 0, "x"))))
    members = {name: original.read(name) for name in original.namelist()}
    return zipped({**members, "xl/worksheets/sheet1.xml": sheet_xml}, compression)


_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def test_half_a_million_empty_formatted_rows_are_refused():
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(1, 500_001))
    assert _read(_with_sheet(_SHEET.format(rows))).problem is Problem.TOO_LARGE


def test_a_zip_bomb_dressed_as_a_workbook_is_refused():
    bomb = _SHEET.format(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"A" * 200_000_000}</t></is></c></row>')
    assert _read(_with_sheet(bomb)).problem is Problem.TOO_LARGE


def test_entities_are_refused():
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + _SHEET.format("")
    assert _read(_with_sheet(bomb)).problem is Problem.UNSAFE


def test_a_workbook_cut_off_anywhere_is_no_table():
    whole = _workbook(lambda _book, sheet: [sheet.write_string(n, 0, f"row {n}") for n in range(50)])
    problems = {_read(whole[: len(whole) * part // 7]).problem for part in range(1, 7)}
    assert None not in problems


def test_an_encrypted_workbook_asks_for_its_password():
    # An encrypted workbook is an OLE file whose directory names the stream that holds it.
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + b"\x09\x00" + bytes(16) + bytes(4)
    file = header.ljust(512, b"\0") + "EncryptedPackage".encode("utf-16-le").ljust(1024, b"\0")
    assert _read(file).problem is Problem.ENCRYPTED


def test_nothing_and_a_picture_are_no_tables():
    assert _read(b"").problem is Problem.EMPTY
    assert _read(b"\x89PNG\r\n\x1a\n" + bytes(99)).problem is Problem.UNSUPPORTED
    assert _read(_workbook(lambda _book, _sheet: None)).problem is Problem.NO_TEXT


def test_another_writer_is_read_alike():
    book = openpyxl.Workbook()
    book.active.append(["name", 3, date(2026, 5, 1)])
    target = io.BytesIO()
    book.save(target)
    assert list(_cells(target.getvalue()).values()) == ["name", 3, date(2026, 5, 1)]


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        (14, None, True),
        (0, None, False),
        (164, "d mmm yyyy", True),
        (164, "[$-41E]d mmmm bbbb", True),
        (164, '"day" 0', False),
        (164, "hh:mm", False),
        (164, "mmm", True),
        (164, "General", False),
        (164, "#,##0.00", False),
    ],
)
def test_which_formats_show_a_day(number, code, expected):
    assert is_date_format(number, code) is expected


def test_serials_of_both_systems():
    assert day_of_serial(45413) == date(2024, 5, 1)
    assert day_of_serial(59) == date(1900, 2, 28)
    assert day_of_serial(43951, is_1904=True) == date(2024, 5, 1)
    assert day_of_serial(-1) is None
    assert day_of_serial(9e9) is None


def test_columns_are_called_as_spreadsheets_call_them():
    assert [column_letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
