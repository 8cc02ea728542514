"""Predict where people are going: constant-velocity filters of many people at once."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from posespotter.arrays import Columns, Float64
from posespotter.tracking.tracker_settings import TrackerSettings

_OTHER_SIZE = 12.0  # cost, in nats, of any size from five standard deviations on


class MotionModel:
    """A model of how people move: noise of measurements, pushes, and the prior for a new person.

    Axis 0 is steady, agile; the last axis x, y and log body size.
    """

    def __init__(self, settings: TrackerSettings) -> None:
        s = settings
        self.noise = np.array([s.place_noise, s.place_noise, s.size_noise]) ** 2
        self.push = np.array([
            [s.steady_push, s.steady_push, s.steady_size_push],
            [s.agile_push, s.agile_push, s.agile_size_push],
        ])  # fmt: skip
        self.first_rate_var = np.array([s.first_speed, s.first_speed, s.first_growth]) ** 2
        self.agile_share = s.agile_share


@dataclass(frozen=True, eq=False)
class Motion(Columns):
    """Kalman filters of T people, each (T, 2, 3): axis 1 is steady, agile; the last axis x, y (px) and log body size.

    Covariances are in body sizes, so that a near and a far person are filtered alike.
    """

    mean: Float64
    rate: Float64
    mean_var: Float64
    cross_var: Float64
    rate_var: Float64

    @classmethod
    def new(cls, measured: Float64, model: MotionModel) -> Self:
        """People seen for the first time at (T, 3) places and log body sizes, standing still."""
        first = (measured[:, None], 0.0, model.noise, 0.0, model.first_rate_var)
        return cls(*(np.array(np.broadcast_to(value, (len(measured), 2, 3))) for value in first))

    @property
    def size(self) -> Float64:
        """(T,) body size in px."""
        return np.asarray(np.exp(self.mean[:, 0, 2]), np.float64)

    def advanced(self, step_s: float, model: MotionModel) -> Self:
        """The state of all people `step_s` later (white-noise acceleration, Bar-Shalom et al. 2001, eq. 6.2.2-12)."""
        return type(self)(
            self.mean + self.rate * step_s,
            self.rate,
            self.mean_var + step_s * (2 * self.cross_var + step_s * self.rate_var) + model.push * (step_s**3 / 3),
            self.cross_var + step_s * self.rate_var + model.push * (step_s**2 / 2),
            self.rate_var + model.push * step_s,
        )

    def cost(self, measured: Float64, model: MotionModel) -> Float64:
        """(T, M) negative log likelihood of (M, 3) measurements: Student's t, four degrees of freedom, two filters."""
        variance = self.mean_var + model.noise
        off = measured[None, :, None] - self.mean[:, None]
        off[..., :2] /= self.size[:, None, None, None]
        distance_2 = np.einsum("tmad,tad->tma", off**2, 1 / variance)
        cost = 3.5 * np.log1p(distance_2 / 4) + 0.5 * np.log(variance).sum(-1)[:, None]
        steady, agile = cost[..., 0] - np.log(1 - model.agile_share), cost[..., 1] - np.log(model.agile_share)
        return np.asarray(-np.logaddexp(-steady, -agile), np.float64)

    def size_cost(self, measured: Float64, model: MotionModel) -> Float64:
        """(T, M) cost of a change in size between people who neither turn nor bend.

        The normal spread of the steady filter, up to a limit for limbs that are misplaced.
        """
        off = measured[None, :, 2] - self.mean[:, 0, 2, None]
        distance_2 = off**2 / (self.mean_var[:, 0, 2, None] + model.noise[2])
        return np.asarray(np.minimum(distance_2 / 2, _OTHER_SIZE), np.float64)

    def corrected(self, measured: Float64, model: MotionModel) -> Self:
        """The same people with their (T, 3) measurements; far-off ones count less, as Student's t demands."""
        unit = np.ones((len(self), 1, 3))
        unit[..., :2] = self.size[:, None, None]
        off = (measured[:, None] - self.mean) / unit
        variance = self.mean_var + model.noise
        distance_2 = (off**2 / variance).sum(-1, keepdims=True)
        variance = self.mean_var + model.noise * np.maximum((4 + distance_2) / 7, 1)
        gain, rate_gain = self.mean_var / variance, self.cross_var / variance
        return type(self)(
            self.mean + gain * off * unit,
            self.rate + rate_gain * off * unit,
            (1 - gain) * self.mean_var,
            (1 - gain) * self.cross_var,
            self.rate_var - rate_gain * self.cross_var,
        )
