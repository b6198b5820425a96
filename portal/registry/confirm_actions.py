""" "Still correct", said of a line, of a project, of everything an organisation has.

Confirming is not an edit: the record keeps its revision and its day of change. "Completed" and "prolonged" change
the line, and confirm it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import Role
from portal.accounts.viewer import Viewer
from portal.core.audit import record
from portal.core.clock import day_of, now, today
from portal.core.errors import N_, Forbidden, Invalid, NotFound, require
from portal.registry.changes import changed
from portal.registry.coverage_inputs import ConfirmInput, Word
from portal.registry.freshness import effective_status
from portal.registry.models import ActivityLine, LineState, Project, ProjectState
from portal.registry.policy import may_confirm, may_edit
from portal.registry.terms import EffectiveStatus, Status

NOT_YOURS = N_("Only people of the organisation it belongs to can say this.")
NO_LINES = N_("There is nothing here that you may confirm.")


@dataclass
class Confirmed:
    """What came of it: references of the lines that are confirmed now, and of those that need another word."""

    lines: list[str] = field(default_factory=list)
    # Past their end: "still correct" says nothing of what became of them.
    past_end: list[str] = field(default_factory=list)


def confirm_lines(session: Session, viewer: Viewer, data: ConfirmInput) -> Confirmed:
    """Say one word of several lines. Those past their end are left out of "still correct" and named."""
    pairs = _own_lines(session, viewer, data.lines)
    if data.word == Word.STILL_CORRECT:
        return _confirm(session, viewer, pairs)
    if data.word == Word.COMPLETED:
        return _complete(session, viewer, pairs)
    return _prolong(session, viewer, pairs, data.until)


def confirm_project(session: Session, viewer: Viewer, project: Project) -> Confirmed:
    """The project as a whole and every line of it."""
    require(may_confirm(viewer, project), Forbidden(NOT_YOURS))
    project.confirmed_at, project.confirmed_by_id = now(), viewer.user_id
    statement = select(ActivityLine).where(
        ActivityLine.project_id == project.id, ActivityLine.state == LineState.PUBLISHED
    )
    pairs = [(line, project) for line in session.exec(statement)]
    confirmed = _confirm(session, viewer, pairs)
    if not pairs:
        _tell(session, viewer, project, [])
    return confirmed


def confirm_all(session: Session, viewer: Viewer, organisation_id: UUID) -> Confirmed:
    """Every published project and line of an organisation, but those past their end."""
    require(viewer.has_role(organisation_id, Role.CONTRIBUTOR), Forbidden(NOT_YOURS))
    statement = (
        select(ActivityLine, Project)
        .join(Project, col(Project.id) == col(ActivityLine.project_id))
        .where(
            Project.organisation_id == organisation_id,
            Project.state == ProjectState.PUBLISHED,
            ActivityLine.state == LineState.PUBLISHED,
        )
        .order_by(col(ActivityLine.reference))
    )
    pairs = list(session.exec(statement))
    for project in {project.id: project for _, project in pairs}.values():
        project.confirmed_at, project.confirmed_by_id = now(), viewer.user_id
    return _confirm(session, viewer, pairs)


def is_past_end(line: ActivityLine, project: Project, day: date) -> bool:
    """Whether it has ended without a word on what became of it: “still correct” cannot be said of such a line."""
    status = effective_status(
        Status(line.status or project.status),
        line.starts_on,
        line.ends_on,
        line.date_basis,
        day_of(line.confirmed_at) if line.confirmed_at else None,
        day,
    )
    return status == EffectiveStatus.ENDED_UNCONFIRMED


def confirm_at_hand(
    session: Session, viewer: Viewer, pairs: Collection[tuple[ActivityLine, Project]]
) -> Confirmed:
    """Published lines, each with its project, are still correct; those past their end are left out and named."""
    require(all(may_confirm(viewer, project) for _, project in pairs), Forbidden(NOT_YOURS))
    return _confirm(session, viewer, pairs)


def take_back_word(
    session: Session, viewer: Viewer, line: ActivityLine, at: datetime | None, by: UUID | None
) -> None:
    """It was confirmed by mistake: the line is as fresh as it was before. Nothing where it is no longer shown."""
    project = session.get_one(Project, line.project_id)
    if line.state == LineState.PUBLISHED and may_confirm(viewer, project):
        line.confirmed_at, line.confirmed_by_id = at, by
        _tell(session, viewer, project, [line.reference], "take_back_confirmation")


def _own_lines(
    session: Session, viewer: Viewer, references: Collection[str]
) -> list[tuple[ActivityLine, Project]]:
    """The published lines of these references; not found when one of them is not the viewer's to confirm."""
    wanted = {reference.upper() for reference in references}
    statement = (
        select(ActivityLine, Project)
        .join(Project, col(Project.id) == col(ActivityLine.project_id))
        .where(col(ActivityLine.reference).in_(wanted), ActivityLine.state == LineState.PUBLISHED)
        .order_by(col(ActivityLine.reference))
    )
    pairs = list(session.exec(statement))
    is_complete = len(pairs) == len(wanted) and all(may_confirm(viewer, project) for _, project in pairs)
    require(pairs and is_complete, NotFound(NO_LINES))
    return pairs


def _confirm(session: Session, viewer: Viewer, pairs: Iterable[tuple[ActivityLine, Project]]) -> Confirmed:
    moment, day, told = now(), today(), Confirmed()
    by_project: dict[UUID, tuple[Project, list[str]]] = {}
    for line, project in pairs:
        if is_past_end(line, project, day):
            told.past_end.append(line.reference)
            continue
        line.confirmed_at, line.confirmed_by_id = moment, viewer.user_id
        told.lines.append(line.reference)
        by_project.setdefault(project.id, (project, []))[1].append(line.reference)
    for project, references in by_project.values():
        _tell(session, viewer, project, references)
    session.flush()
    return told


def _complete(session: Session, viewer: Viewer, pairs: Sequence[tuple[ActivityLine, Project]]) -> Confirmed:
    """Over: an end that had not come yet becomes today, for work that is over does not go on."""
    day = today()
    for line, project in pairs:
        require(
            may_edit(viewer, project), Forbidden(N_("Editors of the organisation say that it is completed."))
        )
        require(
            line.starts_on is None or line.starts_on <= day,
            Invalid(N_("%(line)s has not begun: cancel it instead."), field="lines", line=line.reference),
        )
        line.status = Status.COMPLETED
        if line.ends_on is None or line.ends_on > day:
            line.ends_on = day
        _was_edited(session, viewer, line, project, "complete_line")
    return Confirmed(lines=[line.reference for line, _ in pairs])


def _prolong(
    session: Session,
    viewer: Viewer,
    pairs: Sequence[tuple[ActivityLine, Project]],
    until: date | None,
) -> Confirmed:
    if until is None:
        raise Invalid(N_("Say until when it goes on."), field="until")
    require(until >= today(), Invalid(N_("This day has passed: choose a later one."), field="until"))
    for line, project in pairs:
        require(
            may_edit(viewer, project), Forbidden(N_("Editors of the organisation say how long it goes on."))
        )
        require(
            line.ends_on is None or line.ends_on <= until,
            Invalid(N_("%(line)s ends later than that already."), field="until", line=line.reference),
        )
        line.ends_on = until
        if Status(line.status or project.status) == Status.COMPLETED:
            line.status = Status.ONGOING
        _was_edited(session, viewer, line, project, "prolong_line")
    return Confirmed(lines=[line.reference for line, _ in pairs])


def _was_edited(session: Session, viewer: Viewer, line: ActivityLine, project: Project, action: str) -> None:
    line.revision += 1
    line.changed_at = line.confirmed_at = now()
    line.confirmed_by_id = viewer.user_id
    until = line.ends_on.isoformat() if line.ends_on else ""
    changed(session, viewer, project, action, line=line.reference, until=until)


def _tell(
    session: Session, viewer: Viewer, project: Project, references: list[str], action: str = "confirm"
) -> None:
    record(
        session,
        viewer.actor,
        action,
        ("project", project.id),
        organisation_id=project.organisation_id,
        reference=project.reference,
        lines=references,
    )
