"""An organisation with an editor, and resources published and read, for the tests of pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import select

from portal.accounts.models import Organisation, User
from portal.library.file_actions import record_reading
from portal.library.models import FileEntry, Reading, Resource
from tests.clients import Browser
from uploads.reading import PageText, ReadingStatus
from uploads.reading import Reading as ReadResult


@dataclass
class Publisher:
    """Publishes resources whose pages are given as texts, and lets them be found."""

    browser: Browser
    organisation: Organisation
    editor: User

    def publish(self, *pages: str, **described: Any) -> str:
        """The reference of a new resource whose only file has these pages; without any, a read file."""
        with self.browser.arranging() as make:
            resource = make.resource(self.browser.services.files, self.editor, self.organisation, **described)
            for sha256 in make.session.exec(
                select(FileEntry.sha256).where(FileEntry.resource_id == resource.id)
            ).all():
                if pages:
                    numbered = [PageText(number, text) for number, text in enumerate(pages, start=1)]
                    result = ReadResult(status=ReadingStatus.READ, page_count=len(pages), pages=numbered)
                    record_reading(make.session, sha256, result, "")
        self.browser.let_the_worker_work()
        return resource.reference

    def change(self, reference: str, **values: Any) -> None:
        """Change columns of a resource, as an editor's action would; the worker does not follow yet."""
        with self.browser.arranging() as make:
            statement = select(Resource).where(Resource.number == int(reference[2:]))
            resource = make.session.exec(statement).one()
            for name, value in values.items():
                setattr(resource, name, value)

    def file_of(self, reference: str) -> FileEntry:
        with self.browser.looking() as session:
            statement = (
                select(FileEntry)
                .join(Resource, FileEntry.resource_id == Resource.id)  # type: ignore[arg-type]
                .where(Resource.number == int(reference[2:]))
            )
            return session.exec(statement).first()  # type: ignore[return-value]

    def reading_of(self, reference: str) -> Reading:
        with self.browser.looking() as session:
            entry = self.file_of(reference)
            return session.exec(select(Reading).where(Reading.sha256 == entry.sha256)).one()


@pytest.fixture
def publisher(browser: Browser) -> Publisher:
    browser.services.search.ensure_ready()
    with browser.arranging() as make:
        organisation = make.organisation("Village Light", acronym="VL", contact_email="office@example.org")
        editor = make.member(organisation)
    return Publisher(browser, organisation, editor)


@pytest.fixture
def publish(publisher: Publisher) -> Callable[..., str]:
    return publisher.publish
