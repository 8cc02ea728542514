"""From a model's name, or the path of an ONNX file, to a detector or a pose model that is ready to run."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from posespotter.errors import ModelError
from posespotter.files import sha256_of
from posespotter.models.blazepose import BlazePose, BlazePoseDetector
from posespotter.models.fetch import model_path
from posespotter.models.people import Detector, PoseModel
from posespotter.models.rtmdet import RTMDet
from posespotter.models.rtmpose import RTMPose
from posespotter.models.session import Session
from posespotter.models.zoo import ModelEntry, Task, find_model

Progress = Callable[[int, int | None], None]
Model = TypeVar("Model", Detector, PoseModel)

_EXPECTED_DETECTOR = (
    "expected a person detector with one (1, 3, H, W) input and the outputs (1, N, 5) boxes and (1, N) labels, "
    "as MMDeploy exports RTMDet and YOLOX"
)
_EXPECTED_POSE = (
    "expected a SimCC pose model with one (1, 3, H, W) input and the outputs (1, K, 2W) and (1, K, 2H), "
    "as MMDeploy exports RTMPose"
)
_USUAL_SIZE = 640  # of detectors whose file leaves the input size open and whose name has no number like 320


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """A model, and where it came from for the record of a run."""

    name: str
    sha256: str
    model: Model


def load_detector(name: str, device: str = "auto", progress: Progress | None = None) -> Loaded[Detector]:
    """The person detector called `name`, or the one in the ONNX file `name`.

    Args:
        name: a name of the zoo, or the path of an .onnx file.
        device: see `session.DEVICES`.
        progress: is told (bytes done, bytes in all) while a model is downloaded.

    Raises:
        ModelError: no such model, it could not be fetched, or the file is not of a kind that is understood.
    """
    if _is_file(name):
        path = _existing(name)
        return Loaded(path.stem, sha256_of(path), _recognise_detector(Session(path, device)))
    entry = find_model(name, task="detector")
    return Loaded(
        entry.name, entry.sha256, _build_detector(entry, Session(model_path(entry, progress=progress), device))
    )


def load_pose_model(name: str, device: str = "auto", progress: Progress | None = None) -> Loaded[PoseModel]:
    """The pose model called `name`, or the one in the ONNX file `name`; see `load_detector`."""
    if _is_file(name):
        path = _existing(name)
        return Loaded(path.stem, sha256_of(path), _recognise_pose_model(Session(path, device)))
    entry = find_model(name, task="pose")
    session = Session(model_path(entry, progress=progress), device)
    model: PoseModel = BlazePose(session) if entry.family == "blazepose" else RTMPose(session)
    return Loaded(entry.name, entry.sha256, model)


def model_sha256(name: str, task: Task) -> str:
    """SHA-256 of the file of a model, which is neither loaded nor fetched; `name` as for `load_detector`.

    Raises:
        ModelError: no such model.
    """
    return sha256_of(_existing(name)) if _is_file(name) else find_model(name, task).sha256


def _build_detector(entry: ModelEntry, session: Session) -> Detector:
    if entry.family == "blazepose":
        return BlazePoseDetector(session)
    return RTMDet(session, entry.input_size[0], normalise=entry.family == "rtmdet")


def _is_file(name: str) -> bool:
    return name.lower().endswith(".onnx") or "/" in name or "\\" in name


def _existing(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise ModelError(f"{name}: expected an ONNX file, there is no such file.")
    return path


def _recognise_detector(session: Session) -> RTMDet:
    size = _declared_size(session)
    if size is None or size[0] != size[1]:
        raise ModelError(f"{session.path.name}: {_EXPECTED_DETECTOR}; got {_described(session)}.")
    answer = _answer_to_zeros(session, *size)
    fits = len(answer) == 2 and answer[0].shape[2:] == (5,) and answer[1].shape == answer[0].shape[:2]
    if not fits:
        raise ModelError(f"{session.path.name}: {_EXPECTED_DETECTOR}; got {_described(session)}.")
    # YOLOX takes pixels as they are. Exports keep the names of layers, and only its head has these.
    normalise = b"multi_level_" not in session.path.read_bytes() and "yolox" not in session.path.name.lower()
    return RTMDet(session, size[0], normalise=normalise)


def _recognise_pose_model(session: Session) -> RTMPose:
    size = _declared_size(session)
    if size is not None:
        answer = _answer_to_zeros(session, *size)
        if [a.shape[2:] for a in answer] == [(2 * size[1],), (2 * size[0],)] and answer[0].shape[1] == answer[1].shape[
            1
        ]:
            return RTMPose(session)
    raise ModelError(f"{session.path.name}: {_EXPECTED_POSE}; got {_described(session)}.")


def _declared_size(session: Session) -> tuple[int, int] | None:
    """(height, width) of the one picture that the model takes, px; None where it takes something else."""
    if len(session.inputs) != 1:
        return None
    shape = session.inputs[0][1]
    if len(shape) != 4 or shape[1] != 3:
        return None
    number = re.search(r"(?<!\d)(\d{2,3}[02468])(?!\d)", session.path.stem)
    free = int(number.group(1)) if number and int(number.group(1)) % 32 == 0 else _USUAL_SIZE
    height, width = (n if isinstance(n, int) else free for n in shape[2:])
    return height, width


def _answer_to_zeros(
    session: Session, height: int, width: int
) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    try:
        answer = session.run({session.inputs[0][0]: np.zeros((1, 3, height, width), np.float32)})
        return [np.asarray(output, np.float32) for output in answer]  # some models answer with lists and dictionaries
    except Exception as error:
        # ONNX Runtime has a class of its own for each way in which an input may not fit.
        raise ModelError(
            f"{session.path.name}: expected a model of (1, 3, {height}, {width}) float32 pictures, it refused one."
        ) from error


def _described(session: Session) -> str:
    def shapes(ends: list[tuple[str, list[int | str | None]]]) -> str:
        return ", ".join(f"{name} ({', '.join(str(n or '?') for n in shape)})" for name, shape in ends)

    return f"inputs {shapes(session.inputs)} and outputs {shapes(session.outputs)}"
