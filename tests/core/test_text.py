"""Text as people type it, and as somebody types it who wants the portal to stand still."""

import unicodedata

import pytest

from portal.accounts.inputs import OrganisationInput, ProfileInput
from portal.core.text import clean_line, clean_text, fold
from portal.library.inputs import DescribeInput
from portal.web.forms import Form

# Above and below by turns, so that every mark has to be moved past all others.
PILE = "a" + "\u0301\u0323" * 50_000


@pytest.mark.timeout(20)
@pytest.mark.parametrize("cleaned", [clean_line, clean_text, fold])
@pytest.mark.parametrize(
    "text",
    [PILE, "a" + "\u0f73\u0344\uff9e" * 30_000, " " * 200_000, "a " * 100_000],
    ids=["pile", "hidden pile", "spaces", "letters"],
)
def test_no_text_takes_long_to_clean(cleaned, text):
    assert sum(unicodedata.combining(c) > 0 for c in unicodedata.normalize("NFD", cleaned(text))) <= 40


def test_a_pile_of_marks_keeps_twenty_of_them():
    assert len(unicodedata.normalize("NFD", clean_line(PILE[:50_000] + "b"))) == 1 + 20 + 1


@pytest.mark.parametrize("text", ["ນ້ຳສະອາດ", "Điện Biên", "שָׁלוֹם", "ཨོཾ", "z\u0301\u0323\u0308\u0304"])
def test_what_a_script_writes_stays(text):
    assert clean_line(text) == unicodedata.normalize("NFC", text)


@pytest.mark.timeout(20)
def test_a_field_says_that_a_flood_of_text_is_too_long():
    form = Form(ProfileInput, name="a" * 1_000_000)
    form._read()
    message, values = form.error("name")
    assert "too long" in message
    assert values["max_length"] == 200


@pytest.mark.parametrize(
    ("model", "field"),
    [(OrganisationInput, "other_names"), (DescribeInput, "authors")],
    ids=["names", "authors"],
)
@pytest.mark.timeout(20)
def test_a_flood_of_lines_is_too_many(model, field):
    form = Form(model)
    form.typed[field] = "".join(f"{number:x}\n" for number in range(300_000))
    form._read()
    message, _ = form.error(field)
    assert "too many" in message or "too long" in message
