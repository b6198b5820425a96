"""Before you design: the work of others from the register, and what the library has for such work, on one page."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, refuse_all
from portal.library.list_queries import ResourceCard, resource_cards
from portal.library.models import VersionPlace
from portal.places.models import Place
from portal.places.queries import districts, place_names, province_of
from portal.registry.checks import faults_of_question
from portal.registry.design import (
    Neighbour,
    Neighbours,
    Question,
    candidate_line,
    families,
    missing_steps,
    neighbours_of,
)
from portal.registry.design_inputs import QuestionInput
from portal.registry.models import Project
from portal.registry.overlaps import adjacent_work, check_before_saving
from portal.registry.place_choices import chosen_places
from portal.registry.presence import CellState, Presence, WeighedLine
from portal.registry.presence_filter import PresenceFilter
from portal.registry.presence_queries import read_presences, visible_lines
from portal.registry.queries import titles_of
from portal.registry.row_queries import spot_of
from portal.registry.rows import places_of
from portal.registry.scoring import Band
from portal.registry.themes import GUIDANCE_TYPES, SERVING_TYPES, audiences_of, sectors_of
from search.documents import SearchQuery
from search.engine import EngineUnavailable, SearchEngine
from search.outbox import hidden_groups

# Of each question to the engine; what serves best stands among the first.
MOST_CANDIDATES = 40
MOST_SHOWN = 8
# Gaps are told of the provinces of a question; of more than these nobody reads them.
MOST_PROVINCES = 4
REASONS = {
    "sector": N_("the same kind of work"),
    "audience": N_("written for the same people"),
    "place": N_("about the same province"),
    "area": N_("the same one of the 4P"),
    "language": N_("in your language"),
}
# A place or a language alone does not make a resource serve.
_TELLING = frozenset({"sector", "audience"})


@dataclass(frozen=True)
class Serving:
    """A resource with why it is shown."""

    card: ResourceCard
    reasons: Sequence[str]


@dataclass(frozen=True)
class ProvinceGaps:
    """What is not recorded in a province: districts, each with the state of its cell, and steps of the chain."""

    name: str
    districts: Sequence[tuple[str, CellState]]
    steps: Sequence[str]


@dataclass(frozen=True)
class DesignPage:
    """The answer to a question, for one reader on one day."""

    question: Question
    as_of: date
    places: Sequence[str]
    neighbours: Neighbours
    # How strongly each line that may do the same overlaps, by the line's id.
    bands: Mapping[UUID, Band]
    # Not an overlap but worth knowing: other steps of the same work, whom people could be referred to.
    adjacent: Sequence[Neighbour]
    titles: Mapping[UUID, str]
    names: Mapping[UUID, str]
    organisations: Mapping[UUID, Organisation]
    # None while the search engine does not answer.
    guidance: Sequence[Serving] | None
    evidence: Sequence[Serving] | None
    gaps: Sequence[ProvinceGaps]

    @property
    def overlaps(self) -> Sequence[Neighbour]:
        return [one for one in self.neighbours.everybody if one.row.id in self.bands]

    @property
    def contacts(self) -> Sequence[Organisation]:
        """Whom to talk to: who does the work there now or plans to."""
        active = [*self.neighbours.now, *self.neighbours.planned]
        ids = {one.row.implementer_id for one in active} | {one.row.organisation_id for one in active}
        found = [self.organisations[key] for key in ids if key in self.organisations]
        return sorted((one for one in found if one.is_verified), key=lambda one: one.name.casefold())

    def count(self, neighbours: Sequence[Neighbour]) -> int:
        return families(neighbours)

    def where(self, neighbour: Neighbour) -> list[str]:
        keys = (spot.place for spot in neighbour.row.spots)
        return [self.names[key] for key in keys if key and key in self.names]


def read_question(session: Session, data: QuestionInput, project: Project | None = None) -> Question:
    """What is asked, by a project where it is one that the reader may see.

    May raise Invalid for a place that is not known, and for an end before the start.
    """
    refuse_all(faults_of_question(data))
    chosen = [chosen.place for chosen in chosen_places(session, data.places, "places")]
    return Question(
        spots=tuple(spot_of(place.id, place.level, place.parent_id) for place in chosen),
        policy_area=data.policy_area or "",
        intervention=data.intervention,
        target_groups=frozenset(data.target_groups),
        starts_on=data.starts_on,
        ends_on=data.ends_on,
        project=project.reference if project else "",
        family_id=project.family_id if project else None,
    )


def answer_question(
    session: Session, engine: SearchEngine, viewer: Viewer, question: Question, language: str, today: date
) -> DesignPage:
    """Everything on the page is of what this viewer may see."""
    lines = visible_lines(session, viewer, today)
    neighbours = neighbours_of(question, lines)
    by_line = {one.row.id: one for one in neighbours.everybody}
    rows = [one.row for one in by_line.values()]
    others = [line.row for line in lines]
    # Who says no start means work that would begin now.
    candidate = candidate_line(replace(question, starts_on=question.starts_on or today))
    overlaps = check_before_saving(candidate, others, today, viewer.access)
    bands = {found.beside(candidate).id: found.band for found in overlaps}
    adjacent = [
        found.beside(candidate).id
        for found in adjacent_work([candidate], others, today)
        if not found.is_restricted
    ]
    near = {
        province: districts(session, province) for province in sorted(question.provinces)[:MOST_PROVINCES]
    }
    within = [PresenceFilter(provinces=frozenset({province})) for province in near]
    presences = read_presences(session, viewer, within, today)
    named = places_of((*question.spots, *(spot for row in rows for spot in row.spots)))
    named |= {place.id for places in near.values() for place in places}
    names = place_names(session, named, language)
    serving = _serving(session, engine, viewer, question, language)
    return DesignPage(
        question=question,
        as_of=today,
        places=[names[key] for spot in question.spots if (key := spot.place)],
        neighbours=neighbours,
        bands=bands,
        adjacent=[by_line[key] for key in adjacent if key in by_line],
        titles=titles_of(session, {row.project_id for row in rows}, language),
        names=names,
        organisations=organisations_by_id(
            session, {key for row in rows for key in (row.implementer_id, row.organisation_id)}
        ),
        guidance=_of_types(serving, is_guidance=True),
        evidence=_of_types(serving, is_guidance=False),
        gaps=_gaps(question, lines, presences, near, names),
    )


def _of_types(serving: Sequence[Serving] | None, *, is_guidance: bool) -> Sequence[Serving] | None:
    if serving is None:
        return None
    chosen = [s for s in serving if (s.card.version.resource_type in GUIDANCE_TYPES) == is_guidance]
    return chosen[:MOST_SHOWN]


def _serving(
    session: Session, engine: SearchEngine, viewer: Viewer, question: Question, language: str
) -> list[Serving] | None:
    """Resources that serve such work, those with most reasons first; None when the engine does not answer."""
    interventions = [question.intervention] if question.intervention else []
    themes = {
        "sector": {str(sector) for sector in sectors_of(interventions)},
        "audience": {str(audience) for audience in audiences_of(question.target_groups)},
        "policy_area": {question.area} - {""},
    }
    try:
        ids = _candidates(session, engine, viewer, themes)
    except EngineUnavailable:
        return None
    cards = resource_cards(session, viewer, ids, language)
    provinces = _provinces_of(session, cards.values())
    found = []
    for card in cards.values():
        reasons = {
            "sector": not themes["sector"].isdisjoint(card.version.sectors),
            "audience": not themes["audience"].isdisjoint(card.version.audiences),
            "place": not question.provinces.isdisjoint(provinces.get(card.version.id, ())),
            "area": not themes["policy_area"].isdisjoint(card.version.policy_areas),
            "language": language in card.version.languages,
        }
        kept = [name for name, holds in reasons.items() if holds]
        if not _TELLING.isdisjoint(kept) or not (themes["sector"] or themes["audience"]):
            found.append(Serving(card, [REASONS[name] for name in kept]))
    return sorted(found, key=lambda one: (-len(one.reasons), one.card.resource.number))


def _candidates(
    session: Session, engine: SearchEngine, viewer: Viewer, themes: Mapping[str, Collection[str]]
) -> set[UUID]:
    hidden = hidden_groups(session)
    types = tuple(str(kind) for kind in SERVING_TYPES)
    ids: set[UUID] = set()
    for name, values in themes.items():
        if values:
            filters = {"kind": ("resource",), "resource_type": types, name: tuple(sorted(values))}
            query = SearchQuery(
                access=viewer.access,
                filters=filters,
                sort="used:desc",
                limit=MOST_CANDIDATES,
                excluded_groups=hidden,
            )
            ids |= {UUID(hex=hit.group) for hit in engine.search(query).hits}
    return ids


def _provinces_of(session: Session, cards: Iterable[ResourceCard]) -> dict[UUID, set[UUID]]:
    """The provinces each version is about."""
    statement = select(VersionPlace.version_id, VersionPlace.place_id).where(
        col(VersionPlace.version_id).in_([card.version.id for card in cards])
    )
    pairs = session.exec(statement).all()
    provinces = province_of(session, {place_id for _, place_id in pairs})
    found: dict[UUID, set[UUID]] = {}
    for version_id, place_id in pairs:
        if province := provinces.get(place_id):
            found.setdefault(version_id, set()).add(province)
    return found


def _gaps(
    question: Question,
    lines: Sequence[WeighedLine],
    presences: Iterable[Presence],
    near: Mapping[UUID, Sequence[Place]],
    names: Mapping[UUID, str],
) -> list[ProvinceGaps]:
    """Districts of the same provinces where nothing of this kind is recorded, and missing steps of the chain."""
    gaps = []
    for (province, places), presence in zip(near.items(), presences, strict=True):
        states = [(names[place.id], _state(presence, place.id, question)) for place in places]
        gaps.append(
            ProvinceGaps(
                name=names.get(province, ""),
                districts=[(name, state) for name, state in states if state != CellState.COVERED],
                steps=[label for _, label in missing_steps(province, lines)],
            )
        )
    return gaps


def _state(presence: Presence, place_id: UUID, question: Question) -> CellState:
    column = question.intervention.value if question.intervention else question.area
    return (presence.cell(place_id, column) if column else presence.place(place_id)).state
