"""Many lines saved at once, as a workbook brings them: the rules of `line_actions.save_line`, in a few statements.

Saving a line by itself asks the database thirty times, which is nothing for a form and minutes for two thousand
rows. A test holds the two to the same result.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.viewer import Viewer
from portal.core.audit import AuditEvent
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Invalid, refuse_all, require
from portal.core.ids import new_id
from portal.places.models import Place
from portal.registry.changes import require_edit
from portal.registry.checks import NO_SUCH_ORGANISATION, faults_of_line
from portal.registry.line_actions import change_fields, line_values, settle_state
from portal.registry.line_inputs import LineInput
from portal.registry.models import ActivityLine, LinePlace, LineState, Project
from portal.registry.partner_actions import ensure_partners
from portal.registry.place_choices import ChosenPlace, faults_of_places
from portal.registry.policy import is_as_open
from portal.registry.queries import places_of_lines
from portal.registry.row_queries import portions
from portal.registry.terms import LinePlaceRole, PartnerRole


@dataclass(frozen=True)
class LineToSave:
    """One line as it shall be; without `line` it is new. Places come as ids, perhaps with a share: `id=40`."""

    project: Project
    data: LineInput
    line: ActivityLine | None = None


def save_lines(session: Session, viewer: Viewer, wanted: Sequence[LineToSave]) -> list[ActivityLine]:
    """Write all of these lines, in their order; the first that cannot be written refuses them all."""
    saver = _Saver(session, viewer, wanted)
    with session.no_autoflush:
        saved = [saver.save(each) for each in wanted]
    session.flush()
    saver.write_rest()
    return saved


class _Saver:
    def __init__(self, session: Session, viewer: Viewer, wanted: Sequence[LineToSave]) -> None:
        self.session = session
        self.viewer = viewer
        self.now = now()
        self.places = _places(session, wanted)
        self.organisations = _organisations(session, {each.data.implementer for each in wanted})
        projects = {each.project.id: each.project for each in wanted}
        self.numbers = _last_numbers(session, projects)
        self.stored = places_of_lines(session, [each.line.id for each in wanted if each.line])
        self.implementers: dict[tuple[UUID, UUID], Project] = {}
        # Written after the lines themselves, in one statement each.
        self.new_places: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def save(self, wanted: LineToSave) -> ActivityLine:
        project, data, line = wanted.project, wanted.data, wanted.line
        require_edit(self.viewer, project)
        refuse_all(faults_of_line(data))
        chosen = {
            LinePlaceRole.ACTIVITY: self._chosen(data.places, "places"),
            LinePlaceRole.DESTINATION: self._chosen(data.destinations, "destinations"),
            LinePlaceRole.CORRIDOR: self._chosen(data.corridor, "corridor"),
        }
        refuse_all(faults_of_places(chosen[LinePlaceRole.ACTIVITY], ()))
        require(
            data.implementer in self.organisations,
            Invalid(NO_SUCH_ORGANISATION, field="implementer"),
        )
        is_new = line is None
        if line is None:
            line = self._new_line(project, data)
        require(line.state != LineState.REMOVED, Conflict(N_("This line was removed.")))
        changes = change_fields(line, line_values(data)) | self._change_places(line, chosen)
        if not changes and not is_new:
            return line
        self.session.add(line)
        if is_as_open(project, line.reach):
            self.implementers[project.id, data.implementer] = project
        line.revision += 0 if is_new else 1
        line.changed_at = project.changed_at = self.now
        settle_state(self.viewer, project, line, has_place=bool(chosen[LinePlaceRole.ACTIVITY]))
        self._tell(project, line, [] if is_new else sorted(changes), is_new=is_new)
        return line

    def write_rest(self) -> None:
        """Places of new lines, the audit trail, and who does the work, who stands among the partners, too."""
        for table, rows in ((LinePlace, self.new_places), (AuditEvent, self.events)):
            if rows:
                self.session.execute(insert(table), rows)
        named = [(project, key, PartnerRole.IMPLEMENTING) for (_, key), project in self.implementers.items()]
        ensure_partners(self.session, self.viewer, named)

    def _new_line(self, project: Project, data: LineInput) -> ActivityLine:
        self.numbers[project.id] += 1
        number = self.numbers[project.id]
        return ActivityLine(
            project_id=project.id,
            number=number,
            reference=f"{project.reference}-{number:02d}",
            implementer_id=data.implementer,
            policy_area=data.policy_area,
            # Left to their defaults, these cost more than all the rest of writing a line.
            id=new_id(),
            other_policy_areas=[],
            target_groups=[],
            forms=[],
            created_at=self.now,
            changed_at=self.now,
        )

    def _chosen(self, tokens: Iterable[str], field: str) -> list[ChosenPlace]:
        chosen = []
        for token in tokens:
            name, _, share = token.partition("=")
            place = self.places.get(_id(name))
            if place is None:
                raise Invalid(N_("There is no place with the code “%(code)s”."), field=field, code=name)
            chosen.append(ChosenPlace(place, int(share) if share else None))
        return chosen

    def _change_places(
        self, line: ActivityLine, places: Mapping[LinePlaceRole, Sequence[ChosenPlace]]
    ) -> set[str]:
        stored = {(row.place_id, LinePlaceRole(row.role)): row for row in self.stored.get(line.id, ())}
        wanted = {(each.place.id, role): each.share for role, chosen in places.items() for each in chosen}
        if {key: row.share_percent for key, row in stored.items()} == wanted:
            return set()
        rows = [
            {"line_id": line.id, "place_id": place_id, "role": role, "share_percent": share}
            for (place_id, role), share in wanted.items()
            if (place_id, role) not in stored
        ]
        if not stored:
            # The new line itself tells every copy that it is there.
            self.new_places.extend(rows)
            return {"places"}
        for key, row in stored.items():
            if key not in wanted:
                self.session.delete(row)
            else:
                row.share_percent = wanted[key]
        self.session.add_all(LinePlace.model_validate(row) for row in rows)
        return {"places"}

    def _tell(self, project: Project, line: ActivityLine, fields: Sequence[str], *, is_new: bool) -> None:
        self.events.append(
            {
                "id": new_id(),
                "at": self.now,
                "actor_id": self.viewer.user_id,
                "actor_name": self.viewer.name,
                "action": "add_line" if is_new else "change_line",
                "subject_kind": "project",
                "subject_id": project.id,
                "organisation_id": project.organisation_id,
                "details": {"reference": project.reference, "line": line.reference, "fields": list(fields)},
            }
        )


def _places(session: Session, wanted: Iterable[LineToSave]) -> dict[UUID, Place]:
    tokens = {
        token.partition("=")[0]
        for each in wanted
        for token in (*each.data.places, *each.data.destinations, *each.data.corridor)
    }
    ids = {_id(token) for token in tokens}
    return {
        place.id: place
        for portion in portions(ids)
        for place in session.exec(select(Place).where(col(Place.id).in_(portion)))
    }


def _organisations(session: Session, ids: Collection[UUID]) -> set[UUID]:
    return {
        found
        for portion in portions(ids)
        for found in session.exec(select(Organisation.id).where(col(Organisation.id).in_(portion)))
    }


def _last_numbers(session: Session, projects: Collection[UUID]) -> defaultdict[UUID, int]:
    """The last number of each project. Their rows are locked, so that two at once get two numbers."""
    session.flush()
    numbers: defaultdict[UUID, int] = defaultdict(int)
    for portion in portions(projects):
        session.exec(select(Project.id).where(col(Project.id).in_(portion)).with_for_update()).all()
        statement = select(ActivityLine.project_id, func.max(ActivityLine.number))
        grouped = statement.where(col(ActivityLine.project_id).in_(portion)).group_by(
            col(ActivityLine.project_id)
        )
        numbers.update(dict(session.exec(grouped).all()))
    return numbers


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
