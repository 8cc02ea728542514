"""Maintenance of the library: rebuild its index, apply its limits, remove what interrupted processes left."""

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from posespotter.errors import InputError
from posespotter.runs.folders import remove
from posespotter.runs.index import RunQuery
from posespotter.runs.run import Run
from posespotter.runs.run_metadata import read_metadata, rebuilt_metadata, write_metadata
from posespotter.runs.transactions import RunNeededError, StoreTransactions
from posespotter.settings import settings

_ORPHAN_AFTER_S = 86_400.0  # a workspace without a row may belong to a run that begins this very moment
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Swept:
    """The runs that limits have removed, oldest first.

    Attributes:
        too_old: older than `keep_days`.
        over_quota: removed to bring the library under `library_quota_gb`.
    """

    too_old: tuple[Run, ...] = ()
    over_quota: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Reindexed:
    """The changes of the index.

    Attributes:
        runs: how many it holds now.
        added: ids of runs that it did not know.
        removed: ids whose folder is gone.
        unreadable: folders of the library that hold no run.
        aside: where the index is that was damaged and is made anew; None where it was not.
    """

    runs: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    unreadable: tuple[Path, ...]
    aside: Path | None = None


def quota_bytes() -> int | None:
    """The limit of the settings, in bytes; None where there is none, or an endless one."""
    quota = (settings().library_quota_gb or math.inf) * 1_000_000_000
    return None if math.isinf(quota) else int(quota)


def reindex(transactions: StoreTransactions) -> Reindexed:
    """Make the index say what the folders say. Rows of runs that are being made stay as they are."""
    aside = transactions.index.mend()
    known = {run.id for run in transactions.index.find()}
    seen: set[str] = set()
    finished = list(transactions.folders.finished())
    unreadable = []
    for folder in (*finished, *transactions.folders.unfinished()):
        run = _read(folder)
        if run is None:
            unreadable += [folder] if folder in finished else []  # a workspace may be that of a command
        elif run.id not in seen:  # a finished folder goes before what is left of its workspace
            seen.add(run.id)
            transactions.enter(run)
    removed = [run_id for run_id in known - seen if not transactions.has_folder(run_id)]
    for run_id in removed:
        with transactions.index.writing() as index:
            index.remove(run_id)
    return Reindexed(
        len(transactions.index.find()), tuple(sorted(seen - known)), tuple(sorted(removed)), tuple(unreadable), aside
    )


def sweep(transactions: StoreTransactions) -> Swept:
    """Delete what the limits of the settings do not allow, oldest first, and what interrupted processes left.

    Runs that wait or run stay, and so do those whose poses they need.
    """
    settings.cache_clear()  # a worker runs for weeks, and the application may have changed them since
    transactions.folders.empty_trash()
    runs = transactions.index.find(RunQuery(sort="oldest"))
    _remove_orphans(transactions, {run.id: run for run in runs})
    needed = {run.parent for run in runs if not run.state.over}
    free = [run for run in runs if run.state.over and run.id not in needed]
    too_old: list[Run] = []
    if (days := settings().keep_days) is not None:
        now = datetime.now(UTC)
        too_old = [run for run in free if (now - run.created_at) / _DAY > days and _deleted(transactions, run)]
    over_quota: list[Run] = []
    if (quota := quota_bytes()) is not None:
        excess = sum(run.size_bytes for run in runs) - sum(run.size_bytes for run in too_old) - quota
        for run in free:
            if excess > 0 and run.size_bytes and run not in too_old and _deleted(transactions, run):
                excess -= run.size_bytes
                over_quota.append(run)
    return Swept(tuple(too_old), tuple(over_quota))


def _deleted(transactions: StoreTransactions, run: Run) -> bool:
    """Delete a run, unless an analysis of it is requested at this moment."""
    try:
        return transactions.delete(run.id)
    except RunNeededError:
        return False


def _read(folder: Path) -> Run | None:
    try:
        return read_metadata(folder)
    except InputError:
        rebuilt = rebuilt_metadata(folder)
        if rebuilt is not None:
            write_metadata(rebuilt, folder)
        return rebuilt


def _remove_orphans(transactions: StoreTransactions, runs: dict[str, Run]) -> None:
    """Remove workspaces of runs that are over, or that the index has not known for a day."""
    for folder in transactions.folders.unfinished():
        run = runs.get(folder.name)
        if run.state.over if run is not None else _age_s(folder) > _ORPHAN_AFTER_S:
            remove(folder)


def _age_s(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except FileNotFoundError:  # its run has just ended
        return 0.0
