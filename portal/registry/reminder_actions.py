"""Asking organisations whether their lines are still correct: one mail a week at most, and none without a reason."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.page_queries import editors_of
from portal.core.mail import post
from portal.places.queries import place_names
from portal.registry.coverage_models import ReminderSent
from portal.registry.freshness import AGEING_DAYS, ReminderReason, reminders_between
from portal.registry.queries import titles_of
from portal.registry.rows import LineRow
from portal.registry.snapshot import line_rows, project_rows

# Nobody reads a mail of a hundred projects; the page it leads to shows all.
MOST_PROJECTS = 30
MOST_PROVINCES_IN_SUBJECT = 3


def organisations_with_lines(session: Session) -> list[UUID]:
    return sorted({row.organisation_id for row in line_rows(session)})


def remind_organisation(session: Session, organisation_id: UUID, today: date) -> int:
    """Ask the editors of one organisation after what falls due this week, and return how many mails that made.

    Called again in the same week it does nothing. Days that passed while no worker ran are made up for.
    """
    period, sunday = week_of(today)
    if session.get(ReminderSent, (organisation_id, period)) is not None:
        return 0
    first = _first_day(session, organisation_id, sunday)
    reasons = {
        row: found
        for row in line_rows(session)
        if row.organisation_id == organisation_id and (found := reminders_between(row, first, sunday))
    }
    people = editors_of(session, organisation_id) if reasons else ()
    editors = [person for person in people if person.email_confirmed_at]
    if not editors:
        return 0
    session.add(ReminderSent(organisation_id=organisation_id, period=period))
    session.flush()
    organisation = session.get_one(Organisation, organisation_id)
    for editor in editors:
        post(
            session,
            editor.email,
            "still_correct",
            editor.language,
            name=editor.name,
            organisation=organisation.name,
            reference=organisation.reference,
            count=len(reasons),
            **_told(session, reasons, editor.language),
        )
    return len(editors)


def week_of(day: date) -> tuple[str, date]:
    """The ISO week of a day as the key of its period, with its Sunday."""
    year, week, weekday = day.isocalendar()
    return f"{year}-W{week:02d}", day + timedelta(days=7 - weekday)


def _first_day(session: Session, organisation_id: UUID, sunday: date) -> date:
    """The day after those that the last mail spoke of, or as far back as ageing comes round."""
    statement = select(ReminderSent.period).where(
        ReminderSent.organisation_id == organisation_id, col(ReminderSent.period).contains("-W")
    )
    earliest = sunday - timedelta(days=AGEING_DAYS - 1)
    last = max(session.exec(statement), default=None)
    if last is None:
        return earliest
    year, week = last.split("-W")
    return max(earliest, date.fromisocalendar(int(year), int(week), 7) + timedelta(days=1))


def _told(session: Session, reasons: Mapping[LineRow, list[ReminderReason]], language: str) -> dict[str, Any]:
    """The projects with their provinces and lines, as the mail tells them; values that a job can carry."""
    projects = project_rows(session)
    provinces = {spot.province for row in reasons for spot in row.spots if spot.province}
    names = place_names(session, provinces, language)
    titles = titles_of(session, {row.project_id for row in reasons}, language)
    told: dict[UUID, dict[str, Any]] = {}
    for row in sorted(reasons, key=lambda row: row.reference):
        project = told.setdefault(
            row.project_id,
            {
                "reference": projects[row.project_id].reference,
                "title": titles.get(row.project_id, ""),
                "provinces": [],
                "lines": [],
            },
        )
        found = {names[spot.province] for spot in row.spots if spot.province in names}
        project["provinces"] = sorted({*project["provinces"], *found})
        project["lines"].append(
            {
                "reference": row.reference,
                "intervention": row.intervention.value if row.intervention else "",
                "reasons": [reason.value for reason in reasons[row]],
                "ends_on": row.ends_on.isoformat() if row.ends_on else "",
            }
        )
    every = sorted({name for project in told.values() for name in project["provinces"]})
    return {
        "projects": list(told.values())[:MOST_PROJECTS],
        "left_out": max(0, len(told) - MOST_PROJECTS),
        "provinces": every[:MOST_PROVINCES_IN_SUBJECT],
        "more_provinces": max(0, len(every) - MOST_PROVINCES_IN_SUBJECT),
    }
