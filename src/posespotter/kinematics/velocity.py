"""Speeds from positions in time."""

import numpy as np

from posespotter.arrays import Float64


def velocity(time_s: Float64, values: Float64) -> Float64:
    """Change a second of (N, ...) values, by central differences over even or uneven steps.

    Returns:
        Same shape, unit of `values` a second; NaN where a neighbour in time is NaN, and for a single moment.
    """
    if len(time_s) < 2:
        return np.full(values.shape, np.nan)
    return np.asarray(np.gradient(values, time_s, axis=0), np.float64)
