"""The libraries that jobs are queued in, on both databases."""

from tests.postgres import postgres_server, postgres_url  # noqa: F401  fixtures
from tests.runs.conftest import library, root, url  # noqa: F401  fixtures
