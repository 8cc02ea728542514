"""The progress of a job, from the reports of its process: percent of the whole, frames a second, and the time left."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

# What the stages take, in parts of the whole job: measured (run.json) on the demo clip (4 s) with the default models.
# Analysing takes a smaller part of longer ones, as the report takes about as long for all.
_WEIGHTS: Mapping[str, float] = {"probe": 1, "estimate": 80, "analyse": 25, "render": 6, "index": 1}


@dataclass(frozen=True)
class JobProgress:
    """The progress of a running job, as the index holds it.

    Attributes:
        doing: a word or two.
        percent: 0..100 of the whole job.
        rate: frames a second, or None where nothing is counted.
        time_left_s: seconds to the end of the job, or None where it is unknown.
    """

    doing: str
    percent: float
    rate: float | None = None
    time_left_s: float | None = None


class ProgressMeter:
    """Follows one stage of a job."""

    def __init__(self, stages: Sequence[str], stage: str, clock: Callable[[], float] = time.monotonic) -> None:
        whole = sum(_WEIGHTS[one] for one in stages)
        place = stages.index(stage)
        self._before = sum(_WEIGHTS[one] for one in stages[:place]) / whole
        self._share = _WEIGHTS[stage] / whole
        self._after = sum(_WEIGHTS[one] for one in stages[place + 1 :]) / whole
        self._clock = clock
        self._doing = stage
        self._seen: deque[tuple[float, int]] = deque()
        self._total: int | None = None

    def update(self, doing: str, done: int, total: int | None) -> None:
        """Record a report of the process: its stage, how much is done and how much there is."""
        if doing != self._doing:
            self._doing = doing
            self._seen.clear()
        self._total = total
        now = self._clock()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > 5.0:  # the rate is that of the last five seconds
            self._seen.popleft()

    def now(self) -> JobProgress:
        """The progress of the job."""
        counted = self._doing in {"estimate", "overlay", "draw"} and bool(self._seen)
        done = self._seen[-1][1] if counted else 0
        total = self._total if counted and self._total and done <= self._total else None
        share = done / total if total else 0.0
        percent = 100 * (self._before + self._share * share)
        rate = self._rate() if counted else None
        if not rate or total is None:
            return JobProgress(self._doing, percent, rate)
        stage_s = total / rate
        return JobProgress(self._doing, percent, rate, stage_s * (1 - share + self._after / self._share))

    def _rate(self) -> float | None:
        (first_s, first), (last_s, last) = self._seen[0], self._seen[-1]
        # In the first second neither rate nor time left is given.
        return (last - first) / (last_s - first_s) if last_s - first_s >= 1.0 else None
