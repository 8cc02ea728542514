"""Measure how long a model takes on this machine, to help in choosing one."""

import time
from typing import cast

import numpy as np

from posespotter.models.interfaces import PoseModel, Regions
from posespotter.models.load import JOIN, load_detector, load_pose_model
from posespotter.models.zoo import find_model


def model_ms(name: str, device: str = "auto") -> float:
    """Median milliseconds of one inference on a picture of 640x480: of all of it, or of one person (pose model).

    Args:
        name: of a model of the zoo, or of two pose models joined by `+`.
        device: see `session.DEVICES`.

    Raises:
        ModelError: there is no such model, it is not on this machine and cannot be fetched, or it does not run.
    """
    image = np.full((480, 640, 3), 128, np.uint8)  # as of a webcam
    times = []
    if JOIN not in name and find_model(name).task != "pose":
        detector = load_detector(name, device).model

        def infer() -> None:
            detector.detect(image)
    else:
        pose = cast(PoseModel, load_pose_model(name, device).model)
        one = Regions.from_boxes(np.array([(220.0, 40.0, 420.0, 460.0)], np.float32), np.ones(1, np.float32))

        def infer() -> None:
            pose.estimate(image, one)

    infer()  # the first one also prepares the network
    for _ in range(9):
        start = time.perf_counter()
        infer()
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1000
