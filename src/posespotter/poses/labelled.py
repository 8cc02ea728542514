"""Poses as arrays with named axes, in the names that the package `movement` uses for data sets of poses."""

from dataclasses import dataclass
from typing import Any

from posespotter.arrays import Array, Float32
from posespotter.poses.grid import grid_of
from posespotter.poses.sequence import PoseSequence


@dataclass(frozen=True, eq=False)
class LabelledPoses:
    """A data set of `movement`.

    Attributes:
        variables: name to axes and array: `position` (time, space, keypoints, individuals) in px, `confidence` (time,
            keypoints, individuals), and `position_m` (time, space_m, keypoints, individuals) where there are metres.
        coordinates: axis to its labels; `frame` has the number of each frame, on the axis `time`.
        attributes: of the whole data set.
    """

    variables: dict[str, tuple[tuple[str, ...], Float32]]
    coordinates: dict[str, Any]
    attributes: dict[str, Any]


def labelled(poses: PoseSequence) -> LabelledPoses:
    """The poses by frame, joint and person; frames without a person are NaN.

    Raises:
        SettingsError: there are too many people and frames for a place for everybody in each.
    """
    grid = grid_of(poses)
    axes = ("time", "space", "keypoints", "individuals")

    def spread(array: Array) -> Float32:
        """(T, ..., K, P) of the (N, K, ...) array of the rows."""
        out = grid.spread(array)
        return out.transpose(0, 2, 1) if out.ndim == 3 else out.transpose(0, 3, 2, 1)

    variables = {
        "position": (axes, spread(poses.keypoints)),
        "confidence": ((axes[0], *axes[2:]), spread(poses.scores)),
    }
    coordinates: dict[str, Any] = {
        "time": grid.time_s,
        "frame": grid.frame,
        "space": ["x", "y"],
        "keypoints": list(poses.skeleton.keypoints),
        "individuals": [f"id_{track_id}" for track_id in grid.track_ids],
    }
    if poses.world is not None:
        variables["position_m"] = (("time", "space_m", "keypoints", "individuals"), spread(poses.world))
        coordinates["space_m"] = ["x", "y", "z"]
    attributes = {
        "ds_type": "poses", "fps": poses.fps, "time_unit": "seconds", "source_software": "PoseSpotter",
        "source_file": poses.source,
    }  # fmt: skip
    return LabelledPoses(variables, coordinates, attributes)
