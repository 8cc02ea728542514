"""Poses with a place for every person in every frame: what formats need that have no rows to leave out."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Array, Float32, Float64, Int32
from posespotter.errors import SettingsError
from posespotter.poses.sequence import PoseSequence


@dataclass(frozen=True, eq=False)
class Grid:
    """The T frames from the first to the last with people, and the P people in them.

    Attributes:
        frame: (T,) int32, every frame number from the first to the last with people.
        time_s: (T,) seconds; those of frames without people lie evenly between the frames around them.
        track_ids: P ids, ascending.
        row: (N,) the place on the first axis of each row of the poses.
        person: (N,) the place on the second axis.
    """

    frame: Int32
    time_s: Float64
    track_ids: tuple[int, ...]
    row: npt.NDArray[np.intp]
    person: npt.NDArray[np.intp]

    def spread(self, array: Array) -> Float32:
        """(T, P, ...) of the (N, ...) array of the rows; NaN where a person has no row."""
        out = np.full((len(self.frame), len(self.track_ids), *array.shape[1:]), np.nan, np.float32)
        out[self.row, self.person] = array
        return out

    def lines(self, array: Array) -> Float32:
        """(T, P · ...) of the (N, ...) array of the rows: one line a frame, one person after the other."""
        out = self.spread(array)
        return out.reshape(len(out), math.prod(out.shape[1:]))


def grid_of(poses: PoseSequence) -> Grid:
    """The frames and people of `poses`.

    Raises:
        SettingsError: there are too many people and frames for a place for everybody in each.
    """
    seen, first = np.unique(poses.frame, return_index=True)
    people, person = np.unique(poses.track_id, return_inverse=True)
    n_frames = int(seen[-1]) - int(seen[0]) + 1 if len(seen) else 0
    # At most 2 GiB of float32: room for every person in every frame.
    if n_frames * max(len(people), 1) * len(poses.skeleton) * 3 > 2**29:
        raise SettingsError(
            f"Expected people and frames that fit into one table, got {len(people)} people over {n_frames} frames; "
            "take some of them (person, between) first, or write parquet or csv."
        )
    start = int(seen[0]) if len(seen) else 0
    frame = np.arange(start, start + n_frames, dtype=np.int32)
    time_s = np.interp(frame, seen, poses.time_s[first]) if len(seen) else np.zeros(0)
    return Grid(frame, time_s, tuple(people.tolist()), (poses.frame - start).astype(np.intp), person)


def require_somebody(poses: PoseSequence) -> None:
    """Check that there is a row to write: programs wait for ever for the first frame of such a file, or refuse it.

    Raises:
        SettingsError: there is none.
    """
    if not len(poses):
        raise SettingsError("Nobody was found in these poses: there is nothing to write in this format.")


def usual_rate(poses: PoseSequence) -> float:
    """Frames a second for formats that want a rate above 0: the usual one, or 1 where it is unknown."""
    return poses.fps or (1 / poses.step_s if poses.step_s > 0 else 1.0)


def labels_of(poses: PoseSequence, grid: Grid, separator: str = ":") -> list[str]:
    """P·K names of joints: as they are for one person, with `person2:` and so on before them for several."""
    if len(grid.track_ids) == 1:
        return list(poses.skeleton.keypoints)
    return [f"person{track_id}{separator}{name}" for track_id in grid.track_ids for name in poses.skeleton.keypoints]
