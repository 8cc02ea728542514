"""Object keypoint similarity: how alike two sets of joints are, as COCO defines it; and double finds of one person."""

from collections.abc import Sequence

import numpy as np

from posespotter.arrays import Array, Bool, Float64
from posespotter.boxes import box_iou
from posespotter.errors import ShapeError
from posespotter.skeletons import Skeleton

BODY_SHARE_OF_BOX = 0.53
"""Area of a person's outline as a share of the box: what COCO-style tools assume without an outline (xtcocotools)."""

SAME = (0.75, 0.75)
"""Joint similarity and box overlap from which two finds are one person. On real clips two crops of one person agree by
0.78 to 0.85 and 0.85 to 0.97; on walks, seven crossings of a hundred at half a body's depth come so near for a moment,
when the one behind can hardly be seen."""

SAME_AS_FOLLOWED = (0.5, 0.5)
"""The same for a new detection against a person who is followed already. Nobody appears inside somebody else."""

_SAME_SIZE = 1.35
"""One person found twice has about one size; a person behind another one is smaller."""

_SAME_TRUNK = 0.06
"""Body sizes: shoulders and hips of a new detection nearer than this to those of another find are the same ones. Only
two people who are followed, and so were seen apart, may come this near."""

_SAME_FEET = 0.2
"""Body sizes: ankles of a new detection nearer than this to those of a followed person of another size stand on one
spot of the floor, where nobody else can be. Detectors sometimes take a person and what is above for a giant."""

_SAME_SPOT = (0.1, 0.15)
"""Body sizes: ankles and trunk of a new detection nearer than this to those of a followed person, in boxes that
overlap, are that person's in a crop turned another way, in which the limbs are misread: 0.00 to 0.08 and 0.05 to 0.13
on a real clip. Who stands half a body behind somebody has their feet farther up in the picture."""

_ANKLES = ("left_ankle", "right_ankle")
_SHOULDERS, _HIPS = ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip")


def body_areas(boxes: Array) -> Float64:
    """(M,) area of the person in each of (M, 4) boxes, px²: the share of the box that a body fills."""
    sides = np.maximum(boxes[:, 2:].astype(np.float64) - boxes[:, :2], 1e-6)
    return np.asarray(BODY_SHARE_OF_BOX * sides[:, 0] * sides[:, 1], np.float64)


def oks(  # noqa: PLR0917
    first: Array,
    second: Array,
    areas: Array,
    sigmas: Array,
    first_scores: Array | None = None,
    second_scores: Array | None = None,
) -> Float64:
    """Object keypoint similarity of every pair, as COCO defines it (cocodataset.org/#keypoints-eval).

    A joint counts where both have it. Scores weigh the joints: a pair's weight is the product of its two scores.

    Args:
        first: (M, K, 2) positions in px; NaN means "not seen".
        second: (N, K, 2) positions in px.
        areas: (M,) or (N,) areas of the people in px², see `body_areas`; read as those of `first` if M = N.
        sigmas: (K,) spread of each keypoint, as a share of the person's size.
        first_scores: (M, K) 0..1, or None to count every joint alike.
        second_scores: (N, K) 0..1, or None.

    Returns:
        (M, N) similarity, 0 to 1; 0 where the two share no joint.

    Raises:
        ShapeError: `areas` belongs to neither side.
    """
    if len(areas) not in {len(first), len(second)}:
        raise ShapeError(f"areas: expected {len(first)} or {len(second)} values, got {len(areas)}.")
    area = areas[:, None] if len(areas) == len(first) else areas[None, :]
    difference = first[:, None].astype(np.float64) - second[None]
    distance_2 = np.einsum("mnkd,mnkd->mnk", difference, difference)
    seen = np.isfinite(distance_2)
    weights = seen.astype(np.float64)
    if first_scores is not None:
        weights *= first_scores[:, None]
    if second_scores is not None:
        weights *= second_scores[None]
    spread_2 = 2 * (2 * np.asarray(sigmas, np.float64)) ** 2 * np.maximum(area, 1e-6)[..., None]
    alike = np.exp(-np.where(seen, distance_2, 0.0) / spread_2)
    total = weights.sum(-1)
    return np.asarray(np.where(total > 0, (alike * weights).sum(-1) / np.where(total > 0, total, 1.0), 0.0), np.float64)


def duplicates(
    keypoints: Array,
    scores: Array,
    boxes: Array,
    box_scores: Array,
    skeleton: Skeleton,
    *,
    prior_ids: Sequence[int | None] | None = None,
) -> Bool:
    """Which people of one picture are a second find of another one, and should be dropped.

    Two finds of one size are one person if their joints and boxes nearly coincide, or if one is a new detection and has
    its trunk in the other's, or nearly there and its feet on the spot of a followed person. A new detection of another
    size is a wrong one where a followed person stands. Boxes alone decide nothing: those of two people who pass each
    other overlap as much as those of one person found twice.

    Args:
        keypoints: (M, K, 2) positions in px; NaN means "not seen".
        scores: (M, K) 0..1.
        boxes: (M, 4) x0, y0, x1, y1 in px.
        box_scores: (M,) 0..1.
        skeleton: the meaning of the K axis.
        prior_ids: the id of the person in whose own crop each was found; None (or 0) for a new detection. Without it
            all are new.

    Returns:
        (M,) True for those to drop: of two, the new detection, the younger id, and else the one with the lower joint
        score times box score.
    """
    n = len(keypoints)
    drop = np.zeros(n, bool)
    if n < 2:
        return drop
    age = np.array([i or np.inf for i in prior_ids] if prior_ids is not None else [np.inf] * n)
    alike = oks(keypoints, keypoints, body_areas(boxes), skeleton.oks_sigmas)
    alike = np.maximum(alike, alike.T)
    overlap = box_iou(boxes, boxes)
    size = np.linalg.norm(boxes[:, 2:] - boxes[:, :2], axis=1)
    ratio = np.maximum(size[:, None], size[None]) / np.maximum(np.minimum(size[:, None], size[None]), 1e-6)
    new = np.isinf(age)
    one_new = new[:, None] != new[None]  # a new detection and a followed person
    limits = np.where(one_new[..., None], SAME_AS_FOLLOWED, SAME)
    same = (alike >= limits[..., 0]) & (overlap >= limits[..., 1])
    trunks = _apart(keypoints, size, skeleton, _SHOULDERS, _HIPS)
    feet = _apart(keypoints, size, skeleton, _ANKLES)
    same |= (trunks <= _SAME_TRUNK) & (new[:, None] | new[None])
    same |= one_new & (feet <= _SAME_SPOT[0]) & (trunks <= _SAME_SPOT[1]) & (overlap >= SAME_AS_FOLLOWED[1])
    same &= ratio <= _SAME_SIZE
    same |= one_new & (feet <= _SAME_FEET) & (ratio > _SAME_SIZE)
    order = np.lexsort((-np.nan_to_num(scores).mean(1) * box_scores, age))
    for place, strong in enumerate(order):
        if not drop[strong]:
            weaker = order[place + 1 :]
            drop[weaker] |= same[strong, weaker]
    return drop


def _apart(keypoints: Array, size: Array, skeleton: Skeleton, *pairs: tuple[str, str]) -> Float64:
    """(M, M) how far the middles of paired joints of two finds are apart, the farthest, in sizes of the smaller one."""
    m = len(keypoints)
    if not all(name in skeleton for pair in pairs for name in pair):
        return np.full((m, m), np.inf)
    middles = [keypoints[:, [skeleton.index(name) for name in pair]].mean(1) for pair in pairs]
    apart = [np.linalg.norm(middle[:, None] - middle[None], axis=-1) for middle in middles]
    return np.asarray(np.max(apart, axis=0) / np.maximum(np.minimum(size[:, None], size[None]), 1e-6), np.float64)
