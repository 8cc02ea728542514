"""YOLOX: as RTMDet, but shown pixels as they are, and known by the file's name."""

import numpy as np
import pytest
from tests.models.tiny import FakeSession, detector_model

from posespotter.models.families.rtmdet import RTMDet
from posespotter.models.families.yolox import YOLOX
from posespotter.models.load import load_detector

SIZE = 320


def yolox(rows=()):
    dets = np.array(rows, np.float32).reshape(1, -1, 5)
    return YOLOX(FakeSession(lambda _: [dets, np.zeros(dets.shape[:2], np.int64)], (1, 3, SIZE, SIZE)), SIZE)


def test_it_is_shown_pixels_as_they_are():
    detector = yolox()
    detector.detect(np.full((100, SIZE, 3), (10, 120, 250), np.uint8))  # blue, green, red
    (tensor,) = detector.session.seen
    assert tensor.shape == (1, 3, SIZE, SIZE)
    assert tensor[0, :, 50, 50].tolist() == [10, 120, 250]  # BGR
    assert tensor[0, :, 150, 50].tolist() == [114] * 3  # padding below


def test_boxes_are_scaled_back_and_cut():
    found = yolox([(20, 30, 50, 70, 0.8), (-9, 0, 400, 90, 0.9), (0, 0, 9, 9, 0.15)]).detect(
        np.zeros((480, 640, 3), np.uint8)
    )
    assert found.boxes.tolist() == [[0, 0, 640, 180], [40, 60, 100, 140]]
    assert found.scores == pytest.approx([0.9, 0.8])


@pytest.mark.parametrize(
    ("name", "family"),
    [("yolox_tiny.onnx", YOLOX), ("my-YOLOX-m.onnx", YOLOX), ("rtmdet.onnx", RTMDet), ("end2end.onnx", RTMDet)],
)
def test_a_file_is_known_by_its_name(tmp_path, name, family):
    assert type(load_detector(str(detector_model(tmp_path / name))).model) is family
