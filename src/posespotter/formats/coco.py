"""COCO keypoint results, as pycocotools and every COCO evaluation read them (cocodataset.org/#format-results).

A flat list of `{"image_id", "category_id": 1, "keypoints": [x, y, score] * 17, "score"}`. Like MMPose's `CocoMetric`,
the third number of a joint is its score, and a person's score is that of the box times the mean of the joint scores
above 0.2. A joint that was not seen is 0, 0, 0. The format holds neither ids, times, boxes nor world positions.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.arrays import Array, Float64
from posespotter.errors import SettingsError
from posespotter.files import whole
from posespotter.formats.checked_json import PX_DECIMALS, SCORE_DECIMALS, rounded
from posespotter.formats.people import seen_joints
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17, Skeleton

_PERSON = 1
_COUNTED_SCORE = 0.2  # CocoMetric's keypoint_score_thr


def coco_results(poses: PoseSequence, image_ids: Mapping[int, int] | None = None) -> list[dict[str, Any]]:
    """The people as COCO results.

    Args:
        poses: people of any skeleton that has keypoints of COCO-17.
        image_ids: frame number to COCO image id; without it, the image id is the frame number.

    Raises:
        SettingsError: the skeleton has no keypoint of COCO-17, or `image_ids` lacks a frame.
    """
    require_names(poses.skeleton)
    poses = poses.to_skeleton(COCO17)
    seen = seen_joints(poses.keypoints)
    joint_scores = rounded(np.where(seen, poses.scores, 0), SCORE_DECIMALS)
    xy = rounded(np.where(seen[..., None], poses.keypoints, 0), PX_DECIMALS)
    triplets = np.concatenate([xy, joint_scores[..., None]], axis=2).reshape(len(poses), 3 * len(COCO17))
    scores = rounded(poses.bbox_score * _counted_mean(joint_scores), SCORE_DECIMALS)
    results = []
    for row, frame in enumerate(poses.frame.tolist()):
        if image_ids is not None and frame not in image_ids:
            raise SettingsError(f"image_ids: expected a COCO image id for every frame, got none for frame {frame}.")
        results.append({
            "image_id": frame if image_ids is None else image_ids[frame],
            "category_id": _PERSON,
            "keypoints": triplets[row].tolist(),
            "score": float(scores[row]),
        })  # fmt: skip
    return results


def _counted_mean(scores: Array) -> Float64:
    """(N,) mean of the scores of each row that count; 0 where none does."""
    counted = scores > _COUNTED_SCORE
    total: Float64 = np.where(counted, scores, 0).sum(axis=1)
    mean: Float64 = total / np.maximum(counted.sum(axis=1), 1)
    return mean


def require_names(skeleton: Skeleton) -> None:
    """Check that a skeleton has something of COCO-17.

    Raises:
        SettingsError: it has no keypoint of it.
    """
    if not set(skeleton.keypoints) & set(COCO17.keypoints):
        raise SettingsError(f"COCO results need the names of COCO-17 keypoints; {skeleton.name} has none of them.")


def write_coco(poses: PoseSequence, path: Path, image_ids: Mapping[int, int] | None = None) -> None:
    """Store `poses` as a COCO results file, one person a line.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: as `coco_results`.
    """
    results = coco_results(poses, image_ids)
    with whole(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write("[" + ",\n".join(json.dumps(result) for result in results) + "]\n")
