"""Every interface piece on one page, in its states: to look at, and to test with axe in both languages and schemes.

Everything shown is invented here and touches no database.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from portal.accounts.models import Organisation, OrganisationType
from portal.core.clock import now
from portal.core.errors import N_
from portal.core.paging import Page
from portal.core.queue import Job
from portal.finding import Choice, FoundPage, FoundResource
from portal.library.list_queries import ResourceCard
from portal.library.models import FileEntry, Reading, ReadingState, Resource, Version
from portal.library.page_queries import FileLine
from portal.library.vocabularies import (
    FileRole,
    ResourceType,
    Visibility,
)
from portal.places.page_queries import PlaceLine
from portal.registry.statistics import Series, SourceSeries, YearFigures
from portal.web.admin import JOB_LABELS
from portal.web.component_findings import finding_lines
from portal.web.component_imports import import_pieces
from portal.web.component_projects import line_details, project_card
from portal.web.forms import Form
from portal.web.languages import PREFIX
from portal.web.presence_pieces import presence_pieces
from portal.web.screen import CurrentScreen
from portal.web.statistics import Chart, drawn
from search.highlight import Passage

router = APIRouter(prefix=f"{PREFIX}/-")

LONG_LAO = "ຄູ່ມືສຳລັບການປ້ອງກັນແລະຕ້ານການຄ້າມະນຸດໃນຂົງເຂດແມ່ນ້ຳຂອງ" * 4
LONG_WORD = "Nongovernmentalorganisationscoordinationcommittee" * 3
WRONG = {
    "text_wrong": N_("This is needed."),
    "lines_wrong": N_("This is needed."),
    "list_wrong": N_("Choose one of the list."),
    "ticks_wrong": N_("Choose at least one."),
    "radios_wrong": N_("Choose one of the list."),
    "file_wrong": N_("This is needed."),
    "parent": N_("Choose one of the list."),
}
TYPED: dict[str, Any] = {
    "text_filled": 'Khamla "Noy" <b>',
    "text_lao": LONG_LAO,
    "lines_filled": f"{LONG_LAO}\n{LONG_WORD}",
    "list_filled": "protection",
    "ticks_filled": ["policy", "protection"],
    "radios_filled": "policy",
    "tick_filled": "true",
    "name": "Village Light",
}
FILE_ID = UUID(int=1)


@dataclass(frozen=True)
class PlaceTrail:
    """As much of a place's page as its trail needs."""

    above: list[PlaceLine]
    line: PlaceLine


@router.get("/components", include_in_schema=False)
def components(screen: CurrentScreen) -> Response:
    card, long_card = _card(1, "Safe migration", "en"), _card(2, LONG_LAO, "lo")
    files = _files()
    return screen.show(
        "components/gallery.html",
        form=_form(),
        long_lao=LONG_LAO,
        long_word=LONG_WORD,
        page=Page(rows=(), total=400, number=9),
        page_link=_same_page,
        organisations=[_organisation(1, "Village Light", is_verified=True), _organisation(2, LONG_LAO)],
        places=[_place("LA01", "Vientiane Capital", "ນະຄອນຫຼວງວຽງຈັນ"), _place("LA0105", LONG_WORD, LONG_LAO)],
        place_trail=PlaceTrail([_place("LA01", "Vientiane Capital", "")], _place("LA0105", "Naxaithong", "")),
        card=card,
        long_card=long_card,
        found=_found(card, files[0].entry),
        files=files,
        choices=[Choice(f"value{n}", _choice_label(n), n * 1000, n in (2, 11)) for n in range(1, 15)],
        project_card_shown=project_card(),
        line_details=line_details(),
        imported=import_pieces(LONG_LAO),
        finding_lines=finding_lines(),
        job=_job(),
        job_labels=JOB_LABELS,
        presence=presence_pieces(LONG_LAO),
        statistic=_statistic(),
        problem=(N_("This is too long: at most %(max_length)s characters."), {"max_length": 200}),
    )


def _same_page(number: int) -> str:
    return f"?page={number}"


def _choice_label(number: int) -> str:
    return LONG_LAO if number == 3 else f"Choice {number}"


def _form() -> Form[BaseModel]:
    form = Form(BaseModel, **TYPED)
    for name, message in WRONG.items():
        form.refuse(message, name)
    form.refuse(N_("Something changed in the meantime"))
    return form


def _organisation(number: int, name: str, *, is_verified: bool = False) -> Organisation:
    return Organisation(
        number=number,
        name=name,
        acronym="VL",
        organisation_type=OrganisationType.NATIONAL_NGO,
        verified_at=now() if is_verified else None,
    )


def _place(code: str, name: str, lao: str) -> PlaceLine:
    return PlaceLine(
        reference=code,
        name=name,
        second_name=lao,
        second_language="lo",
        parent_name="",
        code=code,
        level=1,
        parts=9,
        is_closed=False,
    )


def _card(number: int, title: str, language: str) -> ResourceCard:
    return ResourceCard(
        resource=Resource(
            number=number,
            organisation_id=FILE_ID,
            visibility=Visibility.PUBLIC,
            files_visibility=Visibility.PUBLIC,
        ),
        version=Version(
            resource_id=FILE_ID,
            resource_type=ResourceType.MANUAL,
            issued="2024-05",
            languages=["lo", "en", "my"],
        ),
        title=title,
        title_language=language,
        summary=f"{title}. " * 8,
        organisation=_organisation(1, "Village Light", is_verified=True),
        file_count=3,
        page_count=1204,
        open_files={},
    )


def _files() -> list[FileLine]:
    """One file that was read, one that waits, one that could not be read."""
    read = Reading(sha256="0" * 64, kind="pdf", state=ReadingState.READ, page_count=12)
    waiting = Reading(sha256="1" * 64, kind="pptx", unit="slide")
    locked = Reading(sha256="2" * 64, kind="docx", state=ReadingState.UNREADABLE, problem="encrypted")
    return [
        FileLine(_entry(1, "safe-migration.pdf", "en", read), read),
        FileLine(_entry(2, f"{LONG_LAO}.pptx", "lo", waiting), waiting),
        FileLine(_entry(3, f"{LONG_WORD}.docx", "", locked), locked),
    ]


def _entry(number: int, name: str, language: str, reading: Reading) -> FileEntry:
    return FileEntry(
        id=UUID(int=number),
        version_id=FILE_ID,
        resource_id=FILE_ID,
        name=name,
        role=FileRole.MAIN,
        language=language,
        sha256=reading.sha256,
        size_bytes=number * 1_234_567,
        kind=reading.kind,
        media_type="application/octet-stream",
    )


def _found(card: ResourceCard, entry: FileEntry) -> FoundResource:
    passages = [
        Passage((("How a ", False), ("journey", True), (" ends well …", False))),
        Passage(((LONG_LAO, True),)),
    ]
    return FoundResource(card, [FoundPage(entry, "page", 12, "en", passages)], summary=passages[:1])


def _statistic() -> Chart:
    """One series that two sources tell differently, one of them with women and men apart."""
    first = [YearFigures(year, 40 + year % 7 * 12, 30 + year % 7 * 8, None) for year in range(2001, 2017)]
    second = [YearFigures(year, 60, None, None) for year in (2012, 2013, 2015)]
    sources = [SourceSeries("UN-ACT", first), SourceSeries(LONG_LAO, second)]
    return drawn(Series("returned_from_thailand", FILE_ID, "Lao PDR", sources))


def _job() -> Job:
    return Job(
        kind="send_mail",
        arguments={"to": f"{LONG_WORD}@example.org"},
        attempts=5,
        last_error=f"SMTPRecipientsRefused: {LONG_WORD}",
    )
