"""A camera that shows a clip, for Chromium."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Browser, Playwright
from tests.browser.running import launch

from posespotter.arrays import Image
from posespotter.media import open_source

SIZE = (640, 480)


def pictures(clip: Path, n: int, every: int = 1) -> Iterator[Image]:
    """Every `every`-th frame of a clip, `n` at most, in the middle of a black picture of the camera's size."""
    width, height = SIZE
    with open_source(clip) as source:
        for frame in source:
            if frame.index >= n * every:
                return
            if frame.index % every:
                continue
            scale = min(width / frame.image.shape[1], height / frame.image.shape[0])
            small = cv2.resize(frame.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            picture = np.zeros((height, width, 3), np.uint8)
            top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
            picture[top : top + small.shape[0], left : left + small.shape[1]] = small
            yield picture


def write_y4m(clip: Path, target: Path, n: int, fps: int = 30, every: int = 1) -> Path:
    """The clip as Chromium's fake camera wants it; it is shown over and over."""
    with target.open("wb") as file:
        file.write(f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures(clip, n, every):
            file.write(b"FRAME\n")
            file.write(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).tobytes())
    return target


@contextmanager
def browser_with_camera(playwright: Playwright, video: Path) -> Iterator[Browser]:
    """Chromium with a camera that shows `video`, and whose user allows it."""
    browser = launch(
        playwright,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    )
    try:
        yield browser
    finally:
        browser.close()
