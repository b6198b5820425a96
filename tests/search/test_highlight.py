"""Passages as people see them: the right ones, marked, and never cut through a cluster."""

import re
import time

import pytest

from search.highlight import ELLIPSIS, passages
from search.words import DEPENDENT


def marked(text: str, query: str, **more: bool) -> list[str]:
    return [
        part for passage in passages(text, query, **more) for part, is_match in passage.fragments if is_match
    ]


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("The right to education", "EDUCATION", ["education"]),
        ("Education. education!", "education", ["Education", "education"]),
        ("in Điện Biên and dien bien", "dien bien", ["Điện", "Biên", "dien", "bien"]),
        ("in Dien Bien", "Điện", ["Dien"]),
        ("ye\u0302u thu\u031bo\u031bng", "yêu", ["ye\u0302u"]),
        ("ໃນປີ ໒໐໒໔", "2024", ["໒໐໒໔"]),
        ("ນໍ້າສະອາດ", "ນ້ຳ", ["ນໍ້າ"]),
        ("ນ ້ ໍາ ສະ\nອາດ", "ນ້ຳສະອາດ", ["ນ ້ ໍາ ສະ\nອາດ"]),
        ("ບ້ານຫລວງ", "ຫຼວງ", ["ຫລວງ"]),
        ("ຫນ້າທີ່", "ໜ້າທີ່", ["ຫນ້າທີ່"]),
        ("ເເຂວງ", "ແຂວງ", ["ເເຂວງ"]),
        ("ທ່ີດິນ", "ທີ່ດິນ", ["ທ່ີດິນ"]),
        ("ສິດ\u200bຂອງ\u200bມະນຸດ", "ຂອງມະນຸດ", ["ຂອງ\u200bມະນຸດ"]),
        ("สิทธิ มนุษยชน", "สิทธิมนุษยชน", ["สิทธิ มนุษยชน"]),
        ("นํ้า", "น้ำ", ["นํ้า"]),
        ("ស្ដីពី", "ស្តី", ["ស្ដី"]),
        ("လူ့အခွင့်အရေး", "အခွင့်", ["အခွင့်"]),
        ("世界人权\n宣言", "人权宣言", ["人权\n宣言"]),
        ("第 3 条", "第3条", ["第 3 条"]),
        ("COVID-19 疫情", "covid", ["COVID"]),
        ("Русский язык", "ЯЗЫК", ["язык"]),
    ],
)
def test_what_the_index_finds_is_marked(text: str, query: str, shown: list[str]) -> None:
    assert marked(text, query, forgiving=False) == shown


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("undereducation", "education"),
        ("educations", "education"),
        ("ทีที่", "ทิ"),
        ("ເກາະ", "ກາ"),
        ("ສີດ", "ສິດ"),
        ("ကျွန်း", "ကျွ"),
        ("nothing here", ""),
        ("nothing here", '"" ()'),
        ("", "education"),
    ],
)
def test_what_the_index_does_not_find_is_not_marked(text: str, query: str) -> None:
    assert passages(text, query, forgiving=False) == []


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("on Trafficking in persons", "traficking", ["Trafficking"]),
        ("ປະກາດສາກົນກ່ຽວກັບສິດ", "ສາກົນສິດ", ["ສາກົນ", "ສິດ"]),
        ("ສິດທິ ແລະ ມະນຸດ", "ມະນຸດ ສິດ", ["ສິດ", "ມະນຸດ"]),
    ],
)
def test_what_a_forgiving_engine_finds_is_marked_too(text: str, query: str, shown: list[str]) -> None:
    assert marked(text, query) == shown
    assert marked(text, query, forgiving=False) == []


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("education", "educ", ["education"]),
        ("ຂອງມະນຸດ", "ຂອງມະນ", ["ຂອງມະນ"]),
        ("right to", "right t", ["right", "to"]),
    ],
)
def test_the_beginning_of_a_word_is_marked_while_it_is_typed(text: str, query: str, shown: list[str]) -> None:
    assert marked(text, query, as_you_type=True) == shown


def test_the_passage_with_most_words_of_the_query_is_chosen() -> None:
    text = "water " + "filler " * 100 + "clean water here " + "filler " * 100
    (passage,) = passages(text, "clean water", limit=1)
    assert [part for part, is_match in passage.fragments if is_match] == ["clean", "water"]
    assert passage.text.startswith(ELLIPSIS)
    assert passage.text.endswith(ELLIPSIS)


def test_passages_come_in_the_order_of_the_text_and_do_not_overlap() -> None:
    text = "first water " + "filler " * 60 + "second water " + "filler " * 60 + "third clean water"
    shown = passages(text, "clean water", limit=3, width=60)
    texts = [passage.text.strip(ELLIPSIS) for passage in shown]
    assert [text.index(piece) for piece in texts] == sorted(text.index(piece) for piece in texts)
    assert sum("water" in piece for piece in texts) == 3


def test_a_short_text_is_shown_whole() -> None:
    (passage,) = passages("just water", "water")
    assert passage.fragments == (("just ", False), ("water", True))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("ປະກາດສາກົນກ່ຽວກັບສິດຂອງມະນຸດທີ່ຢູ່" * 30, "ສິດຂອງ"),
        ("ปฏิญญาสากลว่าด้วยสิทธิมนุษยชนทั้งหลาย" * 30, "สิทธิ"),
        ("សេចក្តីប្រកាសជាសកលស្តីពីសិទ្ធិមនុស្ស" * 30, "សិទ្ធិ"),
        ("အပြည်ပြည်ဆိုင်ရာလူ့အခွင့်အရေးကြေညာစာတမ်း" * 30, "အခွင့်အရေး"),
        ("e\u0301te\u0301" * 300 + " water " + "e\u0301" * 300, "water"),
    ],
)
@pytest.mark.parametrize("width", range(40, 60))
def test_no_cluster_is_cut(text: str, query: str, width: int) -> None:
    for passage in passages(text, query, limit=3, width=width):
        for fragment, _ in passage.fragments:
            assert not re.match(f"[{DEPENDENT}\u0300-\u036f]", fragment)
        shown = passage.text.strip(ELLIPSIS)
        assert shown in text
        assert len(shown) <= width + 60


@pytest.mark.parametrize(
    "query", ["ກ" * 200, "a" * 200, "(" * 200, "a " * 100, "\\d+[", "人" * 200, "ສິດຂອງມະນຸດ" * 20]
)
def test_no_query_breaks_the_pattern(query: str) -> None:
    text = "ສິດຂອງມະນຸດ (a) \\d+[ 人人 " * 50
    assert all(passage.text for passage in passages(text, query, as_you_type=True))


def test_the_fragments_are_the_text() -> None:
    text = "one <b>water</b> & two"
    assert "".join(part for part, _ in passages(text, "water")[0].fragments) == text


def test_no_query_takes_forever() -> None:
    text = ("ກາ" * 1000) + ("a" * 2000) + ("人" * 1000)
    started = time.perf_counter()
    for query in ("ກາ" * 60 + "ຂ", "a" * 150 + "b", "人" * 150 + "权"):
        passages(text, query)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("The Victims are heard.", "victim", "Victims"),
        ("A victim is heard.", "victims", "victim"),
        ("Many agencies and one agency", "agency", "agencies"),
        ("Two boxes", "box", "boxes"),
        ("A victimless offence and a victim", "victim", "victim"),
    ],
)
def test_a_word_is_marked_in_its_plural_too(text: str, query: str, marked: str) -> None:
    fragments = passages(text, query)[0].fragments
    assert next(part for part, is_match in fragments if is_match) == marked


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("a " * 100, "a " * 100_000),
        ("a b c d e f g h i j k l m n o p q r s t u v w x y z " * 4, "zzzz " * 40_000),
        ("aaaa " * 80, "aaab" * 50_000),
        ("\u0e81 " * 100, "\u0e81" + " " * 200_000),
        ("\u0e81\u0eb2\u0e99" * 60, ("\u0e81\u0eb2" + " " * 1000) * 200),
        ("\u0e81\u0e82" * 12, "\u0e81\u0e82" * 100_000),
        ("\u0e81\u0eb8\u0ec8 \u0e82", "\u0e81" + "\u0eb8\u0ec8" * 100_000),
        ("ab", "a" + "\u0301" * 200_000),
        ("trafficking protection prevention", "trafickin " * 20_000),
        ("12 " * 100, "1" * 200_000),
        ("\u4e00 \u4e00" * 50, ("\u4e00" + " " * 5_000) * 40),
    ],
    ids=lambda text: ascii(text[:3]),
)
def test_no_query_takes_long_in_any_text(query: str, text: str) -> None:
    assert all(len(passage.text) <= len(text) + 2 for passage in passages(text, query))


def test_a_letter_beside_words_is_not_marked() -> None:
    assert marked("a plan b of a kind", "plan b") == ["plan"]
    assert marked("plan b", "b") == ["b"]


def test_words_far_inside_a_very_long_text_are_found() -> None:
    text = "nothing to see " * 20_000 + "clean water" + " and so on" * 20_000
    assert marked(text, "clean water") == ["clean", "water"]
    assert marked(text.upper(), "clean water") == ["CLEAN", "WATER"]
