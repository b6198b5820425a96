"""Who may hand in a workbook, look at an import and take it back. Nothing here asks the database."""

from uuid import UUID

from portal.accounts.models import Role
from portal.accounts.viewer import Viewer
from portal.exchange.models import ImportBatch


def may_import_for(viewer: Viewer, organisation_id: UUID) -> bool:
    """Editors: a workbook changes what is published."""
    return viewer.has_role(organisation_id, Role.EDITOR)


def may_see_import(viewer: Viewer, batch: ImportBatch) -> bool:
    return may_import_for(viewer, batch.organisation_id)


def may_download_lines(viewer: Viewer, organisation_id: UUID) -> bool:
    """Everybody of the organisation takes its workbook home."""
    return viewer.has_role(organisation_id, Role.VIEWER)
