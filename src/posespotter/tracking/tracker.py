"""The tracker: it gives the people of each frame the ids they had before.

Each person is followed by two constant-velocity Kalman filters over the middle of the trunk and the size of the body:
a *steady* one, whose velocity averages about half a second and carries a person behind another one for seconds, and
an *agile* one, which follows a jump or a fall. A detection is matched to the person under whom it is most likely,
given where the filters expect them (heavy-tailed, so that one bad box loses nobody), how alike the joints are (OKS) and
how much the boxes overlap. All noise is in body sizes and seconds: neither frame rate nor distance changes the answer.

The rules, in the order of `_match`, with their ablation in docs/results/ablation.md: motion, likeness of joints and
boxes, size beside others, the prior of the own crop, motion alone, tentative detections, the own crop alone.

The size is that of the standing person, read from the limbs. It stays when people stride or bend, as their box does
not, and so tells who steps out from behind a person, half a body further away, from that person.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from posespotter.arrays import Bool, Float32, Float64, Int32, require_shape
from posespotter.boxes import areas, box_iou, common_areas
from posespotter.errors import ShapeError
from posespotter.kinematics.body_scale import limbs_of, pose_scale_px
from posespotter.skeletons import Skeleton
from posespotter.tracking.kalman import Motion, MotionModel
from posespotter.tracking.oks import body_areas, oks
from posespotter.tracking.state import Kept
from posespotter.tracking.tracker_settings import TrackerSettings
from posespotter.tracking.tracks import Tracks

_TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


_DIAGONAL = 1.15
"""Diagonal of a standing person's box in standing heights: 1.08 in synthetic walks, 1.06 to 1.22 on real clips."""

_BESIDE = 0.2
"""Least share of a box that lies inside another person's when somebody comes into sight behind them."""

_SAME_PLACE = 0.25
"""Body sizes that a tentative detection moves at most from one frame to the next."""

_EDGE = 0.03
"""Share of the picture's sides that counts as its edge; the lower one does not, people stand there."""


class Tracker(Kept):
    """Gives people ids that last. One tracker a video; `update` is called with the people of each frame in turn."""

    kept = ("_next_id", "_time_s", "_tracks", "_tentative")

    def __init__(self, skeleton: Skeleton) -> None:
        self._settings = TrackerSettings()
        self._model = MotionModel(self._settings)
        self._skeleton = skeleton
        self._sigmas = skeleton.oks_sigmas
        self._trunk = [skeleton.index(name) for name in _TRUNK if name in skeleton]
        self._next_id = 1
        self._time_s: float | None = None
        self._tracks = Tracks.none(len(skeleton), self._model)
        # Tentative detections of the last update: place (px), log body size, seconds since the first of them.
        self._tentative = np.empty((0, 4))

    @property
    def anyone_lost(self) -> bool:
        """Whether any track is unseen now; `lost` lists them, which takes longer."""
        return bool(self._tracks.lost.any())

    @property
    def lost(self) -> Tracks:
        """Tracks that are unseen now, but still remembered; those lost last come last."""
        lost = np.flatnonzero(self._tracks.lost)
        return self._tracks.take(lost[np.argsort(-self._tracks.unseen_s[lost], kind="stable")])

    def update(
        self,
        time_s: float,
        keypoints: Float32,
        boxes: Float32,
        prior_ids: Sequence[int | None] | None = None,
        *,
        frame_size: tuple[int, int] | None = None,
    ) -> Int32:
        """Name the people of one frame.

        Args:
            time_s: presentation time of the frame in seconds. Where it stands still or jumps back, no time has passed.
            keypoints: (M, K, 2) px; NaN means "not seen".
            boxes: (M, 4) x0, y0, x1, y1 in px.
            prior_ids: for each of the M the id of the person whose crop it was found in, None for a new detection;
                a strong hint, which place, size and pose can overrule.
            frame_size: (width, height) of the picture in px, if known: new people enter at its edges, not amid it.

        Returns:
            (M,) int32 ids, 1 or more, each once. A person never seen before has a new id; no id is used for two people.
            0 for who is tentative: a new detection that may be a person seen a moment ago, or somebody who came out
            behind them; the next frames tell.

        Raises:
            ShapeError: the arrays do not belong together.
        """
        m, k = len(boxes), len(self._sigmas)
        require_shape("keypoints", keypoints, (m, k, 2))
        require_shape("boxes", boxes, (m, 4))
        if prior_ids is not None and len(prior_ids) != m:
            raise ShapeError(f"prior_ids: expected {m} ids or None, got {len(prior_ids)}.")

        step_s = self._advance(time_s)
        measured = self._measure(keypoints, boxes)
        people, detections, tentative = self._match(measured, keypoints, boxes, prior_ids, frame_size)
        unnamed = self._kept_tentative(measured, tentative, step_s)
        people, detections = people[~unnamed[detections]], detections[~unnamed[detections]]
        ids = np.zeros(m, np.int32)
        ids[detections] = self._tracks.ids[people]
        new = np.flatnonzero((ids == 0) & ~unnamed)
        ids[new] = np.arange(self._next_id, self._next_id + len(new))
        self._next_id += len(new)
        corrected = self._tracks.motion.take(people).corrected(measured[detections], self._model)
        seen = Tracks.seen(ids[detections], keypoints[detections], boxes[detections], corrected)
        self._tracks = self._tracks.put(people, seen)
        if len(new):
            first = Motion.new(measured[new], self._model)
            self._tracks = self._tracks.plus(Tracks.seen(ids[new], keypoints[new], boxes[new], first))
        self._forget()
        return ids

    def predict(self, time_s: float) -> Tracks:
        """The people of the last update, moved on to `time_s` by their velocity."""
        seen = self._tracks.take(~self._tracks.lost)
        step_s = max(time_s - self._time_s, 0.0) if self._time_s is not None else 0.0
        keypoints, boxes = seen.moved(seen.motion.rate[:, 1, :2], step_s)
        return replace(seen, keypoints=keypoints, boxes=boxes)

    def _advance(self, time_s: float) -> float:
        """Move everybody on to `time_s`; the time since the last update, as far as it counts."""
        step_s = max(time_s - self._time_s, 0.0) if self._time_s is not None else 0.0
        self._time_s = time_s
        # No track is remembered longer than this, and a longer step would only overflow the variances.
        step_s = min(step_s, self._settings.memory_s + 1)
        self._tracks = replace(self._tracks, unseen_s=self._tracks.unseen_s + max(step_s, 1e-6))
        self._forget()
        # A person just seen is followed by the agile filter, one out of sight by the steady one.
        tracks, motion = self._tracks, self._tracks.motion
        fresh = tracks.unseen_s <= self._settings.pose_memory_s
        rate = np.where(fresh[:, None], motion.rate[:, 1, :2], motion.rate[:, 0, :2])
        keypoints, boxes = tracks.moved(rate, step_s)
        self._tracks = replace(tracks, keypoints=keypoints, boxes=boxes, motion=motion.advanced(step_s, self._model))
        return step_s

    def _kept_tentative(self, measured: Float64, tentative: Bool, step_s: float) -> Bool:
        """(M,) which detections stay tentative in this frame: those that have not been so for long."""
        if not tentative.any():
            self._tentative = np.empty((0, 4))
            return tentative
        off = np.linalg.norm(measured[:, None, :2] - self._tentative[None, :, :2], axis=-1)
        near = off < _SAME_PLACE * np.exp(self._tentative[:, 2])
        since_s = np.where(near, self._tentative[:, 3] + max(step_s, 1e-6), 0.0).max(1, initial=0.0)
        unnamed: Bool = tentative & (since_s < self._settings.doubt_s)
        self._tentative = np.concatenate([measured[unnamed], since_s[unnamed, None]], 1)
        return unnamed

    def _place(self, keypoints: Float32, boxes: Float32) -> Float64:
        """(M, 2) middle of the trunk, or of the box where the trunk is not seen."""
        place = (boxes[:, :2].astype(np.float64) + boxes[:, 2:]) / 2
        if self._trunk:
            trunk = keypoints[:, self._trunk].astype(np.float64).mean(1)
            place = np.where(np.isfinite(trunk), trunk, place)
        return place

    def _measure(self, keypoints: Float32, boxes: Float32) -> Float64:
        """(M, 3) place and log body size; of people without a seen limb that of their box."""
        size = _DIAGONAL * pose_scale_px(keypoints, limbs_of(self._skeleton.keypoints))
        corners = boxes.astype(np.float64)
        size = np.where(size > 0, size, np.hypot(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]))
        return np.concatenate([self._place(keypoints, boxes), np.log(np.maximum(size, 1.0))[:, None]], 1)

    def _match(
        self,
        measured: Float64,
        keypoints: Float32,
        boxes: Float32,
        prior_ids: Sequence[int | None] | None,
        frame_size: tuple[int, int] | None,
    ) -> tuple[Int32, Int32, Bool]:
        """Pairs (people, detections) of least total cost, each may also be new; (M,) which are tentative."""
        tracks = self._tracks
        t, m = len(tracks), len(measured)
        nobody, tentative = np.empty(0, np.int32), np.zeros(m, bool)
        if t == 0 or m == 0:
            return nobody, nobody, tentative
        s = self._settings
        prior = None if prior_ids is None else np.array([0 if i is None else i for i in prior_ids], np.int32)
        if t == m == 1 and prior is not None and prior[0] == tracks.ids[0]:
            # One person, found in the crop of their own: there is nothing to choose.
            return *self._with_own_crops(nobody, nobody, measured, prior), tentative
        moved = tracks.motion.cost(measured, self._model)
        recent = np.exp(-tracks.unseen_s / s.pose_memory_s)[:, None]
        # Trunk on trunk: the place has been judged already, and at few frames a second it changes much.
        shapes = tracks.keypoints - self._place(tracks.keypoints, tracks.boxes)[:, None]
        found_shapes = keypoints - measured[:, None, :2]
        unlike = s.pose_weight * (1 - oks(shapes, found_shapes, body_areas(tracks.boxes), self._sigmas))
        unlike += s.box_weight * (1 - box_iou(tracks.boxes, boxes))
        # Beside another person there may be two: one hidden behind them, and one who steps out for the first time.
        crowded = _crowded(tracks.boxes, boxes)
        fresh = tracks.unseen_s < s.doubt_s
        size_weight = crowded * np.where(fresh, s.fresh_size_weight, 1.0)[:, None]
        resized = tracks.motion.size_cost(measured, self._model)
        moved += size_weight * resized
        # After a while unseen, likeness is no evidence, neither for nor against.
        cost = moved + recent * unlike + (1 - recent) * s.unknown_pose_cost
        if prior is not None:
            cost -= s.followed_bonus * (tracks.ids[:, None] == prior[None])
        # What a match gains over "this one vanished and that one is new"; without a gain there is no match.
        gain = np.maximum(s.new_cost + s.vanish_cost * recent - cost, 0.0)
        pairs = linear_sum_assignment(gain, maximize=True)
        good = gain[pairs] > 0
        people, detections = pairs[0][good].astype(np.int32), pairs[1][good].astype(np.int32)
        clear = np.zeros(m, bool) if frame_size is None else amid(boxes, frame_size)
        people, detections = self._with_changed_poses(people, detections, moved, clear & ~crowded)
        if not t == m == 1:
            weak = (gain[people, detections] < s.sure_gain) & (resized[people, detections] > s.sure_size_cost)
            tentative[detections] = weak & fresh[people]
        if prior is None:
            return people, detections, tentative
        return *self._with_own_crops(people, detections, measured, prior), tentative & (prior == 0)

    def _with_changed_poses(self, people: Int32, detections: Int32, moved: Float64, amid: Bool) -> tuple[Int32, Int32]:
        """Also match the remaining detections where motion alone decides.

        Likeness chooses between people. Where there is nothing to choose, it must not part a person who fell or jumped
        while out of sight from the same person found again.
        """
        missing, unclaimed = self._tracks.lost, np.ones(moved.shape[1], bool)
        missing[people], unclaimed[detections] = False, False
        lost, left = np.flatnonzero(missing), np.flatnonzero(unclaimed)
        if not len(lost) or not len(left):
            return people, detections
        limit = np.where(amid[np.ix_(lost, left)], self._settings.amid_motion_cost, self._settings.sure_motion_cost)
        gain = limit - moved[np.ix_(lost, left)]
        rows, columns = linear_sum_assignment(np.maximum(gain, 0.0), maximize=True)
        good = gain[rows, columns] > 0
        people = np.append(people, lost[rows[good]]).astype(np.int32)
        return people, np.append(detections, left[columns[good]]).astype(np.int32)

    def _with_own_crops(self, people: Int32, detections: Int32, measured: Float64, prior: Int32) -> tuple[Int32, Int32]:
        """Also pair what is left over with the person in whose own crop it was found, however much the pose changed.

        People who enter the picture, turn or are half hidden change their outline from frame to frame more than their
        motion allows; a detection in their crop that nobody else claims is still them.
        """
        claimed = set(detections.tolist())
        for detection in (detection for detection in range(len(measured)) if detection not in claimed):
            person = np.flatnonzero((self._tracks.ids == prior[detection]) & (prior[detection] > 0))
            if len(person) and person[0] not in people:
                off = np.linalg.norm(measured[detection, :2] - self._tracks.motion.mean[person[0], 1, :2])
                if off <= self._settings.max_reach * self._tracks.motion.size[person[0]]:
                    people = np.append(people, np.int32(person[0]))
                    detections = np.append(detections, np.int32(detection))
        return people, detections

    def _forget(self) -> None:
        s, unseen_s = self._settings, self._tracks.unseen_s
        keep = unseen_s <= s.memory_s
        lost = np.flatnonzero(keep & (unseen_s > 0))
        if len(lost) > s.max_lost:
            keep[lost[np.argsort(unseen_s[lost], kind="stable")[s.max_lost :]]] = False
        if not keep.all():
            self._tracks = self._tracks.take(keep)


def _crowded(people: Float32, detections: Float32) -> Bool:
    """(T, M) whether a third person is so near to a person or to a detection that the two might be mixed up.

    A good part of the detection's box then lies in that of another one or of a person, or of the person's in another
    detection.
    """
    m = len(detections)
    boxes = np.concatenate([detections, people])
    inside = common_areas(boxes, boxes) > _BESIDE * areas(boxes)[:, None]
    np.fill_diagonal(inside, False)
    find_in_person, person_in_find = inside[:m, m:].T, inside[m:, :m]
    return np.asarray(
        inside[:m, :m].any(1)
        | (find_in_person.sum(0) > find_in_person)
        | (person_in_find.sum(1, keepdims=True) > person_in_find)
    )


def amid(boxes: Float32, frame_size: tuple[int, int]) -> Bool:
    """(M,) whether each of (M, 4) boxes keeps clear of the picture's edges."""
    size = np.tile(np.array(frame_size, np.float64), 2)
    where = boxes / size
    return np.asarray((where[:, :2] > _EDGE).all(1) & (where[:, 2] < 1 - _EDGE), np.bool_)
