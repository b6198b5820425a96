"""The register at a glance, on the first page: who works where, and what waits for whoever is looking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlmodel import Session

from portal.accounts.models import Role
from portal.accounts.policy import may_administer, may_verify_organisations
from portal.accounts.queries import count_unverified
from portal.accounts.viewer import Viewer
from portal.exchange.import_queries import count_open_imports
from portal.operation import count_failed_mails
from portal.registry.finding_queries import count_open_findings
from portal.registry.gap_queries import gap_reports
from portal.registry.gap_terms import GapReport
from portal.registry.policy import may_coordinate
from portal.registry.presence import WeighedLine
from portal.registry.presence_filter import Phase, PresenceFilter
from portal.registry.presence_queries import visible_lines
from portal.registry.scoring import Queue
from portal.registry.snapshot import Snapshot, read_snapshot
from portal.web.presence_address import Asked
from portal.web.presence_page import PresencePage, presence_page
from portal.web.screen import Screen


@dataclass(frozen=True)
class Ageing:
    """Families that somebody should say a word about, as far as the viewer may see them."""

    unconfirmed: int
    dormant: int
    lapsed: int


@dataclass(frozen=True)
class Waiting:
    """What waits for this viewer. None and empty where it is not theirs to do or to know."""

    findings: Mapping[Queue, int]
    ageing: Ageing | None
    gaps: Sequence[GapReport]
    unverified: int | None
    imports: int
    failed_mails: int | None

    @property
    def open_findings(self) -> Mapping[Queue, int]:
        return {queue: count for queue, count in self.findings.items() if count}

    @property
    def is_anything(self) -> bool:
        has_work = bool(self.unverified or self.imports or self.failed_mails)
        return self.ageing is not None or has_work or bool(self.open_findings)


@dataclass(frozen=True)
class Glance:
    """`presence` is the whole register as the presence page counts it, so that both say the same."""

    presence: PresencePage
    waiting: Waiting

    @cached_property
    def ending_soon(self) -> int:
        return len({line.family for line in self.presence.presence.lines if line.ends_soon})


def register_glance(session: Session, screen: Screen, today: date) -> Glance:
    """Three statements for a visitor; up to six more for those who have something to do."""
    snapshot = read_snapshot(session)
    page = presence_page(session, screen, Asked(PresenceFilter(), {}), today, snapshot)
    return Glance(page, _waiting(session, screen.viewer, page, snapshot))


def _waiting(session: Session, viewer: Viewer, page: PresencePage, snapshot: Snapshot) -> Waiting:
    lines: Sequence[WeighedLine] = ()
    gaps: Sequence[GapReport] = ()
    if may_coordinate(viewer):
        lines = visible_lines(session, viewer, page.presence.as_of, snapshot)
        provinces = [part.place_id for part in page.map.parts]
        gaps = gap_reports(session, lines, provinces, page.presence.as_of)
    return Waiting(
        findings=count_open_findings(session, viewer, snapshot),
        ageing=_ageing(lines, page) if may_coordinate(viewer) else None,
        gaps=gaps,
        unverified=count_unverified(session) if may_verify_organisations(viewer) else None,
        imports=count_open_imports(session, viewer.organisations_with(Role.EDITOR)),
        failed_mails=count_failed_mails(session) if may_administer(viewer) else None,
    )


def _ageing(lines: Sequence[WeighedLine], page: PresencePage) -> Ageing:
    placed = [line for line in lines if line.spots]
    return Ageing(
        unconfirmed=len({line.family for line in page.presence.lines if not line.is_confirmed}),
        dormant=len({line.family for line in placed if line.phase == Phase.DORMANT}),
        lapsed=len({line.family for line in placed if line.phase == Phase.LAPSED}),
    )
