"""Presence out of the register in memory, and the names that its pages show; a process weighs each state once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.viewer import Viewer
from portal.registry.presence import NilReturn, Presence, WeighedLine, count_presence, weigh
from portal.registry.presence_filter import PresenceFilter
from portal.registry.rows import LineRow
from portal.registry.snapshot import line_rows


@dataclass(frozen=True)
class _Weighed:
    rows: Sequence[LineRow]
    day: date
    lines: Sequence[WeighedLine]


# Replaced as a whole; another day or another state of the register makes it void.
_kept: _Weighed | None = None


def visible_lines(session: Session, viewer: Viewer, today: date) -> list[WeighedLine]:
    """Every published line that the viewer may see, weighed. The start of everything that counts presence."""
    global _kept
    rows = line_rows(session)
    kept = _kept
    if kept is None or kept.rows is not rows or kept.day != today:
        _kept = kept = _Weighed(rows, today, weigh(rows, today))
    access = viewer.access
    return [line for line in kept.lines if not access.isdisjoint(line.row.access)]


def presence_of(
    session: Session,
    viewer: Viewer,
    asked: PresenceFilter,
    nil_returns: Iterable[NilReturn],
    today: date,
) -> Presence:
    return count_presence(visible_lines(session, viewer, today), asked, nil_returns, today)


def implementers(lines: Iterable[WeighedLine]) -> set[UUID]:
    return {line.row.implementer_id for line in lines}


def organisations_by_id(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Organisation]:
    found = session.exec(select(Organisation).where(col(Organisation.id).in_(set(ids))))
    return {organisation.id: organisation for organisation in found}
