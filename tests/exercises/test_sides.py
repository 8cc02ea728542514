"""Both sides of a measure as one: weights, and what a hidden side leaves."""

import numpy as np
import pytest

from posespotter.exercises.sides import UNSEEN_WEIGHT, Joining, Measured, joined, weighed

EQUAL = np.full((2, 2), 0.5)


def of(*values: float, score: float = 0.9) -> Measured:
    return Measured(np.array(values), np.full(len(values), score))


@pytest.mark.parametrize(
    ("joining", "expected"), [("mean", [90, 100]), ("least", [80, 95]), ("most", [100, 105]), ("difference", [20, 10])]
)
def test_joinings(joining: Joining, expected: list[float]) -> None:
    both = joined(of(80, 105), of(100, 95), joining, EQUAL)
    assert both.values.tolist() == expected
    assert both.confidence.tolist() == [0.9, 0.9]


def test_of_a_hidden_side_nothing_counts() -> None:
    weights = np.tile([1.0, UNSEEN_WEIGHT], (2, 1))
    weights /= weights.sum(-1, keepdims=True)
    both = joined(of(80, 80), of(10, 10, score=0.1), "least", weights)
    np.testing.assert_allclose(both.values, 80, atol=1e-3)
    np.testing.assert_allclose(both.confidence, 0.9, atol=1e-3)


def test_one_side_alone_where_the_other_has_no_value() -> None:
    half = np.array([0.5, 0.5])
    found = weighed(np.array([np.nan, 1.0]), np.array([3.0, 5.0]), half, half)
    assert found.tolist() == [3.0, 3.0]
    assert np.isnan(weighed(np.array([np.nan]), np.array([np.nan]), half[:1], half[:1])).all()
