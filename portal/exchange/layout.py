"""Finding the table in a file: which sheet, which row holds the tags or headers, where the data begin.

Files come with titles above the table, with several rows of headers, with other sheets beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from portal.core.text import clean_line, fold
from portal.exchange.columns import BY_KEY, COLUMNS, READ_ONLY_COLUMNS
from portal.exchange.hxl import is_tag_row, match_row
from uploads.tables.cells import Cell, Sheet, TableRow

# A table begins within this many filled rows, or it is not found.
ROWS_LOOKED_AT = 30
LONGEST_HEADER = 200
# Fewer headers that are known make a match by chance.
LEAST_MATCHES = 2


class Origin(StrEnum):
    """How the columns were understood."""

    TAGS = "tags"
    HEADERS = "headers"
    BY_HAND = "by_hand"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Layout:
    """Where everything stands in a sheet; `columns` gives the position of each column that is understood."""

    sheet: int
    origin: Origin
    first_data_row: int
    columns: Mapping[str, int] = field(default_factory=dict)
    # What stands above each position, for whoever matches by hand and for the names in remarks.
    headers: Mapping[int, str] = field(default_factory=dict)
    unknown: Sequence[int] = ()


def find_layout(sheets: Sequence[Sheet]) -> Layout:
    """The table of the sheet that is understood best: by tags before headers, by more columns before fewer."""
    layouts = [_layout_of(number, sheet) for number, sheet in enumerate(sheets) if sheet.rows]
    rank = [Origin.NOT_YET, Origin.HEADERS, Origin.TAGS]
    return max(
        layouts,
        key=lambda layout: (
            rank.index(layout.origin),
            len(layout.columns),
            len(layout.headers),
            -layout.sheet,
        ),
    )


def match_by_hand(layout: Layout, chosen: Mapping[str, int]) -> Layout:
    """The same table with columns as somebody matched them."""
    columns = {key: position for key, position in chosen.items() if key in BY_KEY}
    known = set(columns.values())
    return Layout(
        layout.sheet,
        Origin.BY_HAND,
        layout.first_data_row,
        columns,
        layout.headers,
        tuple(position for position in layout.headers if position not in known),
    )


def data_rows(sheet: Sheet, layout: Layout) -> Iterator[TableRow]:
    """The rows below headers and tags; rows of tags repeated in the middle are passed over."""
    for row in sheet.rows:
        if row.number >= layout.first_data_row and not is_tag_row(row.cells.values()):
            yield row


def signature(layout: Layout) -> str:
    """What files of the same form have in common: their headers, whatever their order."""
    return "|".join(sorted(fold(header) for header in layout.headers.values() if header))[:2000]


def _layout_of(number: int, sheet: Sheet) -> Layout:
    top = sheet.rows[:ROWS_LOOKED_AT]
    for at, row in enumerate(top):
        if is_tag_row(row.cells.values()):
            columns, unknown = match_row(row.cells)
            headers = _headers(top[:at])
            beside = [position for position in headers if position not in row.cells]
            below = row.number + 1
            return Layout(number, Origin.TAGS, below, columns, headers, (*unknown, *beside))
    return _by_headers(number, top)


def _by_headers(number: int, top: Sequence[TableRow]) -> Layout:
    """The row whose words are known best, taken together with the row above it where that says more."""
    best = Layout(number, Origin.NOT_YET, 0)
    for at in range(len(top)):
        for above in (0, 1):
            headers = _headers(top[max(0, at - above) : at + 1])
            columns = _match_headers(headers)
            if len(columns) >= LEAST_MATCHES and len(columns) > len(best.columns):
                unknown = tuple(position for position in headers if position not in columns.values())
                best = Layout(number, Origin.HEADERS, top[at].number + 1, columns, headers, unknown)
    if best.columns:
        return best
    # Nothing is known: the first row with the most texts is most likely the headers.
    widest = max(top, key=lambda row: sum(isinstance(cell, str) for cell in row.cells.values()))
    headers = _headers([widest])
    return Layout(number, Origin.NOT_YET, widest.number + 1, {}, headers, tuple(headers))


def _headers(rows: Sequence[TableRow]) -> dict[int, str]:
    """The lowest text above each position."""
    headers: dict[int, str] = {}
    for row in rows[-4:]:
        for position, cell in row.cells.items():
            if text := header_text(cell):
                headers[position] = text
    return dict(sorted(headers.items()))


def header_text(cell: Cell | None) -> str:
    return clean_line(str(cell))[:LONGEST_HEADER].rstrip("* ") if cell is not None else ""


def _match_headers(headers: Mapping[int, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, header in headers.items():
        key = _known_headers().get(fold(header))
        if key and key not in found:
            found[key] = position
    return found


@cache
def _known_headers() -> Mapping[str, str]:
    """Every header that is understood without tags; the workbook's own first."""
    known: dict[str, str] = {}
    columns = (*COLUMNS, *READ_ONLY_COLUMNS)
    for words in (
        lambda column: (column.english, column.lao),
        lambda column: column.words,
        lambda column: (column.tag, *column.synonyms),
    ):
        for column in columns:
            for word in words(column):
                known.setdefault(fold(word), column.key)
    return known
