"""Checks of shapes, and tables of arrays taken and joined row by row."""

from dataclasses import dataclass

import numpy as np
import pytest

from posespotter.arrays import Columns, Int64, require_image, require_shape
from posespotter.errors import ShapeError


@dataclass(frozen=True, eq=False)
class Inner(Columns):
    value: Int64


@dataclass(frozen=True, eq=False)
class Table(Columns):
    number: Int64
    inner: Inner
    extra: Int64 | None = None


def table(*numbers: int, extra: bool = True) -> Table:
    array = np.array(numbers, np.int64)
    return Table(array, Inner(array * 10), array * 100 if extra else None)


def rows(of: Table) -> list[list[int]]:
    return [column.tolist() for column in (of.number, of.inner.value, of.extra) if column is not None]


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


@pytest.mark.parametrize("chosen", [np.array([2, 0]), np.array([False, True, True]), slice(1, None)])
def test_rows_are_taken_from_every_column(chosen) -> None:
    numbers = np.array([1, 2, 3])[chosen].tolist()
    assert rows(table(1, 2, 3).take(chosen)) == rows(table(*numbers))


def test_taking_from_two_joined_tables_is_joining_what_is_taken() -> None:
    first, second = table(1, 2), table(3, 4, 5)
    joined = first.plus(second)
    assert len(joined) == len(first) + len(second)
    assert rows(joined.take(slice(0, 2))) == rows(first)
    assert rows(joined.take(slice(2, None))) == rows(second)


def test_a_column_that_one_of_them_lacks_is_lost() -> None:
    assert table(1).plus(table(2, extra=False)).extra is None
    assert table(1, extra=False).plus(table(2)).extra is None


def test_rows_are_put_in_place_of_others_in_a_copy() -> None:
    before = table(1, 2, 3)
    assert rows(before.put(np.array([0, 2]), table(7, 9))) == rows(table(7, 2, 9))
    assert rows(before) == rows(table(1, 2, 3))
