"""The controlled lists by the names templates call them: `labels("licence")`, `label("licence", value)`."""

from collections.abc import Mapping
from typing import Any

from portal.accounts.models import (
    ORGANISATION_TYPE_LABELS,
    PORTAL_ROLE_NAMES,
    ROLE_LABELS,
    ROLE_NAMES,
    SCOPE_LABELS,
)
from portal.library.vocabularies import (
    AUDIENCE_LABELS,
    FILE_KIND_LABELS,
    FILE_ROLE_LABELS,
    LANGUAGE_LABELS,
    LICENCE_LABELS,
    PLACE_RELATION_LABELS,
    POLICY_AREA_LABELS,
    RESOURCE_TYPE_LABELS,
    SECTOR_LABELS,
    VISIBILITY_LABELS,
    WITHDRAWAL_REASON_LABELS,
)

LABELS: Mapping[str, Mapping[Any, str]] = {
    "audience": AUDIENCE_LABELS,
    "file_kind": FILE_KIND_LABELS,
    "file_role": FILE_ROLE_LABELS,
    "language": LANGUAGE_LABELS,
    "licence": LICENCE_LABELS,
    "organisation_type": ORGANISATION_TYPE_LABELS,
    "place_relation": PLACE_RELATION_LABELS,
    "policy_area": POLICY_AREA_LABELS,
    "portal_role": PORTAL_ROLE_NAMES,
    "resource_type": RESOURCE_TYPE_LABELS,
    "role": ROLE_LABELS,
    "role_name": ROLE_NAMES,
    "scope": SCOPE_LABELS,
    "sector": SECTOR_LABELS,
    "visibility": VISIBILITY_LABELS,
    "withdrawal_reason": WITHDRAWAL_REASON_LABELS,
}
