"""What importing a file would do, row by row. Looks at everything and writes nothing but the preview itself."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.viewer import Viewer
from portal.core.clock import today
from portal.core.errors import N_
from portal.core.text import fold
from portal.exchange.column import Kind
from portal.exchange.columns import BY_KEY
from portal.exchange.context import Context
from portal.exchange.days import DayOrder, day_order
from portal.exchange.import_queries import (
    answers_of,
    lines_by_fingerprint,
    organisation_index,
    place_index,
    rows_of,
)
from portal.exchange.line_values import (
    LINE_KEYS,
    PROJECT_KEYS,
    changed_keys,
    column_of,
    in_words,
    lacks,
    line_input,
    settle,
)
from portal.exchange.models import ImportBatch, ImportRow, RowState
from portal.exchange.remarks import Level, Remark
from portal.exchange.row_places import place_key
from portal.exchange.row_reading import ReadRow, as_text, at_cell, questions_of, read_row
from portal.exchange.row_words import told
from portal.exchange.wordlists import Say, Wish, word_lists
from portal.exchange.workbook_lines import WorkbookLine, lines_of_organisation
from portal.registry.confirm_actions import is_past_end
from portal.registry.line_inputs import LineInput
from portal.registry.models import LineState, Project, ProjectState, ProjectText
from uploads.tables.cells import Cell, from_wire

NO_SUCH_LINE = N_("Your organisation has no line of this number. Leave the cell empty for a new line.")
NO_SUCH_PROJECT = N_("Your organisation has no project of this number. Leave the cell empty for a new one.")
NEEDS_TITLE = N_("A new line needs the number of its project, or a project title.")
NEEDS_REASON = N_("Say beside it, in a few words, why it is deleted.")
NOTHING_TO_DELETE = N_("Only a line that is here already can be deleted. Give its number.")
STAYS_IN_PROJECT = N_(
    "A line stays with its project, %(project)s. Delete it there and add it anew elsewhere."
)
KEPT_OF_PROJECT = N_("This belongs to the project %(project)s and is changed on its page; it was not taken.")
SAID_NO_CHANGE = N_("The remark says that nothing changed, but something did.")
PAST_END = N_("It is past its end, so that “No change” does not confirm it. Change its end or its status.")
SAID_NEW = N_("The remark says that this is new, but the line is here already.")
SAME_ROW = N_("The same as row %(row)s.")
LIKE_LINE = N_("It may be the line %(line)s: same organisation, work, places and time.")
LINE_TWICE = N_("This line stands in row %(row)s already. Keep one of the two.")
_LINE = re.compile(r"LA-\d{1,9}-\d{1,6}", re.IGNORECASE)


@dataclass
class PlannedRow:
    """One row with what would be written: `data` for a line, and the project it belongs to or would begin."""

    row: ImportRow
    read: ReadRow
    known: WorkbookLine | None = None
    data: LineInput | None = None
    project: Project | None = None
    new_project: str = ""
    # Whether it is looked at for the first time, so that nobody has chosen yet.
    is_first: bool = False
    state: RowState = RowState.NEW
    changes: list[dict[str, str]] = field(default_factory=list)

    def say(self, level: Level, column: str, message: str, found: str = "", **values: str) -> None:
        self.read.remarks.append(Remark(level, column, found, message, values))


@dataclass
class Plan:
    rows: list[PlannedRow]
    context: Context


def plan_import(session: Session, viewer: Viewer, batch: ImportBatch, say: Say, language: str) -> Plan:
    """Work the preview out anew and keep it with the rows. About a second for 2,000 rows."""
    planner = _Planner(session, viewer, batch, say, language)
    planned = [planner.plan(row) for row in planner.rows]
    for each in planned:
        _keep(each)
    batch.questions = _questions(planned, planner.context)
    session.add(batch)
    session.flush()
    return Plan(planned, planner.context)


class _Planner:
    def __init__(self, session: Session, viewer: Viewer, batch: ImportBatch, say: Say, language: str) -> None:
        self.rows = rows_of(session, batch)
        self.organisation_id = batch.organisation_id
        self.columns: dict[str, int] = batch.layout.get("columns", {})
        self.cells = {row.number: _cells(row) for row in self.rows}
        self.context = Context(
            word_lists(say),
            organisation_index(session, viewer),
            place_index(session),
            answers_of(session, batch.organisation_id),
            *self._order(batch),
            language,
        )
        lines = lines_of_organisation(session, batch.organisation_id)
        self.by_reference = {each.line.reference: each for each in lines}
        self.by_id = {each.line.id: each for each in lines}
        self.by_external = {each.values["external"]: each for each in lines if each.values["external"]}
        self.by_fingerprint = lines_by_fingerprint(session, batch.organisation_id)
        self.projects, self.by_title = _own_projects(session, batch.organisation_id)
        self.alike: defaultdict[tuple[Any, ...], list[WorkbookLine]] = defaultdict(list)
        for each in lines:
            self.alike[_likeness(each.values)].append(each)
        self.seen_lines: dict[UUID, int] = {}
        self.seen_rows: dict[str, int] = {}

    def plan(self, row: ImportRow) -> PlannedRow:
        cells = self.cells[row.number]
        is_first = not row.fingerprint
        row.fingerprint = fingerprint(cells, self.columns)
        known, wanted = self._find_line(row, cells)
        read = read_row(row.number, cells, self.columns, self.context, known.values if known else None)
        planned = PlannedRow(row, read, known, is_first=is_first)
        read.values = settle(read.values)
        if wanted and not known and _LINE.fullmatch(wanted):
            planned.say(Level.ERROR, "line", NO_SUCH_LINE, wanted)
        elif wanted and not _LINE.fullmatch(wanted):
            # Another system's number of the row.
            read.values.setdefault("external", wanted)
        if read.has(Level.ERROR) and not read.values:
            planned.state = RowState.ERROR
            return planned
        wish = _first(read.values.get("remark"))
        if wish == Wish.DELETE:
            self._plan_deletion(planned)
        elif known:
            self._plan_change(planned, known, wish)
        else:
            self._plan_new(planned)
        self._settle_state(planned)
        return planned

    def _find_line(self, row: ImportRow, cells: Mapping[int, Cell]) -> tuple[WorkbookLine | None, str]:
        wanted = _cell_text(cells, self.columns, "line")
        external = _cell_text(cells, self.columns, "external") or wanted
        if _LINE.fullmatch(wanted):
            return self.by_reference.get(wanted.upper()), wanted
        if external and external in self.by_external:
            return self.by_external[external], wanted
        line_id = self.by_fingerprint.get(row.fingerprint)
        return (self.by_id.get(line_id) if line_id else None), wanted

    def _plan_deletion(self, planned: PlannedRow) -> None:
        planned.state = RowState.DELETED
        if planned.known is None:
            planned.say(Level.ERROR, "remark", NOTHING_TO_DELETE)
        elif not planned.read.values.get("reason"):
            planned.say(Level.ERROR, "reason", NEEDS_REASON)

    def _plan_change(self, planned: PlannedRow, known: WorkbookLine, wish: str | None) -> None:
        given, project = planned.read.values, known.project.reference
        planned.project = known.project
        if given.get("project") and given["project"].upper() != project:
            planned.say(Level.ERROR, "project", STAYS_IN_PROJECT, given["project"], project=project)
        for key in changed_keys(given, known, PROJECT_KEYS):
            planned.say(Level.WARNING, key, KEPT_OF_PROJECT, project=project)
        keys = changed_keys(given, known, LINE_KEYS)
        # A cell that was not understood is told of as such, not as one that was emptied.
        not_read = {remark.column for remark in planned.read.remarks if remark.level != Level.WARNING}
        planned.changes = [
            {
                "column": column_of(key),
                "old": in_words(key, known.values.get(key), self.context),
                "new": in_words(key, given[key], self.context),
            }
            for key in keys
            if column_of(key) not in not_read
        ]
        planned.state = RowState.CHANGED if keys else RowState.UNCHANGED
        if wish == Wish.NO_CHANGE:
            self._plan_word(planned, known, is_changed=bool(keys))
        if wish == Wish.NEW:
            planned.say(Level.WARNING, "remark", SAID_NEW)
        if keys:
            self._settle_input(planned)
        earlier = self.seen_lines.setdefault(known.line.id, planned.row.number)
        if earlier != planned.row.number and keys:
            planned.say(Level.ERROR, "line", LINE_TWICE, known.line.reference, row=str(earlier))

    def _plan_word(self, planned: PlannedRow, known: WorkbookLine, *, is_changed: bool) -> None:
        """“No change” is a word: the line is still correct. Once a day is enough."""
        day, said_on = today(), known.values["confirmed"]
        if is_changed:
            planned.say(Level.WARNING, "remark", SAID_NO_CHANGE)
        elif is_past_end(known.line, known.project, day):
            planned.say(Level.WARNING, "remark", PAST_END)
        elif said_on != day and known.line.state == LineState.PUBLISHED and known.project.is_published:
            old = said_on.isoformat() if said_on else ""
            planned.changes = [{"column": "confirmed", "old": old, "new": day.isoformat()}]

    def _plan_new(self, planned: PlannedRow) -> None:
        given = planned.read.values
        planned.changes = told(given, self.organisation_id, self.context)
        self._settle_project(planned)
        self._settle_input(planned)
        earlier = self.seen_rows.setdefault(planned.row.fingerprint, planned.row.number)
        if earlier != planned.row.number:
            planned.state = RowState.DUPLICATE
            planned.say(Level.WARNING, "title_en", SAME_ROW, row=str(earlier))
            return
        for other in self.alike.get(_likeness(given), ()):
            if _same_time(given, other.values):
                planned.state = RowState.DUPLICATE
                planned.say(Level.WARNING, "title_en", LIKE_LINE, line=other.line.reference)
                return

    def _settle_project(self, planned: PlannedRow) -> None:
        given = planned.read.values
        reference = given.get("project")
        titles = [title for title in (given.get("title_en"), given.get("title_lo")) if title]
        if reference:
            planned.project = self.projects.get(reference.upper())
            if planned.project is None:
                planned.say(Level.ERROR, "project", NO_SUCH_PROJECT, reference)
            return
        keys = [fold(title) for title in titles]
        planned.project = next((self.by_title[key] for key in keys if key in self.by_title), None)
        planned.new_project = keys[0] if keys and planned.project is None else ""
        if not titles and not planned.read.has(Level.ERROR):
            planned.say(Level.ERROR, "title_en", NEEDS_TITLE)

    def _settle_input(self, planned: PlannedRow) -> None:
        asked = {remark.column for remark in planned.read.remarks if remark.level != Level.WARNING}
        data, remarks = line_input(planned.read.values, planned.known)
        # What is asked already is not also said to be missing.
        levels = {"district": asked & {"province", "district", "country", "province_code", "district_code"}}
        planned.read.remarks.extend(
            r for r in remarks if r.found or (r.column not in asked and not levels.get(r.column))
        )
        if data is not None:
            planned.data = data
            planned.read.remarks.extend(r for r in lacks(data, planned.known) if r.column not in asked)

    def _settle_state(self, planned: PlannedRow) -> None:
        if planned.read.has(Level.ERROR):
            planned.state = RowState.ERROR
        elif planned.read.has(Level.QUESTION):
            planned.state = RowState.QUESTION
        cells = self.cells[planned.row.number]
        planned.read.remarks[:] = [at_cell(r, cells, self.columns) for r in planned.read.remarks]

    def _order(self, batch: ImportBatch) -> tuple[DayOrder | None, bool]:
        """How days are written in all columns of the file, and whether a person had to tell."""
        positions = [self.columns[key] for key in self.columns if BY_KEY[key].kind == Kind.DAY]
        shown = day_order(
            cells[position] for cells in self.cells.values() for position in positions if position in cells
        )
        told = DayOrder(batch.day_order) if batch.day_order else None
        return shown or told, shown is None


def fingerprint(cells: Mapping[int, Cell], columns: Mapping[str, int]) -> str:
    """Says which row it is by what it says, whatever the order of its columns."""
    said = (
        f"{key}={_folded(as_text(cells[position]))}"
        for key, position in sorted(columns.items())
        if position in cells and not BY_KEY[key].is_told_only
    )
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


@lru_cache(maxsize=50_000)
def _folded(text: str) -> str:
    """Cells repeat themselves, and folding is what reading a file spends its time on."""
    return fold(text)


def _cells(row: ImportRow) -> dict[int, Cell]:
    return {int(position): from_wire(value) for position, value in row.raw.items()}


def _cell_text(cells: Mapping[int, Cell], columns: Mapping[str, int], key: str) -> str:
    cell = cells.get(columns.get(key, -1))
    return as_text(cell).strip()[:200] if cell is not None else ""


def _own_projects(session: Session, organisation_id: UUID) -> tuple[dict[str, Project], dict[str, Project]]:
    """The projects an organisation may add lines to, by reference and by folded title."""
    statement = (
        select(Project, ProjectText.title)
        .outerjoin(ProjectText, col(ProjectText.project_id) == col(Project.id))
        .where(
            Project.organisation_id == organisation_id,
            col(Project.state).in_([ProjectState.DRAFT, ProjectState.PUBLISHED]),
        )
        .order_by(col(Project.number))
    )
    by_reference: dict[str, Project] = {}
    by_title: dict[str, Project] = {}
    for project, title in session.exec(statement):
        by_reference[project.reference] = project
        if title:
            by_title.setdefault(fold(title), project)
    return by_reference, by_title


def _likeness(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        fold(values.get("title_en") or values.get("title_lo") or ""),
        tuple(values.get("implementer") or ()),
        tuple(values.get("policy_area") or ()),
        tuple(values.get("intervention") or ()),
        frozenset(token.partition("=")[0] for token in values.get("places") or ()),
    )


def _same_time(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if not (one.get("start") and other.get("start")):
        return False
    return bool(
        one["start"] <= (other.get("end") or one["start"])
        and other["start"] <= (one.get("end") or other["start"])
    )


def _keep(planned: PlannedRow) -> None:
    row, given = planned.row, planned.read.values
    is_other = planned.is_first or row.state != planned.state
    row.state = planned.state
    row.remarks = [remark.to_json() for remark in planned.read.remarks]
    row.changes = planned.changes
    row.line_reference = planned.known.line.reference if planned.known else ""
    known = planned.known.values if planned.known else {}
    title = given.get("title_en") or given.get("title_lo") or known.get("title_en") or known.get("title_lo")
    row.title = (title or "")[:300]
    if is_other or not row.does_something:
        row.is_chosen = row.does_something and planned.state != RowState.DUPLICATE


def _questions(planned: Sequence[PlannedRow], context: Context) -> list[dict[str, Any]]:
    """Each question once, with how many rows wait for it and what may be meant."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for _, remark in questions_of([each.read for each in planned]):
        list_name = remark.values["list"]
        level = int(remark.values.get("level", 0))
        parents = [UUID(key) for key in remark.values.get("within", "").split(",") if key]
        key = place_key(remark.found, level, parents) if list_name == "place" else fold(remark.found)
        question = found.get((list_name, key))
        if question is None:
            question = found[list_name, key] = {
                "list": list_name,
                "key": key,
                "text": remark.found[:200],
                "column": remark.column,
                "message": remark.message,
                "level": level,
                "within": [str(parent) for parent in parents],
                "rows": 0,
                "suggestions": _suggestions(list_name, remark.found, level, parents, context),
            }
        question["rows"] += 1
    return sorted(found.values(), key=lambda question: -question["rows"])


def _suggestions(
    list_name: str, text: str, level: int, parents: Sequence[UUID], context: Context
) -> list[dict[str, str]]:
    if list_name == "organisation":
        near = context.organisations.suggest(text)
    elif list_name == "place":
        near = context.places.suggest(text, level, parents)
    else:
        return [
            {"target": code, "label": "", "reason": ""} for code in context.lists[list_name].suggest(text)
        ]
    return [{"target": each.target, "label": each.label, "reason": each.reason} for each in near]


def _first(codes: Sequence[str] | None) -> str | None:
    return codes[0] if codes else None
