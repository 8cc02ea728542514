"""Exercises as data files: their repetitions are counted, and each one is judged where the picture allows it."""

from posespotter.exercises.analysis import (
    Check,
    ExerciseAnalysis,
    Fault,
    Repetition,
    Series,
    Stretch,
)
from posespotter.exercises.analyze import analyze_all, analyze_exercise
from posespotter.exercises.catalog import exercise_names, explain, load_exercise

__all__ = ["Check", "ExerciseAnalysis", "Fault", "Repetition", "Series", "Stretch", "analyze_all", "analyze_exercise"]
__all__ += ["exercise_names", "explain", "load_exercise"]
