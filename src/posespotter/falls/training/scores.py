"""Counts with their uncertainty: shares, rates an hour, and tables of what was taken for what."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from posespotter.arrays import Array, Float64, Int32, Int64
from posespotter.falls.classifier import CLASSES

_Z = 1.959964  # of the normal distribution: 95 % lie within
_TAIL = 0.025  # on either side of a 95 % interval


@dataclass(frozen=True)
class Share:
    """`hits` of `n`.

    Attributes:
        hits: how often it was so.
        n: how often it could have been.
    """

    hits: int
    n: int

    @property
    def value(self) -> float:
        """0..1; NaN of nothing."""
        return self.hits / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval after Wilson, which stays within 0..1 also for small n (Wilson 1927)."""
        if not self.n:
            return float("nan"), float("nan")
        share, z2 = self.value, _Z**2
        middle = (share + z2 / (2 * self.n)) / (1 + z2 / self.n)
        half = _Z * np.sqrt(share * (1 - share) / self.n + z2 / (4 * self.n**2)) / (1 + z2 / self.n)
        return max(0.0, float(middle - half)), min(1.0, float(middle + half))


@dataclass(frozen=True)
class HourlyRate:
    """`count` events in `hours`."""

    count: int
    hours: float

    @property
    def value(self) -> float:
        """Events an hour; NaN of no time."""
        return self.count / self.hours if self.hours > 0 else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """The exact 95 % interval of a Poisson count (Garwood 1936): no event in T hours proves only < 3.7/T."""
        from scipy.stats import chi2

        if not self.hours > 0:
            return float("nan"), float("nan")
        low = chi2.ppf(_TAIL, 2 * self.count) / 2 if self.count else 0.0
        high = chi2.ppf(1 - _TAIL, 2 * (self.count + 1)) / 2
        return float(low / self.hours), float(high / self.hours)


@dataclass(frozen=True, eq=False)
class Confusion:
    """A confusion matrix.

    Attributes:
        counts: (3, 3) int64, rows the truth, columns the answer, both in the order of `classifier.CLASSES`.
    """

    counts: Int64

    @classmethod
    def of(cls, truth: Int32, answer: Array | Int32 | Int64) -> "Confusion":
        """Count pairs of positions in `classifier.CLASSES`."""
        k = len(CLASSES)
        cells = truth.astype(np.int64) * k + np.asarray(answer, np.int64)
        return cls(np.bincount(cells, minlength=k * k).reshape(k, k))

    def __add__(self, other: "Confusion") -> "Confusion":
        return Confusion(self.counts + other.counts)

    @cached_property
    def precision(self) -> Float64:
        """(3,) of each class; NaN where nothing was given that answer."""
        return _ratio(np.diag(self.counts), self.counts.sum(axis=0))

    @cached_property
    def recall(self) -> Float64:
        """(3,) of each class; NaN where there was none."""
        return _ratio(np.diag(self.counts), self.counts.sum(axis=1))

    @cached_property
    def f1(self) -> Float64:
        """(3,) harmonic means of precision and recall; NaN where a class neither was nor was said."""
        return _ratio(2 * np.diag(self.counts), self.counts.sum(axis=0) + self.counts.sum(axis=1))

    @property
    def macro_f1(self) -> float:
        """Mean of `f1` over the classes that occur."""
        known = np.isfinite(self.f1)
        return float(self.f1[known].mean()) if known.any() else float("nan")


def _ratio(part: Int64, total: Int64) -> Float64:
    with np.errstate(invalid="ignore"):
        return np.asarray(part / total, np.float64)
