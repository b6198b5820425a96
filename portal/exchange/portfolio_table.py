"""A portfolio as files: projects or coverage as CSV, both as a workbook, with codes and words side by side."""

import io
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import xlsxwriter

from portal.core.errors import N_
from portal.exchange.spreadsheets import DAY_FORMAT, ROW_BY_ROW, CellValue, write_csv, write_row
from portal.library.vocabularies import PolicyArea
from portal.registry.portfolio import FundedProject
from portal.registry.portfolio_queries import PortfolioPage

Translated = Callable[[str], str]
Label = Callable[[str, str], str]
PROJECT_COLUMNS = (
    ("project", N_("Project")),
    ("family", N_("Family: counted once")),
    ("title", N_("Title")),
    ("organisation_code", N_("Organisation, reference")),
    ("organisation", N_("Organisation")),
    ("funder_codes", N_("Funders, references")),
    ("funders", N_("Funders")),
    ("area_codes", N_("4P, codes")),
    ("areas", N_("4P")),
    ("starts_on", N_("Start")),
    ("ends_on", N_("End")),
    ("budget", N_("Budget")),
    ("additive", N_("May be added up")),
    ("ends_soon", N_("Ends within 180 days")),
    ("outcome", N_("Has an outcome indicator")),
    ("confirmed", N_("Confirmed in the last six months")),
    ("evaluations_that_may_serve", N_("Evaluations that may serve")),
    ("earlier_evaluations", N_("Evaluations from before the project that may serve")),
    ("manuals_that_may_serve", N_("Manuals that may serve")),
    ("may_serve_because", N_("How they were found")),
    ("source", N_("From")),
    ("as_of", N_("As of")),
)
COVERAGE_COLUMNS = (
    ("funder_code", N_("Funder, reference")),
    ("funder", N_("Funder")),
    ("province_code", N_("Province, P-code")),
    ("province", N_("Province")),
    ("area_code", N_("4P, code")),
    ("area", N_("4P")),
    ("year", N_("Year")),
    ("families", N_("Families")),
    ("source", N_("From")),
    ("as_of", N_("As of")),
)
YEAR_COLUMNS = (N_("Year"), N_("4P, code"), N_("4P"), N_("Families"), N_("From"), N_("As of"))
FUNDER_COLUMNS = (
    N_("Funder, reference"),
    N_("Funder"),
    N_("Families"),
    N_("Provinces"),
    N_("Families in the whole country"),
    N_("From"),
    N_("As of"),
)
MAY_SERVE = N_(
    "May serve: shared by a partner of the project, on the same work and place as far as both tell them. "
    "No record says that it belongs to the project."
)


def portfolio_csv(page: PortfolioPage, label: Label, translated: Translated, source: str) -> bytes:
    return write_csv([[key for key, _ in PROJECT_COLUMNS], *_project_rows(page, label, translated, source)])


def coverage_csv(page: PortfolioPage, label: Label, translated: Translated, source: str) -> bytes:
    return write_csv([[key for key, _ in COVERAGE_COLUMNS], *_coverage_rows(page, label, translated, source)])


def portfolio_workbook(page: PortfolioPage, label: Label, translated: Translated, source: str) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, ROW_BY_ROW) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        day = book.add_format(DAY_FORMAT)
        sheets: Sequence[tuple[str, Sequence[str], Iterator[Sequence[CellValue]]]] = (
            (
                N_("Coverage"),
                [text for _, text in COVERAGE_COLUMNS],
                _coverage_rows(page, label, translated, source),
            ),
            (N_("Years and 4P"), YEAR_COLUMNS, _year_rows(page, label, source)),
            (N_("Funders"), FUNDER_COLUMNS, _funder_rows(page, source)),
            (
                N_("Projects"),
                [text for _, text in PROJECT_COLUMNS],
                _project_rows(page, label, translated, source),
            ),
        )
        for name, heads, rows in sheets:
            sheet = book.add_worksheet(translated(name))
            write_row(sheet, 0, [translated(text) for text in heads], day, bold)
            for number, row in enumerate(rows, start=1):
                write_row(sheet, number, row, day)
            sheet.freeze_panes(1, 1)
    return output.getvalue()


def _project_rows(
    page: PortfolioPage, label: Label, translated: Translated, source: str
) -> Iterator[Sequence[CellValue]]:
    because = translated(MAY_SERVE)
    # In the order of their references, so that the first of a family names it.
    families: dict[UUID, str] = {}
    for project in page.portfolio.projects:
        family = families.setdefault(project.row.family_id, project.row.reference)
        found = (page.evaluations, page.earlier_evaluations, page.manuals)
        is_served = any(one.get(project.row.id) for one in found)
        yield [*_project_row(page, project, family, label), because if is_served else "", source, page.as_of]


def _project_row(
    page: PortfolioPage, project: FundedProject, family: str, label: Label
) -> Sequence[CellValue]:
    row = project.row
    owner = page.organisations.get(row.organisation_id)
    funders = sorted(
        (page.organisations[key] for key in project.funders if key in page.organisations),
        key=lambda organisation: organisation.name,
    )
    areas = sorted({area for line in project.lines for area in line.policy_areas})
    return [
        row.reference,
        family,
        page.titles.get(row.id, ""),
        owner.reference if owner else "",
        owner.name if owner else "",
        "; ".join(funder.reference for funder in funders),
        "; ".join(funder.name for funder in funders),
        "; ".join(areas),
        "; ".join(label("policy_area", area) for area in areas),
        row.starts_on,
        row.ends_on,
        "; ".join(f"{amount} {currency}" for currency, amount in sorted(row.budgets.items())),
        int(project.is_additive),
        int(project.ends_soon),
        int(row.id in page.with_outcomes),
        int(project.is_confirmed),
        "; ".join(page.evaluations.get(row.id, ())),
        "; ".join(page.earlier_evaluations.get(row.id, ())),
        "; ".join(page.manuals.get(row.id, ())),
    ]


def _coverage_rows(
    page: PortfolioPage, label: Label, translated: Translated, source: str
) -> Iterator[Sequence[CellValue]]:
    by_hex = {key.hex: organisation for key, organisation in page.organisations.items()}
    for key, found in page.portfolio.cells.items():
        funder = by_hex.get(key.funder)
        yield [
            funder.reference if funder else "",
            funder.name if funder else "",
            page.codes.get(key.province, "LA"),
            page.names.get(key.province) or translated(N_("Whole country")),
            key.policy_area,
            label("policy_area", key.policy_area),
            key.year or None,
            len(found),
            source,
            page.as_of,
        ]


def _year_rows(page: PortfolioPage, label: Label, source: str) -> Iterator[Sequence[CellValue]]:
    for year in page.portfolio.years:
        for area in PolicyArea:
            if families := page.portfolio.in_year(year, area):
                words = label("policy_area", area)
                yield [year or None, str(area), words, families, source, page.as_of]


def _funder_rows(page: PortfolioPage, source: str) -> Iterator[Sequence[CellValue]]:
    for one in page.portfolio.by_funder:
        funder = page.organisations.get(one.funder)
        yield [
            funder.reference if funder else "",
            funder.name if funder else "",
            one.families,
            one.provinces,
            one.countrywide,
            source,
            page.as_of,
        ]
