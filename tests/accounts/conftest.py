"""A fresh database, and people and organisations to fill it with."""

import shutil
from itertools import count

import pytest
from sqlalchemy import event
from sqlmodel import select

from portal.accounts import organisation_actions
from portal.accounts.actions import create_account
from portal.accounts.inputs import OrganisationInput, SignUpInput
from portal.accounts.models import Membership, OrganisationType, Role
from portal.accounts.queries import get_user, viewer_of_user
from portal.core.database import Database
from portal.core.queue import Job

PASSWORD = "a long sentence"


@pytest.fixture
def session(migrated_database, tmp_path):
    database = Database(f"sqlite:///{shutil.copy(migrated_database, tmp_path / 'accounts.db')}")
    with database.writing() as session:
        yield session
    database.close()


@pytest.fixture
def make_viewer(session):
    """A person with an account: make_viewer("Noy", admin_of=organisation, is_coordinator=True)."""
    numbers = count(1)

    def make(name="Noy", *, email="", role=Role.ADMIN, belongs_to=None, **portal_roles):
        address = email or f"person{next(numbers)}@example.org"
        user = create_account(session, SignUpInput(name=name, email=address, password=PASSWORD))
        for portal_role, value in portal_roles.items():
            setattr(user, portal_role, value)
        if belongs_to is not None:
            session.add(Membership(user_id=user.id, organisation_id=belongs_to.id, role=role))
        session.flush()
        return viewer_of_user(session, user)

    return make


@pytest.fixture
def again(session):
    """The same person as the next request would see them."""

    def reread(viewer):
        return viewer_of_user(session, get_user(session, viewer.user_id))

    return reread


@pytest.fixture
def admin(make_viewer):
    return make_viewer("Admin Keo")


@pytest.fixture
def coordinator(make_viewer):
    return make_viewer("Coordinator Bounmy", is_coordinator=True)


@pytest.fixture
def make_organisation(session, admin):
    def make(name="Lao Women's Union", viewer=None, **values):
        entered = OrganisationInput(
            **{"name": name, "organisation_type": OrganisationType.OTHER_PUBLIC_SECTOR, **values}
        )
        return organisation_actions.register_organisation(session, viewer or admin, entered)

    return make


@pytest.fixture
def organisation(make_organisation):
    """An organisation that `admin` registered."""
    return make_organisation()


@pytest.fixture
def mails(session):
    """The mails asked for so far, or those to one address: template and values."""

    def asked(to=None):
        session.flush()
        jobs = session.exec(select(Job).where(Job.kind == "send_mail").order_by(Job.created_at)).all()
        letters = [job.arguments for job in jobs]
        return [letter for letter in letters if to in (None, letter["to"])]

    return asked


@pytest.fixture
def count_statements(session):
    """How many statements a call sends to the database."""

    def counted(call, *arguments):
        session.flush()
        sent = []

        def listener(_connection, _cursor, statement, *_rest):
            sent.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", listener)
        try:
            call(*arguments)
        finally:
            event.remove(engine, "before_cursor_execute", listener)
        return len(sent)

    return counted
