"""Writing the chosen rows of an import, all or none, and taking a whole import back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from portal.accounts.models import Organisation
from portal.accounts.viewer import Viewer
from portal.core.clock import now
from portal.core.errors import N_, Conflict, Forbidden, require
from portal.exchange.import_queries import rows_of
from portal.exchange.import_steps import ONLY_EDITORS, require_open, tell
from portal.exchange.import_words import confirm_unchanged, take_back_words
from portal.exchange.line_values import line_input
from portal.exchange.models import BatchState, ImportBatch, ImportRow, Outcome, RowState
from portal.exchange.planning import PlannedRow, plan_import
from portal.exchange.policy import may_import_for
from portal.exchange.wordlists import Say
from portal.registry.actions import create_projects, discard_project, lacks_of_project, publish_project
from portal.registry.inputs import ProjectInput
from portal.registry.line_actions import remove_line, restore_line
from portal.registry.line_batches import LineToSave, save_lines
from portal.registry.line_inputs import LineInput
from portal.registry.models import ActivityLine, Project, ProjectState
from portal.registry.partner_actions import ensure_partners
from portal.registry.policy import may_publish
from portal.registry.queries import lines_of
from portal.registry.snapshot import as_one_change
from portal.registry.terms import PartnerRole

NOT_IMPORTED = N_("Only an import that was carried out can be taken back.")
UNDONE_REASON = N_("The import %(reference)s that brought it was taken back.")


def import_chosen(
    session: Session,
    viewer: Viewer,
    batch: ImportBatch,
    say: Say,
    language: str,
    *,
    publish: bool = False,
) -> int:
    """Write every chosen row, all in this transaction; returns how many, with those that confirm their line.

    The preview is worked out once more, so that nothing is written that is no longer so: of two imports of one
    organisation, the second waits for the first and sees what it wrote.
    """
    require_open(viewer, batch)
    session.exec(
        select(Organisation.id).where(Organisation.id == batch.organisation_id).with_for_update()
    ).one()
    session.refresh(batch)
    require_open(viewer, batch)
    plan = plan_import(session, viewer, batch, say, language)
    writer = _Writer(session, viewer, batch)
    chosen = [planned for planned in plan.rows if _is_to_write(planned)]
    with as_one_change(session):
        writer.write(chosen)
        confirmed = confirm_unchanged(session, viewer, plan.rows)
    if publish:
        writer.publish()
    batch.state, batch.imported_at = BatchState.IMPORTED, now()
    tell(session, viewer, batch, "import", rows=len(chosen) + confirmed)
    return len(chosen) + confirmed


def _is_to_write(planned: PlannedRow) -> bool:
    if not planned.row.is_chosen:
        return False
    if planned.state == RowState.DELETED:
        return planned.known is not None
    return planned.state in (RowState.NEW, RowState.CHANGED, RowState.DUPLICATE) and planned.data is not None


class _Writer:
    """Writes the rows of one import; projects that several rows begin are begun once."""

    def __init__(self, session: Session, viewer: Viewer, batch: ImportBatch) -> None:
        self.session = session
        self.viewer = viewer
        self.batch = batch
        self.begun: dict[str, Project] = {}

    def write(self, chosen: Sequence[PlannedRow]) -> None:
        """Deletions one by one, everything else together."""
        self._begin([planned for planned in chosen if planned.data is not None and planned.new_project])
        to_save = []
        for planned in chosen:
            if planned.state == RowState.DELETED and planned.known:
                reason = str(planned.read.values["reason"])
                remove_line(self.session, self.viewer, planned.known.line, reason)
                self._note(planned.row, planned.known.line, Outcome.REMOVED)
            elif planned.data is not None:
                planned.row.before = _before(planned) if planned.known else {}
                project = planned.project or self.begun[planned.new_project]
                known = planned.known.line if planned.known else None
                to_save.append((planned, LineToSave(project, planned.data, known)))
        lines = save_lines(self.session, self.viewer, [wanted for _, wanted in to_save])
        for (planned, wanted), line in zip(to_save, lines, strict=True):
            line.import_id = line.import_id or self.batch.id
            self._note(planned.row, line, Outcome.CHANGED if wanted.line else Outcome.CREATED)

    def publish(self) -> None:
        """Show the projects that this import began, where the viewer may and they are complete."""
        for project in self.begun.values():
            if may_publish(self.viewer, project) and not lacks_of_project(self.session, project):
                publish_project(self.session, self.viewer, project)

    def _note(self, row: ImportRow, line: ActivityLine, outcome: Outcome) -> None:
        row.outcome, row.line_id, row.revision_after = outcome, line.id, line.revision
        row.line_reference = line.reference

    def _begin(self, rows: Sequence[PlannedRow]) -> None:
        """Projects that are not here yet, and whom the rows name beside the implementer."""
        if not rows:
            return
        wanted: dict[str, ProjectInput] = {}
        for planned in rows:
            if planned.new_project not in wanted:
                wanted[planned.new_project] = self._project_input(planned.read.values)
        projects = create_projects(self.session, self.viewer, list(wanted.values()))
        for project in projects:
            project.import_id = self.batch.id
        self.begun = dict(zip(wanted, projects, strict=True))
        named = [
            (self.begun[planned.new_project], organisation_id, role)
            for planned in rows
            for key, role in (("funder", PartnerRole.FUNDING), ("accountable", PartnerRole.ACCOUNTABLE))
            for organisation_id in planned.read.values.get(key) or ()
        ]
        ensure_partners(self.session, self.viewer, named)

    def _project_input(self, given: Mapping[str, Any]) -> ProjectInput:
        status = given.get("status")
        return ProjectInput(
            organisation=self.batch.organisation_id,
            title_en=given.get("title_en") or "",
            title_lo=given.get("title_lo") or "",
            iati_identifier=given.get("iati") or "",
            planned_start=given.get("start"),
            planned_end=given.get("end"),
            **({"status": status[0]} if status else {}),
        )


def _before(planned: PlannedRow) -> dict[str, Any]:
    """The line as it was, as an input that would make it so again."""
    data, _ = line_input({}, planned.known)
    return data.model_dump(mode="json") if data else {}


def undo_import(session: Session, viewer: Viewer, batch: ImportBatch) -> list[str]:
    """Take a whole import back: what it brought goes, what it changed says again what it said before.

    Lines that somebody changed since stay as they are; their references are returned and kept.
    """
    require(may_import_for(viewer, batch.organisation_id), Forbidden(ONLY_EDITORS))
    require(batch.state == BatchState.IMPORTED, Conflict(NOT_IMPORTED))
    rows = [row for row in rows_of(session, batch) if row.outcome and row.line_id]
    kept = [row.line_reference for row in rows if not _is_untouched(session, row)]
    _undo_rows(session, viewer, batch, [row for row in rows if row.line_reference not in kept])
    _discard_empty(session, viewer, batch)
    take_back_words(session, viewer, batch)
    batch.state, batch.undone_at, batch.not_undone = BatchState.UNDONE, now(), sorted(kept)
    session.add(batch)
    tell(session, viewer, batch, "undo_import", kept=batch.not_undone)
    session.flush()
    return batch.not_undone


def _is_untouched(session: Session, row: ImportRow) -> bool:
    """Whether a row can be taken back: only a line nobody changed since can."""
    line = session.get(ActivityLine, row.line_id)
    return line is not None and line.revision == row.revision_after


def _undo_rows(session: Session, viewer: Viewer, batch: ImportBatch, rows: Sequence[ImportRow]) -> None:
    before = []
    for row in rows:
        line = session.get_one(ActivityLine, row.line_id)
        if row.outcome == Outcome.REMOVED:
            restore_line(session, viewer, line)
        elif row.outcome == Outcome.CREATED:
            remove_line(session, viewer, line, UNDONE_REASON % {"reference": batch.reference})
        else:
            project = session.get_one(Project, line.project_id)
            before.append(LineToSave(project, LineInput.model_validate(row.before), line))
    save_lines(session, viewer, before)


def _discard_empty(session: Session, viewer: Viewer, batch: ImportBatch) -> None:
    """Drafts that the import began and that hold nothing now are thrown away."""
    statement = select(Project).where(col(Project.import_id) == batch.id, Project.state == ProjectState.DRAFT)
    for project in session.exec(statement).all():
        if not lines_of(session, project.id):
            discard_project(session, viewer, project)
