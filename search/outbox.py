"""Which groups are stale: their documents changed and the engine does not know it yet.

A mark is a state, not an event: however often a group changes, it has one mark, and the latest token wins.
It is written in the transaction of the change that it follows.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import DateTime, delete, func, insert, update
from sqlmodel import Field, Session, SQLModel, col, select

# Databases take only so many values in one statement.
_PORTION = 500


class StaleMark(SQLModel, table=True):
    """A group whose documents must be carried to the engine again."""

    __tablename__ = "stale_mark"

    group_id: str = Field(primary_key=True, max_length=200)
    # New at each change: a mark that was renewed while its documents were carried is not cleared.
    token: str = Field(max_length=32)
    # Access changed: until the engine has followed, searches leave the group out.
    hides: bool = Field(default=False, index=True)
    marked_at: datetime = Field(
        default_factory=lambda: datetime.now(UTC),
        sa_type=DateTime(timezone=True),
        index=True,
    )


@dataclass(frozen=True)
class Mark:
    """A mark as it was read: clear it only if its token is still the same."""

    group_id: str
    token: str


def mark_stale(session: Session, group_id: str, hides: bool = False) -> None:
    """Say that a group changed; inside the caller's transaction. `hides` stays set until the mark is cleared."""
    mark_all_stale(session, {group_id: hides})


def mark_all_stale(session: Session, groups: Mapping[str, bool]) -> None:
    """The same for many groups, each with whether it hides; two statements for every few hundred of them."""
    for hides in (False, True):
        ids = [group_id for group_id, each in groups.items() if each is hides]
        for start in range(0, len(ids), _PORTION):
            _mark(session, ids[start : start + _PORTION], hides)


def due_marks(session: Session, limit: int = 200) -> Sequence[Mark]:
    """The oldest marks; those that hide something come first, since people miss it until they are done."""
    statement = (
        select(StaleMark.group_id, StaleMark.token)
        .order_by(col(StaleMark.hides).desc(), col(StaleMark.marked_at), col(StaleMark.group_id))
        .limit(limit)
    )
    return [Mark(group_id, token) for group_id, token in session.exec(statement)]


def clear_marks(session: Session, marks: Iterable[Mark]) -> int:
    """Forget the marks whose group has not changed since they were read; return how many."""
    cleared = 0
    for mark in marks:
        statement = delete(StaleMark).where(
            col(StaleMark.group_id) == mark.group_id, col(StaleMark.token) == mark.token
        )
        cleared += session.connection().execute(statement).rowcount
    return cleared


def postpone_marks(session: Session, marks: Iterable[Mark]) -> None:
    """Let the other marks come first: the engine has just refused these groups."""
    for mark in marks:
        session.connection().execute(
            update(StaleMark)
            .where(col(StaleMark.group_id) == mark.group_id, col(StaleMark.token) == mark.token)
            .values(marked_at=datetime.now(UTC))
        )


def hidden_groups(session: Session) -> frozenset[str]:
    """Groups whose access changed and whose documents in the engine may still say the old."""
    return frozenset(session.exec(select(StaleMark.group_id).where(col(StaleMark.hides).is_(True))))


def count_marks(session: Session) -> int:
    return session.exec(select(func.count()).select_from(StaleMark)).one()


def _mark(session: Session, group_ids: Sequence[str], hides: bool) -> None:
    """Written past the unit of work: this runs while a flush is being finished."""
    values = {"token": secrets.token_hex(8), "marked_at": datetime.now(UTC)}
    connection = session.connection()
    renewed = set(
        connection.execute(
            update(StaleMark)
            .where(col(StaleMark.group_id).in_(group_ids))
            .values(**values, **({"hides": True} if hides else {}))
            .returning(col(StaleMark.group_id))
        ).scalars()
    )
    missing = [group_id for group_id in group_ids if group_id not in renewed]
    if missing:
        rows = [{"group_id": group_id, "hides": hides, **values} for group_id in missing]
        connection.execute(insert(StaleMark), rows)
