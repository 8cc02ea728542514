"""Numbers to JSON, and JSON from elsewhere: one clear error for whatever is wrong with it, no type taken on trust."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from posespotter.arrays import Array, Float32, Float64
from posespotter.errors import InputError
from posespotter.files import open_plain, reason

LARGEST_FRAME = int(np.iinfo(np.int32).max) - 1
"""Frame numbers are int32, and the number of frames is one more."""
PX_DECIMALS, SCORE_DECIMALS = 3, 4
"""How exact positions and scores are in text formats: far below the error of any model."""


def rounded(array: Array, decimals: int) -> Float64:
    """`array` as numbers that are short in a text file; NaN becomes 0, since JSON has no NaN."""
    short: Float64 = np.nan_to_num(np.round(array.astype(np.float64), decimals))
    return short


def json_values(value: Any, decimals: int = 4) -> Any:
    """`value` with its numbers rounded to what means something, and NaN and infinity, which JSON lacks, as null.

    Args:
        value: numbers, texts, None, and lists, tuples and mappings of them.
        decimals: of numbers that are not whole; 4 is a tenth of a millisecond, and far below the error of any measure.
    """
    if isinstance(value, Mapping):
        return {key: json_values(inner, decimals) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [json_values(inner, decimals) for inner in value]
    if isinstance(value, float | np.floating):
        return round(float(value), decimals) if math.isfinite(value) else None
    return value


def load_json(path: Path, expected: str) -> Any:
    """The contents of a JSON file; NaN and Infinity, which JSON does not have, are refused.

    Raises:
        InputError: there is no such file, it is cut short, or it is no JSON; `expected` names what it should be.
    """

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no JSON number")

    try:
        with open_plain(path) as file:
            return json.loads(file.read(), parse_constant=refuse)
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(f"{path}: expected {expected}, there is no such file.") from None
    except OSError as error:
        raise InputError(f"{path}: expected {expected}, it cannot be read: {reason(error)}.") from error
    except RecursionError:
        raise InputError(f"{path}: expected {expected}, its lists are nested too deep.") from None
    except ValueError as error:
        raise InputError(f"{path}: expected {expected}, it is damaged or no JSON ({error}).") from error


def numbers(value: Any, shape: tuple[int | None, ...], what: str) -> Float32:
    """`value` as a float32 array of `shape`, where `None` stands for any length.

    Raises:
        InputError: it is not made of lists of that shape, or holds something else than finite numbers.
    """
    expected = " x ".join("any" if length is None else str(length) for length in shape)
    try:
        array = np.array(value)
    except (ValueError, OverflowError):
        raise InputError(f"{what}: expected {expected} numbers, got lists of different lengths.") from None
    fits = array.ndim == len(shape) and all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
    if not fits:
        came = " x ".join(map(str, array.shape)) or type(value).__name__
        raise InputError(f"{what}: expected {expected} numbers, got {came}.")
    if array.dtype.kind not in "iuf":
        raise InputError(f"{what}: expected numbers, got {array.dtype.type.__name__.rstrip('_')} values.")
    with np.errstate(over="ignore"):
        array = array.astype(np.float32)
    if not np.isfinite(array).all():
        raise InputError(f"{what}: expected finite numbers.")
    return array


def number(value: Any, what: str) -> float:
    """One finite number, exactly as it stands in the file.

    Raises:
        InputError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{what}: expected a number, got {_shown(value)}.")
    try:
        exact = float(value)
    except OverflowError:
        raise InputError(f"{what}: expected a number of usual size.") from None
    if not math.isfinite(exact):
        raise InputError(f"{what}: expected a number, got {_shown(value)}.")
    return exact


def whole_number(value: Any, what: str, largest: int = LARGEST_FRAME) -> int:
    """One whole number from 0 to `largest`.

    Raises:
        InputError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise InputError(f"{what}: expected a whole number from 0 to {largest}, got {_shown(value)}.")
    return value


def _shown(value: Any) -> str:
    """`value` short enough for an error message."""
    if isinstance(value, str | int | float | bool | None):
        shown = repr(value) if not isinstance(value, int) or abs(value) < 10**18 else "a huge number"
        return shown if len(shown) <= 40 else shown[:37] + "..."
    return f"a {type(value).__name__}"
