"""BlazePose: turned squares, landmarks; and the laws that the real weights keep."""

from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.models.tiny import FakeSession

from posespotter.media import open_source
from posespotter.models.families import blazepose
from posespotter.models.families.blazepose import BlazePose, aligned_squares
from posespotter.models.interfaces import Regions
from posespotter.models.load import load_detector, load_pose_model
from posespotter.skeletons import BLAZEPOSE33

LEFT_HIP, RIGHT_HIP = BLAZEPOSE33.index("left_hip"), BLAZEPOSE33.index("right_hip")


@pytest.mark.parametrize(
    ("end", "side", "angle_deg"),
    [
        ((100, 60), 100, 0),  # upright: the circle's end straight above the hips
        ((140, 100), 100, 90),  # head to the right
        ((60, 100), 100, -90),
        ((100, 140), 100, 180),  # upside down
        ((130, 60), 125, 36.87),  # 3, 4, 5
        ((100, 100), 0, 180),  # no length: no direction either
    ],
)
def test_aligned_squares(end, side, angle_deg):
    square = aligned_squares(np.array([[100, 100]], np.float32), np.array([end], np.float32))[0]
    assert square[:3] == pytest.approx([100, 100, side], abs=1e-3)
    if side:
        assert abs(np.rad2deg(square[3])) == pytest.approx(abs(angle_deg), abs=0.01)
        assert np.sign(square[3]) == np.sign(angle_deg) or angle_deg == 180


@given(angle=st.floats(-3.1, 3.1), length=st.floats(1, 500))
def test_the_end_of_the_circle_is_straight_above_in_the_crop(angle, length):
    centre = np.array([[300, 200]], np.float32)
    end = (centre + length * np.array([[np.sin(angle), -np.cos(angle)]])).astype(np.float32)
    square = aligned_squares(centre, end)[0]
    assert square[3] == pytest.approx(angle, abs=1e-3)
    from posespotter.models.geometry import square_to_crop

    x, y = square_to_crop(square, 256) @ [*end[0], 1]
    assert (x, y) == pytest.approx((128, 128 - 256 / 2.5), abs=0.5)


@pytest.mark.parametrize(
    ("logit", "expected"),
    [(0, 0.5), (np.log(3), 0.75), (-np.log(3), 0.25), (1e9, 1), (-1e9, 0), (np.inf, 1), (-np.inf, 0)],
)
def test_sigmoid(logit, expected):
    with np.errstate(all="raise"):
        assert blazepose._sigmoid(np.array([logit], np.float32))[0] == pytest.approx(expected, abs=1e-6)


def test_what_the_network_is_shown():
    image = np.full((100, 200, 3), (0, 255, 51), np.uint8)  # blue, green, red
    pose = landmarks()
    pose.estimate(image, aligned([100, 50, 40, 0.3], [0, 0, 300, 0]))
    inside, across_the_edge = pose.session.seen
    assert inside.shape == (1, 256, 256, 3)
    assert inside[0, 10, 10] == pytest.approx([0.2, 1, 0])  # RGB
    assert across_the_edge[0, 5, 5] == pytest.approx([0.2, 1, 0])  # the edge goes on


def aligned(*squares):
    turned = np.array(squares, np.float32)
    boxes = np.concatenate([turned[:, :2] - 10, turned[:, :2] + 10], 1)
    return Regions.from_boxes(boxes, np.ones(len(turned), np.float32), turned)


def landmarks(points=None, visible=5.0, present=5.0, presence=0.9, metres=None):
    """A landmark model that answers (39, 2) `points`, px of its input, for every crop."""
    raw = np.zeros((39, 5), np.float32)
    raw[:, :2] = 128 if points is None else points
    raw[:, 3], raw[:, 4] = visible, present
    world = np.zeros((39, 3), np.float32) if metres is None else metres
    answer = [raw.reshape(1, 195), np.array([[presence]], np.float32), world.reshape(1, 117)]
    return BlazePose(FakeSession(lambda _: answer, (1, 256, 256, 3), "input_1"))


def test_landmarks_come_back_to_the_right_pixels():
    points = np.full((39, 2), 128, np.float32)
    points[0] = 128, 0  # straight above the middle
    points[33], points[34] = (128, 150), (128, 50)
    joints = landmarks(points).estimate(
        np.zeros((480, 640, 3), np.uint8), aligned([300, 200, 128, 0], [300, 200, 128, np.pi / 2])
    )
    assert joints.keypoints.shape == (2, 33, 2)
    assert joints.keypoints[0, 0] == pytest.approx((300, 136), abs=1e-3)
    assert joints.keypoints[1, 0] == pytest.approx((364, 200), abs=1e-3)  # lying: to the right
    assert joints.regions.squares[0] == pytest.approx((300, 211, 125, 0), abs=1e-3)
    assert joints.regions.squares[1] == pytest.approx((289, 200, 125, np.pi / 2), abs=1e-3)
    assert joints.presence == pytest.approx([0.9, 0.9])
    assert joints.regions.scores == pytest.approx([1.0, 1.0])  # those of the regions


@pytest.mark.parametrize(
    ("visible", "present", "score"), [(100, 100, 1), (0, 100, 0.5), (100, 0, 0.5), (-3, 5, 0.0474), (5, -100, 0)]
)
def test_the_score_is_the_lesser_of_visibility_and_presence(visible, present, score):
    joints = landmarks(visible=visible, present=present).estimate(
        np.zeros((100, 100, 3), np.uint8), aligned([50, 50, 80, 0])
    )
    assert joints.scores[0] == pytest.approx(np.full(33, score), abs=1e-3)


@pytest.mark.parametrize("angle", [0, 0.4, np.pi / 2, -2.5])
def test_metres_are_turned_with_the_person(angle):
    metres = np.random.default_rng(0).normal(size=(39, 3)).astype(np.float32)
    joints = landmarks(metres=metres).estimate(np.zeros((99, 99, 3), np.uint8), aligned([50, 50, 80, angle]))
    cos, sin = np.cos(angle), np.sin(angle)
    expected = metres[:33] @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    assert joints.world[0] == pytest.approx(expected, abs=1e-5)
    # In the picture and in metres a direction is the same one: 'up' in the crop is where the head is.
    assert np.array([0, -1, 0]) @ [[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]] == pytest.approx(
        [np.sin(angle), -np.cos(angle), 0]
    )


def test_nobody():
    joints = landmarks().estimate(np.zeros((99, 99, 3), np.uint8), Regions.none())
    assert joints.keypoints.shape == (0, 33, 2)
    assert joints.world.shape == (0, 33, 3)
    assert len(joints.regions) == 0


@cache
def real(name):
    return load_pose_model(name).model


def picture_of(clip, index):
    with open_source(clip) as source:
        return next(frame.image for frame in source if frame.index == index)


@pytest.fixture(scope="module")
def walker(demo_clip):
    """A frame of the demo clip and the one person in it who is seen best."""
    image = picture_of(demo_clip, 75)
    box = load_detector("movenet-multipose").model.detect(image).take(np.array([0]))
    return image, real("blazepose-full").estimate(image, box).regions


def heights(joints):
    return np.ptp(joints.keypoints[:, :, 1], axis=1)


def test_a_mirrored_picture_gives_mirrored_joints(walker):
    image, region = walker
    pose = real("blazepose-full")
    straight = pose.estimate(image, region)
    flipped = np.ascontiguousarray(image[:, ::-1])
    squares = region.squares * np.array([-1, 1, 1, -1], np.float32) + np.array([image.shape[1], 0, 0, 0], np.float32)
    mirrored = pose.estimate(flipped, Regions.from_boxes(region.boxes, region.scores, squares))
    back = mirrored.keypoints[:, list(BLAZEPOSE33.mirror)] * np.array([-1, 1]) + np.array([image.shape[1], 0])
    apart = np.linalg.norm(back - straight.keypoints, axis=-1)[straight.scores > 0.5] / heights(straight)
    assert np.median(apart) < 0.03
    assert np.quantile(apart, 0.9) < 0.06


@pytest.mark.parametrize(("right", "down"), [(64, 0), (0, 48), (-31, 17)])
def test_a_shifted_picture_gives_shifted_joints(walker, right, down):
    image, region = walker
    moved = cv2.warpAffine(
        image, np.array([[1, 0, right], [0, 1, down]], float), image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE
    )
    pose = real("blazepose-full")
    first = pose.estimate(image, region)
    second = pose.estimate(moved, region.shifted(np.array([[right, down]], np.float32)))
    apart = np.linalg.norm(second.keypoints - first.keypoints - [right, down], axis=-1)[first.scores > 0.5]
    assert np.median(apart / heights(first)) < 0.03


def test_a_larger_picture_gives_the_same_pose(walker):
    image, region = walker
    twice = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    larger = Regions.from_boxes(region.boxes * 2, region.scores, region.squares * np.array([2, 2, 2, 1], np.float32))
    first, second = (real("blazepose-full").estimate(*pair) for pair in ((image, region), (twice, larger)))
    apart = np.linalg.norm(second.keypoints / 2 - first.keypoints, axis=-1)[first.scores > 0.5]
    assert np.median(apart / heights(first)) < 0.01
    assert second.world == pytest.approx(first.world, abs=0.05)


def clockwise(image, quarters):
    """A picture turned by quarters, the angle, the matrix by which rows turn, and where points of the picture come."""
    turned = np.ascontiguousarray(np.rot90(image, -quarters))
    angle = quarters * np.pi / 2
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    before, after = np.array(image.shape[1::-1]) / 2, np.array(turned.shape[1::-1]) / 2
    return turned, angle, turn, lambda points: (points - before) @ turn + after


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_picture_gives_turned_joints_and_metres(walker, quarters):
    """The region turns along, as it does while somebody falls."""
    image, region = walker
    pose = real("blazepose-full")
    straight = pose.estimate(image, region)
    turned, angle, turn, moved = clockwise(image, quarters)
    square = region.squares.copy()
    square[:, :2] = moved(square[:, :2])
    square[:, 3] += angle
    found = pose.estimate(turned, Regions.from_boxes(region.boxes, region.scores, square))
    expected = moved(straight.keypoints)
    apart = np.linalg.norm(found.keypoints - expected, axis=-1)[straight.scores > 0.5]
    assert np.median(apart / heights(straight)) < 0.02
    assert found.world[..., :2] == pytest.approx(straight.world[..., :2] @ turn, abs=0.06)


def test_a_box_of_another_detector_serves_as_well(walker):
    image, region = walker
    pose = real("blazepose-full")
    own = pose.estimate(image, region)
    box = np.concatenate([own.keypoints[0].min(0) - 8, own.keypoints[0].max(0) + 8]).astype(np.float32)
    foreign = pose.estimate(image, Regions.from_boxes(box[None], np.ones(1, np.float32)))
    apart = np.linalg.norm(foreign.keypoints - own.keypoints, axis=-1)[own.scores > 0.5]
    assert np.median(apart / heights(own)) < 0.03
    assert np.isfinite(foreign.regions.squares).all()


def test_people_beside_each_other_do_not_change_each_other(walker):
    image, region = walker
    alone = real("blazepose-full").estimate(image, region)
    elsewhere = Regions.from_boxes(region.boxes + 50, region.scores, region.squares + np.float32([80, 0, 0, 0.5]))
    both = real("blazepose-full").estimate(image, elsewhere.plus(region))
    assert both.keypoints[1] == pytest.approx(alone.keypoints[0], abs=0.01)
    assert both.scores[1] == pytest.approx(alone.scores[0], abs=1e-4)
