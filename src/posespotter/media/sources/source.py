"""`Source`: whatever gives pictures in order with their times: a picture, video, numbered frames, camera, stream."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from posespotter.arrays import Image
from posespotter.closing import Closing
from posespotter.texts import storable

Kind = Literal["image", "video", "frames", "camera", "stream"]


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a source.

    Attributes:
        index: 0-based number of the frame, counting the frames that were decoded.
        time_s: presentation time in seconds after the first frame, from the container (a camera or stream: from its
            own clock); strictly increasing, and 0.0 for the first frame.
        image: (H, W, 3) uint8 BGR, upright, of the size in `SourceInfo`.
        damaged: whether it shows what was left of lost or damaged data: smears, grey, parts of another moment.
    """

    index: int
    time_s: float
    image: Image
    damaged: bool = False


@dataclass(frozen=True)
class SourceInfo:
    """Facts about a source that are known before it is read.

    Attributes:
        name: a name to show: a file name, not a path; an address without its credentials; as `storable` gives it.
        kind: what it is; a recorded file at an address is a video.
        width: px of the upright picture.
        height: px of the upright picture.
        fps: usual frames a second, whatever pauses there are; 0 for a picture. Each frame has its own time.
        n_frames: expected number of frames, None where it is unknown: for progress bars, as damage may hide some.
        live: whether waiting costs frames: a camera or a stream, but not a recorded file at an address.
    """

    name: str
    kind: Kind
    width: int
    height: int
    fps: float
    n_frames: int | None
    live: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", storable(self.name))  # of a file that may be named in no encoding


class Source(Closing):
    """Iterate to get the frames; use as a context manager, or call `close()`.

    Iterating again starts again from the first frame (a camera or stream: from now).

    Attributes:
        info: what is known before reading.
        warnings: sentences about what was repaired or lost, filled while iterating and emptied by a new start.
    """

    info: SourceInfo
    warnings: list[str]

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """The frames in order."""

    def close(self) -> None:  # pictures hold nothing open
        """Let go of the file or device. May be called from another thread: its iteration ends at the next frame."""
