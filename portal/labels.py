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
from portal.registry.finding_models import FINDING_STATE_LABELS, OUTCOME_LABELS
from portal.registry.freshness import AGE_LABELS, AGE_NAMES, REMINDER_REASON_LABELS
from portal.registry.gap_terms import GAP_KIND_LABELS, REASON_LABELS
from portal.registry.presence import CELL_STATE_LABELS, CELL_STATE_NAMES
from portal.registry.presence_filter import BREADTH_LABELS, PHASE_LABELS
from portal.registry.presence_filter import ROLE_LABELS as PRESENCE_ROLE_LABELS
from portal.registry.scoring import BAND_LABELS, CONFIDENCE_LABELS, QUEUE_LABELS
from portal.registry.statistics import SERIES
from portal.registry.terms import (
    BUDGET_BAND_LABELS,
    BUDGET_STATUS_LABELS,
    DATE_BASIS_LABELS,
    EFFECTIVE_STATUS_LABELS,
    EVENT_KIND_LABELS,
    LINE_PLACE_ROLE_LABELS,
    LINK_KIND_LABELS,
    PARTNER_ROLE_LABELS,
    PEOPLE_UNIT_LABELS,
    REACH_LABELS,
    RECORD_KIND_LABELS,
    RESULT_KIND_LABELS,
    STANCE_LABELS,
    STATUS_LABELS,
    WORK_LABELS,
)
from portal.registry.vocabularies import (
    INTERVENTION_LABELS,
    MODALITY_LABELS,
    TARGET_GROUP_LABELS,
    TRAFFICKING_FORM_LABELS,
)

LABELS: Mapping[str, Mapping[Any, str]] = {
    "age": AGE_LABELS,
    "age_name": AGE_NAMES,
    "audience": AUDIENCE_LABELS,
    "band": BAND_LABELS,
    "breadth": BREADTH_LABELS,
    "budget_band": BUDGET_BAND_LABELS,
    "budget_status": BUDGET_STATUS_LABELS,
    "cell_state": CELL_STATE_LABELS,
    "cell_state_name": CELL_STATE_NAMES,
    "confidence": CONFIDENCE_LABELS,
    "date_basis": DATE_BASIS_LABELS,
    "effective_status": EFFECTIVE_STATUS_LABELS,
    "event_kind": EVENT_KIND_LABELS,
    "file_kind": FILE_KIND_LABELS,
    "file_role": FILE_ROLE_LABELS,
    "finding_state": FINDING_STATE_LABELS,
    "gap_kind": GAP_KIND_LABELS,
    "gap_reason": REASON_LABELS,
    "intervention": INTERVENTION_LABELS,
    "language": LANGUAGE_LABELS,
    "licence": LICENCE_LABELS,
    "line_place_role": LINE_PLACE_ROLE_LABELS,
    "link_kind": LINK_KIND_LABELS,
    "modality": MODALITY_LABELS,
    "organisation_type": ORGANISATION_TYPE_LABELS,
    "outcome": OUTCOME_LABELS,
    "partner_role": PARTNER_ROLE_LABELS,
    "people_unit": PEOPLE_UNIT_LABELS,
    "phase": PHASE_LABELS,
    "place_relation": PLACE_RELATION_LABELS,
    "policy_area": POLICY_AREA_LABELS,
    "portal_role": PORTAL_ROLE_NAMES,
    "presence_role": PRESENCE_ROLE_LABELS,
    "queue": QUEUE_LABELS,
    "reach": REACH_LABELS,
    "record_kind": RECORD_KIND_LABELS,
    "reminder_reason": REMINDER_REASON_LABELS,
    "resource_type": RESOURCE_TYPE_LABELS,
    "result_kind": RESULT_KIND_LABELS,
    "role": ROLE_LABELS,
    "role_name": ROLE_NAMES,
    "scope": SCOPE_LABELS,
    "sector": SECTOR_LABELS,
    "stance": STANCE_LABELS,
    "statistic_series": SERIES,
    "status": STATUS_LABELS,
    "target_group": TARGET_GROUP_LABELS,
    "trafficking_form": TRAFFICKING_FORM_LABELS,
    "visibility": VISIBILITY_LABELS,
    "withdrawal_reason": WITHDRAWAL_REASON_LABELS,
    "work": WORK_LABELS,
}
