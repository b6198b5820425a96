"""What the three queues found, in one shape that is stored, compared with what was stored before, and explained."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portal.registry.clashes import Clash
from portal.registry.duplicates import SameWork
from portal.registry.overlaps import Overlap
from portal.registry.scoring import Queue


@dataclass(frozen=True)
class Side:
    """One of the two records: the line, project or event, and what it belongs to."""

    id: UUID
    project_id: UUID
    revision: int


@dataclass(frozen=True)
class Detected:
    """One pair. `reasons` holds plain values only: points, ids as hex, days as ISO dates, codes."""

    queue: Queue
    first: Side
    second: Side
    band: str
    confidence: str
    score: int
    reasons: dict[str, Any]
    province_id: UUID | None
    policy_area: str
    ends_on: date | None
    is_restricted: bool

    @property
    def key(self) -> tuple[str, UUID, UUID]:
        return self.queue, self.first.id, self.second.id

    @property
    def signature(self) -> str:
        """The reasons without the days that pass: a decision holds as long as it stays the same."""
        lasting = {name: value for name, value in self.reasons.items() if name not in ("window", "gap_days")}
        told = [self.queue, self.first.id.hex, self.second.id.hex, lasting]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def from_overlap(overlap: Overlap) -> Detected:
    score, first = overlap.score, overlap.first
    provinces = sorted(score.shared_provinces, key=lambda key: key.hex)
    return Detected(
        queue=overlap.queue,
        first=Side(first.id, first.project_id, first.revision),
        second=Side(overlap.second.id, overlap.second.project_id, overlap.second.revision),
        band=overlap.band,
        confidence=overlap.confidence,
        score=score.total,
        reasons={
            "where": score.where,
            "what": score.what,
            "whom": score.whom,
            "when": score.when,
            "districts": sorted(key.hex for key in score.shared_districts),
            "provinces": [key.hex for key in provinces],
            "groups": sorted(score.shared_groups),
            "window": [score.window.starts_on.isoformat(), score.window.ends_on.isoformat()],
            "has_open_end": score.window.has_open_end,
            "is_broad": score.is_broad,
            "doubts": list(overlap.doubts),
            "intervention": first.intervention or "",
        },
        province_id=provinces[0] if provinces else None,
        policy_area=first.policy_area,
        ends_on=score.window.ends_on,
        is_restricted=overlap.is_restricted,
    )


def from_same_work(found: SameWork) -> Detected:
    first, second = found.first, found.second
    shared = {spot.province for spot in first.spots} & {spot.province for spot in second.spots}
    provinces = sorted((key for key in shared if key is not None), key=lambda key: key.hex)
    areas = sorted(kind.policy_area for kind in first.interventions & second.interventions)
    ends = [row.ends_on for row in (first, second) if row.ends_on]
    return Detected(
        queue=Queue.SAME_WORK,
        first=Side(first.id, first.id, first.revision),
        second=Side(second.id, second.id, second.revision),
        band="",
        confidence="",
        score=found.total,
        reasons={
            "evidence": [[item.code, item.points] for item in found.evidence],
            "provinces": [key.hex for key in provinces],
        },
        province_id=provinces[0] if provinces else None,
        policy_area=areas[0] if areas else "",
        ends_on=max(ends) if len(ends) == 2 else None,
        is_restricted=found.is_restricted,
    )


def from_clash(clash: Clash) -> Detected:
    first, second = clash.first, clash.second
    provinces = sorted(
        {spot.province for spot in clash.shared_spots if spot.province}, key=lambda key: key.hex
    )
    return Detected(
        queue=Queue.CLASH,
        first=Side(first.id, first.project_id, first.revision),
        second=Side(second.id, second.project_id, second.revision),
        band="",
        confidence="",
        # The nearer in time the more urgent; only for sorting.
        score=100 - clash.gap_days,
        reasons={
            "gap_days": clash.gap_days,
            "districts": sorted(spot.district.hex for spot in clash.shared_spots if spot.district),
            "provinces": [key.hex for key in provinces],
            "groups": sorted(clash.shared_groups),
        },
        province_id=provinces[0] if provinces else None,
        policy_area=first.intervention.policy_area if first.intervention else "",
        ends_on=min(first.ends_on, second.ends_on),
        is_restricted=clash.is_restricted,
    )
