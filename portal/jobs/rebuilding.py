"""Filling the search index again from the database, while the portal goes on."""

from collections.abc import Callable
from uuid import UUID

from portal.indexing import mark_resources
from portal.jobs.documents import searchable_ids
from portal.jobs.worker import index_once, mark_what_a_new_index_lacks
from portal.request import Services
from search.outbox import count_marks

Show = Callable[[int, int], None]


def rebuild_index(services: Services, show: Show) -> int:
    """Carry everything published, and take out what should not be there; return how many were carried.

    Everything is marked stale first: if this process is stopped, the worker goes on where it was.
    """
    in_index = {UUID(hex=group) for group, _ in services.search.groups()}
    with services.database.writing() as session:
        published = set(searchable_ids(session))
        mark_resources(session, published | in_index)
    complete_index(services, show)
    return len(published)


def complete_index(services: Services, show: Show) -> None:
    """Carry everything that is stale, and go on until a new index lacks nothing and says so.

    Ends without that when a round brings nothing: the index then goes on saying that it is not complete.
    """
    carry_marks(services, show)
    before = 0
    while (lacking := mark_what_a_new_index_lacks(services)) and lacking != before:
        carry_marks(services, show)
        before = lacking


def carry_marks(services: Services, show: Show) -> None:
    """Carry everything that is stale, telling how far it is; a running worker takes its share of it."""
    total = left = _count_left(services)
    show(0, total)
    while left and index_once(services):
        left = _count_left(services)
        total = max(total, left)
        show(total - left, total)
    show(total, total)


def _count_left(services: Services) -> int:
    with services.database.reading() as session:
        return count_marks(session)
