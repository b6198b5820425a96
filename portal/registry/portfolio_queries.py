"""A portfolio for one reader, with the outcomes its projects measure and what of the library may serve them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, Forbidden, Unauthenticated, require
from portal.places.queries import P_CODES, place_codes, place_names
from portal.registry.models import ProjectIndicator
from portal.registry.portfolio import (
    Concern,
    Portfolio,
    PortfolioFilter,
    build_portfolio,
    narrowed,
    with_concern,
)
from portal.registry.portfolio_resources import (
    earlier_evaluations_for,
    evaluations_for,
    manuals_for,
    shared_resources,
)
from portal.registry.queries import titles_of
from portal.registry.row_queries import portions
from portal.registry.rows import visible_to
from portal.registry.snapshot import read_snapshot
from portal.registry.terms import PartnerRole, ResultKind


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
    # From before the project, so that they cannot be of it.
    earlier_evaluations: Mapping[UUID, Sequence[str]]
    manuals: Mapping[UUID, Sequence[str]]
    # Projects with each concern, whichever of them is asked for.
    concerns: Mapping[Concern, int]
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
    measured = _with_outcomes(session, [project.row.id for project in portfolio.projects])
    concerns = {
        concern: sum(with_concern(project, measured, concern) for project in portfolio.projects)
        for concern in Concern
    }
    if asked.concern:
        portfolio = narrowed(portfolio, measured, asked.concern)
    ids = [project.row.id for project in portfolio.projects]
    provinces = [UUID(hex=key) for key in portfolio.provinces if key]
    funders = funders_of(session, viewer)
    organisations = organisations_by_id(
        session, funders | {project.row.organisation_id for project in portfolio.projects}
    )
    shared = shared_resources(session, viewer, portfolio.projects)
    return PortfolioPage(
        asked=asked,
        as_of=today,
        portfolio=portfolio,
        titles=titles_of(session, ids, language),
        organisations=organisations,
        names={key.hex: name for key, name in place_names(session, provinces, language).items()},
        codes={key.hex: code for key, code in place_codes(session, provinces, P_CODES).items()},
        with_outcomes=measured,
        evaluations=evaluations_for(portfolio.projects, shared),
        earlier_evaluations=earlier_evaluations_for(portfolio.projects, shared),
        manuals=manuals_for(portfolio.projects, shared),
        concerns=concerns,
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
