"""One way to ask the time: always aware, always UTC."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime
from sqlalchemy.types import TypeDecorator

LOCAL_ZONE = ZoneInfo("Asia/Vientiane")
# By so many years the Buddhist calendar of the region is ahead.
BUDDHIST_YEARS = 543


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Vientiane, where the portal's readers are."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The calendar day of a moment in Vientiane: before seven in the morning it is still yesterday in UTC."""
    return moment.astimezone(LOCAL_ZONE).date()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets time zones, so they are checked going in and put back coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without its time zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
