"""Removal of short tracks, which are mostly no people."""

from dataclasses import replace

import numpy as np

from posespotter.poses import PoseSequence
from posespotter.timing import typical_step_s


def without_short_tracks(poses: PoseSequence, min_seen_s: float = 0.25, min_frames: int = 3) -> PoseSequence:
    """Remove short tracks, and number the others anew from 1 in the order in which they appear.

    Args:
        poses: the people of a whole video. Where it is not long enough to see anybody for long, all of them stay.
        min_seen_s, min_frames: someone has to be in so many frames, which last so long together. What is taken for a
            person by mistake is seen for less (the row "short tracks" of docs/results/ablation.md): it comes back now
            and then for a frame or two, and so is about for seconds.
    """
    if poses.n_frames < 2 * min_frames or poses.n_frames * poses.step_s < 2 * min_seen_s:
        return poses
    period_s = max(poses.step_s, typical_step_s(np.unique(poses.time_s)))  # a live source drops frames
    ids, first, rows = np.unique(poses.track_id, return_index=True, return_inverse=True)
    frames = np.bincount(rows, minlength=len(ids))
    believed = (frames >= min_frames) & (frames * period_s >= min_seen_s)
    in_order = np.argsort(np.where(believed, first, len(poses)), kind="stable")
    number = np.empty(len(ids), np.int32)
    number[in_order] = np.arange(1, len(ids) + 1)
    if believed.all() and (number == ids).all():
        return poses  # as mostly, and half an hour of joints need not be copied
    kept = replace(poses, track_id=number[rows]).where(believed[rows])
    order = np.lexsort((kept.track_id, kept.frame))
    return replace(kept, **{name: array[order] for name, array in kept.columns().items()})
