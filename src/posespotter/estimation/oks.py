"""Object keypoint similarity: how alike two sets of joints are, as COCO defines it; and double finds of one person."""

import numpy as np

from posespotter.arrays import Array, Bool, Float64
from posespotter.errors import ShapeError
from posespotter.skeletons import Skeleton

BODY_SHARE_OF_BOX = 0.53
"""Area of a person's outline as a share of the box: what COCO-style tools assume without an outline (xtcocotools)."""

SAME_OKS = 0.85
"""Two finds are one person from this similarity on. Two results for one person with joint noise of 0.5 % of the body
height each lie above 0.95, with 1 % mostly above 0.89; two people who cross at half a body's depth reach 0.5 at most in
the median crossing, 0.83 in one of twenty."""

_SAME_SIZE = 1.35
"""One person found twice has about one size; a person behind another one is smaller."""


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
    keypoints: Array, scores: Array, boxes: Array, box_scores: Array, skeleton: Skeleton, *, limit: float = SAME_OKS
) -> Bool:
    """Which people of one picture are a second find of another one, and should be dropped.

    Two finds are one person if their joints nearly coincide and their sizes agree. Boxes alone decide nothing: those
    of two people who pass each other overlap as much as those of one person found twice.

    Args:
        keypoints: (M, K, 2) positions in px; NaN means "not seen".
        scores: (M, K) 0..1.
        boxes: (M, 4) x0, y0, x1, y1 in px.
        box_scores: (M,) 0..1.
        skeleton: the meaning of the K axis.
        limit: similarity from which two are one person.

    Returns:
        (M,) True for those to drop: of two, the one with the lower joint score times box score.
    """
    n = len(keypoints)
    drop = np.zeros(n, bool)
    if n < 2:
        return drop
    areas = body_areas(boxes)
    alike = oks(keypoints, keypoints, areas, skeleton.oks_sigmas)
    alike = np.maximum(alike, alike.T)
    size = np.linalg.norm(boxes[:, 2:] - boxes[:, :2], axis=1)
    ratio = np.maximum(size[:, None], size[None]) / np.maximum(np.minimum(size[:, None], size[None]), 1e-6)
    same = (alike >= limit) & (ratio <= _SAME_SIZE)
    order = np.argsort(-np.nan_to_num(scores).mean(1) * box_scores, kind="stable")
    for place, strong in enumerate(order):
        if not drop[strong]:
            weaker = order[place + 1 :]
            drop[weaker] |= same[strong, weaker]
    return drop
