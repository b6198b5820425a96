"""`sala demo`: filled once, quick the second time, and never in a library that is in use."""

import pytest
from sqlmodel import func, select

from portal.accounts.models import Organisation, User
from portal.cli.demo import SIGN_INS
from portal.jobs.consistency import find_differences
from portal.library.models import Reading, ReadingState, Resource, ResourceState
from portal.sample.loading import sample_resources
from portal.sample.organisations import ORGANISATIONS, PEOPLE
from portal.sample.seed import finish_work, seed_sample
from tests.factories import Factory

CHOSEN = (
    "hotline-protocol-2016",
    "hotline-protocol",
    "data-protection-guideline",
    "lo-draft-shelter-visitors",
)


@pytest.fixture
def few_resources(monkeypatch):
    """Four resources that show every state and a later version; the whole library takes half a minute."""
    chosen = [sample for sample in sample_resources() if sample.key in CHOSEN]
    assert len(chosen) == len(CHOSEN)
    monkeypatch.setattr("portal.sample.seed.sample_resources", lambda: chosen)
    return chosen


def _count(services, table):
    with services.database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


@pytest.mark.usefixtures("few_resources")
def test_a_demonstration_is_filled_once(run, services):
    first = run("demo", "--no-serve", "--scale", "3")
    assert first.exit_code == 0, first.output
    assert "sample-library" in first.output
    for person in PEOPLE:
        assert (person.email in first.output) == (person.key in SIGN_INS)
    made = _count(services, Resource)
    assert made == len(CHOSEN) + 3

    second = run("demo", "--no-serve", "--scale", "3")
    assert second.exit_code == 0
    assert _count(services, Resource) == made
    assert find_differences(services, lambda done, total: None) == []


@pytest.mark.usefixtures("few_resources")
def test_a_library_in_use_is_left_alone(run, services):
    with services.database.writing() as session:
        Factory(session).user(email="kham@example.org")
    answer = run("demo", "--no-serve")
    assert answer.exit_code == 1
    assert "holds a library in use" in answer.output
    assert _count(services, Organisation) == 0
    assert _count(services, User) == 1


@pytest.mark.usefixtures("few_resources")
def test_a_filling_that_was_stopped_goes_on(run, services):
    run("upgrade")
    seed_sample(services, only=["hotline-protocol"])
    references = seed_sample(services)
    assert len(references) == len(CHOSEN)
    assert _count(services, Resource) == len(CHOSEN)
    assert _count(services, Organisation) == len(ORGANISATIONS)


@pytest.mark.usefixtures("few_resources")
def test_the_sample_shows_every_state(run, services):
    run("upgrade")
    references = seed_sample(services)
    finish_work(services)
    with services.database.reading() as session:
        resources = {row.reference: row for row in session.exec(select(Resource))}
        readings = session.exec(select(Reading)).all()
    states = {key: resources[reference].state for key, reference in references.items()}
    assert states["hotline-protocol-2016"] == ResourceState.WITHDRAWN
    assert states["hotline-protocol"] == ResourceState.PUBLISHED
    assert states["lo-draft-shelter-visitors"] == ResourceState.DRAFT
    withdrawn = resources[references["hotline-protocol-2016"]]
    assert withdrawn.successor_id == resources[references["hotline-protocol"]].id
    assert {reading.state for reading in readings} == {ReadingState.READ}
