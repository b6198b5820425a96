"""What pages and API share: the session of this request, who is asking, the files, the search engine."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Annotated

import anyio
from fastapi import Depends, Request
from sqlmodel import Session
from starlette.datastructures import FormData

from portal.accounts.queries import viewer_of_token
from portal.accounts.viewer import Viewer
from portal.core.database import BUSY, WEB_SECONDS, Database
from portal.core.errors import Unavailable
from portal.core.settings import Settings
from search.engine import SearchEngine
from uploads.storage import FileStore

SESSION_COOKIE = "sala_session"
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAXIMUM_FIELDS = 2000
MAXIMUM_FILES = 200
# Together fewer than the 40 threads of the server, so that no crowd of one kind takes them all: posts wait for
# each other's transactions. Who waits for a turn holds neither a thread nor a connection.
READERS_AT_ONCE = 26
WRITERS_AT_ONCE = 8


@dataclass(frozen=True)
class Turns:
    """How many requests work on the database at once."""

    readers: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(READERS_AT_ONCE))
    writers: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(WRITERS_AT_ONCE))


@dataclass(frozen=True)
class Services:
    """What an installation is made of; put together once, in `create_app` and in the worker."""

    settings: Settings
    database: Database
    files: FileStore
    search: SearchEngine


def services(request: Request) -> Services:
    held: Services = request.app.state.services
    return held


async def posted_form(request: Request) -> AsyncIterator[FormData]:
    """The fields and files of a form; large files lie on disk, not in memory. Pages that only look have none."""
    if request.method in READING_METHODS:
        yield FormData()
        return
    async with request.form(max_fields=MAXIMUM_FIELDS, max_files=MAXIMUM_FILES) as form:
        yield form


Posted = Annotated[FormData, Depends(posted_form)]


async def wait_for_turn(request: Request, _received: Posted) -> AsyncIterator[None]:
    """Begin only when the whole body is here: a slow one must not keep everybody else from saving."""
    turns: Turns = request.app.state.turns
    turn = turns.readers if request.method in READING_METHODS else turns.writers
    with anyio.move_on_after(WEB_SECONDS) as waiting:
        await turn.acquire()
    if waiting.cancelled_caught:
        raise Unavailable(BUSY)
    try:
        yield
    finally:
        turn.release()


def open_session(
    request: Request, _turn: Annotated[None, Depends(wait_for_turn, scope="function")]
) -> Iterator[Session]:
    """One transaction a request, ended before the answer leaves: a visitor never reads "saved" too early."""
    database = services(request).database
    if request.method in READING_METHODS:
        with database.reading() as session:
            yield session
    else:
        with database.writing() as session:
            yield session


# Without the scope, FastAPI would end the transaction after the answer was sent (DECISIONS.md, 1).
DbSession = Annotated[Session, Depends(open_session, scope="function")]


def current_viewer(request: Request, session: DbSession) -> Viewer:
    token = request.cookies.get(SESSION_COOKIE, "")
    viewer = viewer_of_token(session, token) if token else Viewer()
    # Error pages are made outside the dependencies; they find here whom they speak to.
    request.state.viewer = viewer
    return viewer


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]
Installation = Annotated[Services, Depends(services)]
