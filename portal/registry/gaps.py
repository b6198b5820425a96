"""Where something is missing: five kinds of gaps, each told with what it was looked for in (`registry.md` 4.8).

Nothing recorded is not nothing done. A gap is what somebody told: that nobody works there, that work rests or
ends, that a chain of services others report lacks a step. Everything else without a record is `unknown`, counted
and listed apart. Pure: lines that a viewer may not see must be left out before.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from portal.library.vocabularies import PolicyArea
from portal.registry.gap_terms import ExpectationRow, Gap, GapKind, GapReport, PlanRow, Reason
from portal.registry.presence import NilReturn, WeighedLine, columns_of, valid_words
from portal.registry.presence_filter import Phase
from portal.registry.rows import Spot
from portal.registry.terms import Status
from portal.registry.vocabularies import PROTECTION_CHAIN, Intervention

# Lines by the number of their province, 0 for the whole country, and by one of the 4P or an intervention.
Themed = Mapping[tuple[int, str], Sequence[WeighedLine]]


class _Found:
    """What was said of one thing that was looked for."""

    def __init__(self) -> None:
        self.met = self.planned = 0
        self.gaps: list[Gap] = []
        self.unknown: list[Gap] = []

    def report(self, kind: GapKind) -> GapReport:
        looked_at = self.met + self.planned + len(self.gaps) + len(self.unknown)
        return GapReport(kind, looked_at, self.met, self.planned, _ordered(self.gaps), _ordered(self.unknown))


def by_theme(lines: Iterable[WeighedLine]) -> Themed:
    """The lines of each province by one of the 4P and by intervention; under 0 those for the whole country.

    Provinces as numbers, which are compared several times as fast as UUIDs.
    """
    found: defaultdict[tuple[int, str], list[WeighedLine]] = defaultdict(list)
    for line in lines:
        for province in line.provinces:
            for theme in columns_of(line.row):
                found[province, theme].append(line)
    return found


def presence_gaps(
    themed: Themed,
    expectations: Iterable[ExpectationRow],
    nil_returns: Iterable[NilReturn],
    today: date,
) -> GapReport:
    """G1: expected today, no family is at work, and that is known."""
    said = valid_words(nil_returns, today)
    found = _Found()
    for expected in expectations:
        if not expected.holds_on(today):
            continue
        serving = _serving(themed, expected)
        direct = [line for line in serving if _works_in(line, expected.spot)]
        phases = {line.phase for line in direct}
        if Phase.ACTIVE in phases:
            found.met += 1
        elif Phase.PLANNED in phases:
            found.planned += 1
        else:
            is_wider_known = any(line.phase == Phase.ACTIVE for line in serving if line not in direct)
            _judge_expected(found, expected, direct, said, is_wider_known)
    return found.report(GapKind.PRESENCE)


def plan_gaps(plans: Iterable[PlanRow]) -> GapReport:
    """G2: an item of a plan without a confirmed contribution, or whose contributions stay below its target."""
    found = _Found()
    for plan in plans:
        is_below = plan.target is not None and (plan.reached or 0) < plan.target
        if plan.contributions and not is_below:
            found.met += 1
            continue
        reason = Reason.BELOW_TARGET if plan.contributions else Reason.NO_CONTRIBUTION
        found.gaps.append(Gap(GapKind.PLAN, (plan.spot,), reason, source=plan.source, title=plan.title))
    return found.report(GapKind.PLAN)


def time_gaps(lines: Iterable[WeighedLine], every_line: Iterable[WeighedLine]) -> GapReport:
    """G3: an intervention that ends soon in a place, all of it, and nothing planned there follows.

    Looked at is each intervention in each district (or whole province) with work going on; those of one province
    that end are told together. `every_line`: also of elsewhere, since a project that follows another may say that
    it goes on with its work in the whole province or country.
    """
    successors: defaultdict[UUID, list[WeighedLine]] = defaultdict(list)
    for line in every_line:
        for project_id in line.row.followed_ids:
            successors[project_id].append(line)
    active: defaultdict[tuple[int, Intervention], list[WeighedLine]] = defaultdict(list)
    planned: set[tuple[int, Intervention]] = set()
    spots: dict[int, Spot] = {0: Spot()}
    for line in lines:
        if line.row.intervention is None:
            continue
        if line.phase not in (Phase.ACTIVE, Phase.PLANNED):
            continue
        for spot in line.spots:
            key = spot.place
            number = key.int if key else 0
            if line.phase == Phase.ACTIVE:
                spots[number] = spot
                active[number, line.row.intervention].append(line)
            else:
                planned.add((number, line.row.intervention))
    found = _Found()
    ending: defaultdict[tuple[UUID | None, Intervention], list[tuple[Spot, date]]] = defaultdict(list)
    for (number, intervention), working in active.items():
        last = max((line.row.ends_on for line in working if line.row.ends_on), default=None)
        if last is None or not all(line.ends_soon for line in working):
            found.met += 1
        elif (number, intervention) in planned or any(
            _goes_on_with(later, line, spots[number])
            for line in working
            for later in successors.get(line.row.project_id, ())
        ):
            found.planned += 1
        else:
            ending[spots[number].province, intervention].append((spots[number], last))
    for (_, intervention), ends in ending.items():
        where = tuple(sorted((spot for spot, _ in ends), key=lambda spot: spot.order))
        first = min(day for _, day in ends)
        found.gaps.append(
            Gap(
                GapKind.TIME,
                where,
                Reason.ENDING,
                intervention.policy_area.value,
                intervention,
                on=first,
            )
        )
    looked_at = found.met + found.planned + sum(len(ends) for ends in ending.values())
    return GapReport(GapKind.TIME, looked_at, found.met, found.planned, _ordered(found.gaps), ())


def chain_gaps(
    themed: Themed, provinces: Sequence[UUID], nil_returns: Iterable[NilReturn], today: date
) -> GapReport:
    """G4: a province lacks a step of the protection chain while others there confirm further steps.

    A service for the whole country meets its step everywhere.
    """
    said = valid_words(nil_returns, today)
    found = _Found()
    for province in provinces:
        here = {step: _of_step(themed, province, step) for step, _, _ in PROTECTION_CHAIN}
        has_chain = any(
            line.phase == Phase.ACTIVE and line.is_confirmed for serving in here.values() for line in serving
        )
        for step, serving in here.items():
            phases = {line.phase for line in serving}
            is_national = any(line.phase == Phase.ACTIVE for line in _of_step(themed, None, step))
            if Phase.ACTIVE in phases or is_national:
                found.met += 1
            elif Phase.PLANNED in phases:
                found.planned += 1
            else:
                _judge_step(found, province, step, serving, said, has_chain)
    return found.report(GapKind.CHAIN)


def reporting_gaps(
    themed: Themed, provinces: Sequence[UUID], returns: Iterable[NilReturn], today: date
) -> GapReport:
    """G5: one of the 4P in a province of which nobody told anything: no confirmed line, no nil return.

    `returns`: also those by which an organisation speaks of itself alone.
    """
    said = valid_words(returns, today)
    found = _Found()
    for province in provinces:
        for area in PolicyArea:
            confirmed = any(line.is_confirmed for line in themed.get((province.int, area.value), ()))
            if confirmed or _word(said, Spot(province), area.value):
                found.met += 1
            else:
                found.gaps.append(
                    Gap(GapKind.REPORTING, (Spot(province),), Reason.SILENT, policy_area=area.value)
                )
    return found.report(GapKind.REPORTING)


def _judge_expected(
    found: _Found,
    expected: ExpectationRow,
    direct: Sequence[WeighedLine],
    said: Mapping[tuple[UUID, str | None], NilReturn],
    is_wider_known: bool,
) -> None:
    area = expected.intervention.policy_area.value if expected.intervention else expected.policy_area

    def gap(reason: Reason, on: date | None = None, said_by: str = "") -> Gap:
        return Gap(
            GapKind.PRESENCE,
            (expected.spot,),
            reason,
            area,
            expected.intervention,
            on=on,
            source=expected.source,
            said_by=said_by,
        )

    _judge(found, gap, _word(said, expected.spot, area), direct, is_wider_known)


def _judge_step(
    found: _Found,
    province: UUID,
    step: str,
    serving: Sequence[WeighedLine],
    said: Mapping[tuple[UUID, str | None], NilReturn],
    has_chain: bool,
) -> None:
    def gap(reason: Reason, on: date | None = None, said_by: str = "") -> Gap:
        spots = (Spot(province),)
        return Gap(
            GapKind.CHAIN, spots, reason, PolicyArea.PROTECTION.value, step=step, on=on, said_by=said_by
        )

    word = _word(said, Spot(province), PolicyArea.PROTECTION.value)
    is_resting = any(line.phase == Phase.DORMANT for line in serving)
    if has_chain and word is None and not is_resting:
        found.gaps.append(gap(Reason.BROKEN_CHAIN))
    else:
        _judge(found, gap, word, serving, is_wider_known=False)


def _judge(
    found: _Found,
    gap: Callable[..., Gap],
    word: NilReturn | None,
    direct: Sequence[WeighedLine],
    is_wider_known: bool,
) -> None:
    """What is neither at work nor planned: a gap where somebody told so, otherwise not known."""
    # Where work was suspended before its end, the end says nothing of when it stopped.
    ends = [
        line.row.ends_on
        for line in direct
        if line.row.ends_on is not None and line.row.status != Status.SUSPENDED
    ]
    last = max(ends, default=None)
    if word is not None:
        found.gaps.append(gap(Reason.ATTESTED, word.said_on, word.said_by))
    elif is_wider_known:
        found.unknown.append(gap(Reason.ONLY_WIDER))
    elif any(line.phase == Phase.DORMANT for line in direct):
        found.gaps.append(gap(Reason.RESTING, last))
    else:
        found.unknown.append(gap(Reason.ENDED, last) if direct else gap(Reason.NOTHING_RECORDED))


def _serving(themed: Themed, expected: ExpectationRow) -> list[WeighedLine]:
    """The lines of what is expected, in its province or for the whole country."""
    province = expected.spot.province.int if expected.spot.province else 0
    if expected.intervention is not None:
        themes = [expected.intervention.value]
    else:
        themes = [expected.policy_area] if expected.policy_area else [area.value for area in PolicyArea]
    lines = (line for key in {province, 0} for theme in themes for line in themed.get((key, theme), ()))
    return [
        line
        for line in {id(line): line for line in lines}.values()
        if expected.policy_area is None or expected.policy_area in line.row.policy_areas
    ]


def _of_step(themed: Themed, province: UUID | None, step: str) -> list[WeighedLine]:
    """The lines of a step of the protection chain in a province, or for the whole country."""
    interventions = next(found for key, _, found in PROTECTION_CHAIN if key == step)
    number = province.int if province else 0
    return [line for what in sorted(interventions) for line in themed.get((number, what.value), ())]


def _goes_on_with(later: WeighedLine, line: WeighedLine, spot: Spot) -> bool:
    """Whether a line of a project that follows does the same in the place, or in what that belongs to."""
    is_there_then = later.phase == Phase.PLANNED or (later.phase == Phase.ACTIVE and not later.ends_soon)
    return (
        is_there_then
        and later.row.intervention == line.row.intervention
        and any(
            own.province in (None, spot.province) and own.district in (None, spot.district)
            for own in later.row.spots
        )
    )


def _works_in(line: WeighedLine, spot: Spot) -> bool:
    """Whether a line names the place; work for a whole province does not name its districts."""
    if spot.is_district or spot.is_whole_country:
        return spot in line.spots
    return any(own.province == spot.province for own in line.spots)


def _word(
    said: Mapping[tuple[UUID, str | None], NilReturn], spot: Spot, area: str | None
) -> NilReturn | None:
    """What was said of a place: of the area or of all work, of the place itself or of its province."""
    places = [place for place in (spot.district, spot.province) if place]
    return next(
        (said[place, asked] for place in places for asked in (area, None) if (place, asked) in said), None
    )


def _ordered(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    return tuple(
        sorted(
            gaps,
            key=lambda gap: (
                gap.spots[0].order if gap.spots else ("", ""),
                gap.policy_area or "",
                gap.intervention or "",
                gap.step,
                gap.reason,
                gap.source,
                gap.title,
                gap.said_by,
            ),
        )
    )
