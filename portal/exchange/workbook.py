"""The workbook as a file: the lines, how to use them, and the lists of values to choose from; and the same as CSV."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from portal.core.errors import N_
from portal.exchange.column import Kind
from portal.exchange.columns import COLUMNS
from portal.exchange.sheets import Wording, header_rows, line_cells
from portal.exchange.spreadsheets import DAY_FORMAT, TEXTS_ARE_TEXTS, write_csv, write_row
from portal.exchange.wordlists import Say
from portal.exchange.workbook_lines import WorkbookLine

LINES_SHEET = "Lines"
LISTS_SHEET = "Lists"
GUIDE_SHEET = "Guide"
HEADER_ROWS = 3
# Rows below the last line in which values can be chosen from the lists.
ROWS_TO_FILL = 500

GUIDE = (
    N_("How to use this workbook"),
    N_("1. Work in the sheet “Lines”: one row for each line of work. Leave the first column as it is; it says which line a row is. A new row needs none."),
    N_("2. Columns with an asterisk (*) are needed. Words from the sheet “Lists” can be chosen in each cell; several in one cell stand apart by semicolons, for example “Houayxay; Tonpheung”."),
    N_("3. A province of which no district is named means the whole province. Write LA as country code and no province for the whole country."),
    N_("4. Where a name and its code stand side by side, changing one of them is enough."),
    N_("5. Dates: 2026-12-31 or a date cell. Numbers: whole numbers."),
    N_("6. Row missing: nothing happens. To say that a line is still correct, choose “No change” as its remark. To delete it, choose “Delete” and write why beside it."),
    N_("7. Hand the file in on the page “Workbook” of the portal. You see what each row would do before anything is written, and the whole import can be taken back."),
    N_("Do not write names, addresses or telephone numbers of people who were helped anywhere in this workbook."),
)  # fmt: skip


@dataclass(frozen=True)
class ValueList:
    """A column of the sheet of lists: its header and its values in order."""

    name: str
    header: str
    values: Sequence[str]


def write_workbook(lines: Sequence[WorkbookLine], wording: Wording, say: Say, as_of: date) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {**TEXTS_ARE_TEXTS, "in_memory": True}) as book:
        writer = _Writer(book, wording, say)
        writer.write_lines(lines)
        writer.write_lists(value_lists(wording))
        writer.write_guide(as_of)
    return target.getvalue()


def write_lines_csv(lines: Iterable[WorkbookLine], wording: Wording) -> bytes:
    """The same columns and tags as text."""
    return write_csv([*header_rows()[::2], *line_cells(lines, wording)])


def write_table(rows: Iterable[Sequence[Any]], sheet_name: str) -> bytes:
    """Any table as a workbook of one sheet, its texts as texts."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {**TEXTS_ARE_TEXTS, "in_memory": True}) as book:
        sheet = book.add_worksheet(sheet_name)
        day = book.add_format(DAY_FORMAT)
        for number, row in enumerate(rows):
            write_row(sheet, number, row, day)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 40, 20)
    return target.getvalue()


def value_lists(wording: Wording) -> list[ValueList]:
    """Every vocabulary as it is today, with the places and organisations."""
    language = wording.language
    lists = [
        ValueList(name, name, [words.word(code, language) for code, _, _ in words.values])
        for name, words in wording.lists.items()
    ]
    home = [place for place in wording.places.places.values() if place.country == wording.places.home]
    for name, level in (("province", 1), ("district", 2)):
        of_level = sorted((place for place in home if place.level == level), key=lambda place: place.code)
        lists.append(ValueList(name, name, [place.name(language) for place in of_level]))
        lists.append(ValueList(f"{name}_code", f"{name} code", [place.code for place in of_level]))
    organisations = sorted(wording.organisations.organisations, key=lambda known: known.name.casefold())
    cells = [wording.organisations.cell(known.id) for known in organisations]
    return [*lists, ValueList("organisation", "organisation", cells)]


class _Writer:
    def __init__(self, book: Any, wording: Wording, say: Say) -> None:
        self.book = book
        self.wording = wording
        self.say = say
        self.lines = book.add_worksheet(LINES_SHEET)
        self.lists = book.add_worksheet(LISTS_SHEET)
        self.guide = book.add_worksheet(GUIDE_SHEET)
        self.day = book.add_format(DAY_FORMAT)
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.tag = book.add_format({"italic": True, "font_size": 8})

    def write_lines(self, lines: Sequence[WorkbookLine]) -> None:
        for number, row in enumerate(header_rows()):
            for position, text in enumerate(row):
                self.lines.write_string(number, position, text, self.tag if number == 2 else self.head)
        last = HEADER_ROWS - 1
        for last, cells in enumerate(line_cells(lines, self.wording), HEADER_ROWS):
            write_row(self.lines, last, cells, self.day)
        for position, column in enumerate(COLUMNS):
            self.lines.set_column(position, position, column.width)
            if column.hint:
                self.lines.write_comment(0, position, column.hint)
        self.lines.freeze_panes(HEADER_ROWS, 1)
        self.lines.autofilter(HEADER_ROWS - 1, 0, max(last, HEADER_ROWS), len(COLUMNS) - 1)
        self._validate(last + ROWS_TO_FILL)

    def _validate(self, last: int) -> None:
        """Offer the lists in the cells, as a warning only: a cell may hold several values."""
        names = {each.name for each in value_lists(self.wording)}
        for position, column in enumerate(COLUMNS):
            if column.list_name in names and not column.key.endswith("_code"):
                self.lines.data_validation(
                    HEADER_ROWS,
                    position,
                    last,
                    position,
                    {
                        "validate": "list",
                        "source": f"=list_{column.list_name}",
                        "error_type": "information",
                        "show_error": False,
                    },
                )
            elif column.kind == Kind.COUNT:
                self.lines.data_validation(
                    HEADER_ROWS,
                    position,
                    last,
                    position,
                    {"validate": "integer", "criteria": ">=", "value": 0, "error_type": "warning"},
                )

    def write_lists(self, lists: Sequence[ValueList]) -> None:
        for position, each in enumerate(lists):
            self.lists.write_string(0, position, each.header, self.head)
            for number, value in enumerate(each.values, 1):
                self.lists.write_string(number, position, value)
            letters = xlsxwriter.utility.xl_col_to_name(position)
            area = f"={LISTS_SHEET}!${letters}$2:${letters}${max(2, len(each.values) + 1)}"
            self.book.define_name(f"list_{each.name}", area)
        self.lists.set_column(0, len(lists), 26)
        self.lists.freeze_panes(1, 0)

    def write_guide(self, as_of: date) -> None:
        self.guide.set_column(0, 1, 70)
        for number, sentence in enumerate(GUIDE):
            style = self.head if number == 0 else self.wrapped
            for position, language in enumerate(("en", "lo")):
                self.guide.write_string(number, position, self.say(language, sentence), style)
        self.guide.write_datetime(len(GUIDE) + 1, 0, as_of, self.day)
