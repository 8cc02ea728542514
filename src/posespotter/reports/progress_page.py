"""progress.html: many sessions of one person against their own norm, as chart and table."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from posespotter.exercises.baseline import Change, MetricNorm, Progress, SessionChange
from posespotter.exercises.words.phrases import counted, listed, metric_words, number, shown, unit_words, view_words
from posespotter.reports.chart_style import BAND, INCHES, INK, LIMIT, LINE, Width, chart_style, new_figure, svg
from posespotter.reports.page import page_template, written_date
from posespotter.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WORDS = {"changed": "changed", "within": "within", "cannot_tell": "cannot tell"}
_TAGS = {"changed": "note", "within": "", "cannot_tell": ""}


def render_progress(progress: Progress, title: str, made_at: datetime) -> str:
    """The page, without scripts, whose policy forbids it to load anything.

    Args:
        progress: what it says.
        title: of the exercise.
        made_at: the date that it bears.
    """
    norm = progress.baseline
    return page_template("progress.html.j2").render(
        title=title,
        made_at=written_date(made_at),
        version=__version__,
        view=view_words(norm.view),
        one_day=norm.one_day,
        cautions=progress.cautions,
        summary=progress_summary(progress),
        norms=[_norm_row(one) for one in norm.metrics.values()],
        columns=[_title(name) for name in norm.metrics],
        sessions=[
            _session_row(one, number, in_norm=in_norm)
            for number, (one, in_norm) in enumerate(zip(progress.sessions, progress.in_norm, strict=True), 1)
        ],
        charts=[
            {"width": width, "svg": svg(progress_chart(progress, width), name=f"progress-{width}")} for width in INCHES
        ],
    )


def progress_summary(progress: Progress) -> str:
    """One sentence on the last session that does not belong to the norm; on the norm where there is none."""
    later = [one for one, in_norm in zip(progress.sessions, progress.in_norm, strict=True) if not in_norm]
    if not later:
        many = counted(len(progress.sessions), "session")
        return f"The norm of {many}; no later session was given."
    last = later[-1]
    changed = [one for one in last.changes if one.finding == "changed"]
    if not changed:
        return f"{last.source or 'The last session'}: no number changed by more than its minimal detectable change."
    return f"{last.source or 'The last session'}: changed were {listed([_change_words(one) for one in changed])}."


def progress_chart(progress: Progress, width: Width = "wide", metrics: Sequence[str] | None = None) -> "Figure":
    """A panel for each number: the sessions' means with their spreads, the norm, and the band of its least change.

    Args:
        progress: the sessions.
        width: `wide` or `narrow`.
        metrics: which numbers; None for all of the norm.
    """
    norms = [progress.baseline.metrics[name] for name in metrics or progress.baseline.metrics]
    columns = 2 if width == "wide" else 1
    rows = max(1, -(-len(norms) // columns))
    with chart_style():
        figure = new_figure(INCHES[width], 0.3 + 1.75 * rows)
        axes = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
        for axis, norm in zip(axes, norms, strict=False):
            _panel(axis, progress, norm)
        for axis in axes[len(norms) :]:
            axis.set_visible(False)
        for axis in axes[-columns:]:
            axis.set_xlabel("session")
    return figure


def _panel(axis: "Axes", progress: Progress, norm: MetricNorm) -> None:
    import seaborn as sns

    unit = metric_words(norm.name)[1]
    scale = shown(1.0, unit)
    axis.axhspan(scale * (norm.mean - norm.mdc), scale * (norm.mean + norm.mdc), color=BAND, linewidth=0)
    axis.axhline(scale * norm.mean, color=LIMIT, dashes=(5, 3), linewidth=1.0)
    for place, (session, in_norm) in enumerate(zip(progress.sessions, progress.in_norm, strict=True), 1):
        change = next(one for one in session.changes if one.name == norm.name)
        if change.mean is None:
            continue
        changed = change.finding == "changed"
        axis.errorbar(
            place, scale * change.mean, yerr=None if change.spread is None else scale * change.spread,
            fmt="^" if changed else "o", color=INK if changed else LINE, markersize=7 if changed else 5.5,
            markerfacecolor="none" if in_norm else None, elinewidth=1.2, capsize=2.5,
        )  # fmt: skip
    count = len(progress.sessions)
    axis.set_xlim(0.5, count + 0.5)
    axis.set_xticks(np.arange(1, count + 1, max(1, count // 8)))
    axis.set_title(_title(norm.name), loc="left", color=INK, fontsize=10.5, parse_math=False)
    sns.despine(ax=axis, left=True)


def _title(name: str) -> str:
    words, unit = metric_words(name)
    said = unit_words(unit).strip()
    return f"{words[:1].upper()}{words[1:]}" + (f", {said}" if said else "")


def _norm_row(norm: MetricNorm) -> dict[str, str]:
    unit = metric_words(norm.name)[1]
    return {
        "title": _title(norm.name),
        "mean": number(norm.mean, unit),
        "spread": number(norm.spread, unit),
        "mdc": number(norm.mdc, unit),
        "of": f"{norm.repetitions} in {counted(norm.sessions, 'session')}",
    }


def _session_row(session: SessionChange, place: int, *, in_norm: bool) -> dict[str, Any]:
    return {
        "place": place,
        "source": session.source or "unnamed",
        "in_norm": in_norm,
        "repetitions": session.repetitions,
        "cells": [
            {
                "mean": number(one.mean, metric_words(one.name)[1]),
                "change": _signed(one),
                "tag": _TAGS[one.finding],
                "words": _WORDS[one.finding],
                "title": _title(one.name),
            }
            for one in session.changes
        ],
    }


def _signed(change: Change) -> str:
    if change.change is None:
        return ""
    said = number(abs(change.change), metric_words(change.name)[1])
    return ("+" if change.change >= 0 else "−") + said


def _change_words(change: Change) -> str:
    words, unit = metric_words(change.name)
    return f"{words.replace(',', '')} ({_signed(change)}{unit_words(unit)})"
