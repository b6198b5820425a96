"""What people type: cleaned, kept, or refused in a sentence."""

import pytest
from pydantic import ValidationError

from portal.accounts.inputs import (
    ChangePasswordInput,
    GroupInput,
    InvitationInput,
    JoinRequestInput,
    OrganisationInput,
    ProfileInput,
    SignInInput,
    SignUpInput,
)

SIGN_UP = {"name": "Noy", "email": "noy@example.org", "password": "a long sentence"}
ORGANISATION = {"name": "Lao Women's Union", "organisation_type": "15"}


def refusal(model, **values):
    """The field that was refused, and how."""
    with pytest.raises(ValidationError) as caught:
        model(**values)
    (problem,) = caught.value.errors()
    sentence = str(problem["ctx"]["error"]) if problem["type"] == "value_error" else problem["type"]
    return problem["loc"][0], sentence


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Noy  \t Keo ", "Noy Keo"),
        ("ນາງ ນ້ອຍ", "ນາງ ນ້ອຍ"),
        ("<b>Noy</b> & 'Co'", "<b>Noy</b> & 'Co'"),
        ("No\x00y\u202e", "Noy"),
        ("Нoy ນ้อย 诺伊", "Нoy ນ้อย 诺伊"),
        ("N" * 200, "N" * 200),
    ],
)
def test_a_name_is_kept_as_typed_but_for_spaces_and_control_characters(typed, kept):
    assert SignUpInput(**SIGN_UP | {"name": typed}).name == kept


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("", "string_too_short"), (" \u200b\x07", "string_too_short"), ("N" * 201, "string_too_long")],
)
def test_an_empty_or_endless_name_is_refused(typed, problem):
    assert refusal(SignUpInput, **SIGN_UP | {"name": typed}) == ("name", problem)


def test_what_was_not_posted_at_all_is_missing():
    with pytest.raises(ValidationError) as caught:
        SignUpInput()
    assert {problem["type"] for problem in caught.value.errors()} == {"missing"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Noy@Example.ORG ", "noy@example.org"), ("noy@ລາວ.example", "noy@xn--q7ce6a.example")],
)
def test_an_address_has_one_spelling(typed, kept):
    assert SignInInput(email=typed, password="x").email == kept


@pytest.mark.parametrize(
    "typed",
    ["noy", "noy@", "@example.org", "noy@example", "ນ້ອຍ@example.org", "a@b@example.org", "<b>@example.org"],
)
def test_an_address_that_no_mail_reaches_is_refused(typed):
    assert refusal(SignInInput, email=typed, password="x") == (
        "email",
        "Enter a mail address such as name@example.org.",
    )


def test_an_endless_address_is_refused():
    assert refusal(SignInInput, email="n" * 250 + "@example.org", password="x") == (
        "email",
        "A mail address has at most 254 characters.",
    )


@pytest.mark.parametrize("password", ["ten letter", "  spaces count  ", "ລະຫັດຜ່ານຍາວ", "p" * 200])
def test_a_password_of_ten_to_two_hundred_characters_is_taken_as_it_is(password):
    assert SignUpInput(**SIGN_UP | {"password": password}).password == password


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "A password has at least 10 characters. A short sentence is easy to keep."),
        ("nine char", "A password has at least 10 characters. A short sentence is easy to keep."),
        ("p" * 201, "A password has at most 200 characters."),
        ("NOY@example.org", "The password must not be the mail address."),
    ],
)
def test_a_weak_or_endless_password_is_refused(password, sentence):
    assert refusal(SignUpInput, **SIGN_UP | {"password": password}) == ("password", sentence)


def test_the_password_in_use_may_be_of_any_kind_but_the_new_one_not():
    assert ChangePasswordInput(current_password="old", password="a long sentence").current_password == "old"
    field, _ = refusal(ChangePasswordInput, current_password="old", password="short")
    assert field == "password"


@pytest.mark.parametrize("language", ["en", "lo", "zh-Hans"])
def test_a_language_is_a_code(language):
    assert ProfileInput(name="Noy", language=language).language == language


@pytest.mark.parametrize("language", ["", "../en", "english please", "<b>"])
def test_a_language_that_is_no_code_is_refused(language):
    assert refusal(ProfileInput, name="Noy", language=language)[0] == "language"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" https://example.org/a?b=c ", "https://example.org/a?b=c"),
        ("http://example.org:8080", "http://example.org:8080"),
        ("www.example.org", "https://www.example.org"),
        ("example.org/lo", "https://example.org/lo"),
    ],
)
def test_a_website_is_an_address_of_the_web(typed, kept):
    assert OrganisationInput(**ORGANISATION, website=typed).website == kept


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "data:text/html,<script>",
        "ftp://example.org",
        "https://",
        "https://user:secret@example.org",
        "https://exa mple.org",
        "https://example.org:99999",
        "https://[broken",
        "just words",
    ],
)
def test_a_website_that_is_none_is_refused(typed):
    field, sentence = refusal(OrganisationInput, **ORGANISATION, website=typed)
    assert (field, sentence) == (
        "website",
        "A website starts with http:// or https://, as in https://example.org.",
    )


def test_other_names_stand_one_on_each_line_and_each_once():
    entered = OrganisationInput(**ORGANISATION, other_names=" LWU\r\n\r\n l.w.u \nສະຫະພັນແມ່ຍິງ\n!!\n")
    assert entered.other_names.splitlines() == ["LWU", "l.w.u", "ສະຫະພັນແມ່ຍິງ"]


@pytest.mark.parametrize("typed", ["n" * 201, "\n".join(f"name {n}" for n in range(21))])
def test_endless_or_countless_other_names_are_refused(typed):
    assert refusal(OrganisationInput, **ORGANISATION, other_names=typed)[0] == "other_names"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organisation_type", "99"),
        ("organisation_type", ""),
        ("scope", "galactic"),
        ("acronym", "A" * 31),
        ("native_name", "ກ" * 201),
        ("contact_email", "nobody"),
        ("about", "x" * 4001),
        ("name", "!?"),
    ],
)
def test_an_organisation_with_one_wrong_field_is_refused_at_that_field(field, value):
    assert refusal(OrganisationInput, **ORGANISATION | {field: value})[0] == field


def test_paragraphs_about_an_organisation_keep_their_lines():
    entered = OrganisationInput(**ORGANISATION, about="One\r\n\r\n\r\nTwo\x00 <b>")
    assert entered.about == "One\n\nTwo <b>"


def test_a_role_is_one_of_four():
    assert refusal(InvitationInput, email="a@example.org", role="owner")[0] == "role"


def test_an_endless_message_is_refused():
    assert refusal(JoinRequestInput, message="x" * 1001) == ("message", "string_too_long")


def test_a_group_takes_ids_of_organisations():
    assert refusal(GroupInput, name="Referral", organisations=["x"])[0] == "organisations"


@pytest.mark.parametrize("value", [7, None, ["a"]])
def test_what_is_no_text_is_refused_and_not_guessed(value):
    values = {"name": value, "email": value, "password": "a long sentence"}
    with pytest.raises(ValidationError):
        SignUpInput(**values)
    with pytest.raises(ValidationError):
        OrganisationInput(**ORGANISATION, website=value, other_names=value, about=value)
    with pytest.raises(ValidationError):
        ProfileInput(name="Noy", language=value)
