"""Types and plausible values of the columns and metadata of a `PoseSequence`, checked once where they come in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Float64, Int32, require_shape
from posespotter.errors import ShapeError
from posespotter.skeletons import Skeleton

if TYPE_CHECKING:
    from posespotter.poses.sequence import PoseSequence

ROW_TYPES: Mapping[str, type[np.generic]] = {
    "frame": np.int32,
    "time_s": np.float64,
    "track_id": np.int32,
    "bbox": np.float32,
    "bbox_score": np.float32,
    "keypoints": np.float32,
    "scores": np.float32,
    "world": np.float32,
    "raw_keypoints": np.float32,
}
"""The columns of a sequence and their dtypes, in the order in which they are stored."""


@dataclass(frozen=True)
class Plausible:
    """Plausible ranges of the numbers of a sequence; what is beyond is damage.

    Attributes:
        time_s: from 0: 300 years. Clocks that count from 1970 are within, and float64 is exact to 2 us there.
        side_px, megapixels: of a picture: what is drawn where there is no video would fill the memory.
        position: px or metres from 0: what is further away is no position in any picture, and its square no number.
    """

    time_s: float = 1e10
    side_px: int = 65_535
    megapixels: int = 250
    position: float = 1e7


PLAUSIBLE = Plausible()

_SCORED = ("bbox_score", "scores")


def tail_of(name: str, k: int) -> tuple[int, ...]:
    """The shape of one row of a column, for `k` keypoints."""
    tails: dict[str, tuple[int, ...]] = {
        "bbox": (4,), "keypoints": (k, 2), "scores": (k,), "world": (k, 3), "raw_keypoints": (k, 2),
    }  # fmt: skip
    return tails.get(name, ())


def checked_columns(columns: Mapping[str, Any], k: int) -> dict[str, npt.NDArray[Any]]:
    """The columns, with NaN for positions that are none and 0 for such scores.

    Raises:
        ShapeError: one is no array, or has another shape or type.
    """
    n = len(columns["frame"]) if np.ndim(columns["frame"]) else 0
    checked = {}
    for name, array in columns.items():
        if not isinstance(array, np.ndarray):
            raise ShapeError(f"{name}: expected an array, got {type(array).__name__}; `from_arrays` takes others.")
        require_shape(name, array, (n, *tail_of(name, k)))
        if array.dtype != ROW_TYPES[name]:
            raise ShapeError(f"{name}: expected {np.dtype(ROW_TYPES[name])}, got {array.dtype}; `from_arrays` casts.")
        checked[name] = _plausible(name, array) if array.dtype == np.float32 else array
    return checked


def _plausible(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    scores = name in _SCORED
    strange = ~np.isfinite(array) if scores else np.abs(array) > PLAUSIBLE.position
    return np.where(strange, np.float32(0 if scores else np.nan), array) if strange.any() else array


def require_metadata(skeleton: Any, size: Any, fps: Any, n_frames: Any, last_s: Any) -> None:
    """Check the metadata of a sequence.

    Raises:
        ShapeError: it is something else, or no source has it.
    """
    if not isinstance(skeleton, Skeleton):
        raise ShapeError(f"skeleton: expected a Skeleton, got {type(skeleton).__name__}.")
    if not isinstance(size, tuple) or len(size) != 2 or not all(isinstance(one, int | np.integer) for one in size):
        raise ShapeError(f"frame_size: expected a width and a height in whole px, got {size!r:.60}.")
    if min(size) < 0 or max(size) > PLAUSIBLE.side_px or math.prod(size) > PLAUSIBLE.megapixels * 1e6:
        raise ShapeError(
            f"frame_size: expected at most {PLAUSIBLE.side_px} px a side and {PLAUSIBLE.megapixels} megapixels, "
            f"got {size[0]}x{size[1]}."
        )
    if not isinstance(fps, int | float) or not 0 <= fps < math.inf:
        raise ShapeError(f"fps: expected a finite frame rate of 0 or more, got {fps!r:.60}.")
    if not isinstance(n_frames, int | np.integer) or n_frames < 0:
        raise ShapeError(f"n_frames: expected a whole number of 0 or more, got {n_frames!r:.60}.")
    if last_s is not None and not (isinstance(last_s, int | float) and abs(last_s) <= PLAUSIBLE.time_s):
        raise ShapeError(
            f"last_s: expected finite seconds of at most {PLAUSIBLE.time_s:g}, or None, got {last_s!r:.60}."
        )


def require_order(frame: Int32, time_s: Float64, track_id: Int32, n_frames: int) -> None:
    """Check the frames, times and ids of one or more rows.

    Raises:
        ShapeError: frames run backwards, or a frame, time or id is none.
    """
    if frame.min() < 0 or frame.max() >= n_frames:
        raise ShapeError(f"frame: expected numbers from 0 to {n_frames - 1}, got {frame.min()} to {frame.max()}.")
    if (np.diff(frame) < 0).any():
        raise ShapeError("frame: expected rows ordered by frame.")
    if track_id.min() < 1:
        raise ShapeError(f"track_id: expected numbers from 1, got {track_id.min()}.")
    if not (np.abs(time_s) <= PLAUSIBLE.time_s).all():
        raise ShapeError(f"time_s: expected finite seconds of at most {PLAUSIBLE.time_s:g}, got others.")


def require_plausible(poses: "PoseSequence") -> None:
    """Check poses from elsewhere: that their times go forward, which what follows movements trusts, and the picture.

    Raises:
        ShapeError: times run backwards, people of one frame have more than one, or the picture has no size.
    """
    if len(poses) and not min(poses.frame_size):
        width, height = poses.frame_size
        raise ShapeError(f"frame_size: expected the width and height of a picture, got {width}x{height}.")
    time_s, steps_s = poses.time_s, np.diff(poses.time_s)
    if (steps_s < 0).any():
        row = int(np.argmax(steps_s < 0))
        raise ShapeError(
            f"time_s: expected times that never descend, got {time_s[row]:g} s and then {time_s[row + 1]:g} s."
        )
    if (steps_s[np.diff(poses.frame) == 0] > 0).any():
        raise ShapeError("time_s: expected one time for all people of a frame, got more.")
