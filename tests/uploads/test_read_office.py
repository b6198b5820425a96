"""Slides, sheets and OpenDocument."""

from __future__ import annotations

import pytest

from tests.uploads import made_files
from tests.uploads.opened import SAFE_GROUND, opened, refusal, texts
from uploads.problems import Problem
from uploads.reading import TextLimits, Unit

LAO = "ດິນແດນທີ່ປອດໄພ"


def test_slides_come_in_the_order_they_are_shown_with_their_notes() -> None:
    document = opened(made_files.pptx(["first", LAO, ""], notes="say hello"))
    assert document.unit is Unit.SLIDE
    assert document.page_count == 3
    assert document.properties == SAFE_GROUND
    assert [page.text.strip() for page in document.pages] == ["first\nsay hello", LAO, ""]


def test_sheets_give_their_name_and_rows() -> None:
    rows = (
        '<row><c t="s"><v>0</v></c><c><v>12.5</v></c><c t="s"><v>99</v></c></row><row><c/></row>'
        '<row><c t="inlineStr"><is><t>inline</t></is></c><c t="str"><f>A1&amp;"x"</f><v>worked out</v></c></row>'
    )
    document = opened(made_files.xlsx({"Districts": rows, "Empty": ""}, shared=[LAO]))
    assert document.unit is Unit.SHEET
    assert document.properties == SAFE_GROUND
    assert [page.text for page in document.pages] == [
        f"Districts\n{LAO}\t12.5\ninline\tworked out\n",
        "Empty\n",
    ]


def test_cells_have_a_limit() -> None:
    content = made_files.xlsx({"a": "<row>" + "<c/>" * 11 + "</row>"})
    assert texts(content, TextLimits(cells=11)) == ["a"]
    assert refusal(content, TextLimits(cells=10)) is Problem.TOO_LARGE


def test_one_long_string_in_many_cells_is_counted_each_time() -> None:
    content = made_files.xlsx({"a": "<row>" + '<c t="s"><v>0</v></c>' * 11 + "</row>"}, shared=["x" * 100])
    assert refusal(content, TextLimits(characters=1_000)) is Problem.TOO_LARGE


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        ("<text:p>one</text:p><text:p><text:soft-page-break/>two</text:p>", ["one", "two"]),
        ('<text:p>one</text:p><text:p text:style-name="New">two</text:p>', ["one", "two"]),
        (
            '<text:p>one</text:p><text:soft-page-break/><text:h text:style-name="New">two</text:h>',
            ["one", "two"],
        ),
        (
            '<text:p>one</text:p><table:table table:style-name="Master"><text:p>two</text:p></table:table>',
            ["one", "two"],
        ),
        ('<text:p text:style-name="New">one</text:p><text:p>two</text:p>', ["one\ntwo"]),
        ("<text:p><draw:frame/></text:p><text:p><text:soft-page-break/>two</text:p>", ["", "two"]),
    ],
)
def test_odt_pages_are_cut_where_the_writer_broke_them(body: str, pages: list[str]) -> None:
    styles = (
        '<style:style style:name="Plain"/><style:style style:name="New">'
        '<style:paragraph-properties fo:break-before="page"/></style:style>'
        '<style:style style:name="Master" style:master-page-name="Wide"/>'
    )
    document = opened(made_files.opendocument("text", body, styles))
    assert [page.text.strip() for page in document.pages] == pages
    assert document.unit is (Unit.PAGE if len(pages) > 1 else Unit.SECTION)
    assert document.properties == SAFE_GROUND


def test_odt_text_is_what_a_person_sees() -> None:
    body = (
        '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p>a<text:s text:c="3"/>b<text:s/>c'
        '<text:s text:c="x"/>d<text:tab/>e<text:line-break/>f<office:annotation><text:p>remark</text:p>'
        "</office:annotation></text:p>"
    )
    assert texts(made_files.opendocument("text", body)) == ["a   b c d\te\nf"]


def test_odp_slides_and_ods_sheets_keep_their_numbers() -> None:
    slides = "<draw:page><text:p>first</text:p></draw:page><draw:page/><draw:page><text:p>third</text:p></draw:page>"
    assert texts(made_files.opendocument("presentation", slides)) == ["first", "", "third"]
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    sheets = (
        f'<table:table table:name="Districts"><table:table-row>{cell.format("a")}{cell.format("b")}</table:table-row>'
        f"<table:table-row>{cell.format('c')}</table:table-row></table:table><table:table table:name='Empty'/>"
    )
    document = opened(made_files.opendocument("spreadsheet", sheets))
    assert document.unit is Unit.SHEET
    assert [page.text for page in document.pages] == ["Districts\na\tb\nc\n", "Empty\n"]


def test_a_locked_opendocument_says_so() -> None:
    content = made_files.opendocument("text", "<text:p>a</text:p>", manifest="<encryption-data/>")
    assert refusal(content) is Problem.ENCRYPTED
