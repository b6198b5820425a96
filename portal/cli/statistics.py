"""`sala statistics`: official figures from the console."""

from pathlib import Path
from typing import Annotated

import typer

from portal.cli.installation import console, errors, installation
from portal.core.errors import Invalid
from portal.registry.statistics import Loaded, load_statistics

commands = typer.Typer(no_args_is_help=True, help="Official figures by place and year, each with its source.")


@commands.callback()
def statistics() -> None:
    """Keep `load` a command of its own: typer would otherwise run the only one without its name."""


@commands.command("load")
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file in UTF-8.")],
) -> None:
    """Load figures; columns: series, place, year, sex, value, source. Nothing is loaded when a line is wrong."""
    loaded = _load(file.read_bytes())
    console.print(f"{loaded.new} new, {loaded.changed} changed, {loaded.unchanged} unchanged.")


def _load(content: bytes) -> Loaded:
    try:
        with installation() as services, services.database.writing() as session:
            return load_statistics(session, content)
    except Invalid as refused:
        for fault in (refused, *refused.others):
            errors.print(fault.message % fault.values, style="red", markup=False)
        raise typer.Exit(1) from None
