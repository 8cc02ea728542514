"""The one data type: columns of people, their metadata, and the ways to take rows of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self, overload

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Bool, Float32, Float64, Int32, require_shape
from posespotter.errors import RowError, ShapeError
from posespotter.poses.row_types import (
    ROW_TYPES,
    checked_columns,
    require_metadata,
    require_order,
    require_plausible,
)
from posespotter.skeletons import Skeleton, skeleton_of
from posespotter.texts import storable
from posespotter.timing import typical_step_s


@dataclass(frozen=True, eq=False)
class Pose:
    """One person in one frame: a row of a `PoseSequence`.

    Attributes:
        frame: 0-based frame number in the source.
        time_s: presentation time of that frame in seconds.
        track_id: 1 or more; the same person keeps the same id.
        bbox: (4,) float32, x0, y0, x1, y1 in px.
        bbox_score: 0..1.
        keypoints: (K, 2) float32, x, y in px; NaN where the model gave none.
        scores: (K,) float32, 0..1.
        skeleton: the meaning of the K axis.
        world: (K, 3) float32 metres, or None where the model gives none.
    """

    frame: int
    time_s: float
    track_id: int
    bbox: Float32
    bbox_score: float
    keypoints: Float32
    scores: Float32
    skeleton: Skeleton
    world: Float32 | None = None

    def keypoint(self, name: str) -> Float32:
        """(2,) position of one keypoint, px.

        Raises:
            SettingsError: the skeleton has no such keypoint.
        """
        return np.asarray(self.keypoints[self.skeleton.index(name)], np.float32)


@dataclass(frozen=True, eq=False)
class PoseSequence:
    """N rows of people, ordered by frame and then by track id; a frame without people has no rows.

    `len`, iteration and `[...]` go by rows: each is a `Pose`, and a slice or mask of them is a sequence again. By frame
    and by person go `by_frame`, `at`, `by_person` and `person`. Lists and arrays of other types come in through
    `from_arrays`. A position that is infinite, or further away than a picture can be wide, counts as
    not seen, as NaN does.

    Attributes:
        frame: (N,) int32, 0-based frame number in the source.
        time_s: (N,) float64, presentation time of that frame in seconds, from the container.
        track_id: (N,) int32, 1 or more; the same person keeps the same id.
        bbox: (N, 4) float32, x0, y0, x1, y1 in px of the upright source image.
        bbox_score: (N,) float32, 0..1.
        keypoints: (N, K, 2) float32, x, y in px of the upright source image; NaN where the model gave none.
        scores: (N, K) float32, 0..1; what they mean depends on the family of the model.
        world: (N, K, 3) float32 metres with the middle of the hips as origin, or None where the model gives none.
        raw_keypoints: (N, K, 2) float32, `keypoints` before smoothing, or None where nothing was smoothed.
        skeleton: the meaning of the K axis.
        frame_size: (width, height) of the source in px.
        fps: usual frames a second of the source, whatever pauses it has; 0 for a single picture.
        n_frames: number of frames of the source that were processed.
        source: name of the source, not a path.
        detector: name of the person detector.
        pose_model: name of the pose model.
        settings: settings of the estimation, as JSON values.
        version: the PoseSpotter version that made it.
        last_s: time of the last frame that was processed, or None where it is unknown; see `end_s`.
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
    last_s: float | None = None

    def __post_init__(self) -> None:
        require_metadata(self.skeleton, self.frame_size, self.fps, self.n_frames, self.last_s)
        for name, array in checked_columns(self.columns(), len(self.skeleton)).items():
            object.__setattr__(self, name, array)
        if len(self):
            require_order(self.frame, self.time_s, self.track_id, self.n_frames)
        for name in ("source", "detector", "pose_model", "version"):
            object.__setattr__(self, name, storable(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        people, name = len(self.track_ids), f"{self.source}: " if self.source else ""
        when = f", {self.time_s[0]:.2f} to {self.time_s[-1]:.2f} s" if len(self) else ""
        return (
            f"<PoseSequence {name}{len(self)} {_counted('pose', len(self))} of {people} "
            f"{'person' if people == 1 else 'people'} in {self.n_frames} {_counted('frame', self.n_frames)}{when}, "
            f"{self.skeleton.name}, {self.frame_size[0]}x{self.frame_size[1]} px, {self.fps:.4g} frames/s>"
        )

    def __iter__(self) -> Iterator[Pose]:
        return (self._pose(row) for row in range(len(self)))

    @overload
    def __getitem__(self, rows: int) -> Pose: ...
    @overload
    def __getitem__(self, rows: slice | Bool | npt.NDArray[np.integer[Any]] | Sequence[int]) -> Self: ...
    def __getitem__(self, rows: Any) -> Pose | Self:
        """One row as a `Pose`, or the rows of a slice, mask or list of row numbers as a sequence.

        Raises:
            RowError: there is no such row.
            ShapeError: `rows` is something else, or not in ascending order.
        """
        if isinstance(rows, int | np.integer) and not isinstance(rows, bool):
            if not -len(self) <= rows < len(self):
                raise RowError(f"Expected a row from 0 to {len(self) - 1}, got {rows}.")
            return self._pose(int(rows) % len(self))
        try:
            chosen = rows if isinstance(rows, slice) else np.asarray(rows if len(rows) else np.zeros(0, np.intp))
            if isinstance(chosen, np.ndarray):
                require_shape("rows", chosen, (None,))
            return replace(self, **{name: array[chosen] for name, array in self.columns().items()})
        except IndexError as error:
            raise RowError(f"Expected rows of {len(self)} poses: {error}.") from None
        except (TypeError, ValueError) as error:
            raise ShapeError(f"Expected row numbers, a slice or a mask of {len(self)} poses: {error}") from None

    def _pose(self, row: int) -> Pose:
        return Pose(
            int(self.frame[row]),
            float(self.time_s[row]),
            int(self.track_id[row]),
            self.bbox[row],
            float(self.bbox_score[row]),
            self.keypoints[row],
            self.scores[row],
            self.skeleton,
            None if self.world is None else self.world[row],
        )

    def by_frame(self) -> Iterator[Self]:
        """The people of each frame that has any, in order."""
        starts = np.flatnonzero(np.diff(self.frame, prepend=-1)).tolist()
        for first, last in zip(starts, [*starts[1:], len(self)], strict=True):
            yield self[first:last]

    def by_person(self) -> Iterator[Self]:
        """The rows of each person, by ascending id."""
        return (self.person(track_id) for track_id in self.track_ids)

    def columns(self) -> dict[str, Any]:
        """The row arrays by name, without those that are None."""
        arrays = {name: getattr(self, name) for name in ROW_TYPES}
        return {name: array for name, array in arrays.items() if array is not None}

    @property
    def step_s(self) -> float:
        """The usual step from one frame of the source to the next, seconds; 0 where it is unknown."""
        frame, rows = np.unique(self.frame, return_index=True)
        return typical_step_s(self.time_s[rows], frame) or (1 / self.fps if self.fps > 0 else 0.0)

    @property
    def end_s(self) -> float:
        """Time of the last frame that was processed, also where nobody is in it; by the usual step if unknown."""
        seen_s = float(self.time_s[-1]) if len(self) else 0.0
        if self.last_s is not None:
            return max(self.last_s, seen_s)
        unseen = self.n_frames - 1 - (int(self.frame[-1]) if len(self) else 0)
        return seen_s + max(unseen, 0) * self.step_s

    @property
    def track_ids(self) -> tuple[int, ...]:
        """The ids that occur, in ascending order."""
        return tuple(int(i) for i in np.unique(self.track_id))

    def where(self, rows: Bool) -> Self:
        """The rows where the (N,) bool mask is true; metadata stay as they are.

        Raises:
            ShapeError: the mask has another shape.
        """
        rows = np.asarray(rows, np.bool_)
        require_shape("rows", rows, (len(self),))
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
        """The people of one frame; no rows where the source has no such frame.

        Raises:
            ShapeError: `frame` is no whole number.
        """
        if not isinstance(frame, int | np.integer):
            raise ShapeError(f"frame: expected a whole number, got {type(frame).__name__}.")
        first = last = 0
        if 0 <= frame < self.n_frames:
            bounds = np.array([frame, frame + 1], self.frame.dtype)  # of another type, all frames would be converted
            first, last = np.searchsorted(self.frame, bounds)
        return replace(self, **{name: array[first:last] for name, array in self.columns().items()})

    def keypoint(self, name: str) -> Float32:
        """(N, 2) positions of one keypoint, px.

        Raises:
            SettingsError: the skeleton has no such keypoint.
        """
        return self.keypoints[:, self.skeleton.index(name)]

    def to_skeleton(self, skeleton: Skeleton | Sequence[str]) -> Self:
        """The same people with the keypoints of another skeleton, or with these keypoints, matched by name.

        A keypoint that this skeleton lacks is NaN with score 0.

        Raises:
            SettingsError: the names are none of a skeleton.
        """
        skeleton = skeleton if isinstance(skeleton, Skeleton) else skeleton_of(skeleton)
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
    def from_arrays(cls, keypoints: npt.ArrayLike, *, skeleton: Skeleton | Sequence[str], **columns: Any) -> Self:
        """Build a sequence from arrays or lists of any type: they are cast, ordered, and what is left out is filled in.

        Args:
            keypoints: (N, K, 2) px; NaN for what was not seen.
            skeleton: what the K keypoints are, as a skeleton or as their names.
            columns: the other attributes of a sequence, each of which may be left out. Without `frame` there is one
                person, frame by frame; without `time_s` the times are those of `fps`; without `track_id` all is
                person 1; without `scores` what was seen has 1; boxes go around the joints; the frame holds everybody.

        Raises:
            SettingsError: `skeleton` or `columns` has names that are not known, or `fps` is needed and missing.
            ShapeError: an array has the wrong shape, holds something else than numbers, or a person twice in a frame.
        """
        from posespotter.poses.from_arrays import complete_columns

        poses = cls(**complete_columns(keypoints, skeleton, columns))
        require_plausible(poses)
        return poses

    @classmethod
    def concat(cls, parts: Iterable["PoseSequence"], *, one_after_another: bool = False) -> "PoseSequence":
        """Put the rows of several sequences into one.

        Args:
            parts: one or more, with the same skeleton, frame size and frame rate: parts of one video, whose frames keep
                their numbers and times.
            one_after_another: the parts are clips, each of which begins where the one before ended; its people are
                others, so that they get new ids.

        Raises:
            ShapeError: there are none, they do not fit each other, or a person is twice in a frame.
        """
        from posespotter.poses.from_arrays import joined

        return joined(list(parts), one_after_another=one_after_another)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], skeleton: Skeleton, **metadata: Any) -> Self:
        """Build a sequence from dictionaries, each one person in one frame with the column names as keys.

        Optional columns (`world`, `raw_keypoints`) must be in every row or in none. Rows may come in any order.

        Raises:
            ShapeError: a row lacks a column, or has one of another shape.
        """
        from posespotter.poses.from_arrays import stacked

        try:
            return cls(skeleton=skeleton, **stacked(rows, len(skeleton)), **metadata)
        except KeyError as error:
            raise ShapeError(f"Expected rows with the same columns, got one without {error}.") from None
        except (TypeError, ValueError, OverflowError) as error:
            if isinstance(error, ShapeError):
                raise
            raise ShapeError(f"Expected rows of numbers for {len(skeleton)} keypoints: {error}.") from None

    def to_dataframe(self, library: Literal["pandas", "polars"] | None = None) -> Any:
        """The poses as a table, one row each, with the columns of the Parquet file (`left_knee_x_px`, ...).

        Args:
            library: None for the one of the two that is installed, pandas first.

        Raises:
            SettingsError: it is not installed, or two columns would have one name.
        """
        from posespotter.poses.dataframes import to_dataframe

        return to_dataframe(self, library)

    def to_xarray(self) -> Any:
        """The poses as a dataset like those of the package `movement`.

        It has `position` (time, space, keypoints, individuals) in px and `confidence` (time, keypoints, individuals),
        and `position_m` where there are world positions. Times are those of all frames from the first to the last with
        people; a person who is not in one is NaN there.

        Raises:
            SettingsError: xarray is not installed, or there are too many people for one dataset.
        """
        from posespotter.poses.dataframes import to_xarray

        return to_xarray(self)

    def to_supervision(self) -> Any:
        """The people of one frame as `supervision.KeyPoints`, for the annotators of that library.

        A joint that was not seen is at 0, 0 and not visible; `data` has `tracker_id` and the boxes as `xyxy`.

        Raises:
            SettingsError: supervision is not installed.
            ShapeError: the poses are those of several frames.
        """
        from posespotter.poses.dataframes import to_supervision

        return to_supervision(self)

    def to_parquet(self, path: str | Path) -> None:
        """Store the sequence; the file appears whole or not at all.

        Raises:
            OutputError: the folder cannot be written.
        """
        from posespotter.poses.parquet import write_parquet

        write_parquet(self, Path(path))

    @classmethod
    def from_parquet(cls, path: str | Path) -> "PoseSequence":
        """Read what `to_parquet` stored.

        Raises:
            InputError: the file is missing or is no PoseSpotter Parquet file.
        """
        from posespotter.poses.parquet import read_parquet

        return read_parquet(Path(path))


def _counted(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
