"""Three-way merging of a form, without a portal."""

import pytest

from portal.web.merging import fingerprints, merge

OPENED = {"title": "A", "areas": ["x", "y"], "note": ""}


@pytest.mark.parametrize(
    ("typed", "stored", "values", "conflicts"),
    [
        ({"title": "A"}, {"title": "B"}, {"title": "B"}, {}),
        ({"title": "C"}, {"title": "A"}, {"title": "C"}, {}),
        ({"title": "B"}, {"title": "B"}, {"title": "B"}, {}),
        ({"title": "C"}, {"title": "B"}, {"title": "C"}, {"title": "B"}),
        ({"areas": ["y", "x"]}, {"areas": ["x"]}, {"areas": ["x"]}, {}),
        ({"note": "one\r\ntwo"}, {"note": "one\ntwo"}, {"note": "one\r\ntwo"}, {}),
    ],
)
def test_what_each_changed_is_told_apart(typed, stored, values, conflicts):
    merged = merge(fingerprints(OPENED), typed, stored)
    assert merged.values == values
    assert merged.conflicts == conflicts


@pytest.mark.parametrize("opened", ["", "nonsense", "[1]"])
def test_without_fingerprints_every_difference_is_a_conflict(opened):
    merged = merge(opened, {"title": "C"}, {"title": "B"})
    assert merged.conflicts == {"title": "B"}
