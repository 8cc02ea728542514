"""A video beside a chart of the same time: one slider moves both, and a click on the chart goes there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from posespotter.reports.chart_style import FAULT, svg
from posespotter.timing import USUAL_FPS
from posespotter.ui.parts.component import component
from posespotter.ui.parts.result.player import file_address
from posespotter.ui.routes.angles import PATH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_component = component(Path(__file__).with_name("replay"))


@dataclass(frozen=True)
class Curve:
    """One line of a chart.

    Attributes:
        name: where a row has several; else empty.
        time_s: seconds.
        values: in the unit of the row.
    """

    name: str
    time_s: list[float]
    values: list[float]


@dataclass(frozen=True)
class Row:
    """One of the axes of a chart, with the numbers that are drawn there.

    Attributes:
        title: what is measured.
        unit: as it follows a number.
        top, bottom: of the axes, shares of the chart's height from above.
        low, high: values at the bottom and at the top.
        curves: the lines.
    """

    title: str
    unit: str
    top: float
    bottom: float
    low: float
    high: float
    curves: list[Curve]


@dataclass(frozen=True)
class TimeChart:
    """A chart over time, ready for a page.

    Attributes:
        svg: the drawing, in the page's colours.
        left, right: where its axis begins and ends, shares of its width.
        start_s, end_s: the times there, seconds.
        rows: its axes from above, so that the page can tell the values at a moment.
        text: what it shows, in words.
    """

    svg: str
    left: float
    right: float
    start_s: float
    end_s: float
    rows: list[Row]
    text: str


@dataclass(frozen=True)
class Moment:
    """A moment that has a small picture to go there by.

    Attributes:
        label: what is there.
        time_s: when, seconds.
    """

    label: str
    time_s: float


@dataclass(frozen=True)
class Jump:
    """A part of the video to go to.

    Attributes:
        start_s: where it begins, seconds.
        end_s: where it ends; None to stand still at `start_s`.
        number: another number goes there again.
    """

    start_s: float
    end_s: float | None = None
    number: int = 0


def ask_jump(run_id: str, about: float, start_s: float, end_s: float) -> None:
    """Note the request for a part of a run's video.

    Args:
        run_id: whose video.
        about: what of the run the part belongs to; it is gone to while that is looked at.
        start_s, end_s: the part, seconds.
    """
    last: tuple[float, Jump] | None = st.session_state.get(_asked_key(run_id))
    number = 1 if last is None else last[1].number + 1
    st.session_state[_asked_key(run_id)] = (about, Jump(start_s, end_s, number))


def asked_jump(run_id: str, about: float) -> Jump | None:
    """The part that was asked for last, if it belongs to `about`."""
    asked: tuple[float, Jump] | None = st.session_state.get(_asked_key(run_id))
    return asked[1] if asked is not None and asked[0] == about else None


def _asked_key(run_id: str) -> str:
    return f"replay-asked-{run_id}"


def time_chart(figure: "Figure", name: str) -> TimeChart:
    """A figure whose rows share one axis of seconds."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # the places stand; laying out once more would take as long as drawing
    box, (start_s, end_s) = figure.axes[0].get_position(), figure.axes[0].get_xlim()
    rows = [_row(axis) for axis in figure.axes]
    return TimeChart(
        svg(figure, name=name), box.x0, box.x1, float(start_s), float(end_s), rows,
        f"Chart over time: {'; '.join(_range_words(row) for row in rows)}.",
    )  # fmt: skip


def _row(axis: "Axes") -> Row:
    """The numbers of one of the axes: the curves, without limits, and without what only marks a part of a curve."""
    title, _, unit = axis.get_title(loc="left").rpartition(", ")
    box, (low, high) = axis.get_position(), axis.get_ylim()
    lines = [
        line for line in axis.get_lines()
        if line.get_transform() == axis.transData and line.get_color() != FAULT
    ]  # fmt: skip
    curves = []
    for line in lines:
        points = np.asarray(line.get_xydata(), np.float64)
        known = points[np.isfinite(points).all(axis=1)]
        label = str(line.get_label()) if len(lines) > 1 else ""
        curves.append(Curve(label, known[:, 0].round(3).tolist(), known[:, 1].round(4).tolist()))
    unit = unit if title else ""
    # Of "% of height" only the % stands behind each number; the title has the rest.
    spaced = unit if unit == "°" else f" {unit.split()[0]}" if unit else ""
    return Row(
        title or axis.get_title(loc="left"), spaced, 1 - box.y1, 1 - box.y0, float(low), float(high), curves
    )  # fmt: skip


def _range_words(row: Row) -> str:
    """A description of the chart for screen readers: the range of each line."""
    digits = 0 if row.high - row.low > 15 else 2
    parts = [
        f"{curve.name} {min(curve.values):.{digits}f} to {max(curve.values):.{digits}f}{row.unit}".strip()
        for curve in row.curves
        if curve.values
    ]
    return f"{row.title}, {', '.join(parts) or 'nothing measured'}"


def replay(
    run_id: str,
    name: str,
    chart: TimeChart | None,
    *,
    key: str,
    fps: float,
    jump: Jump | None = None,
    part: tuple[float, float] | None = None,
    title: str = "",
    moments: Sequence[Moment] = (),
    tracks: Sequence[int] = (),
) -> None:
    """Show a video of a run with a chart.

    Args:
        run_id: the run.
        name: the artefact, "overlay.mp4"; empty where there is no video.
        chart: beside the video, or below it where the page is narrow; None while it is being drawn.
        key: of the element.
        fps: of the video, for the steps of the slider and the number of the frame.
        jump: where the video goes when this changes.
        part: seconds from and until which it can be repeated.
        title: what a picture that is saved from it is called.
        moments: below the video, each with a small picture; pressing one goes there.
        tracks: ids of the person whose angles are shown at the cursor; empty for nobody's.
    """
    query = "&".join(f"track={one}" for one in tracks)
    data: dict[str, Any] = {
        "src": file_address(run_id, name) if name else None,
        "name": title or "picture",
        "moments": [asdict(one) for one in moments] if name else [],
        "angles": f"{PATH}/{run_id}?{query}" if tracks and name else None,
        "part": None if part is None else {"start": part[0], "end": part[1]},
        "fps": fps or USUAL_FPS,
        "chart": None if chart is None else asdict(chart),
        "jump": None if jump is None else {"start": jump.start_s, "end": jump.end_s, "number": jump.number},
    }
    _component(key=key, data=data)
