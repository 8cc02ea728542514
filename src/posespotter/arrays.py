"""Names for the array types, and the one check that guards the doors."""

from typing import Any

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
