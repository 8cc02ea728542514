"""Pictures from files, as upright 8-bit BGR."""

import math
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
from PIL import BmpImagePlugin, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL import Image as Pillow

from posespotter.arrays import Image
from posespotter.errors import InputError
from posespotter.media.inspection.sniff import PICTURES, sniff
from posespotter.settings import settings

MIN_SIDE_PX = 16
"""Smaller pictures and videos are refused: nobody can be recognised in them."""

# Opened by class, not by PIL.Image.open, whose own limit is another one and reads as a warning about attacks.
_READERS: dict[str, Callable[[BinaryIO], Pillow.Image]] = {
    "jpeg": JpegImagePlugin.JpegImageFile,
    "png": PngImagePlugin.PngImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
}
# What Pillow's readers raise on damaged files.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)


def read_image(path: str | Path) -> Image:
    """Read a JPEG, PNG, WebP or BMP file as an (H, W, 3) uint8 BGR array, turned upright as its EXIF data say.

    16-bit pictures are scaled to 8 bit, transparency is laid over white as picture viewers do, CMYK is converted
    without its colour profile; of an animation the first picture is taken.

    Raises:
        InputError: the file is missing, empty, cut off, no such picture, or smaller or larger than is allowed.
    """
    path = Path(path)
    kind = sniff(path)
    if kind not in PICTURES:
        raise InputError(f"{path}: expected a picture (JPEG, PNG, WebP, BMP), got a video. Open it as a video.")
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on EXIF data are of no use to users
            picture = _READERS[kind](file)
            check_size(str(path), picture.width, picture.height)
            picture.load()
            return _to_bgr(_upright(picture))
    except InputError:
        raise
    except Pillow.DecompressionBombError as error:  # of its WebP reader, which checks before we can
        most = min(settings().max_image_megapixels, 2 * (Pillow.MAX_IMAGE_PIXELS or math.inf) / 1e6)
        raise InputError(f"{path}: expected at most {most:.4g} megapixels, got more. Make it smaller.") from error
    except _DAMAGE as error:
        raise InputError(f"{path}: expected a whole picture, got one that is cut off or damaged ({error}).") from error


def check_size(name: str, width: int, height: int) -> None:
    """Refuse a picture or video by the size in its header, before it is decoded.

    Raises:
        InputError: a side is under 16 px, or there are more pixels than `settings().max_image_megapixels`.
    """
    limit = settings().max_image_megapixels
    if min(width, height) < MIN_SIDE_PX:
        raise InputError(f"{name}: expected at least {MIN_SIDE_PX}x{MIN_SIDE_PX} px, got {width}x{height}.")
    if width * height > limit * 1e6:
        raise InputError(
            f"{name}: expected at most {limit:g} megapixels, got {width}x{height} "
            f"({width * height / 1e6:.0f} megapixels). Make it smaller, or raise POSESPOTTER_MAX_IMAGE_MEGAPIXELS."
        )


def _upright(picture: Pillow.Image) -> Pillow.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except _DAMAGE:  # unreadable EXIF data say nothing about the picture
        return picture


def _to_bgr(picture: Pillow.Image) -> Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        wide = np.asarray(picture).astype(np.float64)
        return _bgr(np.round(np.clip(wide, 0, 65535) / 257).astype(np.uint8))
    if picture.mode in {"LA", "PA", "RGBA", "RGBa", "La"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Pillow.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Pillow.alpha_composite(white, picture)
    return _bgr(np.asarray(picture.convert("RGB")))


def _bgr(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> Image:
    """(H, W) grey or (H, W, 3) RGB as BGR."""
    code = cv2.COLOR_GRAY2BGR if pixels.ndim == 2 else cv2.COLOR_RGB2BGR
    bgr: Image = cv2.cvtColor(pixels, code)
    return bgr
