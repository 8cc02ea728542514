"""Smoothing of whole sequences, after the fact and without lag; `estimation.one_euro` is the live filter."""

from posespotter.estimation.smoothing.offline import Strength, smooth

__all__ = ["Strength", "smooth"]
