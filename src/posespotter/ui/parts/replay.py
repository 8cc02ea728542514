"""A video beside a chart of the same time: one slider moves both, and a click on the chart goes there."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from posespotter.reports.chart_style import svg
from posespotter.ui.parts.player import file_address

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HTML = """
<div class="replay">
  <div class="screen"><video playsinline controls preload="metadata"></video></div>
  <div class="chart"><div class="inner"><div class="drawing"></div><i class="cursor"></i></div></div>
  <div class="bar"><input type="range" min="0" value="0" aria-label="Moment of the video"><output></output></div>
</div>
"""

_component = st.components.v2.component(
    "posespotter.replay",
    html=_HTML,
    css=(Path(__file__).parent / "replay.css").read_text("utf-8"),
    js=(Path(__file__).parent / "replay.js").read_text("utf-8"),
)


@dataclass(frozen=True)
class TimeChart:
    """A chart with time along it, as it stands in a page.

    Attributes:
        svg: the drawing, in the page's colours.
        left, right: where its axis begins and ends, shares of its width.
        start_s, end_s: the times there, seconds.
    """

    svg: str
    left: float
    right: float
    start_s: float
    end_s: float


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
    """Remember that somebody asked for a part of a run's video.

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
    return TimeChart(svg(figure, name=name), box.x0, box.x1, float(start_s), float(end_s))


def replay(run_id: str, name: str, chart: TimeChart | None, *, key: str, fps: float, jump: Jump | None = None) -> None:
    """Show a video of a run with a chart.

    Args:
        run_id: the run.
        name: the artefact, "overlay.mp4"; empty where there is no video.
        chart: beside the video, or below it where the page is narrow; None while it is being drawn.
        key: of the element.
        fps: of the video, for the steps of the slider and the number of the frame.
        jump: where the video goes when this changes.
    """
    data: dict[str, Any] = {
        "src": file_address(run_id, name) if name else None,
        "poster": f"/thumbnails/{run_id}",
        "fps": fps or 30.0,
        "chart": None if chart is None else asdict(chart),
        "jump": None if jump is None else {"start": jump.start_s, "end": jump.end_s, "number": jump.number},
    }
    _component(key=key, data=data)
