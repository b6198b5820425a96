"""Invented rows of a workbook for the page of interface pieces: every state, with long names."""

from typing import Any
from uuid import UUID

from portal.exchange.days import DAY_ORDER_LABELS
from portal.exchange.models import ImportRow, Outcome, RowState
from portal.exchange.remarks import Level, Remark
from portal.exchange.row_places import UNKNOWN_PLACE
from portal.web.imports import OUTCOME_LABELS, ROW_LABELS

NOWHERE = UUID(int=0)


def import_pieces(long_name: str) -> dict[str, Any]:
    """What the gallery's template shows rows, questions and orders with."""
    remarks = [
        Remark(Level.ERROR, "planned_total", "~50", "This is no whole number. Write for example 1200."),
        Remark(
            Level.WARNING, "start", "2567", "Read as %(day)s: only a year is given.", {"day": "2024-01-01"}
        ),
        Remark(Level.QUESTION, "district", long_name, UNKNOWN_PLACE),
    ]
    told = [
        {"column": "intervention", "new": "Training of law enforcement"},
        {"column": "district", "new": f"Houayxay; {long_name}"},
        {"column": "start", "new": "2026-01-01 – 2026-12-31"},
        {"column": "planned_total", "new": "1200 (People)"},
    ]
    rows = [
        ImportRow(
            batch_id=NOWHERE,
            number=number + 4,
            state=state,
            title=long_name if number % 2 else "Border training",
            line_reference="LA-0042-03",
            changes=[{"column": "planned_total", "old": "", "new": "1200"}] if number % 2 else told,
            remarks=[remark.to_json() for remark in remarks] if state == RowState.ERROR else [],
        )
        for number, state in enumerate(RowState)
    ]
    rows.append(
        ImportRow(
            batch_id=NOWHERE, number=20, state=RowState.NEW, title="Border training", outcome=Outcome.CREATED
        )
    )
    questions = [
        _question("district", "place", long_name, [("1", "Houayxay, Bokeo (LA0501)", "spelt alike")]),
        _question("policy_area", "policy_area", "Education", [("prevention", "Prevention", "")]),
    ]
    return {
        "rows": rows,
        "remarks": lambda row: [Remark.from_json(stored) for stored in row.remarks],
        "cell": lambda row, column: f"C{row.number}",
        "column_name": lambda key: key.replace("_", " "),
        "row_labels": ROW_LABELS,
        "outcome_labels": OUTCOME_LABELS,
        "questions": questions,
        "options": lambda question: question["suggestions"],
        "orders": DAY_ORDER_LABELS,
        "remark": remarks[1],
        "told": told,
    }


def _question(
    column: str, list_name: str, text: str, suggestions: list[tuple[str, str, str]]
) -> dict[str, Any]:
    return {
        "column": column,
        "list": list_name,
        "text": text,
        "message": UNKNOWN_PLACE,
        "rows": 12,
        "suggestions": suggestions,
    }
