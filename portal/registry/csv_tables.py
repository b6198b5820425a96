"""Small CSV files that coordinators load: UTF-8, a line of column names, commas or semicolons."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.core.errors import N_, Invalid
from portal.core.text import clean_line

LARGEST_BYTES = 2_000_000
MOST_ROWS = 20_000
# More faults than this help nobody: the file is of another kind.
MOST_FAULTS = 20


@dataclass(frozen=True)
class CsvRow:
    """One line of the file by column name; `number` counts from 1, the line of column names included."""

    number: int
    cells: dict[str, str]

    def fault(self, sentence: str, column: str) -> Invalid:
        """A fault that names the line and what was found; the sentence uses `line` and `value`."""
        return Invalid(sentence, line=self.number, value=self.cells.get(column, ""))


def read_csv(content: bytes, columns: Sequence[str]) -> list[CsvRow]:
    """Every line that is not empty. Raises Invalid when it is no such table or lacks a column."""
    if len(content) > LARGEST_BYTES:
        raise Invalid(N_("The file is larger than %(size)s MB."), size=LARGEST_BYTES // 1_000_000)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(N_("The file is not text in UTF-8. Save it as “CSV UTF-8”.")) from None
    rows = list(_rows(text))
    named = set(rows[0].cells) if rows else set()
    missing = [column for column in columns if column not in named]
    if missing:
        raise Invalid(
            N_("The file lacks the column “%(column)s”. Its first line has to name these: %(columns)s."),
            column=missing[0],
            columns=", ".join(columns),
        )
    if len(rows) > MOST_ROWS:
        raise Invalid(N_("The file has more than %(rows)s lines."), rows=MOST_ROWS)
    return rows


def _rows(text: str) -> Iterator[CsvRow]:
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        names = [clean_line(name).lower() for name in next(reader, [])]
        for cells in reader:
            values = [clean_line(cell) for cell in cells]
            if any(values):
                padded = [*values, *[""] * (len(names) - len(values))]
                yield CsvRow(reader.line_num, dict(zip(names, padded, strict=False)))
    except csv.Error:
        raise Invalid(N_("The file cannot be read as CSV.")) from None
