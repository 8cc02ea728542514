"""SLEAP's table, as sleap-io reads it, and DeepLabCut's, as movement does (CSV).

SLEAP's has a row for each person in each frame; DeepLabCut's, of several animals, a row for each frame, with scorer,
individual, body part and coordinate above each column. Neither holds times: they count frames.
"""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.arrays import Array
from posespotter.files import whole
from posespotter.poses import PoseSequence
from posespotter.poses.checked_json import PX_DECIMALS, SCORE_DECIMALS
from posespotter.poses.grid import grid_of

_SCORER = "PoseSpotter"


def write_sleap(poses: PoseSequence, path: Path) -> None:
    """Store `poses` as SLEAP's analysis table, with `person_1` and so on as tracks.

    Raises:
        OutputError: the folder cannot be written.
    """
    columns = [f"{name}.{end}" for name in poses.skeleton.keypoints for end in ("x", "y", "score")]
    rows = _cells(poses)
    with whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["track", "frame_idx", "instance.score", *columns])
        for i in range(len(poses)):
            score = round(float(poses.bbox_score[i]), SCORE_DECIMALS)
            table.writerow([f"person_{poses.track_id[i]}", int(poses.frame[i]), score, *_shown(rows[i])])


def write_deeplabcut(poses: PoseSequence, path: Path) -> None:
    """Store `poses` as DeepLabCut's table of several animals, called `person_1` and so on.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: there are too many people and frames for a place for each person in each frame.
    """
    grid = grid_of(poses)
    cells = grid.lines(_cells(poses))
    names = [
        (f"person_{track_id}", joint, end)
        for track_id in grid.track_ids
        for joint in poses.skeleton.keypoints
        for end in ("x", "y", "likelihood")
    ]
    with whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["scorer", *(_SCORER for _ in names)])
        for place, title in enumerate(("individuals", "bodyparts", "coords")):
            table.writerow([title, *(name[place] for name in names)])
        for frame, row in zip(grid.frame.tolist(), cells, strict=True):
            table.writerow([frame, *_shown(row)])


def _cells(poses: PoseSequence) -> Array:
    """(N, 3 K) x, y and score of each joint in turn."""
    scores = np.where(np.isnan(poses.keypoints[..., 0]), np.nan, poses.scores)
    return np.concatenate([poses.keypoints, scores[..., None]], axis=2).reshape(len(poses), 3 * len(poses.skeleton))


def _shown(row: Array) -> list[Any]:
    """The numbers of a row, empty where nothing was seen."""
    decimals = (PX_DECIMALS, PX_DECIMALS, SCORE_DECIMALS)
    values = row.astype(np.float64).tolist()
    return ["" if value != value else round(value, decimals[i % 3]) for i, value in enumerate(values)]  # noqa: PLR0124
