"""What happens to a project as a whole: created, described, published, withdrawn, thrown away, copied."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from portal.accounts.models import Group, Organisation
from portal.accounts.viewer import Viewer
from portal.core.clock import now, today
from portal.core.errors import N_, Conflict, Forbidden, Invalid, refuse_all, require
from portal.core.ids import new_id, next_numbers
from portal.registry.changes import changed, note_change, require_edit, require_revision
from portal.registry.checks import NO_SUCH_ORGANISATION, faults_of_budgets, faults_of_project, lacks_of_line
from portal.registry.inputs import BudgetInput, IndicatorInput, ProjectInput
from portal.registry.line_actions import publish_if_complete
from portal.registry.models import (
    ActivityLine,
    EventPlace,
    LinePlace,
    LineState,
    PlannedEvent,
    Project,
    ProjectBudget,
    ProjectIndicator,
    ProjectPartner,
    ProjectState,
    ProjectText,
)
from portal.registry.partner_actions import tell_named_partners
from portal.registry.policy import may_publish, may_register_for, may_withdraw
from portal.registry.queries import events_of_project, lines_of, partners_of, places_of_lines
from portal.registry.terms import LinePlaceRole, Reach, Stance

_PLAIN_FIELDS = (
    "kind",
    "status",
    "planned_start",
    "actual_start",
    "planned_end",
    "actual_end",
    "reach",
    "currency",
    "total_budget",
    "budget_band",
    "iati_identifier",
)
# What a copy starts with; a report of what happened stays with the original.
_COPIED_FIELDS = (
    "reporting_organisation_id", "kind", "planned_start", "planned_end", "reach", "group_id",
    "currency", "total_budget", "budget_band",
)  # fmt: skip
_NOT_COPIED_OF_LINE = frozenset(
    {
        "id", "project_id", "number", "reference", "state", "status", "external_reference", "import_id",
        "confirmed_at", "confirmed_by_id", "revision", "created_at", "changed_at", "removal_reason",
        "reached_total", "reached_women", "reached_men", "reached_girls", "reached_boys",
    }
)  # fmt: skip


def create_project(session: Session, viewer: Viewer, data: ProjectInput) -> Project:
    """Start a draft of one of the viewer's organisations; it has its public reference from now on."""
    return create_projects(session, viewer, [data])[0]


def create_projects(session: Session, viewer: Viewer, wanted: Sequence[ProjectInput]) -> list[Project]:
    """Start many drafts in a few statements; the first that cannot be started refuses them all."""
    owners = [_require_owner(viewer, data) for data in wanted]
    projects = _new_projects(session, viewer, owners)
    for project, data in zip(projects, wanted, strict=True):
        _set_fields(session, viewer, project, data)
        _set_texts(session, project, data, {})
        note_change(session, viewer, project, "create")
    session.flush()
    return projects


def describe_project(session: Session, viewer: Viewer, project: Project, data: ProjectInput) -> Project:
    """Save what is said of the project as a whole. Conflict when somebody saved since this form was opened."""
    require_edit(viewer, project)
    require_revision(data.revision, project.revision)
    texts = session.exec(select(ProjectText).where(ProjectText.project_id == project.id))
    stored = {text.language: text for text in texts}
    changes = _set_fields(session, viewer, project, data) | _set_texts(session, project, data, stored)
    if changes:
        project.revision += 1
        changed(session, viewer, project, "describe", fields=sorted(changes))
    return project


def publish_project(session: Session, viewer: Viewer, project: Project) -> Project:
    """Show the project with its complete lines; incomplete ones wait. A second click publishes what is new."""
    require_edit(viewer, project)
    require(
        project.organisation_id in viewer.verified_organisations,
        Forbidden(
            N_("Your organisation is not verified yet. The draft is kept; a coordinator has been told.")
        ),
    )
    require(
        may_publish(viewer, project),
        Forbidden(N_("Only editors publish. Ask an editor of your organisation to look at the draft.")),
    )
    refuse_all(lacks_of_project(session, project))
    was_published = project.is_published
    if not was_published:
        project.state = ProjectState.PUBLISHED
        project.published_at = now()
        project.confirmed_at, project.confirmed_by_id = now(), viewer.user_id
        project.revision += 1
    drafts = [line for line in lines_of(session, project.id) if line.state == LineState.DRAFT]
    waiting = publish_if_complete(session, viewer, project, drafts)
    if not was_published or len(waiting) < len(drafts):
        changed(session, viewer, project, "publish", waiting=[line.reference for line in waiting])
    if not was_published:
        tell_named_partners(session, project)
    return project


def lacks_of_project(session: Session, project: Project) -> list[Invalid]:
    """What stands between a project and its publication; empty when it can be published.

    One complete line is enough; with none, everything that is missing is named, as `LA-0042-03.intervention`.
    """
    lacks = lacks_of_lines(session, project)
    if not lacks:
        return [Invalid(N_("Add at least one line: who does what, where, when and for whom."), field="lines")]
    if not all(lacks.values()):
        return []
    for reference, each in lacks.items():
        for lack in each:
            lack.field = f"{reference}.{lack.field}"
    return [lack for each in lacks.values() for lack in each]


def lacks_of_lines(session: Session, project: Project) -> dict[str, list[Invalid]]:
    """What each line, by its reference, needs before it can be published; an empty list when nothing."""
    lines = lines_of(session, project.id)
    places = places_of_lines(session, [line.id for line in lines])
    return {
        line.reference: lacks_of_line(
            line, any(place.role == LinePlaceRole.ACTIVITY for place in places[line.id])
        )
        for line in lines
    }


def withdraw_project(session: Session, viewer: Viewer, project: Project, note: str = "") -> Project:
    """Leave a tombstone at the address; lines and events leave every list and count."""
    if project.state == ProjectState.WITHDRAWN:
        return project
    require(may_withdraw(viewer, project), Forbidden(N_("You may not withdraw this.")))
    project.state = ProjectState.WITHDRAWN
    project.withdrawn_at, project.withdrawal_note = now(), note
    project.revision += 1
    changed(session, viewer, project, "withdraw", note=note)
    return project


def discard_project(session: Session, viewer: Viewer, project: Project) -> None:
    """Throw a draft away; its reference is not given again."""
    require_edit(viewer, project)
    require(
        project.state == ProjectState.DRAFT,
        Conflict(N_("This is published. It can be withdrawn, not thrown away.")),
    )
    project.state = ProjectState.DISCARDED
    changed(session, viewer, project, "discard")


def copy_project(session: Session, viewer: Viewer, project: Project) -> Project:
    """A draft with the same words, partners, lines and events, for the viewer's own organisation only.

    Nothing in it is confirmed, nothing reported; its dates are those of the original and need checking.
    """
    require(
        may_register_for(viewer, project.organisation_id),
        Forbidden(N_("Only people of the organisation it belongs to copy a project.")),
    )
    copy = _new_projects(session, viewer, [project.organisation_id])[0]
    for name in _COPIED_FIELDS:
        setattr(copy, name, getattr(project, name))
    for text in session.exec(select(ProjectText).where(ProjectText.project_id == project.id)):
        session.add(ProjectText(**{**text.model_dump(), "project_id": copy.id}))
    for partner in partners_of(session, project.id):
        session.add(_copied_partner(copy, partner))
    for indicator in session.exec(
        select(ProjectIndicator).where(ProjectIndicator.project_id == project.id)
    ).all():
        kept = indicator.model_dump(exclude={"id", "reached", "reached_on"})
        session.add(ProjectIndicator(**{**kept, "project_id": copy.id}))
    _copy_lines(session, project, copy)
    _copy_events(session, project, copy)
    changed(session, viewer, copy, "copy", original=project.reference)
    return copy


def save_budgets(session: Session, viewer: Viewer, project: Project, budgets: Sequence[BudgetInput]) -> None:
    """Make these the yearly budgets, whatever stood there before."""
    require_edit(viewer, project)
    refuse_all(faults_of_budgets(budgets))
    wanted = {(data.year or 0, data.currency): data for data in budgets}
    stored = {
        (row.year, row.currency): row
        for row in session.exec(select(ProjectBudget).where(ProjectBudget.project_id == project.id))
    }
    is_changed = set(wanted) != set(stored)
    for key in set(stored) - set(wanted):
        session.delete(stored[key])
    for key, data in wanted.items():
        row = stored.get(key) or ProjectBudget(
            project_id=project.id, year=key[0], currency=key[1], amount=data.amount or 0, status=data.status
        )
        is_changed |= (row.amount, row.status) != (data.amount, data.status)
        row.amount, row.status = data.amount or 0, data.status
        session.add(row)
    if is_changed:
        changed(session, viewer, project, "save_budgets", years=sorted({key[0] for key in wanted}))


def save_indicator(
    session: Session,
    viewer: Viewer,
    project: Project,
    data: IndicatorInput,
    indicator: ProjectIndicator | None = None,
) -> ProjectIndicator:
    require_edit(viewer, project)
    is_new = indicator is None
    if indicator is None:
        others = session.exec(select(ProjectIndicator).where(ProjectIndicator.project_id == project.id)).all()
        position = max((other.position for other in others), default=0) + 1
        indicator = ProjectIndicator(
            project_id=project.id, position=position, kind=data.kind, title=data.title
        )
    values = data.model_dump()
    changes = [name for name, value in values.items() if getattr(indicator, name) != value]
    for name in changes:
        setattr(indicator, name, values[name])
    session.add(indicator)
    session.flush()
    if changes or is_new:
        changed(session, viewer, project, "save_indicator", title=indicator.title)
    return indicator


def remove_indicator(session: Session, viewer: Viewer, project: Project, indicator: ProjectIndicator) -> None:
    require_edit(viewer, project)
    title = indicator.title
    session.delete(indicator)
    session.flush()
    changed(session, viewer, project, "remove_indicator", title=title)


def _require_owner(viewer: Viewer, data: ProjectInput) -> UUID:
    if data.organisation is None:
        raise Invalid(N_("Say whose record it is."), field="organisation")
    require(
        may_register_for(viewer, data.organisation),
        Forbidden(N_("You may not register a project for this organisation.")),
    )
    return data.organisation


def _new_projects(session: Session, viewer: Viewer, owners: Sequence[UUID]) -> list[Project]:
    """Their rows, written, so that their parts can be."""
    projects = []
    for number, owner in zip(next_numbers(session, "project", len(owners)), owners, strict=True):
        key = new_id()
        projects.append(
            Project(
                id=key,
                number=number,
                organisation_id=owner,
                family_id=key,
                created_by_id=viewer.user_id,
            )
        )
    session.add_all(projects)
    session.flush()
    return projects


def _set_fields(session: Session, viewer: Viewer, project: Project, data: ProjectInput) -> set[str]:
    refuse_all(faults_of_project(data, today()))
    values: dict[str, Any] = {name: getattr(data, name) for name in _PLAIN_FIELDS}
    values["group_id"] = data.group if data.reach == Reach.GROUP else None
    values["reporting_organisation_id"] = data.reporting_organisation
    is_new_group = (data.reach, values["group_id"]) != (project.reach, project.group_id)
    if data.reach == Reach.GROUP and is_new_group:
        _require_group(session, viewer, data.group)
    if data.reporting_organisation is not None:
        require(
            session.get(Organisation, data.reporting_organisation),
            Invalid(NO_SUCH_ORGANISATION, field="reporting_organisation"),
        )
    changes = {name for name, value in values.items() if getattr(project, name) != value}
    for name in changes:
        setattr(project, name, values[name])
    return changes


def _require_group(session: Session, viewer: Viewer, group_id: UUID | None) -> None:
    is_known = group_id is not None and session.get(Group, group_id) is not None
    require(
        is_known and group_id in viewer.groups, Invalid(N_("Choose a group you belong to."), field="group")
    )


def _set_texts(
    session: Session, project: Project, data: ProjectInput, stored: Mapping[str, ProjectText]
) -> set[str]:
    changes = set()
    wanted = data.texts
    for language in {*stored, *wanted}:
        title, summary, objectives = wanted.get(language, ("", "", ""))
        text = stored.get(language) or ProjectText(project_id=project.id, language=language)
        if (text.title, text.summary, text.objectives) == (title, summary, objectives):
            continue
        changes.add(f"texts_{language}")
        if language not in wanted:
            session.delete(text)
            continue
        text.title, text.summary, text.objectives = title, summary, objectives
        session.add(text)
    return changes


def _copied_partner(copy: Project, partner: ProjectPartner) -> ProjectPartner:
    is_own = partner.organisation_id == copy.organisation_id
    kept = partner.model_dump(exclude={"id", "stance", "stance_at", "stance_by_id", "stance_note"})
    stance = Stance.CONFIRMED if is_own else Stance.UNCONFIRMED
    return ProjectPartner(**{**kept, "project_id": copy.id, "their_reference": "", "stance": stance})


def _copy_lines(session: Session, project: Project, copy: Project) -> None:
    lines = lines_of(session, project.id)
    places = places_of_lines(session, [line.id for line in lines])
    for number, line in enumerate(lines, start=1):
        values = deepcopy(line.model_dump(exclude=set(_NOT_COPIED_OF_LINE)))
        made = ActivityLine(
            **values, project_id=copy.id, number=number, reference=f"{copy.reference}-{number:02d}"
        )
        session.add(made)
        session.flush()
        session.add_all(LinePlace(**{**place.model_dump(), "line_id": made.id}) for place in places[line.id])


def _copy_events(session: Session, project: Project, copy: Project) -> None:
    """Events that have not taken place; those that have are not planned again on the same days."""
    coming = [
        event
        for event in events_of_project(session, project.id)
        if not event.is_cancelled and event.starts_on >= today()
    ]
    for number, event in enumerate(coming, start=1):
        values = event.model_dump(exclude={"id", "created_at", "changed_at", "revision"})
        made = PlannedEvent(
            **{
                **values,
                "project_id": copy.id,
                "number": number,
                "reference": f"{copy.reference}-E{number:02d}",
            }
        )
        session.add(made)
        session.flush()
        for place in session.exec(select(EventPlace).where(EventPlace.event_id == event.id)).all():
            session.add(EventPlace(event_id=made.id, place_id=place.place_id))
