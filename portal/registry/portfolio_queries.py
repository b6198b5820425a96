"""A portfolio for one reader, with the outcomes its projects measure and what the library has of them.

An evaluation or manual belongs to a project when an organisation of the project shared it and it is about the same
kind of work or the same province: our reading, said on the page, since no record names it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, Forbidden, Unauthenticated, require
from portal.library.models import Resource, Version, VersionPlace
from portal.library.queries import visible_resources
from portal.places.queries import P_CODES, place_codes, place_names, province_of
from portal.registry.models import ProjectIndicator
from portal.registry.portfolio import FundedProject, Portfolio, PortfolioFilter, build_portfolio
from portal.registry.queries import titles_of
from portal.registry.row_queries import portions
from portal.registry.rows import visible_to
from portal.registry.snapshot import read_snapshot
from portal.registry.terms import PartnerRole, ResultKind
from portal.registry.themes import EVALUATION_TYPES, MANUAL_TYPES, sectors_of


@dataclass(frozen=True)
class PortfolioPage:
    asked: PortfolioFilter
    as_of: date
    portfolio: Portfolio
    titles: Mapping[UUID, str]
    organisations: Mapping[UUID, Organisation]
    # Names and P-codes of provinces by id as hex.
    names: Mapping[str, str]
    codes: Mapping[str, str]
    with_outcomes: Collection[UUID]
    evaluations: Mapping[UUID, Sequence[str]]
    manuals: Mapping[UUID, Sequence[str]]
    # Every funder of what the viewer may see, to choose from.
    funders: Sequence[Organisation] = field(default_factory=tuple)


def funders_of(session: Session, viewer: Viewer) -> frozenset[UUID]:
    """Who funds something that the viewer may see."""
    rows, access = read_snapshot(session).projects.values(), viewer.access
    return frozenset(
        funder
        for row in rows
        if not row.access.isdisjoint(access)
        for funder in row.partners.get(PartnerRole.FUNDING, ())
    )


@dataclass(frozen=True)
class TakingPart:
    """Whether an organisation has any work that the viewer may see, and in how many projects it has each role."""

    has_work: bool
    roles: Sequence[tuple[PartnerRole, int]]


def taking_part(session: Session, viewer: Viewer, organisation_id: UUID) -> TakingPart:
    """One statement, as long as the register did not change."""
    snapshot, access = read_snapshot(session), viewer.access
    counts = Counter(
        role
        for row in snapshot.projects.values()
        if not row.access.isdisjoint(access)
        for role, partners in row.partners.items()
        if organisation_id in partners
    )
    has_work = bool(counts) or any(
        organisation_id in (line.implementer_id, line.organisation_id) and not line.access.isdisjoint(access)
        for line in snapshot.lines
    )
    return TakingPart(has_work, [(role, counts[role]) for role in PartnerRole if counts[role]])


def portfolio_page(
    session: Session, viewer: Viewer, asked: PortfolioFilter, language: str, today: date
) -> PortfolioPage:
    """For members, donors and coordinators."""
    require(viewer.is_signed_in, Unauthenticated(N_("Sign in first.")))
    require(viewer.is_member, Forbidden(N_("Portfolios are for members, donors and coordinators.")))
    snapshot, access = read_snapshot(session), viewer.access
    projects = [row for row in snapshot.projects.values() if not row.access.isdisjoint(access)]
    lines = {row.id: visible_to(snapshot.lines_by_project.get(row.id, ()), access) for row in projects}
    portfolio = build_portfolio(projects, lines, asked, today)
    ids = [project.row.id for project in portfolio.projects]
    provinces = [UUID(hex=key) for key in portfolio.provinces if key]
    funders = funders_of(session, viewer)
    organisations = organisations_by_id(
        session, funders | {project.row.organisation_id for project in portfolio.projects}
    )
    shared = _shared_resources(session, viewer, portfolio.projects)
    return PortfolioPage(
        asked=asked,
        as_of=today,
        portfolio=portfolio,
        titles=titles_of(session, ids, language),
        organisations=organisations,
        names={key.hex: name for key, name in place_names(session, provinces, language).items()},
        codes={key.hex: code for key, code in place_codes(session, provinces, P_CODES).items()},
        with_outcomes=_with_outcomes(session, ids),
        evaluations=_serving(portfolio.projects, [one for one in shared if one.kind in EVALUATION_TYPES]),
        manuals=_serving(portfolio.projects, [one for one in shared if one.kind in MANUAL_TYPES]),
        funders=sorted(
            (organisations[key] for key in funders if key in organisations),
            key=lambda organisation: organisation.name.casefold(),
        ),
    )


def _with_outcomes(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for portion in portions(ids):
        found |= set(
            session.exec(
                select(ProjectIndicator.project_id).where(
                    col(ProjectIndicator.project_id).in_(portion), ProjectIndicator.kind == ResultKind.OUTCOME
                )
            )
        )
    return found


@dataclass(frozen=True)
class _Shared:
    reference: str
    kind: str
    organisation_id: UUID
    sectors: frozenset[str]
    provinces: frozenset[UUID]


def _shared_resources(session: Session, viewer: Viewer, projects: Sequence[FundedProject]) -> list[_Shared]:
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
        _Shared(
            reference=resource.reference,
            kind=str(version.resource_type),
            organisation_id=resource.organisation_id,
            sectors=frozenset(version.sectors),
            provinces=frozenset(province for key in places[version.id] if (province := provinces.get(key))),
        )
        for resource, version in wanted
    ]


def _serving(projects: Sequence[FundedProject], shared: Sequence[_Shared]) -> dict[UUID, list[str]]:
    by_organisation: defaultdict[UUID, list[_Shared]] = defaultdict(list)
    for one in shared:
        by_organisation[one.organisation_id].append(one)
    return {
        project.row.id: sorted(
            one.reference
            for key in project.row.organisations
            for one in by_organisation.get(key, ())
            if _belongs(project, one)
        )
        for project in projects
    }


def _belongs(project: FundedProject, one: _Shared) -> bool:
    sectors = {
        str(sector) for sector in sectors_of(line.intervention for line in project.lines if line.intervention)
    }
    provinces = {spot.province for line in project.lines for spot in line.spots}
    return not sectors.isdisjoint(one.sectors) or not one.provinces.isdisjoint(provinces)
