"""An invented presence for the page of interface pieces: every state, every class of counts, long names."""

from datetime import date
from typing import Any
from uuid import UUID

from portal.places.drawing import Area
from portal.places.shapes import MapPart, UnitMap
from portal.registry.presence import CellState, Figures
from portal.registry.presence_filter import Phase
from portal.registry.terms import Work
from portal.registry.timeline import Bar, Quarter, Timeline
from portal.web.presence_page import AREAS, BarView, CellView, RowView, ShapeView
from portal.web.project_map import WorkShape

_COUNTS = (0, 1, 4, 7, 12)


def presence_pieces(long_name: str) -> dict[str, Any]:
    """What the gallery's templates show maps, matrices and timelines with."""
    cells = [_cell(number, state) for number, state in enumerate(CellState)]
    parts = [_part(number, long_name) for number in range(len(cells))]
    shapes = [
        ShapeView(part, part.short, cell, cell.address) for part, cell in zip(parts, cells, strict=True)
    ]
    columns = (*AREAS, "PSC-TRN", "PRO-SHL")
    kinds = ("unit", "unit", "whole", "country")
    rows = [_row(number, kind, long_name, cells) for number, kind in enumerate(kinds)]
    return {
        "unit_map": UnitMap(UUID(int=0), "", 200, 120, parts),
        "sourced_map": UnitMap(UUID(int=0), "", 200, 120, parts, long_name),
        "shapes": shapes,
        "work_shapes": [
            WorkShape(part, part.short, number if work else 0, work)
            for number, (part, work) in enumerate(zip(parts, [*Work, None, None, None], strict=True), start=1)
        ],
        "cells": cells,
        "matrix_rows": rows,
        "matrix_columns": columns,
        "matrix_totals": cells[: len(columns)],
        "timeline": _timeline(),
        "bars": [
            _bar(long_name, "protection", Phase.ACTIVE),
            _bar("Safe migration", "policy", Phase.PLANNED),
        ],
    }


def _cell(number: int, state: CellState) -> CellView:
    is_empty = state in (CellState.NONE, CellState.UNKNOWN)
    families = 0 if is_empty else _COUNTS[number + 1]
    figures = Figures(families, families, families, families, families, state)
    return CellView(figures, "" if is_empty else "?cell")


def _part(number: int, long_name: str) -> MapPart:
    left = number * 30 + 4
    lead = (left + 14.0, 40.0) if number == 1 else None
    area = Area(f"M{left} 4h28v70h-28z", left + 14.0, 100.0 if lead else 40.0, 24.0, lead)
    return MapPart(UUID(int=number + 1), long_name, "LA01", "VT", area)


def _row(number: int, kind: str, long_name: str, cells: list[CellView]) -> RowView:
    name = long_name if number else "Bokeo"
    zoom = "?zoom" if kind == "unit" else ""
    return RowView(UUID(int=number + 1), name, "BK", "LA05", kind, zoom, 2 if zoom else 0, cells[0], cells)


def _timeline() -> Timeline:
    first, last = date(2025, 1, 1), date(2026, 12, 31)
    days = [date(year, month, 1) for year in (2025, 2026) for month in (1, 4, 7, 10)]
    return Timeline(first, last, [], [Quarter(day, day, number) for number, day in enumerate(days)])


def _bar(title: str, area: str, phase: Phase) -> BarView:
    ends_on = date(2026, 6, 30) if phase == Phase.ACTIVE else None
    bar = Bar(1, [], date(2025, 3, 1), ends_on, frozenset({phase}), area)
    return BarView(bar, title, "LA-0001", 2, [title], 60.0, 480.0)
