"""Reading imports, and everything known of names that reading a file needs."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal.accounts.models import Organisation, OrganisationName
from portal.accounts.queries import visible_organisations
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound
from portal.core.paging import Page
from portal.exchange.models import (
    WRITABLE,
    BatchState,
    ColumnMapping,
    ImportAlias,
    ImportBatch,
    ImportRow,
    RowState,
)
from portal.exchange.names import KnownOrganisation, KnownPlace, OrganisationIndex, PlaceIndex
from portal.exchange.policy import may_see_import
from portal.places.matching import KnownName
from portal.places.models import Place, PlaceCode, PlaceName
from portal.places.queries import HOME_COUNTRY, P_CODES, official_names
from portal.registry.models import ActivityLine, LineState

ROWS_PER_PAGE = 50
_REFERENCE = re.compile(r"I-0*([0-9]{1,9})", re.IGNORECASE)
# Codes by which a place is named in files; the first that a place has is the one written.
_SCHEMES = (P_CODES, "iso3166_1", "iso3166_2")


def get_import(session: Session, viewer: Viewer, reference: str) -> ImportBatch:
    """An import by its reference; one of another organisation looks like one that is not there."""
    match = _REFERENCE.fullmatch(reference.strip())
    batch = (
        session.exec(select(ImportBatch).where(ImportBatch.number == int(match[1]))).first()
        if match
        else None
    )
    if batch is None or not may_see_import(viewer, batch):
        raise NotFound(N_("There is no import at this address, or it is not yours to see."))
    return batch


def imports_of(
    session: Session, organisation_ids: Collection[UUID], limit: int = 50
) -> Sequence[ImportBatch]:
    """The latest imports of some organisations, newest first."""
    statement = select(ImportBatch).where(col(ImportBatch.organisation_id).in_(set(organisation_ids)))
    return session.exec(statement.order_by(col(ImportBatch.number).desc()).limit(limit)).all()


def count_open_imports(session: Session, organisation_ids: Collection[UUID]) -> int:
    """How many imports of some organisations were begun and wait for a decision; no statement for none."""
    if not organisation_ids:
        return 0
    statement = select(func.count()).where(
        col(ImportBatch.organisation_id).in_(set(organisation_ids)),
        col(ImportBatch.state).in_([BatchState.MATCHING, BatchState.PREVIEW]),
    )
    return session.exec(statement).one()


def rows_of(session: Session, batch: ImportBatch) -> Sequence[ImportRow]:
    """Every row of an import in the order of the file."""
    statement = select(ImportRow).where(ImportRow.batch_id == batch.id)
    return session.exec(statement.order_by(col(ImportRow.number))).all()


def browse_rows(session: Session, batch: ImportBatch, state: RowState | None, page: int) -> Page[ImportRow]:
    """A page of the rows, perhaps only those of one state."""
    wanted = [ImportRow.batch_id == batch.id, *([ImportRow.state == state] if state else [])]
    total = session.exec(select(func.count()).select_from(ImportRow).where(*wanted)).one()
    number = max(1, min(page, max(1, -(-total // ROWS_PER_PAGE))))
    statement = select(ImportRow).where(*wanted).order_by(col(ImportRow.number))
    rows = session.exec(statement.offset((number - 1) * ROWS_PER_PAGE).limit(ROWS_PER_PAGE)).all()
    return Page(rows, total, number, ROWS_PER_PAGE)


@dataclass(frozen=True)
class Counts:
    """How many rows there are of each state, and how many of them would be written."""

    states: Mapping[RowState, int]
    chosen: int

    @property
    def all(self) -> int:
        return sum(self.states.values())


def count_rows(session: Session, batch: ImportBatch) -> Counts:
    statement = (
        select(ImportRow.state, ImportRow.is_chosen, func.count())
        .where(ImportRow.batch_id == batch.id)
        .group_by(ImportRow.state, ImportRow.is_chosen)  # type: ignore[arg-type]
    )
    states: defaultdict[RowState, int] = defaultdict(int)
    chosen = 0
    for state, is_chosen, count in session.exec(statement):
        states[RowState(state)] += count
        chosen += count if is_chosen and state in WRITABLE else 0
    return Counts({state: states[state] for state in RowState if states[state]}, chosen)


def mapping_of(session: Session, organisation_id: UUID, signature: str) -> ColumnMapping | None:
    statement = select(ColumnMapping).where(
        ColumnMapping.organisation_id == organisation_id, ColumnMapping.signature == signature
    )
    return session.exec(statement).first()


def answers_of(session: Session, organisation_id: UUID) -> dict[tuple[str, str], str]:
    """Everything an organisation has answered: list name and key to what is meant."""
    statement = select(ImportAlias).where(ImportAlias.organisation_id == organisation_id)
    return {(alias.list_name, alias.key): alias.target for alias in session.exec(statement)}


def lines_by_fingerprint(session: Session, organisation_id: UUID) -> dict[str, UUID]:
    """The line that each row of earlier imports became; rows whose line was removed since are left out."""
    statement = (
        select(ImportRow.fingerprint, ImportRow.line_id)
        .join(ImportBatch, col(ImportBatch.id) == col(ImportRow.batch_id))
        .join(ActivityLine, col(ActivityLine.id) == col(ImportRow.line_id))
        .where(
            ImportBatch.organisation_id == organisation_id,
            ImportBatch.state == BatchState.IMPORTED,
            col(ImportRow.outcome).is_not(None),
            ActivityLine.state != LineState.REMOVED,
        )
        .order_by(col(ImportBatch.number))
    )
    return {fingerprint: line_id for fingerprint, line_id in session.exec(statement) if line_id}


def organisation_index(session: Session, viewer: Viewer) -> OrganisationIndex:
    """Every organisation the viewer may see, with all its names; two statements."""
    organisations = session.exec(visible_organisations(viewer)).all()
    others: defaultdict[UUID, list[str]] = defaultdict(list)
    for organisation_id, text in session.exec(
        select(OrganisationName.organisation_id, OrganisationName.text)
    ):
        others[organisation_id].append(text)
    return OrganisationIndex([_known(each, others[each.id]) for each in organisations])


def _known(organisation: Organisation, others: Sequence[str]) -> KnownOrganisation:
    native = (organisation.native_name,) if organisation.native_name else ()
    return KnownOrganisation(
        organisation.id,
        organisation.number,
        organisation.name,
        organisation.acronym,
        organisation.parent_id,
        (*native, *others),
    )


def place_index(session: Session) -> PlaceIndex:
    """The whole gazetteer: a few thousand spellings, in four statements."""
    places = session.exec(select(Place)).all()
    official = official_names(session, [place.id for place in places])
    by_id = {place.id: place for place in places}
    written: dict[UUID, str] = {}
    codes: dict[str, UUID] = {}
    statement = select(PlaceCode.place_id, PlaceCode.scheme, PlaceCode.code).order_by(PlaceCode.edition)
    stored = list(session.exec(statement))
    for scheme in _SCHEMES:
        for place_id, its_scheme, code in stored:
            if its_scheme == scheme:
                written.setdefault(place_id, code)
                codes.setdefault(code, place_id)
    known = {
        place.id: KnownPlace(
            place.id,
            place.level,
            place.country,
            place.parent_id,
            written.get(place.id, ""),
            official.get(place.id, {}),
        )
        for place in places
    }
    names = [
        KnownName(
            name.place_id,
            by_id[name.place_id].level,
            by_id[name.place_id].is_closed,
            name.kind,
            name.text,
            name.key,
        )
        for name in session.exec(select(PlaceName))
    ]
    return PlaceIndex(known, names, codes, HOME_COUNTRY)
