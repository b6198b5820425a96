"""From the cells of a row to what it says: typed values by field, and remarks on every cell that cannot be taken. Pure."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from portal.core.errors import N_
from portal.core.text import clean_line, clean_text, fold
from portal.exchange.column import Kind
from portal.exchange.columns import BY_KEY, TWINS
from portal.exchange.context import Context
from portal.exchange.days import read_day
from portal.exchange.figures import read_count
from portal.exchange.remarks import Level, Remark
from portal.exchange.row_places import read_places
from portal.exchange.spreadsheets import FORMULA_SIGNS
from portal.exchange.wordlists import WordList
from uploads.tables.cells import Cell, CellError

UNKNOWN_ORGANISATION = N_("No organisation of this name is known here.")
SEVERAL_ORGANISATIONS = N_("Several organisations have this name.")
UNKNOWN_WORD = N_("This is not in the list.")
ONE_ONLY = N_("Write one organisation here.")
ONE_WORD = N_("Write one value of the list here.")
NAMES_DIFFER = N_("The name says %(name)s and the code says %(code)s. Correct one of them.")
IS_ERROR = N_("The formula in this cell could not be worked out. Write the value itself.")
TOO_LONG = N_("This is longer than %(count)s characters.")
LEFT_OUT = N_("Left out, as was answered before.")
LOOKS_LIKE_TOTAL = N_("This looks like a line of totals. Take it out of the table.")
BETWEEN = re.compile(r"[;\n|]")
# A spreadsheet takes a text that begins so for a formula.
_LONGEST = {
    "title_en": 500,
    "title_lo": 500,
    "description": 2000,
    "external": 200,
    "iati": 200,
    "reason": 500,
}
_TOTALS = frozenset(fold(word) for word in ("total", "totals", "grand total", "sum", "ລວມ", "ລວມທັງໝົດ"))


@dataclass
class ReadRow:
    """What a row says. `values` has a key for each column that the file has, None where its cell is empty."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def has(self, level: Level) -> bool:
        return any(remark.level == level for remark in self.remarks)


def parts_of(text: str) -> list[str]:
    """The values of a cell that holds several."""
    return [part for part in (clean_line(piece) for piece in BETWEEN.split(text)) if part]


def is_total(cells: Mapping[int, Cell]) -> bool:
    """Whether a row is the sum below a table."""
    if len(cells) > 4:
        return False
    return any(fold(cell) in _TOTALS for cell in cells.values() if isinstance(cell, str))


def read_row(
    number: int,
    cells: Mapping[int, Cell],
    columns: Mapping[str, int],
    context: Context,
    current: Mapping[str, Any] | None = None,
) -> ReadRow:
    """Every column of one row. `current` is what the line says now: where a name and its code differ, the one
    that was changed counts."""
    row = ReadRow(number)
    if is_total(cells):
        row.remarks.append(Remark(Level.ERROR, "title_en", "", LOOKS_LIKE_TOTAL))
        return row
    given = _given(row, cells, columns)
    for key, cell in given.items():
        column = BY_KEY[key]
        if column.is_told_only or column.kind == Kind.PLACES:
            continue
        row.values[key] = _READERS[column.kind](row, key, cell, context) if cell is not None else None
    for name in ("policy_area", "intervention"):
        _settle_twins(row, name, context, current)
    places = read_places({k: c for k, c in given.items() if BY_KEY[k].kind == Kind.PLACES}, context, current)
    row.values.update(places.values)
    row.remarks.extend(places.remarks)
    return row


def _given(row: ReadRow, cells: Mapping[int, Cell], columns: Mapping[str, int]) -> dict[str, Cell | None]:
    given: dict[str, Cell | None] = {}
    for key, position in columns.items():
        cell = cells.get(position)
        if isinstance(cell, CellError):
            row.remarks.append(Remark(Level.ERROR, key, cell.text, IS_ERROR))
            cell = None
        given[key] = None if isinstance(cell, str) and not cell.strip() else cell
    return given


def as_text(cell: Cell) -> str:
    """A cell as text; whole numbers without a point, days as ISO."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _text(row: ReadRow, key: str, cell: Cell, _context: Context) -> str | None:
    text = as_text(cell)
    if text[:1] == "'" and text[1:2] in FORMULA_SIGNS:
        # Written before it by our own CSV, so that no spreadsheet takes it for a formula.
        text = text[1:]
    text = clean_text(text) if key == "description" else clean_line(text)
    longest = _LONGEST.get(key, 500)
    if len(text) > longest:
        row.remarks.append(Remark(Level.ERROR, key, text, TOO_LONG, {"count": str(longest)}))
    return text or None


def _day(row: ReadRow, key: str, cell: Cell, context: Context) -> date | None:
    read = read_day(cell, key, context.day_order, is_end=key.endswith("end"), is_told=context.is_order_told)
    if read.remark:
        row.remarks.append(read.remark)
    return read.day


def _count(row: ReadRow, key: str, cell: Cell, _context: Context) -> int | None:
    read = read_count(cell, key)
    if read.remark:
        row.remarks.append(read.remark)
    return read.count


def _codes(row: ReadRow, key: str, cell: Cell, context: Context) -> list[str]:
    """The codes of a cell in their order; a word that is not known is a question."""
    column = BY_KEY[key]
    words = context.lists[column.list_name]
    whole = words.find(as_text(cell))
    texts = [as_text(cell)] if whole else parts_of(as_text(cell))
    found = []
    for text in texts:
        code = words.find(text)
        if code is None:
            code = context.answers.get((column.list_name, fold(text)))
            if code is None:
                row.remarks.append(
                    Remark(Level.QUESTION, key, text, UNKNOWN_WORD, {"list": column.list_name})
                )
            elif not code:
                row.remarks.append(Remark(Level.WARNING, key, text, LEFT_OUT))
        if code:
            found.append(code)
    if len(found) > 1 and not column.is_list:
        row.remarks.append(Remark(Level.ERROR, key, as_text(cell), ONE_WORD))
    return list(dict.fromkeys(found))


def _organisations(row: ReadRow, key: str, cell: Cell, context: Context) -> list[UUID]:
    text = as_text(cell)
    whole = context.organisations.find(text)
    texts = [text] if whole else parts_of(text)
    if len(texts) > 1 and not BY_KEY[key].is_list:
        row.remarks.append(Remark(Level.ERROR, key, text, ONE_ONLY))
        return []
    found = []
    for name in texts:
        ids = context.organisations.find(name)
        answer = context.answers.get(("organisation", fold(name)))
        if len(ids) == 1:
            found.append(ids[0])
        elif answer:
            found.append(UUID(answer))
        elif answer == "":
            row.remarks.append(Remark(Level.WARNING, key, name, LEFT_OUT))
        else:
            sentence = SEVERAL_ORGANISATIONS if ids else UNKNOWN_ORGANISATION
            row.remarks.append(Remark(Level.QUESTION, key, name, sentence, {"list": "organisation"}))
    return list(dict.fromkeys(found))


_READERS: Mapping[Kind, Callable[[ReadRow, str, Cell, Context], Any]] = {
    Kind.TEXT: _text,
    Kind.REFERENCE: _text,
    Kind.CODE: _codes,
    Kind.ORGANISATIONS: _organisations,
    Kind.DAY: _day,
    Kind.COUNT: _count,
}


def _settle_twins(row: ReadRow, name: str, context: Context, current: Mapping[str, Any] | None) -> None:
    """One answer from a column of words and a column of codes."""
    by_code = row.values.pop(TWINS[name], None)
    by_name = row.values.get(name)
    if not by_code:
        return
    if by_name and by_name != by_code:
        chosen = changed_one(by_name, by_code, (current or {}).get(name))
        if chosen is None:
            words = context.lists[name]
            said = {
                "name": _worded(words, by_name, context.language),
                "code": _worded(words, by_code, context.language),
            }
            row.remarks.append(Remark(Level.ERROR, name, said["name"], NAMES_DIFFER, said))
            return
        by_code = chosen
    if not by_name:
        # The code is known, so nothing has to be asked about its word.
        row.remarks[:] = [r for r in row.remarks if not (r.column == name and r.level == Level.QUESTION)]
    row.values[name] = by_code


def changed_one(by_name: Any, by_code: Any, current: Any) -> Any:
    """Of two that differ, the one that is not as the line was; None when that tells nothing."""
    if current is None:
        return None
    if by_code == current:
        return by_name
    return by_code if by_name == current else None


def _worded(words: WordList, codes: Sequence[str], language: str) -> str:
    return "; ".join(words.word(code, language) for code in codes)


def at_cell(remark: Remark, cells: Mapping[int, Cell], columns: Mapping[str, int]) -> Remark:
    """A remark on a field, beside the cell that the field was read from and with the value found in it."""
    if remark.found:
        return remark
    for key in _columns_for(remark.column):
        cell = cells.get(columns.get(key, -1))
        text = cell.text if isinstance(cell, CellError) else "" if cell is None else as_text(cell).strip()
        if text:
            return replace(remark, column=key, found=text)
    return remark


def _columns_for(key: str) -> tuple[str, ...]:
    """The columns that one field may come from, the one that counts before the others."""
    if key in ("start", "end"):
        return key, f"actual_{key}", f"planned_{key}"
    if key in ("planned_total", "reached_total"):
        return key.replace("total", "households"), key
    return key, TWINS.get(key, key)


def questions_of(rows: Collection[ReadRow]) -> Iterator[tuple[ReadRow, Remark]]:
    """Every question of every row."""
    for row in rows:
        for remark in row.remarks:
            if remark.level == Level.QUESTION:
                yield row, remark
