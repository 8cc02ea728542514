"""The messages between a page and the server over the webcam's socket.

The page sends binary messages, each a picture (`ClientFrame`), and JSON ones (`ClientMessage`). The server answers
every picture with exactly one JSON message of type `poses`, `dropped` or `refused` that names its number, so that the
page always knows how many are under way, and sends the other types (`ready`, `count`, `fall`, `depth`, `recording`,
`test`, `test_result`, `error`) when there is something to say.
"""

import math
import struct
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from posespotter.errors import InputError, PoseSpotterError
from posespotter.live.limits import LIMITS
from posespotter.poses import PoseSequence
from posespotter.skeletons import Skeleton

PATH = "/webcam/socket"

Message = dict[str, Any]
"""A message of the server, ready to be JSON."""

_HEADER = struct.Struct("<Id")


@dataclass(frozen=True)
class ClientFrame:
    """One frame as it was received.

    Attributes:
        number: the page's number of it, going up.
        time_s: when the camera gave it, on the page's own clock.
        jpeg: the picture, not decoded yet.
    """

    number: int
    time_s: float
    jpeg: bytes


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Options(_Message):
    """A page's options for its frames from now on.

    Attributes:
        pose: name of the pose model.
        exercise: name of the exercise to count, or None.
        falls: whether to detect falls.
        place: name of the place whose zones apply, or None.
        goal: how deep a repetition is to go, in place of the exercise's limit, in the unit of that; or None.
    """

    type: Literal["options"]
    pose: Annotated[str, Field(max_length=100)]
    exercise: Annotated[str, Field(max_length=100)] | None = None
    falls: bool = False
    place: Annotated[str, Field(max_length=100)] | None = None
    goal: Annotated[float, Field(ge=-360, le=360)] | None = None


class Record(_Message):
    """Begin or end to keep the joints for a recording.

    Attributes:
        on: begin, or end.
        time_s: when the video begins, on the clock of the frames; unused at the end.
        id: of a recording that was interrupted by a lost connection, to go on with it.
    """

    type: Literal["record"]
    on: bool
    time_s: Annotated[float, Field(ge=0, lt=LIMITS.page_s)] = 0.0
    id: Annotated[str, Field(max_length=64)] | None = None


class TrialStep(_Message):
    """A step of an everyday test.

    Attributes:
        step: `begin` to collect, the moment of `go`, `end` and judge, or call it `off`.
        test: name of the test, with `begin`.
        time_s: of Go, on the clock of the frames.
    """

    type: Literal["test"]
    step: Literal["begin", "go", "end", "off"]
    test: Annotated[str, Field(max_length=100)] | None = None
    time_s: Annotated[float, Field(ge=0, lt=LIMITS.page_s)] = 0.0


ClientMessage = Options | Record | TrialStep
_MESSAGES: TypeAdapter[ClientMessage] = TypeAdapter(Annotated[ClientMessage, Field(discriminator="type")])


def read_frame(data: bytes) -> ClientFrame:
    """A binary message: number (uint32) and time (float64 seconds), both little-endian, and then the JPEG.

    Raises:
        InputError: it is too short, or the time is none.
    """
    if len(data) < _HEADER.size:
        raise InputError(f"frame: expected at least {_HEADER.size} bytes, got {len(data)}.")
    number, time_s = _HEADER.unpack_from(data)
    if not (math.isfinite(time_s) and 0 <= time_s < LIMITS.page_s):
        raise InputError(f"frame: expected a time from 0 to {LIMITS.page_s:g} s, got {time_s}.")
    return ClientFrame(number, time_s, data[_HEADER.size :])


def write_frame(frame: ClientFrame) -> bytes:
    """The binary message of a frame; what the page's script does, for tests and for other clients."""
    return _HEADER.pack(frame.number, frame.time_s) + frame.jpeg


def read_message(text: str) -> ClientMessage:
    """A JSON message.

    Raises:
        InputError: it is too long, or none of the possible ones.
    """
    if len(text.encode()) > LIMITS.text_bytes:
        raise InputError(f"message: expected at most {LIMITS.text_bytes} bytes.")
    try:
        return _MESSAGES.validate_json(text)
    except ValidationError as error:
        raise InputError(f"message: expected options, record or test, {error.errors()[0]['msg'].lower()}.") from None


def ready_message(pose: str, skeleton: Skeleton) -> Message:
    """The skeleton that the page draws people of this model with."""
    return {
        "type": "ready",
        "pose": pose,
        "keypoints": skeleton.keypoints,
        "limbs": skeleton.limb_indices,
        "sides": skeleton.sides,
    }


def poses_message(number: int, poses: PoseSequence, work_s: float) -> Message:
    """The people of one frame; an unseen joint has null as its place.

    Args:
        number: of the frame it answers.
        poses: the rows of that frame.
        work_s: how long the server took.
    """
    people = []
    for row in range(len(poses)):
        places = poses.keypoints[row].astype(np.float64).round(1)
        scores = poses.scores[row].astype(np.float64).round(2)
        points = [
            [x, y, score] if math.isfinite(x) and math.isfinite(y) else None
            for (x, y), score in zip(places.tolist(), scores.tolist(), strict=True)
        ]
        box = [round(value, 1) for value in poses.bbox[row].tolist()]
        people.append({"id": int(poses.track_id[row]), "box": box, "points": points})
    return {"type": "poses", "frame": number, "work_ms": round(work_s * 1000, 1), "people": people}


def refused_message(number: int | None, error: PoseSpotterError) -> Message:
    """The answer to a frame that was refused."""
    return {"type": "refused", "frame": number, "reason": str(error)}
