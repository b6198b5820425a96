"""What every page is held to: headers, posts from here only, languages, refusals, forms, notices, files."""

import re
from http.cookies import SimpleCookie

import pytest
from fastapi.testclient import TestClient

from portal.app import create_app
from portal.core.errors import Conflict
from portal.templating import TEMPLATES
from portal.web.languages import LANGUAGE_COOKIE
from portal.web.screen import NOTICE_COOKIE, static_address
from portal.web.security import HEADERS, LARGEST_FORM_BYTES, PAGE_POLICY
from tests.clients import Browser

PAGES = ["/en/", "/lo/help", "/en/places", "/en/sign-in", "/en/nothing-here", "/lo/places/nowhere"]
OTHERS = ["/", "/healthz", "/robots.txt", "/favicon.ico", "/nothing-here", static_address("sala.css")]
ACCOUNT = {"name": "Khamla", "email": "khamla@example.org", "password": "a long password", "language": "en"}


@pytest.fixture
def broken(settings):
    """A visitor of a portal with two routes that fail, one by our mistake and one by a clash."""
    app = create_app(settings)

    @app.post("/{language}/broken")
    def fail() -> None:
        raise RuntimeError("a secret that no visitor may read")

    @app.post("/{language}/clash")
    def clash() -> None:
        raise Conflict("%(name)s was <b>faster</b>.", name="<i>Somebody</i>")

    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield Browser(client)


def set_cookies(answer):
    """The cookies an answer sets, by name."""
    return SimpleCookie("; ".join(answer.headers.get_list("set-cookie")))


# Headers


@pytest.mark.parametrize("address", [*PAGES, *OTHERS])
def test_every_answer_carries_the_security_headers(browser, address):
    answer = browser.get(address)
    assert HEADERS.items() <= {name.title(): value for name, value in answer.headers.items()}.items()
    assert "content-security-policy" in answer.headers


def test_an_answer_to_a_mistake_of_ours_carries_them_too(broken):
    answer = broken.post("/en/broken")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_browsers_come_back_by_https_only_where_it_is_served(settings, browser):
    assert "strict-transport-security" not in browser.get("/en/").headers
    secure = settings.model_copy(update={"base_url": "https://sala.example"})
    with TestClient(create_app(secure)) as client:
        assert "max-age" in client.get("/en/").headers["strict-transport-security"]


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "unsafe" not in PAGE_POLICY
    assert "http" not in PAGE_POLICY
    assert "frame-ancestors 'none'" in PAGE_POLICY


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_no_template_needs_anything_inline(template):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text)


def test_a_page_is_kept_by_no_shared_cache(browser):
    assert browser.get("/en/").headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("address", [*PAGES, *OTHERS])
def test_every_address_answers_to_head_as_to_get(browser, address):
    shown, head = browser.get(address), browser.head(address)
    assert head.status_code == shown.status_code
    assert head.headers.get("content-type") == shown.headers.get("content-type")
    assert head.headers.get("location") == shown.headers.get("location")
    assert head.content == b""


# Posts


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:8080"},
        {"Origin": "null"},
    ],
)
def test_a_post_from_another_site_is_refused(browser, headers):
    answer = browser.client.post("/en/sign-up", data=ACCOUNT, headers=headers)
    assert answer.status_code == 403
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}, {}])
def test_a_post_from_here_or_from_no_browser_is_taken(browser, headers):
    assert browser.client.post("/en/sign-up", data=ACCOUNT, headers=headers).status_code == 303


# Bodies


def pieces(size_bytes):
    """A body whose length nobody announces."""
    return (b"x" * 2**16 for _ in range(size_bytes // 2**16 + 1))


@pytest.mark.parametrize("address", ["/en/sign-up", "/en/share", "/en/library/R-0001/files"])
@pytest.mark.parametrize("body", [b"name=" + b"x" * LARGEST_FORM_BYTES, pieces], ids=["announced", "counted"])
def test_a_body_larger_than_any_form_is_refused(browser, address, body):
    answer = browser.client.post(
        address,
        content=body if isinstance(body, bytes) else body(LARGEST_FORM_BYTES),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert "<h1>Too large</h1>" in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(("session", "status"), [("sala_session=made-up", 401), ("", 413)])
def test_more_is_taken_only_of_somebody_with_a_session(browser, session, status):
    files = {"files": ("a.txt", b"x" * (LARGEST_FORM_BYTES + 1))}
    answer = browser.client.post("/en/share", files=files, headers={"Cookie": session})
    assert answer.status_code == status


def test_an_upload_has_a_limit_too(settings):
    small = settings.model_copy(update={"maximum_request_bytes": LARGEST_FORM_BYTES + 2**20})
    with TestClient(create_app(small), follow_redirects=False) as client:
        answer = client.post(
            "/en/share",
            files={"files": ("a.txt", b"x" * (LARGEST_FORM_BYTES + 2**21))},
            headers={"Cookie": "sala_session=made-up"},
        )
    assert answer.status_code == 413


def test_a_link_on_another_site_may_lead_here(browser):
    assert browser.get("/en/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


# Languages


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("lo-LA,lo;q=0.9,en;q=0.5", "lo"),
        ("lo", "lo"),
        ("en-GB,lo;q=0.5", "en"),
        ("th-TH,lo;q=0.5", "lo"),
        ("fr", "en"),
        ("", "en"),
        (";;;,,,*", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_a_newcomer_gets_the_language_of_the_browser(browser, accepted, language):
    answer = browser.get("/places?q=Sepone", headers={"Accept-Language": accepted})
    assert answer.headers["location"] == f"/{language}/places?q=Sepone"
    assert answer.headers["vary"] == "Accept-Language, Cookie"


def test_a_language_once_chosen_is_remembered(browser):
    english = {"Accept-Language": "en"}
    browser.get("/lo/places")
    assert browser.get("/places", headers=english).headers["location"] == "/lo/places"
    browser.get("/en/places")
    assert browser.get("/places", headers=english).headers["location"] == "/en/places"


def test_the_choice_is_written_down_only_when_it_changes(browser):
    cookie = set_cookies(browser.get("/lo/"))[LANGUAGE_COOKIE]
    assert (cookie.value, cookie["samesite"], cookie["path"]) == ("lo", "lax", "/")
    assert LANGUAGE_COOKIE not in set_cookies(browser.get("/lo/help"))


def test_a_made_up_choice_is_ignored(browser):
    browser.cookies[LANGUAGE_COOKIE] = "../evil"
    assert browser.get("/places").headers["location"] == "/en/places"


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/", "/en/"),
        ("/en", "/en/"),
        ("/lo/places/", "/lo/places"),
        ("/en//", "/en/"),
        ("/a b", "/en/a%20b"),
        ("/a%3Fb", "/en/a%3Fb"),
        ("//evil.example/x", "/en/evil.example/x"),
        ("///evil.example", "/en/evil.example"),
        ("/%2F%2Fevil.example", "/en/evil.example"),
        ("/%5Cevil.example", "/en/%5Cevil.example"),
        ("/https://evil.example", "/en/https%3A//evil.example"),
    ],
)
def test_an_address_without_a_language_leads_to_a_page_of_ours(browser, address, target):
    answer = browser.get(f"http://testserver{address}")
    assert answer.headers["location"] == target


def test_after_a_refused_form_the_switch_leads_to_the_page_it_was_sent_from(browser):
    answer = browser.post(
        "/en/sign-in", {"email": "x"}, headers={"Referer": "http://testserver/en/sign-in?next=%2Fen%2Fshare"}
    )
    assert answer.status_code == 422
    assert 'href="/lo/sign-in?next=%2Fen%2Fshare"' in answer.text


def test_a_page_of_another_site_is_not_what_the_switch_leads_to(browser):
    answer = browser.post("/en/sign-in", {"email": "x"}, headers={"Referer": "http://elsewhere/en/phish"})
    assert "phish" not in answer.text


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/en/places?q=a%26b&page=2", "/lo/places?q=a%26b&amp;page=2"),
        ("/en/nothing%3Fhere", "/lo/nothing%3Fhere"),
        ("/en/%22%3E%3Cb%3E", "/lo/%22%3E%3Cb%3E"),
        ("/en//evil.example/", "/lo//evil.example"),
    ],
)
def test_the_switch_leads_to_the_same_page(browser, address, target):
    page = browser.client.get(f"http://testserver{address}", follow_redirects=True).text
    assert f'<a href="{target}" lang="lo" hreflang="lo">' in page


@pytest.mark.parametrize(("language", "other"), [("en", "lo"), ("lo", "en")])
def test_a_page_says_its_language_and_that_of_its_links(browser, language, other):
    page = browser.get(f"/{language}/help").text
    assert f'<html lang="{language}">' in page
    assert f'lang="{language}" hreflang="{language}" aria-current="true"' in page
    assert f'href="/{other}/help" lang="{other}"' in page


# Refusals


@pytest.mark.parametrize(("language", "title"), [("en", "Not here"), ("lo", "ບໍ່ມີຢູ່ນີ້")])
@pytest.mark.parametrize("address", ["nothing-here", "places/nowhere", "confirm/made-up", "places/%00"])
def test_what_is_not_here_is_said_in_the_language_of_the_address(browser, language, title, address):
    answer = browser.get(f"/{language}/{address}")
    assert answer.status_code == 404
    assert f'<html lang="{language}">' in answer.text


def test_a_refusal_at_an_address_without_language_is_in_the_visitors(browser):
    browser.get("/lo/")
    answer = browser.post("/nothing-here")
    assert answer.status_code == 405
    assert '<html lang="lo">' in answer.text
    assert answer.headers["allow"]


def test_a_wrong_method_gets_a_page(browser):
    answer = browser.post("/en/help")
    assert answer.status_code == 405
    assert "<h1>Not here</h1>" in answer.text


@pytest.mark.parametrize("language", ["en", "lo"])
def test_a_mistake_of_ours_gives_nothing_away(broken, language, caplog):
    answer = broken.post(f"/{language}/broken")
    assert answer.status_code == 500
    assert f'<html lang="{language}">' in answer.text
    assert "secret" not in answer.text
    assert "a secret that no visitor may read" in caplog.text


def test_a_refusal_shows_its_values_as_text(broken):
    answer = broken.post("/en/clash")
    assert answer.status_code == 409
    assert "&lt;i&gt;Somebody&lt;/i&gt; was &lt;b&gt;faster&lt;/b&gt;." in answer.text


def test_the_public_is_sent_to_sign_in_and_back(browser):
    answer = browser.get("/lo/account?a=1&b=2")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/lo/sign-in?next=%2Flo%2Faccount%3Fa%3D1%26b%3D2"


def test_a_form_that_is_none_is_refused(browser):
    answer = browser.client.post(
        "/en/sign-up", content=b"no parts", headers={"Content-Type": "multipart/form-data"}
    )
    assert answer.status_code == 400
    assert "<h1>Something is not right</h1>" in answer.text


# Forms


def test_an_error_stands_beside_its_field_and_in_the_summary(browser):
    page = browser.post("/en/sign-up", data=ACCOUNT | {"email": "nobody"})
    assert page.status_code == 422
    assert '<a href="#email">' in page.text
    assert re.search(r'<input type="email" id="email"[^>]* aria-describedby="[^"]*email-error"', page.text)
    assert re.search(r'<input type="email" id="email"[^>]* aria-invalid="true"', page.text)
    assert 'id="email-error"' in page.text
    assert "<title>Error: " in page.text


def test_what_was_typed_is_kept_but_never_a_password(browser):
    page = browser.post("/en/sign-up", data=ACCOUNT | {"name": '"><b>ຄຳຫລ້າ', "email": "nobody"}).text
    assert 'value="&#34;&gt;&lt;b&gt;ຄຳຫລ້າ"' in page
    assert 'value="nobody"' in page
    assert "a long password" not in page


def test_a_form_without_anything_names_what_is_needed(browser):
    page = browser.post("/en/sign-up")
    assert page.status_code == 422
    assert page.text.count("This is needed.") >= 2


# Notices


def test_a_notice_is_shown_once(browser):
    answer = browser.post("/en/sign-up", data=ACCOUNT)
    shown = browser.get(answer.headers["location"])
    assert "A mail is on its way." in shown.text
    assert set_cookies(shown)[NOTICE_COOKIE]["max-age"] == "0"
    assert "A mail is on its way." not in browser.get(answer.headers["location"]).text


def test_a_made_up_notice_is_not_shown(browser):
    browser.cookies[NOTICE_COOKIE] = "You won"
    assert "You won" not in browser.get("/en/").text


# Own files


def test_styles_and_scripts_are_kept_for_ever_under_their_digest(browser):
    answer = browser.get(static_address("sala.css"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")


def test_an_outdated_digest_gets_the_file_of_today_but_not_for_ever(browser):
    answer = browser.get("/static/0000000000/sala.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "..%2Fscreen.py", "..", "%2Fetc%2Fpasswd", "sala.css%00"])
def test_nothing_else_is_served(browser, name):
    address = f"/static/0000000000/{name}"
    assert browser.client.get(address, follow_redirects=True).status_code == 404


def test_a_page_asks_nobody_else_for_anything(browser):
    page = browser.get("/en/").text
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
