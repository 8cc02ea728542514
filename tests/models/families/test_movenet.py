"""MoveNet: what the networks are shown, joints that come back to the right pixels, and files of another layout."""

import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from tests.models.tiny import FakeSession

from posespotter.errors import ModelError
from posespotter.media import open_source
from posespotter.models.cache import path_of
from posespotter.models.families.movenet import MoveNet, MultiPose
from posespotter.models.interfaces import Regions
from posespotter.models.load import load_detector, load_pose_model
from posespotter.models.zoo import find_model
from posespotter.skeletons import COCO17

SIZE = 192
BLACK = np.zeros((480, 640, 3), np.uint8)
SINGLE = ["movenet-thunder", "movenet-lightning"]
RECORDED = json.loads((Path(__file__).resolve().parents[2] / "data" / "movenet_parity.json").read_text("utf-8"))
"""What the embedded files answered to `seeded_picture`, by a plain session of ONNX Runtime 1.32 on a CPU:

    session = onnxruntime.InferenceSession("src/posespotter/models/weights/" + file)
    session.run(None, {"image": seeded_picture(height, width)})[0]

of the single-pose models the 17 rows of y, x, score; of MultiPose the box and score of the surest row.
"""


def seeded_picture(height, width):
    """(1, H, W, 3) float32, 0 to 255: a drawn person in front of blobs of seeded colours and grain."""
    random = np.random.default_rng(7)
    blobs = random.integers(150, 230, (6, 6, 3), dtype=np.uint8)
    image = np.ascontiguousarray(blobs[np.arange(height) * 6 // height][:, np.arange(width) * 6 // width])
    middle, unit = width / 2 - 128 * height / 256, height / 256
    for x0, y0, x1, y1, thick, colour in _FIGURE:
        ends = [(round(middle + x * unit), round(y * unit)) for x, y in ((x0, y0), (x1, y1))]
        cv2.line(image, *ends, colour, max(1, round(thick * unit)))
    return np.clip(image + random.integers(-8, 9, image.shape), 0, 255)[None].astype(np.float32)


_FIGURE = [
    (118, 150, 116, 235, 16, (40, 60, 90)), (138, 150, 140, 235, 16, (40, 60, 90)),
    (110, 75, 96, 140, 10, (160, 60, 60)), (146, 75, 160, 140, 10, (160, 60, 60)),
    (128, 80, 128, 145, 36, (160, 60, 60)), (128, 48, 128, 48, 34, (210, 150, 120)),
]  # fmt: skip
"""x0, y0, x1, y1, width (px of 256) and RGB of each line."""


def answering(points, scores=0.9, size=SIZE):
    """A model that finds the same `points` (17, x and y as shares of the crop) in every crop."""
    raw = np.empty((1, 1, 17, 3), np.float32)
    raw[..., 1::-1] = points
    raw[..., 2] = scores
    return MoveNet(FakeSession(lambda _: [raw], (1, size, size, 3), "image"))


def looking(size=SIZE):
    """A model that really looks: all joints are the brightest place of the crop."""

    def answer(tensor):
        y, x = np.unravel_index(tensor[0].sum(-1).argmax(), (size, size))
        joint = [(y + 0.5) / size, (x + 0.5) / size, 0.9]
        return [np.tile(np.array(joint, np.float32), (1, 1, 17, 1))]

    return MoveNet(FakeSession(answer, (1, size, size, 3), "image"))


def regions(*boxes):
    return Regions.from_boxes(np.array(boxes, np.float32).reshape(-1, 4), np.full(len(boxes), 0.8, np.float32))


@pytest.mark.parametrize(
    ("box", "point", "expected"),
    [
        # 60 x 100 around (130, 150): the crop is a square of 110 px around the same middle.
        ((100, 100, 160, 200), (0.5, 0.5), (130, 150)),
        ((100, 100, 160, 200), (0, 0), (75, 95)),
        ((100, 100, 160, 200), (1, 0), (185, 95)),  # x comes second in the answer
        ((100, 100, 160, 200), (0, 1), (75, 205)),
        ((100, 100, 200, 160), (1, 0.25), (205, 102.5)),  # somebody who lies: as wide, not turned
        ((600, 400, 640, 480), (1, 1), (664, 484)),  # beyond the picture: joints may be outside
    ],
)
def test_from_the_crop_to_the_picture(box, point, expected):
    joints = answering([point] * 17).estimate(BLACK, regions(box))
    assert joints.keypoints[0] == pytest.approx(np.array([expected] * 17), abs=1e-3)


boxes = st.tuples(st.floats(0, 500), st.floats(0, 340), st.floats(20, 300), st.floats(20, 300)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


def hill(point, reach):
    """A picture that is brightest at a point."""
    rows, columns = np.mgrid[:480, :640]
    distance = (columns + 0.5 - point[0]) ** 2 + (rows + 0.5 - point[1]) ** 2
    return np.repeat((255 * np.exp(-distance / (2 * (0.05 * reach + 2) ** 2))).astype(np.uint8)[..., None], 3, -1)


@settings(max_examples=15)
@given(box=boxes, place=st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)), size=st.sampled_from([192, 256]))
def test_a_point_of_the_picture_goes_to_the_crop_and_back(box, place, size):
    x0, y0, x1, y1 = box
    point = np.clip([x0 + place[0] * (x1 - x0), y0 + place[1] * (y1 - y0)], 8, [631, 471])
    reach = max(x1 - x0, y1 - y0)
    found = looking(size).estimate(hill(point, reach), regions(box)).keypoints[0, 0]
    assert found == pytest.approx(point, abs=1.5 + 2.5 * reach * 1.1 / size)  # 8-bit hills have flat tops


@settings(max_examples=40)
@given(
    box=boxes,
    points=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=17, max_size=17),
    shift=st.tuples(st.floats(-300, 300), st.floats(-300, 300)),
    scale=st.floats(0.5, 3),
)
def test_shifted_and_scaled_boxes_shift_and_scale_the_joints(box, points, shift, scale):
    moved = np.array(box) * scale + np.tile(shift, 2)
    first, second = answering(points).estimate(BLACK, regions(box, moved)).keypoints
    assert second == pytest.approx(first * scale + np.array(shift), abs=0.02)


def test_what_the_network_is_shown():
    pose = answering([(0.5, 0.5)] * 17)
    pose.estimate(np.full((480, 640, 3), (10, 120, 250), np.uint8), regions((200, 200, 296, 296), (0, 0, 100, 100)))
    inside, across_the_edge = pose.session.seen
    assert inside.shape == (1, SIZE, SIZE, 3)
    assert inside[0, 96, 96].tolist() == [250, 120, 10]  # RGB, 0 to 255
    assert across_the_edge[0, 2, 96].tolist() == [0, 0, 0]  # black beyond the picture


def test_presence_is_that_of_the_better_half_and_scores_are_the_networks_own():
    scores = np.array([0.9] * 9 + [0.1] * 8, np.float32)
    joints = answering([(0.5, 0.5)] * 17, scores).estimate(BLACK, regions((0, 0, 90, 90)))
    assert joints.scores[0] == pytest.approx(scores)
    assert joints.presence == pytest.approx([0.9])
    assert joints.world is None


def test_nobody():
    joints = answering([(0.5, 0.5)] * 17).estimate(BLACK, Regions.none())
    assert joints.keypoints.shape == (0, 17, 2)
    assert joints.scores.shape == (0, 17)
    assert (len(joints.regions), joints.presence.shape) == (0, (0,))


@pytest.mark.parametrize("box", [(50, 50, 50, 50), (-300, -300, -100, -100), (0, 0, 640, 480), (639, 479, 640, 480)])
def test_degenerate_boxes_do_no_harm(box):
    joints = answering([(0.2, 0.3), (0.7, 0.9)] + [(0.5, 0.5)] * 15).estimate(BLACK, regions(box))
    assert np.isfinite(joints.keypoints).all()
    assert (joints.regions.boxes >= 0).all()


# MultiPose


def multi(rows, shape=(1, "height", "width", 3)):
    """A model that answers `rows` of (17 x (x, y, score), box as x0, y0, x1, y1 and score), all shares of its input."""
    raw = np.zeros((1, 6, 56), np.float32)
    for row, (joints, box, score) in enumerate(rows):
        raw[0, row, :51] = np.array(joints, np.float32)[:, [1, 0, 2]].ravel()
        raw[0, row, 51:] = [box[1], box[0], box[3], box[2], score]
    return MultiPose(FakeSession(lambda _: [raw], shape, "image"))


def one(score, box=(0.1, 0.2, 0.3, 0.4), joint=(0.25, 0.5, 0.9)):
    return [joint] * 17, box, score


@settings(max_examples=40)
@given(width=st.integers(1, 2000), height=st.integers(1, 2000))
def test_the_input_is_a_multiple_of_32_with_the_picture_in_the_upper_left(width, height):
    model = multi([])
    model.detect(np.full((height, width, 3), (10, 120, 250), np.uint8))
    (tensor,) = model.session.seen
    _, rows, columns, _ = tensor.shape
    assert max(rows, columns) == 384
    assert rows % 32 == columns % 32 == 0
    inner = max(1, round(height * 384 / max(width, height))), max(1, round(width * 384 / max(width, height)))
    assert rows - inner[0] < 32
    assert columns - inner[1] < 32
    assert (tensor[0, : inner[0], : inner[1]] == (250, 120, 10)).all()  # RGB, 0 to 255
    assert not tensor[0, inner[0] :].any()
    assert not tensor[0, :, inner[1] :].any()


@settings(max_examples=40)
@given(
    width=st.integers(16, 2000),
    height=st.integers(16, 2000),
    place=st.tuples(*[st.floats(0, 0.6)] * 2, *[st.floats(0.05, 0.4)] * 2),
)
def test_what_is_seen_in_the_input_comes_back_to_the_right_pixels(width, height, place):
    """A network that really looks: the box of what is bright, and joints in its corners."""
    x0, y0 = int(place[0] * width), int(place[1] * height)
    x1, y1 = x0 + max(4, int(place[2] * width)), y0 + max(4, int(place[3] * height))
    image = np.zeros((height, width, 3), np.uint8)
    image[y0:y1, x0:x1] = 255

    def answer(tensor):
        bright_rows, bright_columns = np.nonzero(tensor[0, ..., 0] > 127)
        _, rows, columns, _ = tensor.shape
        y0, y1 = bright_rows.min() / rows, (bright_rows.max() + 1) / rows
        x0, x1 = bright_columns.min() / columns, (bright_columns.max() + 1) / columns
        joints = [(y0, x0, 0.9)] * 8 + [(y1, x1, 0.8)] * 9
        return [np.array([[[*np.ravel(joints), y0, x0, y1, x1, 0.9]] + [[0.0] * 56] * 5], np.float32)]

    found = MultiPose(FakeSession(answer, (1, None, None, 3), "image")).people(image)
    pixel = 1.6 * max(1.0, max(width, height) / 384)
    assert found.regions.boxes[0] == pytest.approx([x0, y0, min(x1, width), min(y1, height)], abs=pixel)
    assert found.keypoints[0, 0] == pytest.approx((x0, y0), abs=pixel)
    assert found.keypoints[0, 16] == pytest.approx((min(x1, width), min(y1, height)), abs=pixel)
    assert found.scores[0].tolist() == pytest.approx([0.9] * 8 + [0.8] * 9)


def test_rows_that_are_not_in_use_are_nobody_and_the_surest_come_first():
    rows = [one(0.1), one(0.7, (0.5, 0, 0.9, 1)), one(0.08), one(0.01), one(0.0)]
    found = multi(rows).people(np.zeros((384, 384, 3), np.uint8))
    assert found.regions.scores == pytest.approx([0.7, 0.1])
    assert found.regions.boxes == pytest.approx(np.array([[192, 0, 345.6, 384], [38.4, 76.8, 115.2, 153.6]]), abs=1e-3)
    assert found.keypoints[:, 3] == pytest.approx(np.array([[96, 192]] * 2), abs=1e-3)
    assert len(multi([]).people(BLACK)) == 0
    assert multi([]).people(BLACK).keypoints.shape == (0, 17, 2)


def test_as_a_detector_it_gives_the_boxes_cut_to_the_picture():
    model = multi([one(0.9, (-0.2, -0.1, 1.3, 1.2))])
    found = model.detect(np.zeros((300, 600, 3), np.uint8))
    assert found.boxes.tolist() == [[0, 0, 600, 300]]
    assert np.isnan(found.squares).all()
    assert model.most_people == 6


# The embedded files


@cache
def real(name):
    return load_pose_model(name).model


@pytest.mark.parametrize("name", RECORDED)
def test_the_embedded_files_answer_as_recorded(name):
    entry = find_model(name)
    model = real(name)
    recorded = RECORDED[name]
    (answer,) = model.session.run({"image": seeded_picture(*recorded["size"])})
    got = answer[0, 0] if entry.task == "pose" else answer[0, answer[0, :, -1].argmax(), 51:]
    assert got == pytest.approx(np.array(recorded["answer"]), abs=2e-3)


@pytest.fixture(scope="module")
def walker(demo_clip):
    """A frame of the demo clip and the one person in it who is seen best."""
    with open_source(demo_clip) as source:
        image = next(frame.image for frame in source if frame.index == 75)
    found = real("movenet-multipose").detect(image)
    return image, found.take(np.array([0]))


def apart(first, second):
    """Distances of the joints that are seen well, as shares of the person's height."""
    seen = first.scores > 0.5
    assert seen.sum() >= 12
    return np.linalg.norm(second - first.keypoints, axis=-1)[seen] / np.ptp(first.keypoints[0, :, 1])


@pytest.mark.parametrize("name", SINGLE)
def test_a_mirrored_picture_gives_mirrored_joints(walker, name):
    image, region = walker
    width = image.shape[1]
    straight = real(name).estimate(image, region)
    mirror = Regions.from_boxes((region.boxes[:, [2, 1, 0, 3]] * [-1, 1, -1, 1] + [width, 0, width, 0]), region.scores)
    mirrored = real(name).estimate(np.ascontiguousarray(image[:, ::-1]), mirror)
    back = mirrored.keypoints[:, list(COCO17.mirror)] * [-1, 1] + [width, 0]
    assert np.median(apart(straight, back)) < 0.02
    assert apart(straight, back).max() < 0.08


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(("right", "down"), [(64, 0), (0, 24), (-31, 17)])
def test_a_shifted_picture_gives_shifted_joints(walker, name, right, down):
    image, region = walker
    matrix = np.array([[1, 0, right], [0, 1, down]], float)
    moved = cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    straight = real(name).estimate(image, region)
    shifted = real(name).estimate(moved, region.shifted(np.array([[right, down]], np.float32)))
    assert np.median(apart(straight, shifted.keypoints - [right, down])) < 0.01


@pytest.mark.parametrize("name", SINGLE)
def test_a_larger_picture_gives_the_same_pose(walker, name):
    image, region = walker
    twice = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    straight = real(name).estimate(image, region)
    larger = real(name).estimate(twice, Regions.from_boxes(region.boxes * 2, region.scores))
    assert np.median(apart(straight, larger.keypoints / 2)) < 0.01


@pytest.mark.parametrize("name", SINGLE)
def test_people_beside_each_other_do_not_change_each_other(walker, name):
    image, region = walker
    alone = real(name).estimate(image, region)
    both = real(name).estimate(image, region.shifted(np.array([[80, 0]], np.float32)).plus(region))
    assert both.keypoints[1] == pytest.approx(alone.keypoints[0], abs=0.01)
    assert both.scores[1] == pytest.approx(alone.scores[0], abs=1e-4)


@pytest.mark.parametrize(("right", "down"), [(0, 0), (64, 0), (-31, 17)])
def test_the_detector_finds_the_person_wherever_they_are(walker, right, down):
    image, region = walker
    matrix = np.array([[1, 0, right], [0, 1, down]], float)
    moved = cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    found = real("movenet-multipose").detect(moved)
    height = region.boxes[0, 3] - region.boxes[0, 1]
    assert found.boxes[0] - [right, down, right, down] == pytest.approx(region.boxes[0], abs=0.08 * float(height))


# Files of another layout


def other_layout(path, name, kind):
    """An embedded file as other converters lay it out."""
    model = onnx.load(path_of(find_model(name)))
    graph = model.graph
    (image,), (output,) = graph.input, graph.output
    dims = [d.dim_value or d.dim_param for d in image.type.tensor_type.shape.dim]
    old_input, old_output = image.name, output.name

    def renamed(names, old, new):
        return [new if n == old else n for n in names]

    nodes = list(graph.node)
    if kind in {"int32", "planar"}:
        for node in nodes:
            node.input[:] = renamed(node.input, old_input, "inside")
        if kind == "int32":
            before = helper.make_node("Cast", [old_input], ["inside"], to=TensorProto.FLOAT)
            fresh = helper.make_tensor_value_info(old_input, TensorProto.INT32, dims)
        else:
            before = helper.make_node("Transpose", [old_input], ["inside"], perm=[0, 2, 3, 1])
            fresh = helper.make_tensor_value_info(old_input, TensorProto.FLOAT, [dims[0], 3, *dims[1:3]])
        image.CopyFrom(fresh)
        del graph.node[:]
        graph.node.extend([before, *nodes])
    else:
        for node in nodes:
            node.output[:] = renamed(node.output, old_output, "as_it_was")
            node.input[:] = renamed(node.input, old_output, "as_it_was")
        joints = np.arange(51).reshape(17, 3)[:, [1, 0, 2]].ravel()
        single = name != "movenet-multipose"
        order = np.array([1, 0, 2]) if single else np.concatenate([joints, [52, 51, 54, 53, 55]])
        if kind == "same":
            order = np.arange(len(order))
        graph.initializer.append(onnx.numpy_helper.from_array(order.astype(np.int64), "order"))
        axis = 3 if single else 2
        graph.node.append(helper.make_node("Gather", ["as_it_was", "order"], [old_output], axis=axis))
    onnx.save(model, path)
    return str(path)


@pytest.mark.parametrize("name", ["movenet-lightning", "movenet-thunder", "movenet-multipose"])
@pytest.mark.parametrize(
    ("kind", "got"), [("int32", "of int32"), ("planar", "3, "), ("x first", "this file gives x before y")]
)
def test_a_file_of_another_layout_is_refused_with_what_was_expected(tmp_path, name, kind, got):
    path = other_layout(tmp_path / "other.onnx", name, kind)
    with pytest.raises(ModelError) as refused:
        load_pose_model(path)
    message = str(refused.value)
    assert message.startswith("other.onnx: expected ")
    expected = "(1, H, W, 3)" if name == "movenet-multipose" else "(1, S, S, 3)"
    assert f"a MoveNet model with one {expected} float32 input of RGB 0 to 255" in message
    assert "y before x" in message
    assert got in message
    assert "\n" not in message


@pytest.mark.parametrize("name", [*SINGLE, "movenet-multipose"])
def test_a_file_of_the_right_layout_is_taken(tmp_path, name):
    """Not the embedded one bit by bit: its inputs and outputs say what it is."""
    loaded = load_pose_model(other_layout(tmp_path / "mine.onnx", name, "same"))
    assert type(loaded.model) is (MultiPose if name == "movenet-multipose" else MoveNet)
    assert loaded.name == "mine"
    if name == "movenet-multipose":
        detector = load_detector(str(tmp_path / "mine.onnx"))
        assert len(detector.model.detect(np.zeros((90, 160, 3), np.uint8))) == 0


@pytest.mark.parametrize(("height", "width"), [(256, 256), (192, 384)])
def test_a_multipose_file_of_a_fixed_size_takes_any_picture(tmp_path, walker, height, width):
    model = onnx.load(path_of(find_model("movenet-multipose")))
    shape = model.graph.input[0].type.tensor_type.shape
    for dim, size in zip(shape.dim, (1, height, width, 3), strict=True):
        dim.dim_value = size
    onnx.save(model, tmp_path / "fixed.onnx")
    image, region = walker
    for picture in (image, np.zeros((400, 100, 3), np.uint8)):
        found = load_pose_model(str(tmp_path / "fixed.onnx")).model.people(picture)
        if picture is image:
            assert found.regions.boxes[0] == pytest.approx(
                region.boxes[0], abs=0.15 * float(np.ptp(region.boxes[0, 1::2]))
            )
