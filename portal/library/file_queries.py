"""Files and their pages, for those who may open them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Integer, String, column, values
from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound, require
from portal.library.models import (
    FileEntry,
    PageText,
    Resource,
    Version,
)
from portal.library.policy import may_edit, may_see_files
from portal.library.queries import (
    named_reader_ids,
)


def get_file(session: Session, viewer: Viewer, file_id: UUID) -> tuple[Resource, FileEntry]:
    """A file the viewer may open: of a published version, or of a draft they may edit."""
    found = session.exec(
        select(FileEntry, Resource, Version)
        .join(Resource, col(Resource.id) == col(FileEntry.resource_id))
        .join(Version, col(Version.id) == col(FileEntry.version_id))
        .where(FileEntry.id == file_id)
    ).first()
    absent = NotFound(N_("There is no such file, or it is not shared with you."))
    if found is None:
        raise absent
    entry, resource, version = found
    is_opened = may_see_files(viewer, resource, named_reader_ids(session, resource)) and (
        version.is_published or may_edit(viewer, resource)
    )
    require(is_opened, absent)
    return resource, entry


def page_texts(session: Session, pages: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Texts by SHA-256 and page number. Whether the viewer may read them was settled with the files."""
    if not pages:
        return {}
    # Joined with a list of values, each page is one look into the index. As pairs in an IN, SQLite would read
    # every page there is; as conditions joined by OR, putting the statement together took longer than its answer.
    wanted = (
        values(column("sha256", String), column("number", Integer), name="wanted").data(list(pages)).cte()
    )
    statement = select(PageText.sha256, PageText.number, PageText.text).join(
        wanted, (col(PageText.sha256) == wanted.c.sha256) & (col(PageText.number) == wanted.c.number)
    )
    return {(sha256, number): text for sha256, number, text in session.exec(statement)}
