"""Upgrade, places, reindexing and mails from the console."""

import shutil

import pytest

from portal.core.mail import compose, deliver
from portal.jobs.worker import work_off
from portal.places.queries import find_place
from search.documents import SearchQuery
from tests.factories import Factory

LAOS = "code,level,parent,name_en\nLA,country,,Lao PDR\n"


def test_a_new_folder_is_made_ready_and_again(run, settings):
    shutil.rmtree(settings.data_dir)
    first, second = run("upgrade"), run("upgrade")
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert "Ready" in second.output
    listed = run("places", "list").output
    assert "LA" in listed
    assert "148" in listed


def test_a_database_that_was_not_upgraded_stops_the_command(run, settings):
    (settings.data_dir / "sala.db").unlink()
    answer = run("users", "list")
    assert answer.exit_code == 1
    assert "sala upgrade" in answer.output


def test_a_gazetteer_with_a_wrong_line_is_not_loaded(run, tmp_path):
    file = tmp_path / "places.csv"
    file.write_text("nonsense\n1\n", encoding="utf-8")
    answer = run("places", "load", str(file))
    assert answer.exit_code == 1
    assert "Line" in answer.output


def test_a_gazetteer_is_loaded(run, tmp_path, database):
    own = tmp_path / "own.csv"
    shutil.copy("portal/places/data/lao.csv", own)
    assert "new" in run("places", "load", str(own)).output
    again = run("places", "load", str(own))
    assert again.exit_code == 0
    assert again.output.startswith("0 new")
    with database.reading() as session:
        assert find_place(session, "Savannakhet") is not None


def test_everything_is_found_again_after_reindexing(run, services):
    with services.database.writing() as session:
        make = Factory(session)
        organisation = make.organisation()
        make.resource(services.files, make.member(organisation), organisation)
    work_off(services)
    services.search.clear()
    answer = run("reindex")
    assert answer.exit_code == 0
    assert "1 resources and projects carried" in answer.output
    assert services.search.search(SearchQuery(text="migration")).total == 1
    assert not services.search.stats().needs_rebuild


@pytest.mark.parametrize("option", [(), ("--empty",)])
def test_what_is_not_published_leaves_the_index(run, services, option):
    from search.documents import Document

    stranger = "0" * 32
    services.search.replace({stranger: [Document(id=stranger, group=stranger, title="Gone")]})
    assert run("reindex", *option).exit_code == 0
    assert list(services.search.groups()) == []


def test_mails_in_the_folder_are_listed(run, settings):
    assert "No mails" in run("mail").output
    deliver(settings, compose(settings, "kham@example.org", "Welcome", "Come in."))
    listed = run("mail", "--text").output
    assert "Welcome" in listed
    assert "Come in." in listed


def test_help_tells_every_command(run):
    told = run("--help").output
    for name in ("demo", "serve", "worker", "upgrade", "users", "places", "reindex", "check", "mail"):
        assert f" {name} " in told
