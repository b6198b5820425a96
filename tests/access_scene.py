"""One resource for every pair of visibilities, and one person for every way of belonging.

Policy, SQL, search and pages are compared on it: whatever they say of a viewer and a resource is the same.
"""

import io
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, select

from portal.accounts.models import Role, User
from portal.accounts.viewer import Viewer
from portal.library.file_actions import record_reading
from portal.library.models import FileEntry, Resource
from portal.library.policy import may_see_files, may_see_record
from portal.library.vocabularies import Visibility
from tests.factories import Factory
from uploads.reading import PageText, Reading, ReadingStatus
from uploads.storage import FileStore

# Far enough from each other that no forgiving search takes one for another.
TITLE_WORDS = (
    "umbrella",
    "giraffe",
    "lantern",
    "bicycle",
    "mountain",
    "festival",
    "kitchen",
    "harvest",
    "concert",
    "village",
    "railway",
    "orchard",
    "thunder",
    "whisper",
    "diamond",
)
PAGE_WORDS = tuple(f"{word[::-1]}zz" for word in TITLE_WORDS)
# Stands in every title; stands on every page.
EVERY_TITLE, EVERY_PAGE = "lighthouse", "harbour"
PAIRS = [(record, files) for record in Visibility for files in Visibility if files.width >= record.width]
VIEWERS = (
    "public",
    "nobody's",
    "other organisation",
    "unverified organisation",
    "own viewer",
    "own contributor",
    "own editor",
    "group member",
    "named person",
    "donor",
    "coordinator",
    "administrator",
)


@dataclass(frozen=True)
class Guarded:
    """A resource of the scene with what it is recognised by."""

    reference: str
    resource_id: UUID
    file_id: UUID
    record: Visibility
    files: Visibility
    title_word: str
    page_word: str


@dataclass(frozen=True)
class AccessScene:
    resources: list[Guarded]
    people: dict[str, User | None]

    def opened(self, session: Session, viewer: Viewer) -> tuple[set[str], set[str]]:
        """What policy says: references whose record, and whose files, this viewer may see."""
        named = [self.people["named person"].id]  # type: ignore[union-attr]
        records, files = set(), set()
        for guarded in self.resources:
            resource = session.exec(select(Resource).where(Resource.id == guarded.resource_id)).one()
            readers = named if Visibility.NAMED in (guarded.record, guarded.files) else []
            if may_see_record(viewer, resource, readers):
                records.add(guarded.reference)
            if may_see_files(viewer, resource, readers):
                files.add(guarded.reference)
        return records, files


def build_access_scene(make: Factory, store: FileStore) -> AccessScene:
    owner = make.organisation("Owner")
    friend = make.organisation("Friend")
    editor = make.member(owner, Role.EDITOR)
    group = make.group("Working group", owner, friend)
    people: dict[str, User | None] = {
        "public": None,
        "nobody's": make.user(),
        "other organisation": make.member(make.organisation("Other"), Role.ADMIN),
        "unverified organisation": make.member(make.organisation("New", is_verified=False), Role.ADMIN),
        "own viewer": make.member(owner, Role.VIEWER),
        "own contributor": make.member(owner, Role.CONTRIBUTOR),
        "own editor": editor,
        "group member": make.member(friend, Role.VIEWER),
        "named person": make.user(),
        "donor": make.user(is_donor=True),
        "coordinator": make.user(is_coordinator=True),
        "administrator": make.user(is_administrator=True),
    }
    resources = [
        _guarded(make, store, editor, owner, group.id, people["named person"], number, record, files)
        for number, (record, files) in enumerate(PAIRS)
    ]
    return AccessScene(resources, people)


def _guarded(make, store, editor, owner, group_id, named, number, record, files) -> Guarded:  # type: ignore[no-untyped-def]
    title_word, page_word = TITLE_WORDS[number], PAGE_WORDS[number]
    resource = make.resource(
        store,
        editor,
        owner,
        title=f"{EVERY_TITLE} {title_word}",
        files=[(f"{title_word}.txt", page_word.encode())],
        visibility=record,
        files_visibility=files,
        group=group_id if Visibility.GROUP in (record, files) else None,
        named_readers=named.email,
    )
    entry = make.session.exec(select(FileEntry).where(FileEntry.resource_id == resource.id)).one()
    preview = store.save(io.BytesIO(f"picture {number}".encode()), 1000).sha256
    reading = Reading(
        status=ReadingStatus.READ,
        page_count=1,
        pages=[PageText(1, f"{EVERY_PAGE} {page_word}")],
    )
    record_reading(make.session, entry.sha256, reading, preview)
    return Guarded(resource.reference, resource.id, entry.id, record, files, title_word, page_word)
