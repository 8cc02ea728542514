"""Open files with the program that they were written for, and say as JSON what it found in them.

Run by the Python of the readers, which knows nothing of PoseSpotter: python read.py READER ANSWER.json FILE...
"""

import json
import sys
from pathlib import Path
from typing import Any


def opensim_markers(path: str) -> dict[str, Any]:
    import opensim

    table = opensim.TimeSeriesTableVec3(path)
    rows = range(table.getNumRows())
    labels = list(table.getColumnLabels())
    values = [[[float(table.getRowAtIndex(i)[k][axis]) for axis in range(3)] for k in range(len(labels))] for i in rows]
    units, rate = (table.getTableMetaDataString(name) for name in ("Units", "DataRate"))
    return {"time_s": list(table.getIndependentColumn()), "labels": labels, "values": values, "units": units,
            "rate": float(rate)}  # fmt: skip


def opensim_motion(path: str) -> dict[str, Any]:
    import opensim

    table = opensim.TimeSeriesTable(path)
    labels = list(table.getColumnLabels())
    values = [[float(table.getRowAtIndex(i)[k]) for k in range(len(labels))] for i in range(table.getNumRows())]
    return {"time_s": list(table.getIndependentColumn()), "labels": labels, "values": values,
            "in_degrees": table.getTableMetaDataString("inDegrees")}  # fmt: skip


def ezc3d(path: str) -> dict[str, Any]:
    import ezc3d

    file = ezc3d.c3d(path)
    point = file["parameters"]["POINT"]
    labels = [label for name in sorted(point) if name.startswith("LABELS") for label in point[name]["value"]]
    return {"labels": labels, "values": file["data"]["points"][:3].T.tolist(), "units": point["UNITS"]["value"],
            "rate": float(point["RATE"]["value"][0]),
            "residuals": file["data"]["meta_points"]["residuals"][0].T.tolist()}  # fmt: skip


def movement(path: str) -> dict[str, Any]:
    import xarray
    from movement.kinematics import compute_velocity
    from movement.validators.datasets import ValidPosesInputs

    data = xarray.load_dataset(path)
    if "keypoint" in ValidPosesInputs.DIM_NAMES:  # movement 0.17 has other names, and turns the old into them
        from movement.io.load import rename_legacy_dimensions

        data = rename_legacy_dimensions(data)
    ValidPosesInputs.validate(data)
    velocity = compute_velocity(data.position)
    return {name.rstrip("s"): data[name].values.tolist() for name in data.variables} | {
        "attributes": {name: value if isinstance(value, str) else float(value) for name, value in data.attrs.items()},
        "velocity": velocity.shape,
    }


def movement_of_deeplabcut(path: str) -> dict[str, Any]:
    from movement.io import load_poses

    data = load_poses.from_dlc_file(path, fps=25).fillna(-1)
    return {name.rstrip("s"): data[name].values.tolist() for name in data.variables}


def sleap_io(path: str) -> dict[str, Any]:
    import sleap_io

    labels = sleap_io.load_csv(path)
    return {
        "nodes": labels.skeleton.node_names,
        "frames": [
            {
                "frame": int(frame.frame_idx),
                "people": {one.track.name: one.numpy().tolist() for one in frame.instances},
                "scores": {one.track.name: one.points["score"].tolist() for one in frame.instances
                           if "score" in one.points.dtype.names},
            }
            for frame in labels.labeled_frames
        ],
    }  # fmt: skip


def supervision(path: str) -> dict[str, Any]:
    """The arrays in a file as `PoseSequence.to_supervision` gives them, drawn and filtered by the library."""
    import numpy as np
    import supervision as sv

    with np.load(path) as stored:
        arrays = dict(stored)
    data = {name: arrays.pop(name) for name in ("tracker_id", "xyxy")}
    points = sv.KeyPoints(**arrays, data=data)
    drawn = sv.VertexAnnotator(color=sv.Color.WHITE, radius=3).annotate(np.zeros((2000, 2000, 3), np.uint8), points)
    detections = points.as_detections()
    return {
        "drawn": [bool(drawn[round(float(y)), round(float(x))].any()) for x, y in points.xy[points.visible]],
        "boxes": detections.xyxy.tolist(),
        "second": points[points.data["tracker_id"] == 2].xy.tolist(),
    }


def rerun(path: str) -> dict[str, Any]:
    from rerun.chunk import RrdReader

    entities: dict[str, Any] = {}
    for chunk in RrdReader(path).stream():
        batch = chunk.to_record_batch()
        columns = {
            name: batch.column(name) for name in batch.schema.names if "RowId" not in name and "Info" not in name
        }
        entities[chunk.entity_path] = {
            name: [one.value / 1e9 for one in column] if name == "time" else column.to_pylist()
            for name, column in columns.items()
        }
    return entities


READERS = {
    one.__name__: one
    for one in (opensim_markers, opensim_motion, ezc3d, movement, movement_of_deeplabcut, sleap_io, supervision, rerun)
}

if __name__ == "__main__":
    reader, answer, *files = sys.argv[1:]
    Path(answer).write_text(json.dumps([READERS[reader](file) for file in files]), "utf-8")
