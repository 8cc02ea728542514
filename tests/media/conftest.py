"""Clips that the tests make themselves: every codec and container, with every fault that real files have."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

FAST = {
    "libvpx-vp9": {"cpu-used": "8", "deadline": "realtime"},
    "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"},
    "libx265": {"x265-params": "log-level=none", "preset": "ultrafast"},
}
MakeVideo = Callable[..., Path]

CORNERS = {"red": (0, 0, 255), "green": (0, 255, 0), "blue": (255, 0, 0), "white": (255, 255, 255)}


def level(index: int) -> int:
    """The grey of frame `index` in a clip made here."""
    return 40 + (index * 23) % 180


def grey(index: int, width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), level(index), np.uint8)


def quarters(_: int, width: int, height: int) -> np.ndarray:
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = np.empty((height, width, 3), np.uint8)
    for number, colour in enumerate(CORNERS.values()):
        row, column = divmod(number, 2)
        image[row * height // 2 : (row + 1) * height // 2, column * width // 2 : (column + 1) * width // 2] = colour
    return image


def corners(image: np.ndarray) -> str:
    """Names of the colours in the corners: top left, top right, bottom left, bottom right."""
    height, width = image.shape[:2]
    names = []
    for row in (height // 8, height - height // 8 - 1):
        for column in (width // 8, width - width // 8 - 1):
            distance = {name: np.abs(image[row, column].astype(int) - bgr).sum() for name, bgr in CORNERS.items()}
            names.append(min(distance, key=distance.__getitem__))
    return " ".join(names)


@pytest.fixture
def pictures() -> SimpleNamespace:
    """The pictures of `make_video`, and how to recognise them."""
    return SimpleNamespace(level=level, grey=grey, quarters=quarters, corners=corners)


@contextmanager
def usual_priority() -> Iterator[None]:
    """As root SVT-AV1 gives the thread that calls it the highest real-time priority, for good.

    All processes that are started afterwards would have it too, and a busy one of them stops the machine.
    """
    try:
        yield
    finally:
        if hasattr(os, "sched_setscheduler"):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    @usual_priority()
    def make(
        name: str,
        n: int = 12,
        *,
        codec: str = "libx264",
        size: tuple[int, int] = (64, 48),
        fps: float = 30,
        times_s: Sequence[float] | None = None,
        picture: Callable[[int, int, int], np.ndarray] = grey,
        pix_fmt: str = "yuv420p",
        options: dict[str, str] | None = None,
        muxer: dict[str, str] | None = None,
        prepare: Callable[[Any], None] | None = None,
        sound: bool = False,
        container: str | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", options=muxer or {}, format=container) as output:
            rate = Fraction(fps).limit_denominator(1001)
            stream = output.add_stream(codec, rate=rate, options=options or FAST.get(codec, {}))
            stream.width, stream.height = size
            stream.pix_fmt = pix_fmt
            if times_s is not None:
                stream.codec_context.time_base = Fraction(1, 90_000)
            if prepare:
                prepare(stream)
            voice = output.add_stream("aac", rate=48_000) if sound else None
            for index in range(n):
                frame = av.VideoFrame.from_ndarray(picture(index, *size), "bgr24")
                if times_s is not None:
                    frame.pts, frame.time_base = round(times_s[index] * 90_000), Fraction(1, 90_000)
                else:
                    frame.pts = index
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
            if voice is not None:
                hiss = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), "fltp", "mono")
                hiss.sample_rate = 48_000
                output.mux(voice.encode(hiss))
                output.mux(voice.encode(None))
        return path

    return make
