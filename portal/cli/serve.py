"""`sala serve` and `sala worker`: the two processes of an installation, and how each of them ends."""

import gc
import logging
import os
import signal
from collections.abc import Callable
from threading import Event
from typing import Annotated

import typer
import uvicorn

from portal.accounts.viewer import Viewer
from portal.app import create_app
from portal.cli.installation import console, installation, prepare_index, settings_from_environment
from portal.cli.worker_process import WorkerProcess
from portal.core.clock import today
from portal.core.settings import Settings
from portal.jobs.worker import run_worker
from portal.registry.presence_queries import visible_lines
from portal.request import Services


def serve(
    host: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 for every network.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Default: the variable PORT, or 8000.")] = None,
    with_worker: Annotated[
        bool, typer.Option("--with-worker/--no-worker", help="Whether the worker runs beside it.")
    ] = True,
) -> None:
    """Serve the pages, with the worker beside them; both end at Ctrl-C or SIGTERM."""
    settings = settings_from_environment(port)
    with installation(settings) as services:
        prepare_index(services)
        read_register(services)
    console.print(f"Serving {settings.base_url}; Ctrl-C ends it.", markup=False)
    serve_pages(settings, host, with_worker=with_worker)


def worker(
    beside: Annotated[
        int | None, typer.Option(hidden=True, help="The process that started it; it ends when that is gone.")
    ] = None,
) -> None:
    """Read files, fill the index and send mails until stopped."""
    logging.basicConfig(format="worker: %(message)s", level=logging.WARNING)
    told = stop_signals()

    def should_stop() -> bool:
        # An orphan would go on with the code of a portal that is gone, beside the worker of the next one.
        return told.is_set() or (beside is not None and os.getppid() != beside)

    with installation() as services:
        prepare_index(services)
        run_worker(services, should_stop)


def serve_pages(settings: Settings, host: str, *, with_worker: bool) -> None:
    """Serve until told to stop; the worker is told afterwards and finishes what it has in hand."""
    server = uvicorn.Server(server_configuration(settings, host))
    leave_what_stays()
    # uvicorn raises the signals it caught once more after its own end: without a handler they would
    # end this process before the worker is told.
    stop_signals()
    run_beside_worker(server.run, settings, with_worker=with_worker)
    if not server.started:
        raise typer.Exit(1)


def read_register(services: Services) -> None:
    """Have the register in memory before the first visitor asks: of 20,000 lines that takes some seconds."""
    with services.database.reading() as session:
        visible_lines(session, Viewer(), today())


def server_configuration(settings: Settings, host: str) -> uvicorn.Config:
    """How the pages are served; wrong passwords are counted by the addresses that trusted proxies tell."""
    return uvicorn.Config(
        create_app(settings),
        host=host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
    )


def leave_what_stays() -> None:
    """Never look for unreachable objects among those that were there at the start."""
    gc.collect()
    gc.freeze()


def run_beside_worker(run: Callable[[], None], settings: Settings, *, with_worker: bool) -> None:
    if not with_worker:
        run()
        return
    with WorkerProcess(settings):
        run()


def stop_signals() -> Event:
    """An event that is set by Ctrl-C and by SIGTERM."""
    told = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    return told
