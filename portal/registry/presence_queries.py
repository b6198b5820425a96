"""Presence out of the register in memory; a process weighs each state of it once and keeps what was last counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.registry.coverage_models import Attestation, AttestationKind
from portal.registry.presence import NilReturn, Presence, WeighedLine, count_presence, weigh
from portal.registry.presence_filter import PresenceFilter
from portal.registry.rows import LineRow
from portal.registry.snapshot import line_rows

# Pages, downloads and views of one question follow each other; a presence of 20,000 lines takes about 1 MB.
MOST_KEPT = 16


@dataclass(frozen=True)
class _Weighed:
    rows: Sequence[LineRow]
    nil_returns: Sequence[NilReturn]
    day: date
    lines: Sequence[WeighedLine]
    counted: dict[tuple[PresenceFilter, frozenset[str]], Presence] = field(default_factory=dict)


# Replaced as a whole; another day or another state of the register makes it void.
_kept: _Weighed | None = None


def read_presence(session: Session, viewer: Viewer, asked: PresenceFilter, today: date) -> Presence:
    """What the viewer may see of the published register, counted."""
    weighed = _weighed(session, today)
    key = (asked, viewer.access)
    if key not in weighed.counted:
        while len(weighed.counted) >= MOST_KEPT:
            weighed.counted.pop(next(iter(weighed.counted)), None)
        lines = _visible(weighed.lines, viewer.access)
        weighed.counted[key] = count_presence(lines, asked, weighed.nil_returns, today)
    return weighed.counted[key]


def visible_lines(session: Session, viewer: Viewer, today: date) -> list[WeighedLine]:
    """Every published line that the viewer may see, weighed."""
    return _visible(_weighed(session, today).lines, viewer.access)


def read_nil_returns(session: Session) -> list[NilReturn]:
    """Who said that nobody works somewhere; an organisation's word about itself alone is not among them."""
    statement = select(Attestation).where(
        Attestation.kind == AttestationKind.NOBODY, col(Attestation.withdrawn_at).is_(None)
    )
    return [
        NilReturn(said.place_id, said.policy_area, said.said_on, said.said_by)
        for said in session.exec(statement.order_by(col(Attestation.said_on), col(Attestation.id)))
    ]


def busiest_implementers(lines: Iterable[WeighedLine], limit: int) -> list[UUID]:
    """Those with most lines, the busiest first."""
    counts = Counter(line.implementer for line in lines)
    return [UUID(int=number) for number, _ in counts.most_common(limit)]


def _weighed(session: Session, today: date) -> _Weighed:
    global _kept
    rows, nil_returns = line_rows(session), read_nil_returns(session)
    kept = _kept
    if kept is None or kept.rows is not rows or kept.day != today or kept.nil_returns != nil_returns:
        before = kept.lines if kept is not None and kept.day == today else ()
        _kept = kept = _Weighed(rows, nil_returns, today, weigh(rows, today, before))
    return kept


def _visible(lines: Iterable[WeighedLine], access: frozenset[str]) -> list[WeighedLine]:
    return [line for line in lines if not access.isdisjoint(line.row.access)]
