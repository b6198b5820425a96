"""Where work gathers, as its page shows it: each cell with its lines and the findings among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from uuid import UUID

from sqlmodel import Session

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.accounts.viewer import Viewer
from portal.places.queries import place_names
from portal.registry.cells import Cell, find_cells
from portal.registry.finding_queries import references_among
from portal.registry.queries import titles_of
from portal.registry.rows import LineRow, places_of, visible_to
from portal.registry.snapshot import line_rows

MOST_CELLS = 100


@dataclass(frozen=True)
class CellLine:
    """A line in a cell, as far as it has to be told to look at it."""

    row: LineRow
    title: str
    implementer: Organisation | None


@dataclass(frozen=True)
class CellView:
    """Lines and findings are empty for whoever is not signed in: nobody is put on a public list."""

    cell: Cell
    lines: Sequence[CellLine]
    # References of what was found among the lines.
    findings: Sequence[str]


@dataclass(frozen=True)
class CellsPage:
    """The fullest cells; `total` counts all."""

    cells: Sequence[CellView]
    total: int
    places: Mapping[UUID, str]


def cells_page(
    session: Session, viewer: Viewer, language: str, today: date, province: UUID | None
) -> CellsPage:
    """The cells of the lines the viewer may see, in one province or in all; in few statements."""
    cells = [
        cell
        for cell in find_cells(visible_to(line_rows(session), viewer.access), today)
        if province in (None, cell.key.spot.province)
    ]
    shown = cells[:MOST_CELLS]
    return CellsPage(
        cells=_with_lines(session, viewer, shown, language)
        if viewer.is_signed_in
        else [CellView(cell, (), ()) for cell in shown],
        total=len(cells),
        places=place_names(session, places_of(cell.key.spot for cell in shown), language),
    )


def _with_lines(session: Session, viewer: Viewer, cells: Sequence[Cell], language: str) -> list[CellView]:
    rows = {row.id: row for cell in cells for row in cell.lines}
    organisations = organisations_by_id(session, {row.implementer_id for row in rows.values()})
    titles = titles_of(session, {row.project_id for row in rows.values()}, language)
    found = references_among(session, viewer, rows.keys())
    lines = {
        key: CellLine(row, titles.get(row.project_id, row.reference), organisations.get(row.implementer_id))
        for key, row in rows.items()
    }
    return [
        CellView(cell, [lines[row.id] for row in cell.lines], sorted(_among(cell, found))) for cell in cells
    ]


def _among(cell: Cell, found: Mapping[tuple[UUID, UUID], str]) -> set[str]:
    pairs = combinations(sorted(row.id for row in cell.lines), 2)
    return {found[pair] for pair in pairs if pair in found}
