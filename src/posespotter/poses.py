"""`PoseSequence`: the people of a video or picture, one row per person per frame. Everything reads and writes this."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from posespotter.arrays import Bool, Float32, Float64, Int32, require_shape
from posespotter.errors import ShapeError
from posespotter.skeletons import Skeleton
from posespotter.texts import storable

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


@dataclass(frozen=True, eq=False)
class PoseSequence:
    """N rows of people, ordered by frame and then by track id; a frame without people has no rows.

    Attributes:
        frame: (N,) int32, 0-based frame number in the source.
        time_s: (N,) float64, presentation time of that frame in seconds, from the container.
        track_id: (N,) int32, 1 or more; the same person keeps the same id.
        bbox: (N, 4) float32, x0, y0, x1, y1 in px of the upright source image.
        bbox_score: (N,) float32, 0..1.
        keypoints: (N, K, 2) float32, x, y in px of the upright source image; NaN where the model gave none.
        scores: (N, K) float32, 0..1; what they mean is said by the model's family.
        world: (N, K, 3) float32 metres with the middle of the hips as origin, or None where the model gives none.
        raw_keypoints: (N, K, 2) float32, `keypoints` before smoothing, or None where nothing was smoothed.
        skeleton: the meaning of the K axis.
        frame_size: (width, height) of the source in px.
        fps: nominal frames a second of the source; 0 for a single picture.
        n_frames: how many frames of the source were looked at.
        source: name of the source, not a path.
        detector: name of the person detector.
        pose_model: name of the pose model.
        settings: what the estimation was asked to do, as JSON values.
        version: the PoseSpotter version that made it.
    """

    frame: Int32
    time_s: Float64
    track_id: Int32
    bbox: Float32
    bbox_score: Float32
    keypoints: Float32
    scores: Float32
    skeleton: Skeleton
    frame_size: tuple[int, int]
    fps: float
    n_frames: int
    world: Float32 | None = None
    raw_keypoints: Float32 | None = None
    source: str = ""
    detector: str = ""
    pose_model: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""

    def __post_init__(self) -> None:
        n, k = len(self.frame), len(self.skeleton)
        shapes: dict[str, tuple[int, ...]] = {
            "frame": (n,), "time_s": (n,), "track_id": (n,), "bbox": (n, 4), "bbox_score": (n,),
            "keypoints": (n, k, 2), "scores": (n, k), "world": (n, k, 3), "raw_keypoints": (n, k, 2),
        }  # fmt: skip
        for name, array in self.columns().items():
            require_shape(name, array, shapes[name])
            if array.dtype != ROW_TYPES[name]:
                raise ShapeError(f"{name}: expected {np.dtype(ROW_TYPES[name])}, got {array.dtype}.")
        if n and (self.frame.min() < 0 or self.frame.max() >= self.n_frames):
            raise ShapeError(
                f"frame: expected numbers from 0 to {self.n_frames - 1}, got {self.frame.min()} to {self.frame.max()}."
            )
        if (np.diff(self.frame) < 0).any():
            raise ShapeError("frame: expected rows ordered by frame.")
        for name in ("source", "detector", "pose_model", "version"):
            object.__setattr__(self, name, storable(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.frame)

    def columns(self) -> dict[str, Any]:
        """The row arrays by name, without those that are None."""
        arrays = {name: getattr(self, name) for name in ROW_TYPES}
        return {name: array for name, array in arrays.items() if array is not None}

    @property
    def track_ids(self) -> tuple[int, ...]:
        """The ids that occur, in ascending order."""
        return tuple(int(i) for i in np.unique(self.track_id))

    def where(self, rows: Bool) -> Self:
        """The rows where the (N,) bool mask is true; metadata stay as they are."""
        if rows.all():
            return self  # half an hour of one person need not be copied
        return replace(self, **{name: array[rows] for name, array in self.columns().items()})

    def person(self, track_id: int) -> Self:
        """The rows of one person."""
        return self.where(self.track_id == track_id)

    def between(self, start_s: float, end_s: float) -> Self:
        """The rows with `start_s` <= time < `end_s`."""
        return self.where((self.time_s >= start_s) & (self.time_s < end_s))

    def at(self, frame: int) -> Self:
        """The people of one frame."""
        asked = np.array([frame, frame + 1], self.frame.dtype)  # of another type, all frames would be converted
        first, last = np.searchsorted(self.frame, asked)
        return replace(self, **{name: array[first:last] for name, array in self.columns().items()})

    def keypoint(self, name: str) -> Float32:
        """(N, 2) positions of one keypoint, px.

        Raises:
            SettingsError: the skeleton has no such keypoint.
        """
        return self.keypoints[:, self.skeleton.index(name)]

    def to_skeleton(self, skeleton: Skeleton) -> Self:
        """The same people with the keypoints of another skeleton, matched by name.

        A keypoint that this skeleton lacks is NaN with score 0.
        """
        if skeleton == self.skeleton:
            return self
        known = np.array([name in self.skeleton for name in skeleton.keypoints], bool)
        origin = [self.skeleton.index(name) for name in skeleton.keypoints if name in self.skeleton]

        def take(array: Float32 | None, fill: float) -> Float32 | None:
            if array is None:
                return None
            out = np.full((len(self), len(skeleton), *array.shape[2:]), fill, np.float32)
            out[:, known] = array[:, origin]
            return out

        changed: dict[str, Any] = {
            "keypoints": take(self.keypoints, np.nan),
            "scores": take(self.scores, 0.0),
            "world": take(self.world, np.nan),
            "raw_keypoints": take(self.raw_keypoints, np.nan),
        }
        return replace(self, skeleton=skeleton, **changed)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], skeleton: Skeleton, **metadata: Any) -> Self:
        """Build a sequence from dictionaries, each one person in one frame with the column names as keys.

        Optional columns (`world`, `raw_keypoints`) must be in every row or in none. Rows may come in any order.
        """
        listed = sorted(rows, key=lambda row: (row["frame"], row["track_id"]))
        k = len(skeleton)
        tails: dict[str, tuple[int, ...]] = {
            "bbox": (4,), "keypoints": (k, 2), "scores": (k,), "world": (k, 3), "raw_keypoints": (k, 2),
        }  # fmt: skip
        arrays: dict[str, Any] = {}
        for name, dtype in ROW_TYPES.items():
            optional = name in {"world", "raw_keypoints"}
            if optional and not (listed and listed[0].get(name) is not None):
                continue
            values = [row[name] for row in listed]
            arrays[name] = np.array(values, dtype).reshape(len(listed), *tails.get(name, ()))
        return cls(skeleton=skeleton, **arrays, **metadata)

    def to_parquet(self, path: str | Path) -> None:
        """Store the sequence; the file appears whole or not at all.

        Raises:
            OutputError: the folder cannot be written.
        """
        from posespotter.formats.parquet import write_parquet

        write_parquet(self, Path(path))

    @classmethod
    def from_parquet(cls, path: str | Path) -> "PoseSequence":
        """Read what `to_parquet` stored.

        Raises:
            InputError: the file is missing or is no PoseSpotter Parquet file.
        """
        from posespotter.formats.parquet import read_parquet

        return read_parquet(Path(path))
