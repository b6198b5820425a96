"""The library for measurements is the same every time, and looks like a real one in its proportions."""

from collections import Counter
from itertools import islice
from statistics import mean

from portal.sample.scale import LANGUAGE_SHARES, scaled_resources, tiny_bytes

RESOURCES = list(scaled_resources(800, seed=7))


def test_a_resource_depends_on_the_seed_and_not_on_how_many_are_asked_for() -> None:
    assert list(islice(scaled_resources(20, seed=7), 20)) == RESOURCES[:20]
    assert next(scaled_resources(1, seed=8)) != RESOURCES[0]


def test_languages_come_in_their_shares_and_pages_in_their_number() -> None:
    languages = Counter(resource.languages[0] for resource in RESOURCES)
    assert {
        language: abs(languages[language] / 8 - share) < 5 for language, share in LANGUAGE_SHARES.items()
    } == (dict.fromkeys(LANGUAGE_SHARES, True))
    assert 4.5 < mean(len(resource.files[0].pages) for resource in RESOURCES) < 5.5


def test_an_english_page_has_about_three_hundred_words() -> None:
    pages = [
        page for resource in RESOURCES if resource.languages == ("en",) for page in resource.files[0].pages
    ]
    assert 250 < mean(len(page.split()) for page in pages) < 350


def test_no_two_resources_share_a_page_or_the_bytes_that_stand_for_their_file() -> None:
    pages = [page for resource in RESOURCES for page in resource.files[0].pages]
    contents = [tiny_bytes(resource.files[0]) for resource in RESOURCES]
    assert len(set(pages)) == len(pages)
    assert len(set(contents)) == len(contents)


def test_some_words_are_frequent_and_most_are_rare() -> None:
    pages = [
        page for resource in RESOURCES if resource.languages == ("en",) for page in resource.files[0].pages
    ]
    found = Counter(word for page in pages for word in set(page.lower().split()))
    assert found["the"] > 0.9 * len(pages)
    assert len([word for word, times in found.items() if times <= 2]) > 0.3 * len(found)
