"""What a user's ONNX file says of itself."""

import numpy as np
import pytest
from onnx import TensorProto
from tests.models.tiny import constant_model

from posespotter.errors import ModelError
from posespotter.models.probe import answer_to_zeros, described, input_shape, input_type, planar_size
from posespotter.models.session import Session

ONE = {"x": np.ones((1, 2), np.float32)}


def session(folder, name="model.onnx", **options):
    return Session(constant_model(folder / name, ONE, **options))


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("model.onnx", (1, 3, 192, 256), (192, 256)),
        ("model.onnx", ("n", 3, "h", "w"), (640, 640)),  # nobody says
        ("rtmdet_nano_320.onnx", ("n", 3, "h", "w"), (320, 320)),  # the name does
        ("model_v2_100.onnx", ("n", 3, "h", "w"), (640, 640)),  # no multiple of 32
        ("model_416.onnx", (1, 3, "h", 288), (416, 288)),
        ("model.onnx", (1, 192, 192, 3), None),  # channels last
    ],
)
def test_the_size_of_a_picture_whose_channels_come_first(tmp_path, name, size, expected):
    assert planar_size(session(tmp_path, name, size=size)) == expected


def test_a_model_of_two_inputs_or_of_vectors_takes_no_picture(tmp_path):
    assert input_shape(session(tmp_path, inputs=("a", "b"))) is None
    assert input_shape(session(tmp_path, size=(1, 8))) is None


def test_types_and_answers(tmp_path):
    assert input_type(session(tmp_path)) == "float"
    assert [answer.tolist() for answer in answer_to_zeros(session(tmp_path), 64, 64)] == [[[1.0, 1.0]]]
    whole = session(tmp_path, kind=TensorProto.INT32)
    assert input_type(whole) == "int32"
    with pytest.raises(ModelError, match=r"expected a model of \(1, 3, 64, 64\) float32 pictures"):
        answer_to_zeros(whole, 64, 64)


def test_a_description_names_shapes_and_types(tmp_path):
    assert (
        described(session(tmp_path, size=(1, 3, 64, "w"))) == "inputs input (1, 3, 64, w) of float and outputs x (1, 2)"
    )
