"""Turn BlazePose's landmark model from .tflite into plain ONNX: float32 inside, large constants stored as float16.

    python tools/convert_blazepose.py pose_landmark_full.tflite blazepose_landmark_full_256.onnx \
        --outputs Identity,Identity_1,Identity_4

It needs Python 3.11 and, in an environment of its own, tensorflow-cpu==2.16.2, onnx==1.16.2 and numpy<2. The source of
blazepose_landmark_full_256.onnx is named in the NOTICE beside it.

The graph is read from the file; constants are taken as the interpreter sees them, after it has expanded sparse and
float16 ones. Only the operators that it uses are known. Outputs that are not named are cut away with all
that only they need: for the landmarks these are the segmentation and the heat maps, half of the run time.
TensorFlow Lite keeps pictures as NHWC and ONNX as NCHW, so every picture is transposed once on the way in, and before
it is reshaped to a list on the way out.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tensorflow as tf
from onnx import TensorProto, helper, numpy_helper
from tensorflow.lite.python import schema_py_generated as schema

# Smaller constants (biases of narrow layers, shapes) gain nothing from float16.
LARGE = 64
SIDE = 256  # of the square picture, px
OPSET = 17
IR_VERSION = 8

NO_ACTIVATION, RELU, RELU6 = (
    schema.ActivationFunctionType.NONE,
    schema.ActivationFunctionType.RELU,
    schema.ActivationFunctionType.RELU6,
)


class Source:
    """A .tflite file: its one graph, and the values of its constants."""

    def __init__(self, path: Path) -> None:
        self.model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(path.read_bytes(), 0))
        self.graph = self.model.subgraphs[0]
        self._interpreter = tf.lite.Interpreter(
            model_path=str(path),
            experimental_preserve_all_tensors=True,
            experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF,
        )
        self._interpreter.allocate_tensors()
        # One run, so that the constants that are computed (sparse, float16) have their values.
        picture = np.zeros((1, SIDE, SIDE, 3), np.float32)
        self._interpreter.set_tensor(self._interpreter.get_input_details()[0]["index"], picture)
        self._interpreter.invoke()
        self._names = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}

    def operator(self, op: Any) -> str:
        """The name of an operator; newer codes are in one field, older ones in the other."""
        code = self.model.operatorCodes[op.opcodeIndex]
        return self._names[max(code.builtinCode, code.deprecatedBuiltinCode)]

    def value(self, index: int) -> np.ndarray:
        """A constant; floats as float32."""
        value = self._interpreter.get_tensor(index)
        return value.astype(np.float32) if np.issubdtype(value.dtype, np.floating) else value

    def shape(self, index: int) -> list[int]:
        """The shape of a tensor, NHWC for pictures."""
        return [int(length) for length in self.graph.tensors[index].shape]

    def name(self, index: int) -> str:
        """What the source calls a tensor."""
        return self.graph.tensors[index].name.decode()


class Converter:
    """Writes one ONNX node, or a few, for each operator of the source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._writers: dict[str, Callable[[Any], None]] = {
            "CONV_2D": self._convolution,
            "DEPTHWISE_CONV_2D": self._depthwise_convolution,
            "PAD": self._pad,
            "ADD": self._add,
            "DEPTH_TO_SPACE": self._depth_to_space,
            "MAX_POOL_2D": self._max_pool,
            "LOGISTIC": self._logistic,
            "RESIZE_BILINEAR": self._resize,
            "RESHAPE": self._reshape,
        }

    def convert(self) -> None:
        """Write the whole graph, all outputs included."""
        self._write("Transpose", ["input"], tensor_name(self._source.graph.inputs[0]), perm=[0, 3, 1, 2])
        for op in self._source.graph.operators:
            name = self._source.operator(op)
            if name in ("DENSIFY", "DEQUANTIZE"):  # their outcome is read as a constant
                continue
            if name not in self._writers:
                raise SystemExit(f"{name}: expected one of {', '.join(self._writers)}.")
            self._writers[name](op)

    def name_output(self, index: int) -> None:
        """Give a tensor the name it has in the source."""
        self._write("Identity", [tensor_name(index)], self._source.name(index))

    def _write(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def _constant(self, value: np.ndarray) -> str:
        """Store a constant; large floats as float16, cast back when the model is loaded."""
        name = f"c{len(self.constants)}"
        if value.dtype == np.float32 and value.size > LARGE:
            self.constants.append(numpy_helper.from_array(value.astype(np.float16), f"{name}_half"))
            self._write("Cast", [f"{name}_half"], name, to=TensorProto.FLOAT)
        else:
            self.constants.append(numpy_helper.from_array(value, name))
        return name

    def _activation(self, function: int, before: str, after: str) -> None:
        if function == NO_ACTIVATION:
            self._write("Identity", [before], after)
        elif function == RELU:
            self._write("Relu", [before], after)
        elif function == RELU6:
            low, high = self._constant(np.array(0, np.float32)), self._constant(np.array(6, np.float32))
            self._write("Clip", [before, low, high], after)
        else:
            raise SystemExit(f"activation {function}: expected none, RELU or RELU6.")

    def _convolution(self, op: Any) -> None:
        self._convolve(op, axes=(0, 3, 1, 2), depthwise=False)  # OHWI to OIHW

    def _depthwise_convolution(self, op: Any) -> None:
        self._convolve(op, axes=(3, 0, 1, 2), depthwise=True)  # 1HWO to O1HW

    def _convolve(self, op: Any, axes: Sequence[int], *, depthwise: bool) -> None:
        options = op.builtinOptions
        picture, weights, bias = op.inputs
        kernel = np.ascontiguousarray(self._source.value(weights).transpose(axes))
        strides = (options.strideH, options.strideW)
        dilations = (options.dilationHFactor, options.dilationWFactor)
        output = tensor_name(op.outputs[0])
        self._write(
            "Conv",
            [tensor_name(picture), self._constant(kernel), self._constant(self._source.value(bias))],
            f"{output}_raw",
            strides=strides,
            dilations=dilations,
            group=kernel.shape[0] if depthwise else 1,
            pads=self._pads(options.padding, picture, kernel.shape[2:], strides, dilations),
        )
        self._activation(options.fusedActivationFunction, f"{output}_raw", output)

    def _max_pool(self, op: Any) -> None:
        options = op.builtinOptions
        kernel, strides = (options.filterHeight, options.filterWidth), (options.strideH, options.strideW)
        pads = self._pads(options.padding, op.inputs[0], kernel, strides, (1, 1))
        self._write(
            "MaxPool",
            [tensor_name(op.inputs[0])],
            tensor_name(op.outputs[0]),
            kernel_shape=kernel,
            strides=strides,
            pads=pads,
        )

    def _pads(
        self, padding: int, picture: int, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
    ) -> list[int]:
        """Top, left, bottom, right. TensorFlow's SAME puts the odd pixel at the end."""
        if padding != schema.Padding.SAME:
            return [0, 0, 0, 0]
        before, after = [], []
        lengths = self._source.shape(picture)[1:3]
        for length, kernel_length, stride, dilation in zip(lengths, kernel, strides, dilations, strict=True):
            steps = -(-length // stride)
            missing = max(0, (steps - 1) * stride + (kernel_length - 1) * dilation + 1 - length)
            before.append(missing // 2)
            after.append(missing - missing // 2)
        return before + after

    def _pad(self, op: Any) -> None:
        by_axis = self._source.value(op.inputs[1])[[0, 3, 1, 2]]
        pads = self._constant(np.concatenate([by_axis[:, 0], by_axis[:, 1]]).astype(np.int64))
        self._write("Pad", [tensor_name(op.inputs[0]), pads], tensor_name(op.outputs[0]))

    def _add(self, op: Any) -> None:
        output = tensor_name(op.outputs[0])
        self._write("Add", [tensor_name(term) for term in op.inputs], f"{output}_raw")
        self._activation(op.builtinOptions.fusedActivationFunction, f"{output}_raw", output)

    def _depth_to_space(self, op: Any) -> None:
        block = op.builtinOptions.blockSize
        self._write(
            "DepthToSpace", [tensor_name(op.inputs[0])], tensor_name(op.outputs[0]), blocksize=block, mode="DCR"
        )

    def _logistic(self, op: Any) -> None:
        self._write("Sigmoid", [tensor_name(op.inputs[0])], tensor_name(op.outputs[0]))

    def _resize(self, op: Any) -> None:
        options = op.builtinOptions
        batch, height, width, channels = self._source.shape(op.outputs[0])
        size = self._constant(np.array([batch, channels, height, width], np.int64))
        corners = "align_corners" if options.alignCorners else "asymmetric"
        mode = "half_pixel" if options.halfPixelCenters else corners
        inputs = [tensor_name(op.inputs[0]), "", "", size]
        self._write("Resize", inputs, tensor_name(op.outputs[0]), mode="linear", coordinate_transformation_mode=mode)

    def _reshape(self, op: Any) -> None:
        output = tensor_name(op.outputs[0])
        shape = self._constant(np.array(self._source.shape(op.outputs[0]), np.int64))
        self._write("Transpose", [tensor_name(op.inputs[0])], f"{output}_nhwc", perm=[0, 2, 3, 1])
        self._write("Reshape", [f"{output}_nhwc", shape], output)


def tensor_name(index: int) -> str:
    return f"t{index}"


def needed(
    nodes: Sequence[onnx.NodeProto], constants: Sequence[onnx.TensorProto], outputs: Sequence[str]
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """The nodes and constants that the outputs depend on, in their order."""
    wanted = set(outputs)
    kept = []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(node.input)
    return kept[::-1], [constant for constant in constants if constant.name in wanted]


def convert(source_path: Path, outputs: Sequence[str]) -> onnx.ModelProto:
    """The ONNX model of a BlazePose file.

    Args:
        source_path: the .tflite file.
        outputs: names of the outputs to keep; none means all.
    """
    source = Source(source_path)
    converter = Converter(source)
    converter.convert()
    kept = [index for index in source.graph.outputs if not outputs or source.name(index) in outputs]
    missing = set(outputs) - {source.name(index) for index in kept}
    if missing:
        raise SystemExit(f"{source_path}: no outputs called {', '.join(sorted(missing))}.")
    for index in kept:
        converter.name_output(index)
    names = [source.name(index) for index in kept]
    nodes, constants = needed(converter.nodes, converter.constants, names)
    graph = helper.make_graph(
        nodes,
        "blazepose",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, SIDE, SIDE, 3])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, source.shape(index))
            for name, index in zip(names, kept, strict=True)
        ],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description="Turn a BlazePose .tflite file into an ONNX file.")
    parser.add_argument("source", type=Path, help="the .tflite file")
    parser.add_argument("target", type=Path, help="the .onnx file to write")
    parser.add_argument("--outputs", default="", help="names of the outputs to keep, with commas; default: all")
    arguments = parser.parse_args()
    names = [name for name in arguments.outputs.split(",") if name]
    onnx.save(convert(arguments.source, names), arguments.target)
    print(f"{arguments.target}: {arguments.target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
