"""Time and model runs of an estimation, by stage."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posespotter.estimation.estimator import PoseEstimator


@dataclass
class Timings:
    """Seconds spent in each stage of the last estimation; stages overlap, so they may add up to more than `total_s`."""

    decode_s: float = 0.0
    detect_s: float = 0.0
    pose_s: float = 0.0
    smooth_s: float = 0.0
    total_s: float = 0.0
    detector_runs: int = 0
    pose_runs: int = 0


class Stopwatch:
    """Measures the work for one source, from now on."""

    def __init__(self, estimator: "PoseEstimator", earlier: Mapping[str, float] | None = None) -> None:
        """Start; `earlier` holds the same figures of a run that was cut off and goes on."""
        self._detector, self._pose = (
            loaded.model.sessions if loaded else () for loaded in (estimator.detector, estimator.pose)
        )
        self._start, self._before = time.perf_counter(), self._counts()
        self._earlier = earlier or {}

    def _counts(self) -> tuple[float, float, float, float]:
        detect_s, pose_s = (sum(session.seconds for session in sessions) for sessions in (self._detector, self._pose))
        return detect_s, pose_s, sum(session.calls for session in self._detector), self._pose[0].calls

    def timings(self) -> Timings:
        """Everything but decoding and smoothing."""
        now = (*self._counts(), time.perf_counter())
        names = ("detect_s", "pose_s", "detector_runs", "pose_runs", "total_s")
        spent = {
            name: after - before + self._earlier.get(name, 0)
            for name, after, before in zip(names, now, (*self._before, self._start), strict=True)
        }
        return Timings(**spent)  # type: ignore[arg-type]
