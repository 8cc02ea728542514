"""From a name or a file to a model that is ready: what is recognised, what is refused and with which words."""

import hashlib

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tests.models.tiny import constant_model, detector_model, pose_model

from posespotter.errors import ModelError, SettingsError
from posespotter.models.families.blazepose import BlazePose
from posespotter.models.families.movenet import MoveNet, MultiPose
from posespotter.models.families.rtmdet import RTMDet
from posespotter.models.families.rtmo import RTMO
from posespotter.models.families.rtmpose import RTMPose
from posespotter.models.interfaces import Regions
from posespotter.models.load import (
    DETECTOR_TASKS,
    POSE_TASKS,
    is_one_stage,
    load_detector,
    load_pose_model,
    model_sha256,
)
from posespotter.models.zoo import find_model, load_zoo

GREY = np.full((60, 80, 3), 100, np.uint8)


def box_of(width, height):
    return Regions.from_boxes(np.array([[0, 0, width, height]], np.float32), np.ones(1, np.float32))


def test_the_embedded_models():
    families = {"movenet-multipose": MultiPose, "blazepose-full": BlazePose}
    detector = load_detector("movenet-multipose")
    assert isinstance(detector.model, MultiPose)
    assert (detector.name, detector.sha256) == ("movenet-multipose", find_model("movenet-multipose").sha256)
    embedded = [entry for entry in load_zoo() if entry.embedded]
    assert len(embedded) == 4
    for entry in embedded:
        loaded = load_pose_model(entry.name)
        assert type(loaded.model) is families.get(entry.name, MoveNet)
        assert len(loaded.model.skeleton) == entry.keypoints
        (session,) = loaded.model.sessions
        assert loaded.sha256 == hashlib.sha256(session.path.read_bytes()).hexdigest()
        assert is_one_stage(loaded.model) is (entry.task == "one-stage")


@pytest.mark.parametrize(
    ("load", "name", "words"),
    [
        (load_detector, "rtmdet-nan", ["no detector model called 'rtmdet-nan'", "Did you mean rtmdet-nano"]),
        (load_pose_model, "movenet-thundr", ["Did you mean movenet-thunder"]),
        (load_pose_model, "rtmposem", ["Did you mean rtmpose-"]),
        (
            load_detector,
            "movenet-thunder",
            ["is a pose model; expected a detector or one-stage model", "movenet-multipose, "],
        ),
        (load_pose_model, "rtmdet-nano", ["is a detector model; expected a pose or one-stage model"]),
        (load_detector, "blazepose", ["take movenet-multipose instead"]),
        (load_pose_model, "blazepose-lite", ["take movenet-lightning instead"]),
        (load_pose_model, "blazepose-heavy", ["take movenet-thunder+blazepose-full instead"]),
        (load_detector, "", ["no detector model called ''"]),
        (load_detector, "zzz", ["The detector models are: movenet-multipose, "]),
        (load_detector, "nowhere.onnx", ["nowhere.onnx: expected an ONNX file, there is no such file"]),
        (load_pose_model, "a/folder", ["a/folder: expected an ONNX file"]),
        (load_pose_model, "C:\\models\\x.ONNX", ["there is no such file"]),
    ],
)
def test_a_name_that_is_none(load, name, words):
    with pytest.raises(ModelError) as caught:
        load(name)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_device():
    with pytest.raises(SettingsError, match="Unknown device 'tpu'"):
        load_detector("movenet-multipose", "tpu")


def test_a_detector_file(tmp_path):
    path = detector_model(tmp_path / "mine.onnx", [(8, 8, 32, 40, 0.9), (0, 0, 5, 5, 0.1)])
    loaded = load_detector(str(path))
    assert isinstance(loaded.model, RTMDet)
    assert loaded.name == "mine"
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert loaded.model.input_size == 64
    found = loaded.model.detect(GREY)  # 80 px wide on 64
    assert found.boxes[0] == pytest.approx([10, 10, 40, 50])
    assert len(found) == 1


def test_a_pose_file(tmp_path):
    path = pose_model(tmp_path / "mine.onnx", [(24, 32), (0, 0), (47, 63)])
    loaded = load_pose_model(str(path))
    assert isinstance(loaded.model, RTMPose)
    assert len(loaded.model.skeleton) == 3
    joints = loaded.model.estimate(GREY, box_of(38.4, 51.2))  # with 1.25 of padding 48 x 64
    assert joints.keypoints[0] == pytest.approx(np.array([[19.2, 25.6], [-4.8, -6.4], [42.2, 56.6]]), abs=1e-3)


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("rtmdet_nano_320.onnx", ("batch", 3, "height", "width"), 320),
        ("rtmdet-416x416.onnx", (1, 3, None, None), 416),
        ("anything.onnx", (1, 3, "h", "w"), 640),
        ("model_v100_2024.onnx", (1, 3, "h", "w"), 640),  # neither is a multiple of 32
        ("rtmdet_320.onnx", (1, 3, 96, 96), 96),  # what the file declares is worth more than its name
    ],
)
def test_a_detector_that_leaves_its_size_open(tmp_path, name, size, expected):
    assert load_detector(str(detector_model(tmp_path / name, size=size))).model.input_size == expected


FLOATS = np.zeros((1, 4, 5), np.float32)
LABELS = np.zeros((1, 4), np.int64)


@pytest.mark.parametrize(
    ("outputs", "options"),
    [
        ({"out": np.zeros((1, 10), np.float32)}, {}),  # a classifier
        ({"dets": FLOATS}, {}),
        ({"dets": FLOATS, "labels": np.zeros((1, 3), np.int64)}, {}),
        ({"dets": FLOATS[..., :4], "labels": LABELS}, {}),
        ({"dets": FLOATS[0], "labels": LABELS[0]}, {}),
        ({"dets": FLOATS, "labels": LABELS, "masks": FLOATS}, {}),
        ({"simcc_x": np.zeros((1, 17, 96), np.float32), "simcc_y": np.zeros((1, 17, 128), np.float32)}, {}),
        ({"dets": FLOATS, "labels": LABELS}, {"size": (1, 3, 64, 96)}),  # not square
        ({"dets": FLOATS, "labels": LABELS}, {"size": (1, 64, 64, 3)}),  # channels last
        ({"dets": FLOATS, "labels": LABELS}, {"size": (1, 1, 64, 64)}),
        ({"dets": FLOATS, "labels": LABELS}, {"size": (1, 3, 64)}),
        ({"dets": FLOATS, "labels": LABELS}, {"size": (4, 3, 64, 64)}),  # always four pictures
        ({"dets": FLOATS, "labels": LABELS}, {"kind": TensorProto.FLOAT16}),
        ({"dets": FLOATS, "labels": LABELS}, {"kind": TensorProto.UINT8}),
        ({"dets": FLOATS, "labels": LABELS}, {"inputs": ("image", "scale")}),
    ],
)
def test_a_file_that_is_no_detector_is_refused_with_what_was_expected(tmp_path, outputs, options):
    path = constant_model(tmp_path / "wrong.onnx", outputs, **options)
    with pytest.raises(ModelError, match=r"^wrong\.onnx: expected a ") as caught:
        load_detector(str(path))
    assert "\n" not in str(caught.value)
    assert "RTMDet" in str(caught.value) or "float32 pictures" in str(caught.value)


def simcc(k=17, width=96, height=128, k_y=None):
    return {"simcc_x": np.zeros((1, k, width), np.float32), "simcc_y": np.zeros((1, k_y or k, height), np.float32)}


@pytest.mark.parametrize(
    ("outputs", "options"),
    [
        ({"dets": FLOATS, "labels": LABELS}, {}),
        ({"heatmaps": np.zeros((1, 17, 16, 12), np.float32)}, {}),  # a heat-map model
        (simcc(width=48, height=64), {}),  # one bin a pixel
        (simcc(width=128, height=96), {}),  # swapped
        (simcc(k_y=16), {}),
        (simcc() | {"depth": FLOATS}, {}),
        (simcc(), {"kind": TensorProto.DOUBLE}),
        (simcc(), {"size": (1, 64, 48, 3)}),
        (simcc(), {"size": (2, 3, 64, 48)}),
    ],
)
def test_a_file_that_is_no_pose_model_is_refused_with_what_was_expected(tmp_path, outputs, options):
    path = constant_model(tmp_path / "wrong.onnx", outputs, **{"size": (1, 3, 64, 48), **options})
    with pytest.raises(ModelError, match=r"^wrong\.onnx: expected a ") as caught:
        load_pose_model(str(path))
    assert "\n" not in str(caught.value)


def test_the_refusal_says_what_came(tmp_path):
    path = constant_model(tmp_path / "faces.onnx", {"embedding": np.zeros((1, 512), np.float32)}, size=(1, 3, 112, 112))
    for load in (load_detector, load_pose_model):
        with pytest.raises(
            ModelError, match=r"got inputs input \(1, 3, 112, 112\) of float and outputs embedding \(1, 512\)"
        ):
            load(str(path))


def rtmo(boxes=6, k=17, columns=5, values=3):
    return {"dets": np.zeros((1, boxes, columns), np.float32), "keypoints": np.zeros((1, boxes, k, values), np.float32)}


def test_an_rtmo_file(tmp_path):
    answer = rtmo(2)
    answer["dets"][0] = [(8, 8, 32, 40, 0.9), (0, 0, 5, 5, 0.1)]
    answer["keypoints"][0, 0] = 16, 24, 1.4
    path = str(constant_model(tmp_path / "mine.onnx", answer))
    for load in (load_detector, load_pose_model):
        model = load(path).model
        assert isinstance(model, RTMO)
        assert is_one_stage(model)
    found = model.people(GREY)  # 80 px wide on 64
    assert found.regions.boxes.tolist() == [[10, 10, 40, 50]]
    assert found.keypoints[0].tolist() == [[20, 30]] * 17
    assert found.scores.tolist() == [[1] * 17]
    assert model.detect(GREY).boxes.tolist() == [[10, 10, 40, 50]]


@pytest.mark.parametrize("options", [{"columns": 4}, {"values": 2}, {"columns": 6}])
def test_a_file_that_is_nearly_rtmo_is_refused(tmp_path, options):
    path = constant_model(tmp_path / "wrong.onnx", rtmo(**options))
    with pytest.raises(ModelError, match=r"RTMO with one \(1, 3, H, H\) float32 input"):
        load_pose_model(str(path))


@pytest.mark.shared
def test_the_real_exports_are_recognised(shared):
    detector = load_detector(str(shared / "models/test/rtmdet_nano_person_320.onnx"))
    assert isinstance(detector.model, RTMDet)
    assert detector.model.input_size == 320
    assert detector.sha256.startswith("b8585adb")
    pose = load_pose_model(str(shared / "models/test/rtmpose_t_coco17_256x192_random_weights.onnx"))
    assert isinstance(pose.model, RTMPose)
    assert pose.model.skeleton.name == "coco17" or len(pose.model.skeleton) == 17


@pytest.mark.parametrize("name", ["movenet-multipose", "movenet-lightning", "blazepose-full"])
def test_an_embedded_file_is_known_wherever_it_lies(tmp_path, name):
    own = load_pose_model(name)
    copied = tmp_path / "copied.onnx"
    copied.write_bytes(own.model.session.path.read_bytes())
    loaded = load_pose_model(str(copied))
    assert type(loaded.model) is type(own.model)
    assert (loaded.name, loaded.sha256) == ("copied", own.sha256)


@pytest.mark.parametrize("load", [load_detector, load_pose_model])
def test_a_model_that_answers_with_something_else_than_arrays_is_refused(tmp_path, load):
    """A classifier of tables, as scikit-learn's converter makes them, answers with a list of dictionaries."""
    inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 64, 64])]
    element = helper.make_tensor_type_proto(TensorProto.FLOAT, None)
    outputs = [
        helper.make_value_info("first", helper.make_sequence_type_proto(element)),
        helper.make_value_info("second", helper.make_sequence_type_proto(element)),
    ]
    nodes = [helper.make_node("SequenceConstruct", ["input"], [name]) for name in ("first", "second")]
    graph = helper.make_graph(nodes, "odd", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "odd.onnx")
    with pytest.raises(ModelError, match=r"^odd\.onnx: expected a "):
        load(str(tmp_path / "odd.onnx"))


def test_the_digest_of_a_model_needs_neither_loading_nor_fetching(tmp_path):
    assert model_sha256("rtmdet-nano", DETECTOR_TASKS) == find_model("rtmdet-nano").sha256
    assert model_sha256("blazepose-full", POSE_TASKS) == load_pose_model("blazepose-full").sha256
    (tmp_path / "own.onnx").write_bytes(b"no model")
    assert model_sha256(str(tmp_path / "own.onnx"), POSE_TASKS) == hashlib.sha256(b"no model").hexdigest()
    with pytest.raises(ModelError, match="there is no such file"):
        model_sha256("nowhere.onnx", POSE_TASKS)
    with pytest.raises(ModelError, match="is a pose model"):
        model_sha256("blazepose-full", DETECTOR_TASKS)
