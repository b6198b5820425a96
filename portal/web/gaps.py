"""Gaps: where something is missing, in words and in a table; and what coordinators expect where."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import Session

from portal.core.clock import today
from portal.core.errors import N_, Invalid
from portal.places.models import Level
from portal.places.queries import HOME_COUNTRY, P_CODES, place_codes, place_names, places_by_code
from portal.registry.attestation_queries import country_id, expectation_lines, open_place_ids
from portal.registry.coverage_inputs import ExpectationInput
from portal.registry.expectation_actions import (
    COLUMNS,
    add_expectation,
    load_expectations,
    remove_expectation,
)
from portal.registry.gap_queries import gaps_page
from portal.registry.gap_terms import Gap, GapKind, GapReport
from portal.registry.policy import may_coordinate
from portal.registry.vocabularies import PROTECTION_CHAIN
from portal.request import CurrentViewer, DbSession
from portal.web.forms import Form, Posted, files_of
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen
from portal.web.statistics import CHOOSE_A_FILE, charts_of

router = APIRouter(prefix=f"{PREFIX}/gaps")

# The plans of action bring theirs with them.
SHOWN_KINDS = (GapKind.PRESENCE, GapKind.TIME, GapKind.CHAIN, GapKind.REPORTING)
LONGEST_CODE = 40
# Whoever wants to see more chooses a province.
MOST_ROWS = 200
# What was looked at, and out of what it was counted.
DENOMINATORS: Mapping[GapKind, str] = {
    GapKind.PRESENCE: N_("what coordinators expect today"),
    GapKind.TIME: N_("each kind of work that goes on in a district or a whole province"),
    GapKind.CHAIN: N_("the six steps of the protection chain in each province"),
    GapKind.REPORTING: N_("each of the 4P in each province"),
}
SOURCES: Mapping[GapKind, str] = {
    GapKind.PRESENCE: N_("the list of expectations with the plan each comes from, the register, nil returns"),
    GapKind.TIME: N_("the dates in the register; what is planned in the same place counts as following"),
    GapKind.CHAIN: N_(
        "the register and nil returns; a service for the whole country meets its step everywhere"
    ),
    GapKind.REPORTING: N_("confirmations of the last six months, nil returns of the last year"),
}


@dataclass(frozen=True)
class GapRow:
    """Gaps of one province that are known in the same way, as one row of the table."""

    first: Gap
    all: Sequence[Gap]


@dataclass(frozen=True)
class ReportView:
    """A report with its rows; long lists are cut, and say so."""

    report: GapReport
    gaps: Sequence[GapRow]
    unknown: Sequence[GapRow]


@router.get("")
def show_gaps(request: Request, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    asked_kind = request.query_params.get("kind", "")
    kind = GapKind(asked_kind) if asked_kind in SHOWN_KINDS else None
    province = _province(session, request.query_params.get("province", ""))
    page = gaps_page(session, viewer, screen.language, today(), province, kind)
    order: dict[UUID | None, int] = {place_id: number for number, (place_id, _) in enumerate(page.provinces)}
    codes = place_codes(session, [place_id for place_id, _ in page.provinces], P_CODES)
    return screen.show(
        "gaps/show_gaps.html",
        page=page,
        reports=[
            ReportView(report, _rows(report.gaps, order), _rows(report.unknown, order))
            for report in page.reports
        ],
        most_rows=MOST_ROWS,
        kind=kind,
        kinds=SHOWN_KINDS,
        province=province,
        codes=codes,
        denominators=DENOMINATORS,
        sources=SOURCES,
        steps={key: name for key, name, _ in PROTECTION_CHAIN},
        charts=charts_of(session, screen.language, province or country_id(session)),
        may_coordinate=may_coordinate(viewer),
        here=str(request.url),
    )


@router.get("/expectations")
def list_expectations(screen: CurrentScreen, session: DbSession) -> Response:
    return _show_expectations(screen, session, Form(ExpectationInput))


@router.post("/expectations")
def add(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted) -> Response:
    form = Form(ExpectationInput, posted)
    with form.guard(session):
        add_expectation(session, viewer, form.value, screen.language)
        return screen.go("/gaps/expectations", notice="saved")
    return _show_expectations(screen, session, form, status=422)


@router.post("/expectations/load")
def load(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted) -> Response:
    upload = Form(BaseModel)
    with upload.guard(session):
        files = files_of(posted, "file")
        if not files:
            raise Invalid(CHOOSE_A_FILE, field="file")
        load_expectations(session, viewer, files[0].file.read())
        return screen.go("/gaps/expectations", notice="saved")
    return _show_expectations(screen, session, Form(ExpectationInput), upload, 422)


@router.post("/expectations/{expectation_id}/remove")
def remove(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, expectation_id: UUID
) -> Response:
    remove_expectation(session, viewer, expectation_id)
    return screen.go("/gaps/expectations", notice="removed")


def _rows(gaps: Iterable[Gap], order: Mapping[UUID | None, int]) -> list[GapRow]:
    """Gaps of a province that are known in the same way stand together, provinces in the order of their codes."""
    together: defaultdict[tuple[object, ...], list[Gap]] = defaultdict(list)
    for gap in gaps:
        together[gap.kind, gap.province, gap.reason, gap.on, gap.said_by, gap.source].append(gap)
    rows = [GapRow(found[0], found) for found in together.values()]
    return sorted(rows, key=lambda row: order.get(row.first.province, -1))


def _show_expectations(
    screen: Screen,
    session: Session,
    form: Form[ExpectationInput],
    upload: Form[BaseModel] | None = None,
    status: int = 200,
) -> Response:
    return screen.show(
        "gaps/expectations.html",
        status,
        lines=expectation_lines(session, screen.language),
        form=form,
        upload=upload or Form(BaseModel),
        columns=COLUMNS,
        place_names=_known_places(session, screen.language) if may_coordinate(screen.viewer) else [],
        may_coordinate=may_coordinate(screen.viewer),
    )


def _known_places(session: Session, language: str) -> list[str]:
    """Provinces and districts by name, as suggestions while somebody types."""
    return sorted(set(place_names(session, open_place_ids(session), language).values()))


def _province(session: Session, code: str) -> UUID | None:
    """The province of a P-code; anything else means all of them."""
    wanted = code.strip()[:LONGEST_CODE]
    found = places_by_code(session, P_CODES, [wanted]).get(wanted) if wanted else None
    is_province = found is not None and found.country == HOME_COUNTRY and found.level == Level.PROVINCE
    return found.id if found is not None and is_province else None
