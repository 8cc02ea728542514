"""The overlap of boxes."""

import numpy as np
import pytest

from posespotter.boxes import apart, areas, box_iou, common_areas

BOX = (0, 0, 10, 10)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (BOX, 1),
        ((5, 0, 15, 10), 1 / 3),
        ((5, 5, 15, 15), 25 / 175),
        ((2, 2, 4, 4), 0.04),
        ((10, 0, 20, 10), 0),  # they touch
        ((30, 30, 40, 40), 0),
        ((5, 5, 5, 5), 0),  # no area
        ((9, 9, 1, 1), 0),  # inside out
    ],
)
def test_box_iou(other, expected):
    first, second = np.array([BOX], np.float32), np.array([other], np.float32)
    assert box_iou(first, second)[0, 0] == pytest.approx(expected)
    assert box_iou(second, first)[0, 0] == pytest.approx(expected)


def test_box_iou_of_nothing():
    none, one = np.empty((0, 4), np.float32), np.array([BOX], np.float32)
    assert box_iou(none, one).shape == (0, 1)
    assert box_iou(one, none).shape == (1, 0)
    empty = np.zeros((1, 4), np.float32)
    assert box_iou(empty, empty)[0, 0] == 0


def test_a_box_that_nobody_knows_overlaps_nothing():
    unknown = np.full((1, 4), np.nan, np.float32)
    assert box_iou(np.array([BOX], np.float32), unknown)[0, 0] == 0
    assert box_iou(unknown, unknown)[0, 0] == 0


def test_areas():
    boxes = np.array([BOX, (5, 0, 15, 20), (9, 9, 1, 1)], np.float32)
    assert areas(boxes).tolist() == [100, 200, 0]
    assert common_areas(boxes, boxes[:2]).tolist() == [[100, 50], [50, 200], [0, 0]]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (BOX, 0),
        ((6, 8, 12, 16), 0.570),  # the middles are 8.06 px apart, the larger diagonal is 14.14 px
        ((0, 0, 60, 80), 0.430),  # 43.0 of 100 px
        ((4, 5, 4, 5), 0.0707),  # a point
    ],
)
def test_apart(other, expected):
    boxes = [np.array([box], np.float32) for box in (BOX, other)]
    assert apart(*boxes) == pytest.approx(expected, abs=5e-3)
    assert apart(*boxes[::-1]) == pytest.approx(expected, abs=5e-3)


def test_apart_of_nobody():
    assert apart(np.empty((0, 4)), np.array([BOX])).shape == (0, 1)
