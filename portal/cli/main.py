"""The command `sala`: every command by its name."""

import typer

from portal.cli import check, demo, index, mail, overlaps, places, registry, serve, statistics, upgrade, users

app = typer.Typer(
    name="sala",
    no_args_is_help=True,
    add_completion=False,
    help="Sala: a library that organisations fill and everyone can search, and a register of who does what, "
    "where, when and for whom. Settings come from SALA_... "
    "variables; everything that is kept lies in SALA_DATA_DIR (var).",
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.command("upgrade")(upgrade.upgrade)
app.add_typer(users.commands, name="users")
app.add_typer(places.commands, name="places")
app.add_typer(registry.commands, name="registry")
app.add_typer(overlaps.commands, name="overlaps")
app.add_typer(statistics.commands, name="statistics")
app.command("reindex")(index.reindex)
app.command("check")(check.check)
app.command("mail")(mail.mail)
