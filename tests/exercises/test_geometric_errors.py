"""Errors by geometry: tables that a person can check, and what holds for all measures."""

import numpy as np
import pytest

from posespotter.exercises.definitions.vocabulary import ALIASES, WITHOUT_CURVE, parse_measure
from posespotter.exercises.geometric_errors import by_geometry, geometric_error

APART = 0.01 * np.sqrt(2)  # of two joints that are each off by 1 % of the body height


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("height(hip, ankle)", APART),
        ("distance(hip, ankle)", APART),
        ("width(knee)", APART),
        ("alignment(knee)", APART / 0.2),
        ("width_ratio(knee, ankle)", APART / 0.2),
        ("trunk_lean", np.degrees(APART / 0.288)),  # the trunk is 0.288 body lengths
        ("slope(hip, knee)", np.degrees(APART / 0.245)),
        ("knee_angle", np.degrees(np.hypot(APART / 0.245, APART / 0.246))),
        ("angle(shoulder, elbow, wrist)", np.degrees(np.hypot(APART / 0.186, APART / 0.15))),  # the forearm is short
        ("tilt(shoulder)", np.degrees(APART / 0.2)),
        ("sideways(hip, ankle)", np.hypot(APART, 0.15 * np.sin(np.radians(10)))),
    ],
)
def test_errors(measure: str, expected: float) -> None:
    assert geometric_error(parse_measure(measure)) == pytest.approx(expected)


@pytest.mark.parametrize("measure", [*ALIASES, "height(hip, foot)", *(f"{kind}(ankle)" for kind in WITHOUT_CURVE)])
def test_without_bias_and_usable(measure: str) -> None:
    error = by_geometry(parse_measure(measure))
    assert error.bias == 0
    assert error.within_95 == 2 * error.plus_minus == 2 * error.change > 0
    assert error.usable
