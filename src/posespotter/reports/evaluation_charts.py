"""The curves of a measurement: what more sensitivity costs, when alarms come, what windows are taken for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from posespotter.falls.classifier import CLASSES
from posespotter.falls.training.evaluation import Evaluation
from posespotter.falls.training.scores import Confusion
from posespotter.reports.chart_style import BAND, CARD, FAULT, INK, LIMIT, LINE, SOFT, chart_style, new_figure
from posespotter.reports.evaluation_content import Measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BIN_S = 0.1  # of the histogram of delays
_INCHES = (4.8, 3.2)  # two beside each other
_MARKERS = "osD^vPX"


def trade_chart(curve: Sequence[Evaluation], others: Sequence[Measured]) -> "Figure":
    """Falls caught against false alarms an hour: one line through the sensitivities, a point for each other method."""
    with chart_style():
        figure = new_figure(*_INCHES)
        axis = figure.subplots()
        for other, marker in zip(others, _MARKERS[1:], strict=False):
            _cross(axis, other.evaluation, SOFT, marker, other.label)
        for one in curve:
            _cross(axis, one, LINE, _MARKERS[0], one.sensitivity)
        points = [(one.false_alarms.value, one.recall.value * 100.0) for one in curve]
        _line(axis, points, "")
        axis.set_ylim(None, 102)
        axis.set_xlim(0, None)
        _finish(axis, "Falls caught, %", "false alarms an hour of video")
    return figure


def precision_chart(curve: Sequence[Evaluation]) -> "Figure":
    """Precision against recall of alarms at each sensitivity."""
    with chart_style():
        figure = new_figure(*_INCHES)
        axis = figure.subplots()
        points = [(one.recall.value * 100.0, one.precision.value * 100.0) for one in curve]
        _line(axis, points, "o")
        for one, (x, y) in zip(curve, points, strict=True):
            _name(axis, one.sensitivity, x, y, LINE)
        axis.set_xlim(min(90.0, *(x - 2 for x, _ in points)), 102)
        axis.set_ylim(0, 105)
        _finish(axis, "Alarms that were falls, %", "falls that raised an alarm, %")
    return figure


def delay_chart(evaluation: Evaluation) -> "Figure":
    """Histogram of the delays from labelled impacts to alarms."""
    import seaborn as sns
    from matplotlib.ticker import MaxNLocator

    with chart_style():
        figure = new_figure(*_INCHES)
        axis = figure.subplots()
        delays_s = evaluation.delays_s
        bins = np.arange(np.floor(delays_s.min() / _BIN_S), np.floor(delays_s.max() / _BIN_S) + 2) * _BIN_S
        sns.histplot(x=delays_s, bins=bins.tolist(), ax=axis, color=LINE, edgecolor=CARD, linewidth=0.6)
        axis.axvline(0, color=INK, linewidth=1)
        for percent, name in ((50, "median"), (95, "95 %")):
            at = evaluation.delay_s(percent)
            axis.axvline(at, color=LIMIT, dashes=(5, 3), linewidth=1.2)
            axis.annotate(
                f"{name}\n{at:.1f} s", (at, 1), xycoords=("data", "axes fraction"), xytext=(3, -2),
                textcoords="offset points", va="top", color=LIMIT, fontsize=8.5,
            )  # fmt: skip
        axis.yaxis.set_major_locator(MaxNLocator(integer=True))
        _finish(axis, "Falls", "seconds from the impact to the alarm; below 0 the alarm came first")
    return figure


def confusion_chart(confusion: Confusion) -> "Figure":
    """Confusion of windows: shares of each row in shades of one colour, with the numbers."""
    counts = confusion.counts
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    n = len(CLASSES)
    with chart_style():
        figure = new_figure(*_INCHES)
        axis = figure.subplots()
        axis.grid(visible=False)
        for row in range(n):
            for column in range(n):
                _cell(axis, row, column, float(shares[row, column]), int(counts[row, column]))
        axis.set(xlim=(0, n), ylim=(n, 0), aspect="equal")
        axis.set_xticks(np.arange(n) + 0.5, CLASSES)
        axis.set_yticks(np.arange(n) + 0.5, CLASSES)
        axis.tick_params(length=0)
        _finish(axis, "Truth", "taken for")
        for side in axis.spines.values():
            side.set_visible(False)
    return figure


def _cell(axis: "Axes", row: int, column: int, share: float, count: int) -> None:
    from matplotlib.patches import Rectangle

    right = row == column
    axis.add_patch(Rectangle((column + 0.02, row + 0.02), 0.96, 0.96, color=BAND, linewidth=0))
    colour = LINE if right else FAULT
    axis.add_patch(Rectangle((column + 0.02, row + 0.02), 0.96, 0.96, color=colour, alpha=0.6 * share, linewidth=0))
    axis.annotate(f"{share:.0%}", (column + 0.5, row + 0.44), ha="center", va="center", color=INK, fontsize=11)
    axis.annotate(f"{count}", (column + 0.5, row + 0.72), ha="center", va="center", color=SOFT, fontsize=8)


def _cross(axis: "Axes", one: Evaluation, colour: str, marker: str, name: str) -> None:
    """A point with the 95 % intervals of both its figures."""
    x, y = one.false_alarms.value, one.recall.value * 100.0
    (x0, x1), (y0, y1) = one.false_alarms.interval, (edge * 100.0 for edge in one.recall.interval)
    axis.errorbar(
        [x], [y], xerr=[[x - x0], [x1 - x]], yerr=[[y - y0], [y1 - y]], fmt=marker, color=colour, markersize=6,
        elinewidth=0.9, capsize=2, alpha=0.9,
    )  # fmt: skip
    _name(axis, name, x, y, colour)


def _name(axis: "Axes", text: str, x: float, y: float, colour: str) -> None:
    axis.annotate(
        text, (x, y), xytext=(7, -13), textcoords="offset points", color=colour, fontsize=8.5, parse_math=False
    )


def _line(axis: "Axes", points: Sequence[tuple[float, float]], marker: str) -> None:
    import seaborn as sns

    known = np.array([point for point in points if np.isfinite(point).all()]).reshape(-1, 2)
    if len(known):
        sns.lineplot(
            x=known[:, 0], y=known[:, 1], sort=False, estimator=None, ax=axis, color=LINE, marker=marker or None,
            linewidth=1.6,
        )  # fmt: skip


def _finish(axis: "Axes", title: str, below: str) -> None:
    import seaborn as sns

    axis.set_title(title, loc="left", color=INK, fontsize=10.5, parse_math=False)
    axis.set(xlabel=below, ylabel="")
    sns.despine(ax=axis, left=True)
