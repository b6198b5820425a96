"""What people do with an import: hand it in, match its columns, answer, choose, import, take back."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.errors import N_, Forbidden, Invalid, require
from portal.core.ids import new_id, next_number
from portal.core.text import fold
from portal.exchange.columns import BY_KEY, CHOOSABLE
from portal.exchange.days import DayOrder
from portal.exchange.import_queries import mapping_of, organisation_index, place_index
from portal.exchange.import_steps import ONLY_EDITORS, require_open, tell
from portal.exchange.layout import Layout, Origin, data_rows, find_layout, match_by_hand, signature
from portal.exchange.models import (
    BatchState,
    ColumnMapping,
    ImportAlias,
    ImportBatch,
    ImportRow,
    RowState,
)
from portal.exchange.planning import plan_import
from portal.exchange.policy import may_import_for
from portal.exchange.received_tables import ReceivedTable
from portal.exchange.wordlists import Say, word_lists
from uploads.tables.cells import to_wire

MOST_ROWS = 10_000
NO_TABLE = N_("No table was found in this file.")
NEEDED_COLUMNS = N_("Match at least a column of organisations or of line numbers.")
UNKNOWN_ANSWER = N_("“%(text)s” is not known here. Choose one of the list, or write a reference or a code.")


def start_import(
    session: Session,
    viewer: Viewer,
    organisation_id: UUID,
    table: ReceivedTable,
    say: Say,
    language: str,
) -> ImportBatch:
    """Keep the rows of a file and work out its preview, or ask first which column is which."""
    require(may_import_for(viewer, organisation_id), Forbidden(ONLY_EDITORS))
    table.require_table()
    layout = _remembered(session, organisation_id, find_layout(table.sheets))
    sheet = table.sheets[layout.sheet]
    rows = list(data_rows(sheet, layout))
    require(rows, Invalid(NO_TABLE, field="file"))
    require(
        len(rows) <= MOST_ROWS,
        Invalid(
            N_("This file has %(count)s rows. Hand in at most %(most)s at once."),
            field="file",
            count=len(rows),
            most=MOST_ROWS,
        ),
    )
    batch = ImportBatch(
        number=next_number(session, "import"),
        organisation_id=organisation_id,
        created_by_id=viewer.user_id,
        file_name=table.name,
        sha256=table.sha256,
        size_bytes=table.size_bytes,
        layout=_stored(layout, sheet.name),
    )
    session.add(batch)
    session.flush()
    values = [
        {
            "id": new_id(),
            "batch_id": batch.id,
            "number": row.number,
            "raw": {str(position): to_wire(cell) for position, cell in row.cells.items()},
            **_BEGINNING,
        }
        for row in rows
    ]
    session.execute(insert(ImportRow), values)
    tell(session, viewer, batch, "hand_in", rows=len(rows), file=batch.file_name)
    _plan_or_ask(session, viewer, batch, say, language)
    return batch


_BEGINNING: Mapping[str, Any] = {
    "state": RowState.NEW,
    "title": "",
    "remarks": [],
    "changes": [],
    "is_chosen": True,
    "line_reference": "",
    "fingerprint": "",
    "before": {},
    "revision_after": 0,
}


def match_columns(
    session: Session,
    viewer: Viewer,
    batch: ImportBatch,
    chosen: Mapping[int, str],
    say: Say,
    language: str,
) -> None:
    """Say which column is which, by position; remembered for the organisation's next file with these headers."""
    require_open(viewer, batch)
    keys = [key for key in chosen.values() if key]
    choosable = {column.key for column in CHOOSABLE}
    require(set(keys) <= choosable, Invalid(N_("Choose one of the list."), field="columns"))
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise Invalid(N_("“%(column)s” is chosen twice."), field="columns", column=BY_KEY[twice].english)
    require({"implementer", "line"} & set(keys), Invalid(NEEDED_COLUMNS, field="columns"))
    layout = match_by_hand(_layout(batch), {key: position for position, key in chosen.items() if key})
    batch.layout = _stored(layout, batch.layout.get("sheet_name", ""))
    _remember_mapping(session, batch, layout)
    _plan_or_ask(session, viewer, batch, say, language)


def answer_questions(
    session: Session,
    viewer: Viewer,
    batch: ImportBatch,
    answers: Mapping[int, str],
    say: Say,
    language: str,
) -> int:
    """Answers by the position of their question: an id, a code, a reference or name, or `-` to leave the word out.

    Kept as aliases of the organisation, and asked never again. Returns how many were answered.
    """
    require_open(viewer, batch)
    given = {n: text for n, text in answers.items() if text and 0 <= n < len(batch.questions)}
    for position, text in given.items():
        question = batch.questions[position]
        target = "" if text == "-" else _target(session, viewer, question, text, say)
        _remember_answer(session, viewer, batch, question, target)
    if given:
        session.flush()
        plan_import(session, viewer, batch, say, language)
    return len(given)


def choose_day_order(
    session: Session, viewer: Viewer, batch: ImportBatch, order: DayOrder, say: Say, language: str
) -> None:
    """Say what comes first in 01/05/2024, for columns that do not show it themselves."""
    require_open(viewer, batch)
    batch.day_order = order
    plan_import(session, viewer, batch, say, language)


def choose_rows(
    session: Session, viewer: Viewer, batch: ImportBatch, shown: Collection[int], chosen: Collection[int]
) -> None:
    """Of the rows that were shown, import these and not the others."""
    require_open(viewer, batch)
    statement = select(ImportRow).where(ImportRow.batch_id == batch.id, col(ImportRow.number).in_(set(shown)))
    for row in session.exec(statement):
        row.is_chosen = row.number in chosen
    session.flush()


def _plan_or_ask(session: Session, viewer: Viewer, batch: ImportBatch, say: Say, language: str) -> None:
    is_understood = batch.layout["origin"] != Origin.NOT_YET
    batch.state = BatchState.PREVIEW if is_understood else BatchState.MATCHING
    if is_understood:
        plan_import(session, viewer, batch, say, language)
    session.flush()


def _remembered(session: Session, organisation_id: UUID, layout: Layout) -> Layout:
    """The layout with columns as the organisation matched them before, where a file has no tags."""
    if layout.origin == Origin.TAGS:
        return layout
    mapping = mapping_of(session, organisation_id, signature(layout))
    if mapping is None:
        return layout
    positions = {fold(header): position for position, header in layout.headers.items()}
    return match_by_hand(
        layout, {key: positions[header] for header, key in mapping.columns.items() if header in positions}
    )


def _remember_mapping(session: Session, batch: ImportBatch, layout: Layout) -> None:
    mapping = mapping_of(session, batch.organisation_id, signature(layout)) or ColumnMapping(
        organisation_id=batch.organisation_id, signature=signature(layout)
    )
    by_position = {position: key for key, position in layout.columns.items()}
    mapping.columns = {
        fold(header): by_position[position]
        for position, header in layout.headers.items()
        if position in by_position
    }
    session.add(mapping)


def _remember_answer(
    session: Session, viewer: Viewer, batch: ImportBatch, question: Mapping[str, Any], target: str
) -> None:
    statement = select(ImportAlias).where(
        ImportAlias.organisation_id == batch.organisation_id,
        ImportAlias.list_name == question["list"],
        ImportAlias.key == question["key"],
    )
    alias = session.exec(statement).first() or ImportAlias(
        organisation_id=batch.organisation_id,
        list_name=question["list"],
        key=question["key"],
        text=question["text"],
        created_by_id=viewer.user_id,
    )
    alias.target = target
    session.add(alias)
    tell(session, viewer, batch, "answer", list=question["list"], text=question["text"], target=target)


def _target(session: Session, viewer: Viewer, question: Mapping[str, Any], text: str, say: Say) -> str:
    """The id or code an answer means; Invalid when it means none or several."""
    if any(suggestion["target"] == text for suggestion in question["suggestions"]):
        return text
    found: str | None = None
    if question["list"] == "organisation":
        ids = organisation_index(session, viewer).find(text)
        found = str(ids[0]) if len(ids) == 1 else None
    elif question["list"] == "place":
        index = place_index(session)
        by_code, _ = index.by_code(text)
        named = index.find(text, question["level"])
        found = str(by_code) if by_code else str(named[0]) if len(named) == 1 else None
    else:
        found = word_lists(say)[question["list"]].find(text)
    if found is None:
        raise Invalid(UNKNOWN_ANSWER, field="answers", text=text)
    return found


def _stored(layout: Layout, sheet_name: str) -> dict[str, Any]:
    return {
        "sheet": layout.sheet,
        "sheet_name": sheet_name,
        "origin": layout.origin,
        "first_data_row": layout.first_data_row,
        "columns": dict(layout.columns),
        "headers": {str(position): header for position, header in layout.headers.items()},
        "unknown": list(layout.unknown),
    }


def _layout(batch: ImportBatch) -> Layout:
    stored = batch.layout
    return Layout(
        stored["sheet"],
        Origin(stored["origin"]),
        stored["first_data_row"],
        stored["columns"],
        {int(position): header for position, header in stored["headers"].items()},
        stored["unknown"],
    )
