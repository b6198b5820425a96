"""The page of interface pieces: complete, in both languages, and accessible in both colour schemes."""

import re

import pytest

from portal.templating import LANGUAGES, TEMPLATES
from portal.web.components import LONG_LAO
from tests.browsers import accessibility_problems, chromium, overflow_pixels, running_portal

ADDRESS = "/{}/-/components"
PHONE = {"width": 360, "height": 800}
DESK = {"width": 1280, "height": 800}
MACROS = [
    (path.stem, name)
    for path in sorted((TEMPLATES / "components").glob("*.html"))
    for name in re.findall(r"{%-? macro (\w+)\(", path.read_text(encoding="utf-8"))
]


@pytest.fixture(params=LANGUAGES)
def page(request, browser):
    answer = browser.get(ADDRESS.format(request.param))
    assert answer.status_code == 200
    return answer.text


def test_the_address_without_a_language_leads_to_the_page(browser):
    assert browser.get("/-/components").headers["location"] == ADDRESS.format("en")


def test_every_macro_of_every_component_is_on_the_page(page):
    assert [(file, name) for file, name in MACROS if f'id="piece-{file}-{name}"' not in page] == []


@pytest.mark.parametrize(("file", "name"), MACROS)
def test_every_piece_is_used_and_not_only_named(file, name):
    gallery = (TEMPLATES / "gallery" / f"{file}.html").read_text(encoding="utf-8")
    assert re.search(rf"(?:{{{{|call|\") ?{name}\(|{{{{ {name}\(", gallery)


def test_every_state_of_a_field_is_shown(page):
    for text in (
        "text_hint-hint",
        'aria-invalid="true"',
        " required",
        " disabled",
        LONG_LAO,
        "error-summary",
    ):
        assert text in page
    assert "&lt;b&gt;" in page


def test_no_id_stands_twice(page):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


@pytest.fixture(scope="module")
def chromium_browser():
    with chromium() as opened:
        yield opened


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_runs_over(settings, chromium_browser, language, scheme, window):
    with running_portal(settings) as portal:
        context = chromium_browser.new_context(viewport=window, color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.goto(portal.address + ADDRESS.format(language))
        assert accessibility_problems(page) == ""
        assert overflow_pixels(page) == 0
        context.close()
