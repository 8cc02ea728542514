"""Object keypoint similarity against numbers worked by hand, and double finds of one person."""

import numpy as np
import pytest
from tests import walks

from posespotter.errors import ShapeError
from posespotter.skeletons import COCO17
from posespotter.tracking.oks import body_areas, duplicates, oks

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


def drop(keypoints, presence, prior_ids=None, scores=None):
    keypoints = np.asarray(keypoints, np.float32)
    scores = np.full(keypoints.shape[:2], 0.9, np.float32) if scores is None else scores
    return duplicates(keypoints, scores, np.array(presence, np.float32), COCO17, prior_ids=prior_ids).tolist()


@pytest.mark.parametrize(
    ("presence", "expected"), [([0.9, 0.8, 0.5], [False, True, False]), ([0.7, 0.8, 0.5], [True, False, False])]
)
def test_the_weaker_pose_of_one_person_goes(presence, expected) -> None:
    keypoints = _finds(1, x_apart_m=0.5).keypoints[0, [0, 0, 1]]
    keypoints[1] += 2.0
    assert drop(keypoints, presence) == expected


@pytest.mark.parametrize(
    ("prior_ids", "expected"),
    [
        ((4, None, None), [False, True, False]),  # the new detection goes, though it is the surer one
        ((7, 4, None), [True, False, False]),  # of two followed ones the one followed for longer stays
        ((None, None, None), [True, False, False]),  # of two new ones the surer one stays
    ],
)
def test_who_was_followed_stays(prior_ids, expected) -> None:
    assert drop(_finds(1, x_apart_m=2).keypoints[0, [0, 0, 1]], [0.7, 0.8, 0.9], prior_ids) == expected


def test_two_people_who_cross_both_stay() -> None:
    assert drop(_finds(walks.BODY_M / 2).keypoints[0], [0.9, 0.9], (1, 2)) == [False, False]


@pytest.mark.parametrize(
    ("off", "prior_ids", "expected"),
    [
        (0.02, (4, 7), [False, True]),
        (0.05, (4, 7), [False, False]),  # two who were seen apart must agree by more
        (0.05, (4, None), [False, True]),  # nobody new appears inside somebody
        (0.05, (None, None), [False, True]),
        (0.3, (4, None), [False, False]),
    ],
)
def test_how_far_two_poses_of_one_person_are_apart(off, prior_ids, expected) -> None:
    """`off` in body heights, to the side."""
    person = _finds(1).keypoints[0, 0]
    shift = np.array([off * np.ptp(person[:, 1]), 0])
    assert drop(np.stack([person, person + shift]), [0.9, 0.8], prior_ids) == expected


def test_joints_that_are_not_seen_do_not_tell_two_poses_apart() -> None:
    """The hidden legs of one pose are anywhere."""
    pair = _finds(1).keypoints[0, [0, 0]]
    pair[1, 11:] += 400
    scores = np.full((2, 17), 0.9, np.float32)
    assert drop(pair, [0.9, 0.8], (4, 7), scores) == [False, False]
    scores[1, 11:] = 0.01
    assert drop(pair, [0.9, 0.8], (4, 7), scores) == [False, True]


def test_of_a_chain_only_those_like_somebody_who_stays_go() -> None:
    """The middle one agrees with both, the outer two not with each other."""
    person = _finds(1).keypoints[0, 0]
    step = np.array([0.05 * np.ptp(person[:, 1]), 0])
    chain = np.stack([person, person + step, person + 3 * step])
    assert drop(chain, [0.9, 0.8, 0.7]) == [False, True, False]


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_and_one_person_are_no_duplicates(people: int) -> None:
    found = duplicates(np.zeros((people, 17, 2)), np.ones((people, 17)), np.ones(people), COCO17)
    assert found.shape == (people,)
    assert not found.any()
