"""`sala check`: whether database, stored files and index agree."""

from collections.abc import Sequence
from typing import Annotated

import typer

from portal.cli.installation import console, installation, prepare_index, progress_bar
from portal.jobs.consistency import (
    Difference,
    Kind,
    differences_of_files,
    differences_of_index,
    differences_of_jobs,
    repair,
)
from portal.request import Services

# A thousand lines help nobody; the counts say how many there are.
SHOWN_OF_EACH_KIND = 20
# Enough of a SHA-256 or an id to find it by, and short enough for a narrow window.
SHOWN_OF_AN_ID = 12
REMEDIES = {
    Kind.MISSING_BYTES: "restore them from a backup",
    Kind.WRONG_BYTES: "restore them from a backup",
    Kind.STRAY: "left alone: look whose they are",
    Kind.NO_INDEX: "start it, or correct SALA_SEARCH_URL",
}


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
            with progress_bar("Filling the index") as show:
                repair(services, differences, show)
            differences = _find(services)
            console.print("After the repair:")
            _print(differences)
    if differences:
        raise typer.Exit(1)


def _find(services: Services) -> list[Difference]:
    with progress_bar("Reading every stored file") as show:
        found = [*differences_of_files(services, show), *differences_of_jobs(services)]
    with progress_bar("Comparing the index") as show:
        return [*found, *differences_of_index(services, show)]


def _print(differences: Sequence[Difference]) -> None:
    if not differences:
        console.print("[green]Database, files and index agree.[/]")
        return
    for kind in Kind:
        of_kind = [difference for difference in differences if difference.kind == kind]
        if of_kind:
            _print_kind(kind, of_kind)


def _print_kind(kind: Kind, differences: Sequence[Difference]) -> None:
    remedy = REMEDIES.get(kind, "--repair puts it right")
    _print_line(f"{len(differences)} × {kind} ({remedy})")
    for difference in differences[:SHOWN_OF_EACH_KIND]:
        _print_line(f"  {_told(difference)}")
    if len(differences) > SHOWN_OF_EACH_KIND:
        _print_line(f"  and {len(differences) - SHOWN_OF_EACH_KIND} more")


def _told(difference: Difference) -> str:
    """The detail first, since it says what a person knows; the id is for whoever looks on the disk."""
    if not difference.detail:
        return difference.subject
    return f"{difference.detail}  {difference.subject[:SHOWN_OF_AN_ID]}".rstrip()


def _print_line(text: str) -> None:
    """One line, however long: nothing is cut, and no character of a name does anything to the console."""
    shown = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
    console.print(shown, markup=False, highlight=False, soft_wrap=True)
