"""What all readers share: the registry, refusals, limits, and cutting into sections."""

from __future__ import annotations

import io

import pytest

from tests.uploads import made_files
from tests.uploads.made_files import paragraph
from tests.uploads.opened import opened, refusal, texts
from uploads.extraction.cutting import even_sections
from uploads.extraction.registry import READERS, find_reader
from uploads.kinds import FileKind
from uploads.problems import Problem, Unreadable
from uploads.reading import Properties, TextLimits


@pytest.mark.parametrize("kind", list(READERS))
def test_every_reader_named_in_the_registry_is_there(kind: FileKind) -> None:
    assert kind.readable
    assert callable(find_reader(kind))


def test_what_cannot_be_read_has_no_reader() -> None:
    assert not [kind for kind in FileKind if kind.readable and kind not in READERS]
    assert find_reader(FileKind.MP4) is None


DTD = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (f"{DTD}<w:document xmlns:w='{made_files.WORD}'><w:t>&b;</w:t></w:document>", Problem.UNSAFE),
        ("<w:document", Problem.BROKEN),
        ("<a>" * 300 + "</a>" * 300, Problem.TOO_LARGE),
        ("<a>" + "text " * 300_000 + "</a>", Problem.TOO_LARGE),
    ],
)
def test_hostile_xml_is_refused(document: str, problem: Problem) -> None:
    content = made_files.docx("", word__document_xml=document)
    assert refusal(content, TextLimits(characters=1_000_000)) is problem


@pytest.mark.parametrize(
    ("reader", "members"),
    [
        (FileKind.DOCX, {"word/other.xml": ""}),
        (FileKind.PPTX, {"ppt/other.xml": ""}),
        (FileKind.XLSX, {"xl/other.xml": ""}),
        (FileKind.ODT, {"other.xml": ""}),
        (FileKind.EPUB, {"other.xml": ""}),
    ],
)
def test_a_container_without_the_document_is_not_what_it_says(
    reader: FileKind, members: dict[str, str]
) -> None:
    read = find_reader(reader)
    assert read is not None
    with pytest.raises(Unreadable) as refused:
        read(io.BytesIO(made_files.zipped(members)), TextLimits())
    assert refused.value.problem is Problem.NOT_WHAT_IT_SAYS


@pytest.mark.parametrize("properties", ["<broken", "<a/>"])
def test_bad_properties_do_not_cost_the_text(properties: str) -> None:
    document = opened(made_files.docx(paragraph("one"), docProps__core_xml=properties))
    assert document.properties == Properties()
    assert [page.text.strip() for page in document.pages] == ["one"]


@pytest.mark.parametrize(
    "content",
    [
        made_files.pptx(["one", "two", "three"]),
        made_files.xlsx({"one": "", "two": "", "three": ""}),
        made_files.epub(["one", "two", "three"]),
        b"one\ftwo\fthree",
    ],
)
def test_every_format_ends_at_the_last_page_allowed(content: bytes) -> None:
    assert texts(content, TextLimits(pages=3)) == ["one", "two", "three"]
    assert refusal(content, TextLimits(pages=2)) is Problem.TOO_LARGE


def test_sections_together_are_the_text_and_end_at_good_places() -> None:
    text = "\n".join("word " * 30 for _ in range(100))
    sections = list(even_sections(text))
    assert "".join(sections) == text
    assert all(1_500 <= len(section) <= 4_500 for section in sections)
    assert all(section.endswith("\n") for section in sections[:-1])


@pytest.mark.parametrize("text", ["word " * 3_000, "ກໍ່" * 5_000])
def test_sections_without_paragraphs_break_between_words_or_letters(text: str) -> None:
    sections = list(even_sections(text))
    assert "".join(sections) == text
    assert all(section[0] in "wກ" for section in sections)
