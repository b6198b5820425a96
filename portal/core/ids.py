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
    return next_numbers(session, series, 1)[0]


def next_numbers(session: Session, series: str, count: int) -> range:
    """The next numbers of a series, as many as are asked for."""
    session.flush()
    changed = session.execute(
        update(ReferenceCounter)
        .where(ReferenceCounter.series == series)  # type: ignore[arg-type]
        .values(last_number=ReferenceCounter.last_number + count)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        session.add(ReferenceCounter(series=series, last_number=count))
        session.flush()
        return range(1, count + 1)
    last = session.exec(select(ReferenceCounter.last_number).where(ReferenceCounter.series == series)).one()
    return range(last - count + 1, last + 1)
