"""What whole pages about resources show, each read with a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation, User
from portal.accounts.viewer import Viewer
from portal.core.audit import AuditEvent, events_of
from portal.core.errors import N_, Forbidden, NotFound, require
from portal.library.file_queries import get_file
from portal.library.list_queries import ResourceCard, resource_cards
from portal.library.models import (
    FileEntry,
    PageText,
    Reading,
    ReadingState,
    Resource,
    Version,
    VersionText,
)
from portal.library.policy import (
    may_edit,
    may_publish,
    may_see_audit,
    may_see_files,
    may_start_version,
    may_withdraw,
)
from portal.library.queries import (
    VersionView,
    choose_text,
    downloads_of,
    get_draft,
    get_resource,
    named_readers,
    published_versions,
    resource_number,
    view_version,
)
from portal.library.vocabularies import PlaceRelation, WithdrawalReason
from portal.library.wording import problem_sentence
from portal.places.queries import place_names
from uploads.kinds import FileKind

# After these a title may be what has to go, so that the tombstone does not repeat it.
_SILENT_REASONS = frozenset(
    {WithdrawalReason.PERSONAL_DATA, WithdrawalReason.HARM_RISK, WithdrawalReason.TAKE_DOWN_REQUEST}
)


@dataclass(frozen=True)
class FileLine:
    """A file in a list, with what can be done with it."""

    entry: FileEntry
    reading: Reading

    @property
    def kind_label(self) -> str:
        return FileKind(self.entry.kind).label

    @property
    def opens_in_place(self) -> bool:
        return FileKind(self.entry.kind).inline_allowed

    @property
    def has_text(self) -> bool:
        return self.reading.state in (ReadingState.READ, ReadingState.PARTIAL) and self.reading.page_count > 0

    @property
    def is_waiting(self) -> bool:
        return self.reading.state == ReadingState.WAITING

    @property
    def problem(self) -> str:
        """A marked sentence when something kept the file from being read; empty otherwise."""
        return problem_sentence(self.reading.problem) if self.reading.problem else ""


@dataclass(frozen=True)
class RelatedPlace:
    relation: PlaceRelation
    place_id: UUID
    name: str


@dataclass(frozen=True)
class ResourcePage:
    """One version of a resource as this viewer sees it, and what they may do with it."""

    view: VersionView
    text: VersionText
    other_texts: Sequence[VersionText]
    files: Sequence[FileLine]
    places: Sequence[RelatedPlace]
    versions: Sequence[Version]
    downloads: int
    may_edit: bool
    may_publish: bool
    may_start_version: bool
    may_withdraw: bool
    may_see_audit: bool

    @property
    def is_preview(self) -> bool:
        return not self.view.version.is_published

    @property
    def is_newest(self) -> bool:
        return self.view.version.id == self.view.resource.current_version_id

    @property
    def pictured(self) -> FileEntry | None:
        """The first file with a picture of its first page."""
        return next((line.entry for line in self.files if line.reading.preview_sha256), None)

    @property
    def has_actions(self) -> bool:
        return self.may_edit or self.may_start_version or self.may_withdraw or self.may_see_audit


@dataclass(frozen=True)
class Tombstone:
    """What stays at the address of something withdrawn. The successor only if the viewer may see it."""

    resource: Resource
    organisation: Organisation
    text: VersionText | None
    successor: ResourceCard | None
    may_see_audit: bool


@dataclass(frozen=True)
class VersionsPage:
    resource: Resource
    text: VersionText | None
    versions: Sequence[Version]


@dataclass(frozen=True)
class AuditPage:
    resource: Resource
    text: VersionText | None
    events: Sequence[AuditEvent]


@dataclass(frozen=True)
class ReadPage:
    """One page of a file's text, between its neighbours."""

    resource: Resource
    version: Version
    text: VersionText | None
    file: FileLine
    number: int
    count: int
    words: str

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.count else None


def resource_page(
    session: Session,
    viewer: Viewer,
    resource: Resource,
    named: Sequence[User],
    language: str,
    number: int | None = None,
) -> ResourcePage:
    """The version at the address, or an older one by its number; seven statements."""
    versions = published_versions(session, resource)
    wanted = resource.current_version_id
    version = next((v for v in versions if (v.id == wanted if number is None else v.number == number)), None)
    if version is None:
        raise NotFound(N_("There is no such version."))
    return _page_of_version(session, viewer, resource, version, versions, named, language)


def preview_page(session: Session, viewer: Viewer, reference: str, language: str) -> ResourcePage:
    """A draft as others will see it, for those who edit it."""
    resource, version = get_draft(session, viewer, reference)
    versions = published_versions(session, resource)
    named = named_readers(session, resource)
    return _page_of_version(session, viewer, resource, version, versions, named, language)


def _page_of_version(
    session: Session,
    viewer: Viewer,
    resource: Resource,
    version: Version,
    versions: Sequence[Version],
    named: Sequence[User],
    language: str,
) -> ResourcePage:
    view = view_version(session, viewer, resource, version, named)
    text = view.text_in(language)
    return ResourcePage(
        view=view,
        text=text,
        other_texts=[other for other in view.texts if other.language != text.language and other.title],
        files=[FileLine(file.entry, file.reading) for file in view.files],
        places=_related_places(session, view, language),
        versions=versions,
        downloads=downloads_of(session, resource),
        may_edit=may_edit(viewer, resource),
        may_publish=may_publish(viewer, resource),
        may_start_version=may_start_version(viewer, resource),
        may_withdraw=may_withdraw(viewer, resource),
        may_see_audit=may_see_audit(viewer, resource),
    )


def tombstone(session: Session, viewer: Viewer, resource: Resource, language: str) -> Tombstone:
    """Only for a withdrawn resource whose record the viewer could see; at most six statements."""
    is_silent = resource.withdrawal_reason in _SILENT_REASONS
    cards = (
        resource_cards(session, viewer, [resource.successor_id], language) if resource.successor_id else {}
    )
    return Tombstone(
        resource=resource,
        organisation=session.exec(
            select(Organisation).where(Organisation.id == resource.organisation_id)
        ).one(),
        text=None if is_silent else _current_text(session, resource, language),
        successor=next(iter(cards.values()), None),
        may_see_audit=may_see_audit(viewer, resource),
    )


def versions_page(session: Session, resource: Resource, language: str) -> VersionsPage:
    """Every published version, newest first."""
    return VersionsPage(
        resource=resource,
        text=_current_text(session, resource, language),
        versions=published_versions(session, resource),
    )


def audit_page(session: Session, viewer: Viewer, reference: str, language: str) -> AuditPage:
    """Who did what; for editors of the owning organisation, also after a withdrawal."""
    resource = get_resource(session, viewer, reference)
    require(
        may_see_audit(viewer, resource),
        Forbidden(N_("Only editors of the organisation see who changed what.")),
    )
    return AuditPage(
        resource=resource,
        text=_current_text(session, resource, language),
        events=events_of(session, resource.id),
    )


def read_page(
    session: Session, viewer: Viewer, reference: str, file_id: UUID, number: int, language: str
) -> ReadPage:
    """A page of text; a number outside the file means its nearest page. Five statements."""
    resource, entry = get_file(session, viewer, file_id)
    if resource.number != resource_number(reference):
        raise NotFound(N_("There is no such file, or it is not shared with you."))
    reading = session.exec(select(Reading).where(Reading.sha256 == entry.sha256)).one()
    version = session.exec(select(Version).where(Version.id == entry.version_id)).one()
    count = max(1, reading.page_count)
    shown = min(max(1, number), count)
    words = session.exec(
        select(PageText.text).where(PageText.sha256 == entry.sha256, PageText.number == shown)
    ).first()
    return ReadPage(
        resource=resource,
        version=version,
        text=_text(session, version.id, language),
        file=FileLine(entry, reading),
        number=shown,
        count=count,
        words=words or "",
    )


@dataclass(frozen=True)
class OpenFile:
    """A file somebody may open; `is_public` says that anybody may."""

    resource: Resource
    entry: FileEntry
    is_public: bool


def open_file(session: Session, viewer: Viewer, file_id: UUID) -> OpenFile:
    """At most three statements."""
    resource, entry = get_file(session, viewer, file_id)
    version = session.exec(select(Version).where(Version.id == entry.version_id)).one()
    return OpenFile(resource, entry, version.is_published and may_see_files(Viewer(), resource))


def preview_of(session: Session, entry: FileEntry) -> str:
    """The name under which the picture of the first page is stored."""
    digest = session.exec(select(Reading.preview_sha256).where(Reading.sha256 == entry.sha256)).first()
    if not digest:
        raise NotFound(N_("There is no picture of this file."))
    return digest


def _related_places(session: Session, view: VersionView, language: str) -> list[RelatedPlace]:
    if not view.places:
        return []
    names = place_names(session, [place.place_id for place in view.places], language)
    places = [
        RelatedPlace(PlaceRelation(place.relation), place.place_id, names.get(place.place_id, ""))
        for place in view.places
    ]
    order = list(PlaceRelation)
    return sorted(places, key=lambda place: (order.index(place.relation), place.name))


def _current_text(session: Session, resource: Resource, language: str) -> VersionText | None:
    return _text(session, resource.current_version_id, language) if resource.current_version_id else None


def _text(session: Session, version_id: UUID, language: str) -> VersionText | None:
    statement = select(VersionText).where(VersionText.version_id == version_id)
    texts = session.exec(statement.order_by(col(VersionText.position), VersionText.language)).all()
    return choose_text(texts, language)
