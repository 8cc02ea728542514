"""Short clips for tests, cut from the project's own one."""

from pathlib import Path

import cv2

from posespotter.media import VideoWriter, open_source


def cut(source: Path, target: Path, n: int, *, first: int = 20, size: tuple[int, int] = (480, 270)) -> Path:
    """`n` frames of `source` from frame `first`, there and back again as often as needed; its index stands in front."""
    with open_source(source) as opened:
        frames = [frame.image for frame in opened if first <= frame.index < first + min(n, 60)]
    frames = [cv2.resize(image, size, interpolation=cv2.INTER_AREA) for image in frames]
    frames += frames[-2:0:-1]
    with VideoWriter(target, size, 30) as video:
        for index in range(n):
            video.write(frames[index % len(frames)], index / 30)
    return target
