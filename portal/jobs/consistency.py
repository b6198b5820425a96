"""Compares database, stored bytes and index with each other, both ways, and repairs what is safe to repair.

The portal may go on meanwhile: bytes younger than an hour may belong to an upload whose transaction has not
ended, and a resource with a stale mark is on its way to the index, so neither counts as a difference.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from portal.core.queue import Job, JobState, enqueue, retry
from portal.exchange.models import ImportBatch
from portal.indexing import mark_resources
from portal.jobs.documents import load_documents, searchable_ids
from portal.jobs.rebuilding import complete_index
from portal.jobs.worker import lacking_in_new_index
from portal.library.models import (
    FileEntry,
    PageText,
    Reading,
    ReadingState,
    Resource,
    ResourceUse,
)
from portal.registry.models import Project
from portal.request import Services
from search.documents import digest_of
from search.engine import EngineUnavailable
from search.outbox import StaleMark
from uploads.storage import FileStore

Show = Callable[[int, int], None]
UNFINISHED_SECONDS = 3600
# How many ids one statement carries; databases limit the number of values.
CHUNK = 500
# How many resources are compared at once; a resource may have a thousand pages.
COMPARED_AT_ONCE = 50


class Kind(StrEnum):
    """What can differ, in the order in which it is worth worrying about."""

    MISSING_BYTES = "file without its bytes"
    WRONG_BYTES = "bytes that are not what they were"
    MISSING_PREVIEW = "first-page picture without its bytes"
    FORGOTTEN_READING = "file that waits to be read and has no job"
    FAILED_JOB = "job that was given up"
    ORPHAN_BYTES = "bytes that no file needs"
    STRAY = "file among the stored ones that is not Sala's"
    UNFILLED_INDEX = "new index that is not filled yet"
    NOT_IN_INDEX = "published record that cannot be found"
    WRONG_IN_INDEX = "record of which the index knows something else"
    ONLY_IN_INDEX = "index entry of something that is not published"
    NO_INDEX = "search engine that does not answer"


_OF_INDEX = frozenset({Kind.UNFILLED_INDEX, Kind.NOT_IN_INDEX, Kind.WRONG_IN_INDEX, Kind.ONLY_IN_INDEX})
REPAIRABLE = frozenset(Kind) - {Kind.MISSING_BYTES, Kind.WRONG_BYTES, Kind.STRAY, Kind.NO_INDEX}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be.

    `subject` is what a repair needs: a SHA-256, the id of a resource or job, or a path; `detail` is for people.
    """

    kind: Kind
    subject: str
    detail: str = ""

    @property
    def is_repairable(self) -> bool:
        return self.kind in REPAIRABLE


def find_differences(services: Services, show: Show) -> list[Difference]:
    """Everything that differs; reads every stored file once, telling how far it is."""
    return [
        *differences_of_files(services, show),
        *differences_of_jobs(services),
        *differences_of_index(services, show),
    ]


def repair(services: Services, differences: Collection[Difference], show: Show) -> None:
    """Put right what can be put right without losing anything; tells how far filling the index is."""
    of_kind = {kind: [d.subject for d in differences if d.kind == kind] for kind in Kind}
    with services.database.writing() as session:
        _read_again(session, of_kind[Kind.MISSING_PREVIEW])
        for sha256 in of_kind[Kind.FORGOTTEN_READING]:
            enqueue(session, "read_file", sha256=sha256)
        for job_id in of_kind[Kind.FAILED_JOB]:
            retry(session, UUID(job_id))
        for kind in _OF_INDEX - {Kind.UNFILLED_INDEX}:
            mark_resources(session, [UUID(hex=group) for group in of_kind[kind]])
    if of_kind[Kind.ORPHAN_BYTES]:
        _remove_orphans(services)
    if any(of_kind[kind] for kind in _OF_INDEX):
        complete_index(services, show)


def differences_of_files(services: Services, show: Show) -> Iterator[Difference]:
    """Files and pictures of the database beside the bytes that are kept; reads all of them."""
    with services.database.reading() as session:
        names = _names_of_files(session)
        pictures = _names_of_pictures(session, names)
        names = {**names, **_names_of_imports(session)}
    wanted = {**pictures, **names}
    kept = {sha256: saved_at for sha256, _, saved_at in services.files.listing()}
    for sha256 in wanted.keys() - kept.keys():
        kind = Kind.MISSING_BYTES if sha256 in names else Kind.MISSING_PREVIEW
        yield Difference(kind, sha256, wanted[sha256])
    for sha256 in _orphans(kept, wanted):
        yield Difference(Kind.ORPHAN_BYTES, sha256)
    for name in services.files.strays():
        yield Difference(Kind.STRAY, name)
    there = sorted(kept.keys() & wanted)
    for done, sha256 in enumerate(there, start=1):
        show(done, len(there))
        if not services.files.verify(sha256):
            kind = Kind.WRONG_BYTES if sha256 in names else Kind.MISSING_PREVIEW
            yield Difference(kind, sha256, wanted[sha256])


def _names_of_files(session: Session) -> dict[str, str]:
    """For people, what each SHA-256 is: the references and names of all files that carry it."""
    carriers: defaultdict[str, dict[str, None]] = defaultdict(dict)
    statement = (
        select(FileEntry.sha256, FileEntry.name, Resource)
        .join(Resource, col(Resource.id) == col(FileEntry.resource_id))
        .order_by(col(Resource.number), col(FileEntry.name))
    )
    for sha256, name, resource in session.exec(statement):
        carriers[sha256][f"{resource.reference} {name}"] = None
    return {sha256: ", ".join(names) for sha256, names in carriers.items()}


def _names_of_imports(session: Session) -> dict[str, str]:
    """The same for workbooks that were handed in; they are kept, but never read for the index."""
    statement = select(ImportBatch.sha256, ImportBatch.number, ImportBatch.file_name)
    return {
        sha256: f"I-{number:04d} {name}"
        for sha256, number, name in session.exec(statement.order_by(col(ImportBatch.number)))
    }


def _names_of_pictures(session: Session, names: Mapping[str, str]) -> dict[str, str]:
    """The same for first-page pictures, by the files that they show."""
    statement = select(Reading.preview_sha256, Reading.sha256).where(Reading.preview_sha256 != "")
    return {picture: names.get(sha256, "") for picture, sha256 in session.exec(statement)}


def _orphans(kept: dict[str, float], wanted: Collection[str]) -> list[str]:
    latest = time.time() - UNFINISHED_SECONDS
    return [sha256 for sha256, saved_at in kept.items() if sha256 not in wanted and saved_at < latest]


def differences_of_jobs(services: Services) -> Iterator[Difference]:
    """Work that nobody will do any more."""
    with services.database.reading() as session:
        names = _names_of_files(session)
        waiting = set(session.exec(select(Reading.sha256).where(Reading.state == ReadingState.WAITING)))
        jobs = session.exec(select(Job).where(Job.kind == "read_file")).all()
        failed = session.exec(select(Job).where(Job.state == JobState.FAILED)).all()
    for sha256 in (waiting & names.keys()) - {job.arguments["sha256"] for job in jobs}:
        yield Difference(Kind.FORGOTTEN_READING, sha256, names[sha256])
    for job in failed:
        name = names.get(str(job.arguments.get("sha256")), "")
        yield Difference(Kind.FAILED_JOB, str(job.id), f"{job.kind} {name}: {job.last_error}")


def differences_of_index(services: Services, show: Show) -> Iterator[Difference]:
    """What each published resource should be found by, beside what the engine knows of it, both ways."""
    try:
        found = _compare_index(services, None, show)
        if found:
            # The worker may have carried some between the reading of the index and of the database: what
            # really differs still does.
            groups = [difference.subject for difference in found]
            found = _compare_index(services, groups, lambda done, total: None)
        lacking = len(lacking_in_new_index(services))
    except EngineUnavailable as error:
        yield Difference(Kind.NO_INDEX, services.settings.search_url or "embedded index", str(error))
        return
    if lacking:
        yield Difference(Kind.UNFILLED_INDEX, "", f"lacks {lacking} published records")
    yield from found


def _compare_index(services: Services, groups: Sequence[str] | None, show: Show) -> list[Difference]:
    """Compare these groups, or everything that either side knows."""
    known = dict(services.search.groups())
    if groups is None:
        with services.database.reading() as session:
            groups = sorted({resource_id.hex for resource_id in searchable_ids(session)} | known.keys())
    found: list[Difference] = []
    for start in range(0, len(groups), COMPARED_AT_ONCE):
        chosen = groups[start : start + COMPARED_AT_ONCE]
        # Read after the index: what changes in between has a mark, and is left out.
        with services.database.reading() as session:
            found.extend(_compare_groups(session, chosen, known))
        show(start + len(chosen), len(groups))
    return found


def _compare_groups(
    session: Session, groups: Sequence[str], known: Mapping[str, str]
) -> Iterator[Difference]:
    settled = sorted(set(groups) - _on_their_way(session, groups))
    expected = load_documents(session, settled)
    references = _references(session, settled)
    for group in settled:
        detail = references.get(group, "")
        if expected[group] and group not in known:
            yield Difference(Kind.NOT_IN_INDEX, group, detail)
        elif group in known and not expected[group]:
            yield Difference(Kind.ONLY_IN_INDEX, group, detail)
        elif group in known and known[group] != digest_of(expected[group]):
            yield Difference(Kind.WRONG_IN_INDEX, group, detail)


def _on_their_way(session: Session, groups: Sequence[str]) -> set[str]:
    """Those that are marked stale, and those whose downloads are told to the index within the hour."""
    marked = session.exec(select(StaleMark.group_id).where(col(StaleMark.group_id).in_(groups)))
    used = session.exec(
        select(ResourceUse.resource_id).where(
            col(ResourceUse.resource_id).in_([UUID(hex=group) for group in groups]),
            ResourceUse.downloads != ResourceUse.downloads_indexed,
        )
    )
    return {*marked, *(resource_id.hex for resource_id in used)}


def _references(session: Session, groups: Sequence[str]) -> dict[str, str]:
    ids = [UUID(hex=group) for group in groups]
    resources = session.exec(select(Resource).where(col(Resource.id).in_(ids)))
    projects = session.exec(select(Project).where(col(Project.id).in_(ids)))
    return {record.id.hex: record.reference for record in [*resources, *projects]}


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
        wanted |= set(session.exec(select(ImportBatch.sha256)))
        _delete(services.files, wanted)


def _delete(files: FileStore, wanted: Collection[str]) -> None:
    kept = {sha256: saved_at for sha256, _, saved_at in files.listing()}
    for sha256 in _orphans(kept, wanted):
        files.delete(sha256)
