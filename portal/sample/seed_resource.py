"""Shares one sample resource as its people would: files, description, publication, later versions, withdrawal."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation, Role
from portal.accounts.queries import find_user_by_email, viewer_of_user
from portal.accounts.viewer import Viewer
from portal.core.audit import AuditEvent
from portal.core.clock import LOCAL_ZONE, today
from portal.library import actions, file_actions
from portal.library.file_actions import ReceivedFile
from portal.library.inputs import DescribeInput, FileInput, ShareInput, WithdrawInput
from portal.library.models import FileEntry, Resource, ResourceUse, Version
from portal.library.vocabularies import PlaceRelation, Visibility, WithdrawalReason
from portal.places.queries import find_place
from portal.sample.organisations import PEOPLE
from portal.sample.resources import SampleFile, SampleResource
from portal.sample.seed_people import admin_of

PUBLISHING_HOUR = time(9, 0)
BETWEEN_VERSIONS = timedelta(days=300)
MOST_DOWNLOADS = 400
_ADDRESSES = {person.key: person.email for person in PEOPLE}


def share_sample(
    session: Session,
    sample: SampleResource,
    organisation: Organisation,
    received: Sequence[Sequence[ReceivedFile]],
    references: Mapping[str, str],
) -> Resource:
    """Make the resource with all its versions; `received` holds the stored files of each of them."""
    author = _viewer(session, _ADDRESSES[sample.shared_by])
    entered = ShareInput(organisation=organisation.id, visibility=Visibility(sample.visibility))
    resource = actions.share(session, author, entered, received[0])
    version = session.exec(select(Version).where(Version.resource_id == resource.id)).one()
    _name_files(session, author, resource, version, sample.files)
    _describe(session, author, resource, version, sample)
    if sample.state == "draft":
        return resource
    editor = author if author.has_role(organisation.id, Role.EDITOR) else _admin(session, organisation)
    actions.publish(session, editor, resource, version)
    _move_to(session, resource, version, sample.published_on)
    for later, files in zip(sample.later_versions, received[1:], strict=True):
        issued = min(sample.published_on + BETWEEN_VERSIONS * (later.number - 1), today())
        _renew(session, editor, resource, sample, later.change_note, (later.files, files), issued)
    _count_uses(session, resource, sample.key)
    if sample.state == "withdrawn":
        _withdraw(session, editor, resource, sample, references)
    return resource


def _viewer(session: Session, email: str) -> Viewer:
    user = find_user_by_email(session, email)
    if user is None:
        raise LookupError(f"Nobody of the sample library has the address {email}.")
    return viewer_of_user(session, user)


def _admin(session: Session, organisation: Organisation) -> Viewer:
    return viewer_of_user(session, admin_of(session, organisation))


def _name_files(
    session: Session, viewer: Viewer, resource: Resource, version: Version, files: Sequence[SampleFile]
) -> None:
    """Say what each file is; the entries stand in the order in which they were received."""
    entries = session.exec(
        select(FileEntry).where(FileEntry.version_id == version.id).order_by(col(FileEntry.position))
    ).all()
    for entry, file in zip(entries, files, strict=True):
        entered = FileInput.model_validate({"role": file.role, "language": file.language})
        file_actions.change_file(session, viewer, resource, version, entry.id, entered)


def _describe(
    session: Session,
    viewer: Viewer,
    resource: Resource,
    version: Version,
    sample: SampleResource,
    **later: str,
) -> None:
    texts = {f"title_{language}": title for language, title in sample.titles.items()}
    texts.update({f"summary_{language}": summary for language, summary in sample.summaries.items()})
    entered = DescribeInput.model_validate(
        {
            "revision": version.revision,
            "resource_type": sample.resource_type,
            "issued": sample.published_on.isoformat(),
            "licence": sample.licence,
            "authors": list(sample.authors),
            "languages": list(sample.languages),
            "policy_areas": list(sample.policy_areas),
            "sectors": list(sample.sectors),
            "audiences": list(sample.audiences),
            "places": _places(session, sample),
            "visibility": sample.visibility,
            # Nothing is left to the proposals: what the text file leaves out is meant to be empty.
            "shown_proposals": version.proposed,
            **texts,
            **later,
        }
    )
    actions.describe(session, viewer, resource, version, entered)


def _places(session: Session, sample: SampleResource) -> list[str]:
    found = [(code, find_place(session, code)) for code in sample.places]
    if unknown := [code for code, place in found if place is None]:
        raise LookupError(f"{sample.key}: no place has the code {unknown[0]}.")
    return [f"{PlaceRelation.ABOUT}:{place.id}" for _, place in found if place]


def _renew(
    session: Session,
    viewer: Viewer,
    resource: Resource,
    sample: SampleResource,
    note: str,
    files: tuple[Sequence[SampleFile], Sequence[ReceivedFile]],
    issued: date,
) -> None:
    version = actions.start_version(session, viewer, resource)
    session.flush()
    for entry in session.exec(select(FileEntry).where(FileEntry.version_id == version.id)).all():
        file_actions.remove_file(session, viewer, resource, version, entry.id)
    session.flush()
    file_actions.add_files(session, viewer, resource, version, files[1])
    _name_files(session, viewer, resource, version, files[0])
    _describe(session, viewer, resource, version, sample, change_note=note, issued=issued.isoformat())
    actions.publish(session, viewer, resource, version)
    _move_to(session, resource, version, issued)


def _move_to(session: Session, resource: Resource, version: Version, day: date) -> None:
    """Let a publication have happened on that day, so that lists by date show something."""
    session.flush()
    moment = datetime.combine(day, PUBLISHING_HOUR, LOCAL_ZONE)
    earlier = [other for other in (resource.published_at,) if version.number > 1 and other]
    resource.published_at = min([moment, *earlier])
    resource.created_at = min(resource.created_at, moment)
    resource.changed_at = version.created_at = version.changed_at = version.published_at = moment
    for event in session.exec(select(AuditEvent).where(AuditEvent.subject_id == resource.id)):
        event.at = min(event.at, moment)


def _count_uses(session: Session, resource: Resource, key: str) -> None:
    session.flush()
    uses = session.get_one(ResourceUse, resource.id)
    # The same for every installation, so that what is used most is the same in the tests.
    uses.downloads = uses.downloads_indexed = random.Random(key).randrange(MOST_DOWNLOADS)  # noqa: S311


def _withdraw(
    session: Session,
    viewer: Viewer,
    resource: Resource,
    sample: SampleResource,
    references: Mapping[str, str],
) -> None:
    entered = WithdrawInput(
        reason=WithdrawalReason(sample.withdrawal_reason),
        note=sample.withdrawal_note,
        successor=references.get(sample.successor or "", ""),
    )
    actions.withdraw(session, viewer, resource, entered)
