"""Reading the library. Every list starts at `visible_resources(viewer)`; nothing here changes anything."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.accounts.models import Organisation, Role, User
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound, require
from portal.core.paging import Page
from portal.library.models import (
    FileEntry,
    FileRefusal,
    NamedReader,
    PageText,
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
class ResourceCard:
    """What a list shows of a resource."""

    resource: Resource
    version: Version
    title: str
    title_language: str
    summary: str
    organisation: Organisation
    file_count: int
    page_count: int
    # A file whose first page may be shown as a picture to this viewer.
    pictured_file_id: UUID | None


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


@dataclass(frozen=True)
class PageView:
    """One page of text, for reading it in the portal."""

    resource: Resource
    entry: FileEntry
    reading: Reading
    pages: Sequence[PageText]


def visible_resources(viewer: Viewer) -> SelectOfScalar[Resource]:
    """Published resources whose record the viewer may see; the same rule as `policy.may_see_record`."""
    return select(Resource).where(*_is_visible(viewer))


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


def get_published_version(session: Session, resource: Resource, number: int | None = None) -> Version:
    """The version at the address, or an older one by its number."""
    if number is None:
        version = session.get(Version, resource.current_version_id) if resource.current_version_id else None
    else:
        statement = select(Version).where(Version.resource_id == resource.id, Version.number == number)
        version = session.exec(statement).first()
    if version is None or not version.is_published:
        raise NotFound(N_("There is no such version."))
    return version


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


def resource_cards(
    session: Session, viewer: Viewer, ids: Collection[UUID], language: str
) -> dict[UUID, ResourceCard]:
    """Cards of those of these resources whose record the viewer may see, in four statements."""
    if not ids:
        return {}
    rows = session.exec(
        select(Resource, Version, Organisation)
        .join(Version, col(Version.id) == col(Resource.current_version_id))
        .join(Organisation, col(Organisation.id) == col(Resource.organisation_id))
        .where(col(Resource.id).in_(set(ids)), *_is_visible(viewer))
    ).all()
    return _cards(session, viewer, rows, language)


def newest_cards(session: Session, viewer: Viewer, language: str, limit: int = 6) -> list[ResourceCard]:
    """What was published last."""
    statement = visible_resources(viewer).order_by(col(Resource.published_at).desc()).limit(limit)
    ids = [resource.id for resource in session.exec(statement)]
    cards = resource_cards(session, viewer, ids, language)
    return [cards[key] for key in ids if key in cards]


def browse_resources_of(
    session: Session, viewer: Viewer, organisation_id: UUID, language: str, page: int = 1
) -> Page[ResourceCard]:
    """What an organisation shared and the viewer may see, newest first."""
    chosen = visible_resources(viewer).where(Resource.organisation_id == organisation_id)
    total = session.exec(select(func.count()).select_from(chosen.subquery())).one()
    rows = session.exec(
        chosen.order_by(col(Resource.published_at).desc()).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    ).all()
    cards = resource_cards(session, viewer, [row.id for row in rows], language)
    return Page([cards[row.id] for row in rows if row.id in cards], total, page, PAGE_SIZE)


def browse_drafts(session: Session, viewer: Viewer, language: str) -> list[tuple[Resource, str]]:
    """What waits to be finished: first publications and new versions the viewer may edit, newest first."""
    organisations = viewer.organisations_with(Role.CONTRIBUTOR)
    statement = (
        select(Resource, Version)
        .join(Version, col(Version.resource_id) == col(Resource.id))
        .where(
            col(Resource.organisation_id).in_(organisations),
            col(Resource.state).in_([ResourceState.DRAFT, ResourceState.PUBLISHED]),
            col(Version.published_at).is_(None),
        )
        .order_by(col(Version.changed_at).desc())
        .limit(200)
    )
    rows = [
        (resource, version) for resource, version in session.exec(statement) if may_edit(viewer, resource)
    ]
    texts = _texts_by_version(session, [version.id for _, version in rows])
    return [
        (resource, text.title if (text := choose_text(texts[version.id], language)) else "")
        for resource, version in rows
    ]


def published_ids(session: Session) -> Sequence[UUID]:
    """Every published resource, whoever may see it: for the index, `sala reindex` and `sala check`."""
    return session.exec(
        select(Resource.id).where(Resource.state == ResourceState.PUBLISHED).order_by(col(Resource.number))
    ).all()


def count_published(session: Session, viewer: Viewer) -> tuple[int, int]:
    """How many resources the viewer may see, and of how many organisations."""
    chosen = visible_resources(viewer).subquery()
    resources, organisations = session.exec(
        select(func.count(), func.count(func.distinct(chosen.c.organisation_id))).select_from(chosen)
    ).one()
    return resources, organisations


def get_file(session: Session, viewer: Viewer, file_id: UUID) -> tuple[Resource, FileEntry]:
    """A file the viewer may open: of a published version, or of a draft they may edit."""
    found = session.exec(
        select(FileEntry, Resource, Version)
        .join(Resource, col(Resource.id) == col(FileEntry.resource_id))
        .join(Version, col(Version.id) == col(FileEntry.version_id))
        .where(FileEntry.id == file_id)
    ).first()
    absent = NotFound(N_("There is no such file, or it is not shared with you."))
    require(found is not None, absent)
    assert found is not None
    entry, resource, version = found
    is_open = may_see_files(viewer, resource, named_reader_ids(session, resource)) and (
        version.is_published or may_edit(viewer, resource)
    )
    require(is_open, absent)
    return resource, entry


def read_pages(session: Session, viewer: Viewer, file_id: UUID, first: int = 1, count: int = 1) -> PageView:
    """The text of some pages of a file the viewer may open."""
    resource, entry = get_file(session, viewer, file_id)
    reading = session.exec(select(Reading).where(Reading.sha256 == entry.sha256)).one()
    pages = session.exec(
        select(PageText)
        .where(PageText.sha256 == entry.sha256, col(PageText.number).between(first, first + count - 1))
        .order_by(col(PageText.number))
    ).all()
    return PageView(resource, entry, reading, pages)


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
            *_is_visible(viewer),
            _is_open(viewer, col(Resource.files_visibility)),
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


def _is_visible(viewer: Viewer) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The rule of `policy.may_see_record` for what is published, as conditions."""
    is_open = _is_open(viewer, col(Resource.visibility))
    if viewer.user_id is not None:
        is_open = is_open | ((col(Resource.files_visibility) == Visibility.NAMED) & _is_named(viewer.user_id))
    return col(Resource.state) == ResourceState.PUBLISHED, is_open


def _is_open(viewer: Viewer, visibility: Mapped[Visibility]) -> ColumnElement[bool]:
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


def _cards(
    session: Session, viewer: Viewer, rows: Sequence[tuple[Resource, Version, Organisation]], language: str
) -> dict[UUID, ResourceCard]:
    texts = _texts_by_version(session, [version.id for _, version, _ in rows])
    files: defaultdict[UUID, list[tuple[FileEntry, Reading]]] = defaultdict(list)
    for entry, reading in session.exec(
        select(FileEntry, Reading)
        .join(Reading, col(Reading.sha256) == col(FileEntry.sha256))
        .where(col(FileEntry.version_id).in_([version.id for _, version, _ in rows]))
        .order_by(col(FileEntry.position), col(FileEntry.id))
    ):
        files[entry.version_id].append((entry, reading))
    named = _resources_naming(session, viewer, [resource.id for resource, _, _ in rows])
    cards = {}
    for resource, version, organisation in rows:
        text = choose_text(texts[version.id], language)
        people = [viewer.user_id] if viewer.user_id and resource.id in named else []
        pictured = next((entry.id for entry, reading in files[version.id] if reading.preview_sha256), None)
        cards[resource.id] = ResourceCard(
            resource=resource,
            version=version,
            title=text.title if text else resource.reference,
            title_language=text.language if text else "en",
            summary=text.summary if text else "",
            organisation=organisation,
            file_count=len(files[version.id]),
            page_count=sum(reading.page_count for _, reading in files[version.id]),
            pictured_file_id=pictured if may_see_files(viewer, resource, people) else None,
        )
    return cards


def _resources_naming(session: Session, viewer: Viewer, ids: Collection[UUID]) -> set[UUID]:
    if viewer.user_id is None or not ids:
        return set()
    statement = select(NamedReader.resource_id).where(
        NamedReader.user_id == viewer.user_id, col(NamedReader.resource_id).in_(ids)
    )
    return set(session.exec(statement))


def _texts_by_version(
    session: Session, version_ids: Collection[UUID]
) -> defaultdict[UUID, list[VersionText]]:
    texts: defaultdict[UUID, list[VersionText]] = defaultdict(list)
    if version_ids:
        statement = select(VersionText).where(col(VersionText.version_id).in_(version_ids))
        for text in session.exec(statement.order_by(col(VersionText.position), VersionText.language)):
            texts[text.version_id].append(text)
    return texts


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
