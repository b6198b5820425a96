"""`sala demo`: a portal full of invented things, to look around in."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session, func, select

from portal.accounts.models import Organisation, User
from portal.cli.installation import (
    console,
    progress_bar,
    settings_from_environment,
    stop,
    unchecked_installation,
)
from portal.cli.serve import read_register, serve_pages
from portal.cli.upgrade import upgrade_index, upgrade_installation
from portal.core.settings import Settings
from portal.library.models import Resource
from portal.registry.models import Project
from portal.request import Services
from portal.sample.organisations import ORGANISATIONS, PEOPLE, SamplePerson
from portal.sample.seed_people import SAMPLE_PASSWORD

SCALE_SEED = 2026
MARKER = "demonstration"
MARKER_TEXT = "Everything in this folder is invented. `sala demo` made it and may add to it.\n"
FILLED = "The sample library is complete.\n"
SIGN_INS = ("noy", "bouavanh", "latsamy", "coordinator", "donor", "administrator")


def demo(
    scale: Annotated[
        int, typer.Option(help="Also make this many invented resources of five pages, for measuring.")
    ] = 0,
    scale_registry: Annotated[
        int, typer.Option(help="Also make this many invented activity lines, for measuring.")
    ] = 0,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Default: the variable PORT, or 8000.")] = None,
    only_fill: Annotated[bool, typer.Option("--no-serve", help="Fill the library and stop.")] = False,
) -> None:
    """Fill a portal with invented organisations, resources and projects, and serve it with its worker."""
    settings = settings_from_environment(port).model_copy(update={"is_demonstration": True})
    with unchecked_installation(settings) as services:
        upgrade_installation(services)
        _claim_folder(services)
        upgrade_index(services)
        _fill(services, scale, scale_registry)
        read_register(services)
    _print_sign_ins()
    if only_fill:
        return
    console.print(f"\nOpen [bold]{settings.base_url}[/] in a browser; Ctrl-C ends it.")
    serve_pages(settings, host, with_worker=True)


def _claim_folder(services: Services) -> None:
    """Remember that this data folder is a demonstration; refuse one in which somebody works already."""
    marker = _marker(services.settings)
    if marker.exists():
        return
    with services.database.reading() as session:
        if _count(session, User) or _count(session, Organisation):
            stop(
                f"{services.settings.data_dir.resolve()} holds a library in use. "
                "Choose another folder for the demonstration: SALA_DATA_DIR=..."
            )
    marker.write_text(MARKER_TEXT, encoding="utf-8")


def _fill(services: Services, scale: int, scale_registry: int) -> None:
    """Fill what is missing. What visitors of the demonstration changed since is left as they made it."""
    # Writing documents takes large libraries, which no other command should have to load.
    from portal.sample.seed import finish_work, seed_sample
    from portal.sample.seed_register import seed_register
    from portal.sample.seed_scale import seed_scale
    from portal.sample.seed_scale_registry import seed_scale_registry

    marker = _marker(services.settings)
    if FILLED not in marker.read_text(encoding="utf-8"):
        with progress_bar("Sharing the sample library") as show:
            seed_sample(services, progress=show)
        with console.status("Writing the sample register"):
            seed_register(services)
    if scale > 0:
        with progress_bar("Making resources to measure with") as show:
            seed_scale(services, scale, SCALE_SEED, show)
    if scale_registry > 0:
        with progress_bar("Making activity lines to measure with") as show:
            seed_scale_registry(services, scale_registry, SCALE_SEED, show)
    with progress_bar("Reading files and indexing") as show:
        finish_work(services, show)
    marker.write_text(MARKER_TEXT + FILLED, encoding="utf-8")
    with services.database.reading() as session:
        console.print(
            f"The portal holds {_count(session, Resource)} resources and {_count(session, Project)} projects."
        )


def _print_sign_ins() -> None:
    table = Table("Who", "Address", title=f"Sample sign-ins, each with the password {SAMPLE_PASSWORD}")
    for person in PEOPLE:
        if person.key in SIGN_INS:
            table.add_row(_who(person), person.email)
    console.print(table)


def _who(person: SamplePerson) -> str:
    if person.portal_role:
        return f"{person.portal_role} of the portal"
    home = person.memberships[0]
    name = next(organisation.name for organisation in ORGANISATIONS if organisation.key == home.organisation)
    return f"{home.role} of {name}"


def _count(session: Session, table: type[User] | type[Organisation] | type[Resource] | type[Project]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def _marker(settings: Settings) -> Path:
    return settings.data_dir / MARKER
