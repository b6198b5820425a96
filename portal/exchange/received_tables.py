"""Taking a workbook in: kept under its SHA-256 and read in the sandbox, both before any transaction begins."""

from dataclasses import dataclass, field
from typing import BinaryIO

from portal.core.errors import N_, Invalid
from uploads.kinds import check_name, settled_kind, sniff
from uploads.names import safe_name
from uploads.problems import Problem
from uploads.sandbox import Limits
from uploads.storage import FileStore, TooLarge
from uploads.tables.cells import Sheet
from uploads.tables.sandboxed import read_table

# Ten thousand lines with long descriptions make a tenth of it.
LARGEST_WORKBOOK_BYTES = 20 * 1024 * 1024

NOT_A_TABLE = N_(
    "This is no table that can be read here. Save it as Excel workbook (.xlsx), ODS or CSV, and try again."
)
FILE_TOO_LARGE = N_(
    "This file is larger than 20 MB. A workbook of ten thousand lines needs a tenth of that: take out pictures and other sheets."
)
PROBLEMS = {
    Problem.EMPTY: N_("The file is empty: it has no content at all."),
    Problem.ENCRYPTED: N_("The workbook asks for a password. Save it without one and try again."),
    Problem.BROKEN: N_("The file is damaged or cut off. Open it, save it again, and try once more."),
    Problem.TOO_LARGE: N_(
        "The table unpacks to more than can be read: more than 200,000 rows or a million cells, most likely empty "
        "ones with a format. Copy the rows with data into a new workbook and try again."
    ),
    Problem.TOO_SLOW: N_(
        "Reading this file took too long. Copy the rows with data into a new workbook and try again."
    ),
    Problem.NO_TEXT: N_("There is nothing in this table."),
    Problem.UNSAFE: N_(
        "This workbook is built in a way that no office program writes, and is not opened. Save it again."
    ),
    Problem.NOT_WHAT_IT_SAYS: NOT_A_TABLE,
    Problem.UNSUPPORTED: NOT_A_TABLE,
}


@dataclass(frozen=True)
class ReceivedTable:
    """A file that is kept, and its sheets; or the marked sentence why there are none."""

    name: str = ""
    sha256: str = ""
    size_bytes: int = 0
    sheets: list[Sheet] = field(default_factory=list)
    refusal: str = ""

    def require_table(self) -> None:
        """Refuse the form when it brought no table."""
        if self.refusal:
            raise Invalid(self.refusal, field="file")


def receive_table(store: FileStore, name: str, stream: BinaryIO, limits: Limits = Limits()) -> ReceivedTable:
    """Read one file and keep it. A file that cannot be read is not kept. Takes at most `limits.wall_seconds`."""
    kind = settled_kind(sniff(stream), name)
    size_bytes = stream.seek(0, 2)
    stream.seek(0)
    if size_bytes > LARGEST_WORKBOOK_BYTES:
        return ReceivedTable(name=safe_name(name), refusal=FILE_TOO_LARGE)
    reading = read_table(stream, kind, limits)
    if reading.problem is not None:
        return ReceivedTable(name=safe_name(name), refusal=PROBLEMS[reading.problem])
    if check_name(name, kind, size_bytes):
        return ReceivedTable(name=safe_name(name), refusal=NOT_A_TABLE)
    try:
        stored = store.save(stream, LARGEST_WORKBOOK_BYTES)
    except TooLarge:
        return ReceivedTable(name=safe_name(name), refusal=FILE_TOO_LARGE)
    return ReceivedTable(safe_name(name), stored.sha256, stored.size_bytes, reading.sheets)
