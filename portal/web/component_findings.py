"""Invented findings for the page of interface pieces: one of each queue, with names as long as names get."""

from datetime import date
from typing import Any

from portal.registry.finding_models import Finding, FindingState
from portal.registry.finding_page_queries import FindingLine, Record
from portal.registry.scoring import Band, Confidence, Queue
from portal.registry.vocabularies import Intervention, TargetGroup
from portal.web.component_projects import LONG_LAO, SOMETHING

WINDOW = ["2026-03-01", "2026-11-30"]
OF_LINES = {
    "where": 12,
    "what": 30,
    "whom": 25,
    "when": 15,
    "districts": [],
    "groups": [TargetGroup.POLICE_BORDER],
    "window": WINDOW,
    "has_open_end": True,
    "is_broad": True,
    "doubts": ["recent", "precise"],
    "intervention": Intervention.PSC_TRN,
}


def finding_lines() -> list[FindingLine]:
    return [
        _line(
            Queue.OVERLAP, OF_LINES, score=82, band=Band.STRONG, confidence=Confidence.C, is_restricted=True
        ),
        _line(
            Queue.OVERLAP, {**OF_LINES, "groups": []}, score=65, band=Band.MODERATE, confidence=Confidence.B
        ),
        _line(Queue.SAME_WORK, {"evidence": [["roles", 35], ["title", 25]]}, score=60),
        _line(Queue.CLASH, {"gap_days": 12, "groups": [TargetGroup.POLICE_BORDER]}),
    ]


def _line(queue: Queue, reasons: dict[str, Any], **values: Any) -> FindingLine:
    finding = Finding(
        # Each its own, as on a page: regions are told apart by it.
        number=values.get("score", 42),
        queue=queue,
        first_id=SOMETHING,
        second_id=SOMETHING,
        first_project_id=SOMETHING,
        second_project_id=SOMETHING,
        first_revision=1,
        second_revision=1,
        reasons=reasons,
        signature="",
        scoring_version="",
        settings_hash="",
        policy_area="prosecution",
        state=FindingState.NOTIFIED,
        **values,
    )
    return FindingLine(
        finding, _record("LA-0001-01", None), _record("LA-0002-01", date(2026, 11, 30)), [LONG_LAO]
    )


def _record(reference: str, ends_on: date | None) -> Record:
    return Record(
        reference=reference,
        project_reference=reference[:7],
        title=LONG_LAO,
        organisation=None,
        implementer=None,
        intervention=Intervention.PSC_TRN,
        groups=[TargetGroup.POLICE_BORDER],
        places=["Huoixai", LONG_LAO],
        starts_on=date(2026, 3, 1),
        ends_on=ends_on,
        confirmed_on=None,
    )
