"""Sizes of bodies over any span of time."""

import tracemalloc

import numpy as np
import pytest

from posespotter.kinematics.size import body_length_px
from posespotter.skeletons import COCO17


def standing(time_s: np.ndarray, height_px: float) -> np.ndarray:
    """(N,) body lengths that are found of somebody who stands upright throughout."""
    index = {name: i for i, name in enumerate(COCO17.keypoints)}
    places, scores = np.full((len(time_s), 17, 2), np.nan), np.zeros((len(time_s), 17))
    for part, up in (("shoulder", 0.288 + 0.245 + 0.246), ("hip", 0.245 + 0.246), ("knee", 0.246), ("ankle", 0)):
        for side in ("left", "right"):
            places[:, index[f"{side}_{part}"]] = (100, 900 - up * height_px)
            scores[:, index[f"{side}_{part}"]] = 1
    return body_length_px(time_s, places, scores, index)


@pytest.mark.parametrize("time_s", [
    np.arange(300) / 30,
    np.arange(300) / 30 + 1e7,
    np.arange(300) * 1e7,                                       # a frame in four months
    np.concatenate([np.arange(150) / 30, 1e9 + np.arange(150) / 30]),
    np.arange(300) * 1e-12,
    np.zeros(300),
], ids=["usual", "late", "months", "years between", "at once", "no time"])  # fmt: skip
def test_size_and_memory_do_not_depend_on_the_span_of_time(time_s: np.ndarray) -> None:
    tracemalloc.start()
    lengths = standing(time_s, 700)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_allclose(lengths, 700)
    assert peak < 20e6
