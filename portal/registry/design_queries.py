"""The questions that a project of one's own asks before it is designed further: one for each of its lines."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.core.errors import N_, NotFound
from portal.places.models import Place
from portal.places.queries import HOME_COUNTRY
from portal.registry.design_inputs import QuestionInput
from portal.registry.models import ActivityLine, LinePlace, LineState, Project
from portal.registry.place_choices import OfferedPlaces
from portal.registry.queries import lines_of
from portal.registry.terms import LinePlaceRole


@dataclass(frozen=True)
class LineChoice:
    """A line to ask about, with what names it."""

    reference: str
    question: QuestionInput
    places: Sequence[str]
    is_whole_country: bool
    # Whether its question is the one that is answered now.
    is_asked: bool


def line_choices(
    session: Session, project: Project, offered: OfferedPlaces, asked: Mapping[str, Any]
) -> list[LineChoice]:
    """The lines of a project where there are several to choose from; two statements."""
    questions = questions_of_lines(session, project)
    now = set(asked_values(asked))
    choices = [
        LineChoice(
            reference=reference,
            question=question,
            places=[name for key, name in offered.names.items() if key in question.places],
            is_whole_country=offered.country in question.places,
            is_asked=set(asked_values(question.model_dump(mode="json"))) == now,
        )
        for reference, question in questions.items()
    ]
    return choices if len(choices) > 1 else []


def asked_values(typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the fields of a question were given, one pair for each value; what was left open is absent."""
    fields = ((name, typed.get(name)) for name in QuestionInput.model_fields)
    return [
        (name, str(value))
        for name, given in fields
        for value in (given if isinstance(given, list) else [given])
        if value
    ]


def questions_of_lines(session: Session, project: Project) -> dict[str, QuestionInput]:
    """What each line asks, drafts too, by its reference and in the order of writing. Two statements."""
    places = _places_at_home(session, project)
    return {line.reference: _question(project, line, places) for line in lines_of(session, project.id)}


def get_question_of_line(session: Session, project: Project, reference: str) -> QuestionInput:
    """What one line asks; without a reference the first one, and where there is none yet, the project itself."""
    questions = questions_of_lines(session, project)
    if not reference:
        itself = QuestionInput(
            project=project.reference, starts_on=project.starts_on, ends_on=project.ends_on
        )
        return next(iter(questions.values()), itself)
    found = questions.get(reference.upper())
    if found is None:
        raise NotFound(N_("There is no such line in this project."))
    return found


def _question(project: Project, line: ActivityLine, places: Mapping[UUID, list[str]]) -> QuestionInput:
    """The days are those of the line, or where it has none yet, those of its project."""
    dated = line if line.starts_on or line.ends_on else project
    return QuestionInput(
        places=places.get(line.id, []),
        policy_area=line.policy_area,
        intervention=line.intervention,
        target_groups=sorted(line.target_groups),
        starts_on=dated.starts_on,
        ends_on=dated.ends_on,
        project=project.reference,
    )


def _places_at_home(session: Session, project: Project) -> Mapping[UUID, list[str]]:
    """Where each line works in this country, and for work in the whole of it the country itself."""
    statement = (
        select(LinePlace.line_id, LinePlace.place_id)
        .join(ActivityLine, col(ActivityLine.id) == col(LinePlace.line_id))
        .join(Place, col(Place.id) == col(LinePlace.place_id))
        .where(
            ActivityLine.project_id == project.id,
            ActivityLine.state != LineState.REMOVED,
            LinePlace.role == LinePlaceRole.ACTIVITY,
            Place.country == HOME_COUNTRY,
        )
        .order_by(col(Place.level), col(LinePlace.place_id))
    )
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for line_id, place_id in session.exec(statement):
        found[line_id].append(str(place_id))
    return found
