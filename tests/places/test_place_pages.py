"""The pages about places, as visitors and coordinators see them."""

import shutil
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import SQLModel

from portal.accounts.viewer import Viewer
from portal.app import create_app
from portal.core.settings import Settings
from portal.places.queries import find_place
from portal.request import current_viewer
from portal.web import places as pages
from portal.web.routers import ROUTERS

COORDINATOR = Viewer(user_id=uuid4(), name="Noy", is_coordinator=True)
MEMBER = Viewer(user_id=uuid4(), name="Kham")
SPLIT = {"on": "2026-03-01", "districts": "Naxaithong; ນາຊາຍທອງ; LA0105\nXaymangkhala; ໄຊມັງຄະລະ; LA0110"}
NAMES = {"shown_en": "Xaignabouly", "shown_lo": "ໄຊຍະບູລີ", "name_lo": "ໄຊຍະບູລີ", "on": "2026-03-01"}


class Browser(TestClient):
    """A visitor who may be somebody."""

    def as_(self, viewer):
        self.app.dependency_overrides[current_viewer] = lambda: viewer
        return self


@pytest.fixture
def browser(loaded_database, tmp_path):
    shutil.copy(loaded_database, tmp_path / "sala.db")
    app = create_app(Settings(data_dir=tmp_path))
    if pages.router not in ROUTERS:
        # The last router answers whatever has no language, so this one is tried before all others.
        app.include_router(pages.router)
        app.router.routes.insert(0, app.router.routes.pop())
    SQLModel.metadata.create_all(app.state.services.database.engine)
    with Browser(app, base_url="http://testserver", follow_redirects=False) as visitor:
        visitor.headers["origin"] = "http://testserver"
        yield visitor.as_(Viewer())


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


@pytest.mark.parametrize("reference", ["LA13", "la13", "LA-SV", "Savannakhet"])
def test_a_place_has_an_address_by_code(browser, reference):
    page = browser.get(f"/en/places/{reference}").text
    assert "Sepone" in page
    assert "2019-11-12" in page
    assert "Savanakhet" in page
    assert "Change names" not in page


@pytest.mark.parametrize("reference", ["LA99", "0", str(uuid4()), "Vientiane", "%27", "ກ" * 300])
def test_an_unknown_place_is_not_here(browser, reference):
    assert browser.get(f"/en/places/{reference}").status_code == 404


def test_a_merged_province_points_to_what_it_went_into(browser):
    page = browser.get("/en/places/VN-57").text
    assert "This unit ended on" in page
    assert "Ho Chi Minh City" in page


@pytest.mark.parametrize("form", ["names", "split"])
@pytest.mark.parametrize(("viewer", "status"), [(Viewer(), 303), (MEMBER, 403), (COORDINATOR, 200)])
def test_only_coordinators_and_administrators_get_the_forms(browser, form, viewer, status):
    assert browser.as_(viewer).get(f"/en/places/LA0105/{form}").status_code == status


@pytest.mark.parametrize(("form", "data"), [("names", NAMES | {"name_en": "X"}), ("split", SPLIT)])
@pytest.mark.parametrize(("viewer", "status"), [(Viewer(), 401), (MEMBER, 403)])
def test_others_cannot_post_either(browser, form, data, viewer, status):
    assert browser.as_(viewer).post(f"/en/places/LA0105/{form}", data=data).status_code == status


def test_a_coordinator_renames_a_province(browser):
    answer = browser.as_(COORDINATOR).post("/en/places/LA08/names", data=NAMES | {"name_en": "Xayabouri"})
    assert answer.status_code == 303
    page = browser.get("/en/places/LA08").text
    assert "<title>Xayabouri" in page
    assert "Xaignabouly" in page


def test_saving_what_was_there_changes_nothing(browser):
    answer = browser.as_(COORDINATOR).post("/en/places/LA08/names", data=NAMES | {"name_en": "Xaignabouly"})
    assert answer.headers["location"] == "/en/places/LA08"
    assert "Former name" not in browser.get("/en/places/LA08").text


def test_a_refused_renaming_loses_nothing_that_was_typed(browser):
    typed = NAMES | {"name_en": "---", "spellings": "Sayabouli\nXaiabouli", "on": "yesterday"}
    answer = browser.as_(COORDINATOR).post("/en/places/LA08/names", data=typed)
    assert answer.status_code == 422
    for text in ("---", "Sayabouli\nXaiabouli", "A name needs letters.", "Write the day as 2026-03-31."):
        assert text in answer.text


def test_the_second_of_two_editors_is_told(browser):
    browser.as_(COORDINATOR).post("/en/places/LA08/names", data=NAMES | {"name_en": "Xayabouri"})
    answer = browser.post("/en/places/LA08/names", data=NAMES | {"name_en": "Sayaboury"})
    assert answer.status_code == 422
    assert "Somebody else has renamed this place" in answer.text


def test_a_coordinator_splits_a_district(browser):
    answer = browser.as_(COORDINATOR).post("/en/places/LA0105/split", data=SPLIT)
    assert answer.status_code == 303
    old = browser.get(answer.headers["location"]).text
    assert "This unit ended on" in old
    assert "Xaymangkhala" in old
    assert "Came out of" in browser.get("/en/places/LA0105").text


@pytest.mark.parametrize("districts", ["", "Only one", "A; B; C; D\nE", "---\nTwo", "One; ; X Y\nTwo"])
def test_a_refused_split_changes_nothing(browser, districts):
    answer = browser.as_(COORDINATOR).post("/en/places/LA0105/split", data=SPLIT | {"districts": districts})
    assert answer.status_code == 422
    assert districts.replace("&", "&amp;") in answer.text
    with browser.app.state.services.database.reading() as session:
        assert not find_place(session, "LA0105").is_closed


@pytest.mark.parametrize(
    "address", ["/en/places", "/en/places?q=Sepone", "/en/places/LA13", "/en/places/LA1305"]
)
def test_a_page_costs_few_statements(browser, address):
    sent = []
    engine = browser.app.state.services.database.engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    assert browser.get(address).status_code == 200
    assert len(sent) <= 12
