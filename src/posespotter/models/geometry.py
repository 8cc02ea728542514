"""Cutting model inputs out of pictures: letterboxes and turned squares, and the way back."""

import cv2
import numpy as np

from posespotter.arrays import Array, Float32, Image


def letterbox(image: Image, size: int, fill: int) -> tuple[Image, float]:
    """Scale `image` to fit into a square, with padding to the right and below, as MMDetection does.

    Args:
        image: any picture.
        size: side of the square, px.
        fill: grey level of the padding.

    Returns:
        the padded picture, and the scale: x_out = x_in * scale.
    """
    scale = size / max(image.shape[:2])
    inner = (max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale)))
    out = np.full((size, size, 3), fill, np.uint8)
    # INTER_LINEAR reads four pixels whatever the scale, as the model's own pipeline does.
    cv2.resize(image, inner, dst=out[: inner[1], : inner[0]], interpolation=cv2.INTER_LINEAR)
    return out, scale


def square_to_crop(square: Array, size: int) -> Float32:
    """(2, 3) affine matrix from px of the picture to px of a `size` x `size` crop of a turned square.

    Args:
        square: (4,) centre x, centre y, side (px), angle (radians, clockwise from upright).
        size: side of the crop, px.
    """
    x, y, side, angle = (float(v) for v in square)
    scale = size / side
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    return np.array([[cos, sin, size / 2 - cos * x - sin * y], [-sin, cos, size / 2 + sin * x - cos * y]], np.float32)


def cut(image: Image, matrix: Array, size: tuple[int, int], border: int = cv2.BORDER_CONSTANT) -> Image:
    """The part of a picture that a (2, 3) affine matrix maps into `size` (width, height), by linear interpolation.

    Args:
        image: any picture.
        matrix: from px of the picture to px of the part.
        size: of the part, px.
        border: what lies outside of the picture, as OpenCV names it.
    """
    width, height = size
    inverse = cv2.invertAffineTransform(matrix)
    y = (
        inverse[1, 2]
        + np.array([0.0, width, 0.0, width]) * inverse[1, 0]
        + np.array([0.0, 0.0, height, height]) * inverse[1, 1]
    )
    rows = image[max(0, int(y.min())) : max(0, int(y.max()) + 2)]
    if 0 < rows.nbytes <= 4_000_000:  # of rows that a core's cache can hold until they are used
        # Another core has just decoded this picture. Interpolation jumps from row to row, waiting for memory at each
        # (1.0 ms of 720p); read once in order, the rows are in this core's cache (0.1 ms, and 0.25 ms to interpolate).
        rows.max()
    part: Image = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)
    return part


def normalised(image: Image, scale: Array, offset: Array, *, rgb: bool = False) -> Float32:
    """(1, 3, H, W) `image` times `scale` plus `offset`, each of one number a channel.

    Args:
        image: any picture.
        scale, offset: (3,) in the order of the result's channels.
        rgb: put the channels into this order; they stay blue, green, red otherwise.
    """
    tensor = np.empty((1, 3, *image.shape[:2]), np.float32)
    channels = cv2.split(image)  # NumPy reads what lies together several times as fast as every third byte
    for plane, channel, factor, shift in zip(
        tensor[0], channels[::-1] if rgb else channels, scale, offset, strict=True
    ):
        np.multiply(channel, factor, out=plane)
        np.add(plane, shift, out=plane)
    return tensor


def crop_to_picture(points: Float32, squares: Float32, size: int) -> Float32:
    """(M, K, 2) px of `size` x `size` crops of (M, 4) turned squares as px of the picture."""
    offset = (points / size - 0.5) * squares[:, None, 2:3]
    cos, sin = np.cos(squares[:, None, 3]), np.sin(squares[:, None, 3])
    x = offset[..., 0] * cos - offset[..., 1] * sin + squares[:, None, 0]
    y = offset[..., 0] * sin + offset[..., 1] * cos + squares[:, None, 1]
    return np.stack([x, y], -1).astype(np.float32)


def extent(keypoints: Float32, seen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Float32:
    """(M, 4) boxes around the (M, K, 2) keypoints where the (M, K) mask is true; NaN where none is."""
    low = np.where(seen[..., None], keypoints, np.inf).min(1)
    high = np.where(seen[..., None], keypoints, -np.inf).max(1)
    boxes = np.concatenate([low, high], 1)
    return np.where(np.isfinite(boxes), boxes, np.nan).astype(np.float32)


def clip_boxes(boxes: Float32, image: Image) -> Float32:
    """Boxes cut to the picture."""
    height, width = image.shape[:2]
    return np.clip(boxes, 0, np.array([width, height, width, height], np.float32)).astype(np.float32)
