"""Gaps out of the register in memory, for one viewer: what they may not see is neither counted nor told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import Session

from portal.accounts.viewer import Viewer
from portal.places.queries import place_names, provinces
from portal.registry.attestation_queries import expectation_rows
from portal.registry.coverage_models import AttestationKind
from portal.registry.gap_terms import GapKind, GapReport
from portal.registry.gaps import by_theme, chain_gaps, presence_gaps, reporting_gaps, time_gaps
from portal.registry.presence import WeighedLine
from portal.registry.presence_queries import all_nil_returns, visible_lines
from portal.registry.rows import places_of


@dataclass(frozen=True)
class GapsPage:
    """The reports that were asked for, and what its readers need to understand them."""

    reports: Sequence[GapReport]
    provinces: Sequence[tuple[UUID, str]]
    names: Mapping[UUID, str]
    as_of: date
    confirmed_percent: int | None
    lines: int


def gaps_page(
    session: Session,
    viewer: Viewer,
    language: str,
    today: date,
    province_id: UUID | None = None,
    kind: GapKind | None = None,
) -> GapsPage:
    lines = visible_lines(session, viewer, today)
    known = [place.id for place in provinces(session)]
    reports = [
        report
        for report in gap_reports(session, lines, known, today, province_id)
        if kind is None or report.kind == kind
    ]
    spots = {spot for report in reports for gap in (*report.gaps, *report.unknown) for spot in gap.spots}
    names = place_names(session, places_of(spots).union(known), language)
    records = {line.record for line in lines}
    confirmed = {line.record for line in lines if line.is_confirmed}
    return GapsPage(
        reports=reports,
        provinces=[(place_id, names.get(place_id, "")) for place_id in known],
        names=names,
        as_of=today,
        confirmed_percent=len(confirmed) * 100 // len(records) if records else None,
        lines=len(lines),
    )


def gap_reports(
    session: Session,
    lines: Sequence[WeighedLine],
    known: Sequence[UUID],
    today: date,
    province_id: UUID | None = None,
) -> list[GapReport]:
    """Every kind of gap that is looked for, in the known provinces or in one of them; two statements.

    `lines`: those that the viewer may see.
    """
    expected = expectation_rows(session)
    asked = list(known)
    if province_id is not None:
        expected = [row for row in expected if row.spot.province == province_id]
        asked = [key for key in asked if key == province_id]
    said = all_nil_returns(session)
    themed = by_theme(lines)
    nobody = said[AttestationKind.NOBODY]
    return [
        presence_gaps(themed, expected, nobody, today),
        time_gaps(lines if province_id is None else _within(lines, province_id), lines),
        chain_gaps(themed, asked, nobody, today),
        reporting_gaps(themed, asked, [told for kind in said.values() for told in kind], today),
    ]


def _within(lines: Sequence[WeighedLine], province_id: UUID) -> list[WeighedLine]:
    """The lines of a province, as they work there."""
    return [
        replace(line, spots=spots, provinces=(province_id.int,))
        for line in lines
        if (spots := tuple(spot for spot in line.spots if spot.province == province_id))
    ]
