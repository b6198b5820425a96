"""PDF: pages, properties, and the scripts whose signs PDFium puts in the wrong place."""

from __future__ import annotations

import pytest

from tests.uploads import made_files
from tests.uploads.opened import opened, refusal
from uploads.problems import Problem, Unreadable
from uploads.reading import TextLimits, Unit
from uploads.text_repair import repair


def test_pdf_pages_keep_their_numbers_even_when_blank() -> None:
    document = opened(made_files.pdf(["first\nline two", "", "third"], title="Safe ground"))
    pages = list(document.pages)
    assert (document.unit, document.page_count) == (Unit.PAGE, 3)
    assert [(page.number, page.text.split()) for page in pages] == [
        (1, ["first", "line", "two"]),
        (2, []),
        (3, ["third"]),
    ]
    assert document.properties.title == "Safe ground"
    assert document.properties.date is not None


def test_lao_in_a_pdf_is_read_in_the_order_it_was_drawn() -> None:
    lines = ["ພື້ນທີ່ນີ້ປອດໄພແລ້ວ", "ຢ່າເກັບສິ່ງທີ່ບໍ່ຮູ້ຈັກ", "ປີ ໒໐໒໔"]
    [page] = opened(made_files.lao_pdf(lines)).pages
    assert repair(page.text).split("\n") == lines


def test_lao_inside_a_drawing_in_a_pdf_is_read_too() -> None:
    [page] = opened(made_files.lao_pdf(["ພື້ນທີ່ປອດໄພ", "ກ" * 600], inside_form=True)).pages
    assert repair(page.text).split("\n") == ["ພື້ນທີ່ປອດໄພ", "ກ" * 600]


def test_a_pdf_says_its_language() -> None:
    assert opened(made_files.pdf(["one"], language="lo-LA")).properties.language == "lo-LA"
    assert opened(made_files.pdf(["one"])).properties.language is None


def test_a_page_that_cannot_be_loaded_does_not_cost_the_others() -> None:
    content = made_files.pdf(["one", "two", "three"])
    second_page = content.index(b"/Type /Page\n", content.index(b"/Type /Page\n") + 1)
    broken = content[:second_page] + b"/Type /Pagx\n" + content[second_page + 12 :]
    pages = list(opened(broken).pages)
    assert [page.text.strip() for page in pages if page.problem is None][:1] == ["one"]
    assert pages[-1].text.strip() == "three"


def test_a_pdf_longer_than_the_limit_is_read_up_to_it() -> None:
    document = opened(made_files.pdf(["one", "two", "three"]), TextLimits(pages=2))
    read = []
    with pytest.raises(Unreadable) as refused:
        read.extend(page.number for page in document.pages if page)
    assert refused.value.problem is Problem.TOO_LARGE
    assert document.page_count == 3


def test_a_pdf_page_longer_than_the_limit_is_cut() -> None:
    [page] = opened(made_files.pdf(["word " * 10]), TextLimits(page_characters=9)).pages
    assert (page.text, page.problem) == ("word word", Problem.TOO_LARGE)


def test_a_title_only_in_xmp_is_found() -> None:
    xmp = b"<x:xmpmeta><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Safe &amp; sound</rdf:li></rdf:Alt></dc:title>"
    assert (
        opened(made_files.pdf(["a"], title="Said in the usual place") + xmp).properties.title
        == "Said in the usual place"
    )
    assert opened(made_files.pdf(["a"]) + b"\n% " + xmp).properties.title == "Safe & sound"


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.4\nnothing else", made_files.pdf(["hello"])[:300], b"%PDF-1.4\ntrailer<</Root 1 0 R>>"],
)
def test_a_broken_pdf_says_so(content: bytes) -> None:
    assert refusal(content) is Problem.BROKEN
