"""Values of the vocabulary's measures over one stretch of a person's video, with how well their joints are seen."""

from functools import cached_property
from typing import Literal

import numpy as np

from posespotter.arrays import Bool, Float64
from posespotter.exercises.definitions.vocabulary import SEGMENTS, Measure
from posespotter.exercises.geometric_errors import by_geometry
from posespotter.exercises.sides import UNSEEN_WEIGHT, Joining, Measured, Side, joined, weighed
from posespotter.kinematics.angles import angle_to_vertical_deg, joint_angle_deg
from posespotter.kinematics.body import Body
from posespotter.kinematics.measurement_errors import MeasureError, Source, measure_error
from posespotter.kinematics.view import (
    EXACT_DEG,
    SIDE_WITHIN_DEG,
    direction_of,
    mean_yaw_deg,
    view_confidence,
    view_of_yaw,
    yaw_deg,
)
from posespotter.skeletons import SEEN_SCORE

Plane = Literal["sagittal", "frontal"]

_FLAT_FROM = float(np.cos(np.radians(SIDE_WITHIN_DEG)))
_FLAT_FULLY = float(np.cos(np.radians(SIDE_WITHIN_DEG - EXACT_DEG)))
"""Share of the plane of motion that the picture keeps (|sin| or |cos| of the yaw). Angles are those of the picture from
the second on, up to the first those of the 3-D joints, between them a mixture. With 3-D from 45° on only, wrong squats
seen at an angle were told from right ones by their depth with an AUC of 0.83, now 0.90 (docs/results/verdicts.md)."""

_TURNED = 0.5
"""Below this share (more than 60° off) the picture tells nothing about lengths along that direction."""

_BOTH_UNTIL, _ONE_FROM = 0.5, 0.71
"""|sin| of the yaw. Up to the first (30° from the front or from behind) both sides are seen alike; from the second on
(45°) the nearer one hides the other, which models guess, and speaks alone; between them the far side fades."""

_FAR_WEIGHT = 1e-3
"""A near side that is not seen gives way to a far one that is."""

_YAW_WINDOW_S = 1.0  # nobody turns round and back within a second
_FALLS_S = 0.2  # in which who falls freely falls by 0.2 m, 12 % of a body height

_STANDS = 0.1
"""Body lengths that feet which stand seem to move against each other, at most: joints with 1 % noise and as much slow
error show 0.09 in motion capture."""

_OUTLIERS = 5.0  # percent at either end that one wild frame may be

_TRUNK = ("hip", "shoulder")
"""The trunk is one: from the side the line of the middles is 4° off, that of the near side 7° (kinematics/errors.csv
before and after)."""

IN_SPACE = {"angle", "lean", "distance", "stride"}


class Moves:
    """One stretch of one person, ready to be measured."""

    def __init__(self, body: Body, plane: Plane, yaw: float | None = None, source: Source = "blazepose") -> None:
        """Prepare a stretch.

        Args:
            body: cleaned, without a cut.
            plane: the plane in which the exercise moves.
            yaw: the direction the person faces, where the caller knows better; degrees as in `yaw_deg`.
            source: where the positions in metres come from.
        """
        self.body = body
        self._source = source
        self._plane = plane
        self._known_yaw = yaw
        self._cache: dict[tuple[Measure, Joining], Measured] = {}

    @cached_property
    def yaw(self) -> Float64:
        """(N,) smoothed over a second; NaN where nobody can tell."""
        if self._known_yaw is not None:
            return np.full(len(self.body), self._known_yaw)
        return direction_of(self.body.time_s, self._raw_yaw, _YAW_WINDOW_S)

    def direction(self, rows: slice | None = None) -> tuple[float, float]:
        """The mean yaw of some rows, and 0..1 how sure the name of that view is."""
        if self._known_yaw is not None:
            return self._known_yaw, 1.0
        mean, agreement = mean_yaw_deg(self._raw_yaw if rows is None else self._raw_yaw[rows])
        return mean, view_confidence(mean, agreement)

    @cached_property
    def _raw_yaw(self) -> Float64:
        return yaw_deg(self.body)

    def measure(self, measure: Measure, joining: Joining = "mean") -> Measured:
        """The values of a measure; sides are joined as `joining` says."""
        key = (measure, joining)
        if key not in self._cache:
            with np.errstate(invalid="ignore", divide="ignore"):
                self._cache[key] = self._measured(measure, joining)
        return self._cache[key]

    def _measured(self, measure: Measure, joining: Joining) -> Measured:
        if measure.kind in {"angle", "lean", "distance"}:
            return self._sided(measure, joining)
        one_sided = joining if joining in {"left", "right"} else None
        if measure.kind in {"height", "ahead", "sideways", "slope"}:
            return self._between(measure, one_sided)
        if measure.kind == "level":
            (place,), confidence = self._placed(measure.joints, one_sided)
            return Measured(-place[:, 1] / float(np.nanmedian(self.body.length_px)), confidence)
        return self._across(measure)

    def _weights(self, joints: tuple[str, ...], *, solid: bool = False) -> Float64:
        """(N, 2) shares of the left and the right side: of one side all of the joints, and none of a hidden one.

        Args:
            joints: what must be seen.
            solid: of angles between lifted joints, which both sides tell wherever angles are not those of the picture.
        """
        sine = np.nan_to_num(np.sin(np.radians(self.yaw)))
        until, one = (_FLAT_FROM, _FLAT_FULLY) if solid else (_BOTH_UNTIL, _ONE_FROM)
        far = np.clip((one - np.abs(sine)) / (one - until), _FAR_WEIGHT, 1)
        weights = np.stack([np.where(sine >= 0, 1.0, far), np.where(sine <= 0, 1.0, far)], -1)
        for i, side in enumerate(("left", "right")):
            if np.median(self.limb_score(joints, side)) < SEEN_SCORE:
                weights[:, i] *= UNSEEN_WEIGHT
        return np.asarray(weights / weights.sum(-1, keepdims=True), np.float64)

    # Measures of each side.

    def _sided(self, measure: Measure, joining: Joining) -> Measured:
        sides = [
            Measured(self._limb(measure, side), self.limb_score(measure.joints, side)) for side in ("left", "right")
        ]
        if joining in {"left", "right"}:
            return sides[joining == "right"]
        if measure.joints == _TRUNK and min(float(np.median(one.confidence)) for one in sides) >= SEEN_SCORE:
            return Measured(self._limb(measure, ""), np.maximum(sides[0].confidence, sides[1].confidence))
        return joined(sides[0], sides[1], joining, self._weights(measure.joints, solid=self._is_lifted))

    def _limb(self, measure: Measure, side: str) -> Float64:
        """Measure of one side, or of the middles (""): of picture, 3-D joints or a mix, by the plane of motion."""
        flat = self._limb_in(measure, side, world=False)
        keeps = self._keeps(self._plane)
        if self.body.world is None:
            if measure.kind == "lean" and measure.joints in SEGMENTS:
                return np.where(keeps >= _FLAT_FROM, flat, self._foreshortened(measure, side))
            return np.where(keeps >= _TURNED, flat, np.nan)
        solid = self._limb_in(measure, side, world=True)
        share = np.clip((keeps - _FLAT_FROM) / (_FLAT_FULLY - _FLAT_FROM), 0, 1)
        share = np.where(np.isfinite(share), share, 0)
        return np.where(share <= 0, solid, np.where(share >= 1, flat, share * flat + (1 - share) * solid))

    def _limb_in(self, measure: Measure, side: str, *, world: bool) -> Float64:
        places = [self._place(joint, side, world=world) for joint in measure.joints]
        if measure.kind == "angle":
            return joint_angle_deg(*places)
        if measure.kind == "lean":
            return angle_to_vertical_deg(*places)
        length = self._height_m if world else self.body.length_px
        return np.asarray(np.linalg.norm(places[0] - places[1], axis=-1) / length, np.float64)

    def _foreshortened(self, measure: Measure, side: str) -> Float64:
        """Inclination towards or away from the camera, by how much of the segment's length is left upright."""
        lower, upper = (self._place(joint, side) for joint in measure.joints)
        share = (lower - upper)[:, 1] / (SEGMENTS[measure.joints] * self.body.length_px)
        return np.asarray(np.degrees(np.arccos(np.clip(share, -1, 1))), np.float64)

    def limb_score(self, joints: tuple[str, ...], side: str) -> Float64:
        """(N,) 0..1, how well the least seen of one side's joints is seen."""
        return np.asarray(np.min([self._score(joint, side) for joint in joints], axis=0), np.float64)

    # Measures between middles.

    def _between(self, measure: Measure, side: str | None) -> Measured:
        (upper, lower), confidence = self._placed(measure.joints, side)
        apart = (upper - lower) / self.body.length_px[:, None]
        if measure.kind == "height":
            return Measured(-apart[:, 1], confidence)
        if measure.kind == "slope":
            share = -apart[:, 1] / SEGMENTS[measure.joints[::-1]]
            return Measured(np.degrees(np.arcsin(np.clip(share, -1, 1))), confidence)
        yaw = np.radians(self.yaw)
        if measure.kind == "sideways" and self.body.world is not None:
            # In the picture hips that go back seem to go sideways, as soon as somebody is turned a little.
            (upper_m, lower_m), _ = self._placed(measure.joints, side, world=True)
            apart_m = (upper_m - lower_m) / self._height_m
            return Measured(apart_m[:, 0] * np.cos(yaw) - apart_m[:, 2] * np.sin(yaw), confidence)
        # Who faces the picture's left (90) is ahead there; who faces the camera (0) has the left at the right.
        along = -np.sin(yaw) if measure.kind == "ahead" else np.cos(yaw)
        values = np.where(np.abs(along) >= _TURNED, apart[:, 0] * np.sign(along), np.nan)
        return Measured(values, confidence)

    # Measures from left to right.

    def _across(self, measure: Measure) -> Measured:
        parts = measure.joints if measure.kind != "alignment" else (*measure.joints, "hip", "ankle")
        scores = [self._score(part, side) for part in parts for side in ("left", "right")]
        confidence = np.asarray(np.min(scores, axis=0), np.float64)
        apart = self._place(parts[0], "left") - self._place(parts[0], "right")
        if measure.kind == "side_difference":
            return Measured(np.abs(apart[:, 1]) / self.body.length_px, confidence)
        if measure.kind == "stride":
            return Measured(self._stride(parts[0], apart), confidence)
        if measure.kind == "tilt":  # not of lifted joints: they show 5° where shoulders tilt by 14°
            values = np.degrees(np.arctan2(-apart[:, 1], np.abs(apart[:, 0])))
        elif measure.kind == "width":
            values = self._width(parts[0])
        elif measure.kind == "width_ratio":
            values = self._width(parts[0]) / self._width(parts[1])
        else:
            values = 2 * self._width(parts[0]) / (self._width("hip") + self._width("ankle"))
        return Measured(np.where(self._keeps("frontal") >= _TURNED, values, np.nan), confidence)

    def _stride(self, part: str, apart: Float64) -> Float64:
        flat = np.abs(apart[:, 0]) / self.body.length_px
        keeps = self._keeps("sagittal")
        if self.body.world is None:
            return np.where(keeps >= _FLAT_FROM, flat, np.nan)
        yaw = np.radians(self.yaw)
        metres = self._place(part, "left", world=True) - self._place(part, "right", world=True)
        solid = np.abs(metres[:, 0] * np.sin(yaw) + metres[:, 2] * np.cos(yaw)) / self._height_m
        return np.where(keeps >= _FLAT_FROM, flat, solid)

    def _width(self, part: str) -> Float64:
        """(N,) body lengths, negative where the joints crossed over."""
        apart = self._place(part, "left")[:, 0] - self._place(part, "right")[:, 0]
        return np.asarray(apart * np.sign(np.cos(np.radians(self.yaw))) / self.body.length_px, np.float64)

    # Places.

    def travel(self, part: str, joining: Joining, rows: slice) -> float:
        """Body lengths: how far a joint gets within `rows` from the straight way between its first and its last place.

        So a camera that pans slowly does not change it. Only moments in which it is seen count; NaN where it never is.
        """
        time_s = self.body.time_s[rows]
        reached = []
        for side in ("left", "right"):
            place = self._place(part, side)[rows]
            seen = np.isfinite(place).all(-1) & (self._score(part, side)[rows] >= SEEN_SCORE)
            far = np.linalg.norm(_off_the_way(time_s[seen], place[seen]), axis=-1) / self.body.length_px[rows][seen]
            reached.append(float(np.percentile(far, 100 - _OUTLIERS)) if len(far) else np.nan)
        if joining in {"left", "right"}:
            return reached[joining == "right"]
        if joining in {"least", "most"}:
            return float(min(reached) if joining == "least" else max(reached))
        weights = np.where(np.isfinite(reached), self._weights((part,))[rows].mean(0), 0)
        return float(np.nan_to_num(reached) @ weights / weights.sum()) if weights.any() else float("nan")

    def drift(self, part: str, before: int, after: int) -> float:
        """Body lengths between the places of a joint at two moments; NaN where it was not seen in both.

        0 where both feet were seen to stand: then it was the camera that moved.
        """
        if self.shuffle("ankle", slice(before, after + 1)) <= _STANDS:
            return 0.0
        (place,), score = self._placed((part,), None)
        if min(score[before], score[after]) < SEEN_SCORE:
            return float("nan")
        return float(np.linalg.norm(place[after] - place[before]) / np.nanmedian(self.body.length_px))

    def shuffle(self, part: str, rows: slice) -> float:
        """Body lengths: how far the left and the right joint get in the picture from how they stood to each other.

        Cameras that move do not change it. NaN where one of them is not seen.
        """
        left, right = (self._place(part, side)[rows] for side in ("left", "right"))
        scores = np.minimum(self._score(part, "left")[rows], self._score(part, "right")[rows])
        apart = (left - right) / self.body.length_px[rows][:, None]
        apart = apart[np.isfinite(apart).all(-1) & (scores >= SEEN_SCORE)]
        if not len(apart):
            return float("nan")
        low, high = np.percentile(apart, [_OUTLIERS, 100 - _OUTLIERS], axis=0)
        return float(np.linalg.norm(high - low))

    def landing(self, part: str, rows: slice) -> float:
        """Body lengths: the most that the less falling one of both joints falls in the picture within `_FALLS_S`."""
        time_s, falls = self.body.time_s[rows], []
        for side in ("left", "right"):
            below = np.where(self._score(part, side)[rows] >= SEEN_SCORE, self._place(part, side)[rows][:, 1], np.nan)
            later = np.interp(time_s + _FALLS_S, time_s, below)
            falls.append((later - below) / self.body.length_px[rows])
        lesser = np.minimum(*falls)
        return float(np.nanmax(lesser)) if np.isfinite(lesser).any() else float("nan")

    def speaks(self, measure: Measure, side: Side) -> Bool:
        """(N,) whether a side contributes to the value of both; a far one that is hidden by the near one does not."""
        return np.asarray(self._weights(measure.joints)[:, int(side == "right")] > 2 * _FAR_WEIGHT, np.bool_)

    def known_error(self, measure: Measure, rows: slice) -> MeasureError:
        """Error of a measure in some rows; from geometry where nobody has measured it."""
        view = view_of_yaw(self.direction(rows)[0])
        known = measure_error(measure.text, view, self._source if self._is_solid(measure, rows) else "picture")
        return known or by_geometry(measure)

    def error(self, measure: Measure, rows: slice, *, from_rest: bool = False) -> float:
        """Give the error (+-) of one camera's values of a measure; with `from_rest` that of changes."""
        known = self.known_error(measure, rows)
        return known.change if from_rest and np.isfinite(known.change) else known.plus_minus

    def _is_solid(self, measure: Measure, rows: slice) -> bool:
        """Whether a measure of some rows comes from the positions in metres."""
        if self.body.world is None:
            return False
        keeps = float(np.nanmean(self._keeps(self._plane)[rows]))
        return measure.kind == "sideways" or (measure.kind in IN_SPACE and keeps < _FLAT_FROM)

    @property
    def _is_lifted(self) -> bool:
        """Whether there are metres in which left and right may be compared: those of BlazePose differ by up to 28 %."""
        return self.body.world is not None and self._source == "lifted"

    def _keeps(self, plane: Plane) -> Float64:
        yaw = np.radians(self.yaw)
        return np.asarray(np.abs(np.sin(yaw) if plane == "sagittal" else np.cos(yaw)), np.float64)

    @cached_property
    def _height_m(self) -> float:
        if self.body.world is None:
            return float("nan")
        legs = [
            np.linalg.norm(
                self.body.joint(f"{side}_{a}", world=True) - self.body.joint(f"{side}_{b}", world=True), axis=-1
            )
            for side in ("left", "right")
            for a, b in (("hip", "knee"), ("knee", "ankle"))
        ]
        known = [float(np.nanmedian(leg)) for leg in legs if np.isfinite(leg).any()]
        return (
            2 * float(np.mean(known)) / (SEGMENTS["knee", "hip"] + SEGMENTS["ankle", "knee"]) if known else float("nan")
        )

    def _placed(
        self, joints: tuple[str, ...], side: str | None, *, world: bool = False
    ) -> tuple[list[Float64], Float64]:
        """Positions of joints, of one side or weighted from both; and (N,) the score of the least seen of them."""
        if side is not None:
            return [self._place(joint, side, world=world) for joint in joints], self.limb_score(joints, side)
        weights = self._weights(joints)
        places = []
        for joint in joints:
            left, right = self._place(joint, "left", world=world), self._place(joint, "right", world=world)
            places.append(weighed(left, right, weights[:, :1], weights[:, 1:]))
        left, right = (self.limb_score(joints, one) for one in ("left", "right"))
        return places, weighed(left, right, weights[:, 0], weights[:, 1])

    def _place(self, part: str, side: str, *, world: bool = False) -> Float64:
        if part == "foot":
            heel, toe = (self._place(end, side, world=world) for end in ("heel", "toe"))
            return np.asarray((heel + toe) / 2, np.float64)
        return self.body.joint(part if part == "nose" or not side else f"{side}_{part}", world=world)

    def _score(self, part: str, side: str) -> Float64:
        if part == "foot":
            return np.asarray(np.minimum(self._score("heel", side), self._score("toe", side)), np.float64)
        return self.body.score(part if part == "nose" else f"{side}_{part}")


def _off_the_way(time_s: Float64, place: Float64) -> Float64:
    """(N, 2) from where somebody would be who goes evenly from the first to the last place."""
    if len(place) < 2:
        return np.zeros_like(place)
    share = ((time_s - time_s[0]) / (time_s[-1] - time_s[0]))[:, None]
    return np.asarray(place - (place[0] + share * (place[-1] - place[0])), np.float64)
