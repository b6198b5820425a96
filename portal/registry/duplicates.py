"""The same work recorded twice: do two records describe one real project? (queue D, `registry.md` 4.3)

Evidence is a list of points that both sides can read; the answer is normally a link, so that each keeps its record
and both are counted once. Records of one family are joined already and are never suggested again.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from uuid import UUID

from portal.core.text import fold
from portal.registry.overlap_score import shared_window, shares_place
from portal.registry.overlaps import is_vertical_chain
from portal.registry.rows import LineRow, ProjectRow
from portal.registry.scoring import SAME_WORK
from portal.registry.terms import PartnerRole, Reach, Status

_ABOVE = (PartnerRole.FUNDING, PartnerRole.ACCOUNTABLE)
_NOBODY: frozenset[UUID] = frozenset()
_ALIKE, _NEAR = SAME_WORK.title_alike_from, SAME_WORK.title_near_from
_MOST_OF_THE_REST = (
    SAME_WORK.same_budget + SAME_WORK.same_dates + SAME_WORK.same_places + SAME_WORK.same_interventions
)


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


class Chain(IntEnum):
    """Whether a line of one record is a line of the other seen from above, and who may be told so."""

    NONE = 0
    # One of the lines is shown to fewer than its project, to coordinators among them.
    RESTRICTED = 1
    OPEN = 2


def compare_projects(one: ProjectRow, other: ProjectRow, chain: Chain = Chain.NONE) -> SameWork | None:
    """The suggestion that two records are one piece of work; None below the threshold.

    A restricted chain counts only where all else does not suffice, and makes a suggestion for coordinators alone:
    what the parties read does not depend on it.
    """
    first, second = (one, other) if one.id < other.id else (other, one)
    if not _may_be_compared(first, second):
        return None
    is_restricted = Reach.COORDINATORS in (first.reach, second.reach)
    found = _suggestion(first, second, is_chain=chain == Chain.OPEN, is_restricted=is_restricted)
    if found is None and chain == Chain.RESTRICTED:
        return _suggestion(first, second, is_chain=True, is_restricted=True)
    return found


def find_same_work(
    projects: Iterable[ProjectRow], lines: Mapping[UUID, Collection[LineRow]]
) -> Iterator[SameWork]:
    """Every suggestion among the projects, each once. `lines` are theirs, by project."""
    rows = sorted(projects, key=lambda row: row.id)
    sides = [_Side.of(row, lines.get(row.id, ())) for row in rows]
    for one, other in _candidate_pairs(rows, sides):
        found = compare_projects(rows[one], rows[other], _chain(sides[one], sides[other]))
        if found is not None:
            yield found


def same_work_of(
    project: ProjectRow, others: Iterable[ProjectRow], lines: Mapping[UUID, Collection[LineRow]]
) -> list[SameWork]:
    """The suggestions that concern one project, best first."""
    own = _Side.of(project, lines.get(project.id, ()))
    found = (
        compare_projects(project, other, _chain(own, _Side.of(other, lines.get(other.id, ()))))
        for other in others
        if other.id != project.id and _is_candidate(project, other)
    )
    return sorted((item for item in found if item), key=lambda item: (-item.total, item.key))


def title_likeness(first: Iterable[str], second: Iterable[str]) -> Fraction:
    """The best share of trigrams that two titles have in common, 0 to 1; as PostgreSQL's pg_trgm counts it."""
    return max((Fraction(*pair) for pair in _shared_trigrams(first, second)), default=Fraction(0))


def _shared_trigrams(first: Iterable[str], second: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Of each pair of titles: how many trigrams both have, and how many there are in either."""
    for one in first:
        for other in second:
            left, right = trigrams(one), trigrams(other)
            if left and right:
                shared = len(left & right)
                yield shared, len(left) + len(right) - shared


@lru_cache(maxsize=20_000)
def trigrams(title: str) -> frozenset[str]:
    """Of each word, folded, with two spaces before it and one behind."""
    return frozenset(
        padded[place : place + 3]
        for word in fold(title).split()
        for padded in [f"  {word} "]
        for place in range(len(padded) - 2)
    )


def _suggestion(
    first: ProjectRow, second: ProjectRow, *, is_chain: bool, is_restricted: bool
) -> SameWork | None:
    evidence = tuple(item for item in _evidence(first, second, is_chain=is_chain) if item.points)
    found = SameWork(first, second, evidence, is_restricted)
    return found if found.total >= SAME_WORK.suggest_from else None


def _may_be_compared(first: ProjectRow, second: ProjectRow) -> bool:
    is_joined = first.family_id == second.family_id
    is_own = Reach.ORGANISATION in (first.reach, second.reach)
    is_cancelled = Status.CANCELLED in (first.status, second.status)
    return first.country == second.country and not (is_joined or is_own or is_cancelled)


def _evidence(first: ProjectRow, second: ProjectRow, *, is_chain: bool) -> Iterator[Evidence]:
    settings = SAME_WORK
    identifier = settings.certain if not first.identifiers.isdisjoint(second.identifiers) else 0
    chain = settings.vertical_chain if is_chain else 0
    roles = settings.mutual_roles if _name_each_other(first, second) else 0
    title = _title_points(first, second)
    # Most pairs that share an organisation have nothing else in common: they end here.
    if identifier + chain + roles + title + _MOST_OF_THE_REST < settings.suggest_from:
        return
    yield Evidence("identifier", identifier)
    yield Evidence("chain", chain)
    yield Evidence("roles", roles)
    yield Evidence("title", title)
    yield Evidence("budget", settings.same_budget if _has_same_budget(first, second) else 0)
    yield Evidence("dates", settings.same_dates if _has_same_dates(first, second) else 0)
    yield Evidence("places", _place_points(first, second))
    is_same = bool(first.interventions) and first.interventions == second.interventions
    yield Evidence("interventions", settings.same_interventions if is_same else 0)


def _name_each_other(first: ProjectRow, second: ProjectRow) -> bool:
    """One names the other as who pays or accounts, the other names it as who does the work."""
    return _stands_above(first, second) or _stands_above(second, first)


def _stands_above(above: ProjectRow, below: ProjectRow) -> bool:
    return below.organisation_id in above.partners.get(PartnerRole.IMPLEMENTING, _NOBODY) and any(
        above.organisation_id in below.partners.get(role, _NOBODY) for role in _ABOVE
    )


def _title_points(first: ProjectRow, second: ProjectRow) -> int:
    best = 0
    for shared, either in _shared_trigrams(first.titles, second.titles):
        if shared * _ALIKE.denominator >= _ALIKE.numerator * either:
            return SAME_WORK.title_alike
        if shared * _NEAR.denominator >= _NEAR.numerator * either:
            best = SAME_WORK.title_near
    return best


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


@dataclass(frozen=True, slots=True)
class _Side:
    """The lines of a project that may be told of, with who does them and who stands above them."""

    # Those that are as open as the project, and those that coordinators may see beside them.
    open: tuple[LineRow, ...]
    restricted: tuple[LineRow, ...]
    implementers: frozenset[UUID]
    above: frozenset[UUID]

    @classmethod
    def of(cls, project: ProjectRow, rows: Collection[LineRow]) -> "_Side":
        told = tuple(row for row in rows if row.reach != Reach.ORGANISATION and row.access >= project.access)
        restricted = tuple(
            row for row in rows if row.reach == Reach.COORDINATORS and not row.access >= project.access
        )
        both = (*told, *restricted)
        above = _NOBODY.union(*(row.upstream_ids for row in both))
        return cls(told, restricted, frozenset(row.implementer_id for row in both), above)


def _chain(first: _Side, second: _Side) -> Chain:
    if first.implementers.isdisjoint(second.above) and second.implementers.isdisjoint(first.above):
        return Chain.NONE
    if _has_chain(first.open, second.open):
        return Chain.OPEN
    is_restricted = _has_chain(first.restricted, (*second.open, *second.restricted)) or _has_chain(
        first.open, second.restricted
    )
    return Chain.RESTRICTED if is_restricted else Chain.NONE


def _has_chain(lines: Collection[LineRow], others: Collection[LineRow]) -> bool:
    """Whether some line is one of the others seen from above, in the same place and time."""
    return any(
        is_vertical_chain(one, other) and shares_place(one, other) and shared_window(one, other) is not None
        for one in lines
        for other in others
    )


def _is_candidate(first: ProjectRow, second: ProjectRow) -> bool:
    """Shares an organisation, an identifier or the words of a title."""
    everybody = first.organisations
    return (
        second.organisation_id in everybody
        or any(not everybody.isdisjoint(partners) for partners in second.partners.values())
        or not first.identifiers.isdisjoint(second.identifiers)
        or not _title_keys(first).isdisjoint(_title_keys(second))
    )


def _candidate_pairs(rows: Sequence[ProjectRow], sides: Sequence[_Side]) -> Iterator[tuple[int, int]]:
    """Those of the pairs of `_is_candidate` that can be suggested at all, by their places; never all with all.

    An organisation that pays for hundreds of projects would make pairs of all of them: they are paired only where
    one of its records stands above another, or where their titles can be alike.
    """
    blocks: defaultdict[object, list[int]] = defaultdict(list)
    doing: defaultdict[UUID, list[int]] = defaultdict(list)
    above: defaultdict[UUID, list[int]] = defaultdict(list)
    rarity = Counter(part for row in rows for title in row.titles for part in trigrams(title))
    for place, (row, side) in enumerate(zip(rows, sides, strict=True)):
        for block in {*row.identifiers, *_title_keys(row), *_title_blocks(row, rarity)}:
            blocks[block].append(place)
        implementers = row.partners.get(PartnerRole.IMPLEMENTING, _NOBODY)
        for organisation in {row.organisation_id} | implementers | side.implementers:
            doing[organisation].append(place)
        for organisation in side.above.union(*(row.partners.get(role, ()) for role in _ABOVE)):
            above[organisation].append(place)
    # One number a pair takes a fraction of the memory and time of two.
    pairs: set[int] = set()
    for members in blocks.values():
        pairs.update(one * len(rows) + other for one, other in combinations(members, 2))
    for organisation, members in doing.items():
        for one, other in product(members, above.get(organisation, ())):
            if one != other:
                pairs.add(min(one, other) * len(rows) + max(one, other))
    yield from (divmod(pair, len(rows)) for pair in sorted(pairs))


def _title_blocks(row: ProjectRow, rarity: Mapping[str, int]) -> Iterator[tuple[UUID, str]]:
    """Two titles that are alike share one of these: the rarest trigrams, as many as can be missing and one more."""
    for title in row.titles:
        parts = sorted(trigrams(title), key=lambda part: (rarity[part], part))
        least = -(-len(parts) * _ALIKE.numerator // _ALIKE.denominator)
        for part in parts[: len(parts) - least + 1]:
            yield from ((organisation, part) for organisation in row.organisations)


def _title_keys(row: ProjectRow) -> frozenset[frozenset[str]]:
    return frozenset(words for title in row.titles if (words := _words(title)))


@lru_cache(maxsize=20_000)
def _words(title: str) -> frozenset[str]:
    return frozenset(fold(title).split())
