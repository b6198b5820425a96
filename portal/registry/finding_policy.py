"""Who reads and settles findings. Never a public list: the parties and the coordinators see the same of a pair."""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from portal.accounts.models import Role
from portal.accounts.viewer import Viewer
from portal.registry.finding_models import Finding, FindingState
from portal.registry.scoring import Queue

# Donors read of a finding only when its parties know of it and somebody has answered.
_TOLD_TO_DONORS = frozenset(
    {
        FindingState.ACKNOWLEDGED,
        FindingState.UNDER_REVIEW,
        FindingState.RESOLVED,
        FindingState.ACCEPTED,
    }
)


class Told(Protocol):
    """What decides, beside its records, who reads a finding; so that nobody has to read all of it for that."""

    @property
    def queue(self) -> str: ...
    @property
    def state(self) -> FindingState: ...
    @property
    def is_restricted(self) -> bool: ...


def may_see_finding(
    viewer: Viewer, finding: Told, parties: Collection[UUID], accesses: Collection[frozenset[str]]
) -> bool:
    """`accesses` are the tokens of both records: who may not see one of them reads nothing of the pair."""
    if any(access.isdisjoint(viewer.access) for access in accesses):
        return False
    is_party = any(party in viewer.roles for party in parties)
    if finding.queue == Queue.INTERNAL:
        return is_party
    if finding.is_restricted:
        return viewer.is_coordinator
    return is_party or viewer.is_coordinator or (viewer.is_donor and finding.state in _TOLD_TO_DONORS)


def may_answer_finding(viewer: Viewer, finding: Finding, parties: Collection[UUID]) -> bool:
    """Acknowledge, comment, write to the other side, say what was agreed."""
    if viewer.is_coordinator and finding.queue != Queue.INTERNAL:
        return True
    return not finding.is_restricted and any(viewer.has_role(party, Role.EDITOR) for party in parties)


def may_review_finding(viewer: Viewer, finding: Finding) -> bool:
    """Take it up as a coordinator, and open again what was decided."""
    return viewer.is_coordinator and finding.queue != Queue.INTERNAL
