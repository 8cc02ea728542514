"""Turn decoded frames into pictures as people see them: upright, square pixels, 8-bit BGR, of one size."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from posespotter.arrays import Image

# FFmpeg's number for "the file does not say"; players then take BT.709 for anything larger than PAL, and so do we.
_UNTAGGED = 2
# FFmpeg's numbers for what its scaler converts; at any other (YCgCo, ICtCp, damage) it gives up.
_MATRICES = frozenset({0, 1, _UNTAGGED, 4, 5, 6, 7, 9})
_RANGES = frozenset({ColorRange.UNSPECIFIED, ColorRange.MPEG, ColorRange.JPEG})
PAL_WIDTH, PAL_HEIGHT = 1024, 576  # with square pixels; what is larger is HD


class Upright:
    """Turns the decoded frames of one video into upright 8-bit BGR pictures.

    Rotation and mirroring of the display matrix are obeyed (to the nearest quarter turn), pixels that are not square
    are made so by width, deeper colours are brought to 8 bit. High dynamic range is not tone-mapped: it looks pale.
    A colour matrix or range that FFmpeg cannot convert is taken for one that the file does not say.

    Args:
        pixel_aspect: width of a pixel over its height, None where unknown.
    """

    def __init__(self, pixel_aspect: Fraction | None) -> None:
        self._pixel_aspect = pixel_aspect
        # One for all frames: `frame.to_ndarray(format=...)` sets up its own each time, which takes as long as the work.
        self._reformatter = VideoReformatter()
        self._rotation_deg: int | None = None
        self._turn = _Turn(transposed=False, mirror_x=False, mirror_y=False)

    def image(self, frame: av.VideoFrame) -> Image:
        """`frame` as a picture.

        Raises:
            av.FFmpegError: it cannot be converted.
        """
        if frame.colorspace not in _MATRICES:
            frame.colorspace = _UNTAGGED
        if frame.color_range not in _RANGES:
            frame.color_range = ColorRange.UNSPECIFIED
        options: dict[str, Any] = {"threads": 1}  # waking others for a fraction of a millisecond costs more
        if frame.colorspace == _UNTAGGED and (frame.width > PAL_WIDTH or frame.height > PAL_HEIGHT):
            options["src_colorspace"] = Colorspace.ITU709
        width = display_width(frame.width, self._pixel_aspect)
        if width != frame.width:
            options |= {"width": width, "interpolation": Interpolation.BICUBIC}
        image: Image = self._reformatter.reformat(frame, format="bgr24", **options).to_ndarray()  # type: ignore[assignment]
        # Side data are read only when the rotation changes: in PyAV they and their frame keep each other alive
        # until garbage is collected, which adds up to hundreds of megabytes.
        if frame.rotation != self._rotation_deg:
            self._rotation_deg = frame.rotation
            self._turn = _turn_of(frame)
        return self._turn.apply(image)


@dataclass(frozen=True)
class _Turn:
    """One of the eight ways to put a picture upright: transposed first, then mirrored."""

    transposed: bool
    mirror_x: bool
    mirror_y: bool

    def apply(self, image: Image) -> Image:
        if self.transposed:
            image = cv2.transpose(image)
        if self.mirror_x or self.mirror_y:
            image = cv2.flip(image, -1 if self.mirror_x and self.mirror_y else int(self.mirror_x))
        return image


def _turn_of(frame: av.VideoFrame) -> _Turn:
    """The display matrix: x' = a x + c y, y' = b x + d y, both axes seen from the middle."""
    data: Any = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return _Turn(transposed=False, mirror_x=False, mirror_y=False)
    (a, b, _), (c, d, _), _ = np.frombuffer(bytes(data), np.int32).reshape(3, 3).tolist()
    if abs(b) + abs(c) > abs(a) + abs(d):
        return _Turn(transposed=True, mirror_x=c < 0, mirror_y=b < 0)
    return _Turn(transposed=False, mirror_x=a < 0, mirror_y=d < 0)


def display_width(width: int, pixel_aspect: Fraction | None) -> int:
    """The width in square px of a picture that is `width` px wide."""
    # Pixel shapes nearer to square than 2 % come from cropping; undoing them costs sharpness and is below a pixel of
    # error for a person of 50 px. Ratios beyond 4 are damage.
    if not pixel_aspect or abs(pixel_aspect - 1) < 0.02 or not 1 / 4 <= pixel_aspect <= 4:
        return width
    return max(1, round(width * pixel_aspect))


def fit(image: Image, width: int, height: int) -> Image:
    """`image` scaled to fit into `width` x `height` px with its shape kept, black bars around it."""
    rows, columns = image.shape[:2]
    if (columns, rows) == (width, height):
        return image
    scale = min(width / columns, height / rows)
    w, h = max(1, min(width, round(columns * scale))), max(1, min(height, round(rows * scale)))
    out = np.zeros((height, width, 3), np.uint8)
    top, left = (height - h) // 2, (width - w) // 2
    out[top : top + h, left : left + w] = cv2.resize(
        image, (w, h), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    return out
