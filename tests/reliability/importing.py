"""Imports the one file that waits in a prepared data folder, as its editor."""

from sqlmodel import select

from portal.accounts.models import Membership, User
from portal.accounts.queries import viewer_of_user
from portal.app import close_services, open_services
from portal.core.settings import Settings
from portal.exchange.import_writing import import_chosen
from portal.exchange.models import ImportBatch
from portal.templating import translate


def import_what_waits(settings: Settings) -> None:
    """Everything in one transaction, as the page does it."""
    services = open_services(settings)
    with services.database.writing() as session:
        batch = session.exec(select(ImportBatch)).one()
        statement = select(User).join(Membership, Membership.user_id == User.id)
        viewer = viewer_of_user(session, session.exec(statement).one())
        import_chosen(session, viewer, batch, translate, "en")
    close_services(services)
