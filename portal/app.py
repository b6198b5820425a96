"""The one place that wires an installation together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from portal.core.database import PATIENT_SECONDS, WEB_SECONDS, Database
from portal.core.settings import Settings
from portal.indexing import FACET_FIELDS, SORT_FIELDS, watch
from portal.request import Services, Turns
from portal.web.refusals import install_refusals
from portal.web.routers import ROUTERS
from portal.web.security import BodyLimit, SameSitePosts, SecurityHeaders, answering_head
from search.engine import EngineUnavailable, open_engine
from uploads.storage import open_store

log = logging.getLogger("sala")


def open_services(settings: Settings, busy_seconds: int = PATIENT_SECONDS) -> Services:
    """Database, files and search engine of these settings; `close_services` lets them go."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    watch()
    engine = open_engine(
        path=settings.index_file,
        url=settings.search_url or None,
        key=settings.search_key.get_secret_value() or None,
        index=settings.search_index,
        facet_fields=FACET_FIELDS,
        sort_fields=SORT_FIELDS,
    )
    try:
        engine.ensure_ready()
    except EngineUnavailable as error:
        # The portal serves everything else, and sharing goes on; the worker tries again.
        log.warning("the search engine is not ready: %s", error)
    return Services(
        settings=settings,
        database=Database(settings.database_address, busy_seconds),
        files=open_store(str(settings.files_folder)),
        search=engine,
    )


def close_services(services: Services) -> None:
    services.search.close()
    services.database.close()


def create_app(settings: Settings) -> FastAPI:
    """The portal as an ASGI application. Nothing is read from the environment."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        close_services(app.state.services)

    app = FastAPI(
        title=settings.portal_name, docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.services = open_services(settings, WEB_SECONDS)
    app.state.turns = Turns()
    for router in ROUTERS:
        app.include_router(answering_head(router))
    install_refusals(app)
    # The last one added is the outermost: a refused post carries the headers too.
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(SameSitePosts)
    app.add_middleware(SecurityHeaders, uses_https=settings.uses_https)
    app.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=4)
    return app
