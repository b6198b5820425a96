"""Catalogues say what the pages ask for: nearly everything is translated, and the values in a text survive."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from portal.templating import CATALOGUES, DEFAULT_LANGUAGE, LANGUAGES
from tests.architecture.sources import ROOT

# What a language must say before it is offered in the header.
LEAST_SHARE = 0.9
TRANSLATED = [language for language in LANGUAGES if language != DEFAULT_LANGUAGE]
_VALUE = re.compile(r"%\(\w+\)[sd]")


@cache
def _marked() -> frozenset[str]:
    """Every text that is marked for translation; of a plural, its singular."""
    with (CATALOGUES / "babel.cfg").open(encoding="utf-8") as source:
        methods, options = parse_mapping_cfg(source)
    keywords = {**DEFAULT_KEYWORDS, "N_": None}
    found = extract_from_dir(str(ROOT), methods, options, keywords)
    return frozenset(message[2] if isinstance(message[2], str) else message[2][0] for message in found)


@cache
def _catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "sala.po").open("rb") as source:
        return read_po(source, locale=language)


def _said(language: str) -> dict[str, tuple[str, ...]]:
    """The translations of each text, as far as there are any."""
    said = {}
    for message in _catalogue(language):
        strings = (message.string,) if isinstance(message.string, str) else tuple(message.string)
        if message.id and all(strings) and not message.fuzzy:
            said[message.id if isinstance(message.id, str) else message.id[0]] = strings
    return said


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_that_is_offered_is_spoken(language):
    missing = sorted(_marked() - _said(language).keys())
    share = 1 - len(missing) / len(_marked())
    assert share >= LEAST_SHARE, f"{len(missing)} texts are not translated, such as {missing[:20]}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_value_gets_lost_in_translation(language):
    lost = {
        text: string
        for text, strings in _said(language).items()
        for string in strings
        if not set(_VALUE.findall(string)) <= set(_VALUE.findall(text)) | {"%(num)s", "%(num)d"}
    }
    assert lost == {}
