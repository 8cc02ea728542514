"""Object keypoint similarity: how alike two sets of joints are, as COCO defines it; and two poses of one person."""

from collections.abc import Sequence

import numpy as np

from posespotter.arrays import Array, Bool, Float64
from posespotter.errors import ShapeError
from posespotter.models.geometry import extent
from posespotter.skeletons import Skeleton

BODY_SHARE_OF_BOX = 0.53
"""Area of a person's outline as a share of the box: what COCO-style tools assume without an outline (xtcocotools)."""

SAME_TRACKS = 0.75
"""Similarity from which two tracks are on one person: two people who pass each other agree by more than 0.5 (tests)."""

SAME_AS_TRACK = 0.5
"""The same for a new detection beside a track or another detection: 0.75 sees two where one is (ablation.md)."""


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
    presence: Array,
    skeleton: Skeleton,
    *,
    prior_ids: Sequence[int | None] | None = None,
) -> Bool:
    """Mask of the people of one picture who are a second pose of another one, and should be dropped.

    Two poses whose joints agree are one person. Boxes decide nothing: those of two people who pass each other overlap
    as much as two boxes of one person.

    Args:
        keypoints: (M, K, 2) positions in px; NaN means "not seen".
        scores: (M, K) 0..1; joints count by them.
        presence: (M,) 0..1.
        skeleton: the meaning of the K axis.
        prior_ids: the id of the track in whose crop each was found; None (or 0) for a new detection. Without it all are
            new.

    Returns:
        (M,) True for those to drop: of two, the new detection, the younger id, and else the one with less presence.
    """
    n = len(keypoints)
    drop = np.zeros(n, bool)
    if n < 2:
        return drop
    age = np.array([i or np.inf for i in prior_ids] if prior_ids is not None else [np.inf] * n)
    areas = body_areas(extent(keypoints.astype(np.float32), np.asarray(np.isfinite(keypoints).all(-1))))
    alike = oks(keypoints, keypoints, areas, skeleton.oks_sigmas, scores, scores)
    tracked = np.isfinite(age)
    same = np.maximum(alike, alike.T) >= np.where(tracked[:, None] & tracked[None], SAME_TRACKS, SAME_AS_TRACK)
    order = np.lexsort((-np.asarray(presence), age))
    for place, strong in enumerate(order):
        if not drop[strong]:
            weaker = order[place + 1 :]
            drop[weaker] |= same[strong, weaker]
    return drop
