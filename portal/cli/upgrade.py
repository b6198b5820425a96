"""`sala upgrade`: tables, places and index as this version expects them."""

from portal.cli.index import rebuild_with_bar
from portal.cli.installation import console, settings_from_environment, unchecked_installation
from portal.core import migrations
from portal.core.clock import today
from portal.places.actions import load_own_gazetteer
from portal.request import Services
from search.engine import EngineUnavailable


def upgrade() -> None:
    """Bring the database, the places and the index to what this version expects. Running it again is harmless."""
    settings = settings_from_environment()
    with unchecked_installation(settings) as services:
        upgrade_installation(services)
        upgrade_index(services)
    console.print(f"[green]Ready.[/] Everything is kept in {settings.data_dir.resolve()}.")


def upgrade_installation(services: Services) -> None:
    """Migrate, then load the places that come with the portal."""
    migrations.upgrade(services.database)
    with services.database.writing() as session:
        load_own_gazetteer(session, today())


def upgrade_index(services: Services) -> None:
    """Make the index, and fill it where it is another version's; without an engine this is left for later."""
    try:
        services.search.ensure_ready()
        if services.search.stats().needs_rebuild:
            rebuild_with_bar(services)
    except EngineUnavailable as error:
        console.print(f"The search engine does not answer, so its index is as it was: {error}", markup=False)
