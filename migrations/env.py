"""Alembic's entry: the address comes from the caller's configuration, never from a file."""

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from portal.accounts import models as accounts
from portal.core import audit, ids, queue
from portal.exchange import models as exchange
from portal.jobs import schedule
from portal.library import models as library
from portal.places import models as places
from portal.registry import coverage_models, design_models, finding_models
from portal.registry import models as registry
from search import outbox

# Every module with tables: imported, they stand in the metadata that migrations are compared with.
WITH_TABLES = (
    accounts,
    audit,
    coverage_models,
    exchange,
    design_models,
    finding_models,
    ids,
    library,
    outbox,
    places,
    queue,
    registry,
    schedule,
)

config = context.config


def _run(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = create_engine(config.get_main_option("sqlalchemy.url"))
    with engine.begin() as connection:
        _run(connection)
