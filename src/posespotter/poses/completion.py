"""Complete what other formats leave out: boxes, the frame size, times, track ids."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.arrays import Array, Bool, Float32, Int32
from posespotter.boxes import box_iou
from posespotter.errors import InputError, SettingsError, ShapeError
from posespotter.poses import PoseSequence
from posespotter.poses.checked_json import whole_number
from posespotter.poses.row_types import require_plausible
from posespotter.timing import MAX_FPS

AssignIds = Callable[[PoseSequence], Int32]
"""Gives the (N,) track ids, 1 or more, of people whose ids are only their places in each frame."""

MOST_LISTED, MOST_FILES = 10_000_000, 1_000_000
"""Frames of four days, and of nine hours, at 30 a second."""

_SAME_PERSON_IOU = 0.3  # SORT's threshold (Bewley et al. 2016)
_LOST_AFTER_S = 1.0  # unseen; SORT forgets after one frame, whatever the frame rate


def seen_joints(keypoints: Float32) -> Bool:
    """(N, K) true where the (N, K, 2) keypoint is not NaN."""
    return ~(np.isnan(keypoints[..., 0]) | np.isnan(keypoints[..., 1]))


def box_around(keypoints: Float32) -> Float32:
    """(4,) px, the smallest box around the (K, 2) keypoints that were seen; NaN where none was."""
    seen = keypoints[~np.isnan(keypoints).any(axis=1)]
    if not len(seen):
        return np.full(4, np.nan, np.float32)
    return np.concatenate([seen.min(axis=0), seen.max(axis=0)])


def score_of(scores: Float32) -> float:
    """The score of a box that came without one: the mean of the scores above 0 of its keypoints; 0 if there is none."""
    given = scores[scores > 0]
    return float(given.mean()) if len(given) else 0.0


def frame_around(bbox: Float32, keypoints: Float32) -> tuple[int, int]:
    """(width, height) of the smallest picture that holds every box and keypoint; at least 1 x 1 px."""
    corners = np.concatenate([bbox.reshape(-1, 2), keypoints.reshape(-1, 2)])
    seen = corners[np.isfinite(corners).all(axis=1)]
    if not len(seen):
        return 1, 1
    width, height = np.maximum(np.ceil(seen.max(axis=0)), 1)
    return int(width), int(height)


def require_fps(fps: float | None) -> None:
    """Check a frame rate that a user gave.

    Raises:
        SettingsError: it is none that a camera has.
    """
    if fps is not None and not (isinstance(fps, int | float | np.number) and 0 < fps <= MAX_FPS):
        raise SettingsError(f"fps: expected more than 0 and at most {MAX_FPS:g} frames a second, got {fps!r:.40}.")


def require_listable(poses: PoseSequence, most: int = MOST_LISTED) -> None:
    """Check that a file with an entry for each frame stays one that a disk can hold: some name frames by the billion.

    Raises:
        SettingsError: there are more frames than `most`.
    """
    if poses.n_frames > most:
        raise SettingsError(
            f"Expected at most {most} frames for a format with an entry for each, got {poses.n_frames}; "
            "csv and parquet have none of frames without people."
        )


def times_at(frame: Int32, fps: float | None, path: Path) -> Array:
    """(N,) seconds of each frame number, for a file that holds no times.

    Raises:
        InputError: `fps` was not given, and some frame is not the first.
    """
    if not fps:
        if len(frame) and frame.max() > 0:
            raise InputError(f"{path} holds no times: give the frame rate of its video (fps, --fps).")
        return np.zeros(len(frame))
    return frame / fps


def ids_by_overlap(poses: PoseSequence) -> Int32:
    """Track ids for people that came without: the best overlapping box of the last second is the same person.

    This is a stand-in that needs nothing but boxes. People who cross or hide are better followed by a tracker, which
    has the same signature.
    """
    ids = np.zeros(len(poses), np.int32)
    last_box: dict[int, Float32] = {}
    last_s: dict[int, float] = {}
    next_id = 1
    starts = np.flatnonzero(np.diff(poses.frame, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(poses)], strict=True):
        now = float(poses.time_s[start])
        alive = [i for i, seen_s in last_s.items() if now - seen_s <= _LOST_AFTER_S]
        boxes = poses.bbox[start:end]
        if alive:
            overlap = box_iou(boxes, np.stack([last_box[i] for i in alive]))
            while overlap.size and overlap.max() >= _SAME_PERSON_IOU:
                row, column = divmod(int(overlap.argmax()), len(alive))
                ids[start + row] = alive[column]
                overlap[row], overlap[:, column] = 0, 0
        for place in range(start, end):
            if not ids[place]:
                ids[place] = next_id
                next_id += 1
            last_box[int(ids[place])], last_s[int(ids[place])] = poses.bbox[place], now
    return ids


def given_id(value: Any, what: str) -> int | None:
    """The id that a file gives a person; null and negative numbers mean that it gives none.

    Raises:
        InputError: it is something else than a whole number.
    """
    if value is None or (isinstance(value, int) and value < 0):
        return None
    return whole_number(value, what)


def settle_ids(poses: PoseSequence, given: Sequence[int | None], assign_ids: AssignIds, path: Path) -> PoseSequence:
    """`poses` with the ids that a file gave, and with assigned ones where it gave none, ordered by frame and id.

    Ids that begin at 0 become one more, since ours begin at 1. Assigned ids follow the largest given one.

    Raises:
        InputError: one id stands twice in one frame, or times run backwards.
    """
    try:
        require_plausible(poses)
    except ShapeError as error:
        raise InputError(f"{path}: {error}") from error
    known = [i for i in given if i is not None]
    shift = 1 if 0 in known else 0
    ids = np.array([0 if i is None else i + shift for i in given], np.int32)
    missing = ids == 0
    if missing.any():
        ids[missing] = assign_ids(poses.where(missing)) + ids.max()
    order = np.lexsort((ids, poses.frame))
    rows = {name: array[order] for name, array in poses.columns().items()}
    rows["track_id"] = ids[order]
    twice = (np.diff(rows["frame"]) == 0) & (np.diff(rows["track_id"]) == 0)
    if twice.any():
        first = int(np.flatnonzero(twice)[0])
        raise InputError(
            f"{path}: expected each person once in a frame, got id {rows['track_id'][first] - shift} twice "
            f"in frame {rows['frame'][first]}."
        )
    return replace(poses, **rows)
