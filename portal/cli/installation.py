"""What the commands share: the settings, an opened installation, the console and the one who acts."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from portal.accounts.viewer import Viewer
from portal.app import close_services, open_services
from portal.core.errors import SalaError
from portal.core.migrations import is_current
from portal.core.settings import Settings
from portal.jobs.worker import lacking_in_new_index
from portal.request import Services
from search.engine import EngineUnavailable

# Whoever can run commands on the machine holds the whole data folder anyway.
COMMAND_LINE = Viewer(name="Command line", is_administrator=True, is_coordinator=True)

console = Console()
errors = Console(stderr=True)


def settings_from_environment(port: int | None = None) -> Settings:
    """The settings; the address people see follows the port unless it was set by itself."""
    settings = Settings() if port is None else Settings(port=port)
    if "base_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"base_url": f"http://127.0.0.1:{settings.port}"})
    return settings


@contextmanager
def installation(settings: Settings | None = None) -> Iterator[Services]:
    """An installation whose database is as this version expects; stops the command otherwise."""
    with unchecked_installation(settings or settings_from_environment()) as services:
        if not is_current(services.database):
            stop("The database is not the one this version expects. Run `sala upgrade` first.")
        yield services


@contextmanager
def unchecked_installation(settings: Settings) -> Iterator[Services]:
    """An installation as it is; a refusal of the portal ends the command with its own sentence."""
    collect_seldom()
    services = open_services(settings)
    try:
        yield services
    except SalaError as error:
        stop(error.message % error.values if error.values else error.message)
    finally:
        close_services(services)


def collect_seldom() -> None:
    """Look for unreachable objects less often.

    A search page makes some ten thousand objects and keeps none, and a register of 20,000 lines in memory is half
    a million that stay: with Python's own thresholds, half of the time went into walks through all of them.
    """
    gc.set_threshold(50_000, 20, 20)


def prepare_index(services: Services) -> None:
    """Make the index usable where it can be; a portal whose search is away still serves everything else."""
    try:
        services.search.ensure_ready()
        if lacking_in_new_index(services):
            errors.print("The index is not complete. Run `sala reindex`.", style="yellow")
    except EngineUnavailable as error:
        errors.print(f"The search engine does not answer: {error}", style="yellow", markup=False)


def stop(message: str) -> NoReturn:
    """Say why and end the command."""
    errors.print(message, style="red", markup=False)
    raise typer.Exit(1)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar fed with how much is done and how much there is; the total may change on the way.

    Nothing appears while there is nothing to do.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console)
    task = progress.add_task(title, total=None)

    def show(done: int, total: int) -> None:
        if total > 0:
            progress.start()
        progress.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        if progress.live.is_started:
            progress.stop()
