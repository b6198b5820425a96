"""Presence out of the register in memory; a process weighs each state of it once and keeps what was last counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.registry.coverage_models import Attestation, AttestationKind
from portal.registry.presence import NilReturn, Presence, SeenLines, WeighedLine, count_presence, weigh
from portal.registry.presence_filter import PresenceFilter
from portal.registry.rows import LineRow
from portal.registry.snapshot import Snapshot, read_snapshot

# Pages, downloads and views of one question follow each other; a presence of 20,000 lines takes about 1 MB.
MOST_KEPT = 16


@dataclass(frozen=True, eq=False)
class _Weighed:
    rows: Sequence[LineRow]
    nil_returns: Sequence[NilReturn]
    day: date
    lines: Sequence[WeighedLine]


# Replaced as a whole; another day or another state of the register makes it void.
_kept: _Weighed | None = None


def read_presence(session: Session, viewer: Viewer, asked: PresenceFilter, today: date) -> Presence:
    """What the viewer may see of the published register, counted."""
    return read_presences(session, viewer, [asked], today)[0]


def read_presences(
    session: Session,
    viewer: Viewer,
    questions: Iterable[PresenceFilter],
    today: date,
    snapshot: Snapshot | None = None,
) -> list[Presence]:
    """Several questions of one state of the register; of the `snapshot` that was read before, if any."""
    weighed = _weighed(session, today, snapshot)
    return [_counted(weighed, asked, viewer.access) for asked in questions]


def visible_lines(
    session: Session, viewer: Viewer, today: date, snapshot: Snapshot | None = None
) -> Sequence[WeighedLine]:
    """Every published line that the viewer may see, weighed."""
    return _seen(_weighed(session, today, snapshot), viewer.access).lines


def read_nil_returns(session: Session) -> list[NilReturn]:
    """Who said that nobody works somewhere; an organisation's word about itself alone is not among them."""
    return all_nil_returns(session)[AttestationKind.NOBODY]


def all_nil_returns(session: Session) -> dict[AttestationKind, list[NilReturn]]:
    """Every statement that was not withdrawn, by its kind: of committees, and of organisations of themselves."""
    found: dict[AttestationKind, list[NilReturn]] = {kind: [] for kind in AttestationKind}
    statement = select(Attestation).where(col(Attestation.withdrawn_at).is_(None))
    for said in session.exec(statement.order_by(col(Attestation.said_on), col(Attestation.id))):
        told = NilReturn(said.place_id, said.policy_area, said.said_on, said.said_by)
        found[AttestationKind(said.kind)].append(told)
    return found


def busiest_implementers(lines: Iterable[WeighedLine], limit: int) -> list[UUID]:
    """Those with most lines, the busiest first."""
    counts = Counter(line.implementer for line in lines)
    return [UUID(int=number) for number, _ in counts.most_common(limit)]


def _weighed(session: Session, today: date, snapshot: Snapshot | None) -> _Weighed:
    global _kept
    rows, nil_returns = (snapshot or read_snapshot(session)).lines, read_nil_returns(session)
    kept = _kept
    if kept is None or kept.rows is not rows or kept.day != today or kept.nil_returns != nil_returns:
        before = kept.lines if kept is not None and kept.day == today else ()
        _counted.cache_clear()
        _seen.cache_clear()
        _kept = kept = _Weighed(rows, nil_returns, today, weigh(rows, today, before))
    return kept


@lru_cache(maxsize=MOST_KEPT)
def _counted(weighed: _Weighed, asked: PresenceFilter, access: frozenset[str]) -> Presence:
    lines = _seen(weighed, access).near(asked)
    return count_presence(lines, asked, weighed.nil_returns, weighed.day)


@lru_cache(maxsize=MOST_KEPT)
def _seen(weighed: _Weighed, access: frozenset[str]) -> SeenLines:
    return SeenLines([line for line in weighed.lines if not access.isdisjoint(line.row.access)])
