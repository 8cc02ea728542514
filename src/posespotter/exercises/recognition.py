"""Recognise an exercise: the one whose rules for a repetition are fulfilled."""

from collections.abc import Iterable
from dataclasses import dataclass

from posespotter.exercises.analyze import ViewOption, analyze_all
from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.poses import PoseSequence


@dataclass(frozen=True)
class Recognised:
    """An exercise of which repetitions were counted.

    Attributes:
        exercise: its definition.
        count: repetitions of whoever does most of it.
        seconds: how long those lasted together.
    """

    exercise: ExerciseDefinition
    count: int
    seconds: float


def recognise(
    poses: PoseSequence, exercises: Iterable[ExerciseDefinition], *, view: ViewOption = "auto"
) -> list[Recognised]:
    """Count every exercise; those of which there was a repetition, that which fills most of the clip first.

    Args:
        poses: of everybody.
        exercises: that may be done.
        view: from where the camera sees them.
    """
    found = []
    for exercise in exercises:
        best = max(analyze_all(poses, exercise, view=view), key=lambda one: one.count)
        if best.count:
            seconds = sum(one.end_s - one.start_s for one in best.repetitions)
            found.append(Recognised(exercise, best.count, seconds))
    return sorted(found, key=lambda one: -one.seconds)
