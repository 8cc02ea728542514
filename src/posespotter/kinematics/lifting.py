"""Joints in metres from one camera: the joints of the picture over time, lifted by a small network."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Bool, Float32, Float64
from posespotter.errors import SettingsError
from posespotter.kinematics.body import MAX_GAP_S, body_of
from posespotter.models.families import lifting_network as lifting
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17, SEGMENT_SHARES, USUAL_HEIGHT_M, Skeleton

LEAST_M, MOST_M = 0.4, 2.6
"""Heights of people that are believed; records among adults are 0.55 and 2.72, and children are smaller."""

_SEEN_WITHIN_S = 0.2  # a joint counts as seen at a moment when it was in some frame this near

_AT = {name: i for i, name in enumerate(COCO17.keypoints)}
_SIDES = ("left", "right")
_LIMBS = (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"))
_HEAD = [_AT[name] for name in ("nose", "left_eye", "right_eye", "left_ear", "right_ear")]
_HIPS, _SHOULDERS = ([_AT[f"{side}_{part}"] for side in _SIDES] for part in ("hip", "shoulder"))

_HOLDERS = {
    "heel": "ankle", "foot": "ankle", "big": "ankle", "small": "ankle", "pinky": "wrist", "index": "wrist",
    "thumb": "wrist", "mouth": "nose",
}  # fmt: skip
"""Further points hang on a joint: where a model gives them in metres, they keep their place to it."""


def lift(poses: PoseSequence, height_m: float | None = None) -> PoseSequence:
    """The same poses with `world` positions told from the picture's joints over time.

    Every person is lifted alone, over each stretch without a gap of 0.4 s; the lengths of a person's limbs are the same
    in all of a clip and on both sides. x points to the right of the picture, y plumb down if the camera is level, z
    away from the camera; the origin is the middle of the hips. How exact it is: docs/explanation/trust.md.

    Args:
        poses: with the joints of COCO-17 among theirs, of any frame rate.
        height_m: standing height of the people, for the scale; None for 1.7 m. Angles do not depend on it.

    Returns:
        The poses with (N, K, 3) `world`; points that are neither joints of COCO-17 nor had metres before are NaN.

    Raises:
        SettingsError: the height is none of a person, or the joints are not among those of the poses.
        ModelError: the network of the package is damaged.
    """
    height_m = USUAL_HEIGHT_M if height_m is None else height_m
    if not LEAST_M <= height_m <= MOST_M:
        raise SettingsError(f"height_m: expected {LEAST_M} to {MOST_M} metres, got {height_m:g}.")
    missing = [name for name in COCO17.keypoints if name not in poses.skeleton]
    if missing:
        raise SettingsError(
            f"Expected poses with the joints of COCO-17, got {poses.skeleton.name} without {missing[0]}."
        )
    world = np.full((len(poses), 17, 3), np.nan, np.float32)
    for track_id in poses.track_ids:
        rows = np.flatnonzero(poses.track_id == track_id)
        world[rows] = _lift_person(poses[rows], height_m)
    settings = {**poses.settings, "world": lifting.NAME, "height_m": height_m}
    return replace(poses, world=_on_skeleton(world, poses), settings=settings)


def lifted(poses: PoseSequence) -> PoseSequence:
    """`lift(poses)` where that is possible and better: of videos, with the joints of COCO-17, not lifted yet.

    A single picture keeps the metres of its pose model, for the network was trained on movement; and metres of other
    origin than BlazePose (several cameras, another program, a figure) are kept: ours were not shown to be better.
    """
    possible = poses.n_frames > 1 and len(poses) and all(name in poses.skeleton for name in COCO17.keypoints)
    worse = poses.world is None or "blazepose" in poses.pose_model
    return lift(poses) if possible and worse and poses.settings.get("world") != lifting.NAME else poses


def _lift_person(person: PoseSequence, height_m: float) -> Float64:
    """(N, 17, 3) metres; NaN where nobody can tell how large the person is in the picture."""
    joints = person.to_skeleton(COCO17)
    length_px = body_of(person).length_px
    hips = joints.keypoints[:, _HIPS].mean(1, keepdims=True).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        inputs = (joints.keypoints - hips) / length_px[:, None, None]
    out = np.full((len(person), 17, 3), np.nan)
    network = lifting.embedded()
    for rows in _stretches(person.time_s, np.isfinite(inputs).all(-1).any(-1)):
        time_s = person.time_s[rows]
        grid_s = time_s[0] + np.arange(int((time_s[-1] - time_s[0]) * lifting.HZ) + 2) / lifting.HZ
        places = network(_resampled(time_s, inputs[rows], joints.scores[rows], grid_s))
        for joint in range(17):
            for axis in range(3):
                out[rows, joint, axis] = np.interp(time_s, grid_s, places[:, joint, axis])
    return _with_steady_limbs(out, height_m)


def _stretches(time_s: Float64, known: Bool) -> Iterator[npt.NDArray[np.intp]]:
    rows = np.flatnonzero(known)
    for run in np.split(rows, np.flatnonzero(np.diff(time_s[rows]) > MAX_GAP_S) + 1):
        if len(run):
            yield run


def _resampled(time_s: Float64, places: Float64, scores: Float32, grid_s: Float64) -> Float32:
    """(T, 17, 3) x, y and score at the moments of the network; 0 where a joint was not seen near them."""
    out = np.zeros((len(grid_s), 17, 3), np.float32)
    for joint in range(17):
        seen = np.flatnonzero(np.isfinite(places[:, joint]).all(-1))
        if not len(seen):
            continue
        known_s = time_s[seen]
        after = np.clip(np.searchsorted(known_s, grid_s), 1, max(len(seen) - 1, 1))
        neighbours = known_s[after - 1], known_s[np.minimum(after, len(seen) - 1)]
        near = np.min([np.abs(grid_s - neighbour) for neighbour in neighbours], axis=0)
        for axis, values in enumerate((places[seen, joint, 0], places[seen, joint, 1], scores[seen, joint])):
            out[:, joint, axis] = np.where(near <= _SEEN_WITHIN_S, np.interp(grid_s, known_s, values), 0)
    return out


def _with_steady_limbs(places: Float64, height_m: float) -> Float64:
    """The same directions with limbs of one length each, the median's, that belong to somebody of `height_m`."""
    known = np.isfinite(places).all((1, 2))
    if not known.any():
        return places
    ends = {(s, limb): (_AT[f"{s}_{limb[0]}"], _AT[f"{s}_{limb[1]}"]) for s in _SIDES for limb in _LIMBS}
    one_sided = {key: _usual(places[known, far] - places[known, near]) for key, (near, far) in ends.items()}
    lengths = {limb: (one_sided["left", limb] + one_sided["right", limb]) / 2 for limb in _LIMBS}
    neck = places[:, _SHOULDERS].mean(1)
    trunk = _usual(neck[known])
    heights = [length / SEGMENT_SHARES[limb] for limb, length in {**lengths, ("shoulder", "hip"): trunk}.items()]
    scale = height_m / float(np.median(heights))
    out = np.full_like(places, np.nan)
    new_neck = _along(neck, trunk * scale)
    for middle, (left, right) in ((np.zeros_like(neck), _HIPS), (new_neck, _SHOULDERS)):
        across = places[:, left] - places[:, right]
        half = _along(across, _usual(across[known]) * scale / 2)
        out[:, left], out[:, right] = middle + half, middle - half
    for (_, limb), (near, far) in ends.items():
        out[:, far] = out[:, near] + _along(places[:, far] - places[:, near], lengths[limb] * scale)
    for joint in _HEAD:
        away = places[:, joint] - neck
        out[:, joint] = new_neck + _along(away, _usual(away[known]) * scale)
    return out


def _usual(vectors: Float64) -> float:
    """Their median length."""
    return float(np.median(_norm(vectors)))


def _norm(vectors: Float64) -> Float64:
    return np.asarray(np.linalg.norm(vectors, axis=-1), np.float64)


def _along(vectors: Float64, length: float) -> Float64:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(vectors * (length / _norm(vectors))[..., None], np.float64)


def _on_skeleton(places: Float32, poses: PoseSequence) -> Float32:
    """(N, K, 3) the lifted joints, and the further points of `poses` where they were in metres already."""
    skeleton: Skeleton = poses.skeleton
    out = np.full((len(poses), len(skeleton), 3), np.nan, np.float32)
    out[:, [skeleton.index(name) for name in COCO17.keypoints]] = places
    if poses.world is None:
        return out
    for i, name in enumerate(skeleton.keypoints):
        side, part, *_ = [*name.split("_"), ""]
        holder = _HOLDERS.get(part)
        held_by = next((one for one in (f"{side}_{holder}", holder) if holder and one in COCO17), None)
        if name not in COCO17 and held_by is not None:
            joint = skeleton.index(held_by)
            out[:, i] = out[:, joint] + poses.world[:, i] - poses.world[:, joint]
    return out
