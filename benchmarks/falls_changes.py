"""What cameras elsewhere would make of the same movements: changed copies of real poses, to judge and not to train on.

Each change takes a clip with its poses and gives both, changed; chance is the same every time. Sizes are shares of the
person's box, 75 of 100 frames of the clip smaller.
"""

import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from posespotter.falls.training.data import FallClip
from posespotter.poses import PoseSequence

Change = Callable[[FallClip, PoseSequence], tuple[FallClip, PoseSequence]]
_GUESSED = (0.02, 0.25)  # scores that MoveNet gives to what is beyond the edge
_GONE = 0.65  # of the joints beyond the edge: nobody finds the person any more


def chance(clip: FallClip) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(clip.clip_id.encode()))


def size_px(poses: PoseSequence) -> float:
    sides = poses.bbox[:, 2:] - poses.bbox[:, :2]
    return float(np.percentile(sides.max(axis=1), 75)) if len(poses) else 1.0


def raw(poses: PoseSequence) -> np.ndarray:
    """(N, K, 2) px as the model gave them, where it gave any."""
    if poses.raw_keypoints is None:
        return poses.keypoints
    return np.where(np.isnan(poses.raw_keypoints).all((1, 2))[:, None, None], poses.keypoints, poses.raw_keypoints)


def moved(poses: PoseSequence, place: Callable[[np.ndarray], np.ndarray]) -> PoseSequence:
    """Joints and corners of boxes where `place` puts (N, K, 2) px."""
    corners = place(poses.bbox.reshape(-1, 2, 2))
    box = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1).astype(np.float32)
    kept, own = (place(one).astype(np.float32) for one in (poses.keypoints, raw(poses)))
    return replace(poses, keypoints=kept, raw_keypoints=own, bbox=box)


def at_rate(fps: float) -> Change:
    """A slower camera: frames are left out."""

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        tick = np.floor(np.arange(poses.n_frames) / poses.fps * fps + 1e-6)
        return clip, poses.where((np.diff(tick, prepend=-1) > 0)[poses.frame])

    return change


def without_some(share: float) -> Change:
    """The detector misses the person in some frames."""
    return lambda clip, poses: (clip, poses.where(chance(clip).random(len(poses)) >= share))


def turned(degrees: float) -> Change:
    """The camera does not hang level."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        middle = np.array(poses.frame_size) / 2
        return clip, moved(poses, lambda p: (p - middle) @ turn + middle)

    return change


def squashed(factor: float) -> Change:
    """A camera that looks down more, or less, sees people shorter or taller."""

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        width, height = poses.frame_size
        out = moved(poses, lambda p: p * np.array([1.0, factor]))
        return clip, replace(out, frame_size=(width, round(height * factor)))

    return change


def paced(factor: float) -> Change:
    """Everything lasts `factor` times as long."""
    return lambda clip, poses: (
        replace(clip, fps=clip.fps / factor),
        replace(poses, time_s=poses.time_s * factor, fps=poses.fps / factor),
    )


def noisy(size: float, score: float) -> Change:
    """Joints err by `size` for a few frames in the same direction, and all scores are `score` of what they were."""

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        random, noise = chance(clip), np.zeros(poses.keypoints.shape)
        for track_id in poses.track_ids:
            own = np.flatnonzero(poses.track_id == track_id)
            fresh = random.normal(0, size * size_px(poses.person(track_id)), noise[own].shape)
            for i, row in enumerate(own):
                noise[row] = 0.8 * noise[own[i - 1]] + 0.6 * fresh[i] if i else fresh[i]
        kept, found = ((one + noise).astype(np.float32) for one in (poses.keypoints, raw(poses)))
        return clip, replace(poses, keypoints=kept, raw_keypoints=found, scores=poses.scores * np.float32(score))

    return change


def cut_off(side: int, axis: int, depth: float) -> Change:
    """A smaller picture: `depth` of all that is seen of people is beyond its edge, and guessed near it, unsurely.

    Args:
        side: 0 at the low end of the axis, 1 at its high end.
        axis: 0 from left to right, 1 downwards.
        depth: share of the extent of all joints.
    """

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        found = raw(poses)
        sure = found[(poses.scores > 0.2) & np.isfinite(found[..., 0])]
        if not len(sure):
            return clip, poses
        random, edges = chance(clip), np.array([[0.0, 0.0], poses.frame_size])
        low, high = np.percentile(sure, [2, 98], axis=0)
        edges[side, axis] = (low, high)[side][axis] + (1 - 2 * side) * depth * (high - low)[axis]
        strays = np.abs(random.normal(0, 0.03 * size_px(poses), found.shape))

        def place(p: np.ndarray) -> np.ndarray:
            stray = strays[:, : p.shape[1]]
            inward = np.where(p < edges[0], stray, np.where(p > edges[1], -stray, 0.0))
            return np.clip(p, edges[0], edges[1]) + inward - edges[0]

        beyond = ((found < edges[0]) | (found > edges[1])).any(axis=-1)
        guessed = np.minimum(poses.scores, random.uniform(*_GUESSED, poses.scores.shape))
        width, height = np.round(edges[1] - edges[0]).astype(int).tolist()
        scores = np.where(beyond, guessed, poses.scores).astype(np.float32)
        out = replace(moved(poses, place), scores=scores, frame_size=(width, height))
        return clip, out.where(beyond.mean(axis=1) < _GONE)

    return change


def panned(speed: float, shake: float) -> Change:
    """The camera swings to and fro, by `speed` a second at most, and shakes by `shake`."""

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        random, size = chance(clip), size_px(poses)
        turns = 2 * np.pi / random.uniform(3, 6)
        wobble = random.normal(0, 1, (poses.n_frames, 2))
        for i in range(1, len(wobble)):
            wobble[i] = 0.9 * wobble[i - 1] + 0.44 * wobble[i]
        way = np.sin(turns * np.arange(poses.n_frames) / poses.fps + random.uniform(0, 2 * np.pi)) / turns
        by = size * (speed * way[:, None] * np.array([1.0, 0.3]) + shake * wobble)[poses.frame]
        return clip, moved(poses, lambda p: p + by[:, None])

    return change


def begun(before_s: float) -> Change:
    """Nobody was found until `before_s` before the fall, or some time into a clip without one."""

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        falls = clip.falls
        from_s = falls[0].first_frame / clip.fps - before_s if falls else chance(clip).uniform(0.2, 0.8) * poses.end_s
        return clip, poses.where(poses.time_s >= from_s)

    return change


def ended(after_s: float) -> Change:
    """The clip ends `after_s` after the impact, or some time before its end."""

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        falls = clip.falls
        to_s = falls[-1].last_frame / clip.fps + after_s if falls else chance(clip).uniform(0.2, 0.8) * poses.end_s
        last = min(poses.n_frames - 1, round(to_s * poses.fps))
        return clip, replace(poses.where(poses.frame <= last), n_frames=last + 1)

    return change


def lost(seconds: float) -> Change:
    """Nobody is found for so long from the middle of the fall on, or some time in a clip without one."""

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        middles = [(fall.first_frame + fall.last_frame) / 2 / clip.fps for fall in clip.falls]
        for at_s in middles or [chance(clip).uniform(0.2, 0.8) * poses.end_s]:
            poses = poses.where((poses.time_s < at_s) | (poses.time_s >= at_s + seconds))
        return clip, poses

    return change


def cut(before_s: float) -> Change:
    """Another camera from `before_s` before the fall on: people are elsewhere and of another size, as one person."""

    def change(clip: FallClip, poses: PoseSequence) -> tuple[FallClip, PoseSequence]:
        random, falls = chance(clip), clip.falls
        at_s = falls[0].first_frame / clip.fps - before_s if falls else random.uniform(0.2, 0.8) * poses.end_s
        zoom, by = random.choice([0.6, 1.6]), random.uniform(-0.6, 0.6, 2) * size_px(poses)
        before, middle = (poses.time_s < at_s)[:, None, None], np.array(poses.frame_size) / 2
        return clip, moved(poses, lambda p: np.where(before, (p - middle) * zoom + middle + by, p))

    return change


CHANGES: dict[str, Change] = {
    "as they are": lambda clip, poses: (clip, poses),
    "10 frames a second": at_rate(10),
    "5 frames a second": at_rate(5),
    "every third frame without the person": without_some(0.33),
    "joints err by 0.02, scores 0.6 of theirs": noisy(0.02, 0.6),
    "a quarter below the picture": cut_off(1, 1, 0.25),
    "nearly half below the picture": cut_off(1, 1, 0.45),
    "a third left of the picture": cut_off(0, 0, 0.3),
    "tilted by 15°": turned(15),
    "0.7 times as high": squashed(0.7),
    "1.3 times as high": squashed(1.3),
    "1.5 times as slow": paced(1.5),
    "1.3 times as fast": paced(0.75),
    "camera swings by half a body a second": panned(0.5, 0.0),
    "camera shakes": panned(0.0, 0.03),
    "first seen 0.3 s before the fall": begun(0.3),
    "clip ends 0.3 s after the impact": ended(0.3),
    "not found for half a second in the fall": lost(0.5),
    "not found for two seconds in the fall": lost(2.0),
    "a cut a second before the fall": cut(1.0),
}
"""By what is said of them in the table."""
