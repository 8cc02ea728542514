"""Where people are going: constant-velocity filters of many people at once."""

import numpy as np

from posespotter.arrays import Bool, Float64, Int32
from posespotter.tracking.state import State
from posespotter.tracking.tracker_settings import TrackerSettings

_OTHER_SIZE = 12.0  # cost, in nats, of any size from five standard deviations on
_FILTERS = ("mean", "rate", "mean_var", "cross_var", "rate_var")


class Motion:
    """Kalman filters of T people: axis 0 is steady, agile; the last axis x, y (px) and log body size.

    Covariances are in body sizes, so that a near and a far person are filtered alike.
    """

    def __init__(self, settings: TrackerSettings) -> None:
        s = settings
        self.noise = np.array([s.place_noise, s.place_noise, s.size_noise]) ** 2
        self.push = np.array(
            [
                [[s.steady_push, s.steady_push, s.steady_size_push]],
                [[s.agile_push, s.agile_push, s.agile_size_push]],
            ]
        )
        self.first_rate = np.array([s.first_speed, s.first_speed, s.first_growth]) ** 2
        self.mean = np.empty((2, 0, 3))
        self.rate = np.empty((2, 0, 3))
        self.mean_var = np.empty((2, 0, 3))
        self.cross_var = np.empty((2, 0, 3))
        self.rate_var = np.empty((2, 0, 3))

    @property
    def size(self) -> Float64:
        """(T,) body size in px."""
        return np.asarray(np.exp(self.mean[0, :, 2]), np.float64)

    def advance(self, step_s: float) -> None:
        """Move everybody on by `step_s` (white-noise acceleration, Bar-Shalom et al. 2001, eq. 6.2.2-12)."""
        self.mean += self.rate * step_s
        self.mean_var += step_s * (2 * self.cross_var + step_s * self.rate_var) + self.push * (step_s**3 / 3)
        self.cross_var += step_s * self.rate_var + self.push * (step_s**2 / 2)
        self.rate_var += self.push * step_s

    def cost(self, measured: Float64, agile_share: float) -> Float64:
        """(T, M) negative log likelihood of (M, 3) measurements: Student's t, four degrees of freedom, two filters."""
        variance = self.mean_var + self.noise
        off = measured[None, None] - self.mean[:, :, None]
        off[..., :2] /= self.size[:, None, None]
        distance_2 = np.einsum("atmd,atd->atm", off**2, 1 / variance)
        cost = 3.5 * np.log1p(distance_2 / 4) + 0.5 * np.log(variance).sum(-1)[..., None]
        steady, agile = cost[0] - np.log(1 - agile_share), cost[1] - np.log(agile_share)
        return np.asarray(-np.logaddexp(-steady, -agile), np.float64)

    def size_cost(self, measured: Float64) -> Float64:
        """(T, M) what another size costs where nobody turns or bends.

        The normal spread of the steady filter, up to a limit for limbs that are misplaced.
        """
        off = measured[None, :, 2] - self.mean[0, :, 2, None]
        distance_2 = off**2 / (self.mean_var[0, :, 2, None] + self.noise[2])
        return np.asarray(np.minimum(distance_2 / 2, _OTHER_SIZE), np.float64)

    def correct(self, people: Int32, measured: Float64) -> None:
        """Take in the measurements (P, 3) of `people` (P,); far-off ones count less, as Student's t demands."""
        unit = np.ones((len(people), 3))
        unit[:, :2] = self.size[people, None]
        mean_var, cross_var = self.mean_var[:, people], self.cross_var[:, people]
        off = (measured - self.mean[:, people]) / unit
        variance = mean_var + self.noise
        distance_2 = (off**2 / variance).sum(-1, keepdims=True)
        variance = mean_var + self.noise * np.maximum((4 + distance_2) / 7, 1)
        gain, rate_gain = mean_var / variance, cross_var / variance
        self.mean[:, people] += gain * off * unit
        self.rate[:, people] += rate_gain * off * unit
        self.mean_var[:, people] = (1 - gain) * mean_var
        self.rate_var[:, people] -= rate_gain * cross_var
        self.cross_var[:, people] = (1 - gain) * cross_var

    def add(self, measured: Float64) -> None:
        """Begin with new people, standing still."""
        shape = (2, len(measured), 3)
        first = {"mean": measured, "mean_var": self.noise, "rate_var": self.first_rate}
        for name in _FILTERS:
            new = np.broadcast_to(first.get(name, 0.0), shape)
            # Here and below: one layout in memory, so that sums over it are the same bit by bit after a restart.
            setattr(self, name, np.ascontiguousarray(np.concatenate([getattr(self, name), new], 1)))

    def keep(self, people: Bool) -> None:
        """Forget all but `people`."""
        for name in _FILTERS:
            setattr(self, name, np.ascontiguousarray(getattr(self, name)[:, people]))

    def state(self) -> State:
        """What decides how it goes on."""
        return {name: getattr(self, name).copy() for name in _FILTERS}

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        for name in _FILTERS:
            setattr(self, name, state[name].copy())
