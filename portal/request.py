"""What pages and API share: the session of this request, who is asking, the files, the search engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from portal.accounts.queries import viewer_of_token
from portal.accounts.viewer import Viewer
from portal.core.database import Database
from portal.core.settings import Settings
from search.engine import SearchEngine
from uploads.storage import FileStore

SESSION_COOKIE = "sala_session"
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


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


def open_session(request: Request) -> Iterator[Session]:
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
