"""Whose money may be added up. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from portal.registry.rows import ProjectRow


def counts_in_totals(projects: Iterable[ProjectRow]) -> frozenset[UUID]:
    """The projects whose budgets may be summed: the lowest in their family that have money of their own.

    A parent's budget is that of its parts once more; reports of the same work carry the same money, of which
    that of the oldest record is taken. Give whole families: what is not in `projects` is not known.
    """
    known = {project.id: project for project in projects}
    paid = {key for key, project in known.items() if has_money(project)}
    above_money = {parent for key in paid for parent in _ancestors(known, key)}
    lowest = paid - above_money
    return frozenset(key for key in lowest if key == min(_reports_of_same_work(known, key) & lowest))


def has_money(project: ProjectRow) -> bool:
    return any(project.budgets.values()) or any(project.yearly_budgets.values())


def _ancestors(known: Mapping[UUID, ProjectRow], start: UUID) -> Iterator[UUID]:
    seen, waiting = {start}, deque([start])
    while waiting:
        project = known.get(waiting.popleft())
        for parent in project.parent_ids - seen if project else ():
            seen.add(parent)
            waiting.append(parent)
            yield parent


def _reports_of_same_work(known: Mapping[UUID, ProjectRow], start: UUID) -> set[UUID]:
    seen, waiting = {start}, deque([start])
    while waiting:
        project = known.get(waiting.popleft())
        for twin in project.twin_ids - seen if project else ():
            seen.add(twin)
            waiting.append(twin)
    return seen
