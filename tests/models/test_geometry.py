"""Cutting model inputs out of pictures, and the way back."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posespotter.models.geometry import (
    clip_boxes,
    crop_to_picture,
    cut,
    extent,
    letterbox,
    square_to_crop,
)

FILL = 114


@pytest.mark.parametrize(
    ("size", "scale"),
    [
        ((640, 480), 0.5),
        ((480, 640), 0.5),
        ((320, 320), 1.0),
        ((160, 80), 2.0),
        ((6400, 20), 0.05),  # a strip: one px high
        ((20, 6400), 0.05),
    ],
)
def test_letterbox(size, scale):
    width, height = size
    image = np.full((height, width, 3), 200, np.uint8)
    out, got_scale = letterbox(image, 320, FILL)
    assert got_scale == scale
    inner = np.zeros((320, 320), bool)
    inner[: max(1, int(height * scale)), : max(1, int(width * scale))] = True
    assert (out[inner] == 200).all()
    assert (out[~inner] == FILL).all()


@settings(max_examples=40)
@given(
    width=st.integers(40, 900),
    height=st.integers(40, 900),
    place=st.tuples(st.floats(0.2, 0.8), st.floats(0.2, 0.8)),
)
def test_letterbox_puts_every_point_where_it_says(width, height, place):
    x, y = int(place[0] * width), int(place[1] * height)
    image = np.zeros((height, width, 3), np.uint8)
    size = max(3, max(width, height) // 24)  # a mark of a few px of the output, whatever the scale
    image[max(0, y - size) : y + size + 1, max(0, x - size) : x + size + 1] = 255
    rows, columns = np.nonzero(image[..., 0])
    out, scale = letterbox(image, 320, 0)
    seen_rows, seen_columns = np.nonzero(out[..., 0] > 127)
    # Middles of pixels: those of the input are at +0.5.
    assert seen_columns.mean() + 0.5 == pytest.approx((columns.mean() + 0.5) * scale, abs=1.5)
    assert seen_rows.mean() + 0.5 == pytest.approx((rows.mean() + 0.5) * scale, abs=1.5)


@pytest.mark.parametrize(
    ("angle", "point", "expected"),
    [
        (0, (100, 50), (128, 128)),  # the centre
        (0, (60, 10), (0, 0)),  # top left
        (0, (140, 90), (256, 256)),
        (np.pi / 2, (140, 50), (128, 0)),  # lying with the head to the right: right is up in the crop
        (-np.pi / 2, (60, 50), (128, 0)),  # with the head to the left
        (np.pi, (100, 90), (128, 0)),  # head down
    ],
)
def test_a_turned_square_in_its_crop(angle, point, expected):
    square = np.array([100, 50, 80, angle], np.float32)
    assert square_to_crop(square, 256) @ [*point, 1] == pytest.approx(expected, abs=1e-3)


squares = st.tuples(st.floats(-500, 2000), st.floats(-500, 2000), st.floats(4, 3000), st.floats(-np.pi, np.pi))


@given(square=squares, point=st.tuples(st.floats(-2, 3), st.floats(-2, 3)), size=st.sampled_from([64, 256]))
def test_into_the_crop_and_back(square, point, size):
    turned = np.array(square, np.float32)
    inside = (np.array(point, np.float32) * size).astype(np.float32)
    in_picture = crop_to_picture(inside[None, None], turned[None], size)[0, 0]
    again = square_to_crop(turned, size) @ [*in_picture, 1]
    rounding = 1e-6 * size / square[2] * max(map(abs, square[:2]))  # float32, for squares that are small and far away
    assert again == pytest.approx(inside, abs=0.02 + rounding)


def test_crops_of_several_people_do_not_mix():
    turned = np.array([[10, 20, 8, 0], [100, 50, 80, np.pi / 2]], np.float32)
    points = np.array([[[4, 4], [0, 0]], [[4, 0], [4, 4]]], np.float32)
    expected = [[[10, 20], [6, 16]], [[140, 50], [100, 50]]]
    assert crop_to_picture(points, turned, 8) == pytest.approx(np.array(expected), abs=1e-4)
    assert crop_to_picture(points[:0], turned[:0], 8).shape == (0, 2, 2)


def test_extent_is_that_of_the_seen_joints():
    keypoints = np.array([[[1, 2], [5, 9], [-3, 100]], [[1, 1], [2, 2], [3, 3]]], np.float32)
    seen = np.array([[True, True, False], [False, False, False]])
    boxes = extent(keypoints, seen)
    assert boxes[0].tolist() == [1, 2, 5, 9]
    assert np.isnan(boxes[1]).all()
    assert boxes.dtype == np.float32


def test_clip_boxes():
    image = np.zeros((50, 100, 3), np.uint8)
    boxes = np.array([[-5, -5, 200, 200], [10, 20, 30, 40], [120, 60, 130, 70]], np.float32)
    assert clip_boxes(boxes, image).tolist() == [[0, 0, 100, 50], [10, 20, 30, 40], [100, 50, 100, 50]]


@pytest.mark.parametrize(
    "square",
    [
        (320, 240, 300, 0.0),
        (320, 240, 300, 2.0),
        (10, 470, 200, -0.7),  # half outside
        (-500, -500, 100, 0.3),  # outside, above
        (320, 2000, 100, 0.3),  # outside, below
        (320, 240, 5000, 0.1),
    ],
)
@pytest.mark.parametrize("border", [cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE])
def test_cut_is_what_opencv_cuts(square, border):
    image = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    matrix = square_to_crop(np.array(square, np.float32), 256)
    plain = cv2.warpAffine(image, matrix, (256, 200), flags=cv2.INTER_LINEAR, borderMode=border)
    np.testing.assert_array_equal(cut(image, matrix, (256, 200), border), plain)
