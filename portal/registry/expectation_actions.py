"""What coordinators expect where: priority districts and the minimum package, kept by hand or loaded from a file."""

from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.errors import N_, Forbidden, Invalid, NotFound, refuse_all, require
from portal.library.vocabularies import PolicyArea
from portal.places.queries import HOME_COUNTRY, find_place
from portal.registry.attestation_queries import place_meant
from portal.registry.coverage_inputs import ExpectationInput
from portal.registry.coverage_models import Expectation
from portal.registry.csv_tables import MOST_FAULTS, CsvRow, read_csv
from portal.registry.inputs import read_day
from portal.registry.policy import may_coordinate
from portal.registry.vocabularies import Intervention

COLUMNS = ("place", "policy_area", "intervention", "source", "from", "until")
NOT_YOURS = Forbidden(N_("Only coordinators keep what is expected."))
ENDS_BEFORE = N_("It ends before it begins.")


def add_expectation(session: Session, viewer: Viewer, data: ExpectationInput, language: str) -> Expectation:
    """Write one down; the same one again changes nothing."""
    require(may_coordinate(viewer), NOT_YOURS)
    place = place_meant(session, data.place, language, "place")
    if data.from_on and data.until_on and data.until_on < data.from_on:
        raise Invalid(ENDS_BEFORE, field="until_on")
    row = Expectation(
        place_id=place.id,
        policy_area=_area(data.policy_area, data.intervention),
        intervention=data.intervention,
        source=data.source,
        from_on=data.from_on,
        until_on=data.until_on,
        created_by_id=viewer.user_id,
    )
    kept, _ = _kept(session, row)
    _tell(session, viewer, kept, "add_expectation", 1)
    return kept


def remove_expectation(session: Session, viewer: Viewer, expectation_id: UUID) -> None:
    require(may_coordinate(viewer), NOT_YOURS)
    row = session.get(Expectation, expectation_id)
    if row is None:
        raise NotFound(N_("It is not expected any more."))
    _tell(session, viewer, row, "remove_expectation", 1)
    session.delete(row)
    session.flush()


def load_expectations(session: Session, viewer: Viewer, content: bytes) -> int:
    """Add those of a CSV file that are not there yet, and return how many; nothing when a line is wrong."""
    require(may_coordinate(viewer), NOT_YOURS)
    faults: list[Invalid] = []
    read: list[Expectation] = []
    for row in read_csv(content, ("place", "source")):
        try:
            read.append(_expectation(session, viewer, row))
        except Invalid as fault:
            faults.append(fault)
    refuse_all(faults[:MOST_FAULTS])
    added = [kept for kept, is_new in (_kept(session, row) for row in read) if is_new]
    if added:
        _tell(session, viewer, added[0], "load_expectations", len(added))
    return len(added)


def _expectation(session: Session, viewer: Viewer, row: CsvRow) -> Expectation:
    place = find_place(session, row.cells["place"])
    if place is None or place.country != HOME_COUNTRY:
        raise row.fault(N_("Line %(line)s: no single place of the country is called “%(value)s”."), "place")
    if not row.cells["source"]:
        raise row.fault(N_("Line %(line)s: say in “source” which plan or decision asks for it."), "source")
    area, what = row.cells.get("policy_area", "").lower(), row.cells.get("intervention", "").upper()
    if area and area not in set(PolicyArea):
        raise row.fault(
            N_("Line %(line)s: “%(value)s” is none of policy, prevention, protection, prosecution."),
            "policy_area",
        )
    if what and what not in set(Intervention):
        raise row.fault(
            N_("Line %(line)s: there is no intervention with the code “%(value)s”."), "intervention"
        )
    intervention = Intervention(what) if what else None
    first, last = _day(row, "from"), _day(row, "until")
    if first and last and last < first:
        raise row.fault(N_("Line %(line)s: it ends before it begins."), "until")
    return Expectation(
        place_id=place.id,
        policy_area=_area(PolicyArea(area) if area else None, intervention),
        intervention=intervention,
        source=row.cells["source"][:300],
        from_on=first,
        until_on=last,
        created_by_id=viewer.user_id,
    )


def _day(row: CsvRow, column: str) -> date | None:
    try:
        day = read_day(row.cells.get(column, ""))
    except ValueError:
        raise row.fault(N_("Line %(line)s: write “%(value)s” as 2026-05-31."), column) from None
    return day if isinstance(day, date) else None


def _area(area: PolicyArea | None, intervention: Intervention | None) -> PolicyArea | None:
    """An intervention alone says which of the 4P is meant; both together ask for both."""
    return area or (intervention.policy_area if intervention else None)


def _kept(session: Session, row: Expectation) -> tuple[Expectation, bool]:
    same = select(Expectation).where(
        Expectation.place_id == row.place_id,
        col(Expectation.policy_area).is_not_distinct_from(row.policy_area),
        col(Expectation.intervention).is_not_distinct_from(row.intervention),
        Expectation.source == row.source,
        col(Expectation.from_on).is_not_distinct_from(row.from_on),
        col(Expectation.until_on).is_not_distinct_from(row.until_on),
    )
    known = session.exec(same).first()
    if known is not None:
        return known, False
    session.add(row)
    session.flush()
    return row, True


def _tell(session: Session, viewer: Viewer, row: Expectation, action: str, count: int) -> None:
    record(session, viewer.actor, action, ("place", row.place_id), source=row.source, count=count)
