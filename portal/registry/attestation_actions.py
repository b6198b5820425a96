"""Saying that nothing is done somewhere, and taking it back. A statement holds for a year."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.clock import now, today
from portal.core.errors import N_, Forbidden, Invalid, require
from portal.places.models import Place
from portal.registry.attestation_queries import place_meant
from portal.registry.coverage_inputs import NilReturnInput, NobodyInput
from portal.registry.coverage_models import Attestation, AttestationKind
from portal.registry.policy import may_attest_for, may_coordinate
from portal.registry.presence import WeighedLine
from portal.registry.presence_filter import Phase
from portal.registry.presence_queries import visible_lines
from portal.registry.row_queries import spot_of
from portal.registry.rows import Spot

MOST_NAMED = 3


def say_nothing_is_done(
    session: Session, viewer: Viewer, data: NilReturnInput, language: str
) -> list[Attestation]:
    """An organisation says that it does nothing in some places; refused where its own work is recorded."""
    organisation_id = data.organisation
    if organisation_id is None or not may_attest_for(viewer, organisation_id):
        raise Forbidden(N_("Only editors of the organisation can say this."))
    places = [place_meant(session, text, language, "places") for text in data.places]
    if data.district:
        places.append(place_meant(session, data.district, language, "district"))
    require(places, Invalid(N_("Choose a province or name a district."), field="places"))
    day = _day(data.said_on)
    own = [
        line
        for line in visible_lines(session, viewer, today())
        if organisation_id in (line.row.implementer_id, line.row.organisation_id)
    ]
    for place in places:
        _refuse_work(own, spot_of(place.id, place.level, place.parent_id), data.policy_area, "places")
    return [
        _added(
            session,
            viewer,
            Attestation(
                kind=AttestationKind.NIL_RETURN,
                organisation_id=organisation_id,
                place_id=place.id,
                policy_area=data.policy_area,
                said_on=day,
                note=data.note,
                created_by_id=viewer.user_id,
            ),
        )
        for place in {place.id: place for place in places}.values()
    ]


def say_nobody_works(session: Session, viewer: Viewer, data: NobodyInput, language: str) -> Attestation:
    """A coordinator writes down what a committee says; refused where work is recorded that they can see."""
    require(may_coordinate(viewer), Forbidden(N_("Only coordinators can write this down.")))
    place: Place = place_meant(session, data.place, language, "place")
    day = _day(data.said_on)
    _refuse_work(
        visible_lines(session, viewer, today()),
        spot_of(place.id, place.level, place.parent_id),
        data.policy_area,
        "place",
    )
    said = Attestation(
        kind=AttestationKind.NOBODY,
        place_id=place.id,
        policy_area=data.policy_area,
        said_on=day,
        said_by=data.said_by,
        note=data.note,
        created_by_id=viewer.user_id,
    )
    return _added(session, viewer, said)


def withdraw_attestation(session: Session, viewer: Viewer, said: Attestation) -> None:
    """Take a statement back; it stays for the record. `said` comes from `get_withdrawable`."""
    said.withdrawn_at = now()
    _tell(session, viewer, said, "withdraw_nil_return")


def _day(given: date | None) -> date:
    day = given or today()
    require(day <= today(), Invalid(N_("This day has not come yet."), field="said_on"))
    return day


def _refuse_work(lines: Iterable[WeighedLine], spot: Spot, area: str | None, field: str) -> None:
    """Work that goes on or is planned in the place, of the area that is spoken of, contradicts the statement."""
    found = [
        line.row.reference
        for line in lines
        if line.phase in (Phase.ACTIVE, Phase.PLANNED)
        and (area is None or area in line.row.policy_areas)
        and any(_lies_in(own, spot) for own in line.spots)
    ]
    if found:
        raise Invalid(
            N_("Work is recorded there: %(lines)s. If it is over, say so of these lines first."),
            field=field,
            lines=", ".join(sorted(found)[:MOST_NAMED]),
        )


def _lies_in(own: Spot, spot: Spot) -> bool:
    if spot.is_district:
        return own == spot
    return spot.is_whole_country or own.province == spot.province


def _added(session: Session, viewer: Viewer, said: Attestation) -> Attestation:
    """The newest word of the same speaker about the same thing stands for the earlier ones."""
    same = select(Attestation).where(
        Attestation.kind == said.kind,
        Attestation.place_id == said.place_id,
        col(Attestation.organisation_id).is_not_distinct_from(said.organisation_id),
        col(Attestation.policy_area).is_not_distinct_from(said.policy_area),
        Attestation.said_by == said.said_by,
        col(Attestation.withdrawn_at).is_(None),
    )
    for earlier in session.exec(same):
        earlier.withdrawn_at = now()
    session.add(said)
    session.flush()
    _tell(session, viewer, said, "nil_return")
    return said


def _tell(session: Session, viewer: Viewer, said: Attestation, action: str) -> None:
    subject: tuple[str, UUID] = ("place", said.place_id)
    record(
        session,
        viewer.actor,
        action,
        subject,
        organisation_id=said.organisation_id,
        area=said.policy_area or "",
        by=said.said_by,
    )
