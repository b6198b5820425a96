"""One transaction a request: ended before the answer leaves, and done once however often it is asked for."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from portal.core.audit import AuditEvent
from portal.library import actions
from portal.library.inputs import DescribeInput
from portal.library.models import Resource, Version


@pytest.fixture
def draft(browser):
    """A person and the complete draft in their hands."""
    with browser.arranging() as make:
        organisation = make.organisation()
        person = make.member(organisation)
        resource = make.draft(browser.services.files, person, organisation)
        version = make.session.exec(select(Version)).one()
        described = DescribeInput(
            revision=version.revision, title_en="Safe", resource_type="sop", licence="CC0-1.0"
        )
        actions.describe(make.session, make.viewer(person), resource, version, described)
    return person, resource


def test_an_answer_leaves_only_after_its_changes_are_kept(browser, draft, monkeypatch):
    person, resource = draft
    visitor = browser.as_(person)

    def fail(session):
        raise OperationalError("commit", {}, Exception("disk I/O error"))

    monkeypatch.setattr(Session, "commit", fail)
    browser.client._transport.raise_server_exceptions = False
    answer = visitor.post(f"/en/library/{resource.reference}/publish")
    monkeypatch.undo()

    assert answer.status_code >= 500
    with browser.looking() as session:
        assert not session.get_one(Resource, resource.id).is_published


def test_a_busy_database_says_that_nothing_was_lost(browser, draft, monkeypatch):
    person, resource = draft
    visitor = browser.as_(person)

    def fail(session):
        raise OperationalError("commit", {}, Exception("database is locked"))

    monkeypatch.setattr(Session, "commit", fail)
    answer = visitor.post(f"/en/library/{resource.reference}/publish")
    assert answer.status_code == 503
    assert "Nothing was lost" in answer.text


def test_publishing_is_done_once_however_often_it_is_asked_for(browser, draft):
    person, resource = draft
    visitor = browser.as_(person)
    address = f"/en/library/{resource.reference}/publish"
    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(lambda _: visitor.post(address).status_code, range(4)))
    assert set(answers) == {303}
    with browser.looking() as session:
        statement = select(AuditEvent).where(AuditEvent.action == "publish")
        events = session.exec(statement).all()
        assert len(events) == 1
        assert len(session.exec(select(Version)).all()) == 1
