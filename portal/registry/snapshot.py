"""The published register in memory, as plain rows: what counting, mapping and comparing works on.

Reading 20,000 lines from the database takes longer than a page may; so a process keeps them, asks in one
statement whether anything changed since, and reads again only the projects that did. Rows of every reach are in
it: each reader filters by `rows.visible_to` or its like before anything is counted.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from secrets import token_hex
from typing import TypeVar
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from portal.registry.models import Project, RegisterState
from portal.registry.row_queries import load_rows, portions
from portal.registry.rows import EventRow, LineRow, ProjectRow

Value = TypeVar("Value")

# More changed projects than this are read again faster together with all others.
MOST_SINGLE_CHANGES = 400
_TOUCHED, _GATHERED = "register_touched", "register_gathered"


@dataclass(frozen=True)
class Snapshot:
    """The published register at one sequence number; by project."""

    token: str
    sequence: int
    lines_by_project: Mapping[UUID, Sequence[LineRow]]
    projects: Mapping[UUID, ProjectRow]
    events_by_project: Mapping[UUID, Sequence[EventRow]]

    @cached_property
    def lines(self) -> tuple[LineRow, ...]:
        return tuple(row for rows in self.lines_by_project.values() for row in rows)

    @cached_property
    def events(self) -> tuple[EventRow, ...]:
        return tuple(row for rows in self.events_by_project.values() for row in rows)

    @cached_property
    def events_by_id(self) -> Mapping[UUID, EventRow]:
        return {row.id: row for row in self.events}

    @cached_property
    def lines_by_id(self) -> Mapping[UUID, LineRow]:
        return {row.id: row for row in self.lines}


# The last snapshot of this process. Replaced as a whole, so that threads never see half of one.
_kept: Snapshot | None = None


def read_snapshot(session: Session) -> Snapshot:
    """The register as this session's transaction sees it; one statement when nothing has changed."""
    global _kept
    state = _state(session)
    kept = _kept
    if kept is not None and (kept.token, kept.sequence) == (state.token, state.sequence):
        return kept
    fresh = _follow(session, kept, state) if kept is not None and kept.token == state.token else None
    fresh = fresh or _load(session, state, None)
    if not session.info.get(_TOUCHED):
        _kept = fresh
    return fresh


def line_rows(session: Session) -> Sequence[LineRow]:
    """Every published line, whoever may see it: filter with `visible_to` before counting."""
    return read_snapshot(session).lines


def project_rows(session: Session) -> Mapping[UUID, ProjectRow]:
    return read_snapshot(session).projects


def touch_projects(session: Session, project_ids: Collection[UUID]) -> None:
    """Tell every copy that these projects changed. Flushes of their rows do so by themselves."""
    if not project_ids:
        return
    session.info[_TOUCHED] = True
    if (gathered := session.info.get(_GATHERED)) is not None:
        gathered.update(project_ids)
        return
    sequence = session.execute(
        update(RegisterState)
        .values(sequence=RegisterState.sequence + 1)
        .returning(col(RegisterState.sequence))
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if sequence is None:
        sequence = 1
        session.execute(insert(RegisterState).values(id=1, token=token_hex(16), sequence=sequence))
    for portion in portions(project_ids):
        session.execute(
            update(Project)
            .where(col(Project.id).in_(portion))
            .values(sequence=sequence)
            .execution_options(synchronize_session=False)
        )


@contextmanager
def as_one_change(session: Session) -> Iterator[None]:
    """Count everything that is written inside as one change. Until its end, nobody may look at the snapshot."""
    gathered = session.info[_GATHERED] = set[UUID]()
    yield
    session.flush()
    del session.info[_GATHERED]
    touch_projects(session, gathered)


def void_snapshots(session: Session) -> None:
    """Make every copy void: something changed that concerns no project in particular."""
    session.info[_TOUCHED] = True
    session.execute(
        update(RegisterState).values(token=token_hex(16)).execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class _State:
    token: str
    sequence: int


def _state(session: Session) -> _State:
    found = session.execute(select(RegisterState.token, RegisterState.sequence)).first()
    # A register without any change is empty, and so is its snapshot.
    return _State(found[0], found[1]) if found else _State("", 0)


def _follow(session: Session, kept: Snapshot, state: _State) -> Snapshot | None:
    """The kept snapshot with the projects that changed since read again; None when these are too many."""
    statement = select(Project.id).where(col(Project.sequence) > kept.sequence).limit(MOST_SINGLE_CHANGES + 1)
    changed = session.exec(statement).all()
    if len(changed) > MOST_SINGLE_CHANGES or state.sequence < kept.sequence:
        return None
    fresh = _load(session, state, changed)
    gone = set(changed)
    return Snapshot(
        token=state.token,
        sequence=state.sequence,
        lines_by_project=_replaced(kept.lines_by_project, gone, fresh.lines_by_project),
        projects=_replaced(kept.projects, gone, fresh.projects),
        events_by_project=_replaced(kept.events_by_project, gone, fresh.events_by_project),
    )


def _load(session: Session, state: _State, project_ids: Collection[UUID] | None) -> Snapshot:
    rows = load_rows(session, project_ids)
    return Snapshot(state.token, state.sequence, rows.lines, rows.projects, rows.events)


def _replaced(kept: Mapping[UUID, Value], gone: set[UUID], fresh: Mapping[UUID, Value]) -> dict[UUID, Value]:
    return {**{key: value for key, value in kept.items() if key not in gone}, **fresh}
