"""The child of `guard`: reads strangers' files under limits that it cannot lift again, and reports what they hold.

Started as a program of its own. It gets one JSON object on stdin and writes one JSON object a line for each file.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import av

from posespotter.errors import InputError
from posespotter.media.containers.clock import Clock
from posespotter.media.containers.container import Opening, open_container, video_stream
from posespotter.media.containers.reading import Reading
from posespotter.media.containers.survey import packet_times
from posespotter.media.inspection.guard import Checked, UploadLimits
from posespotter.media.inspection.sniff import PICTURES, sniff
from posespotter.media.sources.images import read_image
from posespotter.media.sources.video import file_opening
from posespotter.settings import settings


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.read())
    limits = UploadLimits(**request["limits"])
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  what libraries print is no answer
        os.dup2(nowhere.fileno(), 1)
    allow_cpu_s = _confine(limits)
    for path in request["paths"]:
        allow_cpu_s(limits.cpu_s)
        answers.write(json.dumps(_inspect(Path(path), limits)).encode() + b"\n")


def _inspect(path: Path, limits: UploadLimits) -> dict[str, Any]:
    try:
        return asdict(_picture(path, limits) if sniff(path) in PICTURES else _video(path, limits))
    except InputError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": f"{path}: expected a picture or video, got one that asks for too much memory."}


def _picture(path: Path, limits: UploadLimits) -> Checked:
    _limit_pixels(limits.image_megapixels)
    height, width = read_image(path).shape[:2]
    return Checked("image", width, height, 0.0, 1, 0.0, sniff(path))


def _video(path: Path, limits: UploadLimits) -> Checked:
    _limit_pixels(limits.video_megapixels)
    opening = file_opening(path)
    times_s, codec = _count(opening, limits)
    reading = Reading(opening)
    try:
        (width, height), fps = reading.size, reading.fps
        # Of the times as they will be, not as a stray one among them claims.
        seconds = max((time_s for _, time_s in Clock(fps).timed(times_s, lambda stamp: stamp)), default=0.0) + 1 / fps
        if seconds > limits.seconds:
            raise InputError(
                f"{path}: expected a video of at most {limits.seconds / 60:g} minutes, got {seconds / 60:.1f}. "
                "Cut it, or raise the limit on the Settings page (POSESPOTTER_MAX_VIDEO_MINUTES)."
            )
        _decode_some(reading)
    finally:
        reading.close()
    known_s = [time_s for time_s in times_s if time_s is not None]
    for place in (len(known_s) // 2, -1) if known_s else ():
        _decode_at(opening, known_s[place])
    return Checked("video", width, height, fps, max(len(times_s), 1), round(seconds, 3), codec)


def _count(opening: Opening, limits: UploadLimits) -> tuple[list[float | None], str]:
    """The container's time of each frame and the codec, by reading the file through without decoding it."""
    times_s: list[float | None] = []
    with open_container(opening) as container:
        stream = video_stream(container, opening)
        codec = stream.codec_context.codec.canonical_name
        for time_s, _ in packet_times(container, stream):  # cut off: what came so far counts
            times_s.append(time_s)
            if len(times_s) > limits.frames:
                raise InputError(
                    f"{opening.label}: expected a video of at most {limits.frames} frames, got more. "
                    "Cut it, or raise the limit (POSESPOTTER_MAX_VIDEO_FRAMES)."
                )
    return times_s, codec


def _decode_some(reading: Reading) -> None:
    until_s = time.process_time() + 1.0  # of the beginning; then the middle and the end
    for decoded in reading.frames():
        reading.image(decoded.frame)
        if time.process_time() > until_s:
            return


def _decode_at(opening: Opening, time_s: float) -> None:
    """Decode a little from the key frame before a moment on; damage there is no reason to refuse the rest."""
    with suppress(av.FFmpegError), open_container(opening) as container:
        stream = video_stream(container, opening)
        container.seek(int(time_s * av.time_base))
        for number, packet in enumerate(container.demux(stream)):
            if number > 30:  # to try at each of these
                return
            with suppress(av.FFmpegError):
                stream.decode(packet)


def _limit_pixels(megapixels: float) -> None:
    """Let the readers refuse what is larger by its header, before anything is decoded."""
    os.environ["POSESPOTTER_MAX_IMAGE_MEGAPIXELS"] = str(megapixels)
    settings.cache_clear()


def _confine(limits: UploadLimits) -> Callable[[int], None]:
    """Give up rights for good: memory, processor time, writing files. Returns how to grant time for the next file.

    Windows has none of these limits; there the parent's clock alone guards.
    """
    if sys.platform == "win32":
        return lambda _seconds: None
    import resource

    def lower(which: int, most: int) -> None:
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(which, (most, most))

    lower(resource.RLIMIT_AS, _address_space_bytes() + limits.memory_bytes)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_NOFILE, 16 + 3)  # beyond those that are open

    def allow_cpu_s(seconds: int) -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))

    return allow_cpu_s


def _address_space_bytes() -> int:
    """Current address space of this process."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main()
