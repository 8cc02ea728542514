"""Live frames with their timestamps as one sequence."""

import numpy as np
import pytest
from tests.sequences import made_sequence

from posespotter import PoseEstimator
from posespotter.live.timed_poses import TimedPoses, join, rate_of

CLOCK_S = 5000.0
NOBODY = made_sequence(rows=0)


def sampled(*times: float) -> list[TimedPoses]:
    return [TimedPoses(time, NOBODY) for time in times]


@pytest.mark.parametrize(
    ("times", "rate"),
    [((), 0.0), ((3.0,), 0.0), ((0.0, 0.1, 0.2), 10.0), ((0.0, 0.1, 0.2, 7.0, 7.1), 10.0)],
)
def test_the_rate_is_that_of_the_usual_frame_whatever_was_missed(times, rate) -> None:
    assert rate_of(sampled(*times)) == pytest.approx(rate)


@pytest.fixture(scope="module")
def estimator() -> PoseEstimator:
    return PoseEstimator(pose="movenet-lightning")


def test_joined_frames_are_numbered_and_timed_from_the_given_moment(estimator) -> None:
    film = made_sequence(rows=40)
    samples = [TimedPoses(CLOCK_S + i / 25, film.at(i)) for i in range(film.n_frames)]
    joined = join(samples, "camera", estimator, zero_s=CLOCK_S - 1)
    assert joined.n_frames == film.n_frames
    np.testing.assert_array_equal(joined.frame, film.frame)
    np.testing.assert_allclose(joined.time_s, 1 + film.frame / 25)
    np.testing.assert_array_equal(joined.keypoints, film.keypoints)
    np.testing.assert_array_equal(joined.track_id, film.track_id)


@pytest.mark.parametrize("samples", [[], sampled(CLOCK_S, CLOCK_S + 0.1)], ids=["no frames", "nobody in them"])
def test_nobody_was_seen(estimator, samples) -> None:
    joined = join(samples, "camera", estimator, zero_s=CLOCK_S)
    assert len(joined) == 0
    assert joined.n_frames == len(samples)
