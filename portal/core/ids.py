"""Identifiers: UUIDv7 keys made in Python, and the short numbers people see (R-1203, ORG-000123)."""

import secrets
import time
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Field, Session, SQLModel, select


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): sorts by the millisecond it was made in."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


class ReferenceCounter(SQLModel, table=True):
    """The last number given out in each series; numbers are never given twice, even after a deletion."""

    __tablename__ = "reference_counter"

    series: str = Field(primary_key=True, max_length=40)
    last_number: int = 0


def next_number(session: Session, series: str) -> int:
    """The next number of a series; the row is locked until the transaction ends."""
    session.flush()
    changed = session.execute(
        update(ReferenceCounter)
        .where(ReferenceCounter.series == series)  # type: ignore[arg-type]
        .values(last_number=ReferenceCounter.last_number + 1)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        session.add(ReferenceCounter(series=series, last_number=1))
        session.flush()
        return 1
    return session.exec(select(ReferenceCounter.last_number).where(ReferenceCounter.series == series)).one()
