"""Looking for overlaps in the background: after every change of the register, and once a day for what the days change."""

from portal.registry.finding_actions import tell_parties
from portal.registry.finding_detection import Comparison, Recount, compare_changes, compare_register, keep
from portal.request import Services


def compare_once(services: Services) -> bool:
    """Look at what changed since last time; whether anything had."""
    with services.database.reading() as session:
        comparison = compare_changes(session)
    if comparison is None:
        return False
    _keep(services, comparison)
    return True


def compare_everything(services: Services) -> Recount:
    """Look at the whole register. A worker killed on the way leaves everything as it was."""
    with services.database.reading() as session:
        comparison = compare_register(session)
    return _keep(services, comparison)


def _keep(services: Services, comparison: Comparison) -> Recount:
    with services.database.writing() as session:
        recount = keep(session, comparison)
        tell_parties(session, recount.to_tell)
    return recount
