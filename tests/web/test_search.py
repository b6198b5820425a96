"""Searching as visitors do it: with and without words, filters, mistakes, and an engine that is away."""

import re
from datetime import date
from html import unescape

import pytest

from portal.finding import MAXIMUM_QUERY
from portal.jobs.handlers import index_uses
from portal.library.vocabularies import Visibility
from portal.places.actions import load_own_gazetteer
from portal.places.queries import find_place
from search.engine import EngineUnavailable

LAO = "ໄວໜຸ່ມໃນບ້ານທີ່ຢາກເດີນທາງໄປເຮັດວຽກຢູ່ຕ່າງປະເທດຕ້ອງກະກຽມຕົວໃຫ້ດີ"
HTML = '<script>alert("x")</script><b>bold</b>'


def search(browser, **query):
    answer = browser.get("/en/search", params=query)
    assert answer.status_code == 200, answer.text
    return answer.text


def found(page):
    """References of the hits, in their order."""
    return re.findall(r'<h3><a href="/en/library/(R-\d+)"', page)


def links_of(page, kind):
    return [unescape(href) for href in re.findall(rf'<a class="{kind}" href="([^"]+)"', page)]


def test_a_page_is_found_marked_and_opened_where_the_words_stand(browser, publish):
    reference = publish("Cover", f"Before {LAO} after", title="Safe migration")
    page = search(browser, q=LAO[10:30])
    assert found(page) == [reference]
    assert f"<mark>{LAO[10:30]}</mark>" in page
    [address] = re.findall(r'href="([^"]+)">Page 2</a>', page)
    assert re.fullmatch(rf"/en/library/{reference}/read/[0-9a-f-]+\?page=2&amp;q=.*#page-2", address)
    opened = browser.get(unescape(address).split("#")[0]).text
    assert 'id="page-2"' in opened
    assert f"<mark>{LAO[10:30]}</mark>" in opened


def test_a_hit_shows_what_it_is(browser, publish):
    publish("x", title="Safe migration", issued="2019-05", languages=["lo", "en"], summary_en="For villages.")
    page = search(browser, q="migration")
    for text in ("Village Light", "Manual or guideline", "May 2019", "Lao, English", "For villages."):
        assert text in page
    assert re.search(r'<a href="/en/library/R-0001" lang="en">Safe <mark>migration</mark></a>', page)


def test_a_title_in_another_language_says_so(browser, publish):
    publish("x", title="", title_lo="ຄູ່ມື")
    assert 'lang="lo">ຄູ່ມື</a>' in search(browser)


def test_the_number_of_results_is_a_status(browser, publish):
    publish("harbour one", files=[("a.txt", b"one")])
    publish("harbour two", files=[("b.txt", b"two")])
    assert re.search(
        r'<p role="status"><strong>2 results for “harbour”</strong>', search(browser, q="harbour")
    )


def test_filters_narrow_and_keep_their_other_choices(browser, publish):
    sop = publish("x", title="Referral", resource_type="sop", files=[("a.txt", b"a")])
    manual = publish("y", title="Manual", files=[("b.txt", b"b")])
    assert set(found(search(browser))) == {sop, manual}
    page = search(browser, resource_type="sop")
    assert found(page) == [sop]
    assert re.search(r'value="sop" checked', page)
    assert re.search(
        r'value="manual_or_guideline"> <span>Manual or guideline</span> <span class="count">1', page
    )


def test_several_choices_of_one_filter_widen_it_and_another_filter_narrows(browser, publish):
    sop = publish("x", resource_type="sop", policy_areas=["policy"], files=[("a.txt", b"a")])
    manual = publish("y", policy_areas=["prevention"], files=[("b.txt", b"b")])
    both = search(browser, resource_type=["sop", "manual_or_guideline"])
    assert set(found(both)) == {sop, manual}
    assert found(search(browser, resource_type=["sop", "manual_or_guideline"], policy_area="policy")) == [sop]


def test_chips_take_filters_away_one_by_one_or_all(browser, publish):
    publish("x", title="Manual", policy_areas=["policy"])
    page = search(browser, q="manual", policy_area="policy", resource_type="manual_or_guideline", sort="used")
    chips = links_of(page, "chip")
    assert "/en/search?q=manual&resource_type=manual_or_guideline&sort=used" in chips
    assert "/en/search?q=manual&policy_area=policy&sort=used" in chips
    assert re.search(r'<a href="/en/search\?q=manual&amp;sort=used">Clear all', page)


def test_an_organisation_is_a_filter_by_its_name(browser, publish, publisher):
    publish("x")
    value = publisher.organisation.id.hex
    page = search(browser, organisation=value)
    assert found(page) == ["R-0001"]
    assert re.search(rf'value="{value}" checked> <span>Village Light', page)


def test_a_province_is_a_filter_in_the_readers_language(browser, publish):
    with browser.arranging() as make:
        load_own_gazetteer(make.session, date(2026, 1, 1))
        district = find_place(make.session, "Xaysetha, Attapeu")
        province = find_place(make.session, "Attapeu")
    reference = publish("x", title="Manual", places=[f"about:{district.id}"])
    assert "<span>Attapeu</span>" in search(browser)
    lao = browser.get(f"/lo/search?province={province.id.hex}").text
    assert found(lao.replace("/lo/", "/en/")) == [reference]
    assert "<span>ອັດຕະປື</span>" in lao
    for name in ("Xaysetha", "ໄຊເສດຖາ", "Attapeu", "ອັດຕະປື"):
        assert found(search(browser, q=name)) == [reference]


def test_at_most_eight_values_are_shown_and_the_rest_stays_near(browser, publish):
    for year in range(2001, 2012):
        publish(title=f"Report of {year}", issued=str(year), files=[(f"{year}.txt", str(year).encode())])
    page = search(browser, year="2001")
    years = page.split("<legend>Year</legend>")[1].split("</fieldset>")[0]
    shown, rest = years.split("<details>")
    assert re.findall(r'value="(\d+)"', shown) == [str(year) for year in range(2011, 2003, -1)] + ["2001"]
    assert re.findall(r'value="(\d+)"', rest) == ["2003", "2002"]
    assert "2 more" in rest


def test_the_order_can_be_chosen(browser, publish):
    old = publish("x", title="Manual one", issued="2010", files=[("a.txt", b"a")])
    new = publish("y", title="Manual two", issued="2020", files=[("b.txt", b"b")])
    assert found(search(browser, q="manual", sort="newest")) == [new, old]
    page = search(browser, sort="nonsense")
    assert found(page) == [new, old]
    assert "Best match" not in page


def test_what_was_used_most_comes_first_after_the_hourly_round(browser, publish, publisher):
    used = publish("x", title="Manual one", files=[("a.txt", b"a")])
    publish("y", title="Manual two", files=[("b.txt", b"b")])
    browser.get(f"/files/{publisher.file_of(used).id}/a.txt")
    index_uses(browser.services)
    browser.let_the_worker_work()
    assert found(search(browser, sort="used"))[0] == used


def test_a_typing_error_is_forgiven_and_said(browser, publish):
    reference = publish("Victims need shelter and legal counselling", title="Handbook")
    page = search(browser, q="counseling")
    assert found(page) == [reference]
    assert "Nothing has exactly these words" in page
    assert "Nothing has" not in search(browser, q="counselling")


def test_nothing_found_says_what_to_drop(browser, publish):
    publish("harbour", title="Manual", languages=["lo"])
    page = search(browser, q="harbour", language="th")
    assert "Nothing found" in page
    assert "Search without the filter “Language”" in page
    assert "1 result" in page
    page = search(browser, q="harbour xylophonic")
    way = re.search(r'<a href="/en/search\?q=harbour">Search without the word “xylophonic”', page)
    assert found(page) == []
    assert way


def test_nothing_found_asks_the_engine_at_most_four_times_more(browser, publish, monkeypatch):
    publish("x")
    engine = browser.services.search
    asked = []
    real = type(engine).search
    monkeypatch.setattr(type(engine), "search", lambda self, query: asked.append(query) or real(self, query))
    search(browser, q="qqqq wwww zzzz pppp vvvv", language="th", year="1950", sector="health")
    assert 2 <= len(asked) <= 5


def test_many_results_come_in_pages_and_strange_page_numbers_do_no_harm(browser, publish, publisher):
    with browser.arranging() as make:
        for number in range(25):
            make.resource(
                browser.services.files,
                publisher.editor,
                publisher.organisation,
                title=f"Manual {number}",
                files=[(f"{number}.txt", str(number).encode())],
            )
    browser.let_the_worker_work()
    first, second = search(browser, q="manual"), search(browser, q="manual", page="2")
    assert len(found(first)) == 20
    assert len(found(second)) == 5
    assert not set(found(first)) & set(found(second))
    assert 'href="/en/search?q=manual&amp;page=2"' in first
    for page in ("0", "-1", "abc", "", "1.5", "٢", "२"):
        assert found(search(browser, q="manual", page=page)) == found(first)
    for page in ("3", "999999999999", "9" * 400):
        answer = browser.get("/en/search", params={"q": "manual", "page": page})
        assert answer.status_code == 302
        assert answer.headers["location"] == "/en/search?q=manual&page=2"


@pytest.mark.parametrize(
    "text",
    [
        HTML,
        "' OR 1=1 --",
        '"unclosed',
        "NEAR(a b)",
        "title:x AND (",
        "*",
        "-",
        "\x00\x01",
        "\u202eabc",
        "ກ" * 1500,
        "😀",
        "%",
        "a" * 200,
        "ກ",
        "中",
        "{{ 7 * 7 }}",
    ],
)
def test_whatever_is_typed_is_answered_and_shown_as_text(browser, publish, text):
    publish("x")
    for address in ("/en/search", "/en/search/suggest"):
        answer = browser.get(address, params={"q": text, "language": text, "year": text, "sort": text})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<b>bold" not in answer.text
        assert ">49<" not in answer.text


def test_a_query_that_is_too_long_is_cut_and_said_so(browser, publish):
    publish("x")
    page = search(browser, q="word " * 100)
    assert "Only the first 200 characters" in page
    value = re.search(r'id="q" name="q" value="([^"]*)"', page)[1]
    assert 190 < len(value) <= MAXIMUM_QUERY
    assert "Only the first 200 characters" not in search(browser, q="word")


def test_html_in_every_text_field_is_shown_as_text(browser, publish, publisher):
    with browser.arranging() as make:
        publisher.organisation = make.organisation(HTML)
        publisher.editor = make.member(publisher.organisation)
    publish(
        f"harbour {HTML}",
        title=HTML,
        summary_en=HTML,
        authors=HTML,
        licence_note=HTML,
        files=[("<b>bold.txt", b"x")],
    )
    entry = publisher.file_of("R-0001")
    for address in (
        "/en/search?q=harbour",
        "/en/search/suggest?q=harbour",
        "/en/search?q=alert",
        "/en/library/R-0001",
        f"/en/library/R-0001/read/{entry.id}?q={HTML}",
        "/en/library/R-0001/versions",
        "/en/",
    ):
        page = browser.get(address).text
        assert "<script>alert" not in page, address
        assert "<b>bold" not in page, address


def test_the_box_works_without_scripts_and_says_where_suggestions_come_from(browser):
    page = search(browser, q="words", sort="newest")
    assert '<form class="search" id="search" action="/en/search" method="get" role="search">' in page
    assert 'data-suggest="/en/search/suggest"' in page
    assert 'aria-controls="suggestions"' in page
    assert '<input type="hidden" name="sort" value="newest">' in page


def test_suggestions_lead_to_the_resource_or_its_page(browser, publish):
    publish("Cover", "the harbour is far", title="Safe migration")
    by_title = browser.get("/en/search/suggest", params={"q": "safe mig"}).text
    assert '<a href="/en/library/R-0001' in by_title
    by_page = browser.get("/en/search/suggest", params={"q": "harb"}).text
    assert "?page=2&amp;q=harb#page-2" in by_page
    assert "<mark>harbour</mark>" in by_page
    assert browser.get("/en/search/suggest", params={"q": "  "}).text.strip() == ""


def test_an_engine_that_does_not_answer_leaves_a_usable_page(browser, publish, monkeypatch):
    publish("x")

    def away(self, query):
        raise EngineUnavailable("down")

    monkeypatch.setattr(type(browser.services.search), "search", away)
    answer = browser.get("/en/search", params={"q": "harbour", "language": "lo"})
    assert answer.status_code == 503
    assert "The search does not answer just now" in answer.text
    assert 'value="harbour"' in answer.text
    assert browser.get("/en/search/suggest?q=x").status_code == 503
    first = browser.get("/en/")
    assert first.status_code == 200
    assert "Safe migration" in first.text


def test_restricting_hides_at_once_before_the_worker_ran(browser, publish, publisher):
    reference = publish("harbour", title="Manual")
    assert found(search(browser, q="harbour")) == [reference]
    publisher.change(reference, visibility=Visibility.ORGANISATION, files_visibility=Visibility.ORGANISATION)
    for query in ({"q": "harbour"}, {"q": "manual"}, {}):
        page = search(browser, **query)
        assert found(page) == []
        assert "Nothing found" in page
        assert 'class="count"' not in page
    assert reference not in browser.get("/en/search/suggest?q=harb").text
    assert reference not in browser.get("/en/").text
    browser.let_the_worker_work()
    assert found(search(browser, q="harbour")) == []
    assert found(search(browser.as_(publisher.editor), q="harbour")) == [reference]


def test_restricting_the_files_alone_hides_their_text_at_once(browser, publish, publisher):
    reference = publish("harbour", title="Manual")
    publisher.change(reference, files_visibility=Visibility.ORGANISATION)
    assert found(search(browser, q="harbour")) == []
    browser.let_the_worker_work()
    assert found(search(browser, q="harbour")) == []
    assert found(search(browser, q="manual")) == [reference]
    assert "<mark>harbour" not in search(browser, q="manual harbour")


def test_withdrawing_takes_it_out_of_the_search(browser, publish, publisher):
    reference = publish("harbour")
    publisher.change(reference, state="withdrawn")
    assert found(search(browser, q="harbour")) == []


@pytest.mark.parametrize("language", ["en", "lo"])
def test_the_page_speaks_both_languages(browser, publish, language):
    publish("harbour", title="Manual", title_lo="ຄູ່ມື")
    page = browser.get(f"/{language}/search?q=harbour").text
    assert f'<html lang="{language}">' in page
    assert ("ຄູ່ມື" in page) == (language == "lo")
