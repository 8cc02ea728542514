"""The live filter, one-euro: joints at rest are held still, moving ones let through (Casiez et al., CHI 2012)."""

from collections.abc import Sequence

import numpy as np

from posespotter.arrays import Float32, Float64, Int32


class OneEuro:
    """A filter for the joints of people who come and go. One filter a stream, called once a frame.

    Args:
        rest_cutoff_hz: cut-off of a joint at rest (the paper's minimum cut-off). At 30 frames a second the jitter of
            white noise falls by about 80 %.
        speed_raises_cutoff: Hz of cut-off for each box diagonal a second (the paper's beta): a walking joint, which
            moves 1 box diagonal a second, lags by less than 10 ms.
        speed_cutoff_hz: cut-off of the speed itself; twice the paper's 1 Hz, for strokes that begin abruptly.
        speed_noise: box diagonals/s; slower than this is taken for rest, since jitter looks like movement too.
        forget_s: a person unseen for this long begins anew.
        max_people: people remembered at most; the longest unseen goes first.
    """

    def __init__(
        self,
        *,
        rest_cutoff_hz: float = 1.5,
        speed_raises_cutoff: float = 40.0,
        speed_cutoff_hz: float = 2.0,
        speed_noise: float = 0.2,
        forget_s: float = 2.5,
        max_people: int = 256,
    ) -> None:
        self._rest_cutoff_hz, self._speed_raises_cutoff = rest_cutoff_hz, speed_raises_cutoff
        self._speed_cutoff_hz, self._speed_noise = speed_cutoff_hz, speed_noise
        self._forget_s, self._max_people = forget_s, max_people
        self._time_s: float | None = None
        self._ids = np.empty(0, np.int32)
        self._seen_s = np.empty(0)
        self._place: Float64 = np.empty((0, 0, 2))
        self._speed: Float64 = np.empty((0, 0, 2))

    def __len__(self) -> int:
        """Number of people that are remembered."""
        return len(self._ids)

    def __call__(self, time_s: float, ids: Int32 | Sequence[int], keypoints: Float32) -> Float32:
        """Filter the people of one frame.

        Args:
            time_s: presentation time of the frame, seconds. Where it stands still or jumps back, no time has passed.
            ids: (M,) their track ids, each once.
            keypoints: (M, K, 2) px; NaN means "not seen", and the joint begins anew when it is seen again.

        Returns:
            (M, K, 2) filtered positions in px, NaN where the input is.
        """
        ids = np.asarray(ids, np.int32)
        now = self._clock(time_s)
        rows = self._rows(ids, keypoints.shape[1], now)
        fresh = keypoints.astype(np.float64)
        # Two frames of one time are taken as a millisecond apart.
        step_s = np.maximum(now - self._seen_s[rows], 1e-3)[:, None, None]
        place, speed = self._place[rows], self._speed[rows]
        with np.errstate(invalid="ignore"):
            body_px = _body_px(fresh)[:, None, None]
            measured = (fresh - place) / step_s
            speed = speed + _share(self._speed_cutoff_hz, step_s) * (measured - speed)
            pace = np.maximum(np.linalg.norm(speed, axis=-1, keepdims=True) / body_px - self._speed_noise, 0.0)
            cutoff_hz = self._rest_cutoff_hz + self._speed_raises_cutoff * pace
            place = place + _share(cutoff_hz, step_s) * (fresh - place)
        begins = np.isnan(place)
        place = np.where(begins, fresh, place)
        self._place[rows], self._speed[rows] = place, np.where(begins, 0.0, speed)
        self._seen_s[rows] = now
        return place.astype(np.float32)

    def _clock(self, time_s: float) -> float:
        """The time as it may go on: never back."""
        if self._time_s is not None and time_s < self._time_s:
            self._seen_s += time_s - self._time_s
        self._time_s = time_s
        return time_s

    def _rows(self, ids: Int32, k: int, now: float) -> Int32:
        """Rows at which `ids` are remembered; new ones are added, those long unseen forgotten."""
        keep = np.argsort(-self._seen_s, kind="stable")[: self._max_people]
        keep = keep[now - self._seen_s[keep] <= self._forget_s]
        new = ids[~np.isin(ids, self._ids[keep])]
        unknown = np.full((len(new), k, 2), np.nan)
        self._place = np.concatenate([self._place[keep].reshape(-1, k, 2), unknown])
        self._speed = np.concatenate([self._speed[keep].reshape(-1, k, 2), np.zeros_like(unknown)])
        self._seen_s = np.concatenate([self._seen_s[keep], np.full(len(new), now)])
        self._ids = np.concatenate([self._ids[keep], new])
        order = np.argsort(self._ids)
        return order[np.searchsorted(self._ids, ids, sorter=order)].astype(np.int32)


def _share(cutoff_hz: Float64 | float, step_s: Float64) -> Float64:
    """Weight of the new value in a first-order low-pass after `step_s`."""
    turn = 2 * np.pi * cutoff_hz * step_s
    return np.asarray(turn / (turn + 1), np.float64)


def _body_px(keypoints: Float64) -> Float64:
    """(M,) diagonal of the box around the joints seen, px."""
    seen = np.isfinite(keypoints)
    high = np.where(seen, keypoints, -np.inf).max(1)
    low = np.where(seen, keypoints, np.inf).min(1)
    size = np.linalg.norm(np.where(np.isfinite(high - low), high - low, 0.0), axis=-1)
    return np.asarray(np.maximum(size, 1.0), np.float64)
