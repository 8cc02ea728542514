"""Names for the array types, the check that guards the doors, and tables of arrays, taken and joined row by row."""

from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from posespotter.errors import ShapeError

Array = npt.NDArray[np.floating[Any]]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]
Image = npt.NDArray[np.uint8]
"""(H, W, 3) uint8, BGR, upright: the only form of a picture inside PoseSpotter."""


def require_shape(name: str, array: npt.NDArray[Any], shape: tuple[int | None, ...]) -> None:
    """Check an array at the door; `None` in `shape` stands for any length.

    Raises:
        ShapeError: `array` has another number of axes, or another length along one of them.
    """
    fits = array.ndim == len(shape) and all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
    if not fits:
        expected = "(" + ", ".join("any" if want is None else str(want) for want in shape) + ")"
        raise ShapeError(f"{name}: expected an array of shape {expected}, got {array.shape}.")


def require_image(image: npt.NDArray[Any]) -> None:
    """Check that `image` is (H, W, 3) uint8 with at least one pixel.

    Raises:
        ShapeError: it is not.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise ShapeError(
            f"image: expected a (height, width, 3) uint8 BGR array, got shape {image.shape} of {image.dtype}."
        )


Rows = npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_] | slice
"""Positions, a mask or a slice."""


class Columns:
    """A table: the fields of the dataclass are arrays of one length, further tables, or None for a column it lacks.

    Tables are never changed in place, so that one may stand for another with the same rows.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __len__(self) -> int:
        return len(getattr(self, next(iter(self.__dataclass_fields__))))

    def take(self, rows: Rows) -> Self:
        """Some of the rows."""
        if _all_in_order(rows, len(self)):
            return self
        return type(self)(*(_taken(getattr(self, name), rows) for name in self.__dataclass_fields__))

    def plus(self, other: Self) -> Self:
        """These rows and then those of `other`; only what both have."""
        return type(self)(*(_joined(getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__))

    def put(self, rows: Rows, other: Self) -> Self:
        """The same with `other` in place of `rows`."""
        if _all_in_order(rows, len(self)):
            return other
        names = self.__dataclass_fields__
        return type(self)(*(_put(getattr(self, name), rows, getattr(other, name)) for name in names))


def _all_in_order(rows: Rows, length: int) -> bool:
    """Whether `rows` are all rows of a table, in its order: the usual case."""
    if isinstance(rows, slice):
        return rows.indices(length) == (0, length, 1)
    if rows.dtype == np.bool_:
        return bool(rows.all())
    return len(rows) == length and rows.tolist() == list(range(length))


def _taken(column: Any, rows: Rows) -> Any:
    if column is None:
        return None
    return column.take(rows) if isinstance(column, Columns) else column[rows]


def _joined(first: Any, second: Any) -> Any:
    if first is None or second is None:
        return None
    return first.plus(second) if isinstance(first, Columns) else np.concatenate([first, second])


def _put(column: Any, rows: Rows, other: Any) -> Any:
    if column is None:
        return None
    if isinstance(column, Columns):
        return column.put(rows, other)
    changed = column.copy()
    changed[rows] = other
    return changed
