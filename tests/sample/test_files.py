"""Every file of the sample library is real: it opens, and it gives back the text it was made from."""

import io
import re
import unicodedata
from pathlib import Path

import pypdfium2
import pytest

from portal.sample.files.documents import Document, blocks_of
from portal.sample.files.writing import FORMATS, write_document
from portal.sample.journey import JOURNEY_PAGE, JOURNEY_PHRASE, journey_files, journey_kit
from portal.sample.loading import sample_resources
from portal.sample.resources import SampleFile, SampleResource, file_bytes
from uploads.extraction.registry import find_reader
from uploads.kinds import check_name, sniff
from uploads.reading import TextLimits

FILES = [
    (resource, file)
    for resource in sample_resources()
    for file in [*resource.files, *[file for version in resource.later_versions for file in version.files]]
]
WITHOUT_PAGES = {"html"}

LINES = {
    "en": "Safe work begins with five questions – “who pays?”",
    "vi": "Người lao động nên tự giữ hộ chiếu mang tên mình, cỡ chữ ắ ặ ỗ ữ.",
    "lo": "ຄ່ານ້ຳມັນ ແລະ ຄຳຖາມທີ່ຢູ່ດ່ານ 40 ວິນາທີ (ໝູ່ເພື່ອນ)",
    "th": "น้ำใจ กำลังจะไปที่ด่าน 40 วินาที เพื่อศักดิ์ศรี",
    "km": "កិច្ចប្រជុំ និងស្ត្រី ១២ នាក់ (MoU)",
    "my": "ရွှေ့ပြောင်းအလုပ်သမားများအတွက် လက်စွဲ (၂၀၂၅)",
    "zh": "边境合作三年设想，共 9 条。",
}


def folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def pages_read(content: bytes) -> list[str]:
    stream = io.BytesIO(content)
    reader = find_reader(sniff(stream))
    assert reader is not None
    return [page.text for page in reader(stream, TextLimits()).pages]


def test_every_format_with_a_writer_occurs_in_the_library() -> None:
    assert {file.format for _, file in FILES} == FORMATS


@pytest.mark.parametrize(("resource", "file"), FILES, ids=[file.name for _, file in FILES])
def test_every_sample_file_gives_back_its_text(
    resource: SampleResource, file: SampleFile, font_directory: Path
) -> None:
    content = file_bytes(resource, file, font_directory)
    assert check_name(file.name, sniff(io.BytesIO(content))) is None
    if file.format == "wav":
        assert content.startswith(b"RIFF")
        return
    read = pages_read(content)
    wanted = [[folded(cell) for block in blocks_of(page) for cell in block.cells] for page in file.pages]
    if file.format in WITHOUT_PAGES:
        read, wanted = [" ".join(read)], [[cell for page in wanted for cell in page]]
    assert len(read) == len(wanted)
    missing = [
        cell for text, cells in zip(read, wanted, strict=True) for cell in cells if cell not in folded(text)
    ]
    assert missing == []


@pytest.mark.parametrize("language", sorted(LINES))
def test_pdfium_reads_back_exactly_what_a_pdf_shows(language: str, font_directory: Path) -> None:
    page = "\n\n".join(f"{LINES[language]} {number}" for number in range(30))
    content = write_document("a.pdf", Document("A", "B", language, (page, LINES[language])), font_directory)
    with pypdfium2.PdfDocument(content) as pdf:
        texts = [pdf[number].get_textpage().get_text_range() for number in range(len(pdf))]
    assert folded(texts[0].strip()) == folded(page) + "1"
    assert folded(texts[1]) == folded(LINES[language]) + "2"


def test_a_page_that_is_too_long_stays_one_page(font_directory: Path) -> None:
    page = "\n\n".join([LINES["lo"]] * 55)
    content = write_document("a.pdf", Document("A", "B", "lo", (page,)), font_directory)
    with pypdfium2.PdfDocument(content) as pdf:
        assert len(pdf) == 1
        assert folded(pdf[0].get_textpage().get_text_range()) == folded(page) + "1"


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_the_same_text_gives_the_same_bytes_whatever_was_written_before(
    ending: str, font_directory: Path
) -> None:
    document = Document("A", "B", "my", (f"# {LINES['my']}\n\n| 1 | {LINES['lo']} |", LINES["km"]))
    other = Document("C", "D", "km", (LINES["km"], LINES["th"]))
    first = write_document(f"a.{ending}", document, font_directory)
    write_document(f"b.{ending}", other, font_directory)
    assert write_document(f"a.{ending}", document, font_directory) == first


def test_the_phrase_of_the_journey_stands_inside_a_run_on_its_page_and_nowhere_else(
    font_directory: Path,
) -> None:
    files = journey_files(font_directory)
    pages = pages_read(files[0][1])
    kit = journey_kit()
    assert [name for name, _ in files] == [file.name for file in kit.files]
    assert {file.language for file in kit.files} == {"lo", "en"}
    assert [number for number, text in enumerate(pages, start=1) if JOURNEY_PHRASE in text] == [JOURNEY_PAGE]
    assert re.search(rf"\S{{5,}}{JOURNEY_PHRASE}\S{{5,}}", pages[JOURNEY_PAGE - 1])
    others = [page for _, file in FILES for page in file.pages]
    assert [page for page in others if JOURNEY_PHRASE in page] == []
