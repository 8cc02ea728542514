"""Models of a few bytes for tests: real ONNX files, and sessions that answer by a Python function."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Size = Sequence[int | str | None]


class FakeSession:
    """Answers like a `Session`, without ONNX Runtime; the tensors it was given are in `seen`."""

    device = "cpu"
    warning = None

    def __init__(self, answer: Callable[[np.ndarray], list[np.ndarray]], shape: Size, name: str = "input") -> None:
        self.inputs = [(name, list(shape))]
        self.seen: list[np.ndarray] = []
        self.seconds, self.calls = 0.0, 0
        self._answer = answer

    def run(self, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        ((name, tensor),) = inputs.items()
        assert name == self.inputs[0][0]
        assert tensor.dtype == np.float32
        self.seen.append(tensor.copy())
        self.calls += 1
        return self._answer(tensor)

    def run_each(self, pictures: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
        return [self.run({self.inputs[0][0]: picture}) for picture in pictures]

    def warm_up(self, side: int = 1) -> None: ...


def constant_model(
    path: Path,
    outputs: dict[str, np.ndarray],
    *,
    size: Size = (1, 3, 64, 64),
    inputs: Sequence[str] = ("input",),
    kind: int = TensorProto.FLOAT,
    prefix: str = "",
) -> Path:
    """An ONNX file that answers every picture of `size` with `outputs`; `prefix` begins the names of its nodes."""
    nodes, ends = [], []
    for name, array in outputs.items():
        value = numpy_helper.from_array(np.asarray(array), f"{prefix}{name}_value")
        nodes.append(helper.make_node("Constant", [], [name], name=f"{prefix}{name}_node", value=value))
        ends.append(helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape))
    graph = helper.make_graph(
        nodes, "tiny", [helper.make_tensor_value_info(name, kind, list(size)) for name in inputs], ends
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


def sum_model(path: Path) -> Path:
    """An ONNX file whose answer tells what it was given: the sum of a (1, 3, 4, 4) picture; its batch axis is free."""
    graph = helper.make_graph(
        [helper.make_node("ReduceSum", ["input"], ["sum"], keepdims=0)],
        "sum",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, 4, 4])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [])],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def detector_model(path: Path, boxes: Sequence[Sequence[float]] = (), **options: Any) -> Path:
    """A detector that finds the same (x0, y0, x1, y1, score) px of its input in every picture."""
    dets = np.array(boxes, np.float32).reshape(1, -1, 5)
    return constant_model(path, {"dets": dets, "labels": np.zeros(dets.shape[:2], np.int64)}, **options)


def peaks(at_bins: np.ndarray, bins: int, height: float = 0.9) -> np.ndarray:
    """(K, bins) float32, each row with one peak of `height` at its bin."""
    at = np.asarray(at_bins)[:, None]
    return (height * np.exp(-0.5 * ((np.arange(bins)[None] - at) / 4) ** 2)).astype(np.float32)


def pose_model(
    path: Path, points: Sequence[Sequence[float]], width: int = 48, height: int = 64, **options: Any
) -> Path:
    """A SimCC pose model that finds the same `points` (px of its input) in every crop."""
    at = np.array(points, float)
    answer = {"simcc_x": peaks(at[:, 0] * 2, 2 * width)[None], "simcc_y": peaks(at[:, 1] * 2, 2 * height)[None]}
    return constant_model(path, answer, **{"size": (1, 3, height, width), **options})
