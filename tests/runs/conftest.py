"""Libraries in temporary folders, on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from tests.postgres import postgres_server, postgres_url  # noqa: F401  fixtures

from posespotter.runs import Library


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of the library under test."""
    return tmp_path / "library"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, root: Path) -> str:
    """The URL of its index: each test runs on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{root / 'index.sqlite'}"
    server = str(request.getfixturevalue("postgres_server"))
    engine = create_engine(server)
    with engine.begin() as connection:  # quicker than a database for each test
        connection.execute(text("DROP TABLE IF EXISTS posespotter_runs"))
    engine.dispose()
    return server


@pytest.fixture
def library(root: Path, url: str) -> Iterator[Library]:
    """An empty library."""
    with Library(root, url) as empty:
        yield empty
