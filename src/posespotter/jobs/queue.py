"""The queue of jobs, shared by pages that submit and workers: DBOS, in SQLite or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from sqlalchemy.engine import make_url

from posespotter.runs.database import explained, file_of, make_folder_of
from posespotter.runs.store import Library

if TYPE_CHECKING:
    from dbos import DBOSClient, Serializer

QUEUE = "posespotter-jobs"
WORKFLOW = "posespotter-job"
APPLICATION = "posespotter"
TITLE = "The queue of jobs"
"""As messages call it."""
STEPS_VERSION = "1"
"""Of the steps of a job. A worker takes jobs of its own version only: to be raised when the steps change."""

_JOBS_FILE = "jobs.sqlite"
_RETRY_CONNECTION = False  # callers want an answer at once
_prepared: set[str] = set()  # queues whose tables this process has seen complete


def jobs_url(library: Library) -> str:
    """URL of the queue: a SQLite file of its own in the library, or the library's PostgreSQL."""
    if file_of(library.url) is not None:
        return f"sqlite:///{library.root / _JOBS_FILE}"
    return make_url(library.url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def json_only() -> "Serializer":
    """The serializer of requests and results: JSON only.

    The default of DBOS is pickle, and whatever one chooses, it unpickles rows that say they are pickled: who can write
    to the database could run code in a worker. From the first call on, this process refuses them.
    """
    from dbos import DBOSPortableJSONSerializer, _serialization

    def refuse(_self: object, _text: str) -> NoReturn:
        raise ValueError("expected JSON in the queue of jobs, got a pickled object; it was not opened")

    setattr(_serialization.DefaultSerializer, "deserialize", refuse)  # noqa: B010  DBOS has no setting for it
    return DBOSPortableJSONSerializer()


@contextmanager
def queue_client(library: Library) -> Iterator["DBOSClient"]:
    """A connection to the queue, whose tables are made if they are missing.

    Raises:
        OutputError: the database cannot be used.
    """
    from dbos import DBOSClient, error

    url = jobs_url(library)
    with explained(TITLE, url, (error.DBOSException, OSError)):
        _prepare(url)
        client = DBOSClient(
            system_database_url=url,
            serializer=json_only(),
            application_name=APPLICATION,
            retry_connection_errors=_RETRY_CONNECTION,
        )
        try:
            yield client
        finally:
            client.destroy()


def _prepare(url: str) -> None:
    """Make or complete the tables of the queue, once a process, and again where the file of SQLite was deleted."""
    from dbos import DBOS

    file = file_of(url)
    if url in _prepared and (file is None or file.exists()):
        return
    if file is not None:
        make_folder_of(file)
    DBOS.migrate(url)
    _prepared.add(url)
