"""Does the live path keep up, and does its memory stay flat?

A clip is scaled to 640x480, looped, and played at 30 frames a second as a camera would give it. Printed: frames looked
at each second, frames dropped, latency from a frame's arrival to its joints, and the slope of the resident memory.

Usage: python benchmarks/live.py [CLIP] [--seconds 600] [--pose movenet-lightning]
"""

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from posespotter import PoseEstimator, PoseStream
from posespotter.media import Frame, PacedSource, Source, SourceInfo, open_source

DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo" / "two_people.mp4"
SIZE = (640, 480)
FPS = 30.0
WARM_UP_S = 30.0


class LoopedClip(Source):
    """A clip in memory, scaled and repeated, forwards and backwards, for `seconds`."""

    def __init__(self, path: Path, seconds: float) -> None:
        with open_source(path) as source:
            self._images = [cv2.resize(frame.image, SIZE) for frame in source]
        self._n = round(seconds * FPS)
        self.info = SourceInfo(path.name, "video", *SIZE, FPS, self._n, live=False)
        self.warnings: list[str] = []

    def __iter__(self) -> Iterator[Frame]:
        there_and_back = [*self._images, *self._images[-2:0:-1]]
        for i in range(self._n):
            yield Frame(i, i / FPS, there_and_back[i % len(there_and_back)].copy())


def resident_mb() -> float:
    """Memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path, nargs="?", default=DEMO)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--pose", default="movenet-lightning")
    arguments = parser.parse_args()
    estimator = PoseEstimator(pose=arguments.pose)
    latencies, times, memory = [], [], []
    start = time.perf_counter()
    with PoseStream(PacedSource(LoopedClip(arguments.clip, arguments.seconds)), estimator) as stream:
        for live in stream:
            latencies.append(live.latency_s)
            if live.frame.index % 30 == 0:
                times.append(time.perf_counter() - start)
                memory.append(resident_mb())
        dropped = stream.dropped
    wall_s = time.perf_counter() - start
    settled = np.array(times) > min(WARM_UP_S, arguments.seconds / 3)
    slope = np.polyfit(np.array(times)[settled] / 60, np.array(memory)[settled], 1)[0]
    p50, p95, p99 = np.percentile(latencies, [50, 95, 99]) * 1000
    print("| pose | seconds | frames/s looked at | dropped | latency p50, p95, p99 (ms) | RSS (MB) | slope (MB/min) |")
    print("|---|---|---|---|---|---|---|")
    rate = f"{len(latencies) / wall_s:.1f} | {dropped} | {p50:.0f}, {p95:.0f}, {p99:.0f}"
    print(f"| {arguments.pose} | {wall_s:.0f} | {rate} | {memory[-1]:.0f} | {slope:+.2f} |")


if __name__ == "__main__":
    main()
