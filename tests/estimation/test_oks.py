"""Object keypoint similarity against numbers worked by hand, and double finds of one person."""

import numpy as np
import pytest
from tests import walks

from posespotter.errors import ShapeError
from posespotter.estimation.oks import body_areas, duplicates, oks
from posespotter.skeletons import COCO17

SIGMAS = np.array([0.05, 0.1])


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ([[0, 0], [0, 10]], 1.0),  # the same joints
        ([[1, 0], [0, 10]], (np.exp(-1 / (2 * 100 * 0.1**2)) + 1) / 2),  # the first joint 1 px off, area 100 px²
        ([[0, 0], [2, 10]], (1 + np.exp(-4 / (2 * 100 * 0.2**2))) / 2),  # the second one 2 px off
        ([[np.nan, np.nan], [0, 10]], 1.0),  # only the joints that both have count
        ([[np.nan, np.nan], [np.nan, np.nan]], 0.0),  # nothing in common
        ([[500, 0], [500, 10]], 0.0),  # far away
    ],
)
def test_oks(second, expected) -> None:
    first = np.array([[[0, 0], [0, 10]]], np.float32)
    found = oks(first, np.array([second], np.float32), np.array([100.0]), SIGMAS)
    assert found == pytest.approx(np.array([[expected]]), abs=1e-9)


def test_scores_weigh_the_joints() -> None:
    first = np.array([[[0, 0], [0, 10]]], np.float32)
    second = np.array([[[500, 0], [0, 10]]], np.float32)
    scores = np.array([[0.2, 0.6]])
    assert oks(first, second, np.array([100.0]), SIGMAS, scores) == pytest.approx(np.array([[0.75]]))


def test_areas_must_belong_to_one_side() -> None:
    with pytest.raises(ShapeError, match="expected 2 or 1 values, got 3"):
        oks(np.zeros((2, 2, 2)), np.zeros((1, 2, 2)), np.ones(3), SIGMAS)


def test_body_area_is_a_share_of_the_box() -> None:
    assert body_areas(np.array([[10, 10, 20, 30]], np.float32)) == pytest.approx([0.53 * 200])


def _finds(depth_apart_m: float, x_apart_m: float = 0.0) -> walks.Scene:
    people = [
        walks.Walker(walks.line(0, 6, 0.8)),
        walks.Walker(walks.line(x_apart_m, 6 + depth_apart_m, -0.8), phase=2.0),
    ]
    return walks.scene("two", people, seconds=0.1)


def test_the_weaker_find_of_one_person_goes() -> None:
    scene = _finds(1, x_apart_m=0.5)
    keypoints = scene.keypoints[0, [0, 0, 1]].astype(np.float32)
    keypoints[1] += 2.0
    boxes = scene.boxes[0, [0, 0, 1]].astype(np.float32)
    scores = np.full((3, 17), 0.9, np.float32)
    for box_scores, expected in (([0.9, 0.8, 0.5], [False, True, False]), ([0.7, 0.8, 0.5], [True, False, False])):
        found = duplicates(keypoints, scores, boxes, np.array(box_scores, np.float32), COCO17)
        assert found.tolist() == expected


@pytest.mark.parametrize(
    ("prior_ids", "expected"),
    [
        ((4, None, None), [False, True, False]),  # the new detection goes, though it is the surer one
        ((7, 4, None), [True, False, False]),  # of two followed ones the one followed for longer stays
        ((None, None, None), [True, False, False]),  # of two new ones the surer one stays
    ],
)
def test_who_was_followed_stays(prior_ids, expected) -> None:
    scene = _finds(1, x_apart_m=2)
    keypoints = scene.keypoints[0, [0, 0, 1]].astype(np.float32)
    boxes = scene.boxes[0, [0, 0, 1]].astype(np.float32)
    box_scores = np.array([0.7, 0.8, 0.9], np.float32)
    found = duplicates(keypoints, np.ones((3, 17)), boxes, box_scores, COCO17, prior_ids=prior_ids)
    assert found.tolist() == expected


def test_two_people_who_cross_both_stay() -> None:
    scene = _finds(walks.BODY_M / 2)
    found = duplicates(
        scene.keypoints[0].astype(np.float32),
        np.full((2, 17), 0.9, np.float32),
        scene.boxes[0].astype(np.float32),
        np.full(2, 0.9, np.float32),
        COCO17,
        prior_ids=(1, 2),
    )
    assert not found.any()


@pytest.mark.parametrize(
    ("prior_ids", "times", "aside", "expected"),
    [
        ((4, None), 1.8, 0.1, [False, True]),  # a giant in the shoes of somebody who is followed
        ((4, None), 1.8, 0.4, [False, False]),  # a child stands beside
        ((4, None), 1.2, 0.1, [False, False]),  # two of about one size may pass
        ((4, 7), 1.8, 0.1, [False, False]),  # both were seen apart
        ((None, None), 1.8, 0.1, [False, False]),  # nobody knows who is the wrong one
    ],
)
def test_a_new_giant_on_the_spot_of_somebody_goes(prior_ids, times, aside, expected) -> None:
    """Sizes along the floor are shares of the smaller one's, the diagonal of the box."""
    scene = _finds(1)
    person, box = scene.keypoints[0, 0].astype(np.float32), scene.boxes[0, 0].astype(np.float32)
    feet = person[[COCO17.index("left_ankle"), COCO17.index("right_ankle")]].mean(0)
    shift = np.array([aside * np.linalg.norm(box[2:] - box[:2]), 0], np.float32)
    keypoints = np.stack([person, (person - feet) * times + feet + shift])
    corners = ((box.reshape(2, 2) - feet) * times + feet + shift).ravel()
    found = duplicates(
        keypoints,
        np.ones((2, 17)),
        np.stack([box, corners]),
        np.array([0.7, 0.9], np.float32),
        COCO17,
        prior_ids=prior_ids,
    )
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("prior_ids", "depth_apart_m", "expected"),
    [
        ((4, None), 0.0, [False, True]),  # the same person in a crop turned another way: limbs and sides are misread
        ((None, 4), 0.0, [True, False]),
        ((4, 7), 0.0, [False, False]),  # two who were seen apart
        ((4, None), walks.BODY_M / 2, [False, False]),  # somebody behind
    ],
)
def test_a_new_detection_with_feet_and_trunk_of_somebody_goes(prior_ids, depth_apart_m: float, expected) -> None:
    at = walks.line(0.0, 5.0, 0.0), walks.line(0.18 * depth_apart_m, 5.0 + depth_apart_m, 0.0)
    turns = lambda t: np.full_like(t, 0.3), lambda t: np.full_like(t, 2.8)
    pair = [walks.Walker(path, turn=turn) for path, turn in zip(at, turns, strict=True)]
    scene = walks.scene("two", pair, seconds=0.1)
    found = duplicates(
        scene.keypoints[0], np.ones((2, 17)), scene.boxes[0], np.array([0.9, 0.9]), COCO17, prior_ids=prior_ids
    )
    assert found.tolist() == expected


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_and_one_person_are_no_duplicates(people: int) -> None:
    found = duplicates(np.zeros((people, 17, 2)), np.ones((people, 17)), np.zeros((people, 4)), np.ones(people), COCO17)
    assert found.shape == (people,)
    assert not found.any()
