"""Repair of text, the languages found in it, and the titles proposed from it."""

from __future__ import annotations

import pytest

from uploads.languages import find_language, find_languages
from uploads.reading import PageText, Properties
from uploads.text_repair import repair
from uploads.titles import propose_title


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("plain words", "plain words"),
        ("one\r\ntwo\rthree\x0bfour\x85five\u2028six", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("no\x00 bell\x07 no\u202e mark\ufeff", "no bell no mark"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("Vie\u0323\u0302t", "Việt"),
        ("ສິ ດ", "ສິ ດ"),
        ("ສ ິດ", "ສິດ"),
        ("ໄ ປ", "ໄປ"),
        ("น\u0e4d\u0e49า", "น\u0e49ำ"),
        ("ນ\u0ecd\u0ec9າ", "ນ\u0ec9ຳ"),
        ("ท\u0e48\u0e35", "ท\u0e35\u0e48"),
        ("ທ\u0ec8\u0eb5", "ທ\u0eb5\u0ec8"),
        ("ខ្ ញុំ", "ខ្ញុំ"),
        ("ភាសា\u200bខ្មែរ", "ភាសា\u200bខ្មែរ"),
    ],
)
def test_repair_gives_what_a_person_would_type(text: str, repaired: str) -> None:
    assert repair(text) == repaired
    assert repair(repaired) == repaired


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("All human beings are born free and equal in dignity and rights", "en"),
        ("ມະນຸດທຸກຄົນເກີດມາມີສິດເສລີ", "lo"),
        ("มนุษย์ทั้งหลายเกิดมามีอิสระ", "th"),
        ("មនុស្សទាំងអស់កើតមក", "km"),
        ("လူတိုင်းသည် တူညီ လွတ်လပ်သော", "my"),
        ("人人生而自由", "zh"),
        ("Tất cả mọi người sinh ra đều được tự do", "vi"),
        ("Tous les êtres humains naissent libres et égaux en dignité", None),
        ("すべての人間は、生まれながらにして自由", None),
        ("12 345 — 67", None),
        ("", None),
    ],
)
def test_the_language_is_found(text: str, language: str | None) -> None:
    assert find_language(text) == language


def test_a_mixed_document_has_its_languages_by_share() -> None:
    english, lao = "this is the report of the team for all of us. ", "ມະນຸດທຸກຄົນເກີດມາມີສິດເສລີ "
    assert find_languages([english * 4, lao * 8, ""]) == ["lo", "en"]
    assert find_languages([english, lao * 20]) == ["lo"]
    assert find_languages([]) == []


@pytest.mark.parametrize(
    ("title", "first_page", "name", "proposed"),
    [
        ("Safe ground", "Page one", "x.pdf", "Safe ground"),
        ("  Safe \n ground ", "", "x.pdf", "Safe ground"),
        ("Microsoft Word - Safe ground", "", "x.pdf", "Safe ground"),
        ("untitled", "Page one", "x.pdf", "Page one"),
        ("PowerPoint Presentation", "Page one", "x.pdf", "Page one"),
        ("Microsoft Word - report v3.docx", "Page one", "x.pdf", "Page one"),
        ("report_final_v3", "Page one", "x.pdf", "Page one"),
        ("\ue000\ue001\ue002\ue003", "Page one", "x.pdf", "Page one"),
        (None, "12\n---\n- 3 -\nຄູ່ມືການສອນ\nPage one", "x.pdf", "ຄູ່ມືການສອນ"),
        (None, "安全\n", "x.pdf", "安全"),
        (None, "", "../ລາຍງານ_ປີ_2024.pdf", "ລາຍງານ ປີ 2024"),
        (None, "", "", "file"),
    ],
)
def test_the_proposed_title_is_the_first_that_says_something(
    title: str | None, first_page: str, name: str, proposed: str
) -> None:
    assert propose_title([PageText(1, first_page)], Properties(title=title), name) == proposed


@pytest.mark.parametrize("line", ["word " * 100, "ກໍ່" * 200])
def test_a_long_title_is_shortened(line: str) -> None:
    title = propose_title([PageText(1, line)], Properties(), "x.pdf")
    assert len(title) <= 200
    assert title.endswith("…")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301\u0323" * 100_000,
        "\u0e81" + "\u0ec8\u0eb8" * 100_000,
        ("\u0e81" + " " * 10_000) * 20,
        " " * 200_000 + "\u0eb8",
        "\u0ecd" + "\u0ec8" * 200_000,
        "\u0ec0" * 200_000,
        "\u200b" * 200_000,
        "\r" * 200_000,
        "a a " * 50_000,
    ],
    ids=lambda text: ascii(text[:3]),
)
def test_no_text_takes_long_to_repair(text):
    assert len(repair(text)) <= len(text)


def test_a_pile_of_marks_keeps_twenty_of_them():
    assert len(repair("z" + "\u0301\u0323" * 50_000)) <= 21
