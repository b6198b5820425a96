"""The first administrator comes from the console."""

from sqlmodel import select

from portal.accounts.models import User
from portal.accounts.passwords import check_password


def test_the_first_administrator_is_made_with_a_password_that_is_asked_for(run, database):
    typed = "Kham\na long sentence\na long sentence\n"
    answer = run("users", "add", "Kham@Example.org", "--role", "administrator", typed=typed)
    assert answer.exit_code == 0
    assert "a long sentence" not in answer.output
    with database.reading() as session:
        user = session.exec(select(User)).one()
    assert (user.name, user.email, user.is_administrator) == ("Kham", "kham@example.org", True)
    assert user.email_confirmed_at is not None
    assert check_password("a long sentence", user.password_hash)[0]


def test_a_short_password_is_refused_in_words(run, database):
    answer = run("users", "add", "kham@example.org", "--name", "Kham", "--password", "short")
    assert answer.exit_code == 1
    assert "at least 10 characters" in answer.output
    with database.reading() as session:
        assert session.exec(select(User)).all() == []


def test_an_address_has_one_account(run):
    arguments = ("users", "add", "kham@example.org", "--name", "Kham", "--password", "a long sentence")
    assert run(*arguments).exit_code == 0
    again = run(*arguments)
    assert again.exit_code == 1
    assert "already" in again.output


def test_a_role_is_given_and_listed(run, database):
    run("users", "add", "kham@example.org", "--name", "Kham", "--password", "a long sentence")
    assert "coordinator" in run("users", "role", "kham@example.org", "coordinator").output
    listed = run("users", "list").output
    assert "kham@example.org" in listed
    assert "coordinator" in listed


def test_nobody_is_told_apart_from_somebody(run):
    answer = run("users", "role", "nobody@example.org", "donor")
    assert answer.exit_code == 1
    assert "nobody@example.org" in answer.output


def test_the_last_administrator_stays(run):
    run(
        "users",
        "add",
        "kham@example.org",
        "--name",
        "K",
        "--password",
        "a long sentence",
        "--role",
        "administrator",
    )
    answer = run("users", "role", "kham@example.org", "member")
    assert answer.exit_code == 1
    assert "needs an administrator" in answer.output
