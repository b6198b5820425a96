"""Evaluations and manuals of the library that may serve a funded project: our reading, since no record names one.

A partner of the project shared it, and it is about the same 4P, sector and place as one of the lines, of which only
what both sides tell is compared. What was issued before a project began is no evaluation of it, and told apart.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.library.models import Resource, Version, VersionPlace
from portal.library.queries import visible_resources
from portal.places.queries import province_of
from portal.registry.portfolio import FundedProject
from portal.registry.row_queries import portions
from portal.registry.rows import LineRow
from portal.registry.themes import EVALUATION_TYPES, MANUAL_TYPES, sectors_of


@dataclass(frozen=True)
class SharedResource:
    reference: str
    kind: str
    organisation_id: UUID
    issued_on: date | None
    policy_areas: frozenset[str]
    sectors: frozenset[str]
    # Empty for what tells no place, or the whole country.
    provinces: frozenset[UUID]


def shared_resources(
    session: Session, viewer: Viewer, projects: Sequence[FundedProject]
) -> list[SharedResource]:
    """Evaluations and manuals that the viewer may see, of organisations of these projects."""
    organisations = {key for project in projects for key in project.row.organisations}
    visible = visible_resources(viewer).subquery()
    rows = session.exec(
        select(Resource, Version)
        .join(Version, col(Version.id) == col(Resource.current_version_id))
        .where(
            col(Resource.id).in_(select(visible.c.id)),
            col(Version.resource_type).in_([*EVALUATION_TYPES, *MANUAL_TYPES]),
        )
    ).all()
    wanted = [(resource, version) for resource, version in rows if resource.organisation_id in organisations]
    places: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for portion in portions([version.id for _, version in wanted]):
        statement = select(VersionPlace.version_id, VersionPlace.place_id)
        for version_id, place_id in session.exec(statement.where(col(VersionPlace.version_id).in_(portion))):
            places[version_id].add(place_id)
    provinces = province_of(session, {key for keys in places.values() for key in keys})
    return [
        SharedResource(
            reference=resource.reference,
            kind=str(version.resource_type),
            organisation_id=resource.organisation_id,
            issued_on=version.issued_on,
            policy_areas=frozenset(version.policy_areas),
            sectors=frozenset(version.sectors),
            provinces=frozenset(province for key in places[version.id] if (province := provinces.get(key))),
        )
        for resource, version in wanted
    ]


def evaluations_for(
    projects: Sequence[FundedProject], shared: Sequence[SharedResource]
) -> dict[UUID, list[str]]:
    return _found(projects, [one for one in shared if one.kind in EVALUATION_TYPES], _may_evaluate)


def earlier_evaluations_for(
    projects: Sequence[FundedProject], shared: Sequence[SharedResource]
) -> dict[UUID, list[str]]:
    """Those from before the project: what was known of such work when it began."""
    return _found(projects, [one for one in shared if one.kind in EVALUATION_TYPES], _may_precede)


def manuals_for(projects: Sequence[FundedProject], shared: Sequence[SharedResource]) -> dict[UUID, list[str]]:
    return _found(projects, [one for one in shared if one.kind in MANUAL_TYPES], _may_serve)


def _found(
    projects: Sequence[FundedProject],
    shared: Sequence[SharedResource],
    fits: Callable[[FundedProject, SharedResource], bool],
) -> dict[UUID, list[str]]:
    by_organisation: defaultdict[UUID, list[SharedResource]] = defaultdict(list)
    for one in shared:
        by_organisation[one.organisation_id].append(one)
    return {
        project.row.id: sorted(
            one.reference
            for key in project.row.organisations
            for one in by_organisation.get(key, ())
            if fits(project, one)
        )
        for project in projects
    }


def _may_evaluate(project: FundedProject, one: SharedResource) -> bool:
    return not _is_earlier(project, one) and _may_serve(project, one)


def _may_precede(project: FundedProject, one: SharedResource) -> bool:
    return _is_earlier(project, one) and _may_serve(project, one)


def _is_earlier(project: FundedProject, one: SharedResource) -> bool:
    """A year alone means its first day: a report of the year in which work began seldom evaluates it."""
    starts = [day for day in (project.row.starts_on, *(line.starts_on for line in project.lines)) if day]
    return one.issued_on is not None and bool(starts) and one.issued_on < min(starts)


def _may_serve(project: FundedProject, one: SharedResource) -> bool:
    return any(_is_about(line, one) for line in project.lines)


def _is_about(line: LineRow, one: SharedResource) -> bool:
    """Whatever both sides tell is the same, and they tell something."""
    told: Mapping[str, tuple[Collection[object], Collection[object]]] = {
        "4P": (line.policy_areas, one.policy_areas),
        "sector": (sectors_of([line.intervention] if line.intervention else []), one.sectors),
        "place": (_provinces(line), one.provinces),
    }
    # The 4P alone are four words for everything: they can tell apart, and not bring together.
    compared = {
        name: bool(set(ours) & set(theirs)) for name, (ours, theirs) in told.items() if ours and theirs
    }
    return bool(compared.keys() - {"4P"}) and all(compared.values())


def _provinces(line: LineRow) -> frozenset[UUID]:
    """Empty for work in the whole country, which is everywhere and so tells no place."""
    if any(spot.is_whole_country for spot in line.spots):
        return frozenset()
    return frozenset(spot.province for spot in line.spots if spot.province)
