"""How tall people appear: a length of the body that stays when they walk, sit down or bend."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Array, Float64
from posespotter.skeletons import SEGMENT_SHARES, Skeleton


def stature_px(keypoints: Array, skeleton: Skeleton) -> Float64:
    """The standing height that the segments of each person's trunk and limbs speak for.

    Args:
        keypoints: (M, K, 2) positions in px; NaN means "not seen".
        skeleton: the meaning of the K axis.

    Returns:
        (M,) px: the length of all seen segments together over their share of the standing height; NaN where none is
        seen. Segments that point at the camera look shorter, and so does the person.
    """
    ends, shares = _segments(skeleton)
    along = keypoints[:, ends[:, 0]].astype(np.float64) - keypoints[:, ends[:, 1]]
    lengths = np.hypot(along[..., 0], along[..., 1])
    seen = np.isfinite(lengths)
    known = seen @ shares
    total = np.where(seen, lengths, 0.0).sum(1)
    return np.asarray(np.divide(total, known, out=np.full(len(known), np.nan), where=known > 0), np.float64)


@lru_cache(maxsize=16)
def _segments(skeleton: Skeleton) -> tuple[npt.NDArray[np.intp], Float64]:
    """(S, 2) positions of the ends of both sides' segments along the K axis, and (S,) shares of the standing height."""
    named = [
        ((f"{side}_{a}", f"{side}_{b}"), share)
        for (a, b), share in SEGMENT_SHARES.items()
        for side in ("left", "right")
        if f"{side}_{a}" in skeleton and f"{side}_{b}" in skeleton
    ]
    ends = [[skeleton.index(a), skeleton.index(b)] for (a, b), _ in named]
    return np.array(ends, np.intp).reshape(-1, 2), np.array([share for _, share in named], np.float64)
