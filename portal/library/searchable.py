"""Which rows make which search documents: one for a resource's own description, one for each page of text.

A page carries the resource's titles and names beside its own text, so that words which stand partly in the
title and partly on the page are found together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation, OrganisationName
from portal.library.models import (
    FileEntry,
    NamedReader,
    PageText,
    Resource,
    ResourceState,
    ResourceUse,
    Version,
    VersionPlace,
    VersionText,
)
from portal.library.policy import access_tokens, record_tokens
from portal.library.vocabularies import FILE_KIND_GROUPS, RESOURCE_TYPE_LABELS, ResourceType
from portal.places.queries import all_spellings, place_names, province_of
from search.documents import Document

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class _Sources:
    """The rows behind the documents of some resources, by resource, version or organisation."""

    texts: Mapping[UUID, Sequence[VersionText]]
    places: Mapping[UUID, Sequence[UUID]]
    spellings: Mapping[UUID, Sequence[str]]
    common_names: Mapping[UUID, Sequence[str]]
    provinces: Mapping[UUID, UUID | None]
    organisations: Mapping[UUID, Organisation]
    other_names: Mapping[UUID, Sequence[str]]
    files: Mapping[UUID, Sequence[FileEntry]]
    named: Mapping[UUID, Sequence[UUID]]
    downloads: Mapping[UUID, int]


def load_documents(session: Session, groups: Sequence[str]) -> dict[str, Sequence[Document]]:
    """The documents of these resources (ids as hex); none for what is not published, so that it is removed."""
    ids = [UUID(hex=group) for group in groups]
    rows = session.exec(
        select(Resource, Version)
        .join(Version, col(Version.id) == col(Resource.current_version_id))
        .where(col(Resource.id).in_(ids), Resource.state == ResourceState.PUBLISHED)
    ).all()
    sources = _load_sources(session, rows)
    documents: dict[str, Sequence[Document]] = dict.fromkeys(groups, ())
    for resource, version in rows:
        documents[resource.id.hex] = list(_documents(session, resource, version, sources))
    return documents


def page_document_id(file_id: UUID, number: int) -> str:
    return f"{file_id.hex}-{number}"


def page_of_document(document_id: str) -> tuple[UUID, int] | None:
    """The file and page a document stands for; None for the one of the description."""
    file_id, separator, number = document_id.partition("-")
    return (UUID(hex=file_id), int(number)) if separator else None


def _documents(
    session: Session, resource: Resource, version: Version, sources: _Sources
) -> Iterator[Document]:
    group = resource.id.hex
    named = sources.named.get(resource.id, [])
    facets = _facets(resource, version, sources)
    sort = _sort(resource, version, sources)
    texts = sources.texts.get(version.id, [])
    title = "\n".join(text.title for text in texts)
    yield Document(
        id=group,
        group=group,
        title=title,
        body="\n".join(text.summary for text in texts),
        extra=" ".join(_names(resource, version, sources, sources.spellings)),
        access=record_tokens(resource, named),
        facets=facets,
        sort=sort,
    )
    # On the pages the names stand only once each: they help to find, and must not swell the index.
    beside = " ".join([title, *_names(resource, version, sources, sources.common_names)])
    access = access_tokens(resource, resource.files_visibility, named)
    for entry in sources.files.get(version.id, []):
        for page in session.exec(select(PageText).where(PageText.sha256 == entry.sha256)):
            yield Document(
                id=page_document_id(entry.id, page.number),
                group=group,
                title="",
                body=page.text,
                extra=beside,
                access=access,
                facets=facets,
                sort=sort,
            )


def _names(
    resource: Resource, version: Version, sources: _Sources, places: Mapping[UUID, Sequence[str]]
) -> Iterator[str]:
    organisation = sources.organisations[resource.organisation_id]
    yield resource.reference
    yield from (organisation.name, organisation.acronym, organisation.native_name)
    yield from sources.other_names.get(organisation.id, [])
    yield from version.authors
    if version.resource_type:
        yield RESOURCE_TYPE_LABELS[ResourceType(version.resource_type)]
    for place_id in _places_and_provinces(version, sources):
        yield from places.get(place_id, [])


def _places_and_provinces(version: Version, sources: _Sources) -> list[UUID]:
    """Who looks for a province also means the districts in it."""
    chosen = sources.places.get(version.id, [])
    provinces = [province for place_id in chosen if (province := sources.provinces.get(place_id))]
    return list(dict.fromkeys([*chosen, *provinces]))


def _facets(resource: Resource, version: Version, sources: _Sources) -> dict[str, Sequence[str]]:
    provinces = {sources.provinces.get(place_id) for place_id in sources.places.get(version.id, [])}
    files = sources.files.get(version.id, [])
    return {
        "kind": ["resource"],
        "policy_area": version.policy_areas,
        "resource_type": [version.resource_type] if version.resource_type else [],
        "language": version.languages,
        "organisation": [resource.organisation_id.hex],
        "province": sorted(province.hex for province in provinces if province),
        "year": [str(version.year)] if version.year else [],
        "sector": version.sectors,
        "audience": version.audiences,
        "file_kind": sorted({FILE_KIND_GROUPS.get(entry.kind, "other") for entry in files}),
    }


def _sort(resource: Resource, version: Version, sources: _Sources) -> dict[str, int]:
    newest = version.issued_on or (resource.published_at.date() if resource.published_at else None)
    return {
        "newest": newest.toordinal() if newest else 0,
        "used": sources.downloads.get(resource.id, 0),
    }


def _load_sources(session: Session, rows: Sequence[tuple[Resource, Version]]) -> _Sources:
    resources = [resource.id for resource, _ in rows]
    versions = [version.id for _, version in rows]
    owners = {resource.organisation_id for resource, _ in rows}
    texts = _grouped(
        (text.version_id, text)
        for text in session.exec(
            select(VersionText)
            .where(col(VersionText.version_id).in_(versions))
            .order_by(col(VersionText.position))
        )
    )
    places = _grouped(
        (place.version_id, place.place_id)
        for place in session.exec(
            select(VersionPlace)
            .where(col(VersionPlace.version_id).in_(versions))
            .order_by(col(VersionPlace.place_id))
        )
    )
    files = _grouped(
        (entry.version_id, entry)
        for entry in session.exec(
            select(FileEntry)
            .where(col(FileEntry.version_id).in_(versions))
            .order_by(col(FileEntry.position), col(FileEntry.id))
        )
    )
    place_ids = {place_id for ids in places.values() for place_id in ids}
    provinces = province_of(session, place_ids)
    named_places = place_ids | {province for province in provinces.values() if province}
    return _Sources(
        texts=texts,
        places=places,
        spellings=all_spellings(session, named_places),
        common_names=_common_names(session, named_places),
        provinces=provinces,
        organisations={
            row.id: row for row in session.exec(select(Organisation).where(col(Organisation.id).in_(owners)))
        },
        other_names=_grouped(
            (name.organisation_id, name.text)
            for name in session.exec(
                select(OrganisationName)
                .where(col(OrganisationName.organisation_id).in_(owners))
                .order_by(col(OrganisationName.id))
            )
        ),
        files=files,
        named=_grouped(
            (row.resource_id, row.user_id)
            for row in session.exec(select(NamedReader).where(col(NamedReader.resource_id).in_(resources)))
        ),
        downloads={
            row.resource_id: row.downloads
            for row in session.exec(select(ResourceUse).where(col(ResourceUse.resource_id).in_(resources)))
        },
    )


def _common_names(session: Session, place_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    english, lao = place_names(session, place_ids, "en"), place_names(session, place_ids, "lo")
    return {key: list(dict.fromkeys([english.get(key, ""), lao.get(key, "")])) for key in place_ids}


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    groups: defaultdict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
