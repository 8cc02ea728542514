"""Poses as `supervision.KeyPoints`, for the annotators of that library."""

from typing import Any

import numpy as np

from posespotter.errors import ShapeError
from posespotter.optional import needed
from posespotter.poses.sequence import PoseSequence


def to_supervision(poses: PoseSequence) -> Any:
    """The people of one frame; a joint that was not seen is at 0, 0 and not visible.

    Raises:
        SettingsError: supervision is not installed.
        ShapeError: the poses are those of several frames.
    """
    supervision = needed("supervision", "supervision")
    if len(poses) and poses.frame[0] != poses.frame[-1]:
        raise ShapeError(
            f"Expected the people of one frame, got those of frames {poses.frame[0]} to {poses.frame[-1]}; take those "
            "of one with `at`, or of each in turn with `by_frame`."
        )
    if not len(poses):
        return supervision.KeyPoints.empty()
    seen = ~np.isnan(poses.keypoints).any(axis=2)
    return supervision.KeyPoints(
        xy=np.where(seen[..., None], poses.keypoints, 0).astype(np.float32),
        keypoint_confidence=poses.scores.copy(),
        detection_confidence=poses.bbox_score.copy(),
        visible=seen,
        class_id=np.zeros(len(poses), int),
        data={"tracker_id": poses.track_id.copy(), "xyxy": poses.bbox.copy()},
    )
