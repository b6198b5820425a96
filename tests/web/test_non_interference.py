"""Whoever may not see some work reads, counts and downloads the same, byte for byte, as if it were not there."""

import email
import email.policy
import io
import shutil
from collections import Counter

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from portal.app import create_app
from portal.core.settings import Settings
from portal.registry.terms import Reach
from portal.web.languages import PREFIX
from portal.web.routers import ROUTERS
from tests.clients import Browser
from tests.register_scene import HIDDEN_AMOUNT, MARKER, build_register_scene, hide, hide_from_all

# In this order more and more work is laid over the scene; after each, who has seen none of it yet is compared.
# The others have been let in, and begin anew with what they see then.
STEPS = (
    (Reach.ORGANISATION, ("partner", "coordinator")),
    (Reach.COORDINATORS, ("friend",)),
    (Reach.GROUP, ("other", "disputer", "donor", "administrator", "coordinator")),
    (Reach.MEMBERS, ("public", "unverified")),
)
LET_IN = {Reach.COORDINATORS: ("coordinator",)}
# Every page that tells of the register, by its route, with the ends of its addresses.
PAGES = {
    "/": [""],
    "/projects": ["", f"?q={MARKER}", "?province=LA13", "?intervention=PRO-SHL&sort=ending"],
    "/projects/{reference}": ["{open}", "{same}", "{friend's}", "LA-0007", "LA-9999"],
    "/projects/{reference}/history": ["{same}/history", "LA-0007/history"],
    "/projects/{reference}/withdraw": ["{same}/withdraw", "LA-0007/withdraw"],
    "/projects/{reference}/discard": ["{draft}/discard", "LA-0007/discard"],
    "/projects/{reference}/edit": ["LA-0007/edit"],
    "/projects/{reference}/edit/what": ["LA-0007/edit/what"],
    "/projects/{reference}/edit/check": ["{draft}/edit/check"],
    "/projects/{reference}/edit/partners": ["{same}/edit/partners"],
    "/projects/{reference}/edit/lines": ["{draft}/edit/lines"],
    "/projects/{reference}/edit/lines/{line}": [
        "{draft}/edit/lines/{draft}-01",
        "{open}/edit/lines/{open}-02",
    ],
    "/projects/{reference}/edit/events/{event}": ["{open}/edit/events/{open}-E02"],
    "/presence": [
        "",
        "?view=matrix",
        "?view=timeline",
        "?view=table",
        "?province=LA05",
        "?format=csv",
        "?format=xlsx",
        "?province=LA05&format=json",
    ],
    "/gaps": ["", "?province=LA13"],
    "/nil-returns": [""],
    "/portfolio": ["?funder=all", "?funder=all&format=csv", "?funder=all&format=csv&table=coverage"],
    "/overlaps": [
        "",
        "?queue=D",
        "?queue=C",
        "?queue=internal",
        "?queue=adjacent",
        "?decided=1",
        "?band=possible",
    ],
    "/overlaps/cells": ["", "?province=LA05"],
    "/overlaps/{reference}": ["F-0001", "F-0002", "F-0003", "F-0004", "F-0005", "F-9999"],
    "/design": ["?places=LA05&intervention=PSC-TRN&target_groups=police_border"],
    "/design/{reference}": ["D-0001", "D-0002", "D-0003"],
    "/design/from/{reference}": ["{draft}", "LA-0007"],
    "/places/{reference}": ["LA13", "LA0501"],
    "/organisations": [""],
    "/organisations/{reference}": ["{owner}", "{quiet}"],
    "/my": [""],
    "/my/register": [""],
    "/search": ["", f"?q={MARKER}", "?q=safe+roads", f"?q={HIDDEN_AMOUNT}"],
    "/search/suggest": [f"?q={MARKER[:6]}", "?q=safe"],
    "/imports": [""],
    "/imports/lines.{ending}": ["csv"],
    "/imports/{organisation}/workbook.{ending}": ["{other}/workbook.csv", "{owner}/workbook.csv"],
    "/imports/{reference}": ["I-0001"],
}
# Routes that read nothing of the register, and steps of forms that open with the ones above.
OTHERS = (
    "/-/components", "/about", "/account", "/admin", "/confirm", "/files", "/forgotten", "/help", "/invitations",
    "/library", "/reset", "/share", "/sign-in", "/sign-up", "/statistics",
    "/organisations/new", "/organisations/{reference}/edit", "/organisations/{reference}/join",
    "/organisations/{reference}/people",
    "/places", "/places/suggest", "/places/{reference}/names", "/places/{reference}/split",
    "/gaps/expectations", "/nil-returns/nobody",
    "/projects/new", "/projects/{reference}/edit/money", "/projects/{reference}/edit/results",
    "/projects/{reference}/edit/results/{indicator_id}", "/projects/{reference}/edit/partners/{partner_id}",
    "/projects/{reference}/edit/lines/new", "/projects/{reference}/edit/events/new",
    "/imports/{reference}/problems.xlsx", "/imports/{reference}/file",
)  # fmt: skip
WHOLE_BRANCHES = ("/account", "/admin", "/library", "/invitations", "/confirm", "/reset")
TOLD_HEADERS = ("location", "cache-control", "etag", "content-disposition")


@pytest.fixture
def browser(tmp_path, loaded_database):
    shutil.copy(loaded_database, tmp_path / "sala.db")
    settings = Settings(data_dir=tmp_path, base_url="http://testserver")
    with TestClient(create_app(settings), follow_redirects=False) as client:
        browser = Browser(client)
        browser.services.search.ensure_ready()
        yield browser


@pytest.fixture
def scene(browser):
    with browser.arranging() as make:
        scene = build_register_scene(make)
    browser.let_the_worker_work()
    return scene


def test_hidden_work_changes_nothing_for_those_who_may_not_see_it(browser, scene):
    visitors = {name: browser.as_(scene.people[name]) for _, names in STEPS for name in names}
    before = {name: everything(visitor, scene) for name, visitor in visitors.items()}
    mails = mails_by_address(browser)
    for reach, compared in STEPS:
        with browser.arranging() as make:
            hide(make, scene, reach)
            if reach == Reach.ORGANISATION:
                hide_from_all(make, scene)
        browser.let_the_worker_work()
        for name in compared:
            assert_same(before[name], everything(visitors[name], scene), name)
        for name in LET_IN.get(reach, ()):
            before[name] = everything(visitors[name], scene)
            assert any(MARKER in text for text in before[name].values())
    other = scene.people["other"].email
    # Of work for members the other side is told.
    assert mails_by_address(browser)[other] - mails[other] == 1
    assert MARKER in everything(browser.as_(scene.people["owner"]), scene)["/en/projects"]


def test_every_page_of_the_register_is_compared():
    routes = {
        route.path.removeprefix(PREFIX) or "/"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods and route.path.startswith(PREFIX)
    }
    unknown = {
        path
        for path in routes - set(PAGES) - set(OTHERS)
        if not path.startswith(tuple(f"{branch}/" for branch in WHOLE_BRANCHES))
    }
    assert not unknown, "Add them to PAGES, or to OTHERS when they tell nothing of the register."
    assert set(PAGES) <= routes


def everything(visitor, scene):
    names = {name: project.reference for name, project in scene.projects.items()}
    names |= {name: organisation.reference for name, organisation in scene.organisations.items()}
    return {
        address: answer(visitor, address)
        for path, ends in PAGES.items()
        for end in ends
        for address in ["/en" + path.partition("{")[0] + end.format(**names)]
    }


def answer(visitor, address):
    """Everything that reaches the visitor: status, headers that tell of the content, and the content."""
    response = visitor.get(address)
    told = {name: response.headers.get(name) for name in TOLD_HEADERS}
    is_workbook = "spreadsheet" in response.headers.get("content-type", "")
    return f"{response.status_code} {told}\n{cells(response.content) if is_workbook else response.text}"


def cells(content):
    """What a workbook says, without the moment at which it was made."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    return "\n".join(str(row) for row in rows)


def assert_same(before, after, name):
    for address, text in before.items():
        new = [line for line in after[address].splitlines() if line not in text]
        gone = [line for line in text.splitlines() if line not in after[address]]
        assert after[address] == text, (name, address, new[:5], gone[:5])


def mails_by_address(browser):
    """How many mails everybody got so far."""
    return Counter(
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["To"]
        for path in browser.services.settings.mail_folder.glob("*.eml")
    )
