"""Frozen dataclasses of arrays that have one row each for the same things, taken and joined row by row."""

from dataclasses import fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_] | slice
"""Positions, a mask or a slice."""


class Columns:
    """A table: the fields of the dataclass are arrays of one length, further tables, or None for a column it lacks."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))  # type: ignore[arg-type]

    def take(self, rows: Rows) -> Self:
        """Some of the rows."""
        columns = (getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]
        return type(self)(*(_taken(column, rows) for column in columns))

    def plus(self, other: Self) -> Self:
        """These rows and then those of `other`; only what both have."""
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]
        return type(self)(*(_joined(getattr(self, name), getattr(other, name)) for name in names))

    def put(self, rows: Rows, other: Self) -> Self:
        """The same with `other` in place of `rows`."""
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]
        return type(self)(*(_put(getattr(self, name), rows, getattr(other, name)) for name in names))


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
