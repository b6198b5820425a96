"""Who said that nothing is done where, and what coordinators expect there."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, or_, select

from portal.accounts.models import Organisation
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, Invalid, NotFound
from portal.places.models import Level, Place
from portal.places.queries import HOME_COUNTRY, find_place, place_names, suggest_places
from portal.registry.coverage_models import Attestation, AttestationKind, Expectation
from portal.registry.freshness import LAPSED_DAYS
from portal.registry.gap_terms import ExpectationRow
from portal.registry.policy import may_attest_for, may_coordinate
from portal.registry.row_queries import spot_of
from portal.registry.vocabularies import Intervention

MOST_SHOWN = 500


@dataclass(frozen=True)
class AttestationLine:
    """A statement as the page shows it; `by` is the organisation or the committee."""

    attestation: Attestation
    place: str
    by: str
    has_lapsed: bool
    may_withdraw: bool


@dataclass(frozen=True)
class ExpectationLine:
    expectation: Expectation
    place: str


def attestation_lines(session: Session, viewer: Viewer, language: str, today: date) -> list[AttestationLine]:
    """Statements of committees for everybody; of organisations for their own people and for members."""
    shown = [col(Attestation.kind) == AttestationKind.NOBODY]
    shown.append(col(Attestation.organisation_id).in_(viewer.roles))
    if viewer.is_member:
        shown.append(col(Organisation.verified_at).is_not(None))
    statement = (
        select(Attestation, Organisation.name)
        .outerjoin(Organisation, col(Organisation.id) == col(Attestation.organisation_id))
        .where(col(Attestation.withdrawn_at).is_(None), or_(*shown))
        .order_by(col(Attestation.said_on).desc(), col(Attestation.id))
        .limit(MOST_SHOWN)
    )
    rows = session.exec(statement).all()
    names = place_names(session, [said.place_id for said, _ in rows], language)
    return [
        AttestationLine(
            said,
            names.get(said.place_id, ""),
            name or said.said_by,
            (today - said.said_on).days > LAPSED_DAYS,
            may_withdraw_attestation(viewer, said),
        )
        for said, name in rows
    ]


def may_withdraw_attestation(viewer: Viewer, said: Attestation) -> bool:
    if said.organisation_id is not None:
        return may_attest_for(viewer, said.organisation_id)
    return may_coordinate(viewer)


def get_withdrawable(session: Session, viewer: Viewer, attestation_id: UUID) -> Attestation:
    said = session.get(Attestation, attestation_id)
    if said is None or said.withdrawn_at is not None or not may_withdraw_attestation(viewer, said):
        raise NotFound(N_("There is nothing here that you may withdraw."))
    return said


def expectation_lines(session: Session, language: str) -> list[ExpectationLine]:
    rows = session.exec(select(Expectation).order_by(col(Expectation.source), col(Expectation.id))).all()
    names = place_names(session, [row.place_id for row in rows], language)
    lines = [ExpectationLine(row, names.get(row.place_id, "")) for row in rows]
    return sorted(lines, key=lambda line: (line.place, line.expectation.source))


def expectation_rows(session: Session) -> list[ExpectationRow]:
    rows = session.exec(select(Expectation, Place).join(Place, col(Place.id) == col(Expectation.place_id)))
    return [
        ExpectationRow(
            row.id,
            spot_of(place.id, place.level, place.parent_id),
            row.policy_area,
            Intervention(row.intervention) if row.intervention else None,
            row.source,
            row.from_on,
            row.until_on,
        )
        for row, place in rows
    ]


def country_id(session: Session) -> UUID:
    """The country whose register this is; an id of nothing while no gazetteer is loaded."""
    statement = select(Place.id).where(Place.country == HOME_COUNTRY, Place.level == Level.COUNTRY)
    return session.exec(statement).first() or UUID(int=0)


def open_place_ids(session: Session) -> list[UUID]:
    """The provinces and districts of the country as it is now."""
    statement = select(Place.id).where(
        Place.country == HOME_COUNTRY, Place.level > Level.COUNTRY, col(Place.valid_to).is_(None)
    )
    return list(session.exec(statement))


def place_meant(session: Session, text: str, language: str, field: str) -> Place:
    """The place of the country that somebody chose by its id, or named by a code or a name; the nearest names help where none fits."""
    place = _by_id(session, text) or find_place(session, text)
    if place is not None and place.country == HOME_COUNTRY:
        return place
    near = [found.place_id for found in suggest_places(session, text, limit=3)]
    names = ", ".join(place_names(session, near, language).values())
    if names:
        raise Invalid(
            N_("No single place is called “%(text)s”. Did you mean one of these? %(names)s"),
            field=field,
            text=text,
            names=names,
        )
    raise Invalid(N_("There is no place called “%(text)s”."), field=field, text=text)


def _by_id(session: Session, text: str) -> Place | None:
    try:
        return session.get(Place, UUID(text))
    except ValueError:
        return None
