"""`sala places`: the gazetteer from the console."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import func
from sqlmodel import col, select

from portal.cli.installation import console, errors, installation
from portal.core.clock import today
from portal.core.errors import Invalid
from portal.places.actions import load_gazetteer
from portal.places.boundaries import load_boundaries, read_boundaries
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


@commands.command("boundaries")
def boundaries(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="GeoJSON of provinces or districts.")
    ],
    source: Annotated[str, typer.Option(help="Whose boundaries these are; shown under every map.")] = "",
) -> None:
    """Draw the maps after real boundaries, instead of the schematic ones. Districts alone are enough."""
    try:
        read = read_boundaries(file.read_bytes())
        with installation() as services, services.database.writing() as session:
            report = load_boundaries(session, read, source)
    except Invalid as error:
        errors.print(error.message % error.values, style="red", markup=False)
        raise typer.Exit(1) from error
    for title in report.unmatched:
        errors.print(f"Not a known place, or there twice: {title}", style="yellow", markup=False)
    for name in report.missing:
        errors.print(f"Has no shape in the file: {name}", style="yellow", markup=False)
    console.print(f"{report.matched} shapes matched, {len(report.maps)} maps drawn.")
    if not source and not read.source:
        console.print("The file does not say whose boundaries these are. Name it with --source.")


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
