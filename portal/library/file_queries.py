"""Files and their pages, for those who may open them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound, require
from portal.library.models import (
    FileEntry,
    PageText,
    Reading,
    Resource,
    Version,
)
from portal.library.policy import may_edit, may_see_files
from portal.library.queries import (
    is_open,
    is_visible,
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


def page_texts(
    session: Session, viewer: Viewer, pages: Collection[tuple[UUID, int]]
) -> dict[tuple[UUID, int], tuple[FileEntry, Reading, str]]:
    """The text of pages by file and number, for those whose file the viewer may open, in two statements."""
    if not pages:
        return {}
    rows = session.exec(
        select(FileEntry, Reading, Resource)
        .join(Reading, col(Reading.sha256) == col(FileEntry.sha256))
        .join(Resource, col(Resource.id) == col(FileEntry.resource_id))
        .where(
            col(FileEntry.id).in_({file_id for file_id, _ in pages}),
            col(FileEntry.version_id) == col(Resource.current_version_id),
            *is_visible(viewer),
            is_open(viewer, col(Resource.files_visibility)),
        )
    ).all()
    opened = {entry.id: (entry, reading) for entry, reading, _ in rows}
    wanted = [(opened[file_id][0].sha256, number) for file_id, number in pages if file_id in opened]
    texts = _texts_of_pages(session, wanted)
    return {
        (file_id, number): (*opened[file_id], texts[opened[file_id][0].sha256, number])
        for file_id, number in pages
        if file_id in opened and (opened[file_id][0].sha256, number) in texts
    }


def _texts_of_pages(session: Session, pages: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    if not pages:
        return {}
    conditions = [
        (col(PageText.sha256) == sha256) & (col(PageText.number) == number) for sha256, number in pages
    ]
    return {
        (page.sha256, page.number): page.text
        for page in session.exec(select(PageText).where(or_(*conditions)))
    }
