"""`sala users`: the first administrator, and roles of the portal when nobody can sign in to give them."""

from enum import StrEnum
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table
from sqlmodel import Session, col, select

from portal.accounts.actions import create_account, set_portal_roles
from portal.accounts.inputs import PortalRolesInput, SignUpInput
from portal.accounts.models import User
from portal.accounts.queries import find_user_by_email
from portal.cli.installation import COMMAND_LINE, console, installation, stop

commands = typer.Typer(no_args_is_help=True, help="People and their roles on the portal.")


class GivenRole(StrEnum):
    MEMBER = "member"
    DONOR = "donor"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


@commands.command("add")
def add(
    email: str,
    name: Annotated[str, typer.Option(prompt=True)],
    role: Annotated[GivenRole, typer.Option(help="Role on the portal.")] = GivenRole.MEMBER,
    password: Annotated[
        str,
        typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="Asked for when left out."),
    ] = "",
) -> None:
    """Make an account whose address counts as confirmed: the first administrator starts here."""
    try:
        entered = SignUpInput(name=name, email=email, password=password)
    except ValidationError as error:
        stop("\n".join(str(problem["msg"]).removeprefix("Value error, ") for problem in error.errors()))
    with installation() as services, services.database.writing() as session:
        user = create_account(session, entered)
        _give(session, user, role)
    console.print(f"{user.name} can sign in as {user.email} ({role}).", markup=False)


@commands.command("role")
def change_role(email: str, role: GivenRole) -> None:
    """Give a person one role on the portal in place of those they have."""
    with installation() as services, services.database.writing() as session:
        user = find_user_by_email(session, email)
        if user is None:
            stop(f"Nobody has the address {email}.")
        _give(session, user, role)
    console.print(f"{user.name} is now {role}.", markup=False)


@commands.command("list")
def list_users() -> None:
    """List everybody who can sign in."""
    with installation() as services, services.database.reading() as session:
        people = session.exec(select(User).where(col(User.deleted_at).is_(None)).order_by(User.email)).all()
    table = Table("Address", "Name", "Role on the portal", "Confirmed")
    for user in people:
        table.add_row(
            user.email, user.name, ", ".join(_roles(user)), "yes" if user.email_confirmed_at else "no"
        )
    console.print(table)


def _give(session: Session, user: User, role: GivenRole) -> None:
    chosen = PortalRolesInput(
        is_coordinator=role == GivenRole.COORDINATOR,
        is_donor=role == GivenRole.DONOR,
        is_administrator=role == GivenRole.ADMINISTRATOR,
    )
    set_portal_roles(session, COMMAND_LINE, user.id, chosen)


def _roles(user: User) -> list[str]:
    held = {
        "coordinator": user.is_coordinator,
        "donor": user.is_donor,
        "administrator": user.is_administrator,
    }
    return [name for name, holds in held.items() if holds] or ["member"]
