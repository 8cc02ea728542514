"""Charts of what an exercise measures, with its repetitions and faults: for the report, and for the app."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from posespotter.arrays import Float64
from posespotter.drawing.words import measure_words, metric_words, number, shown, spoken, unit_words
from posespotter.exercises.analysis import ExerciseAnalysis, Fault
from posespotter.exercises.definition import CheckRule
from posespotter.exercises.vocabulary import Measure, parse_measure
from posespotter.kinematics.stretches import MAX_GAP_S

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Width = Literal["wide", "narrow"]

# Stand-ins that become CSS variables of the page, so that one chart serves light and dark.
_INK, _SOFT, _GRID, _LINE, _FAULT, _BAND, _LIMIT, _CARD = (
    "#010203", "#010204", "#010205", "#010206", "#010207", "#010208", "#010209", "#01020a",
)  # fmt: skip
_VARIABLES = {
    _INK: "ink", _SOFT: "soft", _GRID: "grid", _LINE: "line", _FAULT: "fault", _BAND: "band", _LIMIT: "limit",
    _CARD: "card",
}  # fmt: skip
_PLAIN = {
    _INK: "#1b2430", _SOFT: "#5a6675", _GRID: "#dfe4ea", _LINE: "#0072b2", _FAULT: "#d0142c", _BAND: "#e3eaf2",
    _LIMIT: "#8a4b00", _CARD: "#ffffff",
}  # fmt: skip
"""Blue and red of the overlay, darker for white paper; told apart by width and brightness too."""

_INCHES: dict[Width, float] = {"wide": 9.6, "narrow": 4.4}
_ROW_INCHES = 1.45
_MOST_POINTS = 1500
_WILD = 1.0
_MOST_LABELS = {"wide": 40, "narrow": 15}


@dataclass(frozen=True)
class _Row:
    """One signal: its measure, title, unit and the checks that look at it."""

    measure: str
    title: str
    unit: str
    checks: tuple[CheckRule, ...]


def signal_chart(analysis: ExerciseAnalysis, width: Width = "wide") -> "Figure":
    """The signals over time, one below the other: repetitions shaded and numbered, faults in red, limits dashed.

    A fault is marked on the signal that it was found in, and thinly on the others where none of them is.
    """
    rows = _rows(analysis)
    with _style():
        figure = _figure(_INCHES[width], 0.5 + _ROW_INCHES * len(rows))
        axes = figure.subplots(len(rows), 1, sharex=True, squeeze=False)[:, 0]
        faults = [fault for one in analysis.repetitions for fault in one.faults if fault.severity == "fault"]
        for axis, row in zip(axes, rows, strict=True):
            _draw_row(axis, analysis, row, faults)
        _number_repetitions(axes[0], analysis, width)
        axes[-1].set_xlabel("time, s")
    return figure


def fault_chart(fault: Fault, title: str, time_s: Float64, values: Float64) -> "Figure":
    """What one fault was found in, over its repetition, with its limit.

    Args:
        fault: the fault.
        title: what was measured.
        time_s: (M,) seconds.
        values: (M,) as `Curves.of_fault` gives them.
    """
    with _style():
        figure = _figure(_INCHES["narrow"], 1.9)
        axis = figure.subplots()
        _curve(axis, time_s, shown_values(values, fault.unit), _LINE, 1.8)
        during = np.where((time_s >= fault.start_s) & (time_s <= fault.end_s), values, np.nan)
        _curve(axis, time_s, shown_values(during, fault.unit), _FAULT, 3.2)
        axis.axvspan(fault.start_s, fault.end_s, color=_FAULT, alpha=0.13, linewidth=0)
        _finish(axis, f"{title}{_in(fault.unit)}")
        _limit_line(axis, shown(fault.limit, fault.unit), f"limit {number(fault.limit, fault.unit)}")
        axis.set_xlabel("time, s")
    return figure


def svg(figure: "Figure", *, name: str, themed: bool = True) -> str:
    """A figure as SVG to stand inside a page.

    Args:
        figure: of one of the functions above.
        name: tells this chart from others of the page.
        themed: colours are CSS variables of the page (--ink, --soft, --grid, --line, --fault, --band, --limit, --card);
            otherwise those of white paper.
    """
    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = text.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    # Its pixels are those of 72 to the inch; the page decides how large it is shown.
    drawing = re.sub(r'(<svg\b[^>]*?) height="[^"]*"', r"\1", drawing, count=1)
    drawing = re.sub(r'(<svg\b[^>]*?) width="[^"]*"', r'\1 role="img"', drawing, count=1)
    for colour, variable in _VARIABLES.items():
        drawing = drawing.replace(colour, f"var(--{variable})" if themed else _PLAIN[colour])
    return drawing


def shown_values(values: Float64, unit: str) -> Float64:
    """Values in the unit in which people read them."""
    return np.asarray(values * shown(1.0, unit), np.float64)


def _rows(analysis: ExerciseAnalysis) -> list[_Row]:
    """The signals first, then what else the exercise file measures, where a number came of it."""
    definition = analysis.definition
    wanted = {signal.parsed: measure_words(signal.measure) for signal in definition.signal}
    for metric in definition.metric:
        told = not analysis.repetitions or any(one.metrics.get(metric.name) is not None for one in analysis.repetitions)
        if told:
            wanted.setdefault(
                metric.parsed, metric_words(metric.name)[0].rpartition(",")[0] or measure_words(metric.measure)
            )
    checks = [rule for rule in definition.check if rule.measure is not None and rule.severity == "fault"]
    rows: dict[Measure, _Row] = {}
    for text, unit in analysis.series.units.items():
        measure = parse_measure(text)
        if measure in wanted and measure not in rows:
            mine = tuple(rule for rule in checks if rule.parsed == measure)
            rows[measure] = _Row(text, wanted[measure], unit, mine)
    return list(rows.values())


def _draw_row(axis: "Axes", analysis: ExerciseAnalysis, row: _Row, faults: Sequence[Fault]) -> None:
    series = analysis.series
    time_s, values = series.time_s, shown_values(series.values[row.measure], row.unit)
    for repetition in analysis.repetitions:
        axis.axvspan(repetition.start_s, repetition.end_s, color=_BAND, linewidth=0)
    names = {rule.name for rule in row.checks}
    _curve(axis, time_s, values, _LINE, 1.8)
    for fault in faults:
        if fault.name in names:
            during = (time_s >= fault.start_s) & (time_s <= fault.end_s)
            _curve(axis, time_s[during], values[during], _FAULT, 3.4)
            axis.axvspan(fault.start_s, fault.end_s, color=_FAULT, alpha=0.13, linewidth=0)
        elif not any(fault.name == rule.name for rule in analysis.definition.check if rule.measure in series.units):
            axis.axvspan(fault.start_s, fault.end_s, 0, 0.04, color=_FAULT, linewidth=0)
    _finish(axis, f"{row.title}{_in(row.unit)}")
    _frame(axis, values)
    _limits(axis, row)


def _frame(axis: "Axes", values: Float64) -> None:
    """A few wild values, as ratios of almost nothing are, do not flatten the curve."""
    known = values[np.isfinite(values)]
    if not len(known):
        return
    low, high = np.percentile(known, [1, 99])
    room = _WILD * (high - low)
    if room and (known.min() < low - room or known.max() > high + room):
        axis.set_ylim(low - 0.15 * (high - low), high + 0.15 * (high - low))


def _limits(axis: "Axes", row: _Row) -> None:
    """Limits where they are near what was measured; a far-away one would flatten the curve."""
    low, high = axis.get_ylim()
    for rule in row.checks:
        limit = shown(rule.limit, row.unit)
        if (
            rule.from_rest
            or rule.statistic in {"range", "mean"}
            or not low - (high - low) < limit < high + (high - low)
        ):
            continue
        _limit_line(axis, limit, f"{spoken(rule.name)}: limit {number(rule.limit, row.unit)}")
    axis.set_ylim(*sorted((min(low, axis.get_ylim()[0]), max(high, axis.get_ylim()[1]))))


def _limit_line(axis: "Axes", limit: float, text: str) -> None:
    axis.axhline(limit, color=_LIMIT, dashes=(5, 3), linewidth=1.2)
    axis.annotate(
        text, (1, limit), xycoords=("axes fraction", "data"), xytext=(-2, 3), textcoords="offset points", ha="right",
        color=_LIMIT, fontsize=8.5, zorder=6, parse_math=False,
        bbox={"facecolor": _CARD, "edgecolor": "none", "pad": 1.2, "alpha": 0.75},
    )  # fmt: skip


def _curve(axis: "Axes", time_s: Float64, values: Float64, colour: str, width: float) -> None:
    """A line with gaps where nothing was measured."""
    import seaborn as sns

    step = max(1, len(time_s) // _MOST_POINTS)
    time_s, values = time_s[::step], values[::step]
    known = np.isfinite(values)
    breaks = ~known | (np.diff(time_s, prepend=time_s[:1]) > MAX_GAP_S)
    part = np.cumsum(breaks)[known]
    if known.any():
        sns.lineplot(
            x=time_s[known], y=values[known], units=part, estimator=None, ax=axis, color=colour, linewidth=width,
            solid_capstyle="round",
        )  # fmt: skip


def _number_repetitions(axis: "Axes", analysis: ExerciseAnalysis, width: Width) -> None:
    marks = {"good": "✓", "fault": "✕", "cannot_tell": "?"}
    step = 1 + len(analysis.repetitions) // _MOST_LABELS[width]
    for repetition in analysis.repetitions[::step]:
        middle = (repetition.start_s + repetition.end_s) / 2
        text = str(repetition.index) + (f" {marks[repetition.verdict]}" if len(analysis.repetitions) <= 12 else "")
        axis.annotate(
            text, (middle, 1), xycoords=("data", "axes fraction"), xytext=(0, -3), textcoords="offset points",
            ha="center", va="top", fontsize=9.5, fontweight="bold",
            color=_FAULT if repetition.verdict == "fault" else _INK,
        )  # fmt: skip
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.16 * (high - low))


def _finish(axis: "Axes", title: str) -> None:
    import seaborn as sns

    axis.set_title(title[:1].upper() + title[1:], loc="left", color=_INK, fontsize=10.5, parse_math=False)
    axis.set(xlabel="", ylabel="")
    axis.margins(x=0.01, y=0.08)
    sns.despine(ax=axis, left=True)


def _in(unit: str) -> str:
    words = unit_words(unit).strip().replace("body height", "height")
    return f", {words}" if words else ""


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _style() -> Any:
    """Seaborn's white grid in the colours of the page."""
    import matplotlib as mpl
    import seaborn as sns

    return mpl.rc_context({
        **sns.axes_style("whitegrid"),
        "font.family": ["DejaVu Sans"], "font.size": 9.5, "axes.edgecolor": _SOFT, "grid.color": _GRID,
        "grid.linewidth": 0.8, "text.color": _INK, "axes.labelcolor": _SOFT, "xtick.color": _SOFT,
        "ytick.color": _SOFT, "xtick.labelsize": 9, "ytick.labelsize": 9, "axes.labelsize": 9.5,
    })  # fmt: skip
