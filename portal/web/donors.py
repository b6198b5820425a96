"""The donor view: what is funded where, what of it is written down, what ends, what nobody confirmed."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from portal.accounts.queries import find_organisation
from portal.accounts.viewer import Viewer
from portal.core.clock import today
from portal.exchange.portfolio_table import MAY_SERVE, coverage_csv, portfolio_csv, portfolio_workbook
from portal.labels import LABELS
from portal.library.vocabularies import PolicyArea
from portal.places.queries import P_CODES, find_place, place_codes, place_names, provinces
from portal.registry.portfolio import Concern, PortfolioFilter
from portal.registry.portfolio_queries import PortfolioPage, funders_of, portfolio_page
from portal.request import CurrentViewer, DbSession, Installation
from portal.templating import translate
from portal.web.files import table_download
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=PREFIX)

EVERYBODY = "all"
FORMATS = ("csv", "xlsx")
COVERAGE = "coverage"


@router.get("/portfolio")
def portfolio(
    request: Request,
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    here: Installation,
    funder: str = "",
    province: str = "",
    area: str = "",
    year: str = "",
    concern: str = "",
) -> Response:
    asked = PortfolioFilter(
        funder=_funder(session, viewer, funder),
        province=_province(session, province),
        policy_area=area if area in set(PolicyArea) else "",
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        concern=Concern(concern) if concern in set(Concern) else None,
    )
    page = portfolio_page(session, viewer, asked, screen.language, today())
    values = {
        "funder": funder,
        "province": province,
        "area": asked.policy_area,
        "year": asked.year,
        "concern": asked.concern or "",
    }
    kind = request.query_params.get("format", "")
    if kind in FORMATS:
        source = here.settings.base_url.rstrip("/") + screen.address("/portfolio", **values)
        is_coverage = kind == "csv" and request.query_params.get("table") == COVERAGE
        return _file(screen, page, COVERAGE if is_coverage else kind, source)
    places = provinces(session)
    names = place_names(session, [place.id for place in places], screen.language)
    codes = place_codes(session, [place.id for place in places], P_CODES)
    return screen.show(
        "donors/portfolio.html",
        page=page,
        areas=[str(one) for one in PolicyArea],
        asked=values,
        may_serve=translate(screen.language, MAY_SERVE),
        funder=page.organisations.get(asked.funder) if asked.funder else None,
        provinces=[(codes.get(place.id, ""), names[place.id]) for place in places],
    )


def _funder(session: Session, viewer: Viewer, reference: str) -> UUID | None:
    """The asked one; else, for people of a funding organisation, their own."""
    if reference == EVERYBODY:
        return None
    if reference:
        organisation = find_organisation(session, reference)
        return organisation.id if organisation else UUID(int=0)
    return next(iter(sorted(funders_of(session, viewer) & viewer.roles.keys())), None)


def _province(session: Session, code: str) -> UUID | None:
    place = find_place(session, code) if code else None
    return place.id if place else None


def _file(screen: Screen, page: PortfolioPage, kind: str, source: str) -> Response:
    """`kind`: one of the formats, or the coverage as CSV."""

    def label(name: str, value: str) -> str:
        return translate(screen.language, LABELS[name].get(value, value))

    def translated(text: str) -> str:
        return translate(screen.language, text)

    write, name, ending = {
        "csv": (portfolio_csv, "portfolio", "csv"),
        COVERAGE: (coverage_csv, "portfolio-coverage", "csv"),
        "xlsx": (portfolio_workbook, "portfolio", "xlsx"),
    }[kind]
    content = write(page, label, translated, source)
    return table_download(content, f"{name}-{page.as_of.isoformat()}.{ending}")
