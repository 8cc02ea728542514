"""Joints of recordings: kept in memory while they are wanted, cut by time, gone when they are not."""

from dataclasses import replace

import numpy as np
import pytest
from tests.sequences import made_sequence

from posespotter import PoseEstimator
from posespotter.errors import InputError
from posespotter.live.limits import LIMITS
from posespotter.live.recordings import Recordings, recording_limits
from posespotter.live.timed_poses import TimedPoses, join, rate_of
from posespotter.settings import settings
from posespotter.skeletons import BLAZEPOSE33


@pytest.fixture(scope="module")
def estimator() -> PoseEstimator:
    return PoseEstimator(pose="movenet-thunder+blazepose-full")


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def samples(n: int, start_s: float, every_s: float) -> list[TimedPoses]:
    """`n` samples of up to four people, some of them without anybody."""
    whole = made_sequence(seed=1, rows=40, skeleton=BLAZEPOSE33)
    return [TimedPoses(start_s + i * every_s, whole.at(i % whole.n_frames)) for i in range(n)]


def test_moments_become_one_sequence_on_the_clock_of_the_video(estimator: PoseEstimator) -> None:
    seen = samples(30, 100.0, 0.1)
    poses = join(seen, "me", estimator, zero_s=100.0)
    assert poses.n_frames == 30
    assert poses.fps == pytest.approx(10.0)
    assert poses.source == "me"
    assert len(poses) == sum(len(sample.poses) for sample in seen)
    assert len(poses.track_ids) > 0
    np.testing.assert_allclose(poses.time_s, poses.frame / 10, atol=1e-9)
    for index, sample in enumerate(seen):
        np.testing.assert_array_equal(poses.at(index).keypoints, sample.poses.keypoints)


def test_moments_without_people_are_frames_too(estimator: PoseEstimator) -> None:
    nobody = made_sequence(rows=0, skeleton=BLAZEPOSE33)
    poses = join([TimedPoses(i / 10, nobody) for i in range(5)], "me", estimator, zero_s=0.0)
    assert (len(poses), poses.n_frames) == (0, 5)
    assert rate_of([]) == rate_of([TimedPoses(0.0, nobody)]) == 0.0


@pytest.mark.parametrize(
    ("start_s", "end_s", "expected"),
    [(0.0, 3.0, 30), (0.0, 0.5, 5), (1.0, 2.0, 10), (2.85, 9.0, 1)],
)
def test_a_recording_is_cut_by_time(estimator: PoseEstimator, start_s: float, end_s: float, expected: int) -> None:
    recording = Recordings().begin(50.0, estimator)
    for sample in samples(30, 50.001, 0.1):
        recording.add(sample)
    cut = recording.between(start_s, end_s)
    assert len(cut) == expected
    assert all(start_s <= sample.time_s - 50.0 <= end_s for sample in cut)


def test_a_recording_takes_what_belongs_to_it(estimator: PoseEstimator) -> None:
    recording = Recordings().begin(50.0, estimator)
    first, *_ = samples(1, 50.0, 0.1)
    recording.add(first)
    recording.add(TimedPoses(49.0, first.poses))  # before it began
    recording.add(TimedPoses(50.0 + LIMITS.recording_s + 1, first.poses))  # after it had to end
    recording.add(TimedPoses(51.0, replace(first.poses, frame_size=(64, 48))))  # of another picture
    assert len(recording) == 1
    with pytest.raises(InputError, match="none"):
        recording.between(5.0, 6.0)


def test_a_lost_connection_does_not_end_a_recording(estimator: PoseEstimator) -> None:
    recordings = Recordings()
    one = recordings.begin(0.0, estimator)
    assert recordings.begin(0.0, estimator, one.id) is one
    assert recordings.begin(0.0, estimator, "an-id-of-nobody") is not one


def test_an_id_after_a_lost_connection_means_somebody_else(estimator: PoseEstimator) -> None:
    recordings = Recordings()
    recording = recordings.begin(0.0, estimator)
    before, after = samples(20, 0.0, 0.1), samples(20, 2.0, 0.1)
    for sample in before:
        recording.add(sample)
    recordings.begin(0.0, estimator, recording.id)
    for sample in after:
        recording.add(sample)
    joined = join(recording.between(0.0, 5.0), "me", estimator, zero_s=0.0)
    first, second = joined.where(joined.time_s < 1.95), joined.where(joined.time_s > 1.95)
    assert first.track_ids == join(before, "me", estimator, zero_s=0.0).track_ids
    assert len(second.track_ids) == len(first.track_ids)
    assert set(first.track_ids).isdisjoint(second.track_ids)


def test_nothing_is_left_of_what_is_discarded_or_forgotten(estimator: PoseEstimator) -> None:
    clock = Clock()
    recordings = Recordings(clock)
    thrown, left = recordings.begin(0.0, estimator), recordings.begin(0.0, estimator)
    recordings.discard(thrown.id)
    recordings.discard("an-id-of-nobody")
    assert recordings.get(left.id) is left
    clock.now_s = LIMITS.forgotten_after_s + 1
    recordings.forget_old()
    assert len(recordings) == 0
    for gone in (thrown, left):
        with pytest.raises(InputError, match="record again"):
            recordings.get(gone.id)


def test_a_recording_that_grows_or_is_asked_for_is_not_forgotten(estimator: PoseEstimator) -> None:
    clock = Clock()
    recordings = Recordings(clock)
    recording = recordings.begin(0.0, estimator)
    for wanted in (
        lambda: recording.add(samples(1, 0.0, 0.1)[0]),
        recording.touch,
        lambda: recordings.get(recording.id),
        lambda: recordings.begin(0.0, estimator, recording.id),
    ):
        clock.now_s += LIMITS.forgotten_after_s - 1
        wanted()
    assert recordings.get(recording.id) is recording
    clock.now_s += LIMITS.forgotten_after_s + 1
    recording.add(TimedPoses(LIMITS.recording_s + 1, samples(1, 0.0, 0.1)[0].poses))  # it does not belong to it
    recordings.forget_old()
    assert len(recordings) == 0


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, (LIMITS.recording_s, 500_000_000)),
        ({"MAX_UPLOAD_MB": "20", "MAX_VIDEO_MINUTES": "1"}, (58.0, 20_000_000)),
        ({"MAX_VIDEO_MINUTES": "0.1"}, (5.4, 500_000_000)),
        ({"MAX_VIDEO_MINUTES": "1", "SKELETONS_ONLY": "1"}, (LIMITS.recording_s, None)),
    ],
)
def test_no_more_may_be_recorded_than_kept(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: tuple[float, int | None]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"POSESPOTTER_{name}", value)
    settings.cache_clear()
    try:
        assert recording_limits() == pytest.approx(expected)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_there_is_an_end_to_how_many_wait(estimator: PoseEstimator) -> None:
    recordings = Recordings()
    ids = {recordings.begin(0.0, estimator).id for _ in range(32)}
    assert len(ids) == 32
    with pytest.raises(InputError, match="try again later"):
        recordings.begin(0.0, estimator)
