"""What is said of a cell: wrong, doubtful, or a question; with the value found and what would be right."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_SHOWN = 120


class Level(StrEnum):
    # The row cannot be taken until it is put right in the file.
    ERROR = "error"
    # The row waits for an answer, which is remembered for the next file.
    QUESTION = "question"
    # It was understood in a way that somebody should know of.
    WARNING = "warning"


@dataclass(frozen=True)
class Remark:
    """A sentence about one column of a row; `message` is marked for translation, `values` are put into it."""

    level: Level
    column: str
    found: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "found": self.found[:LONGEST_SHOWN], "values": dict(self.values)}

    @staticmethod
    def from_json(stored: Mapping[str, Any]) -> "Remark":
        return Remark(
            Level(stored["level"]), stored["column"], stored["found"], stored["message"], stored["values"]
        )
