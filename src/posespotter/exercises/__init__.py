"""Exercises as data files: their repetitions are counted, and each one is judged where the picture allows it."""

from posespotter.exercises.analysis import (
    Check,
    ExerciseAnalysis,
    Fault,
    Repetition,
    Series,
    Stretch,
    UncountedMovement,
    to_document,
)
from posespotter.exercises.analyze import analyze_all, analyze_exercise
from posespotter.exercises.definitions.catalog import exercise_names, load_exercise
from posespotter.exercises.words.explanation import explain

__all__ = ["Check", "ExerciseAnalysis", "Fault", "Repetition", "Series", "Stretch", "analyze_all", "analyze_exercise"]
__all__ += ["UncountedMovement", "exercise_names", "explain", "load_exercise", "to_document"]
