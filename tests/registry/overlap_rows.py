"""Lines as plain rows for tests of what compares them; everything not named is as usual."""

from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from portal.registry.rows import LineRow, Spot
from portal.registry.terms import DateBasis, Reach, Status
from portal.registry.vocabularies import Intervention, TargetGroup

TODAY = date(2026, 6, 1)
HOUAYXAY, TONPHEUNG, BOKEO = (uuid5(NAMESPACE_URL, name) for name in ("LA0501", "LA0502", "LA05"))
PUBLIC = frozenset({"public"})


def known(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"test:{name}")


def district(key: UUID = HOUAYXAY, province: UUID = BOKEO) -> Spot:
    return Spot(province, key)


def line(name: str, **values: Any) -> LineRow:
    """A training of border police in Houayxay, January to December 2026, confirmed last month."""
    usual: dict[str, Any] = {
        "id": known(name),
        "reference": f"LA-{name}-01",
        "project_id": known(f"{name} project"),
        "family_id": known(f"{name} family"),
        "organisation_id": known(f"{name} organisation"),
        "implementer_id": known(f"{name} organisation"),
        "upstream_ids": frozenset(),
        "funder_ids": frozenset(),
        "policy_area": "prosecution",
        "policy_areas": frozenset({"prosecution"}),
        "intervention": Intervention.PSC_TRN,
        "modality": "training",
        "target_groups": frozenset({TargetGroup.POLICE_BORDER}),
        "forms": frozenset(),
        "spots": (district(),),
        "abroad": frozenset(),
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "date_basis": DateBasis.PLANNED,
        "status": Status.ONGOING,
        "confirmed_on": date(2026, 5, 1),
        "reach": Reach.PUBLIC,
        "access": PUBLIC,
    }
    return LineRow(**{**usual, **values})
