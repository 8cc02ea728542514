"""The index of runs: one table, in a SQLite file or in PostgreSQL. What it holds can be had again from the folders."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Double,
    String,
    TypeDecorator,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from posespotter.runs.database import Database
from posespotter.runs.run import Run, RunState

Sort = Literal["newest", "oldest", "name", "largest"]
SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True)
class RunQuery:
    """A filter for runs; without arguments, all of them.

    Attributes:
        kind: of this kind only.
        states: in one of these only; empty for any.
        text: a part of the name or the id, in capitals or not.
        parent: made from this run only.
        sort: newest, oldest, name or largest first.
        limit: at most so many.
    """

    kind: str | None = None
    states: tuple[RunState, ...] = ()
    text: str = ""
    parent: str | None = None
    sort: Sort = "newest"
    limit: int | None = None

    def fits(self, run: Run) -> bool:
        """Whether a run is among them, but for the limit."""
        text = self.text.lower()
        return (
            (self.kind is None or run.kind == self.kind)
            and (not self.states or run.state in self.states)
            and (self.parent is None or run.parent == self.parent)
            and (text in run.name.lower() or text in run.id)
        )


class _Utc(TypeDecorator[datetime]):
    """A time with its zone, which SQLite does not keep."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Base(DeclarativeBase):
    """Base class that registers the table."""


class _Row(_Base):
    """A run; the columns are the attributes of `Run`."""

    __tablename__ = "posespotter_runs"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str]
    state: Mapped[str] = mapped_column(String(20), index=True)
    created_at: Mapped[datetime] = mapped_column(_Utc, index=True)
    started_at: Mapped[datetime | None] = mapped_column(_Utc)
    finished_at: Mapped[datetime | None] = mapped_column(_Utc)
    seconds: Mapped[float | None] = mapped_column(Double)
    models: Mapped[list[str]] = mapped_column(JSON)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    counts: Mapped[dict[str, float]] = mapped_column(JSON)
    parent: Mapped[str | None] = mapped_column(String(40), index=True)
    error: Mapped[str]
    stage: Mapped[str]
    percent: Mapped[float] = mapped_column(Double)
    rate: Mapped[float | None] = mapped_column(Double)
    time_left_s: Mapped[float | None] = mapped_column(Double)
    size_bytes: Mapped[int] = mapped_column(BigInteger)


_TABLE = _Row.__table__
_STILL = [state.value for state in RunState if not state.over]
_ORDER: dict[Sort, tuple[Any, ...]] = {
    "newest": (_Row.id.desc(),),
    "oldest": (_Row.id,),
    "name": (func.lower(_Row.name), _Row.id.desc()),
    "largest": (_Row.size_bytes.desc(), _Row.id.desc()),
}


class Writing:
    """A transaction of the index: other writers wait until it ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, run_id: str) -> Run | None:
        """The run, held against changes by others until the transaction ends."""
        found = self._connection.execute(select(_TABLE).where(_Row.id == run_id).with_for_update()).one_or_none()
        return None if found is None else _run(found._mapping)

    def put(self, run: Run) -> None:
        """Insert the run, or replace its row."""
        values = _values(run)
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        insert = dialect.insert(_TABLE).values(values)
        self._connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values))

    def add(self, run: Run) -> bool:
        """Insert the run unless the index has it; whether it was inserted."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        insert = dialect.insert(_TABLE).values(_values(run))
        return self._connection.execute(insert.on_conflict_do_nothing(index_elements=["id"])).rowcount > 0

    def waiting_for(self, run_id: str) -> Run | None:
        """An analysis that waits or runs and needs this run."""
        query = select(_TABLE).where(_Row.parent == run_id, _Row.state.in_(_STILL)).limit(1)
        found = self._connection.execute(query).one_or_none()
        return None if found is None else _run(found._mapping)

    def remove(self, run_id: str) -> None:
        """Delete the row of the run."""
        self._connection.execute(delete(_Row).where(_Row.id == run_id))


class Index:
    """The table of runs behind a SQLAlchemy URL; made when it is first used. Safe for threads and processes.

    Args:
        url: of the database.
        wait_s: for another process that is writing.

    Raises:
        SettingsError: the URL is of a database that PoseSpotter does not use.
    """

    def __init__(self, url: str, wait_s: float = 20.0) -> None:
        self._database = Database(url, _Base.metadata, "The index of runs", wait_s)

    def close(self) -> None:
        """Let go of the connections."""
        self._database.close()

    def mend(self) -> Path | None:
        """Set the file of a damaged index aside; where it is now, or None. Its rows are to be entered again."""
        return self._database.mend()

    def get(self, run_id: str) -> Run | None:
        """The run, or None."""
        with self._database.reading() as connection:
            found = connection.execute(select(_TABLE).where(_Row.id == run_id)).one_or_none()
        return None if found is None else _run(found._mapping)

    def find(self, wanted: RunQuery = RunQuery()) -> list[Run]:
        """The runs that are wanted."""
        query = select(_TABLE).order_by(*_ORDER[wanted.sort]).limit(wanted.limit)
        if wanted.kind is not None:
            query = query.where(_Row.kind == wanted.kind)
        if wanted.states:
            query = query.where(_Row.state.in_([one.value for one in wanted.states]))
        if wanted.parent is not None:
            query = query.where(_Row.parent == wanted.parent)
        if wanted.text:
            names, ids = (column.icontains(wanted.text, autoescape=True) for column in (_Row.name, _Row.id))
            query = query.where(or_(names, ids))
        with self._database.reading() as connection:
            return [_run(row._mapping) for row in connection.execute(query)]

    def totals(self) -> tuple[int, int]:
        """Number of runs, and the bytes of all of them."""
        with self._database.reading() as connection:
            n, size = connection.execute(select(func.count(), func.sum(_Row.size_bytes))).one()
        return int(n), int(size or 0)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction: all of it happens, or nothing.

        Raises:
            OutputError: the database cannot be reached or written.
        """
        with self._database.writing() as connection:
            yield Writing(connection)


def _values(run: Run) -> dict[str, Any]:
    names = [column.name for column in _TABLE.columns]
    return {name: getattr(run, name) for name in names} | {
        "state": run.state.value,
        "models": list(run.models),
        "settings": dict(run.settings),
        "counts": dict(run.counts),
    }


def _run(row: Any) -> Run:
    return Run(**dict(row) | {"state": RunState(row["state"]), "models": tuple(row["models"])})
