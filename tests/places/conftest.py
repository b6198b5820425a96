"""A portal that holds the gazetteer of Lao PDR and its neighbours, fresh for every test."""

import pytest
from sqlalchemy import event


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def count_statements():
    """How many statements a call sends to the database of an engine, without its BEGIN."""

    def count(engine, call, *arguments, **options):
        sent = []

        def listener(_connection, _cursor, statement, *_rest):
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        event.listen(engine, "before_cursor_execute", listener)
        try:
            call(*arguments, **options)
        finally:
            event.remove(engine, "before_cursor_execute", listener)
        return len(sent)

    return count
