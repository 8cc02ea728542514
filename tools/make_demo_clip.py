"""Make docs/demo/two_people.mp4, the clip that ships with the project, from Sports2D's demo recording (BSD-3-Clause).

Usage: python tools/make_demo_clip.py sports2d-0.8.34-py3-none-any.whl docs/demo/two_people.mp4
The wheel comes from `pip download --no-deps sports2d==0.8.34`. NOTICE has the names and the licence.
"""

import argparse
import tempfile
import zipfile
from pathlib import Path

import cv2

from posespotter.media import VideoWriter, open_source

MEMBER = "Sports2D/Demo/demo.mp4"
FIRST, LAST = 45, 165  # one person on a shed, one walking by, both in the picture
WIDTH = 960


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(arguments.wheel) as archive:
            recording = archive.extract(MEMBER, folder)
        with open_source(recording) as source:
            height = round(source.info.height * WIDTH / source.info.width / 2) * 2
            frames = (frame for frame in source if FIRST <= frame.index <= LAST)
            with VideoWriter(arguments.target, (WIDTH, height), source.info.fps) as video:
                for frame in frames:
                    small = cv2.resize(frame.image, (WIDTH, height), interpolation=cv2.INTER_AREA)
                    video.write(small, frame.time_s)
    print(f"{arguments.target}: {arguments.target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
