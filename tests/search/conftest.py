"""Engines for the tests of the search library, on both of which every test runs."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.engine import SearchEngine, open_engine
from tests.requirements import skip_or_fail
from tests.search.library import FACETS, LIBRARY, SORTS, fill
from tests.servers import MEILISEARCH_REMEDY, running_meilisearch

OpenEngine = Callable[[], SearchEngine]
Server = tuple[str, str]


@pytest.fixture(scope="session")
def meilisearch_server() -> Iterator[Server | None]:
    with running_meilisearch() as server:
        yield server


@pytest.fixture(scope="session", params=["fts5", pytest.param("meili", marks=pytest.mark.meili)])
def server(request: pytest.FixtureRequest) -> Server | None:
    """Where the engine of this round lives: nowhere but in a file, or on a server."""
    if request.param == "fts5":
        return None
    found: Server | None = request.getfixturevalue("meilisearch_server")
    if found is None:
        skip_or_fail("Meilisearch is not installed", MEILISEARCH_REMEDY)
    return found


def opener(server: Server | None, path: Path) -> OpenEngine:
    """Opens the same index anew each time, as another process would."""
    url, key = server or (None, None)
    index = f"test-{uuid.uuid4().hex[:12]}"
    return lambda: open_engine(
        path=path, url=url, key=key, index=index, facet_fields=FACETS, sort_fields=SORTS
    )


@pytest.fixture
def open_again(server: Server | None, tmp_path: Path) -> OpenEngine:
    return opener(server, tmp_path / "search.db")


@pytest.fixture
def engine(open_again: OpenEngine) -> Iterator[SearchEngine]:
    """An empty index."""
    engine = open_again()
    engine.ensure_ready()
    yield engine
    engine.close()


@pytest.fixture
def library(engine: SearchEngine) -> SearchEngine:
    """An index of the small library that a test may change."""
    fill(engine, LIBRARY)
    return engine


@pytest.fixture(scope="session")
def shelf(server: Server | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    """The same, filled once: for tests that only read."""
    engine = opener(server, tmp_path_factory.mktemp("shelf") / "search.db")()
    engine.ensure_ready()
    fill(engine, LIBRARY)
    yield engine
    engine.close()
