"""`sala registry`: the register as a workbook, out and in, from the console."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table
from sqlmodel import Session

from portal.accounts.models import Organisation, Role
from portal.accounts.queries import find_organisation
from portal.accounts.viewer import Viewer
from portal.cli.installation import COMMAND_LINE, console, errors, installation, stop
from portal.core.database import abandon
from portal.exchange.downloads import address_of, organisation_workbook, sentence, visible_workbook
from portal.exchange.import_actions import start_import
from portal.exchange.import_queries import count_rows, rows_of
from portal.exchange.import_writing import import_chosen
from portal.exchange.models import BatchState, ImportBatch
from portal.exchange.received_tables import receive_table
from portal.exchange.remarks import Level, Remark
from portal.templating import translate

commands = typer.Typer(no_args_is_help=True, help="Projects and activity lines as workbooks.")


@commands.command("export")
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Ends in .xlsx or .csv.")],
    language: Annotated[str, typer.Option(help="Of the words in the cells: en or lo.")] = "en",
    organisation: Annotated[str, typer.Option(help="Only what this one owns, drafts too: ORG-000012.")] = "",
) -> None:
    """Write every published line that members and coordinators may see, or the lines of one organisation."""
    if file.suffix not in (".xlsx", ".csv"):
        stop("The name of the file ends in .xlsx or .csv.")
    with installation() as services, services.database.reading() as session:
        as_csv = file.suffix == ".csv"
        if organisation:
            owner = _organisation(session, organisation)
            viewer = _editor_of(owner.id, is_verified=owner.is_verified)
            content = organisation_workbook(session, viewer, owner.id, translate, language, as_csv=as_csv)
        else:
            content = visible_workbook(session, COMMAND_LINE, translate, language, as_csv=as_csv)
    file.write_bytes(content)
    console.print(f"{file}: {len(content):,} bytes", markup=False, highlight=False)


@commands.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    organisation: Annotated[str, typer.Option(help="Whose lines these are: ORG-000012.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would do and write nothing.")
    ] = False,
) -> None:
    """Import every row that is new or changed. Rows with errors, questions or a likeness are left out and told."""
    with installation() as services:
        with file.open("rb") as stream:
            table = receive_table(services.files, file.name, stream)
        with services.database.writing() as session:
            owner = _organisation(session, organisation)
            viewer = _editor_of(owner.id, is_verified=owner.is_verified)
            batch = start_import(session, viewer, owner.id, table, translate, "en")
            if batch.state == BatchState.MATCHING:
                stop(
                    "The columns are not understood. Hand the file in on the page “Workbook” and match them."
                )
            counts = count_rows(session, batch)
            for row in rows_of(session, batch):
                _tell_problems(batch, row.number, [Remark.from_json(stored) for stored in row.remarks])
            summary = Table("Rows", "Number")
            for state, count in counts.states.items():
                summary.add_row(state.value, str(count))
            console.print(summary)
            if dry_run:
                abandon(session)
                console.print("Nothing was written.")
                return
            written = import_chosen(session, viewer, batch, translate, "en")
            console.print(f"{batch.reference}: {written} rows written.", highlight=False)


def _organisation(session: Session, reference: str) -> Organisation:
    found = find_organisation(session, reference)
    if found is None:
        stop("There is no such organisation.")
    return found


def _editor_of(organisation_id: UUID, *, is_verified: bool) -> Viewer:
    """Whoever runs commands on the machine may do what the organisation's editors may."""
    return Viewer(
        name=COMMAND_LINE.name,
        roles={organisation_id: Role.EDITOR},
        verified_organisations=frozenset({organisation_id} if is_verified else ()),
        is_coordinator=True,
    )


def _tell_problems(batch: ImportBatch, number: int, remarks: list[Remark]) -> None:
    for remark in remarks:
        if remark.level != Level.WARNING:
            where = address_of(batch, number, remark.column)
            errors.print(f"{where}: {sentence(remark, translate, 'en')}", style="red", markup=False)
