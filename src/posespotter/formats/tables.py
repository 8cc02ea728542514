"""Tidy CSV for pandas, R and spreadsheets: one row per joint per person per frame.

Columns: `source, frame, time_s, track_id, keypoint, x_px, y_px, score`, and `x_m, y_m, z_m` where the poses have world
positions. Px have 3 decimals, metres and scores 4; what was not seen is an empty cell. The table holds neither boxes,
the frame size nor frames without people.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from posespotter.arrays import Array, Float32, Float64, Int32
from posespotter.errors import InputError, ShapeError
from posespotter.files import open_plain, whole
from posespotter.formats.joint_names import JointNames, in_order, joint_names
from posespotter.poses import PoseSequence
from posespotter.poses.checked_json import LARGEST_FRAME, PX_DECIMALS, SCORE_DECIMALS
from posespotter.poses.completion import box_around, frame_around, score_of
from posespotter.poses.row_types import require_plausible
from posespotter.skeletons import COCO17

FIRST_COLUMN = b"source"
_COLUMNS: dict[str, pa.DataType] = {
    "source": pa.string(), "frame": pa.int32(), "time_s": pa.float64(), "track_id": pa.int32(),
    "keypoint": pa.string(), "x_px": pa.float64(), "y_px": pa.float64(), "score": pa.float64(),
}  # fmt: skip
_WORLD: dict[str, pa.DataType] = {"x_m": pa.float64(), "y_m": pa.float64(), "z_m": pa.float64()}
# A spreadsheet runs a cell that begins with one of these as a formula; an apostrophe before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(poses: PoseSequence, path: Path, people_at_once: int = 4096) -> None:
    """Store `poses` as a tidy table, some thousand people at a time: one of hours must not lie in memory as text.

    Raises:
        OutputError: the folder cannot be written.
    """
    columns = _COLUMNS | (_WORLD if poses.world is not None else {})
    # Files are opened here, as Arrow takes only names in UTF-8.
    with (
        whole(path) as temporary,
        temporary.open("wb") as file,
        pyarrow.csv.CSVWriter(file, pa.schema(list(columns.items()))) as writer,
    ):
        for start in range(0, len(poses), people_at_once):
            rows = np.zeros(len(poses), bool)
            rows[start : start + people_at_once] = True
            writer.write_table(_table(poses.where(rows), columns))


def _table(poses: PoseSequence, columns: dict[str, pa.DataType]) -> pa.Table:
    n, k = len(poses), len(poses.skeleton)
    source = f"'{poses.source}" if poses.source.startswith(_FORMULA) else poses.source
    values: dict[str, Any] = {
        "source": pa.repeat(source, n * k),
        "frame": np.repeat(poses.frame, k),
        "time_s": np.repeat(poses.time_s, k),
        "track_id": np.repeat(poses.track_id, k),
        "keypoint": pa.array(np.tile(np.array(poses.skeleton.keypoints, object), n), pa.string()),
        "x_px": _cells(poses.keypoints[..., 0], PX_DECIMALS),
        "y_px": _cells(poses.keypoints[..., 1], PX_DECIMALS),
        "score": _cells(poses.scores, SCORE_DECIMALS),
    }
    if poses.world is not None:
        values |= {name: _cells(poses.world[..., axis], 4) for axis, name in enumerate(_WORLD)}
    return pa.table(values, pa.schema(list(columns.items())))


def _cells(array: Array, decimals: int) -> "pa.Array[Any]":
    """The numbers of an array in turn; NaN is null, which is an empty cell."""
    return pa.array(np.round(array.reshape(-1).astype(np.float64), decimals), from_pandas=True)


def read_csv(path: Path) -> PoseSequence:
    """Read a tidy table; its rows may come in any order.

    Returns:
        The people, with boxes around their joints, in the smallest frame that holds everybody; the frame rate is the
        usual one between the times. Joints that are no known skeleton keep their names, in the order of the table; one
        without rows is taken for COCO-17.

    Raises:
        InputError: the file is missing, lacks a column, holds something else than numbers, or lacks joints.
    """
    table = _load(path)
    words: Any = table.column("keypoint").combine_chunks().dictionary_encode()
    names = words.dictionary.to_pylist()
    known = _names(names, path)
    skeleton = known.skeleton
    joint = np.argsort(known.order)[words.indices.to_numpy()]
    frame, track_id = _integers(table, "frame", path), _integers(table, "track_id", path)
    person, first, of_row = np.unique(frame.astype(np.int64) << 32 | track_id, return_index=True, return_inverse=True)
    n, k = len(person), len(skeleton)
    place = of_row * k + joint
    if len(place) != n * k or len(np.unique(place)) != n * k:
        raise InputError(f"{path}: expected each of the {k} keypoints once for each person in each frame.")

    def spread(names: tuple[str, ...], fill: float) -> Float32:
        out = np.full((n * k, len(names)), fill, np.float32)
        for axis, name in enumerate(names):
            out[place, axis] = _numbers(table, name, fill, path)
        return out.reshape(n, k, len(names))

    xy, scores = spread(("x_px", "y_px"), np.nan), spread(("score",), 0)[..., 0]
    bbox = np.array([box_around(one) for one in xy], np.float32).reshape(n, 4)
    time_s = _numbers(table, "time_s", np.nan, path)[first]
    if np.isnan(time_s).any():
        raise InputError(f"{path}: expected a time in every row of time_s.")
    sources = table.column("source").unique().to_pylist()
    if len(sources) > 1:
        raise InputError(f"{path}: expected the table of one source, got {len(sources)} of them.")
    source = (sources[0] or "") if sources else ""
    try:
        poses = PoseSequence(
            frame=frame[first],
            time_s=time_s,
            track_id=track_id[first],
            bbox=bbox,
            bbox_score=np.array([score_of(one) for one in scores], np.float32),
            keypoints=xy,
            scores=scores,
            world=spread(tuple(_WORLD), np.nan) if "x_m" in table.column_names else None,
            skeleton=skeleton,
            frame_size=frame_around(bbox, xy),
            fps=_usual_fps(frame[first], time_s),
            n_frames=int(frame.max()) + 1 if n else 0,
            source=source.removeprefix("'") if source[1:].startswith(_FORMULA) else source,
        )
        require_plausible(poses)
    except ShapeError as error:
        raise InputError(f"{path}: {error}") from error
    return poses


def _load(path: Path) -> pa.Table:
    if not path.is_file():
        raise InputError(f"{path}: expected a table of joints (CSV), there is no such file.")
    types = _COLUMNS | _WORLD
    options = pyarrow.csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=False)
    try:
        with open_plain(path) as file:
            table = pyarrow.csv.read_csv(file, convert_options=options)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{path}: expected a table of joints (CSV), it cannot be read as one ({error}).") from error
    names = table.column_names
    wanted = [*_COLUMNS, *(_WORLD if set(names) & set(_WORLD) else ())]
    lacking = [name for name in wanted if names.count(name) != 1]
    if lacking:
        raise InputError(f"{path}: expected the columns {', '.join(wanted)} once each; check {', '.join(lacking)}.")
    return table.select(wanted)


def _names(names: list[str], path: Path) -> JointNames:
    return joint_names(names, path) if names else in_order(COCO17)


def _integers(table: pa.Table, name: str, path: Path) -> Int32:
    """A column of whole numbers of 0 or more.

    Raises:
        InputError: there are empty cells, or negative numbers.
    """
    column = table.column(name)
    if column.null_count:
        raise InputError(f"{path}: expected a number in every row of {name}.")
    values: Int32 = column.to_numpy().astype(np.int32)
    if len(values) and not 0 <= values.min() <= values.max() <= LARGEST_FRAME:
        raise InputError(f"{path}: expected numbers from 0 to {LARGEST_FRAME} as {name}.")
    return values


def _numbers(table: pa.Table, name: str, empty: float, path: Path) -> Float64:
    """A column of finite numbers, with `empty` for the empty cells.

    Raises:
        InputError: there are others.
    """
    column = table.column(name)
    given: Float64 = column.drop_null().to_numpy()
    with np.errstate(over="ignore"):
        finite = np.isfinite(given.astype(np.float32)).all()
    if not finite:
        raise InputError(f"{path}: expected finite numbers as {name}.")
    values = np.full(len(column), empty, np.float64)
    values[column.is_valid().to_numpy().astype(bool)] = given
    return values


def _usual_fps(frame: Int32, time_s: Float64) -> float:
    """The median of frames a second from row to row; 0 where there is only one frame."""
    frames, rows = np.unique(frame, return_index=True)
    if len(frames) < 2:
        return 0.0
    seconds = np.diff(time_s[rows]) / np.diff(frames)
    usual = float(np.median(seconds))
    return round(1 / usual, 3) if usual > 0 else 0.0
