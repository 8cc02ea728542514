"""Poses as tables of pandas or polars, datasets of xarray, key points of supervision: each where it is installed."""

from typing import Any, Literal

import numpy as np

from posespotter.errors import SettingsError, ShapeError
from posespotter.optional import needed
from posespotter.poses import PoseSequence
from posespotter.poses.labelled import labelled
from posespotter.poses.parquet import named_columns


def to_dataframe(poses: PoseSequence, library: Literal["pandas", "polars"] | None = None) -> Any:
    """One row a pose, with the columns of the Parquet file.

    Raises:
        SettingsError: neither library, or not the named one, is installed, or two columns would have one name.
    """
    if library not in {None, "pandas", "polars"}:
        raise SettingsError(f"library: expected pandas or polars, got {library!r}.")
    module = needed(*((library,) if library else ("pandas", "polars")))
    # Columns of a matrix lie far apart: copied once here, for the library would do so for each later use.
    columns = {name: np.ascontiguousarray(column) for name, column in named_columns(poses).items()}
    return module.DataFrame(columns)


def to_xarray(poses: PoseSequence) -> Any:
    """Positions by time, space, keypoints and individuals, as the package `movement` has them.

    Raises:
        SettingsError: xarray is not installed, or there are too many people for one dataset.
    """
    xarray = needed("xarray")
    data = labelled(poses)
    coordinates = data.coordinates | {"frame": ("time", data.coordinates["frame"])}
    return xarray.Dataset(data.variables, coordinates, data.attributes)


def to_supervision(poses: PoseSequence) -> Any:
    """The people of one frame as `supervision.KeyPoints`; a joint that was not seen is at 0, 0 and not visible.

    Raises:
        SettingsError: supervision is not installed.
        ShapeError: the poses are those of several frames.
    """
    supervision = needed("supervision")
    if len(poses) and poses.frame[0] != poses.frame[-1]:
        raise ShapeError(
            f"Expected the people of one frame, got those of frames {poses.frame[0]} to {poses.frame[-1]}; take those "
            "of one with `at`, or of each in turn with `by_frame`."
        )
    if not len(poses):
        return supervision.KeyPoints.empty()
    seen = np.isfinite(poses.keypoints[..., 0])
    return supervision.KeyPoints(
        xy=np.where(seen[..., None], poses.keypoints, 0).astype(np.float32),
        keypoint_confidence=poses.scores.copy(),
        detection_confidence=poses.bbox_score.copy(),
        visible=seen,
        class_id=np.zeros(len(poses), int),
        data={"tracker_id": poses.track_id.copy(), "xyxy": poses.bbox.copy()},
    )
