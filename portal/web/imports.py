"""The workbook of an organisation: take it home, hand it in, look at what it would do, import it, take it back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel
from sqlmodel import Session
from starlette.datastructures import FormData

from portal.accounts.models import Role
from portal.accounts.queries import belongings_of, get_organisation, organisation_names, viewer_of_token
from portal.accounts.viewer import Viewer
from portal.core.errors import N_, NotFound, Unauthenticated, require
from portal.exchange import downloads, import_actions, import_writing
from portal.exchange.columns import BY_KEY, CHOOSABLE
from portal.exchange.days import DAY_ORDER_LABELS, DayOrder
from portal.exchange.import_queries import browse_rows, count_rows, get_import, imports_of
from portal.exchange.import_steps import ONLY_EDITORS
from portal.exchange.models import BatchState, ImportBatch, RowState
from portal.exchange.received_tables import ReceivedTable, receive_table
from portal.exchange.remarks import Remark
from portal.exchange.wordlists import word_lists
from portal.request import SESSION_COOKIE, CurrentViewer, DbSession, Installation
from portal.templating import translate
from portal.web.files import download_headers, table_download
from portal.web.forms import Form, Posted, files_of
from portal.web.languages import PREFIX
from portal.web.page_numbers import PageNumber
from portal.web.screen import CurrentScreen, Screen
from uploads.storage import NotStored

router = APIRouter(prefix=f"{PREFIX}/imports")
SIGN_IN_FIRST = Unauthenticated(N_("Sign in to work with your organisation's workbook."))
MOST_COLUMNS_SHOWN = 200
# Questions that are left empty when answered so.
LEAVE_OUT = "-"


class ImportInput(BaseModel):
    organisation: UUID


def take_table(request: Request, posted: Posted, portal: Installation) -> ReceivedTable:
    """Keep and read the file before the transaction begins, for somebody who may hand one in."""
    with portal.database.reading() as session:
        viewer = viewer_of_token(session, request.cookies.get(SESSION_COOKIE, ""))
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    files = files_of(posted, "file")
    if not files:
        return ReceivedTable(refusal=N_("Choose a file."))
    if not viewer.organisations_with(Role.EDITOR):
        return ReceivedTable(refusal=ONLY_EDITORS)
    return receive_table(portal.files, files[0].filename or "", files[0].file)


Table = Annotated[ReceivedTable, Depends(take_table)]


@router.get("")
def workbook(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    return _show_workbook(screen, session, viewer, Form(ImportInput))


@router.post("")
def hand_in(
    table: Table, screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, posted: Posted
) -> Response:
    form = Form(ImportInput, posted)
    with form.guard(session):
        batch = import_actions.start_import(
            session, viewer, form.value.organisation, table, translate, screen.language
        )
        return screen.go(f"/imports/{batch.reference}")
    return _show_workbook(screen, session, viewer, form, 422)


@router.get("/lines.{ending}")
def all_lines(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, ending: str) -> Response:
    as_csv = _is_csv(ending)
    content = downloads.visible_workbook(session, viewer, translate, screen.language, as_csv=as_csv)
    return table_download(content, f"lines.{ending}")


@router.get("/{organisation}/workbook.{ending}")
def own_lines(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, organisation: str, ending: str
) -> Response:
    as_csv = _is_csv(ending)
    own = get_organisation(session, viewer, organisation)
    content = downloads.organisation_workbook(
        session, viewer, own.id, translate, screen.language, as_csv=as_csv
    )
    return table_download(content, f"{own.reference}.{ending}")


@router.get("/{reference}")
def show(
    screen: CurrentScreen,
    session: DbSession,
    viewer: CurrentViewer,
    reference: str,
    state: str = "",
    page: PageNumber = 1,
) -> Response:
    require(viewer.is_signed_in, SIGN_IN_FIRST)
    batch = get_import(session, viewer, reference)
    return _show(screen, session, batch, Form(ImportInput), state=state, page=page)


@router.post("/{reference}/columns")
def match(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    batch = get_import(session, viewer, reference)
    form = Form(ImportInput)
    chosen = _numbered(posted, "column-")
    with form.guard(session):
        import_actions.match_columns(session, viewer, batch, chosen, translate, screen.language)
        return screen.go(f"/imports/{batch.reference}", notice="saved")
    return _show(screen, session, batch, form, 422, typed=chosen)


@router.post("/{reference}/answers")
def answer(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    batch = get_import(session, viewer, reference)
    form = Form(ImportInput)
    answers = {**_numbered(posted, "answer-"), **_numbered(posted, "other-")}
    with form.guard(session):
        import_actions.answer_questions(session, viewer, batch, answers, translate, screen.language)
        return screen.go(f"/imports/{batch.reference}", notice="saved")
    return _show(screen, session, batch, form, 422, typed=answers)


@router.post("/{reference}/day-order")
def order(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    batch = get_import(session, viewer, reference)
    wanted = posted.get("day_order")
    if wanted in list(DayOrder):
        import_actions.choose_day_order(
            session, viewer, batch, DayOrder(str(wanted)), translate, screen.language
        )
    return screen.go(f"/imports/{batch.reference}", notice="saved")


@router.post("/{reference}/rows")
def choose(
    screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str, posted: Posted
) -> Response:
    """Keep which rows of this page are wanted; with the other button, import all that are."""
    batch = get_import(session, viewer, reference)
    form = Form(ImportInput)
    with form.guard(session):
        shown, chosen = _numbers(posted, "shown"), _numbers(posted, "row")
        import_actions.choose_rows(session, viewer, batch, shown, chosen)
        if posted.get("do") == "import":
            import_writing.import_chosen(
                session, viewer, batch, translate, screen.language, publish=posted.get("publish") == "true"
            )
        return screen.go(f"/imports/{batch.reference}", notice="saved")
    return _show(screen, session, batch, form, 422)


@router.post("/{reference}/undo")
def undo(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    batch = get_import(session, viewer, reference)
    form = Form(ImportInput)
    with form.guard(session):
        import_writing.undo_import(session, viewer, batch)
        return screen.go(f"/imports/{batch.reference}", notice="saved")
    return _show(screen, session, batch, form, 422)


@router.get("/{reference}/problems.xlsx")
def problems(screen: CurrentScreen, session: DbSession, viewer: CurrentViewer, reference: str) -> Response:
    batch = get_import(session, viewer, reference)
    content = downloads.problem_rows(session, batch, translate, screen.language)
    return table_download(content, f"{batch.reference}-problems.xlsx")


@router.get("/{reference}/file")
def original(session: DbSession, viewer: CurrentViewer, here: Installation, reference: str) -> Response:
    """The very file that was handed in; only ever downloaded, never shown in place."""
    batch = get_import(session, viewer, reference)
    try:
        pieces = here.files.read_range(batch.sha256, 0, batch.size_bytes)
    except NotStored as error:
        raise NotFound(N_("The file of this import is no longer kept.")) from error
    return StreamingResponse(
        pieces, media_type="application/octet-stream", headers=download_headers(batch.file_name)
    )


def _show_workbook(
    screen: Screen, session: Session, viewer: Viewer, form: Form[ImportInput], status: int = 200
) -> Response:
    own = belongings_of(session, [viewer.user_id] if viewer.user_id else []).get(viewer.user_id, [])  # type: ignore[arg-type]
    editable = [each.organisation for each in own if viewer.has_role(each.organisation.id, Role.EDITOR)]
    if len(editable) == 1 and not form.get("organisation"):
        form.typed["organisation"] = str(editable[0].id)
    batches = imports_of(session, [organisation.id for organisation in editable])
    return screen.show(
        "imports/workbook.html",
        status,
        form=form,
        own=[each.organisation for each in own],
        editable=editable,
        organisation_options=[(str(each.id), each.name) for each in editable],
        batches=batches,
        names={organisation.id: organisation.name for organisation in editable},
        state_labels=BATCH_LABELS,
    )


BATCH_LABELS = {
    BatchState.MATCHING: N_("Columns to be matched"),
    BatchState.PREVIEW: N_("Preview, nothing written yet"),
    BatchState.IMPORTED: N_("Imported"),
    BatchState.UNDONE: N_("Taken back"),
}
ROW_LABELS = {
    RowState.NEW: N_("New"),
    RowState.CHANGED: N_("Changed"),
    RowState.DELETED: N_("To be deleted"),
    RowState.UNCHANGED: N_("Unchanged"),
    RowState.DUPLICATE: N_("Possible duplicate"),
    RowState.QUESTION: N_("Waits for an answer"),
    RowState.ERROR: N_("Error"),
}
OUTCOME_LABELS = {
    "created": N_("Written as new"),
    "changed": N_("Written as changed"),
    "removed": N_("Deleted"),
}


def _show(
    screen: Screen,
    session: Session,
    batch: ImportBatch,
    form: Form[ImportInput],
    status: int = 200,
    *,
    state: str = "",
    page: int = 1,
    typed: dict[int, str] | None = None,
) -> Response:
    shared = {
        "batch": batch,
        "form": form,
        "typed": typed or {},
        "organisation": organisation_names(session, [batch.organisation_id])[batch.organisation_id],
        "column_name": lambda key: _column_name(key, screen.language),
        "state_labels": BATCH_LABELS,
    }
    if batch.state == BatchState.MATCHING:
        return screen.show(
            "imports/match.html",
            status,
            choosable=CHOOSABLE,
            positions=_positions(batch),
            known_columns={n: key for key, n in batch.layout["columns"].items()},
            **shared,
        )
    chosen_state = RowState(state) if state in list(RowState) else None
    rows = browse_rows(session, batch, chosen_state, page)
    return screen.show(
        "imports/preview.html",
        status,
        rows=rows,
        counts=count_rows(session, batch),
        chosen_state=chosen_state,
        row_labels=ROW_LABELS,
        outcome_labels=OUTCOME_LABELS,
        remarks=lambda row: [Remark.from_json(stored) for stored in row.remarks],
        cell=lambda row, column: downloads.address_of(batch, row.number, column),
        options=lambda question: _options(question, screen.language),
        day_orders=DAY_ORDER_LABELS,
        asks_for_order=_asks_for_order(batch, rows.rows),
        unknown=[batch.layout["headers"].get(str(n), "") for n in batch.layout["unknown"]],
        page_link=lambda number: screen.address(
            f"/imports/{batch.reference}", state=chosen_state or "", page=number
        ),
        **shared,
    )


def _column_name(key: str, language: str) -> str:
    column = BY_KEY.get(key)
    if column is None:
        return key
    return column.lao if language == "lo" else column.english


def _options(question: dict[str, object], language: str) -> list[tuple[str, str, str]]:
    """What may be answered: value, words, and the marked reason; first what comes nearest, then the whole list."""
    suggested = [(s["target"], s["label"], s["reason"]) for s in question["suggestions"]]  # type: ignore[attr-defined]
    lists = word_lists(translate)
    words = lists.get(str(question["list"]))
    if words is None:
        return suggested
    first = [target for target, _, _ in suggested]
    codes = [*first, *(code for code, _, _ in words.values if code not in first)]
    return [(code, words.word(code, language), "") for code in codes]


def _asks_for_order(batch: ImportBatch, rows: object) -> bool:
    return bool(batch.day_order) or any(
        "first" in stored["values"]
        for row in rows  # type: ignore[attr-defined]
        for stored in row.remarks
    )


def _positions(batch: ImportBatch) -> list[tuple[int, str]]:
    headers = sorted((int(position), header) for position, header in batch.layout["headers"].items())
    return headers[:MOST_COLUMNS_SHOWN]


def _numbered(posted: FormData, prefix: str) -> dict[int, str]:
    """Fields such as `answer-3`, by their number; empty ones left out."""
    found = {}
    for name, value in posted.multi_items():
        number = name.removeprefix(prefix)
        if name.startswith(prefix) and number.isdecimal() and isinstance(value, str) and value.strip():
            found[int(number[:6])] = value.strip()[:300]
    return found


def _numbers(posted: FormData, name: str) -> set[int]:
    return {
        int(text)
        for text in posted.getlist(name)
        if isinstance(text, str) and text.isdecimal() and len(text) < 9
    }


def _is_csv(ending: str) -> bool:
    require(ending in ("xlsx", "csv"), NotFound(downloads.NOT_YOURS))
    return ending == "csv"
