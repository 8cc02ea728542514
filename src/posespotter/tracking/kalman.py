"""Predict where people are going: constant-velocity filters of many people at once."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from posespotter.arrays import Columns, Float64

# Variances of x, y and log body size; lengths in body sizes, time in seconds. The noise was fitted on walking people:
# gait swings the trunk by 2 % of a body size, and the size, read from the limbs, is wrong by 1 to 4 % on real clips.
_NOISE = np.array([0.025, 0.025, 0.02]) ** 2
# Spectral density of the acceleration. With 0.003 in size, who walks up to the camera quickly gets new ids at 5 to 15
# frames a second; with 0.1 in place, ids are mixed up in lanes (tests/tracking, docs/results/ablation.md).
_PUSH = np.array([0.03, 0.03, 0.03])
_FIRST_RATE_VAR = np.array([1.0, 1.0, 0.05]) ** 2  # of somebody new: a quick walk of about 1 body size a second
_OTHER_SIZE = 12.0  # cost, in nats, of any size from five standard deviations on


@dataclass(frozen=True, eq=False)
class Motion(Columns):
    """Kalman filters of T people, each (T, 3): x, y (px) and log body size.

    Covariances are in body sizes, so that a near and a far person are filtered alike.
    """

    mean: Float64
    rate: Float64
    mean_var: Float64
    cross_var: Float64
    rate_var: Float64

    @classmethod
    def new(cls, measured: Float64) -> Self:
        """People seen for the first time at (T, 3) places and log body sizes, standing still."""
        first = (measured, 0.0, _NOISE, 0.0, _FIRST_RATE_VAR)
        return cls(*(np.array(np.broadcast_to(value, measured.shape)) for value in first))

    @property
    def size(self) -> Float64:
        """(T,) body size in px."""
        return np.asarray(np.exp(self.mean[:, 2]), np.float64)

    def advanced(self, step_s: float) -> Self:
        """The state of all people `step_s` later (white-noise acceleration, Bar-Shalom et al. 2001, eq. 6.2.2-12)."""
        return type(self)(
            self.mean + self.rate * step_s,
            self.rate,
            self.mean_var + step_s * (2 * self.cross_var + step_s * self.rate_var) + _PUSH * (step_s**3 / 3),
            self.cross_var + step_s * self.rate_var + _PUSH * (step_s**2 / 2),
            self.rate_var + _PUSH * step_s,
        )

    def cost(self, measured: Float64) -> Float64:
        """(T, M) negative log likelihood of (M, 3) measurements: Student's t, four degrees of freedom."""
        variance = self.mean_var + _NOISE
        off = measured[None] - self.mean[:, None]
        off[..., :2] /= self.size[:, None, None]
        distance_2 = np.einsum("tma,ta->tm", off**2, 1 / variance)
        return np.asarray(3.5 * np.log1p(distance_2 / 4) + 0.5 * np.log(variance).sum(-1)[:, None], np.float64)

    def size_cost(self, measured: Float64) -> Float64:
        """(T, M) cost of a change in size between people who neither turn nor bend.

        The normal spread of the filter, up to a limit for limbs that are misplaced.
        """
        off = measured[None, :, 2] - self.mean[:, None, 2]
        distance_2 = off**2 / (self.mean_var[:, None, 2] + _NOISE[2])
        return np.asarray(np.minimum(distance_2 / 2, _OTHER_SIZE), np.float64)

    def corrected(self, measured: Float64) -> Self:
        """The same people with their (T, 3) measurements; far-off ones count less, as Student's t demands."""
        unit = np.ones((len(self), 3))
        unit[:, :2] = self.size[:, None]
        off = (measured - self.mean) / unit
        variance = self.mean_var + _NOISE
        distance_2 = (off**2 / variance).sum(-1, keepdims=True)
        variance = self.mean_var + _NOISE * np.maximum((4 + distance_2) / 7, 1)
        gain, rate_gain = self.mean_var / variance, self.cross_var / variance
        return type(self)(
            self.mean + gain * off * unit,
            self.rate + rate_gain * off * unit,
            (1 - gain) * self.mean_var,
            (1 - gain) * self.cross_var,
            self.rate_var - rate_gain * self.cross_var,
        )
