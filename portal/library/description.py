"""How a description's form becomes rows: fields, texts, places, access, and what publishing demands of them.

Each `change_...` answers with the names of what it changed. `unseen` are proposals the form did not show yet:
an empty field among them was not emptied by anybody.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal.accounts.models import Group, User
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, Invalid, refuse_all, require
from portal.library.inputs import DescribeInput
from portal.library.models import FileEntry, NamedReader, Resource, Version, VersionPlace, VersionText
from portal.library.queries import place_pairs, version_texts
from portal.library.vocabularies import Licence, PlaceRelation, Visibility
from portal.places.models import Place
from portal.places.queries import find_place

PLAIN_FIELDS = ("resource_type", "issued", "licence", "licence_note", "change_note")
LIST_FIELDS = ("authors", "languages", "policy_areas", "sectors", "audiences")


def change_fields(version: Version, data: DescribeInput, unseen: set[str]) -> set[str]:
    changes = set()
    for name in (*PLAIN_FIELDS, *LIST_FIELDS):
        value: Any = getattr(data, name)
        value = [str(item) for item in value] if name in LIST_FIELDS else value
        keeps_proposal = name in unseen and not value
        if value != getattr(version, name) and not keeps_proposal:
            setattr(version, name, value)
            changes.add(name)
    return changes


def change_texts(session: Session, version: Version, data: DescribeInput, unseen: set[str]) -> set[str]:
    stored = {text.language: text for text in version_texts(session, version)}
    changes: set[str] = set()
    for language in dict.fromkeys([*stored, *data.texts]):
        text = stored.get(language)
        if text is None:
            text = VersionText(
                version_id=version.id,
                resource_id=version.resource_id,
                language=language,
                position=len(stored),
            )
            stored[language] = text
            session.add(text)
        for name in ("title", "summary"):
            key, value = f"{name}_{language}", getattr(data, f"{name}_{language}")
            if value != getattr(text, name) and not (key in unseen and not value):
                setattr(text, name, value)
                changes.add(key)
        if not text.title and not text.summary:
            _forget(session, text)
    return changes


def _forget(session: Session, text: VersionText) -> None:
    if text in session.new:
        session.expunge(text)
    else:
        session.delete(text)


def change_places(session: Session, version: Version, data: DescribeInput, unseen: set[str]) -> set[str]:
    stored = session.exec(select(VersionPlace).where(VersionPlace.version_id == version.id)).all()
    before = set(place_pairs(stored))
    wanted = set(data.chosen_places)
    if "places" in unseen:
        wanted |= before
    if data.add_place:
        wanted.add((data.add_relation, _named_place(session, data.add_place)))
    known = set(session.exec(select(Place.id).where(col(Place.id).in_([key for _, key in wanted - before]))))
    for row in stored:
        if (PlaceRelation(row.relation), row.place_id) not in wanted:
            session.delete(row)
    added = [(relation, key) for relation, key in wanted - before if key in known]
    for relation, place_id in added:
        session.add(
            VersionPlace(
                version_id=version.id, resource_id=version.resource_id, place_id=place_id, relation=relation
            )
        )
    return {"places"} if added or before - wanted else set()


def _named_place(session: Session, text: str) -> UUID:
    place = find_place(session, text)
    if place is None:
        raise Invalid(
            N_(
                "No place, or more than one, is called “%(name)s”. Write its code, or choose it from the list."
            ),
            field="add_place",
            name=text,
        )
    return place.id


def change_access(session: Session, viewer: Viewer, resource: Resource, data: DescribeInput) -> set[str]:
    """Who may see record and files. Without a choice of their own, files are shown like the record.

    Files chosen to be shown more widely than the record are shown like it: less is the safe reading.
    """
    if data.visibility is None:
        return set()
    files_visibility = max(data.visibility, data.files_visibility or data.visibility, key=_width)
    has_group = Visibility.GROUP in (data.visibility, files_visibility)
    group = data.group if has_group else None
    if group != resource.group_id or has_group:
        require_group(session, viewer, Visibility.GROUP if has_group else data.visibility, group)
    changes = set()
    for name, value in (
        ("visibility", data.visibility),
        ("files_visibility", files_visibility),
        ("group_id", group),
    ):
        if getattr(resource, name) != value:
            setattr(resource, name, value)
            changes.add(name)
    if Visibility.NAMED in (data.visibility, files_visibility):
        changes |= _change_named_readers(session, resource, data.named_readers)
    return changes


def _width(visibility: Visibility) -> int:
    return visibility.width


def _change_named_readers(session: Session, resource: Resource, addresses: Iterable[str]) -> set[str]:
    wanted = {address.lower() for address in addresses}
    people = session.exec(
        select(User).where(col(User.email).in_(wanted), col(User.deleted_at).is_(None))
    ).all()
    unknown = wanted - {person.email for person in people}
    if unknown:
        raise Invalid(
            N_("Nobody here has the address %(addresses)s. Invite them first."),
            field="named_readers",
            addresses=", ".join(sorted(unknown)),
        )
    before = set(session.exec(select(NamedReader.user_id).where(NamedReader.resource_id == resource.id)))
    after = {person.id for person in people}
    session.execute(
        delete(NamedReader).where(
            col(NamedReader.resource_id) == resource.id, col(NamedReader.user_id).in_(before - after)
        )
    )
    session.add_all(NamedReader(resource_id=resource.id, user_id=user_id) for user_id in after - before)
    return {"named_readers"} if before != after else set()


def require_group(session: Session, viewer: Viewer, visibility: Visibility, group_id: UUID | None) -> None:
    if visibility != Visibility.GROUP:
        return
    known = group_id is not None and session.get(Group, group_id) is not None
    require(known and group_id in viewer.groups, Invalid(N_("Choose a group you belong to."), field="group"))


def require_complete(session: Session, resource: Resource, version: Version) -> None:
    """What a published version must have; everything that is missing is named, each beside its field."""
    titles = [text for text in version_texts(session, version) if text.title]
    has_file = session.exec(select(FileEntry.id).where(FileEntry.version_id == version.id).limit(1)).first()
    demands = (
        (titles, "title_en", N_("Give it a title in at least one language.")),
        (version.resource_type, "resource_type", N_("Say what type of resource it is.")),
        (has_file, "files", N_("Add at least one file.")),
        (
            version.licence != Licence.UNKNOWN or resource.files_visibility != Visibility.PUBLIC,
            "licence",
            N_("Public files need a licence: may others reuse them?"),
        ),
        (
            version.number == 1 or version.change_note,
            "change_note",
            N_("Say in a sentence what changed since the last version."),
        ),
    )
    refuse_all([Invalid(sentence, field=field) for is_met, field, sentence in demands if not is_met])
