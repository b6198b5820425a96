"""Recognising names: what meets under one key, what stays apart, what is suggested."""

from uuid import UUID

import pytest

from portal.places.matching import KnownName, Reason, name_key, rank, read_wording


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ຫມື່ນ", "ໝື່ນ"),
        ("ຫນອງບົກ", "ໜອງບົກ"),
        ("ຫລວງພະບາງ", "ຫຼວງພະບາງ"),
        ("ນໍ້າບາກ", "ນ້ຳບາກ"),
        ("ນ້ໍາບາກ", "ນ້ຳບາກ"),
        ("ແຂວງຜົ້ງສາລີ", "ຜົ້ງສາລີ"),
        ("ເມືອງ ສິງ", "ສິງ"),
        ("Phôngsali", "phongsali"),
        ("LUANG-PRABANG Province", "Luangprabang"),
        ("Luang  Namtha", "luangnamtha"),
        ("Muang Sing", "Sing"),
        ("Sing district", "SING"),
        ("Province of Attapeu", "Attapeu"),
        ("Đà Nẵng", "da nang"),
        ("จังหวัดน่าน", "น่าน"),
        ("Shan State", "Shan"),
        ("ရှမ်းပြည်နယ်", "ရှမ်း"),
    ],
)
def test_ways_to_write_one_name_meet(one, other):
    assert name_key(one) == name_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("ຊ່ອນ", "ຊອນ"), ("Sing", "Xing"), ("ຫົວເມືອງ", "ຫົວ"), ("Meung", "Muang"), ("ພິນ", "ພີນ")],
)
def test_different_names_stay_apart(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("text", ["ເມືອງ", "Province", "District", "ແຂວງ"])
def test_a_word_for_the_kind_of_unit_alone_is_kept(text):
    assert name_key(text)
    assert read_wording(text).level is None


@pytest.mark.parametrize("text", ["", "   ", "---", "!?", "\u200b\u202e"])
def test_text_without_letters_has_no_key(text):
    assert name_key(text) == ""


def test_a_key_fits_its_column_however_long_the_text():
    assert len(name_key("ﷺ" * 10_000)) <= 200


def known(number, text, level=2, kind="official", is_closed=False):
    return KnownName(UUID(int=number), level, is_closed, kind, text, name_key(text))


NAMES = [
    known(1, "Xaignabouly", level=1),
    known(1, "Sainyabuli", level=1, kind="variant"),
    known(2, "Xaybuly"),
    known(3, "Phongsaly", level=1),
    known(4, "Phongsaly"),
    known(5, "Khanthabouly", kind="former"),
    known(6, "Chanthabuly"),
]


@pytest.mark.parametrize(
    ("text", "first", "reason"),
    [
        ("xaignabouly", 1, Reason.NAME),
        ("Sainyabuli", 1, Reason.SPELLING),
        ("khanthabouly", 5, Reason.FORMER),
        ("Chantha", 6, Reason.BEGINNING),
        ("Chantabouli", 6, Reason.SIMILAR),
        ("Sainyaburi", 1, Reason.SIMILAR),
    ],
)
def test_a_suggestion_says_why(text, first, reason):
    best = rank(text, NAMES, 8)[0]
    assert (best.place_id.int, best.reason) == (first, reason)


def test_namesakes_come_with_the_higher_level_first_unless_the_level_was_written():
    assert [s.place_id.int for s in rank("Phongsaly", NAMES, 8)][:2] == [3, 4]
    assert [s.place_id.int for s in rank("Phongsaly district", NAMES, 8)][:2] == [4, 3]


def test_nothing_is_suggested_for_what_resembles_nothing():
    assert rank("Reykjavík", NAMES, 8) == []
    assert rank("", NAMES, 8) == []


def test_no_more_than_asked_for_and_each_place_once():
    suggestions = rank("xay", [*NAMES, known(2, "Xaybouly", kind="variant")], 1)
    assert len(suggestions) == 1
    everything = rank("xaybuly", [*NAMES, known(2, "Xaybouly", kind="variant")], 8)
    assert len({s.place_id for s in everything}) == len(everything)


def test_a_closed_place_comes_after_an_open_one():
    names = [known(1, "Home", is_closed=True), known(2, "Home")]
    assert [s.place_id.int for s in rank("home", names, 8)] == [2, 1]
