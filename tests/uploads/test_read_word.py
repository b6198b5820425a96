"""Word files: where their pages end, and what a person sees on them."""

from __future__ import annotations

import pytest

from tests.uploads import made_files
from tests.uploads.made_files import paragraph
from tests.uploads.opened import SAFE_GROUND, opened, texts
from uploads.reading import Unit

PAGE_BREAK = '<w:r><w:br w:type="page"/></w:r>'
RENDERED_BREAK = "<w:r><w:lastRenderedPageBreak/></w:r>"
NEW_PAGE = "<w:pPr><w:pageBreakBefore/></w:pPr>"
PICTURE = "<w:p><w:r><w:drawing/></w:r></w:p>"


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        (paragraph("one") + paragraph("", PAGE_BREAK) + paragraph("two"), ["one", "two"]),
        (paragraph("one") + paragraph("two", RENDERED_BREAK), ["one", "two"]),
        (paragraph("one") + paragraph("", PAGE_BREAK) + paragraph("two", RENDERED_BREAK), ["one", "two"]),
        (paragraph("one") + paragraph("two", NEW_PAGE), ["one", "two"]),
        (paragraph("one") + paragraph("two", NEW_PAGE + RENDERED_BREAK), ["one", "two"]),
        (paragraph("one") + paragraph("two", NEW_PAGE.replace("/>", ' w:val="0"/>', 1)), ["one\ntwo"]),
        (paragraph("one", "<w:pPr><w:sectPr/></w:pPr>") + paragraph("two"), ["one", "two"]),
        (
            paragraph("one", '<w:pPr><w:sectPr><w:type w:val="continuous"/></w:sectPr></w:pPr>')
            + paragraph("two"),
            ["one\ntwo"],
        ),
        (paragraph("one", PAGE_BREAK) + paragraph("two", PAGE_BREAK + PAGE_BREAK), ["", "one", "", "two"]),
        (paragraph("one") + paragraph("", PAGE_BREAK), ["one"]),
        (PICTURE + paragraph("two", RENDERED_BREAK), ["", "two"]),
        (PICTURE + paragraph("two", NEW_PAGE + RENDERED_BREAK) + PICTURE, ["", "two"]),
        (
            paragraph("one") + paragraph("", RENDERED_BREAK) + paragraph("three", RENDERED_BREAK),
            ["one", "", "three"],
        ),
        (paragraph("one", NEW_PAGE), ["one"]),
        (paragraph("one", RENDERED_BREAK), ["one"]),
    ],
)
def test_word_pages_are_cut_where_word_broke_them(body: str, pages: list[str]) -> None:
    document = opened(made_files.docx(body))
    assert [page.text.strip() for page in document.pages] == pages
    assert document.unit is (Unit.PAGE if len(pages) > 1 else Unit.SECTION)
    assert document.properties == SAFE_GROUND


def test_word_text_is_what_a_person_sees() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = (
        f"<w:p>{run.format('a')}<w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/></w:r>"
        f"<w:del>{run.format('gone')}</w:del><w:moveFrom>{run.format('moved')}</w:moveFrom>"
        f"<w:ins>{run.format('new')}</w:ins><w:r><w:instrText>TOC</w:instrText></w:r></w:p>"
    )
    assert texts(made_files.docx(body)) == ["a\tb\nc-new"]


def test_word_notes_stand_on_the_page_that_refers_to_them_and_letterheads_once() -> None:
    note = f'<w:footnotes xmlns:w="{made_files.WORD}"><w:footnote w:id="2">{paragraph("the note")}</w:footnote></w:footnotes>'
    head = f'<w:hdr xmlns:w="{made_files.WORD}">{paragraph("Mine action centre")}</w:hdr>'
    content = made_files.docx(
        paragraph("one", '<w:r><w:footnoteReference w:id="2"/></w:r>')
        + paragraph("", PAGE_BREAK)
        + paragraph("two"),
        word__footnotes_xml=note,
        word__header1_xml=head,
        word__header2_xml=head,
    )
    assert texts(content) == ["one\nthe note\n\nMine action centre", "two"]


def test_a_long_word_file_without_page_marks_is_cut_into_sections() -> None:
    document = opened(made_files.docx(paragraph("Ten words stand in this line, or nearly ten words. ") * 200))
    pages = list(document.pages)
    assert document.unit is Unit.SECTION
    assert len(pages) == document.page_count == 3
    assert all(page.text.endswith("\n") for page in pages[:-1])
