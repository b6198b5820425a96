"""What a row would begin, in a few words for its preview. Pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from portal.exchange.context import Context
from portal.exchange.line_values import in_words
from portal.exchange.workbook_lines import PARTS
from portal.registry.terms import PeopleUnit


def told(values: Mapping[str, Any], owner_id: UUID, context: Context) -> list[dict[str, str]]:
    """What is done, where, when, for whom, for how many and, if it is not the owner, by whom; each with its column."""

    def words(key: str) -> str:
        return in_words(key, values.get(key), context)

    work = "intervention" if values.get("intervention") else "policy_area"
    implementer = "" if values.get("implementer") == [owner_id] else words("implementer")
    said = (
        (work, words(work)),
        ("district", words("places")),
        ("start", " – ".join(day for day in (words("start"), words("end")) if day)),
        ("target_group", words("target_group")),
        ("planned_total", _people("planned", values, context)),
        ("reached_total", _people("reached", values, context)),
        ("implementer", implementer),
    )
    return [{"column": column, "new": text} for column, text in said if text]


def _people(group: str, values: Mapping[str, Any], context: Context) -> str:
    """The total, or what its parts make where none is given, and of what."""
    figures = [values[name] for part in PARTS[1:] if values.get(name := f"{group}_{part}") is not None]
    total = values.get(f"{group}_total")
    if total is None and not figures:
        return ""
    unit = in_words("unit", values.get("unit") or [PeopleUnit.PEOPLE], context)
    return f"{sum(figures) if total is None else total} ({unit})"
