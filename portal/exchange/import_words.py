"""“No change” in an import: a word on lines that stay as they are, which confirms them, and taking it back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.accounts.viewer import Viewer
from portal.exchange.import_queries import rows_of
from portal.exchange.models import ImportBatch, RowState
from portal.exchange.planning import PlannedRow
from portal.registry.confirm_actions import confirm_at_hand, take_back_word
from portal.registry.models import ActivityLine


def confirm_unchanged(session: Session, viewer: Viewer, rows: Iterable[PlannedRow]) -> int:
    """Say “still correct” of the lines whose chosen rows say so; returns how many rows did.

    What was said of each before is kept with its row, so that it can be taken back.
    """
    known = {}
    for planned in rows:
        row = planned.row
        if planned.known and row.state == RowState.UNCHANGED and row.does_something and row.is_chosen:
            line = planned.known.line
            by = line.confirmed_by_id
            row.line_id = line.id
            row.before = {
                "confirmed_at": line.confirmed_at.isoformat() if line.confirmed_at else None,
                "confirmed_by": str(by) if by else None,
            }
            known[line.id] = (line, planned.known.project)
    if known:
        confirm_at_hand(session, viewer, known.values())
    return len(known)


def take_back_words(session: Session, viewer: Viewer, batch: ImportBatch) -> None:
    """Leave the lines as fresh as they were before; those confirmed again since stay so."""
    for row in rows_of(session, batch):
        if row.state == RowState.UNCHANGED and row.line_id:
            line = session.get_one(ActivityLine, row.line_id)
            if batch.imported_at and line.confirmed_at and line.confirmed_at <= batch.imported_at:
                at, by = row.before["confirmed_at"], row.before["confirmed_by"]
                take_back_word(
                    session,
                    viewer,
                    line,
                    datetime.fromisoformat(at) if at else None,
                    UUID(by) if by else None,
                )
