"""The tables of the library in a database: SQLite files or PostgreSQL, connected and explained in one way."""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from posespotter.errors import OutputError, SettingsError
from posespotter.files import reason

# SQLite's codes for a file that is not, or no longer, one of ours. SQLITE_ERROR: tables or columns are missing.
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
_WAIT_FOR_OTHERS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class UnusableFileError(OutputError):
    """A database file that cannot be read or written; the message says what to do.

    Attributes:
        damaged: whether its content is no database of ours; `Database.set_aside` makes room for a new one.
    """

    def __init__(self, message: str, *, damaged: bool) -> None:
        super().__init__(message)
        self.damaged = damaged


class Database:
    """Tables behind a SQLAlchemy URL; made when they are first used. Safe for threads and processes.

    Args:
        url: of a SQLite file or a PostgreSQL database.
        tables: that are in it.
        title: what messages call it: "The index of runs".
        wait_s: for another process that is writing, where it is a file.

    Raises:
        SettingsError: the URL is of a database that PoseSpotter does not use.
    """

    def __init__(self, url: str, tables: MetaData, title: str, wait_s: float = 20.0) -> None:
        self._url, self._tables, self._title = url, tables, title
        try:
            self._file = file_of(url)
            self._engine = _server(url) if self._file is None else _sqlite(url, wait_s)
            known = self._engine.dialect.name == "postgresql" or make_url(url).database not in {None, "", ":memory:"}
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError, TypeError):
            known = False
        if not known or self._engine.dialect.name not in {"sqlite", "postgresql"}:
            raise SettingsError(
                "Setting database_url: expected postgresql+psycopg://USER:PASSWORD@HOST/NAME or sqlite:///FILE, "
                "got something else."
            )
        self._ready = False

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it happens, or nothing; other writers of a SQLite file wait until it ends.

        Raises:
            OutputError: the database cannot be reached or written.
        """
        with explained(self._title, self._url):
            self._prepare()
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to ask with.

        Raises:
            OutputError: the database cannot be reached.
        """
        with explained(self._title, self._url):
            self._prepare()
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                yield connection

    def mend(self) -> Path | None:
        """Set a damaged SQLite file aside, so that the next use makes a new one.

        Returns:
            where the damaged one is now; None where nothing is wrong.

        Raises:
            OutputError: the database cannot be reached or written.
        """
        if self._file is None or not os.path.lexists(self._file) or not self._damaged():
            return None
        aside = self._file.with_name(f"{self._file.name}.damaged")
        try:
            if aside.is_dir():
                shutil.rmtree(aside)
            self._file.replace(aside)
            for suffix in ("-wal", "-shm", "-journal"):  # they belong to the old one
                self._file.with_name(f"{self._file.name}{suffix}").unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{self._file} could not be set aside: {reason(error)}.") from error
        return aside

    def _damaged(self) -> bool:
        try:
            with self.reading() as connection:
                for table in self._tables.sorted_tables:
                    connection.execute(select(table).limit(1))
                return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok")
        except UnusableFileError as error:
            if not error.damaged:
                raise
            return True

    def _prepare(self) -> None:
        """Create the tables where there are none; a SQLite file may be deleted at any time."""
        if self._ready and (self._file is None or self._file.exists()):
            return
        if self._file is not None:
            make_folder_of(self._file)
        with self._engine.begin() as connection:
            if self._file is None:
                # Only one process at a time creates tables; the number is "pose".
                connection.execute(select(func.pg_advisory_xact_lock(0x706F7365)))
            self._tables.create_all(connection)
        self._ready = True


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for a server."""
    parts = make_url(url)
    return Path(parts.database or "") if parts.get_backend_name() == "sqlite" else None


def make_folder_of(file: Path) -> None:
    """Make the folder in which a SQLite file is to be.

    Raises:
        OutputError: that is not possible.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{file.parent} could not be written: {reason(error)}.") from error


@contextmanager
def explained(title: str, url: str, failures: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Turn what the database's driver raises into one sentence.

    Args:
        title: what it is: "The index of runs".
        url: where it is; its password is never shown.
        failures: further exceptions that mean the same.

    Raises:
        OutputError: in place of those.
    """
    expected: tuple[type[Exception], ...] = (SQLAlchemyError, *failures)
    try:
        yield
    except expected as error:
        raise _explanation(title, url, error) from error


def _explanation(title: str, url: str, error: Exception) -> OutputError:
    why = (str(getattr(error, "orig", None) or error).strip() or type(error).__name__).splitlines()[0]
    file, code = file_of(url), _sqlite_code(error)
    if file is None:
        return OutputError(f"{title} ({make_url(url).render_as_string(hide_password=True)}) cannot be used: {why}.")
    if code is None or code in _WAIT_FOR_OTHERS:
        return OutputError(f"{title} ({file}) cannot be used: {why}.")
    if code in _DAMAGED or file.is_dir():
        made = "`posespotter runs reindex` makes it anew"
        return UnusableFileError(f"{title} ({file}) is damaged ({why}); {made}.", damaged=True)
    if code == sqlite3.SQLITE_FULL or _disk_is_full(file):
        room = "`posespotter runs delete ID` makes room"
        return UnusableFileError(f"{title} ({file}) cannot be written: the disk is full; {room}.", damaged=False)
    return UnusableFileError(f"{title} ({file}) cannot be written: {_obstacle(file) or why}.", damaged=False)


def _sqlite_code(error: BaseException | None) -> int | None:
    """The primary error code of SQLite; None where the error is not from SQLite."""
    while error is not None:
        cause = getattr(error, "orig", None) or error
        if isinstance(cause, sqlite3.Error) and hasattr(cause, "sqlite_errorcode"):
            return int(cause.sqlite_errorcode) & 0xFF
        error = error.__cause__ or error.__context__
    return None


def _disk_is_full(file: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(file.parent).free < 100_000  # free on a disk: SQLite needs more to write anything
    return False


def _obstacle(file: Path) -> str:
    """Reason why nothing can be written beside a file, in the words of the system; empty where it can."""
    try:
        with tempfile.TemporaryFile(dir=file.parent):
            return ""
    except OSError as error:
        return reason(error)


def _server(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})


def _sqlite(url: str, wait_s: float) -> Engine:
    # Without a pool, as a pooled connection would go on using a file that was deleted.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": wait_s})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        _write_ahead(connection, wait_s)
        connection.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # A transaction that began by reading could not wait for another writer.
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection, wait_s: float) -> None:
    """Let reading not wait for writing, which holds for the file and for good.

    SQLite itself does not wait where two processes change that, or one lets go of the file as another opens it.
    """
    until_s = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _WAIT_FOR_OTHERS or time.monotonic() > until_s:
                raise
        time.sleep(0.02)
