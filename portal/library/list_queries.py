"""Lists of resources: cards for hits and pages, what an organisation shared, what waits to be finished."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from portal.accounts.models import Organisation, Role
from portal.accounts.viewer import Viewer
from portal.core.paging import Page
from portal.library.models import (
    FileEntry,
    NamedReader,
    Reading,
    Resource,
    ResourceState,
    Version,
    VersionText,
)
from portal.library.policy import may_edit, may_see_files
from portal.library.queries import (
    choose_text,
    is_visible,
    visible_resources,
)

PAGE_SIZE = 20


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
    # The files that this viewer may open, with what reading them gave; by their ids.
    open_files: Mapping[UUID, tuple[FileEntry, Reading]]


def resource_cards(
    session: Session, viewer: Viewer, ids: Collection[UUID], language: str
) -> dict[UUID, ResourceCard]:
    """Cards of those of these resources whose record the viewer may see, in four statements."""
    if not ids:
        return {}
    rows = session.exec(_visible_rows(viewer).where(col(Resource.id).in_(set(ids)))).all()
    return _cards(session, viewer, rows, language)


def newest_cards(session: Session, viewer: Viewer, language: str, limit: int = 6) -> list[ResourceCard]:
    """What was published last, in four statements."""
    newest = _visible_rows(viewer).order_by(col(Resource.published_at).desc()).limit(limit)
    rows = session.exec(newest).all()
    cards = _cards(session, viewer, rows, language) if rows else {}
    return [cards[resource.id] for resource, _, _ in rows]


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


def count_published(session: Session, viewer: Viewer) -> tuple[int, int]:
    """How many resources the viewer may see, and of how many organisations."""
    chosen = visible_resources(viewer).subquery()
    resources, organisations = session.exec(
        select(func.count(), func.count(func.distinct(chosen.c.organisation_id))).select_from(chosen)
    ).one()
    return resources, organisations


def _visible_rows(viewer: Viewer) -> Select[Resource, Version, Organisation]:
    return (
        select(Resource, Version, Organisation)
        .join(Version, col(Version.id) == col(Resource.current_version_id))
        .join(Organisation, col(Organisation.id) == col(Resource.organisation_id))
        .where(*is_visible(viewer))
    )


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
        opens_files = may_see_files(viewer, resource, people)
        cards[resource.id] = ResourceCard(
            resource=resource,
            version=version,
            title=text.title if text else resource.reference,
            title_language=text.language if text else "en",
            summary=text.summary if text else "",
            organisation=organisation,
            file_count=len(files[version.id]),
            page_count=sum(reading.page_count for _, reading in files[version.id]),
            open_files={entry.id: (entry, reading) for entry, reading in files[version.id] if opens_files},
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
