"""What people type about a resource, well-formed or refused with a sentence."""

import pytest
from pydantic import ValidationError

from portal.library.inputs import DescribeInput
from portal.library.vocabularies import ContentLanguage


def refusal(**values: object) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        DescribeInput(revision=1, **values)
    problem = caught.value.errors()[0]
    return str(problem["loc"][0]), str(problem["msg"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2024", "2024"),
        ("2024-5", "2024-05"),
        ("2024-05-03", "2024-05-03"),
        ("  2024 ", "2024"),
        ("໒໐໒໔", "2024"),
        ("๒๐๒๔-๐๕", "2024-05"),
        ("", ""),
    ],
)
def test_a_date_is_kept_as_precise_as_it_was_given(typed, kept):
    assert DescribeInput(revision=1, issued=typed).issued == kept


@pytest.mark.parametrize("typed", ["24", "someday", "2024-13", "2024-02-30", "1492", "3024", "2024/05"])
def test_a_date_that_is_none_is_refused_beside_its_field(typed):
    assert refusal(issued=typed)[0] == "issued"


def test_texts_are_those_in_which_something_was_written():
    data = DescribeInput(revision=1, title_lo="ຄູ່ມື", summary_en="A summary")
    assert data.texts == {ContentLanguage.LAO: ("ຄູ່ມື", ""), ContentLanguage.ENGLISH: ("", "A summary")}


def test_control_characters_go_and_markup_stays_as_text():
    data = DescribeInput(revision=1, title_en="A\u202e <b>bold</b>\x00 title ")
    assert data.title_en == "A <b>bold</b> title"


def test_authors_are_read_line_by_line():
    assert DescribeInput(revision=1, authors="Noy\r\n\r\n  Kham  \n").authors == ["Noy", "Kham"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_en", "x" * 501),
        ("summary_lo", "ກ" * 8001),
        ("resource_type", "novel"),
        ("licence", "mine"),
        ("authors", "\n".join(f"Author {n}" for n in range(51))),
        ("visibility", "everybody"),
        ("languages", ["xx"]),
    ],
)
def test_what_is_too_long_or_not_in_the_list_is_refused(field, value):
    assert refusal(**{field: value})[0] == field
