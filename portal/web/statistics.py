"""Statistics: official series with their sources, as tables and small charts; coordinators load them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import Session

from portal.core.errors import N_, Invalid
from portal.registry.policy import may_coordinate
from portal.registry.statistics import COLUMNS, SERIES, Series, load_statistics_as, read_series
from portal.request import CurrentViewer, DbSession
from portal.web.forms import Form, Posted, files_of
from portal.web.languages import PREFIX
from portal.web.screen import CurrentScreen, Screen

router = APIRouter(prefix=f"{PREFIX}/statistics")

WIDTH, HEIGHT = 320, 120
CHOOSE_A_FILE = N_("Choose a file first.")


@dataclass(frozen=True)
class Curve:
    """One source on the chart: its points as an SVG path, and single points as circles."""

    source: str
    path: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """A series and where its totals stand on a field of `WIDTH` by `HEIGHT`; years run to the right."""

    series: Series
    curves: Sequence[Curve]
    first_year: int
    last_year: int
    largest: int


@router.get("")
def show_statistics(screen: CurrentScreen, session: DbSession) -> Response:
    return _show(screen, session, Form(BaseModel))


@router.post("")
def load(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted) -> Response:
    form = Form(BaseModel)
    with form.guard(session):
        files = files_of(posted, "file")
        if not files:
            raise Invalid(CHOOSE_A_FILE, field="file")
        load_statistics_as(session, viewer, files[0].file.read())
        return screen.go("/statistics", notice="saved")
    return _show(screen, session, form, 422)


def charts_of(session: Session, language: str, place_id: UUID) -> list[Chart]:
    """Every series of a place, to be shown beside what is done there."""
    return [drawn(series) for series in read_series(session, language, [place_id])]


def drawn(series: Series) -> Chart:
    """The totals of every source on one field; the axis of counts begins at nothing."""
    known = [
        (figures.year, figures.total)
        for source in series.sources
        for figures in source.years
        if figures.total is not None
    ]
    years = [year for year, _ in known] or [0]
    first, last = min(years), max(years)
    largest = max((total for _, total in known), default=0)

    def point(year: int, total: int) -> tuple[float, float]:
        across = (year - first) / (last - first) if last > first else 0.5
        up = total / largest if largest else 0
        return round(across * WIDTH, 1), round(HEIGHT - up * HEIGHT, 1)

    curves = []
    for source in series.sources:
        points = [point(one.year, one.total) for one in source.years if one.total is not None]
        path = "M" + "L".join(f"{x} {y}" for x, y in points) if points else ""
        curves.append(Curve(source.source, path, points))
    return Chart(series, curves, first, last, largest)


def _show(screen: Screen, session: Session, form: Form[BaseModel], status: int = 200) -> Response:
    return screen.show(
        "statistics/show_statistics.html",
        status,
        charts=[drawn(one) for one in read_series(session, screen.language)],
        form=form,
        columns=COLUMNS,
        known_series=list(SERIES),
        may_coordinate=may_coordinate(screen.viewer),
    )
