"""A PostgreSQL of our own for a test session: in a temporary folder, on a free port, gone afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SERVERS = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt")
_NOBODY = ("postgres", "nobody")


@contextmanager
def private_postgres() -> Iterator[str]:
    """The SQLAlchemy URL of an empty server, `postgresql+psycopg://tests@127.0.0.1:PORT/postgres`.

    Skips the test where PostgreSQL is not installed; with CI=true that is an error.
    """
    binaries = _binaries()
    if binaries is None:
        if os.environ.get("CI") == "true":
            raise pytest.UsageError("CI needs PostgreSQL: expected initdb and pg_ctl, there are none.")
        pytest.skip("needs PostgreSQL (initdb, pg_ctl)")
    folder = Path(tempfile.mkdtemp(prefix="posespotter-postgres-"))
    data, port = folder / "data", _free_port()
    become = _become(folder)

    def run(program: str, *arguments: object) -> None:
        command = [*become, str(binaries / program), *map(str, arguments)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            log = folder / "log"
            said = log.read_text() if log.exists() else ""
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}{said}")

    try:
        run("initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=100"
        # A log file, as a server that holds our pipe open would keep `run` waiting for ever.
        run("pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "-t", 60, "start")
        try:
            yield f"postgresql+psycopg://tests@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of the session's own server; see `postgres_url` for a database of one test."""
    with private_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database, which is dropped after the test."""
    import psycopg

    name = f"test_{os.urandom(6).hex()}"
    admin = postgres_server.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield f"{postgres_server.rpartition('/')[0]}/{name}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _binaries() -> Path | None:
    """The folder of initdb and pg_ctl: Debian keeps them off the PATH."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else []
    for place in _SERVERS:
        found += [path.parent for path in sorted(Path(place).glob("**/bin/initdb"), reverse=True)]
    return next((folder for folder in found if (folder / "pg_ctl").is_file()), None)


def _become(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: a prefix that runs a command as somebody else, who then owns `folder`."""
    if os.name == "nt" or os.geteuid() != 0:
        return []
    import pwd

    for name in _NOBODY:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        return ["runuser", "-u", name, "--"]
    raise RuntimeError(f"expected one of the users {', '.join(_NOBODY)}, as PostgreSQL does not run as root")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
