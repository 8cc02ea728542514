"""A fall classifier made by hand: two rules as an ONNX file, so that tests know what it will say."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from posespotter.falls.classifier import CLASSES, METADATA_KEY
from posespotter.falls.features import FEATURES

_LYING_DEG, _SHARPNESS = 60.0, 0.2
_FALLING_BL, _STEEPNESS = 0.45, 25.0


def write_rules(path: Path, name: str = "rules") -> Path:
    """Whose head sank far in a second is falling, whose trunk is level lies, everybody else is normal."""
    names = [feature.name for feature in FEATURES]
    weights = np.zeros((len(names), len(CLASSES)), np.float32)
    weights[names.index("trunk_now"), CLASSES.index("lying")] = _SHARPNESS
    weights[names.index("head_drop_1"), CLASSES.index("fall")] = _STEEPNESS
    bias = np.array([0.0, -_STEEPNESS * _FALLING_BL, -_SHARPNESS * _LYING_DEG], np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["windows", "weights", "bias"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["votes"], axis=1),
        ],
        "rules",
        [helper.make_tensor_value_info("windows", TensorProto.FLOAT, [None, len(names)])],
        [helper.make_tensor_value_info("votes", TensorProto.FLOAT, [None, len(CLASSES)])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    card = {"name": name, "features": names, "classes": CLASSES}
    entry = model.metadata_props.add()
    entry.key, entry.value = METADATA_KEY, json.dumps(card)
    onnx.save(model, str(path))
    return path
