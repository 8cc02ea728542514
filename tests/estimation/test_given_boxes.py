"""Joints in boxes that somebody else has found, and frames that a program has already."""

from typing import Any

import numpy as np
import pytest
from tests.painted import HEIGHT, WIDTH, PaintedDetector, PaintedPose, PaintedSource, always, paint, standing

from posespotter.errors import SettingsError, ShapeError
from posespotter.estimation.estimator import PoseEstimator

LEFT, RIGHT = standing(200), standing(440)


@pytest.fixture
def estimator() -> PoseEstimator:
    return PoseEstimator(PaintedDetector(), PaintedPose(), smoothing="off")


def test_the_person_in_each_box(estimator: PoseEstimator) -> None:
    image = paint({1: LEFT, 2: RIGHT})
    found = estimator.estimate_image(image)
    given = estimator.estimate_image(image, boxes=[RIGHT, LEFT])
    assert given.track_ids == (1, 2)
    assert given.person(1).keypoint("nose")[0, 0] == pytest.approx((RIGHT[0] + RIGHT[2]) / 2, abs=3)
    np.testing.assert_allclose(given.person(2).keypoints, found.person(1).keypoints, atol=3)
    assert estimator.detector is not None
    calls = estimator.detector.model.sessions[0].calls
    estimator.estimate_image(image, boxes=np.array([LEFT]))
    assert estimator.detector.model.sessions[0].calls == calls


def test_no_boxes_are_nobody(estimator: PoseEstimator) -> None:
    assert len(estimator.estimate_image(paint({1: LEFT}), boxes=[])) == 0


@pytest.mark.parametrize(("boxes", "words"), [
    ([1, 2, 3, 4], r"expected an array of shape \(M, 4\), got \(4,\)"),
    ([[1, 2, 3]], r"got \(1, 3\)"),
    ("here", "expected .M, 4. numbers"),
    ([[10, 10, 50, 50], [50, 10, 20, 50]], "expected x0 < x1 .* as number 1"),
    ([[10, 10, np.nan, 50]], "expected x0 < x1 .* as number 0"),
    ([[WIDTH, 10, WIDTH + 40, 50]], f"in a picture of {WIDTH}x{HEIGHT} px"),
])  # fmt: skip
def test_no_boxes_of_people(estimator: PoseEstimator, boxes: Any, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        estimator.estimate_image(paint({1: LEFT}), boxes=boxes)


def test_a_model_that_finds_people_takes_no_boxes() -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(SettingsError, match="movenet-multipose finds people by itself and takes no boxes"):
        PoseEstimator(pose="movenet-multipose").estimate_image(image, boxes=[[1, 1, 20, 20]])


def test_frames_of_a_program_are_a_video(estimator: PoseEstimator) -> None:
    source = PaintedSource(always(LEFT, RIGHT), 40)
    wanted = estimator.estimate_video(source)
    pictures = (frame.image for frame in source)
    pairs = [(frame.time_s, frame.image) for frame in source]
    for frames, options in ((pictures, {"fps": 30}), (pairs, {})):
        poses = estimator.estimate_video(frames, **options)
        assert (len(poses), poses.n_frames, poses.fps) == (80, 40, pytest.approx(30))
        np.testing.assert_array_equal(poses.keypoints, wanted.keypoints)
        np.testing.assert_allclose(poses.time_s, wanted.time_s)


def test_a_mistake_in_the_middle_is_no_end_of_a_recording(estimator: PoseEstimator) -> None:
    frames: list[Any] = [paint({1: LEFT})] * 20
    with pytest.raises(ShapeError, match="frame 20: expected a picture"):
        estimator.estimate_video([*frames, None], fps=30)
