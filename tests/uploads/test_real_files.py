"""Files of the world outside: real ones, ones with a known text, and ones built to harm."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.requirements import skip_or_fail
from tests.uploads.real_files import articles, declaration, error_rate, plain_letters, real_files
from uploads.kinds import FileKind, NameReason, check_name, has_macros, sniff
from uploads.sandbox import Limits, Problem, Reading, ReadingStatus, read_file

pytestmark = pytest.mark.realdata

LANGUAGE_CODES = {
    "eng": "en",
    "vie": "vi",
    "cmn_hans": "zh",
    "tha": "th",
    "lao": "lo",
    "khm": "km",
    "mya": "my",
}


def reading_of(path: Path, limits: Limits = Limits()) -> Reading:
    with path.open("rb") as stream:
        return read_file(stream, sniff(stream), limits)


def office_file(shared_data: Path, name: str) -> Path:
    path = shared_data / "documents" / "office" / name
    if not path.exists():
        skip_or_fail(f"{name} is absent", "complete the shared test data")
    return path


@pytest.mark.parametrize(
    ("name", "language", "highest_error_rate"),
    [
        *((f"udhr_{language}.{ending}", language, 0.0)
          for language in ("eng", "tha", "lao", "khm") for ending in ("docx", "odt", "html")),
        ("udhr_eng.pdf", "eng", 0.0),
        ("udhr_vie.pdf", "vie", 0.0),
        ("udhr_cmn_hans.pdf", "cmn_hans", 0.0),
        ("udhr_tha.pdf", "tha", 0.005),
        ("udhr_lao.pdf", "lao", 0.005),
        ("udhr_khm.pdf", "khm", 0.03),
        ("udhr_mya.pdf", "mya", 0.01),
        ("udhr_tha.cp874.txt", "tha", 0.0),
        ("udhr_lao.utf-16-le.txt", "lao", 0.0),
        ("udhr_vie.nfd.txt", "vie", 0.0),
    ],
)  # fmt: skip
def test_the_text_read_is_the_text_written(
    shared_data: Path, name: str, language: str, highest_error_rate: float
) -> None:
    reading = reading_of(office_file(shared_data, name))
    found = "".join(page.text for page in reading.pages)
    assert reading.status is ReadingStatus.READ
    assert reading.languages == [LANGUAGE_CODES[language]]
    assert error_rate(found, declaration(shared_data, language)) <= highest_error_rate


@pytest.mark.parametrize("language", ["eng", "tha", "lao", "khm"])
@pytest.mark.parametrize("ending", ["pptx", "xlsx"])
def test_every_article_is_found_in_slides_and_sheets(shared_data: Path, language: str, ending: str) -> None:
    reading = reading_of(office_file(shared_data, f"udhr_{language}.{ending}"))
    found = plain_letters("".join(page.text for page in reading.pages))
    assert [
        article for article in articles(shared_data, language) if plain_letters(article) not in found
    ] == []
    assert ending != "pptx" or [plain_letters(articles(shared_data, language)[9]) in plain_letters(page.text)
                                for page in reading.pages].index(True) == 10  # fmt: skip


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("udhr_lao_encrypted_user-test.pdf", Problem.ENCRYPTED),
        ("udhr_lao_truncated.docx", Problem.BROKEN),
        ("udhr_lao_truncated.pdf", Problem.BROKEN),
        ("udhr_lao_scan150.pdf", Problem.NO_TEXT),
        ("empty.pdf", Problem.EMPTY),
    ],
)
def test_a_file_that_cannot_be_read_says_why(shared_data: Path, name: str, problem: Problem) -> None:
    reading = reading_of(office_file(shared_data, name))
    assert (reading.status, reading.problem) == (ReadingStatus.UNREADABLE, problem)


def test_no_real_file_stops_the_reader(shared_data: Path) -> None:
    limits = Limits()
    for path in real_files(shared_data):
        started = time.monotonic()
        reading = reading_of(path, limits)
        assert time.monotonic() - started < limits.wall_seconds + 2, path.name
        assert reading.problem is not None or reading.status is ReadingStatus.READ, path.name
        assert all(page.text == page.text.strip() for page in reading.pages), path.name


def test_no_hostile_file_stops_the_reader(hostile_folder: Path) -> None:
    limits = Limits()
    for path in sorted(hostile_folder.iterdir()):
        started = time.monotonic()
        reading_of(path, limits)
        assert time.monotonic() - started < limits.wall_seconds + 2, path.name


@pytest.mark.parametrize(
    ("name", "kind", "problem"),
    [
        ("xml_billion_laughs.docx", FileKind.DOCX, Problem.UNSAFE),
        ("docx_external_template.docx", FileKind.DOCX, Problem.NOT_WHAT_IT_SAYS),
        ("png_bomb_30000x30000.png", FileKind.PNG, Problem.TOO_LARGE),
        ("png_lies_about_size.png", FileKind.PNG, Problem.TOO_LARGE),
        ("many_entries_20000.zip", FileKind.ZIP, Problem.UNSUPPORTED),
        ("svg_script.svg", FileKind.SVG, Problem.UNSUPPORTED),
        ("polyglot_pdf_zip.pdf", FileKind.PDF, Problem.NO_TEXT),
    ],
)
def test_a_hostile_file_is_named_for_what_it_is(
    hostile_folder: Path, name: str, kind: FileKind, problem: Problem
) -> None:
    with (hostile_folder / name).open("rb") as stream:
        assert sniff(stream) is kind
    assert reading_of(hostile_folder / name).problem is problem


@pytest.mark.parametrize("name", ["html_named.pdf", "gif_js.gif"])
def test_a_disguise_is_refused(hostile_folder: Path, name: str) -> None:
    with (hostile_folder / name).open("rb") as stream:
        problem = check_name(name, sniff(stream))
    assert problem is not None
    assert problem.reason is NameReason.WRONG_EXTENSION


def test_hostile_pages_and_drawings_are_never_shown_in_place(hostile_folder: Path) -> None:
    for name in ("html_script.html", "svg_script.svg", "xxe_http.svg", "xxe_file.xml", "html_named.pdf"):
        with (hostile_folder / name).open("rb") as stream:
            assert not sniff(stream).inline_allowed


def test_a_real_document_with_macros_is_flagged(shared_data: Path) -> None:
    with (shared_data / "documents" / "real" / "tika__testODTMacro.odt").open("rb") as stream:
        assert has_macros(stream, sniff(stream))
