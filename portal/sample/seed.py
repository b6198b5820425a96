"""Fills a portal with the sample library through the same actions that people use.

Each resource is one transaction, and what is there already is left alone: a seeding that was stopped goes on
where it was. Reading the files and filling the index is the worker's code, run here to its end.
"""

import io
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from uuid import UUID

from sqlmodel import col, func, select

from portal.accounts.models import Organisation
from portal.core.queue import Job, JobState
from portal.jobs.comparing import compare_once
from portal.jobs.rebuilding import carry_marks
from portal.jobs.worker import work_once
from portal.library.file_actions import ReceivedFile, receive
from portal.library.models import Resource, VersionText
from portal.request import Services
from portal.sample.loading import sample_resources
from portal.sample.resources import SampleFile, SampleResource, file_bytes
from portal.sample.seed_people import seed_people
from portal.sample.seed_resource import share_sample
from search.outbox import count_marks

Show = Callable[[int, int], None]


def show_nothing(done: int, total: int) -> None:
    """For callers that wait without looking."""


def seed_sample(
    services: Services, only: Collection[str] | None = None, progress: Show = show_nothing
) -> dict[str, str]:
    """Share the sample resources, or `only` those of these keys; return the reference of each key.

    Makes the organisations and people first, and needs the places. Nothing is read or indexed yet: see
    `finish_work`.
    """
    with services.database.writing() as session:
        organisations = {key: row.id for key, row in seed_people(session).items()}
    chosen = [sample for sample in sample_resources() if only is None or sample.key in only]
    # A successor has to be there before it is named.
    chosen.sort(key=lambda sample: sample.successor is not None)
    references: dict[str, str] = {}
    for done, sample in enumerate(chosen):
        progress(done, len(chosen))
        organisation_id = organisations[sample.organisation]
        references[sample.key] = _find_shared(services, organisation_id, sample) or _share(
            services, organisation_id, sample, references
        )
    progress(len(chosen), len(chosen))
    return references


def finish_work(services: Services, progress: Show = show_nothing) -> None:
    """Do everything here that is due for the worker: read files, send mails, fill the index."""
    with services.database.reading() as session:
        jobs = session.exec(select(func.count()).where(Job.state != JobState.FAILED)).one()
        total = jobs + count_marks(session)
    done = 0
    progress(done, total)
    while work_once(services):
        done += 1
        progress(done, max(done, total))
    # What was found is told by mail, which is work again.
    while compare_once(services) or work_once(services):
        done += 1
    carry_marks(services, lambda carried, marks: progress(done + carried, done + marks))


def _find_shared(services: Services, organisation_id: UUID, sample: SampleResource) -> str | None:
    statement = (
        select(Resource)
        .join(VersionText, col(VersionText.resource_id) == col(Resource.id))
        .where(Resource.organisation_id == organisation_id)
        .where(col(VersionText.title).in_(sample.titles.values()))
    )
    with services.database.reading() as session:
        row = session.exec(statement).first()
    return row.reference if row else None


def _share(
    services: Services, organisation_id: UUID, sample: SampleResource, references: dict[str, str]
) -> str:
    # Writing files takes long, so it is done before the transaction holds the database.
    versions = [sample.files, *(version.files for version in sample.later_versions)]
    received = [_received(services, sample, files) for files in versions]
    with services.database.writing() as session:
        organisation = session.get_one(Organisation, organisation_id)
        return share_sample(session, sample, organisation, received, references).reference


def _received(services: Services, sample: SampleResource, files: Sequence[SampleFile]) -> list[ReceivedFile]:
    fonts: Path = services.settings.cache_folder / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    limit = services.settings.maximum_upload_bytes
    return [
        receive(services.files, file.name, io.BytesIO(file_bytes(sample, file, fonts)), limit)
        for file in files
    ]
