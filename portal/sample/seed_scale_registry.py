"""Writes a large made-up register straight into the tables: for measuring, not for showing.

The rows are those that writing and publishing would leave: 400 organisations, five lines a project, spread over
every district of the country. Asking for more later adds what is missing.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, func, select

from portal.accounts.models import Organisation, OrganisationType
from portal.core.clock import now, today
from portal.core.ids import new_id, next_number
from portal.indexing import mark_projects
from portal.places.models import Level, Place
from portal.places.queries import HOME_COUNTRY
from portal.registry.models import (
    ActivityLine,
    LinePlace,
    LineState,
    Project,
    ProjectPartner,
    ProjectState,
    ProjectText,
)
from portal.registry.snapshot import touch_projects
from portal.registry.terms import LinePlaceRole, PartnerRole, RecordKind, Status
from portal.registry.vocabularies import INTERVENTION_LABELS, Intervention, TargetGroup
from portal.request import Services

Show = Callable[[int, int], None]
Rows = dict[type[SQLModel], list[dict[str, Any]]]
ORGANISATIONS = 400
LINES_A_PROJECT = 5
# Projects written in one transaction.
BATCH = 200
NAME = "Measuring organisation"
_TABLES = (Project, ProjectText, ProjectPartner, ActivityLine, LinePlace)
# How many districts a line names; one in twelve names its whole province instead.
_DISTRICTS = (1, 1, 1, 2, 2, 3)
_WHOLE_PROVINCE_IN = 12


def seed_scale_registry(services: Services, lines: int, seed: int, progress: Show) -> int:
    """Make lines until there are this many of these organisations; return how many were made."""
    with services.database.writing() as session:
        organisations = _organisations(session)
        known = _Known(session, organisations)
    wanted = -(-lines // LINES_A_PROJECT)
    for first in range(known.projects, wanted, BATCH):
        progress(first * LINES_A_PROJECT, lines)
        count = min(BATCH, wanted - first)
        with services.database.writing() as session:
            _write(session, known, Random(f"{seed}-{first}"), count)  # noqa: S311
    progress(lines, lines)
    return max(0, wanted - known.projects) * LINES_A_PROJECT


class _Known:
    """What the rows point at, looked up once; `projects` counts those that are there already."""

    def __init__(self, session: Session, organisations: Sequence[UUID]) -> None:
        self.organisations = organisations
        districts = session.exec(
            select(Place.id, Place.parent_id).where(
                Place.country == HOME_COUNTRY, Place.level == Level.DISTRICT, col(Place.valid_to).is_(None)
            )
        ).all()
        self.districts = sorted(districts, key=lambda pair: pair[0])
        self.projects = session.exec(
            select(func.count()).where(col(Project.organisation_id).in_(organisations))
        ).one()


def _organisations(session: Session) -> list[UUID]:
    statement = select(Organisation).where(col(Organisation.name).startswith(NAME))
    known = {row.name: row.id for row in session.exec(statement)}
    for number in range(1, ORGANISATIONS + 1):
        name = f"{NAME} {number}"
        if name not in known:
            row = Organisation(
                number=next_number(session, "organisation"),
                name=name,
                organisation_type=OrganisationType.NATIONAL_NGO,
                verified_at=now(),
            )
            session.add(row)
            known[name] = row.id
    session.flush()
    return [known[f"{NAME} {number}"] for number in range(1, ORGANISATIONS + 1)]


def _write(session: Session, known: _Known, random: Random, count: int) -> None:
    rows: Rows = {table: [] for table in _TABLES}
    for _ in range(count):
        _project(rows, known, random, next_number(session, "project"))
    for table in _TABLES:
        session.execute(insert(table), rows[table])
    made = [values["id"] for values in rows[Project]]
    touch_projects(session, made)
    mark_projects(session, made)


def _project(rows: Rows, known: _Known, random: Random, number: int) -> None:
    project_id, moment = new_id(), now()
    owner, funder = random.sample(known.organisations, 2)
    starts_on = today() - timedelta(days=random.randrange(-120, 900))
    ends_on = starts_on + timedelta(days=random.randrange(120, 1200))
    confirmed_at = moment - timedelta(days=random.randrange(0, 420))
    rows[Project].append(
        {
            "id": project_id,
            "number": number,
            "organisation_id": owner,
            "state": ProjectState.PUBLISHED,
            "kind": RecordKind.PROJECT,
            "status": Status.ONGOING if starts_on <= today() else Status.PLANNED,
            "planned_start": starts_on,
            "planned_end": ends_on,
            "family_id": project_id,
            "confirmed_at": confirmed_at,
            "published_at": moment,
        }
    )
    title = f"{INTERVENTION_LABELS[random.choice(list(Intervention))]}, project {number}"
    rows[ProjectText].append({"project_id": project_id, "language": "en", "title": title})
    for organisation_id, role in ((funder, PartnerRole.FUNDING), (owner, PartnerRole.IMPLEMENTING)):
        rows[ProjectPartner].append(
            {"id": new_id(), "project_id": project_id, "organisation_id": organisation_id, "role": role}
        )
    for line in range(1, LINES_A_PROJECT + 1):
        _line(rows, known, random, (project_id, number, owner), line, (starts_on, ends_on, confirmed_at))


def _line(
    rows: Rows,
    known: _Known,
    random: Random,
    project: tuple[UUID, int, UUID],
    line: int,
    time: tuple[date, date, Any],
) -> None:
    project_id, number, owner = project
    line_id, intervention = new_id(), random.choice(list(Intervention))
    rows[ActivityLine].append(
        {
            "id": line_id,
            "project_id": project_id,
            "number": line,
            "reference": f"LA-{number:04d}-{line:02d}",
            "state": LineState.PUBLISHED,
            "implementer_id": owner,
            "policy_area": intervention.policy_area,
            "other_policy_areas": [],
            "intervention": intervention,
            "target_groups": [str(random.choice(list(TargetGroup)))],
            "forms": [],
            "starts_on": time[0],
            "ends_on": time[1],
            "planned_total": random.randrange(10, 500),
            "confirmed_at": time[2],
        }
    )
    chosen = random.sample(known.districts, random.choice(_DISTRICTS))
    if random.randrange(_WHOLE_PROVINCE_IN) == 0:
        places = [chosen[0][1]]
    else:
        places = [district for district, _ in chosen]
    rows[LinePlace].extend(
        {"line_id": line_id, "place_id": place, "role": LinePlaceRole.ACTIVITY} for place in places
    )
