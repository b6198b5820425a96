"""Reading a gazetteer file, of any country, in the project's own layout.

One line a unit, in any order. Columns: level, code and at least one name_LANGUAGE (name_en, name_lo, …);
and, where wanted, scheme, edition, parent, other_codes, other_names, former_names, latitude, longitude,
valid_from, valid_to, successor. `data/README.md` explains each. Pure: bytes in, rows and problems out.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from portal.core.errors import N_
from portal.core.text import clean_line
from portal.places.matching import MAX_NAME_LENGTH, code_key, name_key

Value = TypeVar("Value")

LEVELS = {"country": 0, "province": 1, "district": 2}
SCHEMES = ("iso3166_1", "cod_pcode", "cod_pcode")
COLUMNS = frozenset(
    [
        "level",
        "scheme",
        "edition",
        "code",
        "parent",
        "other_codes",
        "other_names",
        "former_names",
        "latitude",
        "longitude",
        "valid_from",
        "valid_to",
        "successor",
    ]
)
MAX_CODE_LENGTH = 40
MAX_ROWS = 100_000

_NAME_COLUMN = re.compile(r"name_([a-z]{2,3})")
_OTHER_CODE = re.compile(r"(?P<scheme>[a-z][a-z0-9_]*)(?:@(?P<edition>[\w.-]+))?:(?P<code>\S+)")
_SCRIPT_LANGUAGES = {"LAO": "lo", "THAI": "th", "KHMER": "km", "MYANMAR": "my", "CJK": "zh"}


@dataclass(frozen=True)
class Code:
    scheme: str
    edition: str
    code: str


@dataclass(frozen=True)
class Spelling:
    language: str
    text: str


@dataclass(frozen=True)
class GazetteerRow:
    """One unit as a file describes it; `parent` and `successor` are codes, of the file or already loaded."""

    line: int
    level: int
    code: Code
    parent: str
    names: dict[str, str]
    other_codes: tuple[Code, ...] = ()
    other_names: tuple[Spelling, ...] = ()
    former_names: tuple[Spelling, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell, and what to do about it."""

    line: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}, “{self.value}”: {self.remedy}"


@dataclass(frozen=True)
class Gazetteer:
    """The rows that could be read and the problems of the others; load it only when there are none."""

    rows: list[GazetteerRow]
    problems: list[Problem]


def read_gazetteer(content: bytes) -> Gazetteer:
    """Read a file of comma, semicolon or tab separated values in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        remedy = N_("The file is not UTF-8. Save it as “CSV UTF-8” and try again.")
        return Gazetteer([], [Problem(line, "", "", remedy)])
    lines = csv.reader(
        io.StringIO(text.replace("\0", ""), newline=""), delimiter=_delimiter(text), strict=True
    )
    try:
        header = [cell.strip().lower() for cell in next(lines, [])]
        cells = [(lines.line_num, row) for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        remedy = N_("The quotation marks or the length of this line are wrong. Write it again.")
        return Gazetteer([], [Problem(lines.line_num, "", str(error), remedy)])
    problems = _header_problems(header)
    if not problems and not cells:
        problems = [Problem(2, "", "", N_("The file holds no places. Add one line for each."))]
    if not problems and len(cells) > MAX_ROWS:
        problems = [Problem(MAX_ROWS + 2, "", "", N_("The file is too long. Split it by country."))]
    if problems:
        return Gazetteer([], problems)
    return _read_rows(header, cells)


def script_language(text: str) -> str:
    """The language whose script a spelling is in; English stands for Latin letters."""
    for character in text:
        script = unicodedata.name(character, "").split(" ")[0]
        if script in _SCRIPT_LANGUAGES:
            return _SCRIPT_LANGUAGES[script]
    return "en"


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _header_problems(header: list[str]) -> list[Problem]:
    problems = []
    for column in ("level", "code"):
        if column not in header:
            problems.append(Problem(1, column, "", N_("This column is missing. Add it to the first line.")))
    if not any(_NAME_COLUMN.fullmatch(column) for column in header):
        problems.append(Problem(1, "name_en", "", N_("There is no column with names. Add name_en.")))
    for column in sorted({column for column in header if header.count(column) > 1 and column}):
        problems.append(Problem(1, column, column, N_("This column stands here twice. Keep one.")))
    for column in header:
        if column and column not in COLUMNS and not _NAME_COLUMN.fullmatch(column):
            remedy = N_("This column is not known. Remove it, or call it by a name of the layout.")
            problems.append(Problem(1, column, column, remedy))
    return problems


def _read_rows(header: list[str], lines: Iterable[tuple[int, list[str]]]) -> Gazetteer:
    rows, problems = [], []
    for number, cells in lines:
        reader = _RowReader(number, dict(zip(header, cells, strict=False)))
        row = reader.row(too_long=len(cells) > len(header))
        problems.extend(reader.problems)
        if not reader.problems:
            rows.append(row)
    return Gazetteer(rows, problems + _problems_between(rows))


def _problems_between(rows: list[GazetteerRow]) -> list[Problem]:
    """What only shows when rows are seen together: codes given twice, parents of the wrong level."""
    problems = []
    by_code: dict[str, GazetteerRow] = {}
    for row in rows:
        if row.code.code in by_code:
            remedy = N_("This code stands in the file before. Every unit needs its own.")
            problems.append(Problem(row.line, "code", row.code.code, remedy))
        by_code.setdefault(row.code.code, row)
    for row in rows:
        parent = by_code.get(row.parent)
        if parent and parent.level != row.level - 1:
            remedy = N_("The parent is not one level higher. Write the code of a unit one level higher.")
            problems.append(Problem(row.line, "parent", row.parent, remedy))
    return problems


@dataclass
class _RowReader:
    """Reads the cells of one line and collects every problem, so that a person sees all of them at once."""

    line: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    def row(self, *, too_long: bool) -> GazetteerRow:
        if too_long:
            self.refuse("", "", N_("This line has more cells than the first one. Quote cells with commas."))
        level = self.level()
        valid_from, valid_to = self.days()
        return GazetteerRow(
            line=self.line,
            level=level,
            code=self.code(level),
            parent=self.parent(level),
            names=self.names(),
            other_codes=self.other_codes(),
            other_names=self.spellings("other_names"),
            former_names=self.spellings("former_names"),
            latitude=self.degrees("latitude", 90),
            longitude=self.degrees("longitude", 180),
            valid_from=valid_from,
            valid_to=valid_to,
            successor=code_key(self.text("successor")),
        )

    def text(self, column: str) -> str:
        return clean_line(self.cells.get(column) or "")

    def refuse(self, column: str, value: str, remedy: str) -> None:
        self.problems.append(Problem(self.line, column, value, remedy))

    def level(self) -> int:
        value = self.text("level").lower()
        if value not in LEVELS:
            self.refuse("level", value, N_("Write country, province or district."))
        # No level's rules apply to a unit of unknown level: one mistake is told once.
        return LEVELS.get(value, -1)

    def code(self, level: int) -> Code:
        code = code_key(self.text("code"))
        if not code:
            self.refuse("code", "", N_("Every unit needs a code."))
        elif len(code) > MAX_CODE_LENGTH or " " in code:
            self.refuse("code", code, N_("Write a code of at most 40 characters without spaces."))
        elif level == 0 and not re.fullmatch("[A-Z]{2}", code):
            self.refuse("code", code, N_("Write the two letters of ISO 3166-1, such as LA."))
        scheme = self.text("scheme").lower() or SCHEMES[level]
        if not re.fullmatch("[a-z][a-z0-9_]{0,39}", scheme):
            self.refuse("scheme", scheme, N_("Write a word such as cod_pcode or iso3166_2."))
        return Code(scheme, self.text("edition")[:MAX_CODE_LENGTH], code)

    def parent(self, level: int) -> str:
        parent = code_key(self.text("parent"))
        if level > 0 and not parent:
            self.refuse("parent", "", N_("Write the code of the unit that this one lies in."))
        if level == 0 and parent:
            self.refuse("parent", parent, N_("A country has no parent. Leave this cell empty."))
        return parent

    def names(self) -> dict[str, str]:
        names = {}
        for column in self.cells:
            match = _NAME_COLUMN.fullmatch(column)
            if match and self.text(column):
                names[match[1]] = self.name(column, self.text(column))
        if not names:
            self.refuse("name_en", "", N_("Every unit needs a name in at least one language."))
        return names

    def name(self, column: str, text: str) -> str:
        if len(text) > MAX_NAME_LENGTH:
            self.refuse(column, text[:40] + "…", N_("Write at most 200 characters."))
        elif not name_key(text):
            self.refuse(column, text, N_("A name needs letters."))
        return text

    def spellings(self, column: str) -> tuple[Spelling, ...]:
        texts = [part.strip() for part in self.text(column).split(";") if part.strip()]
        return tuple(
            Spelling(script_language(text), self.name(column, text)) for text in dict.fromkeys(texts)
        )

    def other_codes(self) -> tuple[Code, ...]:
        codes = []
        for part in self.text("other_codes").split(";"):
            match = _OTHER_CODE.fullmatch(part.strip())
            if match and len(match["code"]) <= MAX_CODE_LENGTH:
                codes.append(Code(match["scheme"], match["edition"] or "", code_key(match["code"])))
            elif part.strip():
                remedy = N_("Write scheme:code or scheme@edition:code, such as iso3166_2:LA-VT.")
                self.refuse("other_codes", part.strip()[:60], remedy)
        return tuple(codes)

    def degrees(self, column: str, limit: int) -> float | None:
        def read(value: str) -> float:
            # An Excel of another country writes the comma.
            number = float(value.replace(",", "."))
            if not -limit <= number <= limit:
                raise ValueError(value)
            return number

        return self.read(column, read, N_("Write decimal degrees, such as 17.9757."))

    def day(self, column: str) -> date | None:
        return self.read(column, date.fromisoformat, N_("Write a date as 2013-12-13."))

    def days(self) -> tuple[date | None, date | None]:
        start, end = self.day("valid_from"), self.day("valid_to")
        if start and end and end <= start:
            self.refuse("valid_to", end.isoformat(), N_("This day is not after valid_from."))
        return start, end

    def read(self, column: str, reader: Callable[[str], Value], remedy: str) -> Value | None:
        value = self.text(column)
        if not value:
            return None
        try:
            return reader(value)
        except ValueError:
            self.refuse(column, value[:60], remedy)
            return None
