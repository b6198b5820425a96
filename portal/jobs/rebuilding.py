"""Filling the search index again from the database, while the portal goes on."""

from collections.abc import Callable
from uuid import UUID

from sqlmodel import col, select

from portal.indexing import mark_resources
from portal.jobs.worker import index_once
from portal.library.models import Resource, ResourceState
from portal.request import Services
from search.outbox import count_marks

Show = Callable[[int, int], None]


def rebuild_index(services: Services, show: Show) -> int:
    """Carry every published resource, and take out what should not be there; return how many were carried.

    Everything is marked stale first: if this process is stopped, the worker goes on where it was.
    """
    in_index = {UUID(hex=group) for group, _ in services.search.groups()}
    with services.database.writing() as session:
        published = set(
            session.exec(select(Resource.id).where(col(Resource.state) == ResourceState.PUBLISHED))
        )
        mark_resources(session, published | in_index)
    carry_marks(services, show)
    services.search.mark_rebuilt()
    return len(published)


def carry_marks(services: Services, show: Show) -> None:
    """Carry everything that is stale, telling how far it is."""
    with services.database.reading() as session:
        total = count_marks(session)
    done = 0
    show(0, total)
    while carried := index_once(services):
        done += carried
        show(done, max(done, total))
