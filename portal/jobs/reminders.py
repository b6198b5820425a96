"""Reminders by the clock: each organisation in its own transaction, so that a mail and its note stand together."""

from portal.core.clock import today
from portal.registry.reminder_actions import organisations_with_lines, remind_organisation
from portal.request import Services


def send_reminders(services: Services) -> None:
    """Ask every organisation after what falls due this week; run again in the same week it asks nobody twice."""
    day = today()
    with services.database.reading() as session:
        organisations = organisations_with_lines(session)
    for organisation_id in organisations:
        with services.database.writing() as session:
            remind_organisation(session, organisation_id, day)
