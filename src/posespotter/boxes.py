"""Boxes, x0, y0, x1, y1 in px, and what they have in common."""

import numpy as np

from posespotter.arrays import Array, Float32


def areas(boxes: Array) -> Array:
    """(M,) area of each of (M, 4) boxes, px²."""
    return np.asarray(np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=-1))


def longer_sides(boxes: Array) -> Array:
    """(M,) the longer side of each of (M, 4) boxes, px."""
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).max(axis=1))


def common_areas(first: Array, second: Array) -> Array:
    """(M, N) area that lies in each of (M, 4) and in each of (N, 4) boxes, px²."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.asarray(np.prod(np.clip(high - low, 0, None), axis=-1))


def box_iou(first: Array, second: Array) -> Float32:
    """(M, N) overlap of (M, 4) and (N, 4) boxes: area in common over area in all, 0..1; 0 for NaN and empty ones."""
    common = common_areas(first, second)
    union = areas(first)[:, None] + areas(second)[None] - common
    overlap: Float32 = np.divide(common, union, out=np.zeros_like(common), where=union > 0).astype(np.float32)
    return overlap


def apart(first: Array, second: Array) -> Array:
    """(M, N) distance of the middles of (M, 4) and (N, 4) boxes, in diagonals of the larger one."""
    along = (first[:, None, :2] + first[:, None, 2:] - second[None, :, :2] - second[None, :, 2:]) / 2
    diagonals = [np.linalg.norm(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second)]
    size = np.maximum(diagonals[0][:, None], diagonals[1][None]).clip(1e-6)
    return np.asarray(np.linalg.norm(along, axis=-1) / size)
