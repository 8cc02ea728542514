"""Cut a part out of a video and write it as H.264, in a child process: what a browser recorded may be anything.

`python -m posespotter.media.cut` is that child. It gets one JSON object on stdin and writes one on stdout.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from posespotter.errors import InputError, PoseSpotterError
from posespotter.media.inspection.guard import ENVIRONMENT
from posespotter.media.sources.video import VideoSource
from posespotter.media.writer import VideoWriter


@dataclass(frozen=True)
class CutVideo:
    """The video that was written.

    Attributes:
        path: the MP4 file.
        width: px.
        height: px.
        fps: frames a second, by the number of frames and their times.
        frames: how many.
    """

    path: Path
    width: int
    height: int
    fps: float
    frames: int


def cut_video(source: Path, target: Path, start_s: float, end_s: float) -> CutVideo:
    """Write the frames from `start_s` to `end_s` of a video to `target`, an .mp4 file, in a child process.

    Raises:
        InputError: it is no video that can be read, or holds nothing in that time.
    """
    request = {"source": str(source), "target": str(target), "start_s": start_s, "end_s": end_s}
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "posespotter.media.cut"],
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name in ENVIRONMENT},
            timeout=30.0 + 4.0 * end_s,  # to start, and for each second of video, on a busy machine
            check=False,
        )
        answer: dict[str, Any] = json.loads(child.stdout)
        if "refused" in answer:
            raise InputError(str(answer["refused"]))
        return CutVideo(target, answer["width"], answer["height"], answer["fps"], answer["frames"])
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("The recording could not be read; it is damaged, or made to do harm.") from None


def _cut(source: Path, target: Path, start_s: float, end_s: float) -> CutVideo:
    times = []
    with VideoSource(source) as video:
        width, height = video.info.width, video.info.height
        chosen = (frame for frame in video if start_s <= frame.time_s)
        first = next(chosen, None)
        if first is None or first.time_s > end_s:
            raise InputError(f"The recording has no picture from {start_s:.1f} to {end_s:.1f} s.")
        with VideoWriter(target, (width, height), video.info.fps) as writer:
            writer.write(first.image, first.time_s)
            times.append(first.time_s)
            for frame in chosen:
                if frame.time_s > end_s:
                    break
                writer.write(frame.image, frame.time_s)
                times.append(frame.time_s)
    spans_s = times[-1] - times[0]
    fps = (len(times) - 1) / spans_s if spans_s > 0 else video.info.fps
    return CutVideo(target, width, height, fps, len(times))


def _confine(memory_bytes: int = 4 << 30) -> None:
    """Limit memory to that of decoder, encoder and frames of the largest picture, and lower the priority.

    Windows has neither.
    """
    if sys.platform == "win32":
        return
    import resource

    os.nice(5)  # a live session may need the processor meanwhile
    with suppress(ValueError, OSError):  # macOS knows no limit of address space
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.read())
    _confine()
    try:
        done = _cut(Path(request["source"]), Path(request["target"]), request["start_s"], request["end_s"])
        answer: dict[str, Any] = asdict(done) | {"path": str(done.path)}
    except PoseSpotterError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": "The recording asks for too much memory."}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
