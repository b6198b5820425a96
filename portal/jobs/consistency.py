"""Compares database, stored bytes and index with each other, both ways, and repairs what is safe to repair.

The portal may go on meanwhile: bytes younger than an hour may belong to an upload whose transaction has not
ended, and a resource with a stale mark is on its way to the index, so neither counts as a difference.
"""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, func, select

from portal.core.queue import Job, JobState, enqueue, retry
from portal.indexing import mark_resources
from portal.jobs.worker import index_once
from portal.library.models import (
    FileEntry,
    PageText,
    Reading,
    ReadingState,
    Resource,
    ResourceState,
)
from portal.request import Services
from search.engine import EngineUnavailable
from search.outbox import StaleMark
from uploads.storage import FileStore

Show = Callable[[int, int], None]
UNFINISHED_SECONDS = 3600
# How many ids one statement carries; databases limit the number of values.
CHUNK = 500


class Kind(StrEnum):
    """What can differ, in the order in which it is worth worrying about."""

    MISSING_BYTES = "file without its bytes"
    WRONG_BYTES = "bytes that are not what they were"
    MISSING_PREVIEW = "first-page picture without its bytes"
    FORGOTTEN_READING = "file that waits to be read and has no job"
    FAILED_JOB = "job that was given up"
    ORPHAN_BYTES = "bytes that no file needs"
    NOT_IN_INDEX = "published resource that cannot be found"
    WRONG_IN_INDEX = "resource of which the index knows too much or too little"
    ONLY_IN_INDEX = "index entry of something that is not published"
    NO_INDEX = "search engine that does not answer"


REPAIRABLE = frozenset(Kind) - {Kind.MISSING_BYTES, Kind.WRONG_BYTES, Kind.NO_INDEX}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be; `subject` is a SHA-256, or the id of a resource or job."""

    kind: Kind
    subject: str
    detail: str = ""

    @property
    def is_repairable(self) -> bool:
        return self.kind in REPAIRABLE


def find_differences(services: Services, show: Show) -> list[Difference]:
    """Everything that differs; reads every stored file once, telling how far it is."""
    return [
        *_differences_of_files(services, show),
        *_differences_of_jobs(services),
        *_differences_of_index(services),
    ]


def repair(services: Services, differences: Collection[Difference]) -> None:
    """Put right what can be put right without losing anything."""
    of_kind = {kind: [d.subject for d in differences if d.kind == kind] for kind in Kind}
    with services.database.writing() as session:
        _read_again(session, of_kind[Kind.MISSING_PREVIEW])
        for sha256 in of_kind[Kind.FORGOTTEN_READING]:
            enqueue(session, "read_file", sha256=sha256)
        for job_id in of_kind[Kind.FAILED_JOB]:
            retry(session, UUID(job_id))
        for kind in (Kind.NOT_IN_INDEX, Kind.WRONG_IN_INDEX, Kind.ONLY_IN_INDEX):
            mark_resources(session, [UUID(hex=group) for group in of_kind[kind]])
    if of_kind[Kind.ORPHAN_BYTES]:
        _remove_orphans(services)
    if any(of_kind[kind] for kind in (Kind.NOT_IN_INDEX, Kind.WRONG_IN_INDEX, Kind.ONLY_IN_INDEX)):
        while index_once(services):
            pass


def _differences_of_files(services: Services, show: Show) -> Iterator[Difference]:
    with services.database.reading() as session:
        names = dict(session.exec(select(FileEntry.sha256, FileEntry.name)).all())
        previews = set(session.exec(select(Reading.preview_sha256).where(Reading.preview_sha256 != "")))
    kept = {sha256: saved_at for sha256, _, saved_at in services.files.listing()}
    for sha256 in names.keys() - kept.keys():
        yield Difference(Kind.MISSING_BYTES, sha256, names[sha256])
    for sha256 in previews - names.keys() - kept.keys():
        yield Difference(Kind.MISSING_PREVIEW, sha256)
    wanted = previews | names.keys()
    for sha256 in _orphans(kept, wanted):
        yield Difference(Kind.ORPHAN_BYTES, sha256)
    for done, sha256 in enumerate(sorted(kept.keys() & wanted), start=1):
        show(done, len(kept.keys() & wanted))
        if not services.files.verify(sha256):
            kind = Kind.WRONG_BYTES if sha256 in names else Kind.MISSING_PREVIEW
            yield Difference(kind, sha256, names.get(sha256, ""))


def _orphans(kept: dict[str, float], wanted: Collection[str]) -> list[str]:
    latest = time.time() - UNFINISHED_SECONDS
    return [sha256 for sha256, saved_at in kept.items() if sha256 not in wanted and saved_at < latest]


def _differences_of_jobs(services: Services) -> Iterator[Difference]:
    with services.database.reading() as session:
        waiting = set(
            session.exec(
                select(Reading.sha256)
                .join(FileEntry, col(FileEntry.sha256) == col(Reading.sha256))
                .where(Reading.state == ReadingState.WAITING)
            )
        )
        jobs = session.exec(select(Job).where(Job.kind == "read_file")).all()
        failed = session.exec(select(Job).where(Job.state == JobState.FAILED)).all()
    for sha256 in waiting - {job.arguments["sha256"] for job in jobs}:
        yield Difference(Kind.FORGOTTEN_READING, sha256)
    for job in failed:
        yield Difference(Kind.FAILED_JOB, str(job.id), f"{job.kind}: {job.last_error}")


def _differences_of_index(services: Services) -> Iterator[Difference]:
    try:
        known = dict(services.search.groups())
    except EngineUnavailable as error:
        yield Difference(Kind.NO_INDEX, services.settings.search_url or "embedded index", str(error))
        return
    # Read after the index: what is published in between has a mark, and is left out.
    with services.database.reading() as session:
        expected = _expected_documents(session)
        references = dict(session.exec(select(Resource.id, Resource.number)).all())
        stale = set(session.exec(select(StaleMark.group_id)))
    for group in sorted((expected.keys() | known.keys()) - stale):
        detail = f"R-{references[UUID(hex=group)]:04d}" if UUID(hex=group) in references else ""
        if group not in known:
            yield Difference(Kind.NOT_IN_INDEX, group, detail)
        elif group not in expected:
            yield Difference(Kind.ONLY_IN_INDEX, group, detail)
        elif known[group] != expected[group]:
            detail = f"{detail}: {known[group]} parts instead of {expected[group]}"
            yield Difference(Kind.WRONG_IN_INDEX, group, detail)


def _expected_documents(session: Session) -> dict[str, int]:
    """How many documents the index should know of each published resource: its description and its pages."""
    is_published = col(Resource.state) == ResourceState.PUBLISHED
    published = session.exec(select(Resource.id).where(is_published)).all()
    pages = session.exec(
        select(Resource.id, func.count())
        .join(FileEntry, col(FileEntry.version_id) == col(Resource.current_version_id))
        .join(PageText, col(PageText.sha256) == col(FileEntry.sha256))
        .where(is_published)
        .group_by(col(Resource.id))
    ).all()
    counts = dict(pages)
    return {resource_id.hex: 1 + counts.get(resource_id, 0) for resource_id in published}


def _read_again(session: Session, previews: Collection[str]) -> None:
    """Let files be read once more whose picture is gone; reading makes it anew."""
    for start in range(0, len(previews), CHUNK):
        chosen = list(previews)[start : start + CHUNK]
        for reading in session.exec(select(Reading).where(col(Reading.preview_sha256).in_(chosen))):
            reading.state = ReadingState.WAITING
            reading.preview_sha256 = ""
            enqueue(session, "read_file", sha256=reading.sha256)


def _remove_orphans(services: Services) -> None:
    """Delete bytes that nothing needs, and what was read from files that nothing carries any more.

    Holds the lock for writing, so that no upload of the same bytes can end meanwhile; saving them again
    makes them young, and they are left alone.
    """
    with services.database.writing() as session:
        carried = select(FileEntry.sha256)
        for reading in session.exec(select(Reading).where(col(Reading.sha256).not_in(carried))).all():
            for page in session.exec(select(PageText).where(PageText.sha256 == reading.sha256)):
                session.delete(page)
            session.flush()
            session.delete(reading)
        session.flush()
        wanted = set(session.exec(carried)) | set(session.exec(select(Reading.preview_sha256)))
        _delete(services.files, wanted)


def _delete(files: FileStore, wanted: Collection[str]) -> None:
    kept = {sha256: saved_at for sha256, _, saved_at in files.listing()}
    for sha256 in _orphans(kept, wanted):
        files.delete(sha256)
