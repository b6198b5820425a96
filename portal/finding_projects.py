"""Hits of the register: what is shown of a project that a search found, read past the engine.

The engine proposes ids only. A project is shown when `visible_projects(viewer)` has it, a line when one of its
own tokens opens it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_by_id
from portal.accounts.viewer import Viewer
from portal.marking import marked, passages_of
from portal.places.queries import place_names
from portal.registry.models import ActivityLine, Project, ProjectText
from portal.registry.queries import visible_projects
from portal.registry.rows import LineRow, places_of, visible_to
from portal.registry.searchable import line_of_document
from portal.registry.snapshot import read_snapshot
from search.documents import Hit, SearchQuery
from search.highlight import Passage

# Lines shown of one hit, and places named of one line or project.
SHOWN_LINES = 2
SHOWN_PLACES = 4


@dataclass(frozen=True)
class FoundLine:
    """A line with the words, as much of it as a list shows."""

    row: LineRow
    places: Sequence[str]
    passages: Sequence[Passage]


@dataclass(frozen=True)
class FoundProject:
    """A project as a hit."""

    project: Project
    title: str
    title_language: str
    # The title in fragments, when the words stand there.
    marked_title: Sequence[tuple[str, bool]]
    summary: str
    passages: Sequence[Passage]
    organisation: Organisation
    starts_on: date | None
    ends_on: date | None
    # What its lines say of it, as many of them as the viewer may see.
    policy_areas: Sequence[str]
    provinces: Sequence[str]
    line_count: int
    lines: Sequence[FoundLine]
    is_project: bool = True


@dataclass(frozen=True)
class _Shown:
    """The rows behind the hits of one page, by project, line, organisation or place."""

    texts: Mapping[UUID, ProjectText]
    lines: Mapping[UUID, Sequence[LineRow]]
    descriptions: Mapping[UUID, str]
    organisations: Mapping[UUID, Organisation]
    names: Mapping[UUID, str]


def found_projects(
    session: Session,
    viewer: Viewer,
    query: SearchQuery,
    hits: Sequence[Hit],
    language: str,
    *,
    is_close: bool,
) -> dict[str, FoundProject]:
    """Those of the hits that are projects which the viewer may see, by group; seven statements, none for no hits."""
    if not hits:
        return {}
    wanted = [UUID(hex=hit.group) for hit in hits]
    projects = session.exec(visible_projects(viewer).where(col(Project.id).in_(wanted))).all()
    if not projects:
        return {}
    by_group = {project.id.hex: project for project in projects}
    matching = {hit.group: _lines_of(hit) for hit in hits if hit.group in by_group}
    shown = _load(session, viewer, projects, {key for keys in matching.values() for key in keys}, language)
    return {
        group: _found(project, matching[group], shown, query, is_close=is_close)
        for group, project in by_group.items()
    }


def _lines_of(hit: Hit) -> list[UUID]:
    return [line_id for document in hit.documents if (line_id := line_of_document(document))]


def _load(
    session: Session, viewer: Viewer, projects: Sequence[Project], line_ids: Collection[UUID], language: str
) -> _Shown:
    kept = read_snapshot(session).lines_by_project
    lines = {project.id: visible_to(kept.get(project.id, ()), viewer.access) for project in projects}
    places = places_of(spot for rows in lines.values() for line in rows for spot in line.spots)
    described = select(ActivityLine.id, ActivityLine.description).where(col(ActivityLine.id).in_(line_ids))
    return _Shown(
        texts=_texts(session, [project.id for project in projects], language),
        lines=lines,
        descriptions=dict(session.exec(described).all()) if line_ids else {},
        organisations=organisations_by_id(session, [project.organisation_id for project in projects]),
        names=place_names(session, places, language),
    )


def _texts(session: Session, ids: Collection[UUID], language: str) -> dict[UUID, ProjectText]:
    """The titled text of each project in the reader's language, else in English, else in any."""
    found: defaultdict[UUID, dict[str, ProjectText]] = defaultdict(dict)
    statement = select(ProjectText).where(col(ProjectText.project_id).in_(ids), ProjectText.title != "")
    for text in session.exec(statement):
        found[text.project_id][text.language] = text
    return {key: texts.get(language) or texts.get("en") or texts[min(texts)] for key, texts in found.items()}


def _found(
    project: Project, matching: Sequence[UUID], shown: _Shown, query: SearchQuery, *, is_close: bool
) -> FoundProject:
    text = shown.texts.get(project.id) or ProjectText(
        project_id=project.id, language="en", title=project.reference
    )
    lines = {line.id: line for line in shown.lines[project.id]}
    provinces = {spot.province for line in lines.values() for spot in line.spots if spot.province}
    named = sorted(shown.names[key] for key in provinces if key in shown.names)
    return FoundProject(
        project=project,
        title=text.title,
        title_language=text.language,
        marked_title=marked(text.title, query, is_close=is_close),
        summary=text.summary,
        passages=passages_of(text.summary, query, limit=1, is_close=is_close),
        organisation=shown.organisations[project.organisation_id],
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        policy_areas=sorted({area for line in lines.values() for area in line.policy_areas}),
        provinces=named,
        line_count=len(lines),
        lines=[_found_line(lines[key], shown, query, is_close=is_close) for key in matching if key in lines][
            :SHOWN_LINES
        ],
    )


def _found_line(line: LineRow, shown: _Shown, query: SearchQuery, *, is_close: bool) -> FoundLine:
    keys = [spot.place for spot in line.spots]
    return FoundLine(
        row=line,
        places=[shown.names[key] for key in keys if key and key in shown.names][:SHOWN_PLACES],
        passages=passages_of(shown.descriptions.get(line.id, ""), query, limit=1, is_close=is_close),
    )
