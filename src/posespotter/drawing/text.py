"""Small pictures of text, drawn once and then laid over frames: letters with soft edges in any size and language."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from posespotter.arrays import Image
from posespotter.drawing.colours import PALETTE, Rgb

LINES_A_PICTURE = 32
"""Lines of text that the shorter side of a picture has room for."""
Weight = Literal["regular", "bold"]

_FILES = {"regular": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}


@lru_cache(maxsize=64)
def font(px: int, weight: Weight = "bold") -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which Matplotlib brings along, with letters `px` high from line to line."""
    from matplotlib import get_data_path

    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / _FILES[weight]), px)


def text_width(text: str, px: int, weight: Weight = "bold") -> int:
    """Width of a line of text, px."""
    return round(font(px, weight).getlength(text))


@lru_cache(maxsize=512)
def label(text: str, px: int, ink: Rgb = PALETTE.ink, edge: Rgb = PALETTE.paper) -> Image:
    """(H, W, 4) BGRA: bare letters with an edge, legible on anything and hiding little."""
    width = max(1, round(px / 7))
    box = font(px).getbbox(text, stroke_width=width)
    tile = Pictures.new("RGBA", (round(box[2] - box[0]) + 1, round(box[3] - box[1]) + 1), (*edge, 0))
    ImageDraw.Draw(tile).text((-box[0], -box[1]), text, (*ink, 255), font(px), stroke_width=width, stroke_fill=edge)
    return bgra(tile)


def bgra(tile: Pictures.Image) -> Image:
    """(H, W, 4) in the order of OpenCV."""
    return np.ascontiguousarray(np.asarray(tile)[:, :, [2, 1, 0, 3]])


def lay(image: Image, tile: Image, x: int, y: int) -> None:
    """Lay a (H, W, 4) tile over `image` in place, with its left upper corner at x, y; what is outside is cut off."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + tile.shape[1]), min(height, y + tile.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = tile[y0 - y : y1 - y, x0 - x : x1 - x].astype(np.uint16)
    under = image[y0:y1, x0:x1]
    alpha = part[:, :, 3:]
    under[:] = ((part[:, :, :3] * alpha + under * (255 - alpha)) // 255).astype(np.uint8)
