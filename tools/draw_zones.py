"""Make docs/figures/falls-zones.jpg: one person lies down in bed, another falls beside it.

python tools/draw_zones.py
"""

import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.falls.movements import FALLS, LIES_DOWN, Actor, film  # noqa: E402  the stick people of the tests

from posespotter.drawing.fall_overlay import FallDrawing  # noqa: E402
from posespotter.falls.detect import detect_falls  # noqa: E402
from posespotter.falls.zones import Zone  # noqa: E402

SHOWN_S = 15.0
FLOOR, WALL = (122, 138, 148), (196, 200, 204)
BED = Zone("bed", "bed", ((0.02, 0.62), (0.44, 0.62), (0.48, 0.98), (0.02, 0.98)))
MATTRESS = (214, 206, 190)


def main() -> None:
    """Draw and store the picture."""
    falls_later = [(0.0, FALLS[0][1]), *((time_s + 6.0, angles) for time_s, angles in FALLS[1:]), (16.0, FALLS[-1][1])]
    poses = film(
        Actor(LIES_DOWN, x_px=270.0, floor_px=390.0, height_px=240.0),
        Actor(falls_later, x_px=350.0, floor_px=430.0, height_px=240.0, track_id=2),
        seconds=SHOWN_S + 1,
    )
    poses = replace(poses, source="sticks", pose_model="movenet-thunder")
    analysis = detect_falls(poses, zones=[BED])
    width, height = poses.frame_size
    room = np.full((height, width, 3), WALL, np.uint8)
    room[int(0.55 * height) :] = FLOOR
    corners = (np.array(BED.polygon) * (width, height)).astype(np.int32)
    cv2.fillPoly(room, [corners], MATTRESS, cv2.LINE_AA)
    picture = FallDrawing(poses, analysis, [BED]).frame(room, round(SHOWN_S * poses.fps), SHOWN_S)
    target = ROOT / "docs" / "figures" / "falls-zones.jpg"
    target.write_bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes())
    sys.stdout.write(f"{target}: {[(event.track_id, round(event.alert_s, 1)) for event in analysis.events]}\n")


if __name__ == "__main__":
    main()
