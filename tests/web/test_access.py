"""What a viewer may not see is not shown, counted, suggested, opened, read or pictured anywhere."""

import re
import shutil
from contextlib import contextmanager
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from portal.app import create_app
from portal.core.settings import Settings
from tests.access_scene import EVERY_PAGE, EVERY_TITLE, VIEWERS, build_access_scene
from tests.clients import Browser
from tests.requirements import skip_or_fail
from tests.servers import MEILISEARCH_REMEDY, running_meilisearch

ENGINES = ["fts5", pytest.param("meili", marks=pytest.mark.meili)]
# What opens by its address asks no engine.
on_one_engine = pytest.mark.parametrize("portal", ["fts5"], indirect=True)


@pytest.fixture(scope="module", params=ENGINES)
def portal(tmp_path_factory, migrated_database, request):
    """A portal with the whole scene; built once an engine, since no test here changes it."""
    data = tmp_path_factory.mktemp("access")
    shutil.copy(migrated_database, data / "sala.db")
    settings = Settings(data_dir=data, base_url="http://testserver")
    with (
        engine_settings(request.param, settings) as chosen,
        TestClient(create_app(chosen), follow_redirects=False) as client,
    ):
        browser = Browser(client)
        browser.services.search.ensure_ready()
        with browser.arranging() as make:
            scene = build_access_scene(make, browser.services.files)
        browser.let_the_worker_work()
        yield browser, scene


@contextmanager
def engine_settings(engine, settings):
    if engine == "fts5":
        yield settings
        return
    with running_meilisearch() as server:
        if server is None:
            skip_or_fail("Meilisearch is not installed", MEILISEARCH_REMEDY)
        address, key = server
        index = f"test-{uuid4().hex[:12]}"
        yield settings.model_copy(
            update={"search_url": address, "search_key": SecretStr(key), "search_index": index}
        )


@pytest.fixture
def scene(portal):
    return portal[1]


# The others hold nothing that one of these does not hold; policy and SQL are compared for them too.
VISITORS = [name for name in VIEWERS if name not in ("own contributor", "coordinator", "administrator")]


@pytest.fixture(params=VISITORS)
def visit(portal, request):
    """A visitor, with the references whose record and whose files policy opens to them."""
    browser, scene = portal
    person = scene.people[request.param]
    with browser.arranging() as make:
        viewer = make.viewer(person)
    with browser.looking() as session:
        records, files = scene.opened(session, viewer)
    return browser.as_(person), records, files


def references(page):
    return set(re.findall(r"/library/(R-\d+)", page))


def total(page):
    match = re.search(r"<strong>(\d+) results?\b", page)
    return int(match[1]) if match else 0


def counts(page, facet):
    return [int(count) for count in re.findall(rf'name="{facet}".*?class="count">(\d+)<', page)]


def test_search_finds_by_title_what_policy_opens(visit, scene):
    visitor, records, _ = visit
    page = visitor.get(f"/en/search?q={EVERY_TITLE}").text
    assert references(page) == records
    assert total(page) == len(records)
    assert counts(page, "resource_type") == [len(records)]
    assert counts(page, "file_kind") == [len(records)]


def test_search_without_words_lists_what_policy_opens(visit):
    visitor, records, _ = visit
    page = visitor.get("/en/search").text
    assert references(page) == records
    assert total(page) == len(records)


def test_the_first_page_counts_and_shows_only_what_policy_opens(visit):
    visitor, records, _ = visit
    page = visitor.get("/en/").text
    assert references(page) <= records
    assert re.search(r"<dt>Resources</dt><dd>(\d+)</dd>", page)[1] == str(len(records))


def test_search_finds_by_page_only_where_the_files_are_open(visit):
    visitor, _, files = visit
    page = visitor.get(f"/en/search?q={EVERY_PAGE}").text
    assert references(page) == files
    assert total(page) == len(files)
    assert counts(page, "organisation") == [len(files)]


def test_each_title_and_each_page_is_found_or_not_as_policy_says(visit, scene):
    visitor, records, files = visit
    for guarded in scene.resources:
        found = visitor.get(f"/en/search?q={guarded.title_word}").text
        assert (guarded.reference in references(found)) == (guarded.reference in records), guarded
        title = f"{EVERY_TITLE} <mark>{guarded.title_word}</mark>"
        assert (title in found) == (guarded.reference in records), guarded
        inside = visitor.get(f"/en/search?q={guarded.page_word}").text
        assert (guarded.reference in references(inside)) == (guarded.reference in files), guarded
        assert (f"<mark>{guarded.page_word}</mark>" in inside) == (guarded.reference in files), guarded


def test_suggestions_keep_to_policy(visit, scene):
    visitor, records, files = visit
    for guarded in scene.resources:
        by_title = visitor.get(f"/en/search/suggest?q={guarded.title_word[:5]}").text
        assert (guarded.reference in by_title) == (guarded.reference in records), guarded
        by_page = visitor.get(f"/en/search/suggest?q={guarded.page_word[:5]}").text
        assert (guarded.reference in by_page) == (guarded.reference in files), guarded


@on_one_engine
def test_pages_files_text_and_pictures_open_as_policy_says(visit, scene):
    visitor, records, files = visit
    for guarded in scene.resources:
        here = f"/en/library/{guarded.reference}"
        record_status = 200 if guarded.reference in records else 404
        files_status = 200 if guarded.reference in files else 404
        answer = visitor.get(here)
        assert answer.status_code == record_status, guarded
        assert (f"/files/{guarded.file_id}" in answer.text) == (guarded.reference in files), guarded
        assert (f"{guarded.title_word}.txt" in answer.text) == (guarded.reference in files), guarded
        assert visitor.get(f"{here}/versions/1").status_code == record_status, guarded
        assert visitor.get(f"{here}/read/{guarded.file_id}").status_code == files_status, guarded
        file = f"/files/{guarded.file_id}"
        assert visitor.get(f"{file}/preview.webp").status_code == files_status, guarded
        assert visitor.get(f"{file}/any-name").status_code == files_status, guarded
        for headers, status in (({"If-None-Match": "*"}, 304), ({"Range": "bytes=0-1"}, 206)):
            expected = status if files_status == 200 else 404
            assert visitor.get(f"{file}/any-name", headers=headers).status_code == expected, guarded


@on_one_engine
def test_only_editors_read_the_history(visit, scene):
    visitor, records, _ = visit
    for guarded in scene.resources:
        status = visitor.get(f"/en/library/{guarded.reference}/audit").status_code
        if guarded.reference not in records:
            assert status == 404
        else:
            assert status in (200, 403)
            assert (status == 200) == ("/edit" in visitor.get(f"/en/library/{guarded.reference}").text)
