"""The analysis of a finished run, with its curves: computed again from the files in its folder."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from posespotter.errors import InputError
from posespotter.exercises.analysis import ExerciseAnalysis
from posespotter.exercises.analyze import ViewOption, analyze_all, analyze_exercise
from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.poses import PoseSequence
from posespotter.tasks.run_folder.folders import POSES_FILE, RUN_FILE
from posespotter.tasks.run_folder.record import RunRecord


@dataclass(frozen=True, eq=False)
class Movement:
    """A clip that was analysed, and its analyses.

    Attributes:
        poses: of everybody.
        analyses: of everybody who does the exercise, the person who does most of it first; or one empty analysis.
        view: from where the camera was said to see them.
    """

    poses: PoseSequence
    analyses: tuple[ExerciseAnalysis, ...]
    view: ViewOption


def read_movement(folder: Path) -> Movement:
    """The analysis of the exercise run in a folder: its poses, by its exercise file, as it was asked for.

    Raises:
        InputError: the folder holds no such run.
    """
    record = RunRecord.read(folder)
    if record.exercise is None or record.exercise_file is None:
        raise InputError(f"{folder.name}: expected the record of an exercise in {RUN_FILE}, got another.")
    try:
        definition = ExerciseDefinition.model_validate(record.exercise_file)
    except ValidationError as error:
        raise InputError(f"{folder.name}: expected an exercise file in {RUN_FILE}, got another.") from error
    view, person = record.exercise.view, record.exercise.person
    poses = PoseSequence.from_parquet(folder / POSES_FILE)
    if person is not None:
        return Movement(poses, (analyze_exercise(poses, definition, view=view, person=person),), view)
    analyses = analyze_all(poses, definition, view=view)
    return Movement(poses, tuple(sorted(analyses, key=lambda one: -one.count)), view)
