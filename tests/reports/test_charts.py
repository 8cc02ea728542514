"""Charts say what they show where there is room for it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from tests import figures

from posespotter.exercises import ExerciseAnalysis, analyze_exercise
from posespotter.exercises.curves import Curves
from posespotter.exercises.definitions.vocabulary import parse_measure
from posespotter.reports.chart_style import svg
from posespotter.reports.charts import signal_chart
from posespotter.reports.movement_charts import angles_chart


@pytest.fixture(scope="module")
def three() -> ExerciseAnalysis:
    return analyze_exercise(figures.film(figures.squat(), noise=0.003), "squat")


@pytest.fixture(scope="module")
def side() -> ExerciseAnalysis:
    return analyze_exercise(figures.film(figures.squat(), yaw_deg=90, noise=0.003), "squat")


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


def test_who_cannot_see_a_chart_is_told_what_it_shows(side: ExerciseAnalysis) -> None:
    drawing = svg(signal_chart(side), name="signals")
    assert drawing.startswith("<svg")
    assert ' aria-label="Chart: Hips above the knees, % of height; ' in drawing


def test_a_limit_is_named_where_the_curve_is_not(side: ExerciseAnalysis) -> None:
    values = np.where(side.series.time_s > side.series.time_s[-1] / 2, 54.0, 20.0)
    ends = replace(side, series=replace(side.series, values={**side.series.values, "trunk_lean": values}))
    (name,) = lean_axis(ends).texts
    assert (name.get_ha(), name.get_va()) == ("left", "top")  # above the line it would touch the title


def test_limits_that_were_not_judged_are_not_drawn(three: ExerciseAnalysis, side: ExerciseAnalysis) -> None:
    assert not lean_axis(three).texts  # from the front a lean cannot be told
    assert lean_axis(side).texts


def test_the_limit_of_what_is_judged_by_its_least_is_drawn(side: ExerciseAnalysis) -> None:
    rule = next(one for one in side.definition.check if one.name == "too_shallow")
    assert rule.statistic == "least"
    knee = next(axis for axis in signal_chart(side).axes if axis.get_title(loc="left").startswith("Knee angle"))
    assert f"too shallow: limit {rule.limit:.0f}" in [text.get_text() for text in knee.texts]


@pytest.mark.parametrize("view", ["auto", "left", "front"])
def test_joint_angles_are_those_that_were_judged(view) -> None:
    """Seen at an angle, they depend on the view that the analysis was asked for."""
    poses = figures.film(figures.squat(), yaw_deg=50, noise=0.003)
    analysis = analyze_exercise(poses, "squat", view=view)
    (knee,) = [axis for axis in angles_chart(poses, analysis, view).axes if "Knee" in axis.get_title(loc="left")]
    drawn = next(line for line in knee.lines if line.get_label() == "left").get_ydata()
    judged = Curves(poses, analysis, view).values(parse_measure("knee_angle"), "left")
    np.testing.assert_array_equal(drawn, judged)


def lean_axis(analysis: ExerciseAnalysis) -> Axes:
    return next(axis for axis in signal_chart(analysis).axes if axis.get_title(loc="left").startswith("Trunk lean"))
