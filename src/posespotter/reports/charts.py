"""Charts of what an exercise measures, with its repetitions and faults: for the report, and for the app."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from posespotter.arrays import Float64
from posespotter.exercises.analysis import ExerciseAnalysis, Fault
from posespotter.exercises.definitions.definition import CheckRule
from posespotter.exercises.definitions.vocabulary import Measure, parse_measure
from posespotter.exercises.words.phrases import MARKS, measure_words, metric_words, number, shown, spoken, unit_words
from posespotter.kinematics.stretches import MAX_GAP_S
from posespotter.reports.chart_style import (
    BAND,
    CARD,
    FAULT,
    INCHES,
    INK,
    LIMIT,
    LINE,
    Width,
    chart_style,
    new_figure,
    svg,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["fault_chart", "shown_values", "signal_chart", "svg"]

_LABEL_PT = 9.5  # of the numbers of repetitions


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
    with chart_style():
        figure = new_figure(INCHES[width], 0.5 + 1.45 * len(rows))
        axes = figure.subplots(len(rows), 1, sharex=True, squeeze=False)[:, 0]
        faults = [fault for one in analysis.repetitions for fault in one.faults if fault.severity == "fault"]
        for axis, row in zip(axes, rows, strict=True):
            _draw_row(axis, analysis, row, faults)
        _number_repetitions(axes[0], analysis, width)
        axes[-1].set_xlabel("time, s")
    return figure


def fault_chart(fault: Fault, title: str, time_s: Float64, values: Float64) -> "Figure":
    """Chart of the measure in which one fault was found, over its repetition, with its limit.

    Args:
        fault: the fault.
        title: what was measured.
        time_s: (M,) seconds.
        values: (M,) as `Curves.of_fault` gives them.
    """
    with chart_style():
        figure = new_figure(INCHES["narrow"], 1.9)
        axis = figure.subplots()
        _curve(axis, time_s, shown_values(values, fault.unit), LINE, 1.8)
        during = np.where((time_s >= fault.start_s) & (time_s <= fault.end_s), values, np.nan)
        _curve(axis, time_s, shown_values(during, fault.unit), FAULT, 3.2)
        axis.axvspan(fault.start_s, fault.end_s, color=FAULT, alpha=0.13, linewidth=0)
        _finish(axis, f"{title}{_in(fault.unit)}")
        _error_band(axis, shown(fault.limit, fault.unit), shown(fault.error, fault.unit))
        _limit_line(axis, shown(fault.limit, fault.unit), f"limit {number(fault.limit, fault.unit)}")
        axis.set_xlabel("time, s")
    return figure


def shown_values(values: Float64, unit: str) -> Float64:
    """Values in the unit in which people read them."""
    return np.asarray(values * shown(1.0, unit), np.float64)


def _rows(analysis: ExerciseAnalysis) -> list[_Row]:
    """The signals first, then what else the exercise file measures, where a number came of it."""
    definition = analysis.definition
    # Of heights the unit says what they are; the value stands at the end of the line.
    names = {signal.parsed: measure_words(signal.measure) for signal in definition.signal}
    wanted = {measure: name.removeprefix("height of the ") for measure, name in names.items()}
    for metric in definition.metric:
        told = not analysis.repetitions or any(one.metrics.get(metric.name) is not None for one in analysis.repetitions)
        if told:
            wanted.setdefault(
                metric.parsed, metric_words(metric.name)[0].rpartition(",")[0] or measure_words(metric.measure)
            )
    judged = {check.name for one in analysis.repetitions for check in one.checks if check.verdict != "cannot_tell"}
    checks = [rule for rule in definition.check if rule.measure is not None and rule.severity == "fault"]
    if analysis.repetitions:
        checks = [rule for rule in checks if rule.name in judged]
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
        axis.axvspan(repetition.start_s, repetition.end_s, color=BAND, linewidth=0)
    names = {rule.name for rule in row.checks}
    _curve(axis, time_s, values, LINE, 1.8)
    for fault in faults:
        if fault.name in names:
            during = (time_s >= fault.start_s) & (time_s <= fault.end_s)
            _curve(axis, time_s[during], values[during], FAULT, 3.4)
            axis.axvspan(fault.start_s, fault.end_s, color=FAULT, alpha=0.13, linewidth=0)
        elif not any(fault.name == rule.name for rule in analysis.definition.check if rule.measure in series.units):
            axis.axvspan(fault.start_s, fault.end_s, 0, 0.04, color=FAULT, linewidth=0)
    _finish(axis, f"{row.title}{_in(row.unit)}")
    _frame(axis, values)
    errors = {check.name: check.error for one in analysis.repetitions for check in one.checks}
    _limits(axis, row, errors)


def _frame(axis: "Axes", values: Float64) -> None:
    """A few wild values, as ratios of almost nothing are, do not flatten the curve."""
    known = values[np.isfinite(values)]
    if not len(known):
        return
    low, high = np.percentile(known, [1, 99])
    room = 0.5 * (high - low)
    if room and (known.min() < low - room or known.max() > high + room):
        axis.set_ylim(low - 0.15 * (high - low), high + 0.15 * (high - low))


def _limits(axis: "Axes", row: _Row, errors: Mapping[str, float]) -> None:
    """Limits with what is borderline, where they are near what was measured; far away ones would flatten the curve."""
    low, high = axis.get_ylim()
    points = np.concatenate([np.zeros((0, 2)), *(np.asarray(line.get_xydata()) for line in axis.get_lines())])
    points = points[np.isfinite(points).all(axis=1)]
    for rule in row.checks:
        limit = shown(rule.limit, row.unit)
        if rule.from_rest or rule.statistic == "range" or not low - (high - low) < limit < high + (high - low):
            continue
        side = _freer_side(points, limit)
        _error_band(axis, limit, shown(errors.get(rule.name, 0.0), row.unit))
        _limit_line(axis, limit, f"{spoken(rule.name)}: limit {number(rule.limit, row.unit)}", side)
    axis.set_ylim(*sorted((min(low, axis.get_ylim()[0]), max(high, axis.get_ylim()[1]))))


def _freer_side(points: Float64, limit: float) -> Literal["left", "right"]:
    """The end of the chart where (M, 2) points of the curve are further from a limit."""
    if not len(points):
        return "right"
    start, end = float(points[:, 0].min()), float(points[:, 0].max())
    # The label covers about this share of the width; it stands at the end where the curve keeps further away.
    reach = 0.4 * (end - start)
    nearest = [
        float(np.abs(points[at, 1] - limit).min(initial=np.inf))
        for at in (points[:, 0] <= start + reach, points[:, 0] >= end - reach)
    ]
    return "left" if nearest[0] > nearest[1] else "right"


def _error_band(axis: "Axes", limit: float, error: float) -> None:
    """Draw the borderline range: the limit, plus and minus the error of one camera."""
    if error > 0:
        axis.axhspan(limit - error, limit + error, color=LIMIT, alpha=0.14, linewidth=0)


def _limit_line(axis: "Axes", limit: float, text: str, side: Literal["left", "right"] = "right") -> None:
    axis.axhline(limit, color=LIMIT, dashes=(5, 3), linewidth=1.2)
    low, high = axis.get_ylim()
    below = limit > high - 0.2 * (high - low)  # above the line it would run into the title
    axis.annotate(
        text, (side == "right", limit), xycoords=("axes fraction", "data"),
        xytext=(-2 if side == "right" else 2, -3 if below else 3), textcoords="offset points", ha=side,
        va="top" if below else "bottom", color=LIMIT, fontsize=8.5, zorder=6, parse_math=False,
        bbox={"facecolor": CARD, "edgecolor": "none", "pad": 1.2, "alpha": 0.75},
    )  # fmt: skip


def _curve(axis: "Axes", time_s: Float64, values: Float64, colour: str, width: float) -> None:
    """A line with gaps where nothing was measured."""
    step = max(1, len(time_s) // 1500)
    time_s, values = time_s[::step], values[::step]
    away = np.flatnonzero(np.diff(time_s) > MAX_GAP_S) + 1
    axis.plot(
        np.insert(time_s, away, np.nan), np.insert(values, away, np.nan), color=colour, linewidth=width,
        solid_capstyle="round",
    )  # fmt: skip


def _number_repetitions(axis: "Axes", analysis: ExerciseAnalysis, width: Width) -> None:
    """Numbers over the repetitions, with their verdicts where there is room; those that would touch are left out."""
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.2 * (high - low))
    texts = [f"{one.index} {MARKS[one.verdict]}" for one in analysis.repetitions]
    middles = [(one.start_s + one.end_s) / 2 for one in analysis.repetitions]
    start_s, end_s = axis.get_xlim()
    # A bold letter is 0.7 as wide as it is high, and the axes take 0.88 of the figure's width.
    letter_s = 0.7 * _LABEL_PT / 72 / (0.88 * INCHES[width]) * (end_s - start_s)
    placed = _apart(middles, texts, letter_s)
    if len(placed) < len(texts):
        texts = [str(one.index) for one in analysis.repetitions]
        placed = _apart(middles, texts, letter_s)
    for i in placed:
        axis.annotate(
            texts[i], (middles[i], 1), xycoords=("data", "axes fraction"), xytext=(0, -3), textcoords="offset points",
            ha="center", va="top", fontsize=_LABEL_PT, fontweight="bold",
            color=FAULT if analysis.repetitions[i].verdict == "fault" else INK,
        )  # fmt: skip


def _apart(middles: Sequence[float], texts: Sequence[str], letter_s: float) -> list[int]:
    """The labels that do not touch the one before."""
    placed: list[int] = []
    free_from = -np.inf
    for i, (middle, text) in enumerate(zip(middles, texts, strict=True)):
        half = len(text) * letter_s / 2
        if middle - half >= free_from:
            placed.append(i)
            free_from = middle + half + letter_s / 2
    return placed


def _finish(axis: "Axes", title: str) -> None:
    import seaborn as sns

    axis.set_title(title[:1].upper() + title[1:], loc="left", color=INK, fontsize=10.5, parse_math=False)
    axis.set(xlabel="", ylabel="")
    axis.margins(x=0.01, y=0.08)
    sns.despine(ax=axis, left=True)


def _in(unit: str) -> str:
    words = unit_words(unit).strip().replace("body height", "height")
    return f", {words}" if words else ""
