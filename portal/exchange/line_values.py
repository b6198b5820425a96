"""From what a row says to what a line takes, and what would differ from what the line says now. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from pydantic import ValidationError

from portal.core.errors import N_
from portal.exchange.context import Context
from portal.exchange.remarks import Level, Remark
from portal.exchange.workbook_lines import PEOPLE, WorkbookLine
from portal.registry.checks import faults_of_line, lacks_of_line
from portal.registry.line_inputs import LineInput
from portal.registry.models import ActivityLine
from portal.registry.terms import DateBasis, PeopleUnit

# What a row may change of a line. What belongs to its project is changed on the project's own page.
LINE_KEYS = (
    "external",
    "implementer",
    "policy_area",
    "intervention",
    "modality",
    "target_group",
    "form",
    "description",
    "places",
    "destinations",
    "corridor",
    "start",
    "end",
    "date_basis",
    "status",
    "unit",
    *PEOPLE,
    "reach",
)
PROJECT_KEYS = ("title_en", "title_lo", "iati", "accountable", "funder")
# Where a remark about a field of the line stands in the workbook.
_COLUMN_OF_FIELD = {
    "starts_on": "start",
    "ends_on": "end",
    "target_groups": "target_group",
    "forms": "form",
    "places": "district",
    "destinations": "destination",
    "external_reference": "external",
}
_NEVER_EMPTY = frozenset({"date_basis", "unit", "external"})
_UNORDERED = frozenset(
    {"target_group", "form", "places", "destinations", "corridor", "accountable", "funder"}
)

NEEDED = N_("This is needed.")
CHECK_AGAIN = N_("This does not look right.")


def settle(values: dict[str, Any]) -> dict[str, Any]:
    """One start, one end and one total from the several columns they may come in."""
    settled = dict(values)
    for edge in ("start", "end"):
        planned, actual = settled.pop(f"planned_{edge}", None), settled.pop(f"actual_{edge}", None)
        if settled.get(edge) is None and (actual or planned):
            settled[edge] = actual or planned
        if actual and not settled.get("date_basis"):
            settled["date_basis"] = [DateBasis.ACTUAL]
    for group in ("planned", "reached"):
        households = settled.pop(f"{group}_households", None)
        if households is not None:
            settled[f"{group}_total"], settled["unit"] = households, [PeopleUnit.HOUSEHOLDS]
    return settled


def changed_keys(given: Mapping[str, Any], known: WorkbookLine, keys: Sequence[str]) -> list[str]:
    """The keys whose value in the row is not what the line says."""
    return [key for key in keys if key in given and _differs(key, given[key], known)]


def _differs(key: str, new: Any, known: WorkbookLine) -> bool:
    old = known.values.get(key)
    if new is None and key in _NEVER_EMPTY:
        return False
    if key == "status" and new is None:
        return known.has_own_status
    if key in _UNORDERED:
        return set(new or ()) != set(old or ())
    return (new or None) != (old or None) if new != 0 and old != 0 else new != old


def line_input(given: Mapping[str, Any], known: WorkbookLine | None) -> tuple[LineInput | None, list[Remark]]:
    """The line as it would be, and what speaks against it; fields the row does not have stay as they are."""
    values: dict[str, Any] = dict(known.values) if known else {}
    values.update({key: given[key] for key in LINE_KEYS if key in given})
    if known and not known.has_own_status and values.get("status") == known.values["status"]:
        values["status"] = None
    needed = [("implementer", "implementer"), ("policy_area", "policy_area"), ("places", "district")]
    missing = [column for key, column in needed if not values.get(key)]
    if missing:
        return None, [Remark(Level.ERROR, column, "", NEEDED) for column in missing]
    try:
        data = LineInput.model_validate(_fields(values))
    except ValidationError as error:
        return None, [_refusal(problem) for problem in error.errors()]
    return data, [
        Remark(Level.ERROR, _column(fault.field), "", fault.message, _texts(fault.values))
        for fault in faults_of_line(data)
    ]


def lacks(data: LineInput, known: WorkbookLine | None) -> Iterator[Remark]:
    """What it lacks to be published: an error where it is published, otherwise a word that it stays a draft."""
    # Only what the rule looks at: making a whole line costs more than all else that is done with a row.
    line = SimpleNamespace(
        intervention=data.intervention,
        starts_on=data.starts_on,
        ends_on=data.ends_on,
        date_basis=data.date_basis,
        target_groups=data.target_groups,
    )
    is_published = known is not None and known.line.state == "published"
    for lack in lacks_of_line(cast(ActivityLine, line), has_place=True):
        if is_published:
            yield Remark(Level.ERROR, _column(lack.field), "", lack.message)
        else:
            yield Remark(Level.WARNING, _column(lack.field), "", lack.message)


def in_words(key: str, value: Any, context: Context) -> str:
    """A value as a preview shows it."""
    if value in (None, [], ""):
        return ""
    if key in ("places", "destinations", "corridor"):
        return "; ".join(_place_words(token, context) for token in value)
    if key in ("implementer", "accountable", "funder"):
        return "; ".join(context.organisations.label(organisation_id) for organisation_id in value)
    if isinstance(value, list):
        words = context.lists[key]
        return "; ".join(words.word(str(code), context.language) for code in value)
    return str(value)


def column_of(key: str) -> str:
    return {"places": "district", "destinations": "destination"}.get(key, key)


def _place_words(token: str, context: Context) -> str:
    place_id, _, share = token.partition("=")
    label = context.places.label(UUID(place_id), context.language)
    return f"{label} {share}%" if share else label


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    areas = values["policy_area"]
    return {
        "implementer": values["implementer"][0],
        "policy_area": areas[0],
        "other_policy_areas": areas[1:],
        "intervention": _first(values, "intervention"),
        "modality": _first(values, "modality"),
        "target_groups": values.get("target_group") or [],
        "forms": values.get("form") or [],
        "description": values.get("description") or "",
        "places": values["places"],
        "destinations": values.get("destinations") or [],
        "corridor": values.get("corridor") or [],
        "starts_on": values.get("start"),
        "ends_on": values.get("end"),
        "date_basis": _first(values, "date_basis") or DateBasis.PLANNED,
        "status": _first(values, "status"),
        "unit": _first(values, "unit") or PeopleUnit.PEOPLE,
        "reach": _first(values, "reach"),
        "external_reference": values.get("external") or "",
        **{name: values.get(name) for name in PEOPLE},
    }


def _first(values: Mapping[str, Any], key: str) -> Any:
    found = values.get(key)
    return found[0] if found else None


def _refusal(problem: Any) -> Remark:
    cause = (problem.get("ctx") or {}).get("error")
    sentence = cause.args[0] if isinstance(cause, ValueError) and cause.args else CHECK_AGAIN
    field = str(problem["loc"][0]) if problem["loc"] else "title_en"
    return Remark(Level.ERROR, _column(field), str(problem.get("input", "")), sentence)


def _column(field: str | None) -> str:
    return _COLUMN_OF_FIELD.get(field or "", field or "title_en")


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}
