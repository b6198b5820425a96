"""Every reader, on small files that show one thing each."""

from __future__ import annotations

import io

import pytest

from tests.uploads import made_files
from tests.uploads.made_files import paragraph
from uploads.extraction.cutting import even_sections
from uploads.extraction.registry import READERS, find_reader
from uploads.kinds import FileKind, sniff
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, Properties, TextLimits, Unit
from uploads.text_repair import repair

SAFE_GROUND = Properties("Safe ground", "Bounmy", "2024-03-05", "en-GB")
PAGE_BREAK = '<w:r><w:br w:type="page"/></w:r>'
RENDERED_BREAK = "<w:r><w:lastRenderedPageBreak/></w:r>"
NEW_PAGE = "<w:pPr><w:pageBreakBefore/></w:pPr>"
PICTURE = "<w:p><w:r><w:drawing/></w:r></w:p>"
LAO = "ດິນແດນທີ່ປອດໄພ"


def opened(content: bytes, limits: TextLimits = TextLimits()) -> OpenedDocument:
    stream = io.BytesIO(content)
    reader = find_reader(sniff(stream))
    assert reader is not None
    return reader(stream, limits)


def texts(content: bytes, limits: TextLimits = TextLimits()) -> list[str]:
    return [page.text.strip() for page in opened(content, limits).pages]


def refusal(content: bytes, limits: TextLimits = TextLimits()) -> Problem:
    with pytest.raises(Unreadable) as refused:
        list(opened(content, limits).pages)
    return refused.value.problem


@pytest.mark.parametrize("kind", list(READERS))
def test_every_reader_named_in_the_registry_is_there(kind: FileKind) -> None:
    assert kind.readable
    assert callable(find_reader(kind))


def test_what_cannot_be_read_has_no_reader() -> None:
    assert not [kind for kind in FileKind if kind.readable and kind not in READERS]
    assert find_reader(FileKind.MP4) is None


# --- PDF


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


# --- Word


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


# --- slides, sheets


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


# --- OpenDocument


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


# --- web, books, plain text


def test_html_gives_what_a_browser_shows() -> None:
    page = """<!doctype html><html lang="lo"><head><title>Safe
        ground</title><meta name="author" content="Bounmy"><meta name="date" content="2024-03-05T01:00">
        <style>p{}</style><script>alert(1)</script></head><body><h1>One</h1><p>two   &amp;
        three<br/>four<table><tr><td>a<td>b</table><pre>kept
  as it is</pre><svg/><noscript>no</noscript></body></html>"""
    document = opened(page.encode())
    assert document.properties == Properties("Safe ground", "Bounmy", "2024-03-05", "lo")
    [section] = document.pages
    assert section.text.replace("\t", " ").split("\n") == [
        "One",
        "two & three",
        "four",
        "a b",
        "kept",
        "as it is",
    ]


def test_a_forgotten_end_tag_does_not_hide_the_page() -> None:
    assert texts(b"<html><head><title>x<noscript><body><p>seen</p>") == ["seen"]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("cp874", '<meta charset="windows-874">'),
        ("cp874", '<meta charset="no-such-thing">'),
        ("utf-8-sig", ""),
    ],
)
def test_html_in_old_encodings_is_decoded(encoding: str, head: str) -> None:
    page = f"<html><head>{head}</head><body>พื้นที่ปลอดภัยจากทุ่นระเบิด</body></html>"
    assert texts(page.encode(encoding)) == ["พื้นที่ปลอดภัยจากทุ่นระเบิด"]


def test_a_book_is_read_chapter_by_chapter() -> None:
    document = opened(made_files.epub(["first", LAO]))
    assert document.unit is Unit.SECTION
    assert document.properties == SAFE_GROUND
    assert [page.text for page in document.pages] == ["first", LAO]


@pytest.mark.parametrize(("member", "locked"), [("OPS/text/chapter 0.xhtml", True), ("OPS/font.ttf", False)])
def test_a_book_is_locked_if_its_chapters_are_and_not_its_fonts(member: str, locked: bool) -> None:
    content = made_files.epub(["first"], encryption=f'<CipherReference URI="{member}"/>')
    if locked:
        assert refusal(content) is Problem.ENCRYPTED
    else:
        assert texts(content) == ["first"]


def test_a_book_without_chapters_is_broken() -> None:
    assert refusal(made_files.epub([])) is Problem.BROKEN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp874"])
def test_thai_text_is_decoded_from_whatever_it_was_written_in(encoding: str) -> None:
    text = "พื้นที่นี้ ปลอดภัยจากทุ่นระเบิดแล้ว Area 12"
    assert texts(text.encode(encoding)) == [text]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Déminage humanitaire: où, quand, comment ? Les équipes ont été formées.", "cp1252"),
        ("安全的土地。" * 20, "gb18030"),
    ],
)
def test_other_old_encodings_are_guessed(text: str, encoding: str) -> None:
    assert texts(text.encode(encoding)) == [text]


def test_form_feeds_are_pages() -> None:
    document = opened(b"one\ftwo\f")
    assert (document.unit, document.page_count) == (Unit.PAGE, 2)
    assert [page.text for page in document.pages] == ["one", "two"]


def test_rtf_is_read_with_its_pages_and_properties() -> None:
    content = (
        rb"{\rtf1\ansi\ansicpg874{\info{\title Safe ground}{\author Bounmy}{\revtim\yr2024\mo3\dy5}}"
        rb"{\pict\pngblip " + b"ff00" * 1000 + rb"}\pard one \'bb\'c5\'cd\'b4\par\page\pard two \u3749?\par}"
    )
    document = opened(content)
    assert document.properties == Properties("Safe ground", "Bounmy", "2024-03-05")
    assert document.unit is Unit.PAGE
    assert [page.text.strip() for page in document.pages] == ["one ปลอด", "two ລ"]


@pytest.mark.parametrize("code_page", [b"", b"\\ansicpg1", b"\\ansicpg99999"])
def test_rtf_of_a_code_page_nobody_knows_keeps_its_plain_letters(code_page: bytes) -> None:
    assert texts(b"{\\rtf1\\ansi" + code_page + b" plain words}") == ["plain words"]


# --- refusals that all XML formats share


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


# --- cutting


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
