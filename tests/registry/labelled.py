"""The labelled pairs: what the developers think two coordinators would say of two records.

The developers wrote them down before the code was written; no coordinator has looked at them yet.

`labelled_pairs.csv` holds one pair a line; everybody in it is invented, the districts are real P-codes.

pair        running number
kind        `line`, `project` or `event`: what is compared
queue       O overlap, D the same work recorded twice, C clash of events, `adjacent`, `internal`, `none`
band        of O: strong, moderate or possible; otherwise `-`
relation    `same family` when the two records are linked already
a_, b_      the two sides, each with
  org       who does it (a line), owns it (a project), holds it (an event)
  above     of a line: who funds, accounts for or extends its project, separated by spaces
  what      intervention types; empty when it is not said
  where     P-codes: districts, a whole province (LA13), the whole country (LA)
  whom      target groups; empty when it is not said
  from, to  planned dates; no `to` is an open end
  more      what differs from the usual, as `name=value; name=value`: status, confirmed (a date or `never`),
            basis, reach, area (the primary one of the 4P), owner; of a project title (languages separated by
            ` / `), budget, id and roles such as `funding=LHF`; of an event kind, cancelled
why         the reason, in the words of whoever labelled it

Usual is: confirmed on 2026-10-15, public, planned dates, ongoing since the start and planned before it. The
labels follow `registry.md` 4.2 to 4.5 and common sense; where the two differ, common sense was written down,
so that precision and recall say something.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from portal.registry.rows import EventRow, LineRow, ProjectRow, Spot
from portal.registry.terms import DateBasis, EventKind, PartnerRole, Reach, Status
from portal.registry.vocabularies import Intervention, TargetGroup

PAIRS = Path(__file__).parent / "labelled_pairs.csv"
TODAY = date(2026, 11, 25)
USUALLY_CONFIRMED = date(2026, 10, 15)
COUNTRY = "LA"


@dataclass(frozen=True)
class LabelledPair:
    """Two rows of one kind and what they are to each other."""

    number: str
    kind: str
    queue: str
    # strong, moderate or possible for queue O; otherwise empty.
    band: str
    rows: tuple[LineRow, LineRow] | tuple[ProjectRow, ProjectRow] | tuple[EventRow, EventRow]
    why: str


def labelled_pairs() -> list[LabelledPair]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return [_pair(row) for row in csv.DictReader(file)]


def token(name: str) -> UUID:
    """The id that a short name in the file stands for."""
    return uuid5(NAMESPACE_URL, f"labelled:{name}")


def _pair(row: Mapping[str, str]) -> LabelledPair:
    sides = [_Side(row, side) for side in "ab"]
    make = {"line": _line, "project": _project, "event": _event}[row["kind"]]
    first, second = (make(side) for side in sides)
    return LabelledPair(
        number=row["pair"],
        kind=row["kind"],
        queue=row["queue"],
        band=row["band"].strip("-"),
        rows=(first, second),  # type: ignore[arg-type]
        why=row["why"],
    )


class _Side:
    """One half of a pair, its cells taken apart."""

    def __init__(self, row: Mapping[str, str], side: str) -> None:
        self.name = f"{row['pair']}{side}"
        self.family = token(f"{row['pair']} family" if row["relation"] else f"{self.name} family")
        self.org = row[f"{side}_org"]
        self.above = row[f"{side}_above"].split()
        self.what = [Intervention(code) for code in row[f"{side}_what"].split()]
        self.whom = frozenset(TargetGroup(group) for group in row[f"{side}_whom"].split())
        self.spots = tuple(spot_at(code) for code in row[f"{side}_where"].split())
        self.starts_on = date.fromisoformat(row[f"{side}_from"])
        self.ends_on = date.fromisoformat(row[f"{side}_to"]) if row[f"{side}_to"] else None
        entries = [entry.partition("=") for entry in row[f"{side}_more"].split("; ") if entry]
        self.more = {name: value for name, _, value in entries}

    @property
    def reach(self) -> Reach:
        return Reach(self.more.get("reach", "public"))

    @property
    def status(self) -> Status:
        usual = Status.ONGOING if self.starts_on <= TODAY else Status.PLANNED
        return Status(self.more.get("status", usual))

    @property
    def confirmed_on(self) -> date | None:
        said = self.more.get("confirmed", USUALLY_CONFIRMED.isoformat())
        return None if said == "never" else date.fromisoformat(said)

    def access(self, involved: Sequence[str]) -> frozenset[str]:
        """The tokens of `policy.access_tokens`."""
        wide = {
            Reach.PUBLIC: "public",
            Reach.MEMBERS: "members",
            Reach.GROUP: f"group:{token('group').hex}",
            Reach.COORDINATORS: "coordinators",
        }
        if self.reach == Reach.PUBLIC:
            return frozenset({"public"})
        names = [self.org] if self.reach == Reach.ORGANISATION else [self.org, *involved]
        opened = {wide[self.reach]} if self.reach in wide else set()
        return frozenset(opened | {f"org:{token(name).hex}" for name in names})


def spot_at(code: str) -> Spot:
    """LA: the country; LA13: a whole province; LA1301: a district."""
    if code == COUNTRY:
        return Spot()
    return Spot(token(code[:4]), token(code) if len(code) > 4 else None)


def _line(side: _Side) -> LineRow:
    what = side.what[0] if side.what else None
    area = side.more.get("area") or (what.policy_area if what else "prosecution")
    return LineRow(
        id=token(f"{side.name} line"),
        reference=f"LA-{side.name}-01",
        project_id=token(f"{side.name} project"),
        family_id=side.family,
        organisation_id=token(side.more.get("owner", side.org)),
        implementer_id=token(side.org),
        upstream_ids=frozenset(token(name) for name in side.above),
        funder_ids=frozenset(token(name) for name in side.above),
        policy_area=area,
        policy_areas=frozenset({area}),
        intervention=what,
        modality="",
        target_groups=side.whom,
        forms=frozenset(),
        spots=side.spots,
        abroad=frozenset(),
        starts_on=side.starts_on,
        ends_on=side.ends_on,
        date_basis=DateBasis(side.more.get("basis", "planned")),
        status=side.status,
        confirmed_on=side.confirmed_on,
        reach=side.reach,
        access=side.access(side.above),
    )


def _project(side: _Side) -> ProjectRow:
    partners = {role: frozenset({token(side.more[role])}) for role in PartnerRole if role.value in side.more}
    currency, _, amount = side.more.get("budget", "").partition(" ")
    return ProjectRow(
        id=token(f"{side.name} project"),
        reference=f"LA-{side.name}",
        family_id=side.family,
        organisation_id=token(side.org),
        titles=tuple(side.more["title"].split(" / ")),
        partners=partners,
        identifiers=frozenset({side.more["id"]} if "id" in side.more else ()),
        starts_on=side.starts_on,
        ends_on=side.ends_on,
        spots=frozenset(side.spots),
        interventions=frozenset(side.what),
        budgets={currency: int(amount)} if currency else {},
        yearly_budgets={},
        parent_ids=frozenset(),
        status=side.status,
        confirmed_on=side.confirmed_on,
        reach=side.reach,
        access=side.access([side.more[role] for role in PartnerRole if role.value in side.more]),
    )


def _event(side: _Side) -> EventRow:
    return EventRow(
        id=token(f"{side.name} event"),
        reference=f"LA-{side.name}-E01",
        project_id=token(f"{side.name} project"),
        family_id=side.family,
        organisation_id=token(side.org),
        kind=EventKind(side.more["kind"]),
        intervention=side.what[0] if side.what else None,
        target_groups=side.whom,
        spots=side.spots,
        starts_on=side.starts_on,
        ends_on=side.ends_on or side.starts_on,
        is_cancelled="cancelled" in side.more,
        reach=side.reach,
        access=side.access([]),
    )
