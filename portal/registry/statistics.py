"""Series of official figures by place and year, each with its source; sources that differ stand side by side.

Loaded from CSV with the columns `series,place,year,sex,value,source`; shown beside coverage, never mixed with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.errors import N_, Forbidden, Invalid, refuse_all, require
from portal.core.ids import new_id
from portal.places.models import Place
from portal.places.queries import HOME_COUNTRY, find_place, place_names
from portal.registry.coverage_models import Statistic
from portal.registry.csv_tables import MOST_FAULTS, CsvRow, read_csv
from portal.registry.inputs import read_count
from portal.registry.policy import may_coordinate

COLUMNS = ("series", "place", "year", "sex", "value", "source")
SERIES = {
    "returned_from_thailand": N_("Victims of trafficking returned from Thailand"),
    "official_returnees": N_("All official returnees"),
    "victims_identified": N_("Victims identified"),
    "investigations": N_("Investigations"),
    "prosecutions": N_("Prosecutions"),
    "convictions": N_("Convictions"),
    "population": N_("Population"),
}
SEXES = ("total", "female", "male")
EARLIEST_YEAR, LATEST_YEAR = 1950, 2100
LARGEST_VALUE = 10**12


@dataclass(frozen=True)
class Loaded:
    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class YearFigures:
    """The figures of one year as one source gives them; None where it gives none."""

    year: int
    total: int | None
    female: int | None
    male: int | None


@dataclass(frozen=True)
class SourceSeries:
    source: str
    years: Sequence[YearFigures]


@dataclass(frozen=True)
class Series:
    """One series of one place: what each source says of it."""

    key: str
    place_id: UUID
    place: str
    sources: Sequence[SourceSeries] = field(default=())

    @property
    def differs(self) -> bool:
        """Whether two sources give other totals for the same year."""
        totals: defaultdict[int, set[int]] = defaultdict(set)
        for source in self.sources:
            for figures in source.years:
                if figures.total is not None:
                    totals[figures.year].add(figures.total)
        return any(len(found) > 1 for found in totals.values())


def load_statistics(session: Session, content: bytes) -> Loaded:
    """Add or change the figures of a CSV file; nothing when a line is wrong. The same file again changes nothing."""
    faults: list[Invalid] = []
    read: dict[tuple[str, UUID, int, str, str], int] = {}
    places: dict[str, Place | None] = {}
    for row in read_csv(content, COLUMNS):
        try:
            key, value = _figure(session, row, places)
            if read.setdefault(key, value) != value:
                raise row.fault(
                    N_("Line %(line)s: another line gives another value than “%(value)s”."), "value"
                )
        except Invalid as fault:
            faults.append(fault)
    refuse_all(faults[:MOST_FAULTS])
    known = {
        (row.series, row.place_id, row.year, row.sex, row.source): row
        for row in session.exec(select(Statistic).where(col(Statistic.series).in_({key[0] for key in read})))
    }
    new = changed = 0
    for key, value in read.items():
        row_known = known.get(key)
        if row_known is None:
            series, place_id, year, sex, source = key
            session.add(
                Statistic(series=series, place_id=place_id, year=year, sex=sex, value=value, source=source)
            )
            new += 1
        elif row_known.value != value:
            row_known.value = value
            changed += 1
    session.flush()
    return Loaded(new, changed, len(read) - new - changed)


def load_statistics_as(session: Session, viewer: Viewer, content: bytes) -> Loaded:
    """The same for a coordinator on the page; told in the audit trail."""
    require(may_coordinate(viewer), Forbidden(N_("Only coordinators load statistics.")))
    loaded = load_statistics(session, content)
    record(
        session,
        viewer.actor,
        "load_statistics",
        ("statistics", new_id()),
        new=loaded.new,
        changed=loaded.changed,
    )
    return loaded


def read_series(session: Session, language: str, place_ids: Sequence[UUID] | None = None) -> list[Series]:
    """Every series, of these places or of all, in the order of `SERIES`. Two statements."""
    statement = select(Statistic)
    if place_ids is not None:
        statement = statement.where(col(Statistic.place_id).in_(set(place_ids)))
    grouped: defaultdict[tuple[str, UUID], list[Statistic]] = defaultdict(list)
    for row in session.exec(statement.order_by(Statistic.source, col(Statistic.year))):
        grouped[row.series, row.place_id].append(row)
    names = place_names(session, {place_id for _, place_id in grouped}, language)
    order = list(SERIES)
    found = [
        Series(key, place_id, names.get(place_id, ""), _by_source(rows))
        for (key, place_id), rows in grouped.items()
    ]
    return sorted(
        found, key=lambda one: (order.index(one.key) if one.key in order else len(order), one.place)
    )


def _by_source(rows: Iterable[Statistic]) -> list[SourceSeries]:
    values: defaultdict[str, defaultdict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        values[row.source][row.year][row.sex] = row.value
    return [
        SourceSeries(source, [_year(year, by_sex) for year, by_sex in sorted(years.items())])
        for source, years in values.items()
    ]


def _year(year: int, by_sex: dict[str, int]) -> YearFigures:
    """Where only women and men are given, the total is their sum."""
    female, male = by_sex.get("female"), by_sex.get("male")
    total = by_sex.get("total")
    if total is None and female is not None and male is not None:
        total = female + male
    return YearFigures(year, total, female, male)


def _figure(
    session: Session, row: CsvRow, places: dict[str, Place | None]
) -> tuple[tuple[str, UUID, int, str, str], int]:
    cells = row.cells
    series, sex = cells["series"].lower(), cells["sex"].lower() or "total"
    if series not in SERIES:
        raise row.fault(N_("Line %(line)s: there is no series “%(value)s”."), "series")
    if cells["place"] not in places:
        places[cells["place"]] = find_place(session, cells["place"])
    place = places[cells["place"]]
    if place is None or place.country != HOME_COUNTRY:
        raise row.fault(N_("Line %(line)s: no single place of the country is called “%(value)s”."), "place")
    if sex not in SEXES:
        raise row.fault(N_("Line %(line)s: “%(value)s” is none of total, female, male."), "sex")
    if not cells["source"]:
        raise row.fault(N_("Line %(line)s: say where the figure comes from."), "source")
    year = _number(row, "year")
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise row.fault(N_("Line %(line)s: “%(value)s” is no year."), "year")
    value = _number(row, "value")
    if not 0 <= value <= LARGEST_VALUE:
        raise row.fault(N_("Line %(line)s: “%(value)s” is no count."), "value")
    return (series, place.id, year, sex, cells["source"][:300]), value


def _number(row: CsvRow, column: str) -> int:
    try:
        value = read_count(row.cells[column])
    except ValueError:
        value = None
    if not isinstance(value, int):
        raise row.fault(N_("Line %(line)s: “%(value)s” is no whole number."), column)
    return value
