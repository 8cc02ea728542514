"""Probe a user's ONNX file: the shapes and types it declares, and its answer to a picture."""

import re

import numpy as np

from posespotter.arrays import Float32
from posespotter.errors import ModelError
from posespotter.models.session import Session

_USUAL_SIZE = 640  # px, of models whose file leaves the input size open and whose name has no number like 320

Shape = list[int | str | None]


def input_shape(session: Session) -> Shape | None:
    """The shape of the one picture that the model takes, as declared; None where it takes something else."""
    if len(session.inputs) != 1 or len(session.inputs[0][1]) != 4:
        return None
    shape: Shape = session.inputs[0][1]
    return shape


def input_type(session: Session) -> str:
    """The element type of the first input, such as "float" or "int32"."""
    return session.input_types[0]


def planar_size(session: Session) -> tuple[int, int] | None:
    """(height, width) of a picture whose channels come first, px; None where the model takes something else.

    Sides that the file leaves open are read from a number in its name, such as 320 in `rtmdet_nano_320.onnx`.
    """
    shape = input_shape(session)
    if shape is None or shape[1] != 3:
        return None
    number = re.search(r"(?<!\d)(\d{2,3}[02468])(?!\d)", session.path.stem)
    free = int(number.group(1)) if number and int(number.group(1)) % 32 == 0 else _USUAL_SIZE
    height, width = (n if isinstance(n, int) else free for n in shape[2:])
    return height, width


def answer_to(session: Session, picture: Float32) -> list[Float32]:
    """Answer of the model to a picture.

    Raises:
        ModelError: it refuses it.
    """
    try:
        answer = session.run({session.inputs[0][0]: picture})
        return [np.asarray(output, np.float32) for output in answer]  # some models answer with lists and dictionaries
    except Exception as error:
        # ONNX Runtime has a class of its own for each way in which an input may not fit.
        raise ModelError(
            f"{session.path.name}: expected a model of {picture.shape} float32 pictures, it refused one."
        ) from error


def answer_to_zeros(session: Session, height: int, width: int) -> list[Float32]:
    """Answer of the model to a black picture whose channels come first.

    Raises:
        ModelError: it refuses it.
    """
    return answer_to(session, np.zeros((1, 3, height, width), np.float32))


def described(session: Session) -> str:
    """Inputs and outputs, for a message."""

    def shapes(ends: list[tuple[str, Shape]]) -> str:
        return ", ".join(f"{name} ({', '.join(str(n or '?') for n in shape)})" for name, shape in ends)

    return f"inputs {shapes(session.inputs)} of {input_type(session)} and outputs {shapes(session.outputs)}"
