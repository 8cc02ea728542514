"""RTMDet: what the network is shown, and boxes that come back to the right pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models.tiny import FakeSession

from posespotter.boxes import box_iou
from posespotter.models.families.rtmdet import RTMDet

SIZE = 320
PERSON, DOG = 0, 16


def answering(rows, labels=None):
    """A detector whose network answers (x0, y0, x1, y1, score) px of its input."""
    dets = np.array(rows, np.float32).reshape(1, -1, 5)
    labels = np.zeros(dets.shape[1]) if labels is None else labels
    return RTMDet(FakeSession(lambda _: [dets, np.array([labels], np.int64)], (1, 3, SIZE, SIZE)), SIZE)


def seeing():
    """A detector whose network really looks: it finds the box of what is brighter than a padded, black picture."""

    def answer(tensor):
        rows, columns = np.nonzero(tensor[0, 0] > 1.5)
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, 0.9]
        return [np.array([[box]], np.float32), np.zeros((1, 1), np.int64)]

    return RTMDet(FakeSession(answer, (1, 3, SIZE, SIZE)), SIZE)


@pytest.mark.parametrize(
    ("width", "height", "scale"), [(640, 480, 0.5), (320, 240, 1), (480, 640, 0.5), (1280, 320, 0.25), (160, 100, 2)]
)
def test_boxes_are_scaled_back(width, height, scale):
    found = answering([[20, 30, 50, 70, 0.8]]).detect(np.zeros((height, width, 3), np.uint8))
    assert found.boxes.tolist() == [[20 / scale, 30 / scale, 50 / scale, 70 / scale]]
    assert found.scores == pytest.approx([0.8])
    assert np.isnan(found.squares).all()
    assert np.isnan(found.margins).all()


@settings(max_examples=30)
@given(width=st.integers(64, 1400), height=st.integers(64, 1400), place=st.tuples(*[st.floats(0, 1)] * 4))
def test_a_thing_in_the_picture_is_boxed_where_it_is(width, height, place):
    x0, x1 = sorted((round(place[0] * width * 0.8), round(place[1] * width * 0.8)))
    y0, y1 = sorted((round(place[2] * height * 0.8), round(place[3] * height * 0.8)))
    x1, y1 = max(x1, x0 + width // 5), max(y1, y0 + height // 5)
    image = np.zeros((height, width, 3), np.uint8)
    image[y0:y1, x0:x1] = 255
    box = seeing().detect(image).boxes[0]
    a_pixel_of_the_input = max(1, max(width, height) / SIZE)
    assert box == pytest.approx([x0, y0, x1, y1], abs=2.2 * a_pixel_of_the_input)  # the network sees whole pixels


def test_only_people_that_are_sure_enough_surest_first():
    rows = [[0, 0, 9, 9, 0.4], [10, 0, 19, 9, 0.9], [20, 0, 29, 9, 0.15], [30, 0, 39, 9, 0.95], [40, 0, 49, 9, 0.16]]
    found = answering(rows, [PERSON, PERSON, PERSON, DOG, PERSON]).detect(np.zeros((SIZE, SIZE, 3), np.uint8))
    assert found.boxes[:, 0].tolist() == [10, 0, 40]
    assert found.scores == pytest.approx([0.9, 0.4, 0.16])


@pytest.mark.parametrize(("rows", "labels"), [([], []), ([[0, 0, 9, 9, 0.99]], [DOG]), ([[0, 0, 9, 9, 0.1]], [PERSON])])
def test_nobody(rows, labels):
    found = answering(rows, labels).detect(np.zeros((SIZE, SIZE, 3), np.uint8))
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)


def test_boxes_are_cut_to_the_picture():
    found = answering([[-20, -5, 400, 400, 0.8]]).detect(np.zeros((240, 320, 3), np.uint8))
    assert found.boxes.tolist() == [[0, 0, 320, 240]]


def test_what_the_network_is_shown():
    colour = np.array([10, 120, 250], np.uint8)  # blue, green, red
    image = np.full((100, SIZE, 3), colour, np.uint8)
    detector = answering([], [])
    detector.detect(image)
    (tensor,) = detector.session.seen
    assert tensor.shape == (1, 3, SIZE, SIZE)
    mean, std = np.array([103.53, 116.28, 123.675]), np.array([57.375, 57.12, 58.395])
    assert tensor[0, :, 50, 50] == pytest.approx((colour - mean) / std, abs=1e-4)  # BGR
    assert tensor[0, :, 150, 50] == pytest.approx((114 - mean) / std, abs=1e-4)  # padding below


@pytest.mark.shared
def test_real_weights_find_the_people_of_a_real_picture(shared):
    """COCO 785: one skier in the middle of the picture, whom the official annotation boxes at (280, 45)-(499, 392)."""
    from posespotter.media import read_image
    from posespotter.models.load import load_detector

    detector = load_detector(str(shared / "models/test/rtmdet_nano_person_320.onnx")).model
    image = read_image(shared / "data/coco/images/000000000785.jpg")
    truth = np.array([[280.79, 44.73, 499.7, 391.41]], np.float32)
    found = detector.detect(image)
    assert box_iou(truth, found.boxes[:1])[0, 0] > 0.8
    mirrored = detector.detect(np.ascontiguousarray(image[:, ::-1]))
    back = mirrored.boxes[:1, [2, 1, 0, 3]] * [-1, 1, -1, 1] + [image.shape[1], 0, image.shape[1], 0]
    assert box_iou(back, found.boxes[:1])[0, 0] > 0.9
    assert len(detector.detect(np.zeros((480, 640, 3), np.uint8))) == 0
