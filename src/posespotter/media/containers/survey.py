"""Survey a container by its index or its packets: number of frames, and how far they are apart.

Lengths in headers tell neither: they hold pauses, the time before the first frame, and how long the last one is shown.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from posespotter.timing import MAX_FPS, USUAL_FPS, typical_step_s

_NEAR = 32  # frames: more than any decoder puts in another order (16 in H.264 and HEVC)
_INDEXED = "mov"  # the index of MP4 and MOV lists every frame


@dataclass(frozen=True)
class Survey:
    """The result of a quick survey of a video stream.

    Attributes:
        fps: usual frames a second.
        n_frames: number of frames; None where it is unknown.
    """

    fps: float
    n_frames: int | None


def survey(stream: VideoStream, packets: InputContainer | None) -> Survey:
    """Look at a video stream before it is read.

    Args:
        stream: the stream; nothing is read from it.
        packets: the same file, opened for this alone; None where reading it twice costs too much.
    """
    step_s, n_frames = 0.0, None
    if _INDEXED in stream.container.format.name.split(",") and stream.index_entries:
        time_base = float(stream.time_base or 0)
        step_s = typical_step_s(sorted(entry.timestamp * time_base for entry in stream.index_entries))
        n_frames = stream.frames or None
    elif packets is not None:
        step_s, n_frames = _counted(packets, stream.index)
    return Survey(_fps(stream, step_s), n_frames)


def packet_times(container: InputContainer, stream: VideoStream) -> Iterator[tuple[float | None, int | None]]:
    """The time of decoding of each frame that is read (s, None where it has none), and where in the file it is.

    Empty packets stand for frames that were dropped, and are left out. What cannot be read ends it.
    """
    with suppress(av.FFmpegError):
        for packet in container.demux(stream):
            if packet.size:
                # Times of showing stand in another order than the frames come.
                ticks = packet.pts if packet.dts is None else packet.dts
                known = ticks is not None and stream.time_base is not None
                yield float(ticks * stream.time_base) if known else None, packet.pos  # type: ignore[operator]


def _counted(container: InputContainer, index: int) -> tuple[float, int]:
    stream = container.streams[index]
    assert isinstance(stream, VideoStream)  # noqa: S101 - the same file a moment ago
    # In a second the packets of an hour of video; beyond, the number of frames is extrapolated by bytes.
    until_s = time.monotonic() + 1.0
    times_s: list[float] = []
    n, share = 0, 1.0
    for time_s, position in packet_times(container, stream):
        n += 1
        if time_s is not None:
            times_s.append(time_s)
        if time.monotonic() > until_s and position and container.size > position:
            share = position / container.size
            break
    return typical_step_s(_in_order(times_s)), round(n / share)


def _in_order(times_s: list[float]) -> list[float]:
    """Times, those that are near in the file in ascending order; recordings one behind the other stay apart."""
    return [time_s for i in range(0, len(times_s), _NEAR) for time_s in sorted(times_s[i : i + _NEAR])]


def _fps(stream: VideoStream, step_s: float) -> float:
    average = float(stream.average_rate or 0)
    # More are ticks of a clock that something else took for pictures, unless times and header agree: a fast camera.
    most = MAX_FPS if abs(average * step_s - 1) > 0.003 else max(MAX_FPS, average)
    declared = [float(rate) for rate in (average, stream.guessed_rate) if rate is not None]
    declared = [rate for rate in declared if 0 < rate <= most]
    if step_s < 1 / most:
        return declared[0] if declared else USUAL_FPS
    nearest = min(declared, key=lambda rate: abs(rate * step_s - 1), default=0.0)
    # A rate in the container is exact where steps rounded to milliseconds agree with it.
    return nearest if abs(nearest * step_s - 1) <= 0.003 else 1 / step_s
