"""SimCC pose models: the crop, the way back, and what the peaks say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models.tiny import FakeSession, peaks

from posespotter.models.families.rtmpose import RTMPose
from posespotter.models.interfaces import Regions
from posespotter.skeletons import COCO17, HALPE26

WIDTH, HEIGHT = 192, 256


def pose_of(points, heights=0.9, width=WIDTH, height=HEIGHT):
    """A model that finds the same `points`, px of its input, in every crop; `heights` are those of the peaks."""
    at = np.asarray(points, float)
    tall = np.broadcast_to(heights, (2, len(at)))
    along_x = peaks(at[:, 0] * 2, 2 * width, 1.0) * tall[0][:, None]
    along_y = peaks(at[:, 1] * 2, 2 * height, 1.0) * tall[1][:, None]
    return RTMPose(FakeSession(lambda _: [along_x[None], along_y[None]], (1, 3, height, width)))


def looking(width=WIDTH, height=HEIGHT):
    """A model of one joint that really looks: the joint is the brightest place of the crop."""

    def answer(tensor):
        row, column = np.unravel_index(tensor[0].sum(0).argmax(), (height, width))
        found = np.array([[column, row]], float)
        return [peaks(found[:, 0] * 2, 2 * width)[None], peaks(found[:, 1] * 2, 2 * height)[None]]

    return RTMPose(FakeSession(answer, (1, 3, height, width)))


def regions(*boxes, margins=None):
    found = Regions.from_boxes(np.array(boxes, np.float32), np.full(len(boxes), 0.8, np.float32))
    if margins is not None:
        found = Regions(found.boxes, found.scores, found.squares, np.array(margins, np.float32))
    return found


BLACK = np.zeros((480, 640, 3), np.uint8)


@pytest.mark.parametrize(
    ("box", "point", "expected"),
    [
        # A box of the model's own shape, 96x128: the crop is 120x160 around (148, 164), 0.625 px for one of the input.
        ((100, 100, 196, 228), (96, 128), (148, 164)),  # the middle
        ((100, 100, 196, 228), (0, 0), (88, 84)),  # top left: 12 and 16 px of padding
        ((100, 100, 196, 228), (191.5, 255.5), (207.6875, 243.6875)),
        # A wide box, 160x40: padded to 200x50, grown to 200x266.67.
        ((100, 100, 260, 140), (0, 0), (80, -13.3333)),
        ((100, 100, 260, 140), (96, 128), (180, 120)),
        # A thin one, 20x160: padded to 25x200, grown to 150x200.
        ((100, 100, 120, 260), (0, 0), (35, 80)),
    ],
)
def test_from_the_crop_to_the_picture(box, point, expected):
    joints = pose_of([point]).estimate(BLACK, regions(box))
    assert joints.keypoints[0, 0] == pytest.approx(expected, abs=1e-3)


boxes = st.tuples(st.floats(0, 500), st.floats(0, 340), st.floats(20, 400), st.floats(20, 400)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@settings(max_examples=60)
@given(box=boxes, place=st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95)), small=st.booleans())
def test_a_point_of_the_picture_goes_to_the_crop_and_back(box, place, small):
    x0, y0, x1, y1 = box
    point = np.array([x0 + place[0] * (x1 - x0), y0 + place[1] * (y1 - y0)])
    point = np.clip(point, 10, [629, 469])
    # A round hill whose top is at the point: its brightest px in the crop is the point's, whatever the scale.
    rows, columns = np.mgrid[:480, :640]
    reach = max(x1 - x0, y1 - y0)
    hill = np.exp(-(((columns - point[0]) ** 2 + (rows - point[1]) ** 2) / (2 * (0.05 * reach + 2) ** 2)))
    image = np.repeat((255 * hill).astype(np.uint8)[..., None], 3, -1)
    width, height = (96, 128) if small else (WIDTH, HEIGHT)
    found = looking(width, height).estimate(image, regions(box)).keypoints[0, 0]
    crop_px = max((x1 - x0) * 1.25 / width, (y1 - y0) * 1.25 / height)
    assert found == pytest.approx(point, abs=1.0 + 2.5 * crop_px)  # 8-bit hills have flat tops


@pytest.mark.parametrize("k", [1, 5, 17, 21, 26, 133])
def test_any_number_of_keypoints(k):
    points = np.stack([np.linspace(10, 180, k), np.linspace(200, 20, k)], 1).round()
    pose = pose_of(points)
    assert len(pose.skeleton) == k
    assert pose.skeleton == {17: COCO17, 26: HALPE26}.get(k, pose.skeleton)
    joints = pose.estimate(BLACK, regions((0, 0, 153.6, 204.8), (100, 0, 253.6, 204.8)))
    assert joints.keypoints.shape == (2, k, 2)
    assert joints.scores.shape == (2, k)
    # The crop is 192x256 around the box's middle: one px of the picture for one of the input.
    assert joints.keypoints[0] == pytest.approx(points + np.array([-19.2, -25.6]), abs=1e-3)
    assert joints.keypoints[1] == pytest.approx(points + np.array([80.8, -25.6]), abs=1e-3)
    assert joints.world is None


@pytest.mark.parametrize(
    ("along_x", "along_y", "score"),
    [(0.9, 0.7, 0.8), (0.2, 0.2, 0.2), (1.4, 1.0, 1.0), (0.0, 0.0, None), (-0.2, -0.1, None), (0.0, 0.3, 0.15)],
)
def test_the_score_is_the_mean_of_both_peaks(along_x, along_y, score):
    joints = pose_of([(50, 50), (60, 60)], [[along_x, 0.9], [along_y, 0.9]]).estimate(BLACK, regions((0, 0, 96, 128)))
    assert joints.scores[0] == pytest.approx([score or 0, 0.9], abs=1e-5)
    assert np.isnan(joints.keypoints[0, 0]).all() == (score is None)
    assert np.isfinite(joints.keypoints[0, 1]).all()


def test_presence_is_that_of_the_better_half():
    joints = pose_of([(50, 50)] * 4, [[0.1, 0.9, 0.2, 0.7]] * 2).estimate(BLACK, regions((0, 0, 96, 128)))
    assert joints.presence == pytest.approx([0.8])


def test_what_the_network_is_shown():
    colour = np.array([10, 120, 250], np.uint8)  # blue, green, red
    pose = pose_of([(50, 50)])
    pose.session.seen.clear()
    pose.estimate(np.full((480, 640, 3), colour, np.uint8), regions((200, 200, 296, 328), (-50, 0, 50, 100)))
    inside, across_the_edge = pose.session.seen
    assert inside.shape == (1, 3, HEIGHT, WIDTH)
    mean, std = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])
    assert inside[0, :, 128, 96] == pytest.approx((colour[::-1] - mean) / std, abs=1e-4)  # RGB
    assert across_the_edge[0, :, 128, 5] == pytest.approx(-mean / std, abs=1e-4)  # black beyond the picture


def test_nobody():
    joints = pose_of([(50, 50)] * 17).estimate(BLACK, Regions.none())
    assert joints.keypoints.shape == (0, 17, 2)
    assert joints.presence.shape == (0,)
    assert len(joints.regions) == 0


def test_the_box_keeps_the_margins_that_the_detector_left():
    """Joints from (120, 124) to (180, 204) of a box (100, 100)-(196, 228): a third of 60 px at the left, ..."""
    points = np.array([[51.2, 64], [147.2, 192]]).round()  # px of the input: (x - 88) / 0.625, (y - 84) / 0.625
    pose = pose_of(points)
    box = (100, 100, 196, 228)
    first = pose.estimate(BLACK, regions(box)).regions
    assert first.boxes[0] == pytest.approx(box, abs=0.1)
    assert first.margins[0] == pytest.approx([20 / 60, 24 / 80, 16 / 60, 24 / 80], abs=0.01)
    # The same joints in a crop that has moved by (30, 10): the box moves along, whatever crop was looked at.
    moved = regions((130, 110, 226, 238), margins=first.margins)
    second = pose.estimate(BLACK, moved).regions
    assert second.boxes[0] == pytest.approx((130, 110, 226, 238), abs=0.1)
    assert second.margins == pytest.approx(first.margins)


def test_a_loose_box_is_followed_closely_and_an_unseen_person_where_they_were():
    loose = pose_of([(90, 120), (102, 136)]).estimate(BLACK, regions((100, 100, 292, 356)))
    width, height = loose.keypoints[0].max(0) - loose.keypoints[0].min(0)
    x0, y0, x1, y1 = loose.regions.boxes[0]
    assert x1 - x0 == pytest.approx(2 * width, abs=0.1)  # at most half the extent on each side
    assert y1 - y0 == pytest.approx(2 * height, abs=0.1)
    unseen = pose_of([(90, 120), (102, 136)], 0.2).estimate(BLACK, regions((100, 100, 292, 356)))
    assert unseen.regions.boxes.tolist() == [[100, 100, 292, 356]]


@pytest.mark.parametrize("box", [(50, 50, 50, 50), (-300, -300, -100, -100), (0, 0, 640, 480), (639, 479, 640, 480)])
def test_degenerate_boxes_do_no_harm(box):
    joints = pose_of([(50, 50), (90, 100)]).estimate(BLACK, regions(box))
    assert np.isfinite(joints.keypoints).all()
    assert np.isfinite(joints.regions.boxes).all()
    assert (joints.regions.boxes >= 0).all()
