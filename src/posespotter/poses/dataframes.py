"""Poses as tables of pandas and polars, and as datasets of xarray: each only where it is installed."""

from importlib import import_module
from typing import Any, Literal

import numpy as np

from posespotter.errors import SettingsError
from posespotter.poses import PoseSequence
from posespotter.poses.parquet import named_columns

_MOST_NUMBERS = 2**29  # 2 GiB of float32: a dataset has room for every person in every frame


def to_dataframe(poses: PoseSequence, library: Literal["pandas", "polars"] | None = None) -> Any:
    """One row a pose, with the columns of the Parquet file.

    Raises:
        SettingsError: neither library, or not the named one, is installed, or two columns would have one name.
    """
    if library not in {None, "pandas", "polars"}:
        raise SettingsError(f"library: expected pandas or polars, got {library!r}.")
    module = _installed(*((library,) if library else ("pandas", "polars")))
    # Columns of a matrix lie far apart: copied once here, for the library would do so for each later use.
    columns = {name: np.ascontiguousarray(column) for name, column in named_columns(poses).items()}
    return module.DataFrame(columns)


def to_xarray(poses: PoseSequence) -> Any:
    """Positions by time, space, keypoints and individuals, as the package `movement` has them.

    Raises:
        SettingsError: xarray is not installed, or there are too many people for one dataset.
    """
    xarray = _installed("xarray")
    frames, first, row = np.unique(poses.frame, return_index=True, return_inverse=True)
    people, person = np.unique(poses.track_id, return_inverse=True)
    names = list(poses.skeleton.keypoints)
    if len(frames) * len(people) * len(names) * 3 > _MOST_NUMBERS:
        raise SettingsError(
            f"Expected people and frames that fit into one dataset, got {len(people)} people in {len(frames)} frames; "
            "take some of them (person, between) first."
        )

    def spread(array: Any) -> Any:
        """(frames, ..., keypoints, people) of the (N, keypoints, ...) array of the rows."""
        out = np.full((len(frames), len(people), *array.shape[1:]), np.nan, np.float32)
        out[row, person] = array
        return np.moveaxis(out, 1, -1) if array.ndim == 2 else out.transpose(0, 3, 2, 1)

    axes = ("time", "space", "keypoints", "individuals")
    variables = {"position": (axes, spread(poses.keypoints)), "confidence": (axes[:1] + axes[2:], spread(poses.scores))}
    if poses.world is not None:
        variables["position_m"] = (("time", "space_m", "keypoints", "individuals"), spread(poses.world))
    coordinates = {
        "time": poses.time_s[first],
        "frame": ("time", frames),
        "space": ["x", "y"],
        "keypoints": names,
        "individuals": [f"id_{track_id}" for track_id in people],
    }
    if poses.world is not None:
        coordinates["space_m"] = ["x", "y", "z"]
    attributes = {
        "ds_type": "poses", "fps": poses.fps, "time_unit": "seconds", "source_software": "PoseSpotter",
        "source_file": poses.source,
    }  # fmt: skip
    return xarray.Dataset(variables, coordinates, attributes)


def _installed(*names: str) -> Any:
    """The first of these modules that is installed.

    Raises:
        SettingsError: none is.
    """
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    raise SettingsError(f"Expected {' or '.join(names)} to be installed, it is not: pip install {names[0]}.")
