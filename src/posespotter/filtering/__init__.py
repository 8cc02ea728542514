"""Smoothing of whole sequences, after the fact and without lag; `filtering.one_euro` is the live filter."""

from posespotter.filtering.smoothing import Strength, smooth

__all__ = ["Strength", "smooth"]
