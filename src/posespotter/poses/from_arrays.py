"""Sequences from arrays and lists of any type, with what is left out filled in, and several sequences as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Int64, require_shape
from posespotter.errors import SettingsError, ShapeError
from posespotter.poses import ROW_TYPES, PoseSequence
from posespotter.poses.completion import box_around, frame_around, score_of, seen_joints
from posespotter.poses.row_types import tail_of
from posespotter.skeletons import Skeleton, skeleton_of

_OPTIONAL = ("world", "raw_keypoints")


def complete_columns(
    keypoints: npt.ArrayLike, skeleton: Skeleton | Sequence[str], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments of `PoseSequence` for what `PoseSequence.from_arrays` was given.

    Raises:
        SettingsError: there are names that are not known, or `fps` is needed and missing.
        ShapeError: an array cannot be cast, or has the wrong shape.
    """
    unknown = set(given) - {one.name for one in fields(PoseSequence)}
    if unknown:
        raise SettingsError(f"Unknown attribute {min(unknown)!r} of a sequence; see the attributes of PoseSequence.")
    if isinstance(skeleton, list | tuple):
        skeleton = skeleton_of(skeleton)
    if not isinstance(skeleton, Skeleton):
        raise ShapeError(f"skeleton: expected a Skeleton or a list of names, got {type(skeleton).__name__}.")
    arrays = {
        name: _cast(name, value)
        for name, value in ({"keypoints": keypoints} | dict(given)).items()
        if name in ROW_TYPES and value is not None
    }
    metadata = {name: value for name, value in given.items() if name not in ROW_TYPES}
    xy = arrays["keypoints"]
    n, k = len(xy) if xy.ndim else 0, len(skeleton)
    if xy.shape != (n, k, 2):
        raise ShapeError(f"keypoints: expected an array of shape (any, {k}, 2), got {xy.shape}.")
    xy[np.isinf(xy)] = np.nan
    arrays.setdefault("frame", np.arange(n, dtype=np.int32))
    arrays.setdefault("track_id", np.ones(n, np.int32))
    arrays.setdefault("scores", seen_joints(xy).astype(np.float32))
    require_shape("scores", arrays["scores"], (n, k))
    arrays.setdefault("bbox_score", np.array([score_of(one) for one in arrays["scores"]], np.float32))
    arrays.setdefault("bbox", np.array([box_around(one) for one in xy], np.float32).reshape(n, 4))
    frame = arrays["frame"]
    fps = metadata.setdefault("fps", 0.0)
    if "time_s" not in arrays:
        if not (isinstance(fps, int | float) and fps > 0) and len(frame) and frame.max() > 0:
            raise SettingsError("from_arrays: expected time_s, or the frame rate of the video as fps.")
        arrays["time_s"] = frame / fps if fps else np.zeros(len(frame))
    metadata.setdefault("n_frames", int(frame.max()) + 1 if len(frame) else 0)
    size = metadata.get("frame_size")
    if size is None:
        metadata["frame_size"] = frame_around(arrays["bbox"], xy)
    elif np.ndim(size) == 1:
        metadata["frame_size"] = tuple(np.asarray(size).tolist())
    return {**metadata, **_ordered(arrays), "skeleton": skeleton}


def _cast(name: str, value: Any) -> npt.NDArray[Any]:
    """`value` as a new array of the type of its column, if nothing but precision is lost.

    Raises:
        ShapeError: it holds something else than numbers, or numbers that the column cannot hold.
    """
    dtype = np.dtype(ROW_TYPES[name])
    try:
        array = np.asarray(value)
    except ValueError:
        raise ShapeError(f"{name}: expected numbers, got lists of different lengths.") from None
    if array.dtype.kind not in "biuf" and array.size:
        raise ShapeError(f"{name}: expected numbers, got {array.dtype} values.")
    with np.errstate(over="ignore", invalid="ignore"):
        cast = array.astype(dtype)
        if dtype.kind == "i" and not (cast == array).all():
            raise ShapeError(f"{name}: expected whole numbers of at most {np.iinfo(dtype).max}.")
    return cast


def _ordered(arrays: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """The rows by frame and then by track id.

    Raises:
        ShapeError: a track id occurs twice in a frame.
    """
    frame, track_id = arrays["frame"], arrays["track_id"]
    if (
        frame.ndim != 1
        or frame.shape != track_id.shape
        or any(array.shape[:1] != frame.shape for array in arrays.values())
    ):
        lengths = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ShapeError(f"Expected arrays with one row a pose, got {lengths}.")
    order: Int64 = np.lexsort((track_id, frame))
    rows = {name: array[order] for name, array in arrays.items()}
    twice = (np.diff(rows["frame"]) == 0) & (np.diff(rows["track_id"]) == 0)
    if twice.any():
        row = int(np.argmax(twice))
        raise ShapeError(
            f"Expected each person once in a frame, got id {rows['track_id'][row]} twice in frame {rows['frame'][row]}."
        )
    return rows


def stacked(rows: Iterable[Mapping[str, Any]], k: int) -> dict[str, Any]:
    """The columns of rows of K keypoints given as dictionaries, by frame and track id."""
    listed = sorted(rows, key=lambda row: (row["frame"], row["track_id"]))
    arrays: dict[str, Any] = {}
    for name, dtype in ROW_TYPES.items():
        if name in _OPTIONAL and not (listed and listed[0].get(name) is not None):
            continue
        values = [row[name] for row in listed]
        arrays[name] = np.array(values, dtype).reshape(len(listed), *tail_of(name, k))
    return arrays


def joined(parts: list[PoseSequence], *, one_after_another: bool) -> PoseSequence:
    """The rows of all parts, as `PoseSequence.concat` says.

    Raises:
        ShapeError: there are none, they do not fit each other, or a person is twice in a frame.
    """
    if not parts or not all(isinstance(part, PoseSequence) for part in parts):
        raise ShapeError("concat: expected one sequence or more.")
    for name in ("skeleton", "frame_size", "fps"):
        values = [getattr(part, name) for part in parts]
        other = next((value for value in values if value != values[0]), None)
        if other is not None:
            raise ShapeError(
                f"concat: expected sequences with one {name}, got {_short(values[0])} and {_short(other)}."
            )
    if one_after_another:
        parts = _in_turn(parts)
    columns: dict[str, Any] = {
        name: np.concatenate([_column(part, name) for part in parts])
        for name in ROW_TYPES
        if name not in _OPTIONAL or any(getattr(part, name) is not None for part in parts)
    }
    try:
        rows: dict[str, Any] = _ordered(columns)
    except ShapeError as error:
        raise ShapeError(f"concat: {error} Clips of their own are put together with one_after_another=True.") from None
    return replace(parts[0], **rows, **_common_metadata(parts))


def _column(part: PoseSequence, name: str) -> npt.NDArray[Any]:
    """A column of one part; of what only others have, nothing was seen."""
    array: npt.NDArray[Any] | None = getattr(part, name)
    if array is None:
        return np.full((*part.scores.shape, 3 if name == "world" else 2), np.nan, np.float32)
    return array


def _in_turn(parts: list[PoseSequence]) -> list[PoseSequence]:
    """The parts with the frames, times and ids with which each follows the one before."""
    shifted, frames, end_s, ids = [], 0, 0.0, 0
    for part in parts:
        shifted.append(
            replace(
                part,
                frame=part.frame + np.int32(frames),
                time_s=part.time_s + end_s,
                track_id=part.track_id + np.int32(ids),
                n_frames=part.n_frames + frames,
                last_s=part.end_s + end_s,
            )
        )
        end_s += part.end_s + part.step_s if part.n_frames else 0.0
        frames += part.n_frames
        ids = max(ids, *shifted[-1].track_ids, 0)
    return shifted


def _common_metadata(parts: list[PoseSequence]) -> dict[str, Any]:
    """The metadata of all parts together: what they share, and the sources of all."""
    shared = {
        name: getattr(parts[0], name) if all(getattr(part, name) == getattr(parts[0], name) for part in parts) else ""
        for name in ("detector", "pose_model", "version")
    }
    same = all(part.settings == parts[0].settings for part in parts)
    return {
        **shared,
        "settings": parts[0].settings if same else {},
        "source": ", ".join(dict.fromkeys(part.source for part in parts if part.source)),
        "n_frames": max(part.n_frames for part in parts),
        "last_s": max((part.last_s for part in parts if part.last_s is not None), default=None),
    }


def _short(value: Any) -> str:
    return value.name if isinstance(value, Skeleton) else str(value)
