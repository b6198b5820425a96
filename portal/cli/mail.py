"""`sala mail`: what lies in the mail folder of an installation that sends nothing."""

from typing import Annotated

import typer
from rich.table import Table

from portal.cli.installation import console, settings_from_environment
from portal.core.mail import stored_mails


def mail(
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 20,
    text: Annotated[bool, typer.Option("--text", help="Also print what each mail says.")] = False,
) -> None:
    """List the mails that were written as files because no mail server is set (SALA_MAIL_URL)."""
    settings = settings_from_environment()
    mails = stored_mails(settings.mail_folder, limit)
    if not mails:
        console.print(f"No mails lie in {settings.mail_folder}.", markup=False)
        return
    table = Table("When", "To", "Subject")
    for stored in mails:
        table.add_row(f"{stored.at:%Y-%m-%d %H:%M}", stored.to, stored.subject)
    console.print(table)
    if text:
        for stored in mails:
            console.rule(stored.name)
            console.print(stored.text, markup=False)
