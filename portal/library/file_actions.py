"""What happens to files: they come in, change their role, leave a draft, are read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete, func, insert
from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Forbidden, Invalid, NotFound, require
from portal.core.queue import enqueue
from portal.library.inputs import FileInput
from portal.library.models import (
    FileEntry,
    FileRefusal,
    PageText,
    Reading,
    ReadingState,
    Resource,
    Version,
    VersionPlace,
    VersionText,
)
from portal.library.policy import may_edit
from portal.library.proposals import Proposal, ReadFile, propose
from portal.library.queries import version_texts
from portal.library.vocabularies import FileRole, Licence, PlaceRelation
from portal.places.queries import HOME_COUNTRY, all_spellings, provinces
from uploads import reading as read
from uploads.kinds import FileKind, NameReason, check_name, fitting_name, settled_kind, sniff
from uploads.names import safe_name
from uploads.storage import FileStore, TooLarge
from uploads.titles import propose_title

MAXIMUM_FILES = 200
# Enough of a document to propose a title, a summary, places and areas from.
OPENING_PAGES = 3
OPENING_CHARACTERS = 6000

EMPTY_FILE = N_("The file is empty: it has no content at all.")
DANGEROUS_FILE = N_("This is a program or script, and those are not taken.")
WRONG_EXTENSION = N_(
    "The content of this file is not what its name says. Rename it if it is right, or save it again."
)
FILE_TOO_LARGE = N_("This file is larger than this portal takes.")
REFUSALS = {
    NameReason.EMPTY: EMPTY_FILE,
    NameReason.DANGEROUS: DANGEROUS_FILE,
    NameReason.WRONG_EXTENSION: WRONG_EXTENSION,
}


@dataclass(frozen=True)
class ReceivedFile:
    """A file whose bytes are stored and whose kind is known."""

    name: str
    sha256: str
    size_bytes: int
    kind: FileKind


@dataclass(frozen=True)
class Refused:
    """A file that was not taken, and the marked sentence that says why."""

    name: str
    reason: str


def receive(store: FileStore, name: str, stream: BinaryIO, max_bytes: int) -> ReceivedFile:
    """Store the bytes of one file under a safe name; Invalid, and nothing kept, when it cannot be taken."""
    kind = settled_kind(sniff(stream), name)
    stream.seek(0, 2)
    size_bytes = stream.tell()
    stream.seek(0)
    if problem := check_name(name, kind, size_bytes):
        raise Invalid(REFUSALS[problem.reason])
    try:
        stored = store.save(stream, max_bytes)
    except TooLarge as error:
        raise Invalid(FILE_TOO_LARGE) from error
    return ReceivedFile(fitting_name(name, kind), stored.sha256, stored.size_bytes, kind)


def receive_all(
    store: FileStore, files: Iterable[tuple[str, BinaryIO]], max_bytes: int
) -> tuple[list[ReceivedFile], list[Refused]]:
    """Store what can be taken; one bad file does not stop the others."""
    received, refused = [], []
    for name, stream in files:
        try:
            received.append(receive(store, name, stream, max_bytes))
        except Invalid as error:
            refused.append(Refused(safe_name(name), error.message))
    return received, refused


def add_files(
    session: Session,
    viewer: Viewer,
    resource: Resource,
    version: Version,
    received: Sequence[ReceivedFile],
    refused: Sequence[Refused] = (),
) -> list[FileEntry]:
    """Add files to an unpublished version and ask for them to be read."""
    require(may_edit(viewer, resource), Forbidden(N_("You may not change this.")))
    _require_unpublished(version)
    count = session.exec(select(func.count()).where(FileEntry.version_id == version.id)).one()
    require(
        count + len(received) <= MAXIMUM_FILES,
        Invalid(N_("One item holds at most %(count)s files."), field="files", count=MAXIMUM_FILES),
    )
    entries = []
    for position, file in enumerate(received, start=count):
        _expect_reading(session, file)
        entry = FileEntry(
            version_id=version.id,
            resource_id=resource.id,
            position=position,
            name=file.name,
            role=FileRole.MAIN if position == 0 else FileRole.ANNEX,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            kind=file.kind,
            media_type=file.kind.media_type,
        )
        session.add(entry)
        entries.append(entry)
    session.add_all(FileRefusal(version_id=version.id, name=f.name, reason=f.reason) for f in refused)
    if received:
        record(
            session,
            viewer.actor,
            "add_files",
            ("resource", resource.id),
            organisation_id=resource.organisation_id,
            files=[file.name for file in received],
        )
    session.flush()
    fill_proposals(session, version)
    return entries


def change_file(
    session: Session, viewer: Viewer, resource: Resource, version: Version, file_id: UUID, data: FileInput
) -> FileEntry:
    """Say what a file is within its kit, and in which language."""
    entry = _get_entry(session, viewer, resource, version, file_id)
    language = data.language or ""
    if (entry.role, entry.language) != (data.role, language):
        entry.role, entry.language = data.role, language
        record(
            session,
            viewer.actor,
            "change_file",
            ("resource", resource.id),
            organisation_id=resource.organisation_id,
            files=[entry.name],
            role=data.role,
        )
    return entry


def remove_file(
    session: Session, viewer: Viewer, resource: Resource, version: Version, file_id: UUID
) -> None:
    """Take a file out of an unpublished version; its bytes go when nothing needs them any more."""
    _require_unpublished(version)
    entry = _get_entry(session, viewer, resource, version, file_id)
    session.delete(entry)
    record(
        session,
        viewer.actor,
        "remove_file",
        ("resource", resource.id),
        organisation_id=resource.organisation_id,
        files=[entry.name],
    )


def dismiss_refusals(session: Session, viewer: Viewer, resource: Resource, version: Version) -> None:
    require(may_edit(viewer, resource), Forbidden(N_("You may not change this.")))
    session.execute(delete(FileRefusal).where(col(FileRefusal.version_id) == version.id))


def record_reading(session: Session, sha256: str, result: read.Reading, preview_sha256: str) -> None:
    """Keep what reading the bytes gave; doing it twice gives the same rows."""
    row = session.get(Reading, sha256)
    if row is None:
        return
    row.state = ReadingState(result.status.value)
    row.problem = result.problem or ""
    row.unit = result.unit
    row.page_count = result.page_count or len(result.pages)
    row.languages = list(result.languages)
    row.properties = {
        "title": result.properties.title,
        "author": result.properties.author,
        "date": result.properties.date,
    }
    row.preview_sha256 = preview_sha256
    row.read_at = now()
    session.execute(delete(PageText).where(col(PageText.sha256) == sha256))
    if result.pages:
        session.execute(
            insert(PageText),
            [{"sha256": sha256, "number": page.number, "text": page.text} for page in result.pages],
        )
    session.flush()
    waiting = session.exec(
        select(Version)
        .join(FileEntry, col(FileEntry.version_id) == col(Version.id))
        .where(FileEntry.sha256 == sha256, col(Version.published_at).is_(None))
    ).unique()
    for version in waiting.all():
        fill_proposals(session, version)


def fill_proposals(session: Session, version: Version) -> None:
    """Put proposals into fields that are empty or still hold an earlier proposal.

    The revision stays: a form that is open somewhere can still be saved (see `actions.describe`).
    """
    if version.is_published:
        return
    files = _read_files(session, version)
    if not files:
        return
    names = all_spellings(session, [place.id for place in provinces(session, HOME_COUNTRY)])
    proposal = propose(files, names)
    proposed = set(version.proposed)
    for name, value in _values(proposal).items():
        if value and (name in proposed or not getattr(version, name)):
            setattr(version, name, value)
            proposed.add(name)
    if version.licence == Licence.UNKNOWN:
        version.licence = Licence.ORG_PERMISSION
        proposed.add("licence")
    proposed |= _propose_texts(session, version, proposal, proposed)
    proposed |= _propose_places(session, version, proposal, proposed)
    version.proposed = sorted(proposed)


def _values(proposal: Proposal) -> dict[str, object]:
    return {
        "resource_type": proposal.resource_type,
        "issued": proposal.issued,
        "authors": list(proposal.authors),
        "languages": list(proposal.languages),
        "policy_areas": list(proposal.policy_areas),
    }


def _propose_texts(
    session: Session, version: Version, proposal: Proposal, proposed: Collection[str]
) -> set[str]:
    texts = {text.language: text for text in version_texts(session, version)}
    added: set[str] = set()
    for language in dict.fromkeys([*proposal.titles, *proposal.summaries]):
        text = texts.get(language)
        if text is None:
            text = VersionText(
                version_id=version.id,
                resource_id=version.resource_id,
                language=language,
                position=len(texts),
            )
            session.add(text)
            texts[language] = text
        for name, values in (("title", proposal.titles), ("summary", proposal.summaries)):
            key = f"{name}_{language}"
            if values.get(language) and (key in proposed or not getattr(text, name)):
                setattr(text, name, values[language])
                added.add(key)
    return added


def _propose_places(
    session: Session, version: Version, proposal: Proposal, proposed: Collection[str]
) -> set[str]:
    present = session.exec(select(VersionPlace).where(VersionPlace.version_id == version.id)).all()
    if not proposal.places or (present and "places" not in proposed):
        return set()
    known = {place.place_id for place in present}
    for place_id in proposal.places:
        if place_id not in known:
            session.add(
                VersionPlace(
                    version_id=version.id,
                    resource_id=version.resource_id,
                    place_id=place_id,
                    relation=PlaceRelation.ABOUT,
                )
            )
    return {"places"}


def _read_files(session: Session, version: Version) -> list[ReadFile]:
    rows = session.exec(
        select(FileEntry, Reading)
        .join(Reading, col(Reading.sha256) == col(FileEntry.sha256))
        .where(FileEntry.version_id == version.id, Reading.state != ReadingState.WAITING)
        .order_by(col(FileEntry.position), col(FileEntry.id))
    ).all()
    openings = _openings(session, [reading.sha256 for _, reading in rows])
    return [_read_file(entry, reading, openings.get(reading.sha256, [])) for entry, reading in rows]


def _read_file(entry: FileEntry, reading: Reading, pages: Sequence[PageText]) -> ReadFile:
    said: Mapping[str, str | None] = reading.properties
    first = [read.PageText(page.number, page.text) for page in pages]
    return ReadFile(
        name=entry.name,
        title=propose_title(first, read.Properties(title=said.get("title")), entry.name),
        languages=reading.languages,
        issued=(said.get("date") or "")[:10],
        authors=[author] if (author := said.get("author")) else [],
        opening="\n".join(page.text for page in pages)[:OPENING_CHARACTERS],
    )


def _openings(session: Session, digests: Collection[str]) -> dict[str, list[PageText]]:
    openings: dict[str, list[PageText]] = {}
    statement = select(PageText).where(
        col(PageText.sha256).in_(digests), col(PageText.number) <= OPENING_PAGES
    )
    for page in session.exec(statement.order_by(col(PageText.sha256), col(PageText.number))):
        openings.setdefault(page.sha256, []).append(page)
    return openings


def _expect_reading(session: Session, file: ReceivedFile) -> None:
    if session.get(Reading, file.sha256) is None:
        session.add(Reading(sha256=file.sha256, kind=file.kind))
        session.flush()
        enqueue(session, "read_file", sha256=file.sha256)


def _require_unpublished(version: Version) -> None:
    require(
        not version.is_published,
        Conflict(N_("The files of a published version stay as they are. Start a new version instead.")),
    )


def _get_entry(
    session: Session, viewer: Viewer, resource: Resource, version: Version, file_id: UUID
) -> FileEntry:
    require(may_edit(viewer, resource), Forbidden(N_("You may not change this.")))
    entry = session.get(FileEntry, file_id)
    if entry is None or entry.version_id != version.id:
        raise NotFound(N_("There is no such file in this version."))
    return entry
