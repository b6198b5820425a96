"""Who else does the same there at that time: told before a line is saved, so that people can talk first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.accounts.viewer import Viewer
from portal.places.queries import place_names
from portal.registry.models import ActivityLine
from portal.registry.overlaps import check_before_saving
from portal.registry.queries import titles_of
from portal.registry.row_queries import load_own_rows
from portal.registry.rows import LineRow
from portal.registry.scoring import Band
from portal.registry.snapshot import read_snapshot


@dataclass(frozen=True)
class NearbyLine:
    """Somebody else's line that may overlap, as far as it has to be told to look at it."""

    row: LineRow
    title: str
    implementer: Organisation | None
    places: Sequence[str]
    band: Band

    @property
    def project_reference(self) -> str:
        return self.row.reference.rpartition("-")[0]


def nearby_lines(
    session: Session, viewer: Viewer, line: ActivityLine, language: str, today: date
) -> list[NearbyLine]:
    """Strong and moderate overlaps of a line, saved or about to be, with lines the viewer may see."""
    own = load_own_rows(session, line.project_id).lines.get(line.project_id, ())
    candidate = next((row for row in own if row.id == line.id), None)
    if candidate is None:
        return []
    overlaps = check_before_saving(candidate, read_snapshot(session).lines, today, viewer.access)
    others = [(overlap.beside(candidate), overlap.band) for overlap in overlaps]
    if not others:
        return []
    titles = titles_of(session, {row.project_id for row, _ in others}, language)
    organisations = organisations_by_id(session, {row.implementer_id for row, _ in others})
    placed = {key for row, _ in others for spot in row.spots if (key := spot.place)}
    names = place_names(session, placed, language)
    return [
        NearbyLine(
            row=row,
            title=titles.get(row.project_id, row.reference),
            implementer=organisations.get(row.implementer_id),
            places=sorted(names[key] for spot in row.spots if (key := spot.place)),
            band=band,
        )
        for row, band in others
    ]
