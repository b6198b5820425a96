"""What every step of an import asks and leaves behind."""

from typing import Any

from sqlmodel import Session

from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.errors import N_, Conflict, Forbidden, require
from portal.exchange.models import BatchState, ImportBatch
from portal.exchange.policy import may_import_for

ONLY_EDITORS = N_("Only editors of the organisation hand in its workbook.")
IS_OVER = N_("This import is over. Hand the file in again to import more of it.")


def require_open(viewer: Viewer, batch: ImportBatch) -> None:
    require(may_import_for(viewer, batch.organisation_id), Forbidden(ONLY_EDITORS))
    require(batch.state in (BatchState.MATCHING, BatchState.PREVIEW), Conflict(IS_OVER))


def tell(session: Session, viewer: Viewer, batch: ImportBatch, action: str, **details: Any) -> None:
    record(
        session,
        viewer.actor,
        action,
        ("import", batch.id),
        organisation_id=batch.organisation_id,
        reference=batch.reference,
        **details,
    )
