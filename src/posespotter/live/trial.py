"""An everyday test in front of the camera: what was seen so far is judged about once a second, and again at the end."""

import math
from collections import deque
from concurrent.futures import Executor, Future
from typing import Any

from posespotter.assessments import Assessment, AssessmentDefinition, assess
from posespotter.assessments.assess import TAKES
from posespotter.assessments.result_words import MEANS_WORDS, STARTED_WORDS, STATUS_WORDS, change_words, summary
from posespotter.errors import InputError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.exercises.live_counter import EVERY_S
from posespotter.exercises.words.phrases import sentence
from posespotter.live.limits import LIMITS
from posespotter.live.messages import Message
from posespotter.live.timed_poses import TimedPoses, join

_NAME = "webcam"
_COUNTED = frozenset({"up", "far", "bottom", "step"})
_OVER_S = 1.0
"""After the last moment of a timed test, so that a person who only touches the seat on the way up is not cut off."""


class Trial:
    """One test on one page. Not safe for threads, but for the judging, which runs in the background."""

    def __init__(self, definition: AssessmentDefinition, estimator: PoseEstimator, background: Executor) -> None:
        """Begin to collect.

        Args:
            definition: the test.
            estimator: of the joints.
            background: where it is judged, beside the pictures.
        """
        self.definition = definition
        self._timed = definition.procedure in TAKES["start"]
        self._estimator = estimator
        self._background = background
        self._samples: deque[TimedPoses] = deque()
        self._go_s: float | None = None
        self._asked_s = -math.inf
        self._answer: Future[Assessment] | None = None
        self._count = 0
        self._reported: Message = {}

    def go(self, time_s: float) -> None:
        """The moment of Go, on the clock of the frames.

        Raises:
            InputError: this test has none.
        """
        if not self._timed:
            raise InputError(f"go: the test {self.definition.name} is not timed from Go.")
        self._go_s = time_s

    def forget(self) -> None:
        """Forget the joints, which those of pictures of another size do not fit."""
        self._samples.clear()
        self._answer = None

    def offer(self, sample: TimedPoses) -> list[Message]:
        """Add a sample; what is known of the test now, where that is new."""
        self._samples.append(sample)
        while sample.time_s - self._samples[0].time_s > LIMITS.recording_s:
            self._samples.popleft()
        news = self._news()
        if self._answer is None and sample.time_s - self._asked_s >= EVERY_S:
            self._asked_s = sample.time_s
            self._answer = self._background.submit(self._judged, list(self._samples), self._go_s)
        return news

    def end(self) -> Message:
        """The result of all that was seen, in words."""
        result = self._judged(list(self._samples), self._go_s)
        return {
            "type": "test_result",
            "test": self.definition.name,
            "title": self.definition.title,
            "status": result.status,
            "status_words": STATUS_WORDS[result.status],
            "summary": summary(result) or "Nothing was seen.",
            "started": STARTED_WORDS[result.started_by] if result.value is not None else "",
            "change": change_words(self.definition.result),
            "findings": [
                {"means": one.means, "words": MEANS_WORDS[one.means], "sentence": sentence(one.sentence)}
                for one in result.findings
            ],
        }

    def _judged(self, samples: list[TimedPoses], go_s: float | None) -> Assessment:
        zero_s = samples[0].time_s if samples else 0.0
        start_s = None if go_s is None else max(0.0, go_s - zero_s)
        return assess(join(samples, _NAME, self._estimator, zero_s=zero_s), self.definition, start_s=start_s)

    def _news(self) -> list[Message]:
        if self._answer is None or not self._answer.done():
            return []
        result, self._answer = self._answer.result(), None
        counted = [event.number for event in result.events if event.name in _COUNTED]
        self._count = max(self._count, *counted, 0)  # what was counted aloud is not taken back
        message: Message = {
            "type": "test",
            "count": self._count,
            "started_s": self._started_s(result),
            "over": self._is_over(result),
        }
        if message == self._reported:
            return []
        self._reported = message
        return [message]

    def _started_s(self, result: Assessment) -> float | None:
        """Start of the test's time, on the clock of the frames; None before it."""
        if not self._timed:
            return None
        onset = next(iter(result.moments("onset")), None)
        if self._go_s is not None or onset is None or not self._samples:
            return self._go_s
        return onset + self._samples[0].time_s

    def _is_over(self, result: Assessment) -> bool:
        """Whether a timed test has come to its end."""
        if not self._timed or result.value is None or not result.events or not self._samples:
            return False
        last_s = self._samples[-1].time_s - self._samples[0].time_s
        return last_s - result.events[-1].time_s >= _OVER_S


def trial_facts(definition: AssessmentDefinition) -> dict[str, Any]:
    """Facts of a test for the page that offers it."""
    seconds = definition.settings.get("seconds")
    return {
        "value": definition.name,
        "label": definition.title,
        "timed": definition.procedure in TAKES["start"],
        "seconds": seconds if isinstance(seconds, int | float) else None,
        "how": [["Camera", definition.camera], ["Room", definition.room], ["Person", definition.person]],
    }
