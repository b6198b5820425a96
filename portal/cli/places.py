"""`sala places`: the gazetteer from the console."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import func
from sqlmodel import col, select

from portal.cli.installation import console, errors, installation
from portal.core.clock import today
from portal.places.actions import load_gazetteer
from portal.places.gazetteer import read_gazetteer
from portal.places.models import Place

commands = typer.Typer(no_args_is_help=True, help="Countries, provinces and districts.")


@commands.command("load")
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file in UTF-8.")],
) -> None:
    """Load a gazetteer, of any country. Nothing is loaded when a line is wrong; the layout is in portal/places/data."""
    gazetteer = read_gazetteer(file.read_bytes())
    for problem in gazetteer.problems:
        errors.print(str(problem), style="red", markup=False)
    if gazetteer.problems:
        raise typer.Exit(1)
    with installation() as services, services.database.writing() as session:
        report = load_gazetteer(session, gazetteer.rows, today())
    console.print(
        f"{report.created} new, {report.renamed} renamed, {report.extended} extended, {report.closed} closed, "
        f"{report.unchanged} unchanged; {report.missing} known places are not in the file."
    )
    if report.renamed or report.extended:
        console.print("Run `sala reindex`, so that resources are found by the new names.")


@commands.command("list")
def list_places() -> None:
    """Count the places of each country and level."""
    with installation() as services, services.database.reading() as session:
        counts = session.exec(
            select(Place.country, Place.level, func.count())
            .where(col(Place.valid_to).is_(None))
            .group_by(Place.country, col(Place.level))
            .order_by(Place.country, col(Place.level))
        ).all()
    table = Table("Country", "Level", "Places")
    for country, level, count in counts:
        table.add_row(country, str(level), str(count))
    console.print(table)
