"""Downloads: what is sent, how, to whom, and what it may do in a browser."""

import hashlib
import io
import re

import pytest
from PIL import Image
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from portal.library.models import ResourceUse
from portal.library.vocabularies import Visibility
from portal.web.files import PDF_POLICY, SANDBOX
from uploads.storage import NotStored

CONTENT = bytes(range(256)) * 3000
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HTML = b"<!doctype html><title>x</title><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'


def png():
    target = io.BytesIO()
    Image.new("RGB", (2, 2)).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def shared(publish, publisher):
    """Shares one file and gives its address."""

    def share(name="data.bin", content=CONTENT, **described):
        reference = publish("x", files=[(name, content)], **described)
        return f"/files/{publisher.file_of(reference).id}/{name}"

    return share


def test_a_file_comes_as_it_was_shared(browser, shared):
    answer = browser.get(shared())
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_file_is_never_compressed_on_the_way(browser, shared):
    answer = browser.get(shared("a.txt", b"word " * 5000), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-length"] == "25000"
    assert "gzip" not in answer.headers["content-encoding"]


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-19", 10, 20),
        ("bytes=767990-", 767990, 768000),
        ("bytes=-10", 767990, 768000),
        ("bytes=0-99999999999", 0, 768000),
        ("bytes=-99999999999", 0, 768000),
        ("bytes= 5 - 6", 5, 7),
    ],
)
def test_a_part_can_be_asked_for(browser, shared, wanted, start, end):
    answer = browser.get(shared(), headers={"Range": wanted})
    assert answer.status_code == 206
    assert answer.content == CONTENT[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("wanted", ["bytes=768000-", "bytes=999999999-9999999999", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused(browser, shared, wanted):
    answer = browser.get(shared(), headers={"Range": wanted})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"
    assert answer.content == b""


@pytest.mark.parametrize(
    "wanted", ["bytes=5-2", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=-", "bytes=" + "9" * 30 + "-"]
)
def test_a_part_that_makes_no_sense_gives_the_whole(browser, shared, wanted):
    answer = browser.get(shared(), headers={"Range": wanted})
    assert answer.status_code == 200
    assert answer.content == CONTENT


def test_a_download_goes_on_only_with_the_same_bytes(browser, shared):
    address = shared()
    tag = browser.get(address).headers["etag"]
    same = browser.get(address, headers={"Range": "bytes=5-", "If-Range": tag})
    other = browser.get(address, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


def test_what_the_browser_has_is_not_sent_again(browser, shared):
    address = shared()
    tag = browser.get(address).headers["etag"]
    for known in (tag, f'"a", W/{tag}', "*"):
        answer = browser.get(address, headers={"If-None-Match": known})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == tag
    assert browser.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_tells_the_size_and_sends_nothing(browser, shared):
    address = shared()
    answer = browser._request("HEAD", address)
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["content-length"] == str(len(CONTENT))


def test_names_of_any_script_arrive(browser, shared):
    name = "ຄູ່ມື “2019” 50%.txt"
    answer = browser.get(shared(name, b"x"))
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename=")
    assert "filename*=UTF-8''%E0%BA%84%E0%BA%B9" in disposition
    plain = re.search(r'filename="([^"]*)"', disposition)[1]
    assert plain.isascii()
    assert "%" not in plain


@pytest.mark.parametrize("language", ["en", "lo"])
def test_the_links_of_a_page_lead_to_the_files(browser, publish, language):
    publish("x", files=[("ຄູ່ມື #1 50%?.txt", b"one"), ("preview.webp.txt", b"two")])
    page = browser.get(f"/{language}/library/R-0001").text
    addresses = re.findall(r'href="(/files/[^"]+)"', page)
    assert len(addresses) == 2
    assert {browser.get(address).content for address in addresses} == {b"one", b"two"}


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("page.html", HTML, "text/html"),
        ("drawing.svg", SVG, "image/svg+xml"),
        ("notes.txt", b"plain words", "text/plain"),
        ("data.bin", CONTENT, "application/octet-stream"),
    ],
)
def test_what_could_run_is_only_ever_downloaded(browser, shared, name, content, media_type):
    address = shared(name, content)
    for inline in ("", "?inline=1"):
        answer = browser.get(address + inline)
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-type"].split(";")[0] == media_type
        assert answer.headers["content-security-policy"] == SANDBOX
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("name", "content", "policy"), [("report.pdf", PDF, PDF_POLICY), ("picture.png", png(), SANDBOX)]
)
def test_documents_and_pictures_open_in_place_when_asked_to(browser, shared, name, content, policy):
    address = shared(name, content)
    shown = browser.get(f"{address}?inline=1")
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["content-security-policy"] == policy
    assert "script-src" not in policy
    saved = browser.get(address)
    assert saved.headers["content-disposition"].startswith("attachment")
    assert saved.headers["content-security-policy"] == SANDBOX


def test_only_public_files_may_be_kept_by_caches(browser, shared, publisher):
    public = shared("a.txt", b"a")
    assert browser.get(public).headers["cache-control"] == "public, no-cache"
    own = shared("b.txt", b"b", visibility=Visibility.ORGANISATION)
    answer = browser.as_(publisher.editor).get(own)
    assert answer.headers["cache-control"] == "private, no-store"
    known = browser.as_(publisher.editor).get(own, headers={"If-None-Match": answer.headers["etag"]})
    assert known.headers["cache-control"] == "private, no-store"
    assert browser.get(own).status_code == 404


def test_files_of_a_draft_open_for_those_who_work_on_it(browser, publisher):
    with browser.arranging() as make:
        make.draft(browser.services.files, publisher.editor, publisher.organisation)
    address = f"/files/{publisher.file_of('R-0001').id}/x"
    assert browser.get(address).status_code == 404
    answer = browser.as_(publisher.editor).get(address)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"


def downloads(browser):
    with browser.looking() as session:
        return sum(use.downloads for use in session.exec(select(ResourceUse)))


def test_a_download_counts_once(browser, shared):
    address = shared()
    browser.get(address)
    assert downloads(browser) == 1
    browser.get(address, headers={"Range": "bytes=0-99"})
    browser.get(address, headers={"Range": "bytes=100-"})
    assert downloads(browser) == 2
    browser._request("HEAD", address)
    browser.get(address, headers={"If-None-Match": "*"})
    browser.get(address, headers={"Range": "bytes=99999999-"})
    assert downloads(browser) == 2
    assert "<dt>Downloads</dt><dd>2</dd>" in browser.get("/en/library/R-0001").text


def test_a_count_that_fails_does_not_hurt_the_download(browser, shared, monkeypatch):
    address = shared()

    def fail(session, resource_id):
        raise OperationalError("update", {}, Exception("database is locked"))

    monkeypatch.setattr("portal.web.files.count_download", fail)
    assert browser.get(address).content == CONTENT
    assert downloads(browser) == 0


def test_bytes_that_are_missing_are_said_to_be_and_the_page_stays(browser, shared, publisher):
    address = shared()
    browser.services.files.delete(publisher.file_of("R-0001").sha256)
    answer = browser.get(address)
    assert answer.status_code == 503
    assert "cannot be reached just now" in answer.text
    assert downloads(browser) == 0
    assert browser.get("/en/library/R-0001").status_code == 200


def test_bytes_that_go_missing_while_asked_for_are_said_to_be(browser, shared, monkeypatch):
    address = shared()

    def gone(self, sha256, start, length):
        raise NotStored(sha256)

    monkeypatch.setattr(type(browser.services.files), "read_range", gone)
    assert browser.get(address).status_code == 503


@pytest.mark.parametrize("file_id", ["x", "01a211d1-a5c4-7586-b379-965f46a00d46"])
@pytest.mark.parametrize("name", ["a.txt", "preview.webp"])
def test_unknown_files_are_not_found(browser, file_id, name):
    assert browser.get(f"/files/{file_id}/{name}").status_code == 404


def test_the_picture_of_the_first_page_is_small_and_ours(browser, publish, publisher):
    publish()
    entry = publisher.file_of("R-0001")
    page = browser.get("/en/library/R-0001").text
    assert re.search(
        rf'<img class="preview" src="/files/{entry.id}/preview.webp" width="\d+" height="\d+"', page
    )
    answer = browser.get(f"/files/{entry.id}/preview.webp")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    # Asked for again each time: the picture of a file that was withdrawn is gone at once.
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["content-security-policy"] == SANDBOX
    assert len(answer.content) < 30_000
    again = browser.get(f"/files/{entry.id}/preview.webp", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_a_file_without_a_picture_has_none(browser, shared, publisher):
    shared()
    assert browser.get(f"/files/{publisher.file_of('R-0001').id}/preview.webp").status_code == 404
    assert "preview.webp" not in browser.get("/en/library/R-0001").text
