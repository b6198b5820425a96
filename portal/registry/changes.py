"""What every change of a project or of a part of it leaves behind."""

from typing import Any

from sqlmodel import Session

from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Forbidden, require
from portal.registry.models import Project
from portal.registry.policy import may_edit

CHANGED_MEANWHILE = N_(
    "Somebody else saved this while you were writing. Your words are still in the form: compare them with what "
    "is saved now. Saving again replaces it."
)


def changed(session: Session, viewer: Viewer, project: Project, action: str, **details: Any) -> None:
    """The one place every action of the register passes: the audit trail, and the day of the last change."""
    note_change(session, viewer, project, action, **details)
    session.flush()


def note_change(session: Session, viewer: Viewer, project: Project, action: str, **details: Any) -> None:
    """The same for one of many changes, which are written together."""
    project.changed_at = now()
    record(
        session,
        viewer.actor,
        action,
        ("project", project.id),
        organisation_id=project.organisation_id,
        reference=project.reference,
        **details,
    )


def require_edit(viewer: Viewer, project: Project) -> None:
    require(
        may_edit(viewer, project), Forbidden(N_("Only people of the organisation it belongs to change it."))
    )


def require_revision(given: int | None, stored: int) -> None:
    """Conflict when somebody else saved since this form was opened; who gives none has looked at no form."""
    require(given is None or given == stored, Conflict(CHANGED_MEANWHILE))
