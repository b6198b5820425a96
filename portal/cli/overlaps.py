"""`sala overlaps`: looking for overlaps from the console."""

import typer

from portal.cli.installation import console, installation
from portal.jobs.comparing import compare_everything
from portal.registry.scoring import SCORING_VERSION, settings_hash

commands = typer.Typer(no_args_is_help=True, help="Overlaps between projects.")


@commands.callback()
def overlaps() -> None:
    """Keeps `recompute` a command of its own, though it is the only one."""


@commands.command("recompute")
def recompute() -> None:
    """Compare the whole register again. Decisions are kept; running it twice changes nothing."""
    with installation() as services:
        recount = compare_everything(services)
    console.print(
        f"{recount.found} found by rules {SCORING_VERSION} ({settings_hash()}): {recount.new} new, "
        f"{recount.changed} changed, {recount.ended} no longer so."
    )
