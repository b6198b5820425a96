"""Everything one project's page says, as far as the viewer may see it; about fifteen statements in all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.accounts.viewer import Viewer
from portal.core.audit import AuditEvent, events_of
from portal.core.clock import day_of
from portal.core.errors import N_, Forbidden, NotFound, require
from portal.places.models import Level, Place
from portal.places.queries import place_names
from portal.registry.checks import lacks_of_line
from portal.registry.freshness import effective_status
from portal.registry.link_queries import LinkDetail, link_detail, linked_projects
from portal.registry.models import (
    ActivityLine,
    EventPlace,
    LinePlace,
    LineState,
    PlannedEvent,
    Project,
    ProjectBudget,
    ProjectIndicator,
    ProjectPartner,
    ProjectState,
    ProjectText,
)
from portal.registry.policy import (
    may_answer_for,
    may_confirm,
    may_edit,
    may_publish,
    may_register_for,
    may_see_history,
    may_see_project,
    may_withdraw,
    narrower,
    part_tokens,
    partners_in_sight,
)
from portal.registry.queries import (
    events_of_project,
    find_project,
    lines_of,
    partner_ids,
    partners_of,
    titles_of,
)
from portal.registry.terms import (
    DateBasis,
    EffectiveStatus,
    LinePlaceRole,
    Reach,
    Status,
)


@dataclass(frozen=True)
class NamedPlace:
    """A place of a line: what it is called, and how much of the country it is."""

    id: UUID
    name: str
    level: Level
    role: LinePlaceRole
    share: int | None = None
    parent_id: UUID | None = None

    @property
    def is_whole_province(self) -> bool:
        return self.level == Level.PROVINCE and self.role == LinePlaceRole.ACTIVITY


@dataclass(frozen=True)
class LineDetail:
    """One line as it is shown; `lacks` is empty when it could be published."""

    line: ActivityLine
    implementer: Organisation | None
    places: Sequence[NamedPlace]
    status: EffectiveStatus
    reach: Reach
    lacks: Sequence[str]

    @property
    def activity_places(self) -> list[NamedPlace]:
        return self.in_role(LinePlaceRole.ACTIVITY)

    def in_role(self, role: str) -> list[NamedPlace]:
        return [place for place in self.places if place.role == role]


@dataclass(frozen=True)
class PartnerDetail:
    partner: ProjectPartner
    organisation: Organisation
    may_answer: bool


@dataclass(frozen=True)
class EventDetail:
    event: PlannedEvent
    places: Sequence[NamedPlace]
    reach: Reach


@dataclass(frozen=True)
class Powers:
    """What the viewer may do with the shown project."""

    may_edit: bool
    may_publish: bool
    may_confirm: bool
    may_withdraw: bool
    may_copy: bool
    may_see_history: bool

    @property
    def has_any(self) -> bool:
        return any((self.may_edit, self.may_withdraw, self.may_copy, self.may_see_history))


@dataclass(frozen=True)
class ProjectPage:
    project: Project
    texts: Sequence[ProjectText]
    title: str
    title_language: str
    organisation: Organisation
    partners: Sequence[PartnerDetail]
    lines: Sequence[LineDetail]
    events: Sequence[EventDetail]
    links: Sequence[LinkDetail]
    budgets: Sequence[ProjectBudget]
    indicators: Sequence[ProjectIndicator]
    status: EffectiveStatus
    powers: Powers

    @property
    def drafts(self) -> list[LineDetail]:
        return [detail for detail in self.lines if detail.line.state == LineState.DRAFT]

    @property
    def complete_drafts(self) -> list[LineDetail]:
        return [detail for detail in self.drafts if not detail.lacks]


@dataclass(frozen=True)
class HistoryPage:
    project: Project
    title: str
    events: Sequence[AuditEvent]


def project_page(session: Session, viewer: Viewer, reference: str, language: str, today: date) -> ProjectPage:
    """A project the viewer may see, with what of its lines and events is shown to them."""
    project = find_project(session, reference)
    partners = partners_of(session, project.id) if project else ()
    involved = partners_in_sight(partners)
    if project is None or not may_see_project(viewer, project, involved):
        raise NotFound(N_("There is no project at this address, or it is not shared with you."))
    texts = session.exec(select(ProjectText).where(ProjectText.project_id == project.id)).all()
    lines = [line for line in lines_of(session, project.id) if _sees_line(viewer, project, line, involved)]
    events = [
        event
        for event in events_of_project(session, project.id)
        if _sees_event(viewer, project, event, involved)
    ]
    places = _places_of(session, [line.id for line in lines], [event.id for event in events], language)
    linked = linked_projects(session, viewer, project)
    others = {other.id: other for _, other in linked}
    titles = titles_of(session, list(others), language) if others else {}
    organisations = organisations_by_id(
        session,
        [
            project.organisation_id,
            *(row.organisation_id for row in partners),
            *(line.implementer_id for line in lines),
            *(other.organisation_id for other in others.values()),
        ],
    )
    text = _told_in(texts, language)
    return ProjectPage(
        project=project,
        texts=texts,
        title=text.title if text else project.reference,
        title_language=text.language if text else language,
        organisation=organisations[project.organisation_id],
        partners=[
            PartnerDetail(row, organisations[row.organisation_id], _asks(viewer, project, row))
            for row in partners
        ],
        lines=[
            _line_detail(project, line, organisations.get(line.implementer_id), places[line.id], today)
            for line in lines
        ],
        events=[
            EventDetail(event, places[event.id], narrower(Reach(project.reach), _reach(event)))
            for event in events
        ],
        links=[link_detail(viewer, project, link, other, titles, organisations) for link, other in linked],
        budgets=budgets_of(session, project.id),
        indicators=indicators_of(session, project.id),
        status=effective_status(
            Status(project.status),
            project.starts_on,
            project.ends_on,
            DateBasis.ACTUAL if project.actual_start else DateBasis.PLANNED,
            day_of(project.confirmed_at) if project.confirmed_at else None,
            today,
        ),
        powers=_powers(viewer, project),
    )


def history_page(session: Session, viewer: Viewer, reference: str, language: str) -> HistoryPage:
    """Who did what; for editors of the owning organisation, also after a withdrawal."""
    project = find_project(session, reference)
    if project is None or not may_see_project(viewer, project, partner_ids(session, project.id)):
        raise NotFound(N_("There is no project at this address, or it is not shared with you."))
    require(
        may_see_history(viewer, project),
        Forbidden(N_("Only editors of the organisation see who changed what.")),
    )
    title = titles_of(session, [project.id], language).get(project.id, project.reference)
    return HistoryPage(project, title, events_of(session, project.id))


def budgets_of(session: Session, project_id: UUID) -> Sequence[ProjectBudget]:
    statement = select(ProjectBudget).where(ProjectBudget.project_id == project_id)
    return session.exec(statement.order_by(col(ProjectBudget.year), col(ProjectBudget.currency))).all()


def indicators_of(session: Session, project_id: UUID) -> Sequence[ProjectIndicator]:
    statement = select(ProjectIndicator).where(ProjectIndicator.project_id == project_id)
    return session.exec(statement.order_by(col(ProjectIndicator.position), col(ProjectIndicator.id))).all()


def get_part(session: Session, kind: Any, part_id: UUID, project: Project) -> Any:
    """A partner, indicator or link by its id, when it is of this project; links may be held by either end."""
    part = session.get(kind, part_id)
    ends = (part.project_id, getattr(part, "other_id", None)) if part is not None else ()
    require(project.id in ends, NotFound(N_("There is no such part of this project.")))
    return part


def _sees_line(viewer: Viewer, project: Project, line: ActivityLine, involved: Collection[UUID]) -> bool:
    """Drafts are for those who write them; the rest for whoever holds one of the line's own tokens."""
    if may_edit(viewer, project):
        return True
    if project.state == ProjectState.PUBLISHED and line.state != LineState.PUBLISHED:
        return False
    reach = narrower(Reach(project.reach), Reach(line.reach) if line.reach else None)
    return bool(viewer.access & part_tokens(project, reach, involved, line.implementer_id))


def _sees_event(viewer: Viewer, project: Project, event: PlannedEvent, involved: Collection[UUID]) -> bool:
    reach = narrower(Reach(project.reach), _reach(event))
    return bool(viewer.access & part_tokens(project, reach, involved, event.organisation_id))


def _reach(row: PlannedEvent) -> Reach | None:
    return Reach(row.reach) if row.reach else None


def _places_of(
    session: Session, line_ids: Collection[UUID], event_ids: Collection[UUID], language: str
) -> Mapping[UUID, list[NamedPlace]]:
    """The places of lines and events by the id of these, districts by name within their province."""
    rows: list[tuple[UUID, Place, LinePlaceRole, int | None]] = []
    for placed, place in session.exec(
        select(LinePlace, Place)
        .join(Place, col(Place.id) == col(LinePlace.place_id))
        .where(col(LinePlace.line_id).in_(line_ids))
    ):
        rows.append((placed.line_id, place, LinePlaceRole(placed.role), placed.share_percent))
    for event_id, place in session.exec(
        select(EventPlace.event_id, Place)
        .join(Place, col(Place.id) == col(EventPlace.place_id))
        .where(col(EventPlace.event_id).in_(event_ids))
    ):
        rows.append((event_id, place, LinePlaceRole.ACTIVITY, None))
    names = place_names(session, {place.id for _, place, _, _ in rows}, language)
    found: defaultdict[UUID, list[NamedPlace]] = defaultdict(list)
    for owner_id, place, role, share in sorted(rows, key=lambda row: (row[1].level, names[row[1].id])):
        level = Level(place.level)
        found[owner_id].append(NamedPlace(place.id, names[place.id], level, role, share, place.parent_id))
    return found


def _line_detail(
    project: Project,
    line: ActivityLine,
    implementer: Organisation | None,
    places: Sequence[NamedPlace],
    today: date,
) -> LineDetail:
    has_place = any(place.role == LinePlaceRole.ACTIVITY for place in places)
    return LineDetail(
        line=line,
        implementer=implementer,
        places=places,
        status=effective_status(
            Status(line.status or project.status),
            line.starts_on,
            line.ends_on,
            DateBasis(line.date_basis),
            day_of(line.confirmed_at) if line.confirmed_at else None,
            today,
        ),
        reach=narrower(Reach(project.reach), Reach(line.reach) if line.reach else None),
        lacks=[lack.message for lack in lacks_of_line(line, has_place)],
    )


def _asks(viewer: Viewer, project: Project, partner: ProjectPartner) -> bool:
    is_own = partner.organisation_id == project.organisation_id
    return project.is_published and not is_own and may_answer_for(viewer, partner.organisation_id)


def _powers(viewer: Viewer, project: Project) -> Powers:
    return Powers(
        may_edit=may_edit(viewer, project),
        may_publish=may_publish(viewer, project),
        may_confirm=may_confirm(viewer, project),
        may_withdraw=may_withdraw(viewer, project),
        may_copy=may_register_for(viewer, project.organisation_id),
        may_see_history=may_see_history(viewer, project),
    )


def _told_in(texts: Iterable[ProjectText], language: str) -> ProjectText | None:
    """The text in a language, else in English, else in any that has a title."""
    titled = {text.language: text for text in texts if text.title}
    return titled.get(language) or titled.get("en") or next(iter(titled.values()), None)
