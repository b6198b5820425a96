"""From the tables to plain rows: one statement for each table, however many projects are asked for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select
from sqlmodel import Session, col, select

from portal.core.clock import day_of
from portal.places.models import Level, Place
from portal.places.queries import HOME_COUNTRY
from portal.registry.models import (
    ActivityLine,
    EventPlace,
    LinePlace,
    LineState,
    PlannedEvent,
    Project,
    ProjectBudget,
    ProjectLink,
    ProjectPartner,
    ProjectState,
    ProjectText,
)
from portal.registry.policy import access_tokens, narrower, part_tokens, partners_in_sight
from portal.registry.rows import EventRow, LineRow, People, ProjectRow, Spot
from portal.registry.terms import (
    FAMILY_LINKS,
    LINK_INVERSES,
    UPSTREAM_ROLES,
    DateBasis,
    EventKind,
    LinePlaceRole,
    LinkKind,
    PartnerRole,
    PeopleUnit,
    Reach,
    Status,
)
from portal.registry.vocabularies import Intervention, TargetGroup

Key = TypeVar("Key")
Value = TypeVar("Value")

# SQLite takes at most 32,766 values in one statement; smaller portions also keep plans simple.
PORTION = 500
_UNREAD = frozenset(
    (
        "description",
        "external_reference",
        "import_id",
        "confirmed_by_id",
        "created_at",
        "changed_at",
        "removal_reason",
        "state",
        "number",
    )
)


@dataclass(frozen=True)
class LoadedRows:
    """By project; a project without lines or events is absent from those."""

    projects: Mapping[UUID, ProjectRow]
    lines: Mapping[UUID, Sequence[LineRow]]
    events: Mapping[UUID, Sequence[EventRow]]


@dataclass(frozen=True)
class _Parts:
    """What stands beside the projects, their lines and events, by the id of what it belongs to."""

    partners: Mapping[UUID, Sequence[Any]]
    texts: Mapping[UUID, Sequence[str]]
    budgets: Mapping[UUID, Sequence[Any]]
    parents: Mapping[UUID, frozenset[UUID]]
    twins: Mapping[UUID, frozenset[UUID]]
    followed: Mapping[UUID, frozenset[UUID]]
    line_places: Mapping[UUID, Sequence[tuple[UUID, str]]]
    event_places: Mapping[UUID, Sequence[UUID]]
    spots: Mapping[UUID, Spot]


def load_rows(session: Session, project_ids: Collection[UUID] | None = None) -> LoadedRows:
    """The published projects, or those of these that are published, with their published lines and events."""
    return _load(session, project_ids, [ProjectState.PUBLISHED], [LineState.PUBLISHED])


def load_own_rows(session: Session, project_id: UUID) -> LoadedRows:
    """One project as its owner works on it: drafts too. For checks before anything is published."""
    return _load(
        session,
        [project_id],
        [ProjectState.DRAFT, ProjectState.PUBLISHED],
        [LineState.DRAFT, LineState.PUBLISHED],
    )


def portions(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    ordered = list(ids)
    for start in range(0, len(ordered), PORTION):
        yield ordered[start : start + PORTION]


def _load(
    session: Session,
    project_ids: Collection[UUID] | None,
    states: list[ProjectState],
    line_states: list[LineState],
) -> LoadedRows:
    projects = [
        project
        for portion in _portions_or_all(project_ids)
        for project in session.exec(
            select(Project).where(col(Project.state).in_(states), *_among(Project.id, portion))
        )
    ]
    if not projects:
        return LoadedRows({}, {}, {})
    chosen = None if project_ids is None else [project.id for project in projects]
    is_line = col(ActivityLine.state).in_(line_states)
    lines = _by(_line_columns().where(is_line), ActivityLine.project_id, chosen, session, _project_of)
    events = _by(
        select(PlannedEvent), PlannedEvent.project_id, chosen, session, lambda row: row[0].project_id
    )
    parts = _load_parts(session, chosen)
    made: dict[UUID, list[LineRow]] = {}
    planned: dict[UUID, list[EventRow]] = {}
    rows: dict[UUID, ProjectRow] = {}
    for project in projects:
        if project.id in lines:
            made[project.id] = [_line_row(project, line, parts) for line in lines[project.id]]
        if project.id in events:
            planned[project.id] = [_event_row(project, event, parts) for (event,) in events[project.id]]
        rows[project.id] = _project_row(project, made.get(project.id, ()), parts)
    return LoadedRows(rows, made, planned)


def _line_columns() -> Select[Any]:
    """Columns rather than objects, and only those of a row: of 20,000 lines that takes a third of the time."""
    return select(*(column for column in ActivityLine.__table__.c if column.name not in _UNREAD))  # type: ignore[attr-defined]


def _project_of(row: Any) -> UUID:
    found: UUID = row.project_id
    return found


def _load_parts(session: Session, chosen: Collection[UUID] | None) -> _Parts:
    partners = _by(
        select(  # type: ignore[call-overload]
            ProjectPartner.project_id,
            ProjectPartner.organisation_id,
            ProjectPartner.role,
            ProjectPartner.their_reference,
            ProjectPartner.stance,
        ),
        ProjectPartner.project_id,
        chosen,
        session,
        _project_of,
    )
    texts = _by(
        select(ProjectText.project_id, ProjectText.title),
        ProjectText.project_id,
        chosen,
        session,
        _project_of,
    )
    budgets = _by(
        select(ProjectBudget.project_id, ProjectBudget.year, ProjectBudget.currency, ProjectBudget.amount),
        ProjectBudget.project_id,
        chosen,
        session,
        _project_of,
    )
    line_places = _by(
        select(LinePlace.line_id, LinePlace.place_id, LinePlace.role).join(
            ActivityLine, col(ActivityLine.id) == col(LinePlace.line_id)
        ),
        ActivityLine.project_id,
        chosen,
        session,
        lambda row: row.line_id,
    )
    event_places = _by(
        select(EventPlace.event_id, EventPlace.place_id).join(
            PlannedEvent, col(PlannedEvent.id) == col(EventPlace.event_id)
        ),
        PlannedEvent.project_id,
        chosen,
        session,
        lambda row: row.event_id,
    )
    links = _agreed_links(session)
    return _Parts(
        partners=partners,
        texts={key: [row.title for row in rows if row.title] for key, rows in texts.items()},
        budgets=budgets,
        parents=_linked(links, LinkKind.PARENT),
        twins=_linked(links, LinkKind.THIRD_PARTY),
        followed=_linked(links, LinkKind.FOLLOWS),
        line_places={key: [(row.place_id, row.role) for row in rows] for key, rows in line_places.items()},
        event_places={key: [row.place_id for row in rows] for key, rows in event_places.items()},
        spots=_spots(session),
    )


def _linked(links: Iterable[Any], kind: LinkKind) -> dict[UUID, frozenset[UUID]]:
    """For each record those that are this to it, whichever of the two said so."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for project_id, other_id, said in links:
        if said == kind:
            found[project_id].add(other_id)
        if said == LINK_INVERSES[kind]:
            found[other_id].add(project_id)
    return {project_id: frozenset(others) for project_id, others in found.items()}


def _agreed_links(session: Session) -> Sequence[Any]:
    """Every agreed link by which families count or work goes on; links are few, so they are read whole."""
    statement = select(ProjectLink.project_id, ProjectLink.other_id, ProjectLink.kind).where(
        col(ProjectLink.agreed_at).is_not(None),
        col(ProjectLink.kind).in_({*FAMILY_LINKS, LinkKind.FOLLOWS, LinkKind.FOLLOWED_BY}),
    )
    return session.execute(statement).all()


def _spots(session: Session) -> dict[UUID, Spot]:
    """Every place of the country as a spot; those of a few hundred districts are read whole."""
    statement = select(Place.id, Place.level, Place.parent_id).where(Place.country == HOME_COUNTRY)
    return {
        place_id: spot_of(place_id, level, parent_id)
        for place_id, level, parent_id in session.execute(statement)
    }


def spot_of(place_id: UUID, level: int, parent_id: UUID | None) -> Spot:
    if level == Level.COUNTRY:
        return Spot()
    return Spot(place_id) if level == Level.PROVINCE else Spot(parent_id, place_id)


def _line_row(project: Project, line: Any, parts: _Parts) -> LineRow:
    partners = parts.partners.get(project.id, ())
    reach = narrower(Reach(project.reach), line.reach)
    places = parts.line_places.get(line.id, ())
    return LineRow(
        id=line.id,
        reference=line.reference,
        project_id=project.id,
        family_id=project.family_id,
        organisation_id=project.organisation_id,
        implementer_id=line.implementer_id,
        upstream_ids=frozenset(row.organisation_id for row in partners if row.role in UPSTREAM_ROLES),
        funder_ids=frozenset(row.organisation_id for row in partners if row.role == PartnerRole.FUNDING),
        policy_area=line.policy_area,
        policy_areas=frozenset({line.policy_area, *line.other_policy_areas}),
        intervention=Intervention(line.intervention) if line.intervention else None,
        modality=line.modality or "",
        target_groups=frozenset(TargetGroup(group) for group in line.target_groups),
        forms=frozenset(line.forms),
        spots=_at(parts, [key for key, role in places if role == LinePlaceRole.ACTIVITY]),
        # Work done in another country is no spot on the map of this one.
        abroad=frozenset(
            key for key, role in places if role != LinePlaceRole.ACTIVITY or key not in parts.spots
        ),
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        date_basis=DateBasis(line.date_basis),
        status=Status(line.status or project.status),
        confirmed_on=day_of(line.confirmed_at) if line.confirmed_at else None,
        reach=reach,
        access=part_tokens(project, reach, partners_in_sight(partners), line.implementer_id),
        unit=PeopleUnit(line.unit),
        planned=People(
            line.planned_total, line.planned_women, line.planned_men, line.planned_girls, line.planned_boys
        ),
        reached=People(
            line.reached_total, line.reached_women, line.reached_men, line.reached_girls, line.reached_boys
        ),
        revision=line.revision,
        followed_ids=parts.followed.get(project.id, frozenset()),
    )


def _project_row(project: Project, lines: Sequence[LineRow], parts: _Parts) -> ProjectRow:
    partners = parts.partners.get(project.id, ())
    by_role: defaultdict[PartnerRole, set[UUID]] = defaultdict(set)
    for row in partners:
        by_role[PartnerRole(row.role)].add(row.organisation_id)
    identifiers = {project.iati_identifier, *(row.their_reference for row in partners)} - {""}
    yearly: defaultdict[tuple[int, str], int] = defaultdict(int)
    for row in parts.budgets.get(project.id, ()):
        yearly[row.year, row.currency] += row.amount
    whole = {project.currency: project.total_budget} if project.total_budget is not None else _sums(yearly)
    access = access_tokens(project, Reach(project.reach), partners_in_sight(partners))
    # The row is shown to whoever may open the project: it says nothing of lines that are shown to fewer.
    as_open = [line for line in lines if line.access >= access]
    return ProjectRow(
        id=project.id,
        reference=project.reference,
        family_id=project.family_id,
        organisation_id=project.organisation_id,
        titles=tuple(parts.texts.get(project.id, ())),
        partners={role: frozenset(found) for role, found in by_role.items()},
        identifiers=frozenset(identifiers),
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        spots=frozenset(spot for line in as_open for spot in line.spots),
        interventions=frozenset(line.intervention for line in as_open if line.intervention),
        budgets=whole,
        yearly_budgets=dict(yearly),
        parent_ids=parts.parents.get(project.id, frozenset()),
        twin_ids=parts.twins.get(project.id, frozenset()),
        status=Status(project.status),
        confirmed_on=day_of(project.confirmed_at) if project.confirmed_at else None,
        reach=Reach(project.reach),
        access=access,
        revision=project.revision,
    )


def _event_row(project: Project, event: PlannedEvent, parts: _Parts) -> EventRow:
    reach = narrower(Reach(project.reach), event.reach)
    partners = partners_in_sight(parts.partners.get(project.id, ()))
    return EventRow(
        id=event.id,
        reference=event.reference,
        project_id=project.id,
        family_id=project.family_id,
        organisation_id=event.organisation_id,
        kind=EventKind(event.kind),
        intervention=Intervention(event.intervention) if event.intervention else None,
        target_groups=frozenset(TargetGroup(group) for group in event.target_groups),
        spots=_at(parts, parts.event_places.get(event.id, ())),
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        is_cancelled=event.is_cancelled,
        reach=reach,
        access=part_tokens(project, reach, partners, event.organisation_id),
        revision=event.revision,
    )


def _sums(yearly: Mapping[tuple[int, str], int]) -> dict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for (_, currency), amount in yearly.items():
        sums[currency] += amount
    return dict(sums)


def _at(parts: _Parts, place_ids: Iterable[UUID]) -> tuple[Spot, ...]:
    return tuple(
        sorted({parts.spots[key] for key in place_ids if key in parts.spots}, key=lambda spot: spot.order)
    )


def _among(column: Any, portion: list[UUID] | None) -> list[ColumnElement[bool]]:
    return [] if portion is None else [col(column).in_(portion)]


def _portions_or_all(ids: Collection[UUID] | None) -> Iterable[list[UUID] | None]:
    return [None] if ids is None else portions(ids)


def _by(
    statement: Any,
    column: Any,
    chosen: Collection[UUID] | None,
    session: Session,
    key: Callable[[Any], UUID],
) -> dict[UUID, list[Any]]:
    """The rows of a statement by the id that `key` finds in them; of the chosen projects, or of all."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for portion in _portions_or_all(chosen):
        for row in session.execute(statement.where(*_among(column, portion))):
            found[key(row)].append(row)
    return dict(found)
