"""Lines as rows of the workbook: what each says in the workbook's own columns, in ids and codes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.clock import day_of
from portal.registry.models import (
    ActivityLine,
    LinePlace,
    LineState,
    Project,
    ProjectPartner,
    ProjectState,
    ProjectText,
)
from portal.registry.queries import visible_projects
from portal.registry.row_queries import portions
from portal.registry.snapshot import read_snapshot
from portal.registry.terms import LinePlaceRole, PartnerRole

PARTS = ("total", "women", "men", "girls", "boys")
PEOPLE = tuple(f"{group}_{part}" for group in ("planned", "reached") for part in PARTS)


@dataclass(frozen=True)
class WorkbookLine:
    """A line with its project. `values` has a key for every column but those of codes and places abroad."""

    line: ActivityLine
    project: Project
    values: Mapping[str, Any]

    @property
    def has_own_status(self) -> bool:
        return self.line.status is not None


@dataclass(frozen=True)
class _Around:
    """What belongs to the projects and lines, by id."""

    titles: Mapping[UUID, Mapping[str, str]]
    partners: Mapping[UUID, Sequence[tuple[UUID, str]]]
    places: Mapping[UUID, Sequence[LinePlace]]


def lines_of_organisation(session: Session, organisation_id: UUID) -> list[WorkbookLine]:
    """Every line that an organisation owns, drafts too; those of projects withdrawn or thrown away are left out."""
    statement = select(Project).where(
        Project.organisation_id == organisation_id,
        col(Project.state).in_([ProjectState.DRAFT, ProjectState.PUBLISHED]),
    )
    projects = {project.id: project for project in session.exec(statement)}
    return _lines(session, projects, [LineState.DRAFT, LineState.PUBLISHED])


def visible_lines(session: Session, viewer: Viewer) -> list[WorkbookLine]:
    """Every published line the viewer may see, of everybody."""
    projects = {project.id: project for project in session.exec(visible_projects(viewer))}
    found = _lines(session, projects, [LineState.PUBLISHED])
    rows = read_snapshot(session).lines_by_id
    return [
        each
        for each in found
        if each.line.id in rows and not rows[each.line.id].access.isdisjoint(viewer.access)
    ]


def _lines(
    session: Session, projects: Mapping[UUID, Project], states: Sequence[LineState]
) -> list[WorkbookLine]:
    lines = [
        line
        for portion in portions(projects)
        for line in session.exec(
            select(ActivityLine).where(
                col(ActivityLine.project_id).in_(portion), col(ActivityLine.state).in_(states)
            )
        )
    ]
    around = _Around(
        _titles(session, projects),
        _partners(session, projects),
        _places(session, [line.id for line in lines]),
    )
    ordered = sorted(lines, key=lambda line: (projects[line.project_id].number, line.number))
    return [
        WorkbookLine(line, projects[line.project_id], _values(projects[line.project_id], line, around))
        for line in ordered
    ]


def _titles(session: Session, projects: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    found: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    for portion in portions(projects):
        statement = select(ProjectText.project_id, ProjectText.language, ProjectText.title)
        for project_id, language, title in session.exec(
            statement.where(col(ProjectText.project_id).in_(portion))
        ):
            found[project_id][language] = title
    return found


def _partners(session: Session, projects: Collection[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    found: defaultdict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for portion in portions(projects):
        statement = (
            select(ProjectPartner.project_id, ProjectPartner.organisation_id, ProjectPartner.role)
            .where(col(ProjectPartner.project_id).in_(portion))
            .order_by(col(ProjectPartner.id))
        )
        for project_id, organisation_id, role in session.exec(statement):
            found[project_id].append((organisation_id, role))
    return found


def _places(session: Session, line_ids: Collection[UUID]) -> dict[UUID, list[LinePlace]]:
    found: defaultdict[UUID, list[LinePlace]] = defaultdict(list)
    for portion in portions(line_ids):
        for place in session.exec(select(LinePlace).where(col(LinePlace.line_id).in_(portion))):
            found[place.line_id].append(place)
    return found


def _values(project: Project, line: ActivityLine, around: _Around) -> dict[str, Any]:
    titles = around.titles.get(project.id, {})
    partners = around.partners.get(project.id, ())
    places = around.places.get(line.id, ())
    status = line.status or project.status
    values: dict[str, Any] = {
        "line": line.reference,
        "project": project.reference,
        "title_en": titles.get("en") or None,
        "title_lo": titles.get("lo") or None,
        "iati": project.iati_identifier or None,
        "external": line.external_reference or None,
        "implementer": [line.implementer_id],
        "accountable": [key for key, role in partners if role == PartnerRole.ACCOUNTABLE] or None,
        "funder": [key for key, role in partners if role == PartnerRole.FUNDING] or None,
        "reporting": [project.reporting_organisation_id or project.organisation_id],
        "policy_area": [str(line.policy_area), *line.other_policy_areas],
        "intervention": [str(line.intervention)] if line.intervention else None,
        "modality": [str(line.modality)] if line.modality else None,
        "target_group": list(line.target_groups) or None,
        "form": list(line.forms) or None,
        "description": line.description or None,
        "places": _tokens(places, LinePlaceRole.ACTIVITY),
        "destinations": _tokens(places, LinePlaceRole.DESTINATION),
        "corridor": _tokens(places, LinePlaceRole.CORRIDOR),
        "start": line.starts_on,
        "end": line.ends_on,
        "date_basis": [str(line.date_basis)],
        "status": [str(status)],
        "unit": [str(line.unit)],
        "reach": [str(line.reach)] if line.reach else None,
        "confirmed": _day(line),
    }
    return values | {name: getattr(line, name) for name in PEOPLE}


def _tokens(places: Sequence[LinePlace], role: LinePlaceRole) -> list[str] | None:
    return (
        sorted(
            str(place.place_id) if place.share_percent is None else f"{place.place_id}={place.share_percent}"
            for place in places
            if place.role == role
        )
        or None
    )


def _day(line: ActivityLine) -> date | None:
    return day_of(line.confirmed_at) if line.confirmed_at else None
