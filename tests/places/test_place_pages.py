"""The pages about places, as visitors and coordinators see them."""

from datetime import date
from functools import partial

import pytest

from portal.core.audit import events_of
from portal.places.queries import find_place
from portal.registry.statistics import load_statistics

SPLIT = {"on": "2026-03-01", "districts": "Naxaithong; ນາຊາຍທອງ; LA0105\nXaymangkhala; ໄຊມັງຄະລະ; LA0110"}
NAMES = {"shown_en": "Xaignabouly", "shown_lo": "ໄຊຍະບູລີ", "name_lo": "ໄຊຍະບູລີ", "on": "2026-03-01"}


@pytest.fixture
def visitor(browser):
    """Somebody by what they are: visitor("guest"), visitor("member"), visitor("coordinator")."""

    def somebody(kind):
        if kind == "guest":
            return browser.as_(None)
        with browser.arranging() as make:
            user = make.user(is_coordinator=kind == "coordinator")
        return browser.as_(user)

    return somebody


@pytest.fixture
def coordinator(visitor):
    return visitor("coordinator")


def test_the_list_shows_provinces_and_neighbours_in_both_languages(browser):
    english = browser.get("/en/places").text
    assert "Champasack" in english
    assert "ຈຳປາສັກ" in english
    assert "Viet Nam" in english
    lao = browser.get("/lo/places").text
    assert "ຫວຽດນາມ" in lao


def test_the_list_finds_places_and_says_why(browser):
    page = browser.get("/en/places", params={"q": "Xaysetha"}).text
    assert "District, Vientiane Capital" in page
    assert "District, Attapeu" in page
    assert "LA1701" in page


@pytest.mark.parametrize("text", ["Reykjavík", "<script>alert(1)</script>", "ກ" * 3000, "%", "\u202e"])
def test_odd_searches_are_answered(browser, text):
    answer = browser.get("/en/places", params={"q": text})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_places_are_suggested_while_somebody_types(browser):
    piece = browser.get("/en/places/suggest", params={"q": "xayset"}).text
    assert "<html" not in piece
    assert piece.count("<li>") >= 2
    assert "/en/places/LA1701" in piece
    assert browser.get("/en/places/suggest").text.strip() == ""


@pytest.mark.parametrize("reference", ["LA13", "la13", "LA-SV", "Savannakhet"])
def test_a_place_has_an_address_by_code(browser, reference):
    page = browser.get(f"/en/places/{reference}").text
    assert "Sepone" in page
    assert "2019-11-12" in page
    assert "Savanakhet" in page
    assert "Change names" not in page


@pytest.mark.parametrize(
    "reference", ["LA99", "0", "01a211d1-a5c4-7586-b379-965f46a00d46", "Vientiane", "%27", "ກ" * 300]
)
def test_an_unknown_place_is_not_here(browser, reference):
    assert browser.get(f"/en/places/{reference}").status_code == 404


def test_a_merged_province_points_to_what_it_went_into(browser):
    page = browser.get("/en/places/VN-57").text
    assert "This unit ended on" in page
    assert "Ho Chi Minh City" in page


@pytest.mark.parametrize("form", ["names", "split"])
@pytest.mark.parametrize(("kind", "status"), [("guest", 303), ("member", 403), ("coordinator", 200)])
def test_only_coordinators_and_administrators_get_the_forms(visitor, form, kind, status):
    assert visitor(kind).get(f"/en/places/LA0105/{form}").status_code == status


@pytest.mark.parametrize(("form", "data"), [("names", NAMES | {"name_en": "X"}), ("split", SPLIT)])
@pytest.mark.parametrize(("kind", "status"), [("guest", 401), ("member", 403)])
def test_others_cannot_post_either(visitor, form, data, kind, status):
    assert visitor(kind).post(f"/en/places/LA0105/{form}", data=data).status_code == status


def test_a_coordinator_renames_a_province(coordinator):
    answer = coordinator.post("/en/places/LA08/names", data=NAMES | {"name_en": "Xayabouri"})
    assert answer.status_code == 303
    page = coordinator.get("/en/places/LA08").text
    assert "<title>Xayabouri" in page
    assert "Xaignabouly" in page


def test_saving_what_was_there_changes_nothing(coordinator):
    answer = coordinator.post("/en/places/LA08/names", data=NAMES | {"name_en": "Xaignabouly"})
    assert answer.headers["location"] == "/en/places/LA08"
    assert "Former name" not in coordinator.get("/en/places/LA08").text


def test_a_refused_renaming_loses_nothing_that_was_typed(coordinator):
    typed = NAMES | {"name_en": "---", "spellings": "Sayabouli\nXaiabouli", "on": "yesterday"}
    answer = coordinator.post("/en/places/LA08/names", data=typed)
    assert answer.status_code == 422
    for text in ("---", "Sayabouli\nXaiabouli", "A name needs letters.", "Write the day as 2026-03-31."):
        assert text in answer.text


def test_the_second_of_two_editors_is_told(coordinator):
    coordinator.post("/en/places/LA08/names", data=NAMES | {"name_en": "Xayabouri"})
    answer = coordinator.post("/en/places/LA08/names", data=NAMES | {"name_en": "Sayaboury"})
    assert answer.status_code == 422
    assert "Somebody else has renamed this place" in answer.text


def test_a_coordinator_splits_a_district(coordinator):
    answer = coordinator.post("/en/places/LA0105/split", data=SPLIT)
    assert answer.status_code == 303
    old = coordinator.get(answer.headers["location"]).text
    assert "This unit ended on" in old
    assert "Xaymangkhala" in old
    assert "Came out of" in coordinator.get("/en/places/LA0105").text


@pytest.mark.parametrize("districts", ["", "Only one", "A; B; C; D\nE", "---\nTwo", "One; ; X Y\nTwo"])
def test_a_refused_split_changes_nothing(coordinator, districts):
    answer = coordinator.post("/en/places/LA0105/split", data=SPLIT | {"districts": districts})
    assert answer.status_code == 422
    assert districts.replace("&", "&amp;") in answer.text
    with coordinator.looking() as session:
        assert not find_place(session, "LA0105").is_closed


@pytest.mark.parametrize(
    ("address", "most"),
    # A place shows its work and its statistics, too: ten more for the register and the map, one for the figures.
    [("/en/places", 12), ("/en/places?q=Sepone", 12), ("/en/places/LA13", 19), ("/en/places/LA1305", 19)],
)
def test_a_page_costs_few_statements(coordinator, count_statements, address, most):
    count = partial(count_statements, coordinator.services.database.engine)
    assert count(coordinator.get, address) <= most


@pytest.mark.parametrize("address", ["/en/places/LA13", "/en/presence?province=LA13"])
def test_official_figures_stand_beside_the_work(coordinator, address):
    assert 'id="statistics"' not in coordinator.get(address).text
    figures = "returned_from_thailand,LA13,2024,total,77,Ministry\nreturned_from_thailand,LA,2024,total,99,Ministry\n"
    with coordinator.services.database.writing() as session:
        load_statistics(session, f"series,place,year,sex,value,source\n{figures}".encode())
    page = coordinator.get(address).text
    assert "beside the work and not mixed with it" in page
    assert ">77</td>" in page
    assert ">99</td>" not in page


def test_a_change_is_in_the_audit_trail(coordinator):
    coordinator.post("/en/places/LA0105/split", data=SPLIT)
    coordinator.post("/en/places/LA08/names", data=NAMES | {"name_en": "Xayabouri"})
    with coordinator.looking() as session:
        (renaming,) = events_of(session, find_place(session, "LA08").id)
        (split,) = events_of(session, find_place(session, "Naxaithong", on=date(2026, 1, 1)).id)
    assert renaming.details["before"] == {"en": "Xaignabouly"}
    assert split.details["into"] == ["Naxaithong", "Xaymangkhala"]
