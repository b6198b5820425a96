"""Which rows make which search document: one for a project, and one for each of its lines.

A line may be shown to fewer people than its project. Its words stand only in its own document, which carries its
own tokens; the project's document and the facets, which are one for all documents of a group, say only what the
lines say that are as open as the project.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation, OrganisationName
from portal.places.queries import all_spellings, place_names
from portal.registry.models import ActivityLine, Project, ProjectState, ProjectText
from portal.registry.row_queries import load_rows
from portal.registry.rows import LineRow, ProjectRow
from portal.registry.themes import audiences_of, sectors_of
from portal.registry.vocabularies import (
    INTERVENTION_LABELS,
    MODALITY_LABELS,
    TARGET_GROUP_LABELS,
    TRAFFICKING_FORM_LABELS,
    Modality,
    TraffickingForm,
)
from search.documents import Document

Key = TypeVar("Key")
Value = TypeVar("Value")
# A label of a list, in every language in which somebody may look for it.
Spoken = Callable[[str], Iterable[str]]

# Nobody filters by year through longer work, and a mistyped end must not fill the list of years.
MOST_YEARS = 15
_LINE_SUFFIX = "-line"


@dataclass(frozen=True)
class _Sources:
    """What stands behind the documents of some projects, by project, line, organisation or place."""

    texts: Mapping[UUID, Sequence[ProjectText]]
    descriptions: Mapping[UUID, str]
    organisations: Mapping[UUID, Sequence[str]]
    spellings: Mapping[UUID, Sequence[str]]
    common_names: Mapping[UUID, Sequence[str]]


def published_project_ids(session: Session) -> Sequence[UUID]:
    """Every published project, whoever may see it: for the index, `sala reindex` and `sala check`."""
    statement = select(Project.id).where(Project.state == ProjectState.PUBLISHED)
    return session.exec(statement.order_by(col(Project.number))).all()


def load_project_documents(
    session: Session, groups: Sequence[str], spoken: Spoken
) -> dict[str, Sequence[Document]]:
    """The documents of those of these groups (ids as hex) that are published projects."""
    rows = load_rows(session, [UUID(hex=group) for group in groups])
    if not rows.projects:
        return {}
    projects = {row.id: row for row in _projects(session, rows.projects)}
    sources = _load_sources(session, rows.projects, rows.lines)
    return {
        key.hex: list(_documents(projects[key], row, rows.lines.get(key, ()), sources, spoken))
        for key, row in rows.projects.items()
    }


def line_document_id(line_id: UUID) -> str:
    return f"{line_id.hex}{_LINE_SUFFIX}"


def line_of_document(document_id: str) -> UUID | None:
    """The line a document stands for; None for the one of the project itself."""
    line_id, separator, _ = document_id.partition(_LINE_SUFFIX)
    return UUID(hex=line_id) if separator else None


def _documents(
    project: Project, row: ProjectRow, lines: Sequence[LineRow], sources: _Sources, spoken: Spoken
) -> Iterator[Document]:
    group = project.id.hex
    as_open = [line for line in lines if line.access >= row.access]
    texts = sources.texts.get(project.id, [])
    title = "\n".join(text.title for text in texts)
    facets = _facets(row, as_open)
    sort = {"newest": project.published_at.date().toordinal() if project.published_at else 0, "used": 0}
    names = [project.reference, *_organisation_words(row.organisations, sources), *sorted(row.identifiers)]
    yield Document(
        id=group,
        group=group,
        title=title,
        body="\n".join(part for text in texts for part in (text.summary, text.objectives) if part),
        extra=" ".join(_unique([*names, *_words_of_lines(as_open, sources, spoken)])),
        access=row.access,
        facets=facets,
        sort=sort,
    )
    for line in lines:
        words = [
            *_line_words(line, spoken),
            *_place_words(line, sources.common_names),
            *_organisation_words({line.implementer_id}, sources),
        ]
        yield Document(
            id=line_document_id(line.id),
            group=group,
            title="",
            body=sources.descriptions.get(line.id, ""),
            # The project's own names too, so that words of both are found together.
            extra=" ".join(_unique([line.reference, *words, title, *names])),
            access=line.access,
            facets=facets,
            sort=sort,
        )


def _words_of_lines(lines: Sequence[LineRow], sources: _Sources, spoken: Spoken) -> Iterator[str]:
    for line in lines:
        yield from _line_words(line, spoken)
        yield from _place_words(line, sources.spellings)


def _line_words(line: LineRow, spoken: Spoken) -> Iterator[str]:
    if line.intervention:
        yield line.intervention
        yield from spoken(INTERVENTION_LABELS[line.intervention])
    for group in sorted(line.target_groups):
        yield from spoken(TARGET_GROUP_LABELS[group])
    for form in sorted(line.forms):
        yield from spoken(TRAFFICKING_FORM_LABELS[TraffickingForm(form)])
    if line.modality:
        yield from spoken(MODALITY_LABELS[Modality(line.modality)])


def _place_words(line: LineRow, names: Mapping[UUID, Sequence[str]]) -> Iterator[str]:
    for place_id in _places(line):
        yield from names.get(place_id, ())


def _places(line: LineRow) -> list[UUID]:
    """Its places and the provinces of its districts: who looks for a province also means its districts."""
    home = [key for spot in line.spots for key in (spot.district, spot.province) if key]
    return list(dict.fromkeys([*home, *sorted(line.abroad)]))


def _organisation_words(ids: Iterable[UUID], sources: _Sources) -> Iterator[str]:
    for key in sorted(ids):
        yield from sources.organisations.get(key, ())


def _facets(project: ProjectRow, lines: Sequence[LineRow]) -> dict[str, Sequence[str]]:
    provinces = {spot.province for line in lines for spot in line.spots if spot.province}
    interventions = {line.intervention for line in lines if line.intervention}
    groups = {group for line in lines for group in line.target_groups}
    dated: list[ProjectRow | LineRow] = [project, *lines]
    return {
        "kind": ["project"],
        "policy_area": sorted({area for line in lines for area in line.policy_areas}),
        "organisation": sorted(key.hex for key in project.organisations),
        "province": sorted(province.hex for province in provinces),
        "year": sorted({str(year) for row in dated for year in _years(row)}),
        "sector": sorted(sectors_of(interventions)),
        "audience": sorted(audiences_of(groups)),
    }


def _years(row: ProjectRow | LineRow) -> range:
    """The calendar years in which it runs; what has no end counts in the year of its start."""
    start = row.starts_on or row.ends_on
    if start is None:
        return range(0)
    last = (row.ends_on or start).year
    return range(start.year, max(start.year, min(last, start.year + MOST_YEARS - 1)) + 1)


def _projects(session: Session, ids: Collection[UUID]) -> Sequence[Project]:
    return session.exec(select(Project).where(col(Project.id).in_(ids))).all()


def _load_sources(
    session: Session, projects: Mapping[UUID, ProjectRow], lines: Mapping[UUID, Sequence[LineRow]]
) -> _Sources:
    every_line = [line for rows in lines.values() for line in rows]
    organisations = {key for row in projects.values() for key in row.organisations}
    organisations |= {line.implementer_id for line in every_line}
    places = {place_id for line in every_line for place_id in _places(line)}
    texts = session.exec(
        select(ProjectText)
        .where(col(ProjectText.project_id).in_(projects))
        .order_by(col(ProjectText.language))
    )
    described = select(ActivityLine.id, ActivityLine.description).where(
        col(ActivityLine.project_id).in_(projects), ActivityLine.description != ""
    )
    return _Sources(
        texts=_grouped((text.project_id, text) for text in texts),
        descriptions=dict(session.exec(described).all()),
        organisations=_names_of_organisations(session, organisations),
        spellings=all_spellings(session, places),
        common_names=_common_names(session, places),
    )


def _names_of_organisations(session: Session, ids: Collection[UUID]) -> dict[UUID, list[str]]:
    names: dict[UUID, list[str]] = {}
    for row in session.exec(select(Organisation).where(col(Organisation.id).in_(ids))):
        names[row.id] = [text for text in (row.name, row.acronym, row.native_name) if text]
    others = (
        select(OrganisationName)
        .where(col(OrganisationName.organisation_id).in_(ids))
        .order_by(col(OrganisationName.id))
    )
    for other in session.exec(others):
        names[other.organisation_id].append(other.text)
    return names


def _common_names(session: Session, place_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    english, lao = place_names(session, place_ids, "en"), place_names(session, place_ids, "lo")
    return {key: _unique([english.get(key, ""), lao.get(key, "")]) for key in place_ids}


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    groups: defaultdict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
