"""Quality of tracks: joints seen, limbs that keep their length, sides not swapped."""

from dataclasses import dataclass

import numpy as np

from posespotter.arrays import Array, Float64
from posespotter.filtering.smoothing import ascending, box_diagonal_px, pieces
from posespotter.filtering.swaps import episodes, find_swaps, side_pairs
from posespotter.poses import PoseSequence
from posespotter.skeletons import SEEN_SCORE, Skeleton

_FACE = ("nose", "eye", "ear", "mouth")


@dataclass(frozen=True)
class TrackQuality:
    """The quality of one person's joints.

    Attributes:
        track_id: the person.
        seconds: from the first to the last frame with the person.
        frames: rows of the person.
        joints_seen: share of all joints in all rows that the model placed with a score of `SEEN_SCORE` or more.
        limb_variation: how much the limbs change their length: standard deviation by mean, the median of all limbs.
            In pictures limbs also shorten when they point at the camera; with `world` positions they should not. None
            where no limb was seen in two frames.
        swaps_found: moments in which the model took left for right.
        swaps_repaired: how many of them smoothing put right.
    """

    track_id: int
    seconds: float
    frames: int
    joints_seen: float
    limb_variation: float | None
    swaps_found: int
    swaps_repaired: int


def track_quality(poses: PoseSequence) -> list[TrackQuality]:
    """The quality of each person of `poses`, by ascending id.

    What the model gave is judged by `raw_keypoints` where there are any; repairs are what these show and `keypoints`
    do not. The result is plain numbers, for `dataclasses.asdict` and JSON.
    """
    return [_quality(poses.person(i)) for i in poses.track_ids]


def _quality(person: PoseSequence) -> TrackQuality:
    time_s = ascending(person.time_s)
    body_px = box_diagonal_px(time_s, person.bbox)
    raw = person.keypoints if person.raw_keypoints is None else person.raw_keypoints
    seen = np.isfinite(raw).all(-1) & (person.scores >= SEEN_SCORE)
    found = _count_swaps(time_s, raw, body_px, person.skeleton)
    left = found if person.raw_keypoints is None else _count_swaps(time_s, person.keypoints, body_px, person.skeleton)
    places = person.keypoints / body_px[:, None, None] if person.world is None else person.world
    return TrackQuality(
        track_id=int(person.track_id[0]),
        seconds=round(float(time_s[-1] - time_s[0]), 3),
        frames=len(person),
        joints_seen=round(float(seen.mean()), 4),
        limb_variation=_limb_variation(places, person.skeleton),
        swaps_found=found,
        swaps_repaired=max(found - left, 0),
    )


def _count_swaps(time_s: Float64, keypoints: Array, body_px: Float64, skeleton: Skeleton) -> int:
    """Stretches of frames in which any group of joints is swapped; legs and arms swapped at once are one."""
    swapped = np.zeros(len(time_s), bool)
    for piece, kept in pieces(time_s):
        for pairs in side_pairs(skeleton):
            swapped[piece][kept] |= find_swaps(time_s[piece], keypoints[piece], body_px[piece], pairs)[kept]
    return len(episodes(swapped))


def _limb_variation(places: Array, skeleton: Skeleton) -> float | None:
    limbs = [
        (skeleton.index(a), skeleton.index(b))
        for a, b in skeleton.limbs
        if not any(part in a or part in b for part in _FACE)
    ]
    variations = []
    for a, b in limbs:
        length = np.linalg.norm(places[:, a] - places[:, b], axis=-1)
        length = length[np.isfinite(length)]
        if len(length) >= 2 and length.mean() > 0:
            variations.append(float(length.std() / length.mean()))
    return round(float(np.median(variations)), 4) if variations else None
