"""Counting beside the pictures: said when there is news, kept when the model or the picture changes."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from itertools import pairwise
from typing import Any

import pytest
from tests import figures

from posespotter import PoseEstimator
from posespotter.exercises import load_exercise
from posespotter.live.repetitions import Counting
from posespotter.live.timed_poses import TimedPoses


class AtOnce(Executor):
    """Does the work when it is asked for; `holding` lets it wait."""

    def __init__(self) -> None:
        self.asked = 0
        self.holding = False
        self.waiting: list[Callable[[], None]] = []

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked += 1
        future: Future[Any] = Future()
        self.waiting.append(lambda: future.set_result(work(*args, **kwargs)))
        while self.waiting and not self.holding:
            self.waiting.pop(0)()
        return future


@pytest.fixture(scope="module")
def estimator() -> PoseEstimator:
    return PoseEstimator(pose="movenet-thunder+blazepose-full")


@pytest.fixture(scope="module")
def samples() -> list[TimedPoses]:
    """Squats at 15 frames a second, and then standing still."""
    film = figures.film(figures.squat(), yaw_deg=0.0, fps=15)
    seen = [TimedPoses(i / 15, film.at(i)) for i in range(film.n_frames)]
    return seen + [TimedPoses(seen[-1].time_s + i / 15, seen[-1].poses) for i in range(1, 40)]


def test_what_is_counted_is_said_once(estimator: PoseEstimator, samples: list[TimedPoses]) -> None:
    background = AtOnce()
    counting = Counting(load_exercise("squat"), estimator, background)
    said = [message for sample in samples for message in counting.offer(sample)]
    counts = [message["count"] for message in said]
    assert counts == sorted(counts)
    assert counts[-1] >= 2
    assert said[-1] == {**said[-1], "type": "count", "exercise": "Squat", "verdict": "good", "advice": ""}
    assert all(one != other for one, other in pairwise(said))
    seconds = samples[-1].time_s - samples[0].time_s
    assert seconds / 0.9 < background.asked < seconds / 0.6


def test_a_change_of_model_or_picture_loses_no_count(estimator: PoseEstimator, samples: list[TimedPoses]) -> None:
    counting = Counting(load_exercise("squat"), estimator, AtOnce())
    first = [message["count"] for sample in samples for message in counting.offer(sample)][-1]
    counting.forget(estimator)
    later = [TimedPoses(sample.time_s + 60, sample.poses) for sample in samples]
    assert [message["count"] for sample in later for message in counting.offer(sample)][-1] == 2 * first


def test_pictures_do_not_wait_for_the_count(estimator: PoseEstimator, samples: list[TimedPoses]) -> None:
    background = AtOnce()
    background.holding = True
    counting = Counting(load_exercise("squat"), estimator, background)
    assert [message for sample in samples for message in counting.offer(sample)] == []
    assert background.asked == 1  # one at a time, however long it takes
