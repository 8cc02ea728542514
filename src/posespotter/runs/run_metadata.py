"""What is known of a run from its folder alone: library.json, and what the task's own record says."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from posespotter.errors import InputError
from posespotter.files import whole
from posespotter.runs.run import Run, RunState, checked_kind, created_at
from posespotter.tasks.folders import RUN_FILE

FACTS_FILE = "library.json"
"""Beside run.json: the row of the index, so that the index can be made anew."""

_MOST_BYTES = 16_000_000  # no record of ours is larger; what is, is not read
_ESTIMATING = ("total", "overlay")
_ANALYSING = ("analyze", "detect_falls", "draw", "report")
_ANALYSIS, _EVENTS = "analysis.json", "events.json"


def write_facts(run: Run, folder: Path) -> None:
    """Store the run's row in its folder.

    Raises:
        OutputError: the folder cannot be written.
    """
    with whole(folder / FACTS_FILE) as temporary:
        temporary.write_text(json.dumps(run.to_json(), indent=2) + "\n", "utf-8")


def read_facts(folder: Path) -> Run:
    """The run whose folder this is.

    Raises:
        InputError: the folder holds no run of this name.
    """
    values = _json(folder / FACTS_FILE)
    if not values:
        raise InputError(f"{folder}: expected {FACTS_FILE} of a run, there is none that can be read.")
    run = Run.from_json(values)
    if run.id != folder.name:
        raise InputError(f"{folder}: expected the run of this name, got {run.id}.")
    return run


def rebuilt_facts(folder: Path) -> Run | None:
    """The run in a folder whose library.json is lost, from the task's own record; None where that is lost too."""
    record = _json(folder / RUN_FILE)
    try:
        run = Run(
            id=folder.name,
            kind=checked_kind(str(record.get("kind"))),
            name=name_in(folder) or "unnamed",
            state=RunState.QUEUED,
            created_at=created_at(folder.name),
        )
    except InputError:
        return None
    return replace(with_record(run, folder), finished_at=run.created_at)


def with_record(run: Run, folder: Path) -> Run:
    """The run with what the task wrote into its folder: state done, models, settings, counts, size."""
    record = _json(folder / RUN_FILE)
    now = datetime.now(UTC)
    return replace(
        run,
        state=RunState.DONE,
        finished_at=now,
        seconds=_work_s(record, run) if (lasted := run.seconds_until(now)) is None else lasted,
        models=_models(record) or run.models,
        settings={**run.settings, **_mapping(record, "settings"), **_asked(record)},
        counts=_counts(record, folder),
        error=str(record.get("error") or ""),
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
    return str(_mapping(_json(folder / RUN_FILE), "source").get("name") or "")


def _json(file: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is none that can be read."""
    try:
        if file.is_symlink() or file.stat().st_size > _MOST_BYTES:
            return {}
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _mapping(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _list(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = record.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _models(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(model["name"]) for model in _list(record, "models") if model.get("name"))


def _asked(record: Mapping[str, Any]) -> dict[str, Any]:
    """What an analysis was asked for: exercise, view and person; or the sensitivity and how many zones."""
    exercise, falls = _mapping(record, "exercise"), _mapping(record, "falls")
    asked = {("exercise" if name == "name" else name): value for name, value in exercise.items()}
    if falls:
        asked |= {"sensitivity": falls.get("sensitivity"), "zones": len(_list(falls, "zones"))}
    return asked


def _work_s(record: Mapping[str, Any], run: Run) -> float | None:
    """The time that the record tells; of an analysis without that of the poses, which were there already."""
    timings = _mapping(record, "timings_s")
    stages = _ANALYSING if run.parent else (*_ESTIMATING, *_ANALYSING)
    return round(sum(_number(timings.get(stage)) for stage in stages), 3) if timings else None


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _counts(record: Mapping[str, Any], folder: Path) -> dict[str, float]:
    source = _mapping(record, "source")
    frames, fps = _number(source.get("frames")), _number(source.get("fps"))
    counts: dict[str, float] = {"frames": frames, "people": len(_list(record, "people"))}
    if fps > 0:  # runs of earlier versions do not tell their length
        counts["video_s"] = round(_number(source.get("seconds")) or frames / fps, 2)
    if (folder / _ANALYSIS).is_file():
        repetitions = _list(_json(folder / _ANALYSIS), "repetitions")
        counts["repetitions"] = len(repetitions)
        counts["good"] = sum(one.get("verdict") == "good" for one in repetitions)
        faults = [fault for one in repetitions for fault in _list(one, "faults")]
        counts["faults"] = sum(fault.get("severity") != "note" for fault in faults)
    if (folder / _EVENTS).is_file():
        counts["falls"] = sum(one.get("kind") == "fall" for one in _list(_json(folder / _EVENTS), "events"))
    return counts
