"""What can be taken home: an organisation's workbook, everything a viewer may see, the rows with problems."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import ORGANISATION_TYPE_LABELS, Organisation, OrganisationType
from portal.accounts.viewer import Viewer
from portal.core.clock import today
from portal.core.errors import N_, NotFound, require
from portal.exchange.columns import BY_KEY
from portal.exchange.import_queries import organisation_index, place_index, rows_of
from portal.exchange.models import ImportBatch, RowState
from portal.exchange.policy import may_download_lines
from portal.exchange.remarks import Level, Remark
from portal.exchange.sheets import Wording
from portal.exchange.wordlists import Say, word_lists
from portal.exchange.workbook import write_lines_csv, write_table, write_workbook
from portal.exchange.workbook_lines import WorkbookLine, lines_of_organisation, visible_lines
from uploads.tables.cells import CellError, column_letters, from_wire

NOT_YOURS = N_("There is no workbook at this address, or it is not yours to see.")
WHAT_IS_WRONG = N_("What is wrong")


def organisation_workbook(
    session: Session, viewer: Viewer, organisation_id: UUID, say: Say, language: str, *, as_csv: bool = False
) -> bytes:
    """The lines an organisation owns, drafts too, to be worked in and handed in again."""
    require(may_download_lines(viewer, organisation_id), NotFound(NOT_YOURS))
    return _write(
        session, viewer, lines_of_organisation(session, organisation_id), say, language, as_csv=as_csv
    )


def visible_workbook(
    session: Session, viewer: Viewer, say: Say, language: str, *, as_csv: bool = False
) -> bytes:
    """Every published line the viewer may see, in the same form."""
    return _write(session, viewer, visible_lines(session, viewer), say, language, as_csv=as_csv)


def wording_for(session: Session, viewer: Viewer, say: Say, language: str) -> Wording:
    """Words and names for writing, in one language; seven statements."""
    types = {
        key: say(language, ORGANISATION_TYPE_LABELS[OrganisationType(kind)])
        for key, kind in session.exec(select(Organisation.id, col(Organisation.organisation_type)))
    }
    return Wording(
        word_lists(say), organisation_index(session, viewer), place_index(session), types, language
    )


def problem_rows(session: Session, batch: ImportBatch, say: Say, language: str) -> bytes:
    """The rows that could not be taken, as they were handed in, each with what is wrong in its cells.

    The headers and tags stand above them, so that the corrected file can be handed in itself.
    """
    positions = sorted(int(position) for position in batch.layout["headers"])
    tags = {position: BY_KEY[key].tag for key, position in batch.layout["columns"].items()}
    positions = sorted({*positions, *tags})
    headers = batch.layout["headers"]
    table: list[Sequence[str | int | date | None]] = [
        [*(headers.get(str(position), "") for position in positions), say(language, WHAT_IS_WRONG)],
        [*(tags.get(position, "") for position in positions), "#meta+problem"],
    ]
    for row in rows_of(session, batch):
        if row.state not in (RowState.ERROR, RowState.QUESTION):
            continue
        cells = {int(position): from_wire(value) for position, value in row.raw.items()}
        remarks = [Remark.from_json(stored) for stored in row.remarks]
        said = [
            f"{address_of(batch, row.number, remark.column)}: {sentence(remark, say, language)}"
            for remark in remarks
            if remark.level != Level.WARNING
        ]
        shown = [cells.get(position) for position in positions]
        table.append(
            [
                *(cell.text if isinstance(cell, CellError) else _plain(cell) for cell in shown),
                " ".join(said),
            ]
        )
    return write_table(table, "Problems")


def address_of(batch: ImportBatch, row: int, column: str) -> str:
    """A cell as its spreadsheet calls it, C12; only the row where the file has no such column."""
    position = batch.layout.get("columns", {}).get(column)
    return f"{column_letters(position)}{row}" if position is not None else str(row)


def sentence(remark: Remark, say: Say, language: str) -> str:
    """What a remark says, with the value that was found."""
    text = say(language, remark.message) % remark.values if remark.values else say(language, remark.message)
    return f"“{remark.found}” – {text}" if remark.found else text


def _plain(cell: object) -> str | int | date | None:
    if cell is None or (isinstance(cell, int | date) and not isinstance(cell, bool)):
        return cell
    return str(cell)


def _write(
    session: Session,
    viewer: Viewer,
    lines: Sequence[WorkbookLine],
    say: Say,
    language: str,
    *,
    as_csv: bool,
) -> bytes:
    wording = wording_for(session, viewer, say, language)
    return write_lines_csv(lines, wording) if as_csv else write_workbook(lines, wording, say, today())
