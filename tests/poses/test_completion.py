"""What a reader completes: boxes, frame sizes, times and ids."""

from pathlib import Path

import numpy as np
import pytest

from posespotter.errors import InputError, SettingsError
from posespotter.poses import PoseSequence
from posespotter.poses.completion import (
    box_around,
    frame_around,
    given_id,
    ids_by_overlap,
    require_fps,
    require_listable,
    score_of,
    times_at,
)
from posespotter.skeletons import COCO17

NAN = float("nan")


@pytest.mark.parametrize(
    ("keypoints", "expected"),
    [
        ([[1, 2], [5, 9], [3, 3]], [1, 2, 5, 9]),
        ([[1, 2], [NAN, NAN]], [1, 2, 1, 2]),
        ([[1, NAN], [NAN, 4]], [NAN] * 4),  # half a position is none
    ],
)
def test_box_around(keypoints: list[list[float]], expected: list[float]) -> None:
    np.testing.assert_array_equal(box_around(np.array(keypoints, np.float32)), np.array(expected, np.float32))


@pytest.mark.parametrize(("scores", "expected"), [([0.5, 0.7, 0.0], 0.6), ([0.0, 0.0], 0.0), ([], 0.0)])
def test_score_of(scores: list[float], expected: float) -> None:
    assert score_of(np.array(scores, np.float32)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("box", "expected"), [([10, 20, 99.2, 50], (100, 60)), ([-9, -9, -5, -5], (45, 60)), ([NAN] * 4, (45, 60))]
)
def test_frame_around(box: list[float], expected: tuple[int, int]) -> None:
    keypoints = np.array([[45, 60], [NAN, NAN]], np.float32)
    assert frame_around(np.array([box], np.float32), keypoints) == expected


@pytest.mark.parametrize("fps", [0, -1, NAN, float("inf"), 2000, "25"])
def test_frame_rates_that_no_camera_has(fps: float) -> None:
    with pytest.raises(SettingsError, match="fps: expected more than 0"):
        require_fps(fps)


def test_times_by_rate() -> None:
    frames = np.array([0, 5], np.int32)
    assert times_at(frames, 25.0, Path("a")).tolist() == [0, 0.2]
    assert times_at(frames[:1], None, Path("a")).tolist() == [0]  # a single picture needs no rate
    with pytest.raises(InputError, match="give the frame rate"):
        times_at(frames, None, Path("a"))


@pytest.mark.parametrize(("value", "expected"), [(None, None), (-1, None), (0, 0), (7, 7)])
def test_given_id(value: int | None, expected: int | None) -> None:
    assert given_id(value, "id") == expected


def boxes(*frames: list[int], fps: float = 10.0) -> PoseSequence:
    """People 40 px wide at these x, frame by frame."""
    rows = [(f, x) for f, places in enumerate(frames) for x in places]
    keypoints = np.array([[[x, 0], [x + 40, 80]] for _, x in rows], np.float32)
    keypoints = np.concatenate([keypoints, np.repeat(keypoints[:, :1], 15, axis=1)], axis=1)
    ids = [sum(f == g for g, _ in rows[: i + 1]) for i, (f, _) in enumerate(rows)]
    return PoseSequence.from_arrays(
        keypoints,
        skeleton=COCO17,
        frame=[f for f, _ in rows],
        track_id=ids,
        fps=fps,
        bbox=keypoints[:, [0, 1]].reshape(-1, 4),
    )


def test_ids_follow_the_boxes_whatever_their_order() -> None:
    poses = boxes([0, 200], [195, 5], [10], [12, 190])
    assert ids_by_overlap(poses).tolist() == [1, 2, 2, 1, 1, 1, 2]


def test_an_unseen_person_is_forgotten_after_a_second() -> None:
    gone = [[100]] * 12
    assert ids_by_overlap(boxes([0, 100], *gone, [0, 100])).tolist()[-2:] == [3, 2]
    assert ids_by_overlap(boxes([0, 100], *gone[:5], [0, 100])).tolist()[-2:] == [1, 2]


def test_formats_with_an_entry_for_each_frame_have_a_limit() -> None:
    poses = boxes([0], [1], [2])
    require_listable(poses, most=3)
    with pytest.raises(SettingsError, match="at most 2 frames"):
        require_listable(poses, most=2)
