"""One person over time, with the joints that movement analysis needs, whichever model found them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from posespotter.arrays import Bool, Float64, Int32
from posespotter.errors import ShapeError
from posespotter.filtering.gaps import fill_gaps
from posespotter.filtering.lowpass import lowpass_between_gaps
from posespotter.kinematics.body_scale import body_scale_px, limbs_of
from posespotter.poses import PoseSequence
from posespotter.skeletons import SEGMENT_SHARES

CUTOFF_HZ = 3.0
"""Exercises are slower than walking: at a beat of 1 Hz this keeps 99 % of the movement (as smoothing "strong")."""

MAX_GAP_S = 0.4
"""Longer gaps of a joint stay gaps: in this time a quick squat gets half way down."""

_LEGS = (("hip", "knee"), ("knee", "ankle"))
_STRETCHED = 1.3
"""Legs look shorter than they are, as they point at the camera, but never this much longer: models that lose a person
stretch them. It leaves room for people of other proportions and for a standing height that is a little off."""

_FEET = ("heel", "toe")
_LONGEST_FOOT = 0.25
"""Body lengths from the ankle to a point of the foot, of 0.15 that a whole foot has (Winter 2009): room for feet that
are nearer to the camera. What is further away is no point of that foot."""

_PAIRED = ("ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")
JOINTS: tuple[str, ...] = ("nose", *(f"{side}_{part}" for part in _PAIRED for side in ("left", "right")))
"""The joints of a `Body`; without `left_` or `right_` a name means the middle between the two."""

_OTHER_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType({"toe": ("foot_index", "big_toe")})
_INDEX = {name: i for i, name in enumerate(JOINTS)}
_LIMBS = limbs_of(JOINTS)


@dataclass(frozen=True, eq=False)
class Body:
    """N moments of one person.

    Attributes:
        frame: (N,) int32, frame number in the source.
        time_s: (N,) seconds, ascending.
        places: (N, J, 2) px, y down; NaN where the model gave none. Doubtful joints stay: see `scores`.
        world: (N, J, 3) metres, x right, y down, z away from the camera; None where the model gives none.
        scores: (N, J) 0..1; 0 outside the picture.
        length_px: (N,) px that the person's standing height has at that moment and distance.
        tilt_deg: how far upright people leaned clockwise in the picture, which `places` and `world` do no longer.
    """

    frame: Int32
    time_s: Float64
    places: Float64
    world: Float64 | None
    scores: Float64
    length_px: Float64
    tilt_deg: float = 0.0

    def __len__(self) -> int:
        return len(self.frame)

    def joint(self, name: str, *, world: bool = False) -> Float64:
        """(N, 2) px, or (N, 3) m, of a joint; `hip` is the middle of `left_hip` and `right_hip`.

        Where `world` positions are asked for and there are none, all is NaN.

        Raises:
            ShapeError: there is no such joint.
        """
        if world and self.world is None:
            return np.full((len(self), 3), np.nan)
        places = self.world if world and self.world is not None else self.places
        if name in _INDEX:
            return np.asarray(places[:, _INDEX[name]], np.float64)
        left, right = self._pair(name)
        return np.asarray((places[:, left] + places[:, right]) / 2, np.float64)

    def score(self, name: str) -> Float64:
        """(N,) score of a joint; of a middle the better of both sides, for the nearer one hides the other."""
        if name in _INDEX:
            return np.asarray(self.scores[:, _INDEX[name]], np.float64)
        left, right = self._pair(name)
        return np.asarray(np.maximum(self.scores[:, left], self.scores[:, right]), np.float64)

    def rows(self, rows: slice | Bool) -> "Body":
        """The moments of a slice or mask."""
        world = None if self.world is None else self.world[rows]
        return replace(
            self,
            frame=self.frame[rows],
            time_s=self.time_s[rows],
            places=self.places[rows],
            world=world,
            scores=self.scores[rows],
            length_px=self.length_px[rows],
        )

    def clean(self) -> "Body":
        """Short gaps bridged, jitter faster than people exercise taken away, sizes measured; for one stretch."""
        places = _cleaned(self.time_s, self.places)
        world = None if self.world is None else _cleaned(self.time_s, self.world)
        length_px = body_scale_px(self.time_s, places, self.scores, _LIMBS)
        scores = _without_stretched(places, self.scores, length_px)
        return replace(self, places=places, world=world, scores=scores, length_px=length_px)

    @staticmethod
    def _pair(name: str) -> tuple[int, int]:
        try:
            return _INDEX[f"left_{name}"], _INDEX[f"right_{name}"]
        except KeyError:
            raise ShapeError(f"Unknown joint {name!r}; expected nose or one of: {', '.join(_PAIRED)}.") from None


def body_of(person: PoseSequence, *, raw: bool = False) -> Body:
    """The joints of one person as they were stored.

    Args:
        person: rows of one person, at most one a frame.
        raw: the model's own joints, before smoothing, where they were kept.
    """
    n = len(person)
    places, scores = np.full((n, len(JOINTS), 2), np.nan), np.zeros((n, len(JOINTS)))
    world = None if person.world is None else np.full((n, len(JOINTS), 3), np.nan)
    keypoints = person.raw_keypoints if raw and person.raw_keypoints is not None else person.keypoints
    for k, name in enumerate(JOINTS):
        origin = next((other for other in _names_of(name) if other in person.skeleton), None)
        if origin is None:
            continue
        i = person.skeleton.index(origin)
        places[:, k], scores[:, k] = keypoints[:, i], person.scores[:, i]
        if world is not None and person.world is not None:
            world[:, k] = person.world[:, i]
    size = np.asarray(person.frame_size, np.float64)
    with np.errstate(invalid="ignore"):
        inside = ((places >= 0) & (places <= size)).all(-1) if (size > 0).all() else np.isfinite(places).all(-1)
    scores = np.where(inside, scores, 0.0)
    length_px = body_scale_px(person.time_s, places, scores, _LIMBS)
    scores = _without_far_feet(places, scores, length_px)
    return Body(person.frame, person.time_s, places, world, scores, length_px)


def _without_stretched(places: Float64, scores: Float64, length_px: Float64) -> Float64:
    """(N, J) scores, 0 for the joints of legs that are longer than legs can be."""
    out = scores.copy()
    for side in ("left", "right"):
        for upper, lower in _LEGS:
            joints = [_INDEX[f"{side}_{upper}"], _INDEX[f"{side}_{lower}"]]
            length = np.linalg.norm(places[:, joints[0]] - places[:, joints[1]], axis=-1)
            with np.errstate(invalid="ignore"):
                stretched = length > _STRETCHED * SEGMENT_SHARES[upper, lower] * length_px
            for joint in joints:
                out[stretched, joint] = 0
    return out


def _without_far_feet(places: Float64, scores: Float64, length_px: Float64) -> Float64:
    """(N, J) scores, 0 for the points of feet that are not at their ankle."""
    out = scores.copy()
    for side in ("left", "right"):
        ankle = places[:, _INDEX[f"{side}_ankle"]]
        for part in _FEET:
            joint = _INDEX[f"{side}_{part}"]
            with np.errstate(invalid="ignore"):
                far = np.linalg.norm(places[:, joint] - ankle, axis=-1) > _LONGEST_FOOT * length_px
            out[far, joint] = 0
    return out


def _names_of(joint: str) -> list[str]:
    side, _, part = joint.partition("_")
    return [joint, *(f"{side}_{other}" for other in _OTHER_NAMES.get(part, ()))]


def _cleaned(time_s: Float64, values: Float64) -> Float64:
    """(N, J, D) with short gaps filled and jitter removed; each run between longer gaps by itself."""
    return lowpass_between_gaps(time_s, fill_gaps(time_s, values, MAX_GAP_S), CUTOFF_HZ)
