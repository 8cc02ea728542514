"""Joints in boxes of another detector."""

from typing import cast

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Image
from posespotter.errors import SettingsError, ShapeError
from posespotter.estimation.pose_tracker import People
from posespotter.models.interfaces import OneStageModel, PoseModel, Regions
from posespotter.models.load import Loaded, is_one_stage


def people_in(boxes: npt.ArrayLike, image: Image, pose: "Loaded[PoseModel | OneStageModel]") -> People:
    """One person in each box, in their order, whatever the model thinks of them.

    Args:
        boxes: (M, 4) x0, y0, x1, y1 in px.
        image: the picture.
        pose: finds the joints.

    Raises:
        SettingsError: the model finds people by itself.
        ShapeError: the boxes are none.
    """
    model = pose.model
    if is_one_stage(model):
        raise SettingsError(
            f"{pose.name} finds people by itself and takes no boxes; choose movenet-thunder, for instance."
        )
    try:
        array = np.asarray(boxes, np.float32)
    except (TypeError, ValueError):
        raise ShapeError("boxes: expected (M, 4) numbers: x0, y0, x1, y1 in px.") from None
    array = array.reshape(-1, 4) if array.size == 0 else array
    if array.ndim != 2 or array.shape[1] != 4:
        raise ShapeError(f"boxes: expected an array of shape (M, 4), got {array.shape}.")
    height, width = image.shape[:2]
    inside = (array[:, :2] < (width, height)).all(1) & (array[:, 2:] > 0).all(1)
    good = np.isfinite(array).all(1) & (array[:, 2:] > array[:, :2]).all(1) & inside
    if not good.all():
        row = int(np.argmin(good))
        raise ShapeError(
            f"boxes: expected x0 < x1 and y0 < y1 in a picture of {width}x{height} px, got {array[row].tolist()} "
            f"as number {row}."
        )
    joints = cast(PoseModel, model).estimate(image, Regions.from_boxes(array, np.ones(len(array), np.float32)))
    return People(np.arange(1, len(joints) + 1, dtype=np.int32), joints, detected=False)
