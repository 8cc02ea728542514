"""The measures of an exercise, frame by frame and side by side, as the analysis saw them."""

import numpy as np

from posespotter.arrays import Float64, Int32
from posespotter.exercises.analysis import ExerciseAnalysis, Fault, Repetition
from posespotter.exercises.analyze import YAW_OF_VIEW, ViewOption
from posespotter.exercises.checks import judged_values
from posespotter.exercises.definitions.vocabulary import Measure
from posespotter.exercises.measures import Moves
from posespotter.exercises.person import Person, people_of
from posespotter.exercises.sides import Joining, Side
from posespotter.kinematics.joint_angles import world_source
from posespotter.poses import PoseSequence

_AROUND_S = 0.3  # shown before and after a repetition


class Curves:
    """The measures of one analysed person over time.

    Attributes:
        frame: (N,) frame numbers.
        time_s: (N,) seconds.
    """

    def __init__(self, poses: PoseSequence, analysis: ExerciseAnalysis, view: ViewOption = "auto") -> None:
        """Prepare the person of an analysis.

        Args:
            poses: what was analysed.
            analysis: what came of it.
            view: as it was given to the analysis.
        """
        self._definition = analysis.definition
        bodies = next((one.bodies for one in _people(poses, analysis) if one.track_ids == analysis.track_ids), ())
        self._moves = [
            Moves(body, analysis.definition.plane, YAW_OF_VIEW.get(view), world_source(poses)) for body in bodies
        ]
        self.frame: Int32 = np.concatenate([np.zeros(0, np.int32), *(moves.body.frame for moves in self._moves)])
        self.time_s = _joined([moves.body.time_s for moves in self._moves])

    def values(self, measure: Measure, joining: Joining) -> Float64:
        """(N,) in the measure's unit; NaN where it cannot be measured."""
        return _joined([moves.measure(measure, joining).values for moves in self._moves])

    def of_side(self, measure: Measure, side: Side) -> Float64:
        """(N,) the values of one side; NaN also where the other side alone counts, which hides it."""
        values = [moves.measure(measure, side).values for moves in self._moves]
        speaks = [moves.speaks(measure, side) for moves in self._moves]
        return _joined([np.where(said, value, np.nan) for said, value in zip(speaks, values, strict=True)])

    def of_fault(self, fault: Fault, repetition: Repetition) -> tuple[Float64, Float64]:
        """(M,) seconds and (M,) values of what a fault was found in, over its repetition and a moment around it.

        Both are empty for faults of time, and for faults that the exercise file does not know.
        """
        rule = next((rule for rule in self._definition.check if rule.name == fault.name), None)
        if rule is None or rule.measure is None:
            return np.zeros(0), np.zeros(0)
        joining: Joining = "mean" if repetition.side == "both" else repetition.side
        rests = fault.rest, fault.confirmed_rest
        values = _joined([judged_values(moves, rule, joining, rests) for moves in self._moves])
        around = (self.time_s >= repetition.start_s - _AROUND_S) & (self.time_s <= repetition.end_s + _AROUND_S)
        return self.time_s[around], values[around]

    def worst_frame(self, fault: Fault, repetition: Repetition) -> int:
        """The frame that shows a fault best."""
        time_s, values = self.of_fault(fault, repetition)
        during = (time_s >= fault.start_s) & (time_s <= fault.end_s) & np.isfinite(values)
        if not during.any():
            return _nearest(self.frame, (fault.start_frame + fault.end_frame) // 2)
        sign = 1.0 if fault.value > fault.limit else -1.0
        moment = time_s[during][int(np.argmax(sign * values[during]))]
        return int(self.frame[int(np.argmin(np.abs(self.time_s - moment)))])


def _people(poses: PoseSequence, analysis: ExerciseAnalysis) -> list[Person]:
    """Candidates for the exerciser: everybody, or the one that was asked for by number."""
    if not analysis.track_ids:
        return []
    alone = people_of(poses, analysis.track_ids[0]) if len(analysis.track_ids) == 1 else []
    return people_of(poses, None) + alone


def _joined(parts: list[Float64]) -> Float64:
    return np.concatenate([np.zeros(0), *parts])


def _nearest(frames: Int32, frame: int) -> int:
    return int(frames[np.argmin(np.abs(frames - frame))]) if len(frames) else frame
