"""Files of a fall analysis: events as JSON, every sample that was judged as Parquet; written and read back."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from posespotter.errors import InputError
from posespotter.falls.classifier import CLASSES
from posespotter.falls.detect import FallAnalysis, NotJudged, Windows
from posespotter.falls.events import STATES, FallEvent
from posespotter.files import open_plain, whole
from posespotter.poses.checked_json import json_values

EVENTS_FILE = "events.json"
PROBABILITIES_FILE = "probabilities.parquet"

_DECIMALS = 3  # of seconds and probabilities in events.json
_SMOOTHED = "smoothed_"


def to_document(analysis: FallAnalysis) -> dict[str, Any]:
    """The content of events.json, as JSON values."""
    content: dict[str, Any] = {
        "source": analysis.source,
        "fps": analysis.fps,
        "frames": analysis.n_frames,
        "classifier": analysis.classifier,
    }
    judged = {
        "events": [asdict(event) for event in analysis.events],
        "ignored": [asdict(event) for event in analysis.ignored],
        "not_judged": {"share": analysis.not_judged.share} | asdict(analysis.not_judged),
    }
    content |= json_values(judged, _DECIMALS)
    return content


def write_analysis(analysis: FallAnalysis, folder: Path) -> None:
    """Store the events, and every moment that was judged: when, who, the probabilities before and after averaging.

    Raises:
        OutputError: the folder cannot be written.
    """
    (folder / EVENTS_FILE).write_text(json.dumps(to_document(analysis), indent=2) + "\n", "utf-8")
    windows = analysis.windows
    columns: dict[str, Any] = {"time_s": windows.time_s, "track_id": windows.track_id}
    for prefix, values in (("", windows.probabilities), (_SMOOTHED, windows.smoothed)):
        columns |= {f"{prefix}{name}": np.ascontiguousarray(values[:, i]) for i, name in enumerate(CLASSES)}
    states = pa.DictionaryArray.from_arrays(pa.array(windows.state, pa.int32()), pa.array(STATES))
    with whole(folder / PROBABILITIES_FILE) as temporary, temporary.open("wb") as file:
        pq.write_table(pa.table({**columns, "state": states}), file, compression="zstd")


def read_analysis(events: Path, probabilities: Path) -> FallAnalysis:
    """Read what `write_analysis` stored; times and probabilities of the events are rounded to thousandths.

    Raises:
        InputError: a file is missing, or is no such file.
    """
    try:
        document = json.loads(events.read_text("utf-8"))
        found = tuple(FallEvent(**event) for event in document["events"])
        ignored = tuple(FallEvent(**event) for event in document.get("ignored", ()))
        shares = {name: value for name, value in document.get("not_judged", {}).items() if name != "share"}
        with open_plain(probabilities) as file:
            table = pq.read_table(file)
        columns = {name: table[name].to_numpy() for name in table.column_names if name != "state"}
        windows = Windows(
            columns["time_s"],
            columns["track_id"],
            np.stack([columns[name] for name in CLASSES], 1),
            np.stack([columns[f"{_SMOOTHED}{name}"] for name in CLASSES], 1),
            np.array([STATES.index(state) for state in table["state"].to_pylist()], np.int32),
        )
        frames, fps, source, classifier = (document[name] for name in ("frames", "fps", "source", "classifier"))
        return FallAnalysis(found, windows, frames, fps, source, classifier, ignored, NotJudged(**shares))
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise InputError(
            f"{events.parent}: expected {EVENTS_FILE} and {PROBABILITIES_FILE} of a search for falls, got others "
            f"({error!r}). Search again."
        ) from error
