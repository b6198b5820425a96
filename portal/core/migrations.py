"""Bringing a database to the tables this version expects."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from portal.core.database import Database

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def upgrade(database: Database) -> None:
    """Run every migration that is missing, in one transaction; nothing happens when none is."""
    with database.engine.begin() as connection:
        configuration = _configuration()
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")


def is_current(database: Database) -> bool:
    """Whether the database has the tables this version expects."""
    with database.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_configuration()).get_current_head()


def differences(database: Database) -> list[object]:
    """What the models say and the migrated database does not; every models module must be imported."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.set_main_option("path_separator", "os")
    return configuration
