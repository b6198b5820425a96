"""Signing up, in and out, and looking after an account, as a visitor with a browser does it."""

import re

import pytest

from portal.accounts.inputs import SignUpInput
from portal.core.mail import stored_mails
from portal.request import SESSION_COOKIE

PASSWORD = "a long sentence"
HOSTILE = "<script>alert('x')</script> ນ້ອຍ & \"Co\""


@pytest.fixture
def noy(browser):
    """A person with a password."""
    from portal.accounts.actions import create_account

    with browser.arranging() as make:
        return create_account(
            make.session, SignUpInput(name="Noy", email="noy@example.org", password=PASSWORD)
        )


@pytest.fixture
def mail(browser):
    """The newest mail to an address, and the address of the page its link leads to."""

    def newest(to):
        browser.let_the_worker_work()
        letter = next(m for m in stored_mails(browser.services.settings.mail_folder) if m.to == to)
        link = re.search(r"http://testserver(/\S+)", letter.text)
        return letter, link[1] if link else ""

    return newest


def sign_in(browser, email="noy@example.org", password=PASSWORD, **values):
    return browser.post("/en/sign-in", {"email": email, "password": password, **values})


def test_from_signing_up_to_signing_out(browser, mail):
    typed = {"name": HOSTILE, "email": "Noy@Example.org", "password": PASSWORD}
    answer = browser.post("/lo/sign-up", typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lo/sign-in")
    letter, link = mail("noy@example.org")
    assert link.startswith("/lo/confirm/")
    assert "script" not in letter.text
    assert browser.get(link).status_code == 200
    assert browser.post(link, {"password": "not the password"}).status_code == 422
    answer = browser.post(link, {"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/lo/my")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = browser.get("/en/account").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; ນ້ອຍ &amp; &#34;Co&#34;" in page
    assert browser.post("/en/sign-out").headers["location"] == "/en/"
    assert browser.get("/en/account").headers["location"].startswith("/en/sign-in?next=")


def test_what_was_typed_wrongly_stands_beside_its_field_and_nothing_is_lost(browser):
    typed = {"name": "N" * 201, "email": "noy at example", "password": "tooshort7"}
    answer = browser.post("/en/sign-up", typed)
    assert answer.status_code == 422
    page = answer.text
    for field, sentence in [
        ("name", "This is too long: at most 200 characters."),
        ("email", "Enter a mail address such as name@example.org."),
        ("password", "A password has at least 10 characters."),
    ]:
        assert f'<a href="#{field}">{sentence}' in page
        assert f'id="{field}-error"' in page
    assert 'value="noy at example"' in page
    assert "N" * 201 in page
    assert "tooshort7" not in page


def test_an_empty_form_asks_for_everything(browser):
    page = browser.post("/en/sign-up").text
    for field in ("name", "email", "password"):
        assert f'<a href="#{field}">' in page


def test_signing_up_tells_nobody_whether_an_address_has_an_account(browser, noy, mail):
    def ask(email):
        answer = browser.post("/en/sign-up", {"name": "X", "email": email, "password": "another sentence"})
        return answer.status_code, answer.headers["location"], answer.text

    assert ask("noy@example.org") == ask("nobody@example.org")
    assert mail("noy@example.org")[0].subject == "You have an account already"


def test_signing_in_leads_to_the_page_that_was_wanted(browser, noy):
    wanted = browser.get("/en/account").headers["location"]
    assert wanted == "/en/sign-in?next=%2Fen%2Faccount"
    assert 'name="next" value="/en/account"' in browser.get(wanted).text
    assert sign_in(browser, next="/en/account").headers["location"] == "/en/account"
    assert browser.get("/en/sign-in?next=/en/my").headers["location"] == "/en/my"


@pytest.mark.parametrize(
    "next",
    [
        "https://bad.example",
        "//bad.example",
        "/\\bad.example",
        "/en/\\bad.example",
        "/en.bad.example",
        "javascript:alert(1)",
        "/en/\r\nSet-Cookie: a=b",
        "/fr/",
        "/en/" + "x" * 3000,
    ],
)
def test_signing_in_never_leads_away_from_here(browser, noy, next):
    assert sign_in(browser, next=next).headers["location"] == "/en/my"


def test_a_wanted_page_with_letters_of_other_scripts_is_reached(browser, noy):
    assert sign_in(browser, next="/lo/search?q=ຄ້າ").headers["location"] == (
        "/lo/search?q=%E0%BA%84%E0%BB%89%E0%BA%B2"
    )


@pytest.mark.parametrize("email", ["noy@example.org", "nobody@example.org"])
def test_a_wrong_sign_in_keeps_the_address_and_says_no_more(browser, noy, email):
    answer = sign_in(browser, email, "not the password")
    assert answer.status_code == 422
    assert "The mail address or the password is not right." in answer.text
    assert f'value="{email}"' in answer.text
    assert "not the password" not in answer.text
    assert SESSION_COOKIE not in browser.cookies


def test_after_five_wrong_tries_one_waits(browser, noy):
    for _ in range(5):
        assert sign_in(browser, password="wrong").status_code == 422
    answer = sign_in(browser)
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text


def test_a_post_from_another_site_is_refused(browser, noy):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = browser.post(
            "/en/sign-in", {"email": "noy@example.org", "password": PASSWORD}, headers=headers
        )
        assert answer.status_code == 403
    visitor = browser.as_(noy)
    assert visitor.post("/en/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert visitor.get("/en/account").status_code == 200


def test_a_forgotten_password_is_replaced(browser, noy, mail):
    visitor = browser.as_(noy)
    assert browser.post("/en/forgotten", {"email": "noy@example.org"}).status_code == 303
    _, link = mail("noy@example.org")
    assert "noy@example.org" in browser.get(link).text
    assert browser.post(link, {"password": "short"}).status_code == 422
    assert browser.post(link, {"password": "noy@example.org"}).status_code == 422
    assert browser.post(link, {"password": "another sentence"}).headers["location"] == "/en/sign-in"
    assert visitor.get("/en/account").status_code == 303
    assert sign_in(browser, password="another sentence").status_code == 303
    assert browser.get(link).status_code == 404
    assert browser.post("/en/forgotten", {"email": "nobody@example.org"}).status_code == 303
    assert browser.post("/en/forgotten", {"email": "nobody"}).status_code == 422


def test_a_link_that_was_never_sent_is_not_there(browser):
    for path in ("confirm", "reset", "account/address", "invitations"):
        for answer in (browser.get(f"/en/{path}/made-up"), browser.post(f"/en/{path}/made-up")):
            assert answer.status_code in (401, 404)


def test_name_and_language_are_changed(browser, noy):
    visitor = browser.as_(noy)
    answer = visitor.post("/en/account", {"name": "ນ້ອຍ", "language": "lo"})
    assert answer.headers["location"] == "/lo/account"
    assert 'value="ນ້ອຍ"' in visitor.get("/en/account").text
    answer = visitor.post("/en/account", {"name": " ", "language": "<b>"})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'id="language-error"' in answer.text


def test_the_password_is_changed_and_other_devices_are_signed_out(browser, noy):
    here, elsewhere = browser.as_(noy), browser.as_(noy)
    address = "/en/account/password"
    assert here.get(address).status_code == 200
    wrong = {"current_password": "wrong", "password": "another sentence"}
    assert "This is not your current password." in here.post(address, wrong).text
    right = {"current_password": PASSWORD, "password": "another sentence"}
    assert here.post(address, right).headers["location"] == "/en/account"
    assert here.get("/en/account").status_code == 200
    assert elsewhere.get("/en/account").status_code == 303


def test_the_address_is_changed_by_a_link_to_the_new_one(browser, noy, mail):
    visitor = browser.as_(noy)
    address = "/en/account/address"
    assert "noy@example.org" in visitor.get(address).text
    assert visitor.post(address, {"email": "new@example.org"}).status_code == 422
    typed = {"email": "new@example.org", "current_password": PASSWORD}
    assert visitor.post(address, typed).status_code == 303
    _, link = mail("new@example.org")
    assert "new@example.org" in browser.get(link).text
    assert browser.post(link).headers["location"] == "/en/sign-in"
    assert visitor.get("/en/account").status_code == 303
    assert sign_in(browser, "new@example.org").status_code == 303
    assert "new@example.org" in browser.get("/en/account").text
    assert mail("noy@example.org")[0].subject == "Your mail address was changed"


@pytest.mark.parametrize(
    ("path", "typed", "field"),
    [
        ("account/password", {"password": "another sentence"}, "current_password"),
        ("account/address", {"email": "new@example.org"}, "current_password"),
        ("account/delete", {}, "password"),
    ],
)
def test_wrong_current_passwords_are_counted_though_the_form_is_refused(browser, noy, path, typed, field):
    visitor = browser.as_(noy)
    for _ in range(5):
        answer = visitor.post(f"/en/{path}", {**typed, field: "wrong"})
        assert answer.status_code == 422
        assert f'<a href="#{field}">This is not your current password.' in answer.text
    assert "Wait 15 minutes" in visitor.post(f"/en/{path}", {**typed, field: PASSWORD}).text
    assert sign_in(browser).status_code == 429


@pytest.mark.parametrize(
    ("path", "typed", "most"),
    [
        ("sign-up", {"name": "N", "password": "another sentence", "email": "a@example.org"}, 30),
        ("forgotten", {"email": "a@example.org"}, 20),
    ],
)
def test_a_network_that_asks_for_too_many_mails_is_told_to_wait(browser, path, typed, most):
    for _ in range(most):
        assert browser.post(f"/en/{path}", typed).status_code == 303
    answer = browser.post(f"/en/{path}", typed)
    assert answer.status_code == 422
    assert "Please try again in an hour." in answer.text


def test_all_devices_are_signed_out_at_once(browser, noy):
    here, elsewhere = browser.as_(noy), browser.as_(noy)
    assert "this one" in here.get("/en/account").text
    assert here.post("/en/account/sessions").headers["location"] == "/en/sign-in"
    assert elsewhere.get("/en/account").status_code == 303


def test_an_account_is_deleted_with_its_password(browser, noy):
    visitor = browser.as_(noy)
    assert visitor.get("/en/account/delete").status_code == 200
    assert visitor.post("/en/account/delete", {"password": "wrong"}).status_code == 422
    assert visitor.post("/en/account/delete", {"password": PASSWORD}).headers["location"] == "/en/"
    assert visitor.get("/en/account").status_code == 303
    assert sign_in(browser).status_code == 422


@pytest.mark.parametrize("path", ["account", "account/password", "account/address", "account/delete", "my"])
def test_who_is_not_signed_in_is_asked_to(browser, path):
    answer = browser.get(f"/lo/{path}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/lo/sign-in?next=")


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("account", {"name": "X"}),
        ("account/password", {"current_password": "x", "password": "another sentence"}),
        ("account/address", {"current_password": "x", "email": "a@example.org"}),
        ("account/delete", {"password": "x"}),
        ("account/sessions", {}),
    ],
)
def test_nothing_is_changed_without_signing_in(browser, path, typed):
    assert browser.post(f"/en/{path}", typed).status_code == 401
