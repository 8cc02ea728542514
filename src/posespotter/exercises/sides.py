"""The left and the right side of a measure as one."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from posespotter.arrays import Float64
from posespotter.skeletons import SEEN_SCORE

Side = Literal["left", "right"]
Joining = Literal["mean", "least", "most", "difference", "left", "right"]

UNSEEN_WEIGHT = 1e-6  # of a side that is not seen: next to nothing, but all where the other has no value


@dataclass(frozen=True, eq=False)
class Measured:
    """A measure over N frames.

    Attributes:
        values: (N,) in the measure's unit; NaN where it cannot be measured.
        confidence: (N,) 0..1, the score of the least seen joint that is needed.
    """

    values: Float64
    confidence: Float64


def weighed(left: Float64, right: Float64, of_left: Float64, of_right: Float64) -> Float64:
    """The mean by weights that add up to 1; where one side is not known, the other that counts."""
    known_left, known_right = np.isfinite(left) * of_left, np.isfinite(right) * of_right
    total = known_left + known_right
    with np.errstate(invalid="ignore"):
        mean = (known_left * np.nan_to_num(left) + known_right * np.nan_to_num(right)) / total
    return np.asarray(np.where(total > 10 * UNSEEN_WEIGHT, mean, np.nan), np.float64)


def joined(left: Measured, right: Measured, joining: Joining, weights: Float64) -> Measured:
    """Both sides as one."""
    both_seen = np.minimum(left.confidence, right.confidence)
    if joining == "difference":
        return Measured(np.abs(left.values - right.values), both_seen)
    of_left, of_right = weights.T
    if joining != "mean" and min(float(np.median(one.confidence)) for one in (left, right)) >= SEEN_SCORE:
        return Measured((np.fmin if joining == "least" else np.fmax)(left.values, right.values), both_seen)
    confidence = weighed(left.confidence, right.confidence, of_left, of_right)
    return Measured(weighed(left.values, right.values, of_left, of_right), confidence)
