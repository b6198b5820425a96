"""Finding places: counts, namesakes, spellings, codes, days."""

import csv
from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import select

from portal.core.errors import NotFound
from portal.places.matching import Reason
from portal.places.models import Place
from portal.places.queries import (
    all_spellings,
    browse_places,
    districts,
    find_place,
    get_place,
    get_place_details,
    place_codes,
    place_names,
    places_by_code,
    province_of,
    provinces,
    suggest_places,
)

SOURCE = Path(__file__).parents[2].parent / "shared" / "data" / "places"


def codes_of(session, places):
    codes = place_codes(session, [place.id for place in places], "cod_pcode")
    return [codes[place.id] for place in places]


def test_lao_pdr_has_18_provinces_and_148_districts(session):
    found = provinces(session)
    assert codes_of(session, found) == [f"LA{number:02}" for number in range(1, 19)]
    assert sum(len(districts(session, province.id)) for province in found) == 148


def test_every_lao_place_has_an_english_and_a_lao_name_and_lies_in_the_country(session):
    places = session.exec(select(Place).where(Place.country == "LA")).all()
    ids = [place.id for place in places]
    english, lao = place_names(session, ids, "en"), place_names(session, ids, "lo")
    assert len(places) == len(english) == len(lao) == 167
    assert all(english[place_id].isascii() and not lao[place_id].isascii() for place_id in ids)
    assert all(13.9 < place.latitude < 22.6 and 100 < place.longitude < 107.8 for place in places)


@pytest.mark.parametrize(
    ("country", "units", "units_2020"),
    [("TH", 78, 78), ("CN", 34, 34), ("VN", 34, 63), ("KH", 25, 25), ("MM", 15, 15)],
)
def test_neighbours_have_their_first_level_units(session, place, country, units, units_2020):
    assert len(provinces(session, country)) == units
    assert len(browse_places(session, place(country).id, on=date(2020, 1, 1))) == units_2020


def test_a_country_is_named_in_lao_and_its_units_fall_back_to_english(session, place):
    thailand, bangkok = place("TH"), place("TH-10")
    assert place_names(session, [thailand.id, bangkok.id], "lo") == {thailand.id: "ໄທ", bangkok.id: "Bangkok"}
    assert place_names(session, [bangkok.id], "th") == {bangkok.id: "กรุงเทพมหานคร"}


def test_countries_are_browsed_without_a_parent(session):
    assert {place.country for place in browse_places(session)} == {"LA", "TH", "CN", "VN", "KH", "MM"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Vientiane Capital", "LA01"),
        ("ນະຄອນຫຼວງວຽງຈັນ", "LA01"),
        ("ນະຄອນຫລວງວຽງຈັນ", "LA01"),
        ("Vientiane Province", "LA10"),
        ("ແຂວງວຽງຈັນ", "LA10"),
        ("Phongsaly province", "LA02"),
        ("Phongsaly district", "LA0201"),
        ("ເມືອງຜົ້ງສາລີ", "LA0201"),
        ("luang prabang province", "LA06"),
        ("ເມືອງ ນໍ້າບາກ", "LA0605"),
        ("Longsane", "LA1803"),
        ("LA1803", "LA1803"),
        ("Longcheng", "LA1805"),
        ("la-vt", "LA01"),
        ("LA-XN", "LA18"),
        ("LAO", "LA"),
        ("LA", "LA"),
        ("La", "LA0402"),
        ("Muang La", "LA0402"),
        ("Kaysone Phomvihane", "LA1301"),
        ("Khanthabouly", "LA1301"),
        ("Sam Neua", "LA0701"),
        ("Oudomsay", "LA04"),
        ("ยโสธร", "TH-35"),
        ("云南省", "CN-YN"),
        ("Hồ Chí Minh", "VN-SG"),
        ("Saigon", "VN-SG"),
        ("ພະມ້າ", "MM"),
        ("Xaysetha, Attapeu", "LA1701"),
        ("Xaysetha district (Vientiane Capital)", "LA0103"),
        ("ໂພນທອງ, ແຂວງຈຳປາສັກ", "LA1606"),
        ("Viengkham , LA10", "LA1009"),
    ],
)
def test_a_place_is_found_by_any_spelling_or_code(session, place, text, code):
    assert find_place(session, text) == place(code)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Vientiane", {"LA01", "LA10"}),
        ("ວຽງຈັນ", {"LA01", "LA10"}),
        ("Viangchan", {"LA01", "LA10"}),
        ("Phongsaly", {"LA02", "LA0201"}),
        ("Champasack", {"LA16", "LA1607"}),
        ("Xaysetha", {"LA0103", "LA1701"}),
        ("Viengkham", {"LA0610", "LA1009"}),
        ("Phonthong", {"LA0612", "LA1606"}),
        ("ໂພນທອງ", {"LA0612", "LA1606"}),
    ],
)
def test_namesakes_are_not_guessed_but_suggested(session, place, text, codes):
    assert find_place(session, text) is None
    suggested = {
        suggestion.place_id for suggestion in suggest_places(session, text) if suggestion.score == 100
    }
    assert suggested == {place(code).id for code in codes}


@pytest.mark.parametrize(
    ("text", "parent", "code"),
    [
        ("Xaysetha", "LA01", "LA0103"),
        ("Xaysettha", "LA17", "LA1701"),
        ("Viengkham", "LA06", "LA0610"),
        ("Viengkham", "LA10", "LA1009"),
        ("Phonthong", "LA16", "LA1606"),
        ("Phongsaly", "LA", "LA02"),
        ("Phongsaly", "LA02", "LA0201"),
        ("Champasak", "LA16", "LA1607"),
        ("La", "LA04", "LA0402"),
        ("Namtha", "LA", "LA0301"),
        ("Nan", "TH", "TH-55"),
        ("Nan", "LA06", "LA0603"),
    ],
)
def test_namesakes_are_told_apart_inside_their_parent(session, place, text, parent, code):
    assert find_place(session, text, within=place(parent).id) == place(code)


def test_vientiane_stays_ambiguous_even_inside_the_country(session, place):
    assert find_place(session, "Vientiane", within=place("LA").id) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "---",
        "Reykjavík",
        "LA9999",
        "Sepone, Attapeu",
        ",,((",
        "'; drop table place; --",
        "ກ" * 5000,
    ],
)
def test_what_is_no_place_is_not_found(session, text):
    assert find_place(session, text) is None


@pytest.mark.parametrize("text", ["", "%", "_", "LA_1", "\x00", "ກ" * 5000, "()[]{}*\\"])
def test_suggesting_for_odd_text_does_no_harm(session, text):
    assert isinstance(suggest_places(session, text), list)


def test_a_place_is_not_found_inside_a_stranger(session, place):
    assert find_place(session, "Xaysetha", within=place("LA06").id) is None
    assert find_place(session, "LA0103", within=place("LA06").id) is None
    assert suggest_places(session, "Xaysetha", within=place("TH").id) == []


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("LA0103", "LA0103", Reason.CODE),
        ("Sepone", "LA1305", Reason.NAME),
        ("Xepon", "LA1305", Reason.SPELLING),
        ("Khanthabouly", "LA1301", Reason.FORMER),
        ("Savann", "LA13", Reason.BEGINNING),
        ("ສະຫວັນ", "LA13", Reason.BEGINNING),
        ("Sawannakhet", "LA13", Reason.SIMILAR),
        ("Seppone", "LA1305", Reason.SIMILAR),
        ("Louangphrabang", "LA06", Reason.SPELLING),
    ],
)
def test_suggestions_say_why(session, place, text, code, reason):
    best = suggest_places(session, text)[0]
    assert (best.place_id, best.reason) == (place(code).id, reason)


def test_the_beginning_of_a_code_suggests_the_places_under_it(session, place):
    suggestions = suggest_places(session, "LA180")
    assert {place(f"LA180{number}").id for number in range(1, 6)} == {s.place_id for s in suggestions}


def test_a_merged_province_is_found_but_after_the_open_ones(session, place):
    old, new = place("VN-57"), place("VN-SG")
    assert find_place(session, "Bình Dương") == old
    assert find_place(session, "Bình Dương", on=date(2024, 1, 1)) == old
    assert find_place(session, "Bình Dương", on=date(2025, 7, 1)) is None
    assert get_place_details(session, old.id).successors == [new]
    assert suggest_places(session, "Binh Duong")[0].is_closed


def test_xaisomboon_is_a_province_since_december_2013(session, place):
    assert find_place(session, "Xaisomboon", on=date(2013, 12, 12)) is None
    assert find_place(session, "Xaisomboon", on=date(2013, 12, 13)) == place("LA18")


def test_details_hold_names_codes_and_history(session, place):
    details = get_place_details(session, place("LA18").id)
    assert details.official_names() == {"en": "Xaisomboon", "lo": "ໄຊສົມບູນ"}
    assert {code.code for code in details.codes} == {"LA18", "LA-XS", "LA-XN"}
    assert details.names[0].kind == "official"
    assert (details.predecessor, list(details.successors)) == (None, [])


def test_an_unknown_place_is_not_found(session):
    with pytest.raises(NotFound):
        get_place(session, uuid4())


def test_the_province_of_each_level(session, place):
    country, province, district = place("LA"), place("LA13"), place("LA1305")
    assert province_of(session, [country.id, province.id, district.id]) == {
        country.id: None,
        province.id: province.id,
        district.id: province.id,
    }


def test_spellings_begin_with_the_official_ones_and_end_with_the_former(session, place):
    district = place("LA1301")
    spellings = all_spellings(session, [district.id])[district.id]
    assert set(spellings[:2]) == {"Kaysone Phomvihane", "ໄກສອນພົມວິຫານ"}
    assert spellings[-1] == "Khanthabouly"
    assert len(spellings) == len(set(spellings))


def test_places_by_code_leaves_out_what_is_not_known(session, place):
    found = places_by_code(session, "cod_pcode", ["LA01", "la0103", "LA9999"])
    assert found == {"LA01": place("LA01"), "la0103": place("LA0103")}
    assert places_by_code(session, "iso3166_2", ["LA-VT"]) == {"LA-VT": place("LA01")}
    assert places_by_code(session, "cod_pcode", []) == {}


def test_lists_of_ids_cost_one_statement(session, count_statements):
    ids = list(session.exec(select(Place.id)).all())
    count = partial(count_statements, session.get_bind())
    for query in (all_spellings, province_of):
        assert count(query, session, ids) == 1
    assert count(place_names, session, ids, "lo") == 1
    assert count(find_place, session, "Xaysetha") <= 2
    assert count(suggest_places, session, "Xaysetha") == 2


@pytest.mark.realdata
def test_every_spelling_of_the_source_finds_its_place_inside_its_parent(session, place):
    if not SOURCE.exists():
        pytest.skip("../shared/data/places is absent")
    with (SOURCE / "lao_gazetteer.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (SOURCE / "lao_name_disagreements.csv").open(encoding="utf-8") as file:
        others = {row["pcode"]: row["other_spellings"] for row in csv.DictReader(file)}
    # "Viangchan" is how ISO and others write the capital and the province alike.
    ambiguous = {("LA01", "Viangchan"), ("LA10", "Viangchan"), ("LA10", "Vientiane"), ("LA10", "ວຽງຈັນ")}
    lost = []
    for row in rows:
        disputed = [part.split(" [")[0] for part in others.get(row["pcode"], "").split(";")]
        spellings = [row["name_en"], row["name_lo"], row["pcode"], *row["alt_names"].split(";"), *disputed]
        parent = place(row["parent_pcode"])
        for spelling in filter(None, map(str.strip, spellings)):
            found = find_place(session, spelling, within=parent.id)
            if found != place(row["pcode"]) and (row["pcode"], spelling) not in ambiguous:
                lost.append((row["pcode"], spelling))
    assert Counter(row["level"] for row in rows) == {"adm1": 18, "adm2": 148}
    assert lost == []
