"""A portal that holds the gazetteer of Lao PDR and its neighbours, fresh for every test."""

import shutil

import pytest
from sqlalchemy import event

from portal.core.settings import Settings


@pytest.fixture
def settings(tmp_path, loaded_database):
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(loaded_database, data / "sala.db")
    return Settings(data_dir=data, base_url="http://testserver")


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
