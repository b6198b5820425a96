"""The database: one engine, transactions that end here and nowhere else.

`.commit(` and `.rollback(` appear in no other module. Pages that only look use `reading()`; everything
that may change something uses `writing()`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from portal.core.errors import N_, Unavailable

# How long to wait for somebody else's transaction: a person gives up sooner than the worker need.
WEB_SECONDS = 10
PATIENT_SECONDS = 30
BUSY = N_("The portal is busy just now. Nothing was lost: please try again.")
_ABANDONED = "abandoned"


class Database:
    """Two engines for two kinds of transaction, so that readers never wait for a connection of writers."""

    def __init__(self, address: str, busy_seconds: int = PATIENT_SECONDS) -> None:
        self.engine = _open_engine(address, busy_seconds)
        # Here every transaction announces at its start that it will write.
        writing = _open_engine(address, busy_seconds)
        self._writing_engine = writing.execution_options(begins_writing=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the data and keeps no change."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are all kept at the end, or none of them if an error passes through."""
        with Session(self._writing_engine, expire_on_commit=False) as session:
            try:
                yield session
                if session.info.get(_ABANDONED):
                    session.rollback()
                else:
                    session.commit()
            except BaseException as error:
                session.rollback()
                if isinstance(error, OperationalError) and "database is locked" in str(error):
                    raise Unavailable(BUSY) from error
                raise

    def answers(self) -> bool:
        """Whether the database can be asked anything at all."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("select 1"))
        except OperationalError:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()
        self._writing_engine.dispose()


def abandon(session: Session) -> None:
    """Let this transaction end without keeping anything, though no error passes through.

    For a form that was refused half-way: its page is an ordinary answer, its changes are not wanted.
    """
    session.info[_ABANDONED] = True


def _open_engine(address: str, busy_seconds: int) -> Engine:
    if not address.startswith("sqlite"):
        return create_engine(address, pool_pre_ping=True, pool_size=30, pool_timeout=busy_seconds)
    # Connections of SQLite are cheap: a request waits for another's transaction, never for the pool.
    engine = create_engine(
        address,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
        pool_size=10,
        max_overflow=-1,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling is switched off, or it would begin late and without IMMEDIATE.
    # How long to wait for a lock the driver has set already, by its argument `timeout`.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=wal",
        "foreign_keys=on",
        "synchronous=full",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # A transaction that reads first and writes later fails at once when another has written in between,
    # whatever the busy timeout says; one that may write therefore asks for the lock at its beginning.
    will_write = connection.get_execution_options().get("begins_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if will_write else "BEGIN")
