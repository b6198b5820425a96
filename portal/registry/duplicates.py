"""The same work recorded twice: do two records describe one real project? (queue D, `registry.md` 4.3)

Evidence is a list of points that both sides can read; the answer is normally a link, so that each keeps its record
and both are counted once. Records of one family are joined already and are never suggested again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from uuid import UUID

from portal.core.text import fold
from portal.registry.overlap_score import shared_window, shares_place
from portal.registry.overlaps import is_vertical_chain
from portal.registry.rows import LineRow, ProjectRow
from portal.registry.scoring import SAME_WORK
from portal.registry.terms import PartnerRole, Reach, Status

_ABOVE = (PartnerRole.FUNDING, PartnerRole.ACCOUNTABLE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason, by its code, with its points."""

    code: str
    points: int


@dataclass(frozen=True, slots=True)
class SameWork:
    """Two projects, in the order of their ids, with what speaks for their being one."""

    first: ProjectRow
    second: ProjectRow
    evidence: tuple[Evidence, ...]
    is_restricted: bool

    @property
    def total(self) -> int:
        return min(SAME_WORK.certain, sum(item.points for item in self.evidence))

    @property
    def key(self) -> tuple[UUID, UUID]:
        return self.first.id, self.second.id


def compare_projects(one: ProjectRow, other: ProjectRow, *, is_chain: bool = False) -> SameWork | None:
    """The suggestion that two records are one piece of work; None below the threshold.

    `is_chain` says that a line of one is a line of the other seen from above.
    """
    first, second = sorted((one, other), key=lambda row: row.id)
    if not _may_be_compared(first, second):
        return None
    evidence = tuple(item for item in _evidence(first, second, is_chain=is_chain) if item.points)
    found = SameWork(first, second, evidence, Reach.COORDINATORS in (first.reach, second.reach))
    return found if found.total >= SAME_WORK.suggest_from else None


def find_same_work(
    projects: Iterable[ProjectRow], lines: Mapping[UUID, Collection[LineRow]]
) -> Iterator[SameWork]:
    """Every suggestion among the projects, each once. `lines` are theirs, by project."""
    rows = {row.id: row for row in projects}
    for first_id, second_id in sorted(_candidate_pairs(rows)):
        first, second = rows[first_id], rows[second_id]
        is_chain = _has_chain(lines.get(first_id, ()), lines.get(second_id, ()))
        found = compare_projects(first, second, is_chain=is_chain)
        if found is not None:
            yield found


def same_work_of(
    project: ProjectRow, others: Iterable[ProjectRow], lines: Mapping[UUID, Collection[LineRow]]
) -> list[SameWork]:
    """The suggestions that concern one project, best first."""
    own = lines.get(project.id, ())
    found = (
        compare_projects(project, other, is_chain=_has_chain(own, lines.get(other.id, ())))
        for other in others
        if other.id != project.id and _is_candidate(project, other)
    )
    return sorted((item for item in found if item), key=lambda item: (-item.total, item.key))


def title_likeness(first: Iterable[str], second: Iterable[str]) -> Fraction:
    """The best share of trigrams that two titles have in common, 0 to 1; as PostgreSQL's pg_trgm counts it."""
    pairs = ((trigrams(a), trigrams(b)) for a in first for b in second)
    return max((Fraction(len(a & b), len(a | b)) for a, b in pairs if a and b), default=Fraction(0))


@lru_cache(maxsize=20_000)
def trigrams(title: str) -> frozenset[str]:
    """Of each word, folded, with two spaces before it and one behind."""
    return frozenset(
        padded[place : place + 3]
        for word in fold(title).split()
        for padded in [f"  {word} "]
        for place in range(len(padded) - 2)
    )


def _may_be_compared(first: ProjectRow, second: ProjectRow) -> bool:
    is_joined = first.family_id == second.family_id
    is_own = Reach.ORGANISATION in (first.reach, second.reach)
    is_cancelled = Status.CANCELLED in (first.status, second.status)
    return first.country == second.country and not (is_joined or is_own or is_cancelled)


def _evidence(first: ProjectRow, second: ProjectRow, *, is_chain: bool) -> Iterator[Evidence]:
    settings = SAME_WORK
    yield Evidence("identifier", settings.certain if first.identifiers & second.identifiers else 0)
    yield Evidence("chain", settings.vertical_chain if is_chain else 0)
    yield Evidence("roles", settings.mutual_roles if _name_each_other(first, second) else 0)
    yield Evidence("title", _title_points(title_likeness(first.titles, second.titles)))
    yield Evidence("budget", settings.same_budget if _has_same_budget(first, second) else 0)
    yield Evidence("dates", settings.same_dates if _has_same_dates(first, second) else 0)
    yield Evidence("places", _place_points(first, second))
    is_same = bool(first.interventions) and first.interventions == second.interventions
    yield Evidence("interventions", settings.same_interventions if is_same else 0)


def _name_each_other(first: ProjectRow, second: ProjectRow) -> bool:
    """One names the other as who pays or accounts, the other names it as who does the work."""
    return any(
        above.organisation_id in _in_roles(below, _ABOVE)
        and below.organisation_id in _in_roles(above, (PartnerRole.IMPLEMENTING,))
        for below, above in ((first, second), (second, first))
    )


def _in_roles(row: ProjectRow, roles: Iterable[PartnerRole]) -> frozenset[UUID]:
    return frozenset[UUID]().union(*(row.partners.get(role, frozenset()) for role in roles))


def _title_points(likeness: Fraction) -> int:
    if likeness >= SAME_WORK.title_alike_from:
        return SAME_WORK.title_alike
    return SAME_WORK.title_near if likeness >= SAME_WORK.title_near_from else 0


def _has_same_budget(first: ProjectRow, second: ProjectRow) -> bool:
    return any(
        abs(amount - second.budgets[currency])
        <= SAME_WORK.budget_tolerance * max(amount, second.budgets[currency])
        for currency, amount in first.budgets.items()
        if amount and second.budgets.get(currency)
    )


def _has_same_dates(first: ProjectRow, second: ProjectRow) -> bool:
    return _is_near(first.starts_on, second.starts_on) and _is_near(first.ends_on, second.ends_on)


def _is_near(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and abs((one - other).days) <= SAME_WORK.date_tolerance_days


def _place_points(first: ProjectRow, second: ProjectRow) -> int:
    if not (first.spots and second.spots):
        return 0
    if first.spots == second.spots:
        return SAME_WORK.same_places
    return SAME_WORK.shared_places if first.spots & second.spots else 0


def _has_chain(first: Collection[LineRow], second: Collection[LineRow]) -> bool:
    """Whether some line of one is a line of the other, seen from above, in the same place and time."""
    return any(
        is_vertical_chain(one, other)
        and shares_place(one, other)
        and shared_window(one, other) is not None
        and one.reach != Reach.ORGANISATION
        and other.reach != Reach.ORGANISATION
        for one in first
        for other in second
    )


def _is_candidate(first: ProjectRow, second: ProjectRow) -> bool:
    return bool(
        first.organisations & second.organisations
        or first.identifiers & second.identifiers
        or _title_keys(first) & _title_keys(second)
    )


def _candidate_pairs(rows: Mapping[UUID, ProjectRow]) -> set[tuple[UUID, UUID]]:
    """Pairs that share an organisation, an identifier or the words of a title; never all with all."""
    blocks: defaultdict[object, list[UUID]] = defaultdict(list)
    for row in rows.values():
        for key in (*row.organisations, *row.identifiers, *_title_keys(row)):
            blocks[key].append(row.id)
    pairs: set[tuple[UUID, UUID]] = set()
    for members in blocks.values():
        pairs.update(combinations(sorted(set(members)), 2))
    return pairs


def _title_keys(row: ProjectRow) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(fold(title).split()) for title in row.titles if title)
