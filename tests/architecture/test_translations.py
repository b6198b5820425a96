"""Every text a person reads is marked, so that it can be said in another language."""

import re

import pytest

from tests.architecture.sources import name_of, python_files, templates, text_of

_BLOCK = re.compile(r"\{%-?\s*trans\b.*?%\}.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_SILENT = re.compile(r"<(script|style|svg)\b.*?</\1>|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_SPOKEN_ATTRIBUTE = re.compile(
    r'\b(?:alt|title|placeholder|aria-label|aria-description)="([^"{]*[A-Za-z]{2}[^"{]*)"'
)
# Refusals are translated where they are shown, so they are marked where they are raised.
_UNMARKED_REFUSAL = re.compile(
    r"\b(?:Invalid|Unauthenticated|Forbidden|NotFound|Conflict|Unavailable)\(\s*f?[\"']"
)
# What a macro puts together outside of any tag, the header of a mail, and the names of formats.
_ADDRESS_OR_ATTRIBUTE = re.compile(
    r"Subject:[\s(),…]*|[#/].*|(\s*[a-z-]+=\"[^\"]*\")+(\s+selected)?|open|CSV|XLSX|JSON"
)


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_a_template_says_nothing_unmarked(path):
    without_marked = _SILENT.sub(" ", _BLOCK.sub(" ", text_of(path)))
    shown = [part.strip() for part in _TAG.sub("\n", _JINJA.sub(" ", without_marked)).split("\n")]
    words = [text for text in shown if re.search(r"[^\W\d_]{2}", text)]
    assert [text for text in words if not _ADDRESS_OR_ATTRIBUTE.fullmatch(text)] == []


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_a_template_names_nothing_unmarked(path):
    assert _SPOKEN_ATTRIBUTE.findall(_JINJA.sub("", text_of(path))) == []


def test_every_refusal_is_marked():
    unmarked = [name_of(path) for path in python_files("portal") if _UNMARKED_REFUSAL.search(text_of(path))]
    assert unmarked == []
