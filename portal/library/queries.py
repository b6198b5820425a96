"""Reading the library. Every list starts at `visible_resources(viewer)`; nothing here changes anything."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.accounts.models import Organisation, Role, User
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound
from portal.library.models import (
    FileEntry,
    FileRefusal,
    NamedReader,
    Reading,
    Resource,
    ResourceState,
    ResourceUse,
    Version,
    VersionPlace,
    VersionText,
)
from portal.library.policy import may_edit, may_see_files, may_see_record
from portal.library.vocabularies import PlaceRelation, Visibility

LARGEST_NUMBER = 2**31 - 1
PAGE_SIZE = 20
_REFERENCE = re.compile(r"R-?0*([0-9]{1,10})", re.IGNORECASE)


@dataclass(frozen=True)
class FileView:
    entry: FileEntry
    reading: Reading


@dataclass(frozen=True)
class VersionView:
    """Everything a page says of one version of a resource."""

    resource: Resource
    version: Version
    texts: Sequence[VersionText]
    places: Sequence[VersionPlace]
    # Empty when the viewer may see the record only; `file_count` still tells that there are some.
    files: Sequence[FileView]
    file_count: int
    organisation: Organisation
    named_readers: Sequence[User]
    may_see_files: bool

    def text_in(self, language: str) -> VersionText:
        return choose_text(self.texts, language) or VersionText(
            version_id=self.version.id, resource_id=self.resource.id, language=language
        )

    @property
    def has_unread_files(self) -> bool:
        return any(view.reading.state == "waiting" for view in self.files)


def visible_resources(viewer: Viewer) -> SelectOfScalar[Resource]:
    """Published resources whose record the viewer may see; the same rule as `policy.may_see_record`."""
    return select(Resource).where(*is_visible(viewer))


def get_resource(session: Session, viewer: Viewer, reference: str) -> Resource:
    """A resource by its public reference; one that may not be seen looks like one that is not there."""
    return get_resource_and_readers(session, viewer, reference)[0]


def get_resource_and_readers(
    session: Session, viewer: Viewer, reference: str
) -> tuple[Resource, Sequence[User]]:
    """The same, with the people named as its readers, so that a page need not ask for them twice."""
    resource = find_by_reference(session, reference)
    if resource is not None:
        named = named_readers(session, resource)
        if may_see_record(viewer, resource, [user.id for user in named]):
            return resource, named
    raise NotFound(N_("There is nothing at this address, or it is not shared with you."))


def get_draft(session: Session, viewer: Viewer, reference: str) -> tuple[Resource, Version]:
    """A resource the viewer may edit, with the version an edit changes: the unpublished one, if there is one."""
    resource = find_by_reference(session, reference)
    if resource is None or not may_edit(viewer, resource):
        raise NotFound(N_("There is nothing at this address, or it is not yours to edit."))
    return resource, newest_version(session, resource)


def find_by_reference(session: Session, reference: str) -> Resource | None:
    number = resource_number(reference)
    if number is None:
        return None
    return session.exec(select(Resource).where(Resource.number == number)).first()


def resource_number(reference: str) -> int | None:
    """The number in a reference (R-0001, r-1); None when it cannot be one."""
    match = _REFERENCE.fullmatch(reference)
    return int(match[1]) if match and int(match[1]) <= LARGEST_NUMBER else None


def newest_version(session: Session, resource: Resource) -> Version:
    statement = select(Version).where(Version.resource_id == resource.id).order_by(col(Version.number).desc())
    return session.exec(statement.limit(1)).one()


def published_versions(session: Session, resource: Resource) -> Sequence[Version]:
    """Newest first."""
    statement = select(Version).where(
        Version.resource_id == resource.id, col(Version.published_at).is_not(None)
    )
    return session.exec(statement.order_by(col(Version.number).desc())).all()


def get_published_version(session: Session, resource: Resource) -> Version:
    """The version at the address of something published."""
    return session.exec(select(Version).where(Version.id == resource.current_version_id)).one()


def view_version(
    session: Session,
    viewer: Viewer,
    resource: Resource,
    version: Version,
    named: Sequence[User] | None = None,
) -> VersionView:
    """A version with its parts, in four statements (five when named readers have to be looked up)."""
    named = named_readers(session, resource) if named is None else named
    opens_files = may_see_files(viewer, resource, [user.id for user in named])
    entries = session.exec(
        select(FileEntry, Reading)
        .join(Reading, col(Reading.sha256) == col(FileEntry.sha256))
        .where(FileEntry.version_id == version.id)
        .order_by(col(FileEntry.position), col(FileEntry.id))
    ).all()
    return VersionView(
        resource=resource,
        version=version,
        texts=version_texts(session, version),
        places=session.exec(select(VersionPlace).where(VersionPlace.version_id == version.id)).all(),
        files=[FileView(entry, reading) for entry, reading in entries] if opens_files else [],
        file_count=len(entries),
        organisation=session.exec(
            select(Organisation).where(Organisation.id == resource.organisation_id)
        ).one(),
        named_readers=named,
        may_see_files=opens_files,
    )


def version_texts(session: Session, version: Version) -> Sequence[VersionText]:
    statement = select(VersionText).where(VersionText.version_id == version.id)
    return session.exec(statement.order_by(col(VersionText.position), VersionText.language)).all()


def title_of(session: Session, resource: Resource, language: str) -> str:
    """The title a reader of this language sees, for a tombstone's link to its successor."""
    version_id = resource.current_version_id or newest_version(session, resource).id
    texts = session.exec(select(VersionText).where(VersionText.version_id == version_id)).all()
    text = choose_text(texts, language)
    return text.title if text else resource.reference


def choose_text(texts: Iterable[VersionText], language: str) -> VersionText | None:
    """The description in the reader's language, else in English, else the first one with a title."""
    titled = [text for text in texts if text.title]
    by_language = {text.language: text for text in titled}
    return by_language.get(language) or by_language.get("en") or (titled[0] if titled else None)


def published_ids(session: Session) -> Sequence[UUID]:
    """Every published resource, whoever may see it: for the index, `sala reindex` and `sala check`."""
    return session.exec(
        select(Resource.id).where(Resource.state == ResourceState.PUBLISHED).order_by(col(Resource.number))
    ).all()


def named_readers(session: Session, resource: Resource) -> Sequence[User]:
    if Visibility.NAMED not in (resource.visibility, resource.files_visibility):
        return []
    statement = (
        select(User)
        .join(NamedReader, col(NamedReader.user_id) == col(User.id))
        .where(NamedReader.resource_id == resource.id)
    )
    return session.exec(statement.order_by(User.name)).all()


def named_reader_ids(session: Session, resource: Resource) -> list[UUID]:
    return [user.id for user in named_readers(session, resource)]


def refusals_of(session: Session, version: Version) -> Sequence[FileRefusal]:
    """Files of an upload that were not taken, until somebody has read so."""
    return session.exec(select(FileRefusal).where(FileRefusal.version_id == version.id)).all()


def downloads_of(session: Session, resource: Resource) -> int:
    use = session.get(ResourceUse, resource.id)
    return use.downloads if use else 0


def place_pairs(places: Iterable[VersionPlace]) -> list[tuple[PlaceRelation, UUID]]:
    return [(PlaceRelation(place.relation), place.place_id) for place in places]


def is_visible(viewer: Viewer) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The rule of `policy.may_see_record` for what is published, as conditions."""
    opens = is_open(viewer, col(Resource.visibility))
    if viewer.user_id is not None:
        opens = opens | ((col(Resource.files_visibility) == Visibility.NAMED) & _is_named(viewer.user_id))
    return col(Resource.state) == ResourceState.PUBLISHED, opens


def is_open(viewer: Viewer, visibility: Mapped[Visibility]) -> ColumnElement[bool]:
    """The rule of `policy.access_tokens`, as a condition; a test holds the two beside each other."""
    own = col(Resource.organisation_id).in_(viewer.roles) if viewer.roles else false()
    ways: list[ColumnElement[bool]] = [
        visibility == Visibility.PUBLIC,
        own & (visibility != Visibility.NAMED),
    ]
    if viewer.is_member:
        ways.append(visibility == Visibility.MEMBERS)
    if viewer.groups:
        ways.append((visibility == Visibility.GROUP) & col(Resource.group_id).in_(viewer.groups))
    if editing := viewer.organisations_with(Role.EDITOR):
        ways.append((visibility == Visibility.NAMED) & col(Resource.organisation_id).in_(editing))
    if viewer.user_id is not None:
        ways.append((visibility == Visibility.NAMED) & _is_named(viewer.user_id))
    return or_(*ways)


def _is_named(user_id: UUID) -> ColumnElement[bool]:
    named = select(NamedReader.resource_id).where(NamedReader.user_id == user_id)
    return col(Resource.id).in_(named)
