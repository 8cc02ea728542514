"""Sequences of made-up people for tests: any number of them, with gaps, and with joints that nobody saw."""

from typing import Any

import hypothesis.strategies as st
import numpy as np

from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, COCO17, HALPE26, Skeleton


def made_sequence(seed: int = 0, rows: int = 20, skeleton: Skeleton = COCO17, **metadata: Any) -> PoseSequence:
    """Up to `rows` people in 30 frames at about 25 fps with uneven times; a tenth of the joints is NaN with score 0."""
    rng = np.random.default_rng(seed)
    k, n_frames = len(skeleton), 30
    pairs = sorted({(int(rng.integers(n_frames)), int(rng.integers(1, 5))) for _ in range(rows)})
    n = len(pairs)
    frame = np.array([frame for frame, _ in pairs], np.int32)
    keypoints = rng.uniform(1, 1999, (n, k, 2)).astype(np.float32)
    scores = rng.uniform(0.01, 1, (n, k)).astype(np.float32)
    unseen = rng.random((n, k)) < 0.1
    keypoints[unseen], scores[unseen] = np.nan, 0
    corner = rng.uniform(0, 900, (n, 2))
    columns: dict[str, Any] = {
        "frame": frame,
        "time_s": np.cumsum(rng.uniform(0.03, 0.05, n_frames))[frame],
        "track_id": np.array([track_id for _, track_id in pairs], np.int32),
        "bbox": np.concatenate([corner, corner + rng.uniform(1, 900, (n, 2))], axis=1).astype(np.float32),
        "bbox_score": rng.random(n).astype(np.float32),
        "keypoints": keypoints,
        "scores": scores,
    }
    usual = {"frame_size": (2000, 2000), "fps": 25.0, "n_frames": n_frames, "source": "clip.mp4"}
    return PoseSequence(skeleton=skeleton, **columns, **(usual | metadata))


def with_world(poses: PoseSequence, seed: int = 0) -> PoseSequence:
    """`poses` with made-up positions in metres."""
    from dataclasses import replace

    shape = (*poses.scores.shape, 3)
    return replace(poses, world=np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def sequences() -> st.SearchStrategy[PoseSequence]:
    """Sequences of 0 to 40 rows of every known skeleton."""
    skeletons = st.sampled_from([COCO17, HALPE26, BLAZEPOSE33])
    return st.builds(made_sequence, st.integers(0, 2**32), st.integers(0, 40), skeletons)
