"""The administrators' pages, as administrators, coordinators, members and the public see them."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from portal.accounts.models import Role
from portal.accounts.origins import Origin
from portal.accounts.session_actions import open_user_session
from portal.app import create_app
from portal.core.audit import EventFilter, browse_events, record
from portal.core.mail import post
from portal.core.queue import MAXIMUM_ATTEMPTS, Job, JobState, enqueue, failed_jobs, queue_state
from portal.jobs.worker import work_off
from portal.request import SESSION_COOKIE
from search.engine import EngineUnavailable
from tests.browsers import accessibility_problems, chromium, overflow_pixels, running_portal
from tests.clients import Browser
from tests.factories import Factory
from tests.web.test_statements import MOST_STATEMENTS, count_statements

PAGES = ["/en/admin", "/en/admin/mail", "/en/admin/audit", "/lo/admin", "/lo/admin/mail", "/lo/admin/audit"]
NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def visitor(browser):
    """Somebody by what they are: visitor("guest"), visitor("member"), visitor("administrator")."""

    def somebody(kind):
        if kind == "guest":
            return browser.as_(None)
        with browser.arranging() as make:
            if kind == "admin of an organisation":
                user = make.member(make.organisation(), Role.ADMIN)
            else:
                user = make.user(name=kind.title(), **({} if kind == "member" else {f"is_{kind}": True}))
        return browser.as_(user)

    return somebody


@pytest.fixture
def administrator(visitor):
    return visitor("administrator")


@pytest.fixture
def failed_job(browser):
    """A job that has failed for good: failed_job("send_mail", to=...)."""

    def fail(kind="read_file", error="OSError: no space left", **arguments):
        with browser.arranging() as make:
            job = Job(
                kind=kind,
                arguments=arguments,
                state=JobState.FAILED,
                attempts=MAXIMUM_ATTEMPTS,
                last_error=error,
            )
            make.session.add(job)
        return job

    return fail


# Who may see what


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("guest", 303),
        ("member", 403),
        ("admin of an organisation", 403),
        ("donor", 403),
        ("administrator", 200),
    ],
)
@pytest.mark.parametrize("address", PAGES)
def test_only_administrators_see_these_pages(visitor, kind, status, address):
    assert visitor(kind).get(address).status_code == status


def test_the_public_comes_back_after_signing_in(browser):
    answer = browser.get("/lo/admin/audit?page=2")
    assert answer.headers["location"] == "/lo/sign-in?next=%2Flo%2Fadmin%2Faudit%3Fpage%3D2"


def test_a_coordinator_sees_what_waits_for_coordinators_and_nothing_else(visitor, browser):
    with browser.arranging() as make:
        make.organisation(is_verified=False)
    page = visitor("coordinator").get("/en/admin").text
    assert '/en/admin/organisations">Organisations to verify</a> (1)' in page
    assert '/en/admin/groups"' in page
    assert "Work in the background" not in page
    assert "/en/admin/mail" not in page
    for address in ("/en/admin/mail", "/en/admin/audit"):
        assert visitor("coordinator").get(address).status_code == 403


def test_every_page_an_administrator_is_led_to_is_there(administrator):
    page = administrator.get("/en/admin").text
    links = set(re.findall(r'href="(/en/[^"]*)"', page.partition("<main")[2].partition("</main>")[0]))
    assert {"/en/admin/people", "/en/admin/mail", "/en/admin/audit"} <= links
    assert {link: administrator.get(link).status_code for link in links} == dict.fromkeys(links, 200)


# The state of the portal


def test_the_overview_counts_people_organisations_and_files(administrator, browser):
    with browser.arranging() as make:
        organisation = make.organisation()
        editor = make.member(organisation)
        make.organisation(is_verified=False)
        same = [("a.txt", b"x" * 2000), ("b.txt", b"x" * 2000), ("c.txt", b"y" * 1000)]
        make.draft(browser.services.files, editor, organisation, files=same)
    page = administrator.get("/en/admin").text
    for label, number in [("People", 2), ("Organisations", 2), ("Organisations to verify", 1), ("Files", 2)]:
        assert f"<div><dt>{label}</dt><dd>{number}</dd></div>" in page
    assert re.search(r"Their size</dt><dd>\s*3 kB", page)


def test_the_overview_names_versions_and_the_index(administrator):
    page = administrator.get("/en/admin").text
    for text in ("Sala", "Python", "SQLite", "Search index", "Resources in the index", "Nothing is late."):
        assert text in page


def test_work_that_waits_is_told_and_a_missing_worker_suspected(administrator, browser):
    with browser.arranging() as make:
        enqueue(make.session, "index_uses", after=timedelta(hours=-1))
        enqueue(make.session, "index_uses", after=timedelta(hours=1))
    page = administrator.get("/en/admin").text
    assert "<dt>waits or is planned</dt><dd>2</dd>" in page
    assert "Is the worker running?" in page
    assert "The oldest waits since" in page


def test_work_that_is_planned_for_later_is_not_late(administrator, browser):
    with browser.arranging() as make:
        enqueue(make.session, "index_uses", after=timedelta(hours=1))
    assert "Nothing is late." in administrator.get("/en/admin").text


def test_a_change_that_the_index_does_not_know_yet_is_counted(administrator, browser):
    with browser.arranging() as make:
        organisation = make.organisation()
        make.resource(browser.services.files, make.member(organisation), organisation)
    stale = r"does not know yet</dt><dd>\s*{}\s*<"
    assert re.search(stale.format(1), administrator.get("/en/admin").text)
    browser.let_the_worker_work()
    assert re.search(stale.format(0), administrator.get("/en/admin").text)


def test_the_overview_is_shown_while_the_search_engine_is_away(administrator, browser, monkeypatch):
    def answer_nothing():
        raise EngineUnavailable("no route")

    monkeypatch.setattr(browser.services.search, "stats", answer_nothing)
    page = administrator.get("/en/admin")
    assert page.status_code == 200
    assert "The search engine does not answer." in page.text


def test_an_index_of_another_version_is_told(administrator, browser, monkeypatch):
    stats = replace(browser.services.search.stats(), needs_rebuild=True)
    monkeypatch.setattr(browser.services.search, "stats", lambda: stats)
    assert "sala reindex" in administrator.get("/en/admin").text


# Failed work


def test_a_failed_job_is_shown_with_its_error(administrator, failed_job):
    failed_job("read_file", "ValueError: <script>alert(1)</script>", sha256="0" * 64)
    failed_job("unknown_kind")
    page = administrator.get("/en/admin").text
    assert "Read a file" in page
    assert "unknown_kind" in page
    assert "ValueError: &lt;script&gt;" in page
    assert "tried 5 times" in page


@pytest.mark.parametrize("back", ["/admin", "/admin/mail"])
def test_a_failed_job_is_tried_again(administrator, failed_job, back):
    job = failed_job()
    answer = administrator.post(f"/en/admin/jobs/{job.id}/retry", data={"page": back})
    assert answer.headers["location"] == f"/en{back}"
    assert "It will be tried again now." in administrator.get(f"/en{back}").text
    with administrator.looking() as session:
        state = queue_state(session)
    assert (state.due, state.failed) == (1, 0)


def test_a_failed_job_is_given_up(administrator, failed_job):
    job = failed_job()
    assert administrator.post(f"/en/admin/jobs/{job.id}/give-up").headers["location"] == "/en/admin"
    with administrator.looking() as session:
        assert session.get(Job, job.id) is None
        (event,) = browse_events(session, EventFilter()).rows
    assert (event.action, event.details["kind"]) == ("job_given_up", "read_file")


@pytest.mark.parametrize("verb", ["retry", "give-up"])
@pytest.mark.parametrize("kind", ["guest", "member", "coordinator"])
def test_nobody_else_touches_failed_work(visitor, failed_job, verb, kind):
    job = failed_job()
    someone = visitor(kind)
    assert someone.post(f"/en/admin/jobs/{job.id}/{verb}").status_code == 403
    with someone.looking() as session:
        assert [left.id for left in failed_jobs(session)] == [job.id]


@pytest.mark.parametrize("verb", ["retry", "give-up"])
def test_work_that_is_not_failed_is_left_alone(administrator, browser, verb):
    with browser.arranging() as make:
        job = enqueue(make.session, "index_uses")
    assert administrator.post(f"/en/admin/jobs/{job.id}/{verb}").status_code == 404
    assert administrator.post(f"/en/admin/jobs/{NOBODY}/{verb}").status_code == 404
    assert administrator.post(f"/en/admin/jobs/nonsense/{verb}").status_code == 404


def test_a_button_leads_nowhere_else(administrator, failed_job):
    answer = administrator.post(
        f"/en/admin/jobs/{failed_job().id}/retry", data={"page": "https://evil.example"}
    )
    assert answer.headers["location"] == "/en/admin"


# Mail


def test_mails_of_the_folder_are_read_newest_first(administrator, browser):
    with browser.arranging() as make:
        post(make.session, "first@example.org", "password_changed", "en", name="<b>First</b>")
        post(make.session, "second@example.org", "password_changed", "lo", name="ຄົນທີສອງ")
    assert "No mail yet" in administrator.get("/en/admin/mail").text
    browser.let_the_worker_work()
    page = administrator.get("/en/admin/mail").text
    assert page.index("to second@example.org") < page.index("to first@example.org")
    assert "<details>" in page
    assert "ຄົນທີສອງ" in page
    assert "&lt;b&gt;First&lt;/b&gt;" in page


def test_a_portal_that_sends_mail_keeps_none_to_show(settings):
    sending = settings.model_copy(update={"mail_url": "smtp://mail.example:25"})
    with TestClient(create_app(sending), follow_redirects=False) as client:
        browser = Browser(client)
        with browser.arranging() as make:
            administrator = make.user(is_administrator=True)
        page = browser.as_(administrator).get("/en/admin/mail").text
    assert "sends its mails by SMTP" in page
    assert "writes each one to a folder" not in page


def test_mails_that_failed_are_shown_with_whom_they_were_for(administrator, failed_job):
    failed_job("send_mail", "SMTPRecipientsRefused: no such user", to="gone@example.org")
    failed_job("read_file", "ValueError: something else")
    page = administrator.get("/en/admin/mail").text
    assert "gone@example.org" in page
    assert "SMTPRecipientsRefused" in page
    assert "something else" not in page


# The audit trail


@pytest.fixture
def trail(browser):
    """Events by two people about a resource, an organisation, a person and something that is gone."""
    with browser.arranging() as make:
        organisation = make.organisation("Village Light", acronym="VL")
        editor = make.member(organisation, name="Somsy")
        resource = make.draft(browser.services.files, editor, organisation)
        other = (None, "Bounmy 100%")
        record(make.session, other, "organisation_verified", ("organisation", organisation.id))
        record(make.session, other, "portal_roles_changed", ("user", editor.id), is_donor=True)
        record(make.session, (None, ""), "never_heard_of", ("thing", uuid4()), note="<i>x</i>")
    return resource


def test_the_trail_says_who_did_what_to_what(administrator, trail):
    page = administrator.get("/en/admin/audit").text
    assert f'<a href="/en/library/{trail.reference}"><bdi>{trail.reference}</bdi></a>' in page
    assert re.search(r'<a href="/en/organisations/ORG-\d+"><bdi>VL</bdi></a>', page)
    for text in ("Bounmy 100%", "verified the organisation", "Person <bdi>Somsy</bdi>", "The portal"):
        assert text in page
    assert "never_heard_of" in page
    assert "note: &lt;i&gt;x&lt;/i&gt;" in page


@pytest.mark.parametrize(
    ("query", "found", "hidden"),
    [
        ({"action": "organisation_verified"}, "verified the organisation</td>", "<bdi>Somsy</bdi></td>"),
        ({"person": "bounmy"}, "Bounmy 100%</bdi></td>", "<td><bdi>Somsy"),
        ({"person": "0%"}, "Bounmy 100%</bdi></td>", "<td><bdi>Somsy"),
        ({"person": "somsy"}, "<td><bdi>Somsy</bdi></td>", "Bounmy 100%</bdi></td>"),
        ({"person": "%"}, "Bounmy 100%</bdi></td>", "<td><bdi>Somsy"),
        ({"person": "Nobody", "action": "share"}, "Nothing like this was done", "<td>"),
        ({"action": "' or 1=1 --"}, "Nothing like this was done", "<td>"),
    ],
)
def test_the_trail_is_filtered_by_action_and_person(administrator, trail, query, found, hidden):
    page = administrator.get("/en/admin/audit", params=query).text
    assert found in re.sub(r"\s+", " ", page)
    assert hidden not in re.sub(r"\s+", " ", page)


def test_a_long_trail_has_pages_that_keep_the_filter(administrator, browser):
    with browser.arranging() as make:
        for number in range(120):
            record(make.session, (None, f"Robot {number:03d}"), "share", ("thing", uuid4()))
    first = administrator.get("/en/admin/audit?person=robot&action=share").text
    assert "1 to 50 of 120" in first
    assert 'href="/en/admin/audit?action=share&amp;person=robot&amp;page=2"' in first
    assert first.index("Robot 119") < first.index("Robot 118")
    assert "101 to 120 of 120" in administrator.get("/en/admin/audit?person=robot&page=3").text
    assert "Nothing like this" in administrator.get("/en/admin/audit?person=robot&page=99").text


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "1.5", "٣"])
def test_odd_pages_are_answered(administrator, page):
    assert administrator.get(f"/en/admin/audit?page={page}").status_code == 200


@pytest.mark.parametrize("address", PAGES[:3])
def test_a_page_costs_few_statements(administrator, trail, address):
    with count_statements(administrator) as statements:
        administrator.get(address)
    assert 0 < len(statements) <= MOST_STATEMENTS


@pytest.mark.browser
def test_the_pages_are_accessible_on_a_phone(settings):
    with running_portal(settings) as portal, chromium() as opened:
        with portal.services.database.writing() as session:
            person = Factory(session).user(is_administrator=True)
            token = open_user_session(session, person, Origin(), 14)
            arguments = {"to": f"{'long' * 30}@example.org"}
            session.add(
                Job(kind="send_mail", arguments=arguments, state=JobState.FAILED, last_error="x" * 200)
            )
            post(session, "reader@example.org", "password_changed", "lo", name="ຄຳຫລ້າ")
            record(session, (None, "x" * 200), "share", ("thing", uuid4()), note="y" * 200)
        work_off(portal.services)
        context = opened.new_context(viewport={"width": 360, "height": 800}, bypass_csp=True)
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": portal.address}])
        page = context.new_page()
        for address in PAGES:
            page.goto(portal.address + address)
            assert (address, accessibility_problems(page), overflow_pixels(page)) == (address, "", 0)
