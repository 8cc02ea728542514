"""The depth (or height) that a repetition is to reach, and how far on the way somebody is now."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np

from posespotter.exercises.definitions.definition import CheckRule, ExerciseDefinition
from posespotter.exercises.definitions.vocabulary import parse_measure
from posespotter.exercises.measures import Moves
from posespotter.exercises.sides import Joining
from posespotter.exercises.words.wording import number, unit_words
from posespotter.kinematics.body import body_of
from posespotter.kinematics.joint_angles import world_source
from posespotter.poses import PoseSequence

_CHECKS = frozenset({"too_shallow", "too_low"})
_WINDOW_S = 1.0  # as long as the direction that somebody faces is smoothed over
_REST_S = 60.0  # the usual stand is the furthest from the target in the last minute, as a live count looks back so far
_AGAIN = 0.5  # of the way: who was back so far begins another repetition
_LEAST_FRAMES = 3  # fewer say too little of the direction that somebody faces


@dataclass(frozen=True)
class Target:
    """The depth that a repetition is to reach.

    Attributes:
        exercise: whose target it is.
        rule: the check of the exercise that it is the limit of.
        goal: in the unit of the rule's measure; of a range, from the rest.
    """

    exercise: ExerciseDefinition
    rule: CheckRule
    goal: float

    @property
    def metric(self) -> str:
        """The number of a repetition that is held against the goal; empty where the exercise has none."""
        at = {"mean": "least", "worst": "least"}.get(self.rule.statistic, self.rule.statistic)
        fitting = (m.name for m in self.exercise.metric if m.measure == self.rule.measure and m.statistic == at)
        return next(fitting, "")

    @property
    def words(self) -> str:
        """The goal with its unit: "43°"."""
        unit = parse_measure(self.rule.measure or "").word.unit
        return f"{number(self.goal, unit)}{unit_words(unit)}"


def target_of(exercise: ExerciseDefinition, goal: float | None = None) -> Target | None:
    """The target of an exercise, with `goal` in place of its limit; None where depth is none of its checks."""
    for rule in exercise.check:
        limit = rule.above if rule.above is not None else rule.below
        if rule.name in _CHECKS and rule.measure is not None and limit is not None:
            return Target(exercise, rule, limit if goal is None else goal)
    return None


@dataclass(frozen=True)
class Depth:
    """The current depth.

    Attributes:
        share: of the way from their own rest to the target; 1 is the target, beyond it is more.
        reached: whether this repetition has been at the target.
        first: whether it was reached just now.
    """

    share: float
    reached: bool
    first: bool


class DepthMeter:
    """Follows the nearest person on the way to a target; give `see` one frame after the other."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._measure = parse_measure(target.rule.measure or "")
        self._frames: deque[PoseSequence] = deque()
        self._values: deque[tuple[float, float]] = deque()
        self._reached = False

    def see(self, poses: PoseSequence, time_s: float) -> Depth | None:
        """Take note of the people of a frame; None where the depth cannot be told.

        Args:
            poses: rows of one frame; their own times are not used.
            time_s: of the frame.
        """
        rows = _nearest(poses, time_s)
        if self._frames and rows is not None and _other(self._frames[-1], rows):
            self._frames.clear()
        if rows is not None:
            self._frames.append(rows)
        while self._frames and time_s - self._frames[0].time_s[0] > _WINDOW_S:
            self._frames.popleft()
        if rows is None or len(self._frames) < _LEAST_FRAMES:
            return None
        value = self._value()
        if not np.isfinite(value):
            return None
        self._values.append((time_s, value))
        while time_s - self._values[0][0] > _REST_S:
            self._values.popleft()
        return self._judged(value)

    def _value(self) -> float:
        window = PoseSequence.concat(self._frames)
        moves = Moves(body_of(window).clean(), self._target.exercise.plane, None, world_source(window))
        joining = cast("Joining", self._target.rule.side)
        return float(moves.measure(self._measure, joining).values[-1])

    def _judged(self, value: float) -> Depth | None:
        known = [one for _, one in self._values]
        sinks = self._target.rule.above is not None or self._target.rule.statistic == "range"
        rest = max(known) if sinks else min(known)
        goal = rest - self._target.goal if self._target.rule.statistic == "range" else self._target.goal
        way = rest - goal
        if way == 0 or (way > 0) != sinks:  # nobody was ever at rest, or the rest is beyond the goal
            return None
        share = (rest - value) / way
        before = self._reached
        self._reached = share >= 1.0 or (before and share >= _AGAIN)
        return Depth(round(share, 3), self._reached, self._reached and not before)


def _nearest(poses: PoseSequence, time_s: float) -> PoseSequence | None:
    """The row of the largest person, at a time of the caller's clock."""
    if not len(poses):
        return None
    sizes = (poses.bbox[:, 2:] - poses.bbox[:, :2]).prod(axis=1)
    row = poses.where(np.arange(len(poses)) == int(np.argmax(sizes)))
    return replace(row, time_s=np.array([time_s]), last_s=None)


def _other(before: PoseSequence, now: PoseSequence) -> bool:
    return bool(before.track_id[0] != now.track_id[0]) or before.frame_size != now.frame_size


Direction = Literal["down", "up"]


def direction_of(target: Target) -> Direction:
    """Direction in which the body approaches the target."""
    return "up" if target.rule.name == "too_low" else "down"
