"""Draw the joints of somebody who stands, falls and stays on the floor: poses to try out fall detection with.

Usage: python examples/draw_a_fall.py room.parquet
"""

import sys

import numpy as np

from posespotter import COCO17, PoseSequence

FPS, HEIGHT_PX, FLOOR_PX = 25, 200, 400
# Of each joint of COCO, in its order: how far to the right of the feet and how far above them, in standing heights.
STANDING = np.array(
    [(0.02, 0.93), (0.03, 0.95), (0.01, 0.95), (0.0, 0.94), (-0.02, 0.94), (0.11, 0.82), (-0.11, 0.82), (0.13, 0.64),
     (-0.13, 0.64), (0.14, 0.48), (-0.14, 0.48), (0.08, 0.53), (-0.08, 0.53), (0.08, 0.28), (-0.08, 0.28),
     (0.08, 0.04), (-0.08, 0.04)]
)  # fmt: skip


def main(path: str) -> None:
    time_s = np.arange(0, 10, 1 / FPS)
    # Upright until 4 s, then over the feet to the right as a pole falls, slowly first, and on the floor from 4.9 s on.
    angle = np.pi / 2 * np.clip((time_s - 4) / 0.9, 0, 1) ** 2
    right, up = STANDING[:, 0], STANDING[:, 1]
    x = 300 + HEIGHT_PX * (np.cos(angle)[:, None] * right + np.sin(angle)[:, None] * up)
    y = FLOOR_PX - HEIGHT_PX * np.maximum(np.cos(angle)[:, None] * up - np.sin(angle)[:, None] * right, 0.02)
    tremor = np.random.default_rng(0).normal(0, 1.0, (len(time_s), 17, 2))
    poses = PoseSequence.from_arrays(
        np.stack([x, y], axis=2) + tremor,
        skeleton=COCO17,
        scores=np.full((len(time_s), 17), 0.8),
        time_s=time_s,
        fps=FPS,
        frame_size=(640, 480),
        source="room.mp4",
    )
    poses.to_parquet(path)
    print(poses)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
