"""What funders pay for: families by funder, province, 4P and year, and what is known of each project. Pure.

What a viewer may not see must be left out before. Families are counted, not records (`registry.md` R1); money is
added up only where `counts_in_totals` says that it is not the same money twice (R3).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from portal.registry.freshness import ends_soon, is_confirmed
from portal.registry.money import counts_in_totals
from portal.registry.rows import LineRow, ProjectRow
from portal.registry.terms import PartnerRole

# Work without an end counts in the year of its start, and longer work than this is a mistyped date.
MOST_YEARS = 15


class Concern(StrEnum):
    """What a funder asks after first."""

    ENDING = "ending"
    NO_OUTCOME = "no_outcome"
    NOT_CONFIRMED = "not_confirmed"


@dataclass(frozen=True)
class PortfolioFilter:
    """Empty fields ask for nothing."""

    funder: UUID | None = None
    province: UUID | None = None
    policy_area: str = ""
    year: int | None = None
    # Only projects with this concern; their number is told for all of them.
    concern: Concern | None = None


class CellKey(NamedTuple):
    """`province` is empty for work in the whole country, `year` is 0 where no date is given."""

    funder: str
    province: str
    policy_area: str
    year: int


@dataclass(frozen=True)
class FundedProject:
    """A project with those of its lines that were chosen."""

    row: ProjectRow
    lines: Sequence[LineRow]
    is_additive: bool
    ends_soon: bool
    is_confirmed: bool

    @property
    def funders(self) -> frozenset[UUID]:
        return self.row.partners.get(PartnerRole.FUNDING, frozenset())


@dataclass(frozen=True)
class FunderCoverage:
    """How much one funder pays for, each family once; those with most come first."""

    funder: UUID
    families: int
    # Work in the whole country is in none of them, and counted apart.
    provinces: int
    countrywide: int


@dataclass(frozen=True)
class Portfolio:
    asked: PortfolioFilter
    projects: Sequence[FundedProject]
    # Sums by currency of what may be added up; `not_additive` projects have money that may not.
    money: Mapping[str, int]
    not_additive: int

    @cached_property
    def cells(self) -> Mapping[CellKey, frozenset[UUID]]:
        """Families of each cell of funder, province, 4P and year; worth its time only for a download."""
        return _cells(self.projects, self.asked)

    @cached_property
    def _places(self) -> Mapping[tuple[str, str], set[UUID]]:
        found: defaultdict[tuple[str, str], set[UUID]] = defaultdict(set)
        for project in self.projects:
            for line in project.lines:
                for province in _provinces(line, self.asked):
                    for area in _areas(line, self.asked):
                        found[province, area].add(project.row.family_id)
        return found

    @cached_property
    def _years(self) -> Mapping[int, Mapping[str, set[UUID]]]:
        found: defaultdict[int, defaultdict[str, set[UUID]]] = defaultdict(lambda: defaultdict(set))
        for project in self.projects:
            for line in project.lines:
                for year in _counted_years(line, self.asked):
                    for area in ("", *_areas(line, self.asked)):
                        found[year][area].add(project.row.family_id)
        return found

    @property
    def years(self) -> list[int]:
        """Calendar years with work, in their order; 0, where no date is given, comes last."""
        return sorted(self._years, key=lambda year: (not year, year))

    def in_year(self, year: int, policy_area: str = "") -> int:
        """Families with work of one of the 4P, or of any, in a calendar year."""
        return len(self._years.get(year, {}).get(policy_area, ()))

    @property
    def by_funder(self) -> list[FunderCoverage]:
        families: defaultdict[UUID, set[UUID]] = defaultdict(set)
        countrywide: defaultdict[UUID, set[UUID]] = defaultdict(set)
        provinces: defaultdict[UUID, set[str]] = defaultdict(set)
        for project in self.projects:
            found = set[str]().union(*(_provinces(line, self.asked) for line in project.lines))
            for funder in _funders(project, self.asked):
                families[funder].add(project.row.family_id)
                provinces[funder] |= found - {""}
                if "" in found:
                    countrywide[funder].add(project.row.family_id)
        return [
            FunderCoverage(key, len(families[key]), len(provinces[key]), len(countrywide[key]))
            for key in sorted(families, key=lambda key: (-len(families[key]), key))
        ]

    @property
    def families(self) -> int:
        return len({project.row.family_id for project in self.projects})

    @property
    def confirmed_percent(self) -> int | None:
        confirmed = sum(project.is_confirmed for project in self.projects)
        return confirmed * 100 // len(self.projects) if self.projects else None

    def in_place(self, province: str, policy_area: str) -> int:
        """Families of a province and one of the 4P, each once over funders and years."""
        return len(self._places.get((province, policy_area), ()))

    @property
    def provinces(self) -> list[str]:
        return sorted({province for province, _ in self._places})


def build_portfolio(
    projects: Iterable[ProjectRow],
    lines_by_project: Mapping[UUID, Sequence[LineRow]],
    asked: PortfolioFilter,
    today: date,
) -> Portfolio:
    """`projects` and lines: those that the viewer may see. Only projects with a funder are told of."""
    visible = list(projects)
    additive = counts_in_totals(visible)
    chosen = []
    for row in visible:
        funders = row.partners.get(PartnerRole.FUNDING, frozenset())
        lines = [line for line in lines_by_project.get(row.id, ()) if _fits(line, asked)]
        if lines and funders and (asked.funder is None or asked.funder in funders):
            chosen.append(_funded(row, lines, row.id in additive, today))
    chosen.sort(key=lambda project: project.row.reference)
    money, not_additive = _money(chosen)
    return Portfolio(asked, chosen, money, not_additive)


def with_concern(project: FundedProject, measured: Collection[UUID], concern: Concern) -> bool:
    """`measured`: the projects that have an outcome indicator."""
    match concern:
        case Concern.ENDING:
            return project.ends_soon
        case Concern.NO_OUTCOME:
            return project.row.id not in measured
        case Concern.NOT_CONFIRMED:
            return not project.is_confirmed


def narrowed(portfolio: Portfolio, measured: Collection[UUID], concern: Concern) -> Portfolio:
    """The projects of a portfolio with one concern, and their money."""
    chosen = [project for project in portfolio.projects if with_concern(project, measured, concern)]
    money, not_additive = _money(chosen)
    return Portfolio(portfolio.asked, chosen, money, not_additive)


def _fits(line: LineRow, asked: PortfolioFilter) -> bool:
    return (
        (not asked.policy_area or asked.policy_area in line.policy_areas)
        and (asked.province is None or any(spot.province == asked.province for spot in line.spots))
        and (asked.year is None or asked.year in _years(line))
    )


def _funded(row: ProjectRow, lines: Sequence[LineRow], is_additive: bool, today: date) -> FundedProject:
    return FundedProject(
        row=row,
        lines=lines,
        is_additive=is_additive,
        ends_soon=any(ends_soon(line, today) for line in lines),
        is_confirmed=all(is_confirmed(line, today) for line in lines),
    )


def _cells(projects: Iterable[FundedProject], asked: PortfolioFilter) -> dict[CellKey, frozenset[UUID]]:
    found: defaultdict[CellKey, set[UUID]] = defaultdict(set)
    for project in projects:
        funders = _funders(project, asked)
        for line in project.lines:
            for key in _keys(line, funders, asked):
                found[key].add(project.row.family_id)
    return {key: frozenset(found[key]) for key in sorted(found)}


def _keys(line: LineRow, funders: Collection[UUID], asked: PortfolioFilter) -> Iterator[CellKey]:
    years = _counted_years(line, asked)
    provinces, areas = _provinces(line, asked), _areas(line, asked)
    for funder in funders:
        for province in provinces:
            for area in areas:
                for year in years:
                    yield CellKey(funder.hex, province, area, year)


def _funders(project: FundedProject, asked: PortfolioFilter) -> Collection[UUID]:
    return project.funders if asked.funder is None else {asked.funder}


def _counted_years(line: LineRow, asked: PortfolioFilter) -> Sequence[int]:
    return [asked.year] if asked.year else (_years(line) or [0])


def _provinces(line: LineRow, asked: PortfolioFilter) -> set[str]:
    """Where a line counts under a filter; the whole country is the empty text."""
    if asked.province:
        return {asked.province.hex}
    return {spot.province.hex if spot.province else "" for spot in line.spots}


def _areas(line: LineRow, asked: PortfolioFilter) -> Collection[str]:
    return {asked.policy_area} if asked.policy_area else line.policy_areas


def _years(line: LineRow) -> range:
    start = line.starts_on or line.ends_on
    if start is None:
        return range(0)
    last = max(start.year, (line.ends_on or start).year)
    return range(start.year, min(last, start.year + MOST_YEARS - 1) + 1)


def _money(projects: Iterable[FundedProject]) -> tuple[dict[str, int], int]:
    sums: defaultdict[str, int] = defaultdict(int)
    not_additive = 0
    for project in projects:
        if not any(project.row.budgets.values()):
            continue
        if not project.is_additive:
            not_additive += 1
            continue
        for currency, amount in project.row.budgets.items():
            sums[currency] += amount
    return dict(sorted(sums.items())), not_additive
