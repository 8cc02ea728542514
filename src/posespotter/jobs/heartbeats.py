"""`Workers`: the workers of a library, each with a heartbeat every few seconds in a table beside the queue."""

import os
import secrets
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Double,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from posespotter.jobs.intervals import INTERVALS
from posespotter.jobs.queue import TITLE, jobs_url
from posespotter.runs.database import Database, file_of
from posespotter.runs.store import Library

_TABLE = Table(
    "posespotter_workers",
    MetaData(),
    Column("id", String(120), primary_key=True),
    Column("place", String(120), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("beat_at", Double, nullable=False),  # seconds since 1970 by the clock of the database, which all share
)


@dataclass(frozen=True)
class Worker:
    """A worker with a heartbeat.

    Attributes:
        id: of the process, never used again.
        place: where its `pid` is known: its machine, or its container.
        pid: of the process, there.
    """

    id: str
    place: str
    pid: int


class Workers:
    """The table of workers. Safe for threads and processes.

    Raises:
        OutputError: (all methods) the database cannot be used.
    """

    def __init__(self, library: Library) -> None:
        url = jobs_url(library)
        self._database = Database(url, _TABLE.metadata, TITLE)
        self._local = file_of(url) is not None

    def join(self) -> Worker:
        """Register this process."""
        me = Worker(f"{socket.gethostname()[:80]}-{os.getpid()}-{secrets.token_hex(4)}", _place(), os.getpid())
        with self._database.writing() as connection:
            now = self._now(connection)
            connection.execute(delete(_TABLE).where(_TABLE.c.beat_at < now - 86_400.0))  # of a day ago
            connection.execute(insert(_TABLE).values(**asdict(me), beat_at=now))
        return me

    def beat(self, me: Worker) -> bool:
        """Write a heartbeat; False if this worker was taken for dead meanwhile."""
        with self._database.writing() as connection:
            beat = update(_TABLE).where(_TABLE.c.id == me.id).values(beat_at=self._now(connection))
            return connection.execute(beat).rowcount > 0

    def leave(self, worker_id: str) -> None:
        """Remove a worker: this one, or one that is dead."""
        with self._database.writing() as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.id == worker_id))

    def alive(self) -> list[Worker]:
        """The workers with a recent heartbeat."""
        with self._database.writing() as connection:
            since = self._now(connection) - INTERVALS.dead_after_s
            rows = connection.execute(select(_TABLE).where(_TABLE.c.beat_at >= since)).all()
        return [worker for row in rows if _may_live(worker := Worker(row.id, row.place, row.pid))]

    def _now(self, connection: Connection) -> float:
        if self._local:
            return time.time()
        now: Any = connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one()
        return float(now)


def _place() -> str:
    """A name of where process numbers mean the same: a machine, but not two containers of one that share its name."""
    try:
        numbers = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        numbers = ""
    return f"{socket.gethostname()[:80]} {numbers}"


def _may_live(worker: Worker) -> bool:
    """False where the process would be visible from here and is gone."""
    if worker.place != _place() or os.name == "nt":
        return True
    try:
        os.kill(worker.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # a process of another user
    return True
