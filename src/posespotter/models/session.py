"""One wrapper around ONNX Runtime: its provider, its threads, and a warning when another one runs than requested."""

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.arrays import Float32
from posespotter.errors import ModelError, SettingsError
from posespotter.settings import settings

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
DEVICES = ("auto", *PROVIDERS)
"""What `--device` may say; `auto` takes CUDA where it works and the CPU elsewhere."""

_AUTO = ("cuda", "directml", "cpu")
_INSTALL = {
    "cuda": "install posespotter[gpu] in place of [cpu], with CUDA and cuDNN",
    "coreml": "it comes with onnxruntime on macOS",
    "directml": "install posespotter[directml] in place of [cpu] on Windows",
    "openvino": "install posespotter[openvino] in place of [cpu]",
}


def cpu_threads() -> int:
    """Number of threads for models: the setting, or one for each core this process may run on."""
    if settings().threads:
        return settings().threads
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def runtime() -> Any:
    """The onnxruntime module, which sends nothing to its maker.

    Raises:
        ModelError: none is installed.
    """
    # Since 1.32 its Python packages report to their maker. Read while it is imported; its own switch comes too late.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime
    except ImportError:
        raise ModelError(
            "No ONNX Runtime is installed. Run: pip install 'posespotter[cpu]' (or [gpu] with an NVIDIA card)."
        ) from None
    return onnxruntime


_halving = threading.local()


@contextmanager
def half_of_the_threads() -> Iterator[None]:
    """Let models run on half of their threads within this thread, for two pictures at a time."""
    _halving.on = True
    try:
        yield
    finally:
        _halving.on = False


class _Spent:
    """Time spent inside ONNX Runtime, by whichever thread."""

    def __init__(self) -> None:
        self.seconds, self.calls = 0.0, 0
        self._lock = threading.Lock()

    def add(self, seconds: float, calls: int) -> None:
        with self._lock:
            self.seconds += seconds
            self.calls += calls


class Session:
    """A model file, loaded once, ready to run.

    Attributes:
        device: what runs: one of `PROVIDERS`.
        warning: a sentence when another device was requested, else None.
        inputs, outputs: (name, shape) pairs as the file declares them; a free dimension is a string or None.
        input_types: element types of the inputs, such as "float" or "int32".
        metadata: what the file says of itself beside the model.
    """

    def __init__(self, path: Path, device: str = "auto", threads: int | None = None) -> None:
        """Load `path` for `device`.

        Args:
            path: the file.
            device: one of `DEVICES`.
            threads: how many may work on one run; None for `cpu_threads()`.

        Raises:
            SettingsError: `device` is not one of `DEVICES`.
            ModelError: the file is no ONNX model that this ONNX Runtime can run.
        """
        if device not in DEVICES:
            raise SettingsError(f"Unknown device {device!r}; expected one of: {', '.join(DEVICES)}.")
        self.path = path
        self._threads = threads or cpu_threads()
        self._spent = _Spent()
        available = runtime().get_available_providers()
        wanted = _AUTO if device == "auto" else (device, "cpu")
        order = [PROVIDERS[name] for name in dict.fromkeys(wanted) if PROVIDERS[name] in available]
        self._session = self._load(order, self._threads)
        running = self._session.get_providers()[0]
        self.device = next((name for name, provider in PROVIDERS.items() if provider == running), running)
        self.warning = None
        if device not in ("auto", self.device):
            self.warning = f"{device} was asked for but {self.device} runs: {_INSTALL[device]}."
        self.inputs = [(i.name, i.shape) for i in self._session.get_inputs()]
        self.input_types: list[str] = [
            i.type.removeprefix("tensor(").removesuffix(")") for i in self._session.get_inputs()
        ]
        self.outputs = [(o.name, o.shape) for o in self._session.get_outputs()]
        self.metadata: dict[str, str] = self._session.get_modelmeta().custom_metadata_map

    def _load(self, providers: list[str], threads: int) -> Any:
        ort = runtime()
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # ONNX Runtime's own log level: errors are reported in our words
        # Decoding and encoding share the cores: a model's idle threads must not burn them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_free_dimension_override_by_name("batch", 1)
        try:
            return ort.InferenceSession(str(self.path), options, providers=providers)
        except Exception as error:
            # ONNX Runtime raises a class of its own for each kind of failure, with C++ locations in the text.
            raise ModelError(
                f"{self.path.name} cannot be loaded by ONNX Runtime {ort.__version__}: expected an ONNX model file."
            ) from error

    @property
    def seconds(self) -> float:
        """Time spent inside ONNX Runtime so far, that of `half` included."""
        return self._spent.seconds

    @property
    def calls(self) -> int:
        """Number of runs so far, those of `half` included."""
        return self._spent.calls

    @cached_property
    def half(self) -> "Session":
        """The same model on half of the threads, for two callers at a time; a device has no threads to halve."""
        if self.device != "cpu":
            return self
        half = Session(self.path, self.device, max(1, self._threads // 2))
        half._spent = self._spent
        return half

    @property
    def _now(self) -> "Session":
        """This one, or its half where `half_of_the_threads` says so."""
        return self.half if getattr(_halving, "on", False) else self

    @cached_property
    def _narrow(self) -> Any:
        """The same model on one thread, for several pictures side by side."""
        return self.half._session if self._threads < 4 else self._load([PROVIDERS["cpu"]], 1)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="model")

    def run(self, inputs: Mapping[str, Float32]) -> list[Float32]:
        """Run once; the outputs come in the order of `outputs`."""
        start = time.perf_counter()
        results: list[Float32] = self._now._session.run(None, dict(inputs))
        self._spent.add(time.perf_counter() - start, 1)
        return results

    def run_each(self, pictures: Sequence[Float32]) -> list[list[Float32]]:
        """Run a model of one input on each of `pictures` (each with its batch axis of 1).

        On a CPU, small models gain more from one thread for each picture than from many threads on one, so whole
        rounds of pictures run side by side and only the rest runs alone on all threads.
        """
        name, threads = self.inputs[0][0], self._now._threads
        rounds = len(pictures) // threads if self.device == "cpu" and threads > 1 else 0
        side_by_side = rounds * threads
        results: list[list[Float32]] = []
        if side_by_side:
            start = time.perf_counter()
            now = self._now
            jobs = [now._pool.submit(now._narrow.run, None, {name: x}) for x in pictures[:side_by_side]]
            results += [job.result() for job in jobs]
            self._spent.add(time.perf_counter() - start, side_by_side)
        results += [self.run({name: picture}) for picture in pictures[side_by_side:]]
        return results

    def warm_up(self, side: int = 1) -> None:
        """Run once on zeros, so that the first real picture is not the slow one.

        Args:
            side: length of the axes that the file leaves open, but for the first, which is the batch.
        """
        shapes = [
            (name, [n if isinstance(n, int) else (side if axis else 1) for axis, n in enumerate(shape)])
            for name, shape in self.inputs
        ]
        self._session.run(None, {name: np.zeros(shape, np.float32) for name, shape in shapes})
