"""The only seam between the domains and the search library: which changed rows make which record stale.

A mark is written in the transaction of its change, after the flush that carries it. Changes of access are
marked as hiding: until the index has followed, searches leave the record out altogether.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.accounts.models import Organisation, OrganisationName
from portal.library.models import (
    FileEntry,
    NamedReader,
    Reading,
    Resource,
    Version,
    VersionPlace,
    VersionText,
)
from portal.places.models import Place, PlaceName
from portal.registry.models import (
    ActivityLine,
    EventPlace,
    LinePlace,
    PlannedEvent,
    Project,
    ProjectBudget,
    ProjectIndicator,
    ProjectLink,
    ProjectPartner,
    ProjectText,
)
from portal.registry.row_queries import portions
from portal.registry.snapshot import touch_projects, void_snapshots
from search.outbox import mark_all_stale

FACET_FIELDS = (
    "kind",
    "policy_area",
    "resource_type",
    "language",
    "organisation",
    "province",
    "year",
    "sector",
    "audience",
    "file_kind",
)
SORT_FIELDS = ("newest", "used")

_PROJECT_PARTS = (
    ActivityLine,
    PlannedEvent,
    ProjectBudget,
    ProjectIndicator,
    ProjectPartner,
    ProjectText,
)
_PARTS = (Version, VersionText, VersionPlace, FileEntry)
_ACCESS_ATTRIBUTES = ("visibility", "files_visibility", "state", "group_id", "current_version_id")
_NAME_ATTRIBUTES = ("name", "acronym", "native_name")
_PROJECT_ACCESS = ("state", "reach", "group_id", "organisation_id")
_LINE_ACCESS = ("state", "reach", "implementer_id")


def watch() -> None:
    """Start marking; calling it again changes nothing."""
    if not event.contains(Session, "after_flush", _after_flush):
        event.listen(Session, "after_flush", _after_flush)


def mark_resources(session: Session, resource_ids: Iterable[UUID], *, hides: bool = False) -> None:
    """Mark resources whose documents changed for a reason no flush of theirs can tell."""
    mark_all_stale(session, {resource_id.hex: hides for resource_id in resource_ids})


def mark_projects(session: Session, project_ids: Iterable[UUID], *, hides: bool = False) -> None:
    """The same for projects: what was written past the unit of work has to be told."""
    mark_resources(session, project_ids, hides=hides)


def _after_flush(session: Session, _context: object) -> None:
    rows = [*session.new, *session.dirty, *session.deleted]
    touched = _touch_register(session, rows)
    changed = dict.fromkeys(touched, False)
    changed.update(dict.fromkeys(_narrowed_projects(session, rows), True))
    for row in rows:
        for resource_id, hides in _touched(session, row):
            changed[resource_id] = changed.get(resource_id, False) or hides
    mark_all_stale(session, {resource_id.hex: hides for resource_id, hides in changed.items()})


def _touch_register(session: Session, rows: Collection[Any]) -> set[UUID]:
    """Copies of the register in memory have to know which projects changed; returns them."""
    if any(isinstance(row, Place) for row in rows):
        void_snapshots(session)
    projects = {row.id for row in rows if isinstance(row, Project)}
    projects |= {row.project_id for row in rows if isinstance(row, _PROJECT_PARTS)}
    for link in rows:
        if isinstance(link, ProjectLink):
            projects |= {link.project_id, link.other_id}
    lines = {row.line_id for row in rows if isinstance(row, LinePlace)}
    events = {row.event_id for row in rows if isinstance(row, EventPlace)}
    with session.no_autoflush:
        for portion in portions(lines):
            projects |= set(
                session.exec(select(ActivityLine.project_id).where(col(ActivityLine.id).in_(portion)))
            )
        for portion in portions(events):
            projects |= set(
                session.exec(select(PlannedEvent.project_id).where(col(PlannedEvent.id).in_(portion)))
            )
    touch_projects(session, projects)
    return projects


def _narrowed_projects(session: Session, rows: Collection[Any]) -> set[UUID]:
    """The projects of which somebody may see less now; what is new can take nothing from anybody."""
    found: set[UUID] = set()
    # Collected anew whenever it is asked for.
    new = session.new
    for row in rows:
        if isinstance(row, Project) and _has_changed(row, _PROJECT_ACCESS):
            found.add(row.id)
        elif row not in new and (
            isinstance(row, ProjectPartner)
            or (isinstance(row, ActivityLine) and _has_changed(row, _LINE_ACCESS))
        ):
            found.add(row.project_id)
    return found


def _touched(session: Session, row: Any) -> Iterator[tuple[UUID, bool]]:
    if isinstance(row, Resource):
        yield row.id, _has_changed(row, _ACCESS_ATTRIBUTES)
    elif isinstance(row, NamedReader):
        yield row.resource_id, True
    elif isinstance(row, _PARTS):
        yield row.resource_id, False
    else:
        with session.no_autoflush:
            found = {key for others in _records_naming(row) for key in session.exec(others)}
        yield from ((key, False) for key in found)


def _records_naming(row: Any) -> Iterator[SelectOfScalar[UUID]]:
    """The resources and projects whose documents say something of a row that is not part of them."""
    if isinstance(row, Reading):
        yield select(FileEntry.resource_id).where(FileEntry.sha256 == row.sha256).distinct()
    elif isinstance(row, Organisation) and _has_changed(row, _NAME_ATTRIBUTES):
        yield from _records_of(row.id)
    elif isinstance(row, OrganisationName):
        yield from _records_of(row.organisation_id)
    elif isinstance(row, PlaceName):
        yield select(VersionPlace.resource_id).where(VersionPlace.place_id == row.place_id).distinct()
        yield (
            select(ActivityLine.project_id)
            .join(LinePlace, col(LinePlace.line_id) == col(ActivityLine.id))
            .where(LinePlace.place_id == row.place_id)
            .distinct()
        )


def _records_of(organisation_id: UUID) -> Iterator[SelectOfScalar[UUID]]:
    yield select(Resource.id).where(Resource.organisation_id == organisation_id)
    yield select(Project.id).where(Project.organisation_id == organisation_id)
    yield select(ProjectPartner.project_id).where(ProjectPartner.organisation_id == organisation_id)
    yield select(ActivityLine.project_id).where(ActivityLine.implementer_id == organisation_id).distinct()


def _has_changed(row: Any, attributes: Iterable[str]) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in attributes)
