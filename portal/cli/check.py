"""`sala check`: whether database, stored files and index agree."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from portal.cli.installation import console, installation, prepare_index, progress_bar
from portal.jobs.consistency import Difference, find_differences, repair
from portal.request import Services

# A thousand lines help nobody; the counts say how many there are.
SHOWN_OF_EACH_KIND = 20


def check(
    repair_it: Annotated[
        bool, typer.Option("--repair", help="Put right what can be put right without losing anything.")
    ] = False,
) -> None:
    """Compare database, stored files and index both ways; ends with 1 if something differs and is not repaired."""
    with installation() as services:
        prepare_index(services)
        differences = _find(services)
        _print(differences)
        if differences and repair_it:
            repair(services, differences)
            differences = _find(services)
            console.print("After the repair:")
            _print(differences)
    if differences:
        raise typer.Exit(1)


def _find(services: Services) -> list[Difference]:
    with progress_bar("Reading every stored file") as show:
        return find_differences(services, show)


def _print(differences: Sequence[Difference]) -> None:
    if not differences:
        console.print("[green]Database, files and index agree.[/]")
        return
    counts = Counter(difference.kind for difference in differences)
    table = Table("What differs", "Which", "Detail", "With --repair")
    for kind, count in counts.items():
        of_kind = [difference for difference in differences if difference.kind == kind]
        for difference in of_kind[:SHOWN_OF_EACH_KIND]:
            remedy = "is repaired" if difference.is_repairable else "stays: restore it from a backup"
            table.add_row(kind, difference.subject, difference.detail, remedy)
        if count > SHOWN_OF_EACH_KIND:
            table.add_row(kind, "...", f"{count - SHOWN_OF_EACH_KIND} more", "")
    console.print(table)
    console.print(", ".join(f"{count} × {kind}" for kind, count in counts.items()))
