"""Chart of the fall probability over time, with the events that were reported."""

from typing import TYPE_CHECKING

import numpy as np

from posespotter.arrays import Float64
from posespotter.drawing.falls_strip import STRIP
from posespotter.falls.classifier import CLASSES
from posespotter.falls.detect import FallAnalysis
from posespotter.reports.chart_style import FAULT, GRID, INCHES, INK, LINE, SOFT, Width, chart_style, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def fall_chart(analysis: FallAnalysis, duration_s: float, width: Width = "wide") -> "Figure":
    """The highest smoothed probability of anybody's fall, and of lying, at each moment; events numbered, falls red.

    Args:
        analysis: what was found.
        duration_s: of the clip.
        width: of the figure.
    """
    with chart_style():
        figure = new_figure(INCHES[width], 3.2)
        axis = figure.subplots()
        axis.set(xlim=(0, max(duration_s, 0.1)), ylim=(0, 112))
        axis.set_yticks((0, 50, 100))
        for number, event in enumerate((*analysis.events, *analysis.ignored), 1):
            counts = event.kind == "fall" and event.ignored_in is None
            colour, words = FAULT if counts else SOFT, f"{event.kind} {number}"
            axis.axvspan(event.onset_s, event.end_s or duration_s, color=colour, alpha=0.13, linewidth=0)
            axis.axvline(event.impact_s, color=colour, linewidth=1.2)
            axis.annotate(
                words, (event.impact_s, 1), xycoords=("data", "axes fraction"), xytext=(3, -3),
                textcoords="offset points", va="top", fontsize=9.5, fontweight="bold", color=colour,
            )  # fmt: skip
        time_s, values = _highest(analysis)
        for name, colour, thick in (("lying", SOFT, 1.2), ("fall", LINE, 2.0)):
            axis.plot(
                *_with_gaps(time_s, 100 * values[:, CLASSES.index(name)]), color=colour, linewidth=thick, label=name
            )
        axis.set_title("How likely, %", loc="left", color=INK, fontsize=10.5)
        axis.legend(loc="center left", frameon=False, fontsize=9)
        axis.set_xlabel("time, s")
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.grid(color=GRID)
    return figure


def _highest(analysis: FallAnalysis) -> tuple[Float64, Float64]:
    """(T,) moments, and (T, 3) the highest smoothed probabilities that anybody had at each."""
    windows = analysis.windows
    time_s, place = np.unique(windows.time_s, return_inverse=True)
    values = np.zeros((len(time_s), 3))
    np.maximum.at(values, place, windows.smoothed)
    return time_s, values


def _with_gaps(time_s: Float64, values: Float64) -> tuple[Float64, Float64]:
    """The points with a NaN between those that are too far apart for a line."""
    away = np.flatnonzero(np.diff(time_s) > STRIP.stale_s) + 1
    return np.insert(time_s, away, np.nan), np.insert(values, away, np.nan)
