"""Live count of repetitions: in a thread of its own, about once a second, over the last minute."""

from collections import deque
from concurrent.futures import Executor, Future
from typing import Any

from posespotter.estimation.estimator import PoseEstimator
from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.exercises.live_counter import EVERY_S, LiveCount, LiveCounter
from posespotter.live.timed_poses import TimedPoses, join

_NAME = "webcam"


class Counting:
    """One page's counter."""

    def __init__(self, exercise: ExerciseDefinition, estimator: PoseEstimator, background: Executor) -> None:
        self._exercise = exercise
        self._estimator = estimator
        self._background = background
        self._counter = LiveCounter(exercise)
        self._samples: deque[TimedPoses] = deque()
        self._requested_s = -EVERY_S
        self._answer: Future[LiveCount] | None = None
        self._reported: LiveCount | None = None

    def forget(self, estimator: PoseEstimator | None = None) -> None:
        """Forget the joints, which new ones do not fit; what was counted stays.

        Args:
            estimator: the new one, if it changes.
        """
        self._samples.clear()
        self._answer = None
        self._estimator = estimator or self._estimator

    def offer(self, sample: TimedPoses) -> list[dict[str, Any]]:
        """Add a sample; returns what was counted since the last one, as messages to the page."""
        self._samples.append(sample)
        while sample.time_s - self._samples[0].time_s > self._counter.window_s:
            self._samples.popleft()
        news = self._news()
        if self._answer is None and sample.time_s - self._requested_s >= EVERY_S:
            self._requested_s = sample.time_s
            self._answer = self._background.submit(self._count, list(self._samples))
        return news

    def _count(self, samples: list[TimedPoses]) -> LiveCount:
        return self._counter.update(join(samples, _NAME, self._estimator, zero_s=0.0), samples[-1].time_s)

    def _news(self) -> list[dict[str, Any]]:
        if self._answer is None or not self._answer.done():
            return []
        count, self._answer = self._answer.result(), None
        if count == self._reported:
            return []
        self._reported = count
        return [
            {
                "type": "count",
                "exercise": self._exercise.title,
                "count": count.count,
                "phase": count.phase,
                "verdict": count.verdict,
                "advice": count.advice,
                "reason": count.reason,
            }
        ]
