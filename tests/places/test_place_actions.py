"""Changing the gazetteer: loading, renaming, splitting; nothing that was known is lost."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import func, select

from portal.core.errors import Conflict, Invalid
from portal.places.actions import (
    LoadReport,
    add_spellings,
    load_gazetteer,
    rename_place,
    split_district,
)
from portal.places.gazetteer import read_gazetteer
from portal.places.inputs import NewPlaceInput, PlaceNamesInput, SplitInput, spellings_in
from portal.places.models import Place, PlaceCode, PlaceName
from portal.places.policy import may_edit_places
from portal.places.queries import (
    districts,
    find_place,
    get_place_details,
    place_names,
    provinces,
    suggest_places,
)

DATA = Path(__file__).parents[2] / "portal" / "places" / "data"
DAY = date(2026, 3, 1)
HEADER = (
    "level,scheme,edition,code,parent,name_en,name_lo,other_names,latitude,longitude,valid_to,successor\n"
)


def load(session, lines, on=DAY):
    gazetteer = read_gazetteer((HEADER + lines).encode())
    assert gazetteer.problems == []
    return load_gazetteer(session, gazetteer.rows, on)


def row_counts(session):
    return [session.exec(select(func.count()).select_from(m)).one() for m in (Place, PlaceName, PlaceCode)]


@pytest.mark.parametrize(("name", "places"), [("lao.csv", 167), ("neighbours.csv", 220)])
def test_loading_the_same_file_again_changes_nothing(session, name, places):
    before = row_counts(session)
    report = load_gazetteer(session, read_gazetteer((DATA / name).read_bytes()).rows, DAY)
    assert report == LoadReport(unchanged=places)
    assert row_counts(session) == before


def test_a_changed_name_is_official_and_the_old_one_still_found(session, place):
    district = place("LA1304")
    report = load(session, "district,,2019-11-12,LA1304,LA13,Phin,ພິນ,,,,,\n")
    assert (report.renamed, report.created, report.missing) == (1, 0, 147)
    assert place_names(session, [district.id], "en") == {district.id: "Phin"}
    assert find_place(session, "Phine") == find_place(session, "Phin") == district
    names = {
        name.text: name for name in get_place_details(session, district.id).names if name.language == "en"
    }
    assert (names["Phine"].kind, names["Phine"].valid_to) == ("former", DAY)
    assert (names["Phin"].kind, names["Phin"].valid_from) == ("official", DAY)


def test_a_unit_the_file_leaves_out_stays(session):
    report = load(session, "province,,2019-11-12,LA01,LA,Vientiane Capital,,,,,,\n")
    assert (report.unchanged, report.missing) == (1, 17)
    assert len(provinces(session)) == 18


def test_new_spellings_and_codes_are_added(session, place):
    report = load(session, "province,,2026-01-01,LA13,LA,Savannakhet,,Sawannakhet,,,,\n")
    assert report.extended == 1
    assert find_place(session, "Sawannakhet") == place("LA13")
    assert {code.edition for code in get_place_details(session, place("LA13").id).codes} >= {
        "2019-11-12",
        "2026-01-01",
    }


def test_a_file_closes_a_unit_and_points_to_its_successor(session, place):
    old, new = place("LA1702"), place("LA1701")
    report = load(session, "district,,2019-11-12,LA1702,LA17,Samakkhixay,,,,,2026-02-01,LA1701\n")
    assert report.closed == 1
    assert (old.valid_to, old.successor_id) == (date(2026, 2, 1), new.id)
    assert load(session, "district,,2019-11-12,LA1702,LA17,Samakkhixay,,,,,,\n").unchanged == 1
    assert old.is_closed


def test_an_older_file_does_not_undo_a_renaming(session, place):
    district = place("LA1301")
    rename_place(session, district, "en", "Savan City", DAY)
    load_gazetteer(session, read_gazetteer((DATA / "lao.csv").read_bytes()).rows, date(2026, 4, 1))
    assert place_names(session, [district.id], "en") == {district.id: "Savan City"}


def test_another_countrys_gazetteer_loads(session):
    report = load(
        session,
        "country,,,TL,,Timor-Leste,,,-8.8,125.9,,\n"
        "district,,,TL0101,TL01,Aileu Vila,,,,,,\n"
        "province,,,TL01,TL,Aileu,,,,,,\n",
    )
    assert report == LoadReport(created=3)
    (province,) = provinces(session, "TL")
    assert province.country == "TL"
    assert find_place(session, "aileu vila", within=province.id) == districts(session, province.id)[0]


def test_a_unit_may_lie_in_a_parent_that_was_loaded_before(session, place):
    load(session, "district,,,TH-1001,TH-10,Phra Nakhon,,,,,,\n")
    assert [d.country for d in districts(session, place("TH-10").id)] == ["TH"]


def test_a_parent_that_is_not_known_is_told_with_its_line(session):
    with pytest.raises(Invalid) as refusal:
        load(session, "district,,,X1,X9,Nowhere,,,,,,\n")
    assert refusal.value.values == {"line": 2, "code": "X9"}


def test_a_successor_that_is_not_known_is_told_with_its_line(session):
    with pytest.raises(Invalid) as refusal:
        load(session, "district,,2019-11-12,LA1702,LA17,Samakkhixay,,,,,2026-02-01,LA9999\n")
    assert refusal.value.values == {"line": 2, "code": "LA9999"}


def test_renaming_keeps_the_old_spelling_found(session, place):
    province = place("LA08")
    rename_place(session, province, "en", "Xayabouri", DAY)
    assert place_names(session, [province.id], "en") == {province.id: "Xayabouri"}
    assert place_names(session, [province.id], "lo") == {province.id: "ໄຊຍະບູລີ"}
    assert find_place(session, "Xaignabouly") == province
    assert suggest_places(session, "Xaignabouly")[0].reason == "former"


def test_renaming_to_the_present_name_does_nothing(session, place):
    before = row_counts(session)
    rename_place(session, place("LA08"), "en", "Xaignabouly", DAY)
    assert row_counts(session) == before


def test_a_name_may_come_back(session, place):
    province = place("LA08")
    for day, name in enumerate(["One", "Two", "One", "Two"], start=1):
        rename_place(session, province, "en", name, date(2026, 3, day))
    assert place_names(session, [province.id], "en") == {province.id: "Two"}
    assert find_place(session, "One") == find_place(session, "Two") == province


@pytest.mark.parametrize("name", ["", "  ", "--"])
def test_a_name_without_letters_is_refused(session, place, name):
    with pytest.raises(Invalid):
        rename_place(session, place("LA08"), "en", name, DAY)


def test_a_name_cannot_begin_before_the_one_it_follows(session, place):
    rename_place(session, place("LA08"), "en", "Xayabouri", DAY)
    with pytest.raises(Conflict):
        rename_place(session, place("LA08"), "en", "Sayabouri", date(2026, 2, 1))


def test_spellings_are_added_once(session, place):
    assert add_spellings(session, place("LA08"), ["Sayabouli", "Sayabouli", "Xaignabouly"]) == 1
    assert find_place(session, "sayabouli") == place("LA08")


NAXAITHONG = NewPlaceInput(name_en="Naxaithong", name_lo="ນາຊາຍທອງ", code="LA0105")
NEW_TOWN = NewPlaceInput(name_en="Xaymangkhala", code="LA0110", other_spellings="Saymangkhala; ໄຊມັງຄະລະ")


def test_a_split_keeps_history_by_date(session, place):
    old, province = place("LA0105"), place("LA01")
    rest, new = split_district(session, old, [NAXAITHONG, NEW_TOWN], DAY)
    assert find_place(session, "Naxaithong", on=date(2026, 2, 28)) == old
    assert find_place(session, "Naxaithong", on=DAY) == rest
    assert find_place(session, "Naxaithong") == find_place(session, "LA0105") == rest
    assert find_place(session, "ໄຊມັງຄະລະ", within=province.id) == new
    assert find_place(session, "Xaymangkhala", on=date(2026, 2, 28)) is None
    assert {p.id for p in get_place_details(session, old.id).successors} == {rest.id, new.id}
    assert get_place_details(session, new.id).predecessor == old
    assert len(districts(session, province.id)) == 10


def test_loading_the_old_file_after_a_split_does_not_undo_it(session, place):
    old = place("LA0105")
    rest, new = split_district(session, old, [NAXAITHONG, NEW_TOWN], DAY)
    report = load_gazetteer(session, read_gazetteer((DATA / "lao.csv").read_bytes()).rows, DAY)
    assert report == LoadReport(unchanged=167, missing=2)
    assert old.is_closed
    assert not rest.is_closed
    assert not new.is_closed


def test_a_code_of_another_place_is_not_taken_over(session):
    header = HEADER.strip() + ",other_codes\n"
    rows = read_gazetteer(
        (header + "province,,2019-11-12,LA02,LA,Phongsaly,,,,,,,iso3166_2@2015-11-27:LA-VT\n").encode()
    )
    with pytest.raises(Invalid, match="belongs to another place"):
        load_gazetteer(session, rows.rows, DAY)


def test_a_later_edition_completes_the_place_it_knows_by_its_code(session, place):
    district = place("LA1304")
    assert load(session, "district,,2026-01-01,LA1304,LA13,Phine,,,16.5,106.1,,\n").extended == 1
    assert (district.latitude, district.longitude) == (16.5, 106.1)
    assert place("LA1304") == district


def test_a_split_is_refused_where_it_makes_no_sense(session, place):
    district = place("LA0105")
    with pytest.raises(Invalid, match="Only districts"):
        split_district(session, place("LA01"), [NAXAITHONG, NEW_TOWN], DAY)
    with pytest.raises(Invalid, match="at least two"):
        split_district(session, district, [NAXAITHONG], DAY)
    with pytest.raises(Invalid, match="same name"):
        split_district(session, district, [NAXAITHONG, NAXAITHONG], DAY)
    with pytest.raises(Invalid, match="same code"):
        split_district(session, district, [NAXAITHONG, NEW_TOWN.model_copy(update={"code": "LA0105"})], DAY)
    assert not district.is_closed
    split_district(session, district, [NAXAITHONG, NEW_TOWN], DAY)
    with pytest.raises(Conflict, match="already closed"):
        split_district(session, district, [NAXAITHONG, NEW_TOWN], DAY)


def test_a_code_taken_on_the_same_day_is_refused(session, place):
    split_district(session, place("LA0105"), [NAXAITHONG, NEW_TOWN], DAY)
    with pytest.raises(Conflict):
        split_district(session, place("LA0106"), [NEW_TOWN, NewPlaceInput(name_en="Rest")], DAY)


def test_the_split_form_takes_one_district_a_line():
    form = SplitInput.model_validate({"on": "2026-03-01", "districts": "  One ; ; la01 \n\nTwo; ສອງ"})
    assert [(s.name_en, s.name_lo, s.code) for s in form.successors] == [
        ("One", "", "LA01"),
        ("Two", "ສອງ", ""),
    ]


@pytest.mark.parametrize("districts", ["", "One", "One\n---", "One; One; X Y\nTwo", "A;B;C;D\nE", "x\n" * 11])
def test_the_split_form_refuses_what_is_no_list_of_districts(districts):
    with pytest.raises(ValueError):
        SplitInput.model_validate({"on": "2026-03-01", "districts": districts})


def test_the_names_form_reads_spellings_a_line_and_the_day():
    form = PlaceNamesInput.model_validate({"name_en": " A  b ", "spellings": "X; Y\nX", "on": "2026-03-01"})
    assert (form.names, spellings_in(form.spellings), form.on) == ({"en": "A b"}, ["X", "Y"], DAY)
    with pytest.raises(ValueError, match="Write the day"):
        PlaceNamesInput.model_validate({"name_en": "A", "on": "31.3.2026"})


@dataclass(frozen=True)
class Asking:
    is_administrator: bool = False
    is_coordinator: bool = False


@pytest.mark.parametrize(
    ("viewer", "may"), [(Asking(), False), (Asking(True), True), (Asking(False, True), True)]
)
def test_coordinators_and_administrators_edit_places(viewer, may):
    assert may_edit_places(viewer) is may
