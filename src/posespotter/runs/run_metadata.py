"""Run metadata in a run's folder: library.json, and the values taken from the task's run.json."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from posespotter.errors import InputError
from posespotter.files import whole
from posespotter.runs.run import Run, RunState, checked_kind, created_at
from posespotter.tasks.run_folder.folders import RUN_FILE
from posespotter.tasks.run_folder.record import RunRecord

METADATA_FILE = "library.json"
"""Beside run.json: the row of the index, so that the index can be rebuilt."""

_ESTIMATING = ("total", "overlay")
_ANALYSING = ("analyze", "detect_falls", "draw", "report")
_ANALYSIS, _EVENTS, _ASSESSMENT = "analysis.json", "events.json", "assessment.json"


def write_metadata(run: Run, folder: Path) -> None:
    """Store the run's row in its folder.

    Raises:
        OutputError: the folder cannot be written.
    """
    with whole(folder / METADATA_FILE) as temporary:
        temporary.write_text(json.dumps(run.to_json(), indent=2) + "\n", "utf-8")


def read_metadata(folder: Path) -> Run:
    """The run whose folder this is.

    Raises:
        InputError: the folder holds no run of this name.
    """
    values = _json(folder / METADATA_FILE)
    if not values:
        raise InputError(f"{folder}: expected {METADATA_FILE} of a run, there is none that can be read.")
    run = Run.from_json(values)
    if run.id != folder.name:
        raise InputError(f"{folder}: expected the run of this name, got {run.id}.")
    return run


def rebuilt_metadata(folder: Path) -> Run | None:
    """The run in a folder whose library.json is lost, rebuilt from run.json; None where that is lost too."""
    record = _record(folder)
    try:
        run = Run(
            id=folder.name,
            kind=checked_kind(record.kind),
            name=record.source.name or "unnamed",
            state=RunState.QUEUED,
            created_at=created_at(folder.name),
        )
    except InputError:
        return None
    return replace(with_record(run, folder), finished_at=run.created_at)


def with_record(run: Run, folder: Path) -> Run:
    """The run, completed from what the task wrote into its folder: state done, models, settings, counts, size."""
    record = _record(folder)
    now = datetime.now(UTC)
    return replace(
        run,
        state=RunState.DONE,
        finished_at=now,
        seconds=_work_s(record, run) if (lasted := run.seconds_until(now)) is None else lasted,
        models=tuple(model.name for model in record.models if model.name) or run.models,
        settings={**run.settings, **record.settings, **_options(record)},
        counts=_counts(record, folder),
        error=record.error or "",
        stage="",
        percent=100.0,
        rate=None,
        time_left_s=None,
        size_bytes=size_of(folder),
    )


def size_of(folder: Path) -> int:
    """Bytes of the files under `folder`; links count nothing."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def name_in(folder: Path) -> str:
    """The source's name in the record of a task; empty where there is none."""
    return _record(folder).source.name


def _record(folder: Path) -> RunRecord:
    return RunRecord.from_json(_json(folder / RUN_FILE))


def _json(file: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is none that can be read."""
    try:
        if file.is_symlink() or file.stat().st_size > 16_000_000:  # no record of ours is larger; what is, is not read
            return {}
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _list(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = values.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _options(record: RunRecord) -> dict[str, Any]:
    """The options of an analysis: exercise, view and person; the sensitivity and how many zones; or those of a test."""
    options: dict[str, Any] = {}
    if record.exercise is not None:
        options |= {("exercise" if name == "name" else name): value for name, value in record.exercise}
    if record.falls is not None:
        options |= {"sensitivity": record.falls.sensitivity, "zones": len(record.falls.zones)}
    if record.test is not None:
        options |= {("test" if name == "name" else name): value for name, value in record.test}
    return options


def _work_s(record: RunRecord, run: Run) -> float | None:
    """The time in the record; of an analysis without that of the poses, which were there already."""
    timings = record.timings_s
    stages = _ANALYSING if run.parent else (*_ESTIMATING, *_ANALYSING)
    return round(sum(timings.get(stage, 0.0) for stage in stages), 3) if timings else None


def _counts(record: RunRecord, folder: Path) -> dict[str, float]:
    source = record.source
    frames, fps = source.frames or 0, source.fps
    counts: dict[str, float] = {"frames": frames, "people": len(record.people)}
    if fps > 0:  # records of earlier versions lack the length
        counts["video_s"] = round(source.seconds or frames / fps, 2)
    if (folder / _ANALYSIS).is_file():
        repetitions = _list(_json(folder / _ANALYSIS), "repetitions")
        counts["repetitions"] = len(repetitions)
        counts["good"] = sum(one.get("verdict") == "good" for one in repetitions)
        faults = [fault for one in repetitions for fault in _list(one, "faults")]
        counts["faults"] = sum(fault.get("severity") != "note" for fault in faults)
    if (folder / _EVENTS).is_file():
        found = _json(folder / _EVENTS)
        kinds = [one.get("kind") for one in _list(found, "events")]
        counts["falls"] = kinds.count("fall")
        more = {"lying": kinds.count("lying"), "ignored": len(_list(found, "ignored"))}
        counts |= {name: count for name, count in more.items() if count}
    if (folder / _ASSESSMENT).is_file():
        found = _json(folder / _ASSESSMENT)
        known = {name: found.get(name) for name in ("value", "error")}
        counts |= {name: float(value) for name, value in known.items() if isinstance(value, int | float)}
        means = [one.get("means") for one in _list(found, "findings")]
        counts |= {name: means.count(name) for name in ("invalid", "look")}
    return counts
