"""Checks of shapes, and tables of arrays: taking, joining and putting rows."""

from dataclasses import dataclass

import numpy as np
import pytest

from posespotter.arrays import Columns, Float64, Int32, require_image, require_shape
from posespotter.errors import ShapeError


@dataclass(frozen=True)
class Inner(Columns):
    place: Float64


@dataclass(frozen=True)
class Table(Columns):
    ids: Int32
    inner: Inner
    lacking: Float64 | None = None


def table(*ids: int) -> Table:
    return Table(np.array(ids, np.int32), Inner(10.0 * np.array(ids)))


def rows_of(some: Table) -> list[tuple[int, float]]:
    return list(zip(some.ids.tolist(), some.inner.place.tolist(), strict=True))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (slice(None), [4, 7, 9]),
        (slice(2), [4, 7]),
        (slice(1, None), [7, 9]),
        (slice(None, None, -1), [9, 7, 4]),
        (np.array([True, True, True]), [4, 7, 9]),
        (np.array([False, True, False]), [7]),
        (np.array([0, 1, 2]), [4, 7, 9]),
        (np.array([0, 2, 1]), [4, 9, 7]),
        (np.array([0, 1, 2, 2]), [4, 7, 9, 9]),
        (np.array([], np.intp), []),
    ],
)
def test_taken_rows_are_those_in_that_order(rows, expected) -> None:
    taken = table(4, 7, 9).take(rows)
    assert rows_of(taken) == [(i, 10.0 * i) for i in expected]
    assert len(taken) == len(expected)
    assert taken.lacking is None


@pytest.mark.parametrize(("rows", "expected"), [([0, 1], [1, 2]), ([1, 0], [2, 1]), ([1], [4, 1]), ([], [4, 7])])
def test_put_rows_stand_in_their_places(rows, expected) -> None:
    other = table(*[1, 2][: len(rows)])
    before = table(4, 7)
    assert rows_of(before.put(np.array(rows, np.intp), other)) == [(i, 10.0 * i) for i in expected]
    assert rows_of(before) == rows_of(table(4, 7))


def test_nobody_has_all_rows_of_nobody() -> None:
    assert rows_of(table().take(np.zeros(0, bool))) == rows_of(table().plus(table())) == []


def test_joined_rows_are_those_of_both_in_the_columns_that_both_have() -> None:
    joined = table(4, 7).plus(table(9))
    assert rows_of(joined) == rows_of(table(4, 7, 9))
    full = Table(np.array([1], np.int32), Inner(np.array([10.0])), np.array([100.0]))
    assert full.plus(full).lacking is not None
    assert full.plus(table(4)).lacking is table(4).plus(full).lacking is None


@pytest.mark.parametrize("shape", [(2, 3), (None, 3), (2, None), (None, None)])
def test_a_shape_that_fits(shape) -> None:
    require_shape("box", np.zeros((2, 3)), shape)


@pytest.mark.parametrize("shape", [(2,), (2, 3, 1), (3, 3), (None, 2)])
def test_a_shape_that_does_not_fit_is_named(shape) -> None:
    with pytest.raises(ShapeError, match=r"^box: expected an array of shape \(.*\), got \(2, 3\)\.$"):
        require_shape("box", np.zeros((2, 3)), shape)


def test_a_picture() -> None:
    require_image(np.zeros((1, 1, 3), np.uint8))


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((4, 4), np.uint8), ((4, 4, 4), np.uint8), ((0, 4, 3), np.uint8), ((4, 4, 3), np.float32)],
)
def test_what_is_no_picture_is_refused(shape, dtype) -> None:
    with pytest.raises(ShapeError, match=r"expected a \(height, width, 3\) uint8 BGR array"):
        require_image(np.zeros(shape, dtype))
