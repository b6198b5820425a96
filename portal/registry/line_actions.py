"""Lines and planned events: written, changed, removed. The state of a line follows from what it says."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, select

from portal.accounts.models import Organisation
from portal.accounts.viewer import Viewer
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Invalid, refuse_all, require
from portal.registry.changes import changed, require_edit, require_revision
from portal.registry.checks import NO_SUCH_ORGANISATION, faults_of_event, faults_of_line, lacks_of_line
from portal.registry.line_inputs import EventInput, LineInput
from portal.registry.models import ActivityLine, EventPlace, LinePlace, LineState, PlannedEvent, Project
from portal.registry.partner_actions import ensure_partners
from portal.registry.place_choices import ChosenPlace, chosen_places, faults_of_places
from portal.registry.policy import is_as_open, may_publish
from portal.registry.terms import LinePlaceRole, PartnerRole

_PLAIN_FIELDS = (
    "policy_area",
    "intervention",
    "modality",
    "description",
    "starts_on",
    "ends_on",
    "date_basis",
    "status",
    "unit",
    "reach",
    "external_reference",
)
_LIST_FIELDS = ("other_policy_areas", "target_groups", "forms")
_PARTS = ("total", "women", "men", "girls", "boys")
_EVENT_FIELDS = ("kind", "title", "intervention", "starts_on", "reach")


def save_line(
    session: Session, viewer: Viewer, project: Project, data: LineInput, line: ActivityLine | None = None
) -> ActivityLine:
    """Write a line, new or known. Nothing happens to one that already says all this.

    A complete line of a published project is published with it; an incomplete one waits as a draft. What is
    published already may not become incomplete.
    """
    require_edit(viewer, project)
    refuse_all(faults_of_line(data))
    places = _line_places(session, data)
    require(
        session.get(Organisation, data.implementer),
        Invalid(NO_SUCH_ORGANISATION, field="implementer"),
    )
    is_new = line is None
    if line is None:
        line = _new_line(session, project, data)
    else:
        require(line.state != LineState.REMOVED, Conflict(N_("This line was removed.")))
        require_revision(data.revision, line.revision)
    changes = change_fields(line, line_values(data))
    session.add(line)
    session.flush()
    changes |= _change_places(session, line, places)
    if not changes and not is_new:
        return line
    if is_as_open(project, line.reach):
        ensure_partners(session, viewer, [(project, data.implementer, PartnerRole.IMPLEMENTING)])
    line.revision += 0 if is_new else 1
    line.changed_at = now()
    settle_state(viewer, project, line, has_place=bool(places[LinePlaceRole.ACTIVITY]))
    changed(
        session,
        viewer,
        project,
        "add_line" if is_new else "change_line",
        line=line.reference,
        fields=[] if is_new else sorted(changes),
    )
    return line


def remove_line(session: Session, viewer: Viewer, line: ActivityLine, reason: str) -> None:
    """Take a line out of every list and count; its number is never given again."""
    project = session.get_one(Project, line.project_id)
    require_edit(viewer, project)
    require(reason.strip(), Invalid(N_("Say in a few words why it is removed."), field="reason"))
    if line.state == LineState.REMOVED:
        return
    line.state, line.removal_reason = LineState.REMOVED, reason.strip()[:500]
    line.revision += 1
    line.changed_at = now()
    changed(session, viewer, project, "remove_line", line=line.reference, reason=line.removal_reason)


def restore_line(session: Session, viewer: Viewer, line: ActivityLine) -> None:
    """Take a removal back, as undoing an import does."""
    project = session.get_one(Project, line.project_id)
    require_edit(viewer, project)
    if line.state != LineState.REMOVED:
        return
    line.state, line.removal_reason = LineState.DRAFT, ""
    line.revision += 1
    line.changed_at = now()
    publish_if_complete(session, viewer, project, [line])
    changed(session, viewer, project, "restore_line", line=line.reference)


def publish_if_complete(
    session: Session, viewer: Viewer, project: Project, lines: Iterable[ActivityLine]
) -> list[ActivityLine]:
    """Publish those drafts that say enough; returns the ones that do not."""
    lines = list(lines)
    statement = select(LinePlace.line_id).where(LinePlace.role == LinePlaceRole.ACTIVITY)
    placed = set(
        session.exec(
            statement.join(ActivityLine, ActivityLine.id == LinePlace.line_id).where(  # type: ignore[arg-type]
                ActivityLine.project_id == project.id
            )
        )
    )
    incomplete = []
    for line in lines:
        if lacks_of_line(line, line.id in placed):
            incomplete.append(line)
        elif line.state == LineState.DRAFT and project.is_published:
            _publish(viewer, line)
    return incomplete


def save_event(
    session: Session,
    viewer: Viewer,
    project: Project,
    data: EventInput,
    event: PlannedEvent | None = None,
) -> PlannedEvent:
    """Write a planned event, new or known; it is told to others as soon as the project is published."""
    require_edit(viewer, project)
    refuse_all(faults_of_event(data))
    places = chosen_places(session, data.places, "places")
    refuse_all(faults_of_places(places, ()))
    is_new = event is None
    if event is None:
        event = _new_event(session, project, data)
    else:
        require_revision(data.revision, event.revision)
    values = {name: getattr(data, name) for name in _EVENT_FIELDS}
    values["ends_on"] = data.ends_on or data.starts_on
    values["target_groups"] = [str(group) for group in dict.fromkeys(data.target_groups)]
    values["organisation_id"] = data.organisation or project.organisation_id
    changes = change_fields(event, values)
    session.add(event)
    session.flush()
    changes |= _change_event_places(session, event, places)
    if changes or is_new:
        event.revision += 0 if is_new else 1
        event.changed_at = now()
        action = "add_event" if is_new else "change_event"
        changed(session, viewer, project, action, event=event.reference, title=event.title)
    return event


def cancel_event(session: Session, viewer: Viewer, project: Project, event: PlannedEvent) -> None:
    """Say that it will not take place; it stays to be read."""
    require_edit(viewer, project)
    if event.is_cancelled:
        return
    event.is_cancelled = True
    event.revision += 1
    event.changed_at = now()
    changed(session, viewer, project, "cancel_event", event=event.reference, title=event.title)


def _new_line(session: Session, project: Project, data: LineInput) -> ActivityLine:
    number = next_part_number(session, project, ActivityLine)
    return ActivityLine(
        project_id=project.id,
        number=number,
        reference=f"{project.reference}-{number:02d}",
        implementer_id=data.implementer,
        policy_area=data.policy_area,
    )


def _new_event(session: Session, project: Project, data: EventInput) -> PlannedEvent:
    if data.starts_on is None:
        raise Invalid(N_("Say on which day it begins."), field="starts_on")
    number = next_part_number(session, project, PlannedEvent)
    return PlannedEvent(
        project_id=project.id,
        number=number,
        reference=f"{project.reference}-E{number:02d}",
        organisation_id=data.organisation or project.organisation_id,
        kind=data.kind,
        title=data.title,
        starts_on=data.starts_on,
        ends_on=data.ends_on or data.starts_on,
    )


def next_part_number(
    session: Session, project: Project, kind: type[ActivityLine] | type[PlannedEvent]
) -> int:
    """Counted within the project. The project's row is locked, so that two at once get two numbers."""
    session.flush()
    session.exec(select(Project.id).where(Project.id == project.id).with_for_update()).one()
    last = session.exec(select(func.max(kind.number)).where(kind.project_id == project.id)).one()
    return int(last or 0) + 1


def line_values(data: LineInput) -> dict[str, Any]:
    """What the row of a line holds of its input, places apart."""
    values: dict[str, Any] = {name: getattr(data, name) for name in _PLAIN_FIELDS}
    values["implementer_id"] = data.implementer
    for name in _LIST_FIELDS:
        values[name] = [str(item) for item in dict.fromkeys(getattr(data, name))]
    values["other_policy_areas"] = [a for a in values["other_policy_areas"] if a != data.policy_area]
    for prefix, people in (("planned", data.planned), ("reached", data.reached)):
        values.update({f"{prefix}_{part}": getattr(people, part) for part in _PARTS})
    return values


def _line_places(session: Session, data: LineInput) -> dict[LinePlaceRole, list[ChosenPlace]]:
    places = chosen_places(session, data.places, "places")
    refuse_all(faults_of_places(places, chosen_places(session, data.provinces, "provinces")))
    return {
        LinePlaceRole.ACTIVITY: places,
        LinePlaceRole.DESTINATION: chosen_places(session, data.destinations, "destinations"),
        LinePlaceRole.CORRIDOR: chosen_places(session, data.corridor, "corridor"),
    }


def change_fields(row: ActivityLine | PlannedEvent, values: dict[str, Any]) -> set[str]:
    """Set what differs; returns the names of what did."""
    changes = {name for name, value in values.items() if getattr(row, name) != value}
    for name in changes:
        setattr(row, name, values[name])
    return changes


def _change_places(
    session: Session, line: ActivityLine, places: dict[LinePlaceRole, list[ChosenPlace]]
) -> set[str]:
    """Rows go and come through the unit of work, so that whoever keeps a copy of the line hears of it."""
    stored = {
        (row.place_id, LinePlaceRole(row.role)): row
        for row in session.exec(select(LinePlace).where(LinePlace.line_id == line.id))
    }
    wanted = {(chosen.place.id, role): chosen.share for role, each in places.items() for chosen in each}
    changes = set()
    for key, row in stored.items():
        if key not in wanted:
            session.delete(row)
            changes.add("places")
        elif row.share_percent != wanted[key]:
            row.share_percent = wanted[key]
            changes.add("places")
    for (place_id, role), share in wanted.items():
        if (place_id, role) not in stored:
            session.add(LinePlace(line_id=line.id, place_id=place_id, role=role, share_percent=share))
            changes.add("places")
    return changes


def _change_event_places(session: Session, event: PlannedEvent, places: Sequence[ChosenPlace]) -> set[str]:
    stored = {
        row.place_id: row for row in session.exec(select(EventPlace).where(EventPlace.event_id == event.id))
    }
    wanted: set[UUID] = {chosen.place.id for chosen in places}
    for place_id, row in stored.items():
        if place_id not in wanted:
            session.delete(row)
    session.add_all(EventPlace(event_id=event.id, place_id=key) for key in wanted - set(stored))
    return {"places"} if wanted != set(stored) else set()


def settle_state(viewer: Viewer, project: Project, line: ActivityLine, *, has_place: bool) -> None:
    """Publish it with its project when it says enough; refuse to make a published one say less."""
    lacks = lacks_of_line(line, has_place)
    if line.state == LineState.PUBLISHED:
        refuse_all(lacks)
    elif project.is_published and not lacks and may_publish(viewer, project):
        _publish(viewer, line)


def _publish(viewer: Viewer, line: ActivityLine) -> None:
    """Whoever publishes a line says that it is so on this day: its first confirmation."""
    line.state = LineState.PUBLISHED
    line.confirmed_at = line.confirmed_at or now()
    line.confirmed_by_id = line.confirmed_by_id or viewer.user_id
