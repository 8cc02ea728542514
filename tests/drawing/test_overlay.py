import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from tests.sequences import made_sequence

from posespotter.arrays import Float32, Image
from posespotter.drawing.overlay import OverlayStyle, draw_people, draw_poses
from posespotter.errors import ShapeError
from posespotter.skeletons import BLAZEPOSE33, COCO17, WHOLEBODY133, Skeleton, skeleton_for

LEFT, RIGHT, MIDDLE, OUTLINE = (255, 0, 0), (0, 0, 255), (0, 255, 0), (7, 7, 7)
STYLE = OverlayStyle(LEFT, RIGHT, MIDDLE, OUTLINE)
GREY = 128


def picture(width: int = 640, height: int = 480) -> Image:
    return np.full((height, width, 3), GREY, np.uint8)


def body(size_px: float, x: float, y: float) -> Float32:
    """A COCO-17 person, upright, facing the camera, with the hips at x, y; the left side is on the right."""
    right_half = {"nose": (0, -0.43), "eye": (-0.02, -0.44), "ear": (-0.04, -0.43), "shoulder": (-0.11, -0.32),
                  "elbow": (-0.16, -0.17), "wrist": (-0.19, -0.03), "hip": (-0.06, 0), "knee": (-0.08, 0.23),
                  "ankle": (-0.08, 0.46)}  # fmt: skip
    points = []
    for name, side in zip(COCO17.keypoints, COCO17.sides, strict=True):
        dx, dy = right_half[name.split("_")[-1]]
        points.append((x + (-dx if side == "left" else dx) * size_px, y + dy * size_px))
    return np.array([points], np.float32)


def drawn(image: Image) -> Any:
    """(H, W) true where something was drawn."""
    return (image != GREY).any(axis=2)


def has(image: Image, colour: tuple[int, int, int]) -> bool:
    return bool((image == colour).all(axis=2).any())


ONES = np.ones((1, 17), np.float32)


def test_sides_have_their_colours() -> None:
    image = picture()
    draw_people(image, COCO17, body(400, 320, 240), ONES, style=STYLE)
    assert has(image[:, 340:], LEFT)
    assert not has(image[:, 340:], RIGHT)
    assert has(image[:, :300], RIGHT)
    assert not has(image[:, :300], LEFT)
    assert has(image[:, 310:330], MIDDLE)  # between the shoulders and the hips
    assert has(image, OUTLINE)


@pytest.mark.parametrize(("first", "second", "expected"), [
    (0.9, 0.9, {"limb", "first", "second"}),
    (0.3, 0.3, {"limb", "first", "second"}),  # the limit itself is enough
    (0.9, 0.29, {"first"}),
    (0.29, 0.9, {"second"}),
    (0.0, 0.0, set()),
    (np.nan, 0.9, {"second"}),
])  # fmt: skip
def test_only_what_is_above_the_limit(first: float, second: float, expected: set[str]) -> None:
    keypoints, scores = np.full((1, 17, 2), 50, np.float32), np.zeros((1, 17), np.float32)
    for name, x, score in (("left_knee", 100, first), ("left_ankle", 300, second)):
        keypoints[0, COCO17.index(name)], scores[0, COCO17.index(name)] = (x, 240), score
    image = picture()
    draw_people(image, COCO17, keypoints, scores)
    seen = {"first": drawn(image)[240, 100], "limb": drawn(image)[240, 200], "second": drawn(image)[240, 300]}
    assert {name for name, there in seen.items() if there} == expected


@pytest.mark.parametrize("place", [np.nan, np.inf, -np.inf, 1e30, -1e30, 1e5])
def test_a_joint_out_of_this_world_is_left_out(place: float) -> None:
    keypoints = body(400, 320, 240)
    keypoints[0, COCO17.index("left_wrist")] = place
    image, other = picture(), picture()
    draw_people(image, COCO17, keypoints, ONES)
    scores = ONES.copy()
    scores[0, COCO17.index("left_wrist")] = 0
    draw_people(other, COCO17, body(400, 320, 240), scores)
    np.testing.assert_array_equal(image, other)


def test_a_limb_that_leaves_the_picture_is_drawn_to_its_edge() -> None:
    keypoints, scores = np.full((1, 17, 2), np.nan, np.float32), ONES
    keypoints[0, COCO17.index("left_knee")] = (320, 240)
    keypoints[0, COCO17.index("left_ankle")] = (320, 700)
    image = picture()
    draw_people(image, COCO17, keypoints, scores)
    assert drawn(image)[240:, 320].all()


@pytest.mark.parametrize("box", [
    (10, 10, 60, 100), (-50, -50, 20, 30), (600, 400, 700, 500), (-1e9, -1e9, 1e9, 1e9), (300, 5, 310, 9),
    (100, 100, 100, 100), (200, 200, 100, 100), (0, 0, 640, 480), (5000, 5000, 5001, 5001),
])  # fmt: skip
def test_labels_lie_inside_the_picture(box: tuple[float, ...]) -> None:
    nobody = np.full((1, 17, 2), np.nan, np.float32)
    alone, labelled = picture(), picture()
    boxes = np.array([box], np.float32)
    draw_people(alone, COCO17, nobody, ONES, boxes=boxes)
    draw_people(labelled, COCO17, nobody, ONES, boxes=boxes, ids=[12345])
    rows, columns = np.nonzero((alone != labelled).any(axis=2))
    assert np.ptp(columns) > np.ptp(rows) > 8  # all five digits of it


def test_who_is_not_there_has_no_label() -> None:
    image = picture()
    boxes = np.full((1, 4), np.nan, np.float32)
    draw_people(image, COCO17, np.full((1, 17, 2), np.nan, np.float32), ONES, boxes=boxes, ids=[1])
    draw_people(image, COCO17, np.empty((0, 17, 2), np.float32), np.empty((0, 17), np.float32), ids=[])
    assert not drawn(image).any()


@pytest.mark.parametrize(("width", "height", "size_px"), [
    (320, 240, 200), (640, 480, 400), (1280, 720, 600), (3840, 2160, 1800), (240, 320, 200), (3840, 2160, 60),
])  # fmt: skip
def test_lines_follow_picture_and_person(width: int, height: int, size_px: float) -> None:
    image = picture(width, height)
    draw_people(image, COCO17, body(size_px, width / 2, height / 2), ONES, style=STYLE)
    knee = round(height / 2 + 0.12 * size_px)
    thigh = drawn(image)[knee, width // 2 :].sum()
    assert 0.012 * size_px <= thigh <= max(0.035 * size_px, 8)


def test_hands_are_left_out_of_small_people() -> None:
    def hand(size_px: float) -> bool:
        keypoints, scores = np.full((1, 33, 2), np.nan, np.float32), np.ones((1, 33), np.float32)
        for name, place in {"left_shoulder": (0.3, -0.5), "left_ankle": (0.3, 0.5), "left_index": (-0.3, 0)}.items():
            keypoints[0, BLAZEPOSE33.index(name)] = np.array([640, 360]) + size_px * np.array(place)
        image = picture(1280, 720)
        draw_people(image, BLAZEPOSE33, keypoints, scores)
        return bool(drawn(image)[:, :640].any())

    assert [hand(100), hand(500)] == [False, True]


def test_the_nearer_person_is_on_top() -> None:
    near, far = body(400, 320, 240), body(100, 320, 240)
    one, other = picture(), picture()
    draw_people(one, COCO17, np.concatenate([near, far]), np.ones((2, 17), np.float32))
    draw_people(other, COCO17, np.concatenate([far, near]), np.ones((2, 17), np.float32))
    np.testing.assert_array_equal(one, other)


def test_draw_poses_draws_people_boxes_and_ids() -> None:
    poses = made_sequence().to_skeleton(COCO17)
    poses = poses.at(int(poses.frame[0]))
    one, other = picture(2000, 2000), picture(2000, 2000)
    assert draw_poses(one, poses, score_limit=0.5) is one
    draw_people(other, COCO17, poses.keypoints, poses.scores, boxes=poses.bbox, ids=poses.track_id, score_limit=0.5)
    assert drawn(one).any()
    np.testing.assert_array_equal(one, other)
    live = SimpleNamespace(poses=poses, latency_s=0.1)  # as a stream gives them
    np.testing.assert_array_equal(draw_poses(picture(2000, 2000), live, score_limit=0.5), other)


def test_poses_of_several_frames_are_refused() -> None:
    with pytest.raises(ShapeError, match="people of one frame, got those of frames"):
        draw_poses(picture(), made_sequence())


@pytest.mark.parametrize(("skeleton", "size_px", "shown"), [(WHOLEBODY133, 100, False), (WHOLEBODY133, 400, True)])
def test_faces_and_hands_are_drawn_on_large_people_alone(skeleton: Skeleton, size_px: float, *, shown: bool) -> None:
    keypoints, scores = np.full((1, 133, 2), np.nan, np.float32), np.ones((1, 133), np.float32)
    keypoints[:, :17] = body(size_px, 320, 240)
    keypoints[:, [skeleton.index("face-8"), skeleton.index("left_ring_finger2")]] = [(20, 20), (20, 400)]
    boxes = np.array([[320 - size_px / 4, 240 - size_px / 2, 320 + size_px / 4, 240 + size_px / 2]], np.float32)
    image = picture()
    draw_people(image, skeleton, keypoints, scores, boxes=boxes)
    assert drawn(image)[15:25, 15:25].any() == drawn(image)[395:405, 15:25].any() == shown


@pytest.mark.parametrize(("image", "keypoints", "boxes", "message"), [
    (np.zeros((9, 9), np.uint8), np.zeros((1, 17, 2), np.float32), None, "image: expected"),
    (np.zeros((9, 9, 3), np.float32), np.zeros((1, 17, 2), np.float32), None, "image: expected"),
    (picture(), np.zeros((1, 16, 2), np.float32), None, "keypoints: expected"),
    (picture(), np.zeros((2, 17, 2), np.float32), None, "scores: expected"),
    (picture(), np.zeros((1, 17, 2), np.float32), np.zeros((2, 4), np.float32), "boxes: expected"),
])  # fmt: skip
def test_wrong_arrays(image: Any, keypoints: Any, boxes: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        draw_people(image, COCO17, keypoints, ONES, boxes=boxes)


@settings(max_examples=100)
@given(st.data(), st.sampled_from([COCO17, BLAZEPOSE33, skeleton_for(3)]), st.integers(1, 80), st.integers(1, 80))
def test_any_numbers_can_be_drawn(data: Any, skeleton: Skeleton, width: int, height: int) -> None:
    n, k = data.draw(st.integers(0, 3)), len(skeleton)
    floats = st.floats(width=32) | st.floats(-100, 100, width=32)
    image = picture(width, height)
    draw_people(
        image, skeleton,
        data.draw(st_numpy.arrays(np.float32, (n, k, 2), elements=floats)),
        data.draw(st_numpy.arrays(np.float32, (n, k), elements=floats)),
        boxes=data.draw(st_numpy.arrays(np.float32, (n, 4), elements=floats)),
        ids=list(range(n)),
    )  # fmt: skip


def test_speed() -> None:
    keypoints = np.random.default_rng(0).normal((640, 360), (80, 150), (1, 33, 2)).astype(np.float32)
    scores, boxes = np.ones((1, 33), np.float32), np.array([[400, 60, 880, 660]], np.float32)
    image = picture(1280, 720)
    seconds = []
    for _ in range(50):
        start = time.perf_counter()
        draw_people(image, BLAZEPOSE33, keypoints, scores, boxes=boxes, ids=[1])
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.004  # 1 to 2 ms on one core of 2025; the best of many, since machines are busy


@pytest.mark.shared
def test_truth_on_a_real_picture_stays_on_the_person(shared: Path) -> None:
    import json

    folder = shared / "data" / "coco"
    people = json.loads((folder / "person_keypoints.json").read_text())["annotations"]
    person = max((one for one in people if one["num_keypoints"] >= 15), key=lambda one: one["area"])
    image = cv2.imread(str(folder / "images" / f"{person['image_id']:012d}.jpg"))
    before = image.copy()
    triplets = np.array(person["keypoints"], np.float32).reshape(17, 3)
    draw_people(image, COCO17, triplets[None, :, :2], (triplets[None, :, 2] > 0).astype(np.float32))
    rows, columns = np.nonzero((image != before).any(axis=2))
    x, y, width, height = person["bbox"]
    slack = 0.03 * max(width, height)
    assert x - slack <= columns.min() <= columns.max() <= x + width + slack
    assert y - slack <= rows.min() <= rows.max() <= y + height + slack
