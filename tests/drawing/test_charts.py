"""Charts say what they show where there is room for it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from tests import figures

from posespotter.drawing.charts import signal_chart
from posespotter.exercises import ExerciseAnalysis, analyze_exercise


@pytest.fixture(scope="module")
def three() -> ExerciseAnalysis:
    return analyze_exercise(figures.film(figures.squat(), noise=0.003), "squat")


def copies(analysis: ExerciseAnalysis, number: int) -> ExerciseAnalysis:
    """The first repetition again and again, side by side in the same time."""
    first, times = analysis.repetitions[0], np.linspace(0, analysis.series.time_s[-1], number + 1)
    spans = zip(times[:-1].tolist(), times[1:].tolist(), strict=True)
    many = [replace(first, index=i, start_s=start, end_s=end) for i, (start, end) in enumerate(spans, 1)]
    return replace(analysis, repetitions=tuple(many))


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize(("number", "marked"), [(3, True), (30, False), (200, False)])
def test_numbers_of_repetitions_do_not_touch(three: ExerciseAnalysis, width, number: int, marked: bool) -> None:
    figure = signal_chart(copies(three, number), width)
    figure.canvas.draw()
    labels = [text for text in figure.axes[0].texts if text.get_text()[0].isdigit()]
    boxes = sorted((text.get_window_extent().x0, text.get_window_extent().x1) for text in labels)
    assert labels
    assert all(text.get_text().endswith("✓") for text in labels) == marked
    assert all(first[1] <= second[0] for first, second in pairwise(boxes))


def test_a_limit_is_named_where_the_curve_is_not(three: ExerciseAnalysis) -> None:
    lean = "lean(hip, shoulder)" if "lean(hip, shoulder)" in three.series.values else "trunk_lean"
    values = np.where(three.series.time_s > three.series.time_s[-1] / 2, 54.0, 20.0)
    ends = replace(three, series=replace(three.series, values={**three.series.values, lean: values}))
    axis = next(axis for axis in signal_chart(ends).axes if axis.get_title(loc="left").startswith("Trunk lean"))
    assert [text.get_ha() for text in axis.texts] == ["left"]
