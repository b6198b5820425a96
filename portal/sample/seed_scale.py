"""Writes the large made-up library straight into the tables, in batches: for measuring, not for showing.

The rows are those that sharing, reading and publishing would leave. The bytes are small stand-ins, since
nobody measures reading with them.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from portal.accounts.models import User
from portal.accounts.queries import find_user_by_email
from portal.core.clock import LOCAL_ZONE
from portal.core.ids import new_id, next_number
from portal.indexing import mark_resources
from portal.library.models import (
    FileEntry,
    PageText,
    Reading,
    ReadingState,
    Resource,
    ResourceState,
    ResourceUse,
    Version,
    VersionPlace,
    VersionText,
)
from portal.library.vocabularies import FileRole, PlaceRelation
from portal.places.actions import LOCAL_SCHEME
from portal.places.models import PlaceCode
from portal.request import Services
from portal.sample.organisations import PEOPLE
from portal.sample.resources import SampleResource
from portal.sample.scale import scaled_resources, tiny_bytes
from portal.sample.seed_people import seed_people
from uploads.kinds import FileKind

Show = Callable[[int, int], None]
Rows = dict[type[SQLModel], list[dict[str, Any]]]
BATCH = 250
FIRST_OF_NAME = "scaled-"
# Parents before their children: the tables are filled in this order.
_TABLES = (Resource, Version, VersionText, VersionPlace, Reading, PageText, FileEntry, ResourceUse)
_ADDRESSES = {person.key: person.email for person in PEOPLE}


def seed_scale(services: Services, count: int, seed: int, progress: Show) -> int:
    """Make the first `count` resources of this seed as far as they are missing; return how many were made.

    They are marked for the index, which is filled by the worker or by `finish_work`.
    """
    with services.database.writing() as session:
        known = _Known(session)
    missing = (sample for sample in scaled_resources(count, seed) if sample.key not in known.keys)
    made = 0
    already = min(count, len(known.keys))
    progress(already, count)
    while already + made < count and (batch := list(islice(missing, BATCH))):
        _write(services, known, batch)
        made += len(batch)
        progress(already + made, count)
    return made


class _Known:
    """What the rows point at, looked up once."""

    def __init__(self, session: Session) -> None:
        self.organisations = {key: row.id for key, row in seed_people(session).items()}
        self.people: dict[str, UUID] = {}
        for key, email in _ADDRESSES.items():
            user = find_user_by_email(session, email)
            assert isinstance(user, User)
            self.people[key] = user.id
        codes = session.exec(select(PlaceCode).order_by(col(PlaceCode.scheme) != LOCAL_SCHEME))
        self.places: dict[str, UUID] = {}
        for code in codes:
            self.places.setdefault(code.code, code.place_id)
        names = session.exec(select(FileEntry.name).where(col(FileEntry.name).startswith(FIRST_OF_NAME)))
        self.keys = frozenset(name.removesuffix(".txt") for name in names)


def _write(services: Services, known: _Known, batch: Sequence[SampleResource]) -> None:
    stored = [_stored(services, sample) for sample in batch]
    with services.database.writing() as session:
        rows: Rows = {table: [] for table in _TABLES}
        for sample, (sha256, size_bytes) in zip(batch, stored, strict=True):
            number = next_number(session, "resource")
            for table, values in _rows(sample, known, number, sha256, size_bytes):
                rows[table].append(values)
        for table in _TABLES:
            session.execute(insert(table), rows[table])
        mark_resources(session, [values["id"] for values in rows[Resource]])


def _stored(services: Services, sample: SampleResource) -> tuple[str, int]:
    stored = services.files.save(
        io.BytesIO(tiny_bytes(sample.files[0])), services.settings.maximum_upload_bytes
    )
    return stored.sha256, stored.size_bytes


def _rows(
    sample: SampleResource, known: _Known, number: int, sha256: str, size_bytes: int
) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    moment = datetime.combine(sample.published_on, time(9, 0), LOCAL_ZONE)
    resource_id, version_id = new_id(), new_id()
    of_version = {"resource_id": resource_id, "version_id": version_id}
    yield (
        Resource,
        {
            "id": resource_id,
            "number": number,
            "organisation_id": known.organisations[sample.organisation],
            "created_by_id": known.people[sample.shared_by],
            "state": ResourceState.PUBLISHED,
            "visibility": sample.visibility,
            "files_visibility": sample.visibility,
            "current_version_id": version_id,
            "created_at": moment,
            "published_at": moment,
            "changed_at": moment,
        },
    )
    yield Version, _version(sample, moment) | {"id": version_id, "resource_id": resource_id}
    for position, (language, title) in enumerate(sample.titles.items()):
        text = {"language": language, "position": position, "title": title}
        yield VersionText, {**of_version, **text, "summary": sample.summaries.get(language, "")}
    for code in dict.fromkeys(sample.places):
        if place_id := known.places.get(code):
            yield VersionPlace, {**of_version, "place_id": place_id, "relation": PlaceRelation.ABOUT}
    yield from _file_rows(sample, of_version, sha256, size_bytes)
    uses = number % 97
    yield ResourceUse, {"resource_id": resource_id, "downloads": uses, "downloads_indexed": uses}


def _version(sample: SampleResource, moment: datetime) -> dict[str, Any]:
    return {
        "resource_type": sample.resource_type,
        "issued": sample.published_on.isoformat(),
        "licence": sample.licence,
        "authors": list(sample.authors),
        "languages": list(sample.languages),
        "policy_areas": list(sample.policy_areas),
        "sectors": list(sample.sectors),
        "audiences": list(sample.audiences),
        "proposed": [],
        "created_at": moment,
        "changed_at": moment,
        "published_at": moment,
    }


def _file_rows(
    sample: SampleResource, of_version: Mapping[str, UUID], sha256: str, size_bytes: int
) -> Iterable[tuple[type[SQLModel], dict[str, Any]]]:
    file = sample.files[0]
    yield (
        Reading,
        {
            "sha256": sha256,
            "kind": FileKind.TXT,
            "state": ReadingState.READ,
            "page_count": len(file.pages),
            "languages": [file.language],
            "properties": {},
        },
    )
    for number, page in enumerate(file.pages, start=1):
        yield PageText, {"sha256": sha256, "number": number, "text": page}
    yield (
        FileEntry,
        {
            **of_version,
            "id": new_id(),
            "name": file.name,
            "role": FileRole.MAIN,
            "language": file.language,
            "sha256": sha256,
            "size_bytes": size_bytes,
            "kind": FileKind.TXT,
            "media_type": FileKind.TXT.media_type,
        },
    )
