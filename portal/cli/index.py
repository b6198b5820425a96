"""`sala reindex`: carry library and register to the search engine again."""

from typing import Annotated

import typer

from portal.cli.installation import console, installation, progress_bar
from portal.jobs.rebuilding import rebuild_index
from portal.request import Services


def reindex(
    empty: Annotated[
        bool, typer.Option("--empty", help="Empty the index first; nothing is found until it is filled.")
    ] = False,
) -> None:
    """Carry every published resource and project to the search engine again. May be stopped and started again anywhere."""
    with installation() as services:
        services.search.ensure_ready()
        if empty:
            services.search.clear()
        count = rebuild_with_bar(services)
        stats = services.search.stats()
    console.print(
        f"{count} resources and projects carried; the index holds {stats.documents} pages and descriptions."
    )


def rebuild_with_bar(services: Services) -> int:
    with progress_bar("Indexing") as show:
        return rebuild_index(services, show)
