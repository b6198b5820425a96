"""What may be believed of a line today: its effective status, and how long ago somebody confirmed it.

Bounds are those of `registry.md` 4.7, and stand here alone. A confirmation on or after a date of the record says
that the date was kept: confirmed after its end, work is over; confirmed after its start, it began.
"""

from datetime import date, timedelta
from enum import StrEnum

from portal.core.errors import N_
from portal.registry.rows import LineRow
from portal.registry.terms import DateBasis, EffectiveStatus, Status

AGEING_DAYS = 90
STALE_DAYS = 180
# Confirmed longer ago than this, a line has lapsed.
LAPSED_DAYS = 365
# So long past its end, a line has lapsed unless somebody said what became of it.
LAPSED_AFTER_END_DAYS = 60
# Coverage that ends so soon is "ending soon".
ENDING_SOON_DAYS = 180

_SAID = {
    Status.COMPLETED: EffectiveStatus.COMPLETED,
    Status.CANCELLED: EffectiveStatus.CANCELLED,
    Status.SUSPENDED: EffectiveStatus.SUSPENDED,
}
# Nothing more is expected of these.
OVER = frozenset({EffectiveStatus.COMPLETED, EffectiveStatus.CANCELLED})


class Age(StrEnum):
    """How long ago somebody said "still correct"; what was never confirmed is stale from the first day."""

    CURRENT = "current"
    AGEING = "ageing"
    STALE = "stale"
    LAPSED = "lapsed"


AGE_LABELS = {
    Age.CURRENT: N_("Confirmed in the last three months"),
    Age.AGEING: N_("Confirmed three to six months ago"),
    Age.STALE: N_("Not confirmed for six months"),
    Age.LAPSED: N_("Lapsed: not confirmed for a year, or long past its end"),
}
AGE_NAMES = {
    Age.CURRENT: N_("Current"),
    Age.AGEING: N_("Ageing"),
    Age.STALE: N_("Stale"),
    Age.LAPSED: N_("Lapsed"),
}


def effective_status(
    status: Status,
    starts_on: date | None,
    ends_on: date | None,
    basis: DateBasis,
    confirmed_on: date | None,
    today: date,
) -> EffectiveStatus:
    """What dates and declaration together say; what has passed its end is never silently called completed."""
    said = _SAID.get(status)
    if said is not None:
        return said
    if ends_on is not None and ends_on < today:
        is_known = confirmed_on is not None and confirmed_on >= ends_on
        return EffectiveStatus.COMPLETED if is_known else EffectiveStatus.ENDED_UNCONFIRMED
    if starts_on is not None and starts_on > today:
        # A line of an ongoing project that begins later is planned, whatever the project says of itself.
        return EffectiveStatus.PLANNED
    if status != Status.PLANNED:
        return EffectiveStatus.ONGOING
    if starts_on is None:
        return EffectiveStatus.PLANNED
    has_begun = basis == DateBasis.ACTUAL or (confirmed_on is not None and confirmed_on >= starts_on)
    return EffectiveStatus.ONGOING if has_begun else EffectiveStatus.START_UNCONFIRMED


def status_of(row: LineRow, today: date) -> EffectiveStatus:
    return effective_status(row.status, row.starts_on, row.ends_on, row.date_basis, row.confirmed_on, today)


def age(status: Status, ends_on: date | None, confirmed_on: date | None, today: date) -> Age:
    if (
        ends_on is not None
        and status not in (Status.COMPLETED, Status.CANCELLED)
        and (today - ends_on).days > LAPSED_AFTER_END_DAYS
        and (confirmed_on is None or confirmed_on < ends_on)
    ):
        return Age.LAPSED
    if confirmed_on is None:
        return Age.STALE
    days = (today - confirmed_on).days
    if days < AGEING_DAYS:
        return Age.CURRENT
    if days < STALE_DAYS:
        return Age.AGEING
    return Age.STALE if days <= LAPSED_DAYS else Age.LAPSED


def age_of(row: LineRow, today: date) -> Age:
    return age(row.status, row.ends_on, row.confirmed_on, today)


def is_lapsed(row: LineRow, today: date) -> bool:
    """Lapsed lines leave every default view and stay in the archive."""
    return age_of(row, today) == Age.LAPSED


def is_confirmed(row: LineRow, today: date) -> bool:
    """Whether a figure may count this line as confirmed: somebody said so in the last six months."""
    return row.confirmed_on is not None and (today - row.confirmed_on).days < STALE_DAYS


def ends_soon(row: LineRow, today: date) -> bool:
    """Whether work that goes on now ends within `ENDING_SOON_DAYS`; says nothing of what follows it."""
    if row.ends_on is None or not today <= row.ends_on <= today + timedelta(days=ENDING_SOON_DAYS):
        return False
    return status_of(row, today) in (EffectiveStatus.ONGOING, EffectiveStatus.START_UNCONFIRMED)


class ReminderReason(StrEnum):
    """Why a line is asked after (`registry.md` 4.7)."""

    ENDS_IN_A_MONTH = "ends_in_a_month"
    ENDS_IN_DAYS = "ends_in_days"
    ENDED = "ended"
    AGEING = "ageing"


REMINDER_REASON_LABELS = {
    ReminderReason.ENDS_IN_A_MONTH: N_("ends in a month"),
    ReminderReason.ENDS_IN_DAYS: N_("ends in a few days"),
    ReminderReason.ENDED: N_("has passed its end: is it completed or prolonged?"),
    ReminderReason.AGEING: N_("was not confirmed for three months or more"),
}
_DAYS_FROM_END = {
    ReminderReason.ENDS_IN_A_MONTH: timedelta(days=-30),
    ReminderReason.ENDS_IN_DAYS: timedelta(days=-5),
    ReminderReason.ENDED: timedelta(days=14),
}


def reminders_between(row: LineRow, first: date, last: date) -> list[ReminderReason]:
    """The reasons to ask after a line whose day lies in these days, both included; none for what is over.

    Ageing comes back every `AGEING_DAYS` until the line lapses; the clock of a line that was never confirmed is
    its start.
    """
    status = status_of(row, last)
    if status in OVER:
        return []
    has_ended = status == EffectiveStatus.ENDED_UNCONFIRMED
    found = [
        reason
        for reason, distance in _DAYS_FROM_END.items()
        if row.ends_on is not None
        and (reason == ReminderReason.ENDED) == has_ended
        and first <= row.ends_on + distance <= last
    ][-1:]
    clock = row.confirmed_on or row.starts_on
    if clock is not None and not has_ended:
        turns = range(AGEING_DAYS, LAPSED_DAYS + 1, AGEING_DAYS)
        if any(first <= clock + timedelta(days=days) <= last for days in turns):
            found.append(ReminderReason.AGEING)
    return found
