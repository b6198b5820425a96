"""What a column of the workbook is."""

from dataclasses import dataclass
from enum import StrEnum

# Several values in one cell stand apart by this; so one line is one row, whatever its places.
BETWEEN_VALUES = "; "


class Kind(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    REFERENCE = "reference"
    CODE = "code"
    ORGANISATIONS = "organisations"
    PLACES = "places"
    DAY = "day"
    COUNT = "count"


@dataclass(frozen=True)
class Column:
    """One column. `list_name` is the vocabulary its values come from, by its name in the value lists."""

    key: str
    kind: Kind
    tag: str
    english: str
    lao: str
    synonyms: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    list_name: str = ""
    is_list: bool = False
    is_required: bool = False
    # Shown, but not read back: it follows from something else.
    is_told_only: bool = False
    width: int = 16
    hint: str = ""
