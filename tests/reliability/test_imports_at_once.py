"""Two imports of one organisation at once: the second waits for the first and sees what it wrote."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlmodel import select

from portal.accounts.models import Role
from portal.exchange.import_actions import start_import
from portal.exchange.import_writing import import_chosen
from portal.exchange.models import BatchState, ImportBatch
from portal.exchange.received_tables import receive_table
from portal.registry.models import ActivityLine, Project
from portal.templating import translate
from tests.exchange.made_tables import csv_table
from tests.factories import Factory
from tests.reliability.test_killed_import import LINE

PATIENCE_SECONDS = 30
# Long enough for an import that does not wait to be over.
WHILE_HELD_SECONDS = 1


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def prepared(services):
    """The viewer and the ids of two imports of the same two lines, both looked at before either is carried out."""
    content = csv_table([{**LINE, "title_en": "Border training", "description": text} for text in "AB"])
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation("Village Light")
        viewer = make.viewer(make.member(organisation, Role.EDITOR))
        ids = []
        for _ in range(2):
            table = receive_table(services.files, "lines.csv", io.BytesIO(content))
            ids.append(start_import(session, viewer, organisation.id, table, translate, "en").id)
    return viewer, ids


def _carry_out(services, viewer, batch_id, before_end=lambda: None):
    with services.database.writing() as session:
        written = import_chosen(session, viewer, session.get_one(ImportBatch, batch_id), translate, "en")
        session.flush()
        before_end()
    return written


@pytest.mark.timeout(120)
def test_the_second_of_two_imports_waits_and_writes_nothing_twice(services, prepared):
    viewer, (first_id, second_id) = prepared
    has_written, may_end, second_is_through = Event(), Event(), Event()

    def hold():
        has_written.set()
        assert may_end.wait(PATIENCE_SECONDS)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(_carry_out, services, viewer, first_id, hold)
        assert has_written.wait(PATIENCE_SECONDS)
        second = threads.submit(_carry_out, services, viewer, second_id)
        second.add_done_callback(lambda _: second_is_through.set())
        went_past = second_is_through.wait(WHILE_HELD_SECONDS)
        may_end.set()
        written = first.result(PATIENCE_SECONDS), second.result(PATIENCE_SECONDS)

    assert not went_past
    assert written == (2, 0)
    with services.database.reading() as session:
        assert len(session.exec(select(Project)).all()) == 1
        assert len(session.exec(select(ActivityLine)).all()) == 2
        assert set(session.exec(select(ImportBatch.state))) == {BatchState.IMPORTED}
