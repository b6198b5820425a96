"""Presence in an address: the filter is read out of it, and every cell, chip and view is an address next to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session
from starlette.datastructures import QueryParams

from portal.accounts.policy import may_see_organisation
from portal.accounts.queries import find_organisation
from portal.accounts.viewer import Viewer
from portal.core.text import clean_line
from portal.library.vocabularies import PolicyArea
from portal.places.queries import P_CODES, places_by_code
from portal.registry.presence_filter import Breadth, Phase, PresenceFilter, Role
from portal.registry.vocabularies import Intervention, Modality, TargetGroup, TraffickingForm
from portal.web.page_numbers import read_number
from portal.web.screen import Screen

PATH = "/presence"
VIEWS = ("map", "matrix", "timeline", "table")
FORMATS = ("csv", "xlsx", "json")
MOST_VALUES = 50
# The order in which fields stand in an address, in chips and in the form.
VOCABULARIES: Mapping[str, type[StrEnum]] = {
    "breadth": Breadth,
    "area": PolicyArea,
    "intervention": Intervention,
    "group": TargetGroup,
    "form": TraffickingForm,
    "modality": Modality,
    "condition": Phase,
}
# What the labels of a field are called in `portal/labels.py`.
LABEL_NAMES: Mapping[str, str] = {
    "breadth": "breadth",
    "area": "policy_area",
    "intervention": "intervention",
    "group": "target_group",
    "form": "trafficking_form",
    "modality": "modality",
    "condition": "phase",
    "role": "presence_role",
}


@dataclass(frozen=True)
class Asked:
    """The filter, and the same as it stands in an address: by field, only what could be meant."""

    filter: PresenceFilter
    values: Mapping[str, Sequence[str]]
    view: str = "map"
    page: int = 1

    def chosen(self, name: str) -> Sequence[str]:
        return self.values.get(name, ())


@dataclass(frozen=True)
class PresenceAddress:
    """Addresses of questions next to this one."""

    screen: Screen
    asked: Asked

    def view(self, view: str) -> str:
        return self._of(self.asked.values, view)

    def file(self, kind: str) -> str:
        return self._of(self.asked.values, "", format=kind)

    def page(self, number: int) -> str:
        return self._of(self.asked.values, self.asked.view, page=number if number > 1 else "")

    def without(self, name: str, value: str) -> str:
        kept = [other for other in self.asked.chosen(name) if other != value]
        values = {**self.asked.values, name: kept}
        if name == "province":
            values.pop("district", None)
        if name == "organisation" and not kept:
            values.pop("role", None)
        return self._of(values, self.asked.view)

    def unfiltered(self) -> str:
        return self._of({}, self.asked.view)

    def zoomed(self, province: str) -> str:
        """The map of one province's districts."""
        return self._of({**self.asked.values, "province": [province]}, "map")

    def whole_country(self) -> str:
        """The map of all provinces again."""
        return self._of(self._without_places(), self.asked.view)

    def country_wide(self) -> str:
        """The lines that work in the whole country."""
        return self._of({**self._without_places(), "breadth": [Breadth.COUNTRY]}, "table")

    def cell(self, place: Mapping[str, str], column: str = "") -> str:
        """The lines behind one cell, in the table."""
        values: dict[str, Sequence[str]] = {
            **self.asked.values,
            **{name: [value] for name, value in place.items()},
        }
        if column:
            values["intervention" if "-" in column else "area"] = [column]
        return self._of(values, "table")

    def column(self, column: str) -> str:
        name = "intervention" if "-" in column else "area"
        return self._of({**self.asked.values, name: [column]}, "table")

    def _without_places(self) -> dict[str, Sequence[str]]:
        places = ("province", "district", "breadth")
        return {name: values for name, values in self.asked.values.items() if name not in places}

    def _of(self, values: Mapping[str, Sequence[str]], view: str, **more: Any) -> str:
        ordered = {name: values[name] for name in FIELDS if values.get(name)}
        shown = view if view != "map" else ""
        return self.screen.address(PATH, **ordered, view=shown, **more)


FIELDS = (
    "province",
    "district",
    *VOCABULARIES,
    "organisation",
    "role",
    "from",
    "to",
    "confirmed",
)


def read_asked(session: Session, viewer: Viewer, query: QueryParams) -> Asked:
    """What an address asks for. What cannot be meant is left out, and nothing is refused."""
    values: dict[str, Sequence[str]] = {}
    for name in FIELDS:
        given = [clean_line(value)[:100] for value in query.getlist(name)[:MOST_VALUES]]
        values[name] = [value for value in dict.fromkeys(given) if value]
    chosen: dict[str, Any] = {}
    for name, vocabulary in VOCABULARIES.items():
        values[name] = [value for value in values[name] if value in set(vocabulary)]
        chosen[name] = frozenset(vocabulary(value) for value in values[name])
    provinces = _places(session, values, "province")
    districts = _places(session, values, "district")
    organisations = _organisations(session, viewer, values)
    values["role"] = [value for value in values["role"][:1] if value in set(Role) and organisations]
    first, last = _day(values, "from"), _day(values, "to")
    values["confirmed"] = ["yes"] if values["confirmed"] else []
    asked = PresenceFilter(
        provinces=provinces,
        districts=districts,
        breadths=chosen["breadth"],
        policy_areas=chosen["area"],
        interventions=chosen["intervention"],
        target_groups=chosen["group"],
        forms=chosen["form"],
        modalities=chosen["modality"],
        organisations=organisations,
        role=Role(values["role"][0]) if values["role"] else Role.ANY,
        phases=chosen["condition"],
        first_day=first,
        last_day=last,
        confirmed_only=bool(values["confirmed"]),
    )
    view = query.get("view", "")
    return Asked(
        _in_order(asked, values),
        {name: given for name, given in values.items() if given},
        view if view in VIEWS else "map",
        read_number(query.get("page", "")),
    )


def _in_order(asked: PresenceFilter, values: dict[str, Sequence[str]]) -> PresenceFilter:
    """A period that ends before it begins was meant the other way round."""
    if asked.first_day and asked.last_day and asked.last_day < asked.first_day:
        values["from"], values["to"] = values["to"], values["from"]
        return replace(asked, first_day=asked.last_day, last_day=asked.first_day)
    return asked


def _places(session: Session, values: dict[str, Sequence[str]], name: str) -> frozenset[UUID]:
    if not values[name]:
        return frozenset()
    found = places_by_code(session, P_CODES, values[name])
    values[name] = [code for code in values[name] if code in found]
    return frozenset(place.id for place in found.values())


def _organisations(session: Session, viewer: Viewer, values: dict[str, Sequence[str]]) -> frozenset[UUID]:
    found = [find_organisation(session, value) for value in values["organisation"]]
    seen = [
        organisation for organisation in found if organisation and may_see_organisation(viewer, organisation)
    ]
    values["organisation"] = list(dict.fromkeys(organisation.reference for organisation in seen))
    return frozenset(organisation.id for organisation in seen)


def _day(values: dict[str, Sequence[str]], name: str) -> date | None:
    try:
        day = date.fromisoformat(values[name][0])
    except (IndexError, ValueError):
        values[name] = []
        return None
    # A year on either side of the calendar leaves no room to count in.
    is_meant = 1900 < day.year < 2200
    values[name] = [day.isoformat()] if is_meant else []
    return day if is_meant else None
