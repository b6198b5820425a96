"""Web pages, books, plain and rich text, in whatever encoding."""

from __future__ import annotations

import pytest

from tests.uploads import made_files
from tests.uploads.opened import SAFE_GROUND, opened, refusal, texts
from uploads.problems import Problem
from uploads.reading import Properties, Unit

LAO = "ດິນແດນທີ່ປອດໄພ"


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


@pytest.mark.timeout(20)
def test_a_title_that_never_ends_takes_no_time() -> None:
    assert opened(b"{\\rtf1{\\info{\\title " + b"\\'41" * 5_000 + b"\\par text").properties.title is None


@pytest.mark.timeout(20)
def test_a_flood_of_spaces_between_tags_takes_no_time() -> None:
    content = b"<html><body><pre>one" + b" " * 400_000 + b"two</pre></body></html>"
    assert texts(content)[0].startswith("one")
