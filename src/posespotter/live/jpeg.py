"""Decoding of the pictures that a browser sends, checked by their header first."""

import cv2
import numpy as np

from posespotter.arrays import Image
from posespotter.errors import InputError
from posespotter.live.limits import LIMITS
from posespotter.media.sources.images import MIN_SIDE_PX

_START, _END = b"\xff\xd8", b"\xff\xd9"
_BASELINE = 0xC0  # markers: JPEG, ITU-T T.81, table B.1
# Every other kind of frame: extended, progressive (many passes over the picture: a way to burn time), lossless, ...
_OTHER_FRAMES = frozenset(range(0xC1, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA  # where the picture's data begin
_FLAGS = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


def decode_jpeg(data: bytes) -> Image:
    """A baseline JPEG, as every browser's canvas makes it, as (H, W, 3) uint8 BGR.

    Raises:
        InputError: it is too large in bytes or in pixels, too small, cut off, or no such picture.
    """
    if len(data) > LIMITS.jpeg_bytes:
        raise InputError(f"frame: expected at most {LIMITS.jpeg_bytes} bytes, got {len(data)}.")
    width, height = jpeg_size(data)
    if min(width, height) < MIN_SIDE_PX or width * height > LIMITS.pixels:
        raise InputError(
            f"frame: expected {MIN_SIDE_PX}x{MIN_SIDE_PX} to 1920x1080 px or as many pixels, got {width}x{height}."
        )
    if not data.rstrip(b"\0").endswith(_END):
        raise InputError("frame: expected a whole JPEG picture, got one that is cut off.")
    try:
        image: Image | None = cv2.imdecode(np.frombuffer(data, np.uint8), _FLAGS)
    except cv2.error:
        image = None
    if image is None or image.shape != (height, width, 3):
        raise InputError("frame: expected a JPEG picture that can be decoded.")
    return image


def jpeg_size(data: bytes) -> tuple[int, int]:
    """(width, height) in px, as the header says.

    Raises:
        InputError: there is no header of a baseline JPEG.
    """
    if not data.startswith(_START):
        raise InputError("frame: expected a JPEG picture, got something else.")
    place = len(_START)
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # padding before a marker
            place += 1
            continue
        if marker == _BASELINE:
            return int.from_bytes(data[place + 7 : place + 9]), int.from_bytes(data[place + 5 : place + 7])
        if marker in _OTHER_FRAMES:
            raise InputError("frame: expected a baseline JPEG, got another kind.")
        if marker == _SCAN:
            break
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
    raise InputError("frame: expected a JPEG picture, got one without a header.")
