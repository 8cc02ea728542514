"""A clip in which falls were looked for: what a page shows of it."""

from dataclasses import dataclass

import streamlit as st

from posespotter.errors import InputError
from posespotter.exercises.words.phrases import clock
from posespotter.falls.detect import FallAnalysis
from posespotter.falls.events import FallEvent
from posespotter.falls.zones import Zone
from posespotter.formats.falls import EVENTS_FILE, PROBABILITIES_FILE, read_analysis
from posespotter.reports.fall_chart import fall_chart
from posespotter.runs import Run
from posespotter.tasks.falls import found_in_words, not_judged_in_words
from posespotter.tasks.run_folder.record import RunRecord
from posespotter.ui.parts.result.downloads import downloads
from posespotter.ui.parts.result.joints import poses_of
from posespotter.ui.parts.result.replay import Jump, TimeChart, ask_jump, asked_jump, replay, time_chart
from posespotter.ui.parts.result.result import offered
from posespotter.ui.shared import library
from posespotter.ui.words import plural

_READY = "falls-charts-ready"
_BEFORE_S, _AFTER_S = 1.0, 2.0  # of a fall, in the part that is played
_NAMES = {"fall": ":material/personal_injury: Fall", "lying": ":material/airline_seat_flat: Lying"}


@dataclass(frozen=True, eq=False)
class Falls:
    """A clip, and the falls found in it.

    Attributes:
        analysis: the events, and how likely a fall was at each moment.
        sensitivity: that was asked for.
        zones: beds, sofas and ignored places.
        duration_s: of the clip.
        warnings: what makes the answer less sure than it looks.
    """

    analysis: FallAnalysis
    sensitivity: str
    zones: tuple[Zone, ...]
    duration_s: float
    warnings: tuple[str, ...]


@st.cache_resource(max_entries=4, show_spinner=False)
def falls_of(run_id: str) -> Falls:
    """The falls of a run, as they were found: another classifier than the embedded one may have been asked."""
    record = RunRecord.read(library().folder(run_id))
    if record.falls is None:
        raise InputError(f"run.json of {run_id}: expected the record of a search for falls, got another.")
    zones = tuple(Zone(one.name, one.kind, one.polygon) for one in record.falls.zones)
    analysis = read_analysis(*(library().artefact(run_id, name) for name in (EVENTS_FILE, PROBABILITIES_FILE)))
    poses = poses_of(library().artefact(run_id, "poses.parquet"))
    duration_s = poses.end_s + poses.step_s
    return Falls(analysis, record.falls.sensitivity, zones, duration_s, tuple(record.warnings))


@st.cache_data(max_entries=20, show_spinner=False)
def chart_of(run_id: str) -> TimeChart:
    """The curve of probabilities."""
    falls = falls_of(run_id)
    return time_chart(fall_chart(falls.analysis, falls.duration_s, "narrow"), "falls")


def show_falls(run: Run) -> None:
    """Everything of one search for falls."""
    falls, names = falls_of(run.id), library().artefacts(run.id)
    events = (*falls.analysis.events, *falls.analysis.ignored)
    st.markdown(f"### {_said(falls.analysis)}")
    st.caption(
        f"{clock(falls.duration_s)} of video, sensitivity {falls.sensitivity}"
        f"{', ' + plural(len(falls.zones), 'zone') if falls.zones else ''}. "
        "A program looks at joints: it misses falls, and takes other movements for falls."
    )
    warnings = list(falls.warnings)
    if (told := not_judged_in_words(falls.analysis.not_judged)) and told not in warnings:
        st.caption(told)
    for warning in warnings:
        st.warning(warning, icon=":material/warning:")
    event = _choose_event(run, events)
    video = "overlay.mp4" if "overlay.mp4" in names else ""
    # A chart takes a moment to draw; meanwhile the video and the events are there.
    drawn = run.id in st.session_state.get(_READY, set())
    chart = chart_of(run.id) if drawn else None
    jump = None  # to the impact, or through the whole event after a press of the button
    if event is not None:
        jump = asked_jump(run.id, event.onset_s) or Jump(event.impact_s)
    part = None if event is None else (max(0.0, event.onset_s - _BEFORE_S), event.alert_s + _AFTER_S)
    replay(
        run.id, video, chart, key=f"falls-replay-{run.id}", fps=falls.analysis.fps, jump=jump, part=part, title=run.name
    )  # fmt: skip
    if event is not None:
        _show_event(run, event, falls.duration_s)
    table, files = st.tabs([":material/table_rows: All events", ":material/download: Files"])
    with table:
        if events:
            st.dataframe([_row(i, one) for i, one in enumerate(events, 1)], hide_index=True, key="falls-table")
        else:
            st.markdown("There is nothing to list.")
    with files:
        downloads(offered(run, names), key=f"falls-files-{run.id}")
    if not drawn and len(falls.analysis.windows):
        chart_of(run.id)
        st.session_state.setdefault(_READY, set()).add(run.id)
        st.rerun()


def _said(analysis: FallAnalysis) -> str:
    """The answer in a sentence; "no fall" only where people could be judged, and nothing was ignored."""
    found = found_in_words(analysis)
    if found == "no fall":
        return "No fall was found."
    return f"{found[0].upper()}{found[1:]}{' found' if analysis.events and not analysis.ignored else ''}."


def _choose_event(run: Run, events: tuple[FallEvent, ...]) -> FallEvent | None:
    if not events:
        return None
    chosen = st.pills(
        "Events", list(range(len(events))), default=0, key=f"falls-event-{run.id}",
        format_func=lambda i: f"{_NAMES[events[i].kind]} {i + 1} at {clock(events[i].impact_s)}",
    )  # fmt: skip
    return None if chosen is None else events[chosen]


def _show_event(run: Run, event: FallEvent, duration_s: float) -> None:
    """The event in words, and the button that plays it."""
    with st.container(border=True):
        words, button = st.columns([3, 1], vertical_alignment="center")
        after = (
            f"Got up again at {clock(event.end_s)}."
            if event.end_s is not None
            else (f"Stayed down to the end of the video at {clock(duration_s)}, as far as was seen.")
        )
        what = (
            f"began to fall at {clock(event.onset_s)} and hit the floor at {clock(event.impact_s)}"
            if event.kind == "fall"
            else f"lies from {clock(event.onset_s)} on and was not seen to fall"
        )
        ignored = f"Ignored, as it is in the zone {event.ignored_in}. " if event.ignored_in else ""
        words.markdown(
            f"**Person {event.track_id}** {what}; alert at {clock(event.alert_s)}. {ignored}{after} "
            f"Down for {event.floor_s:.0f} s, highest probability {100 * event.peak_probability:.0f} %."
        )
        button.button(
            "Play this event", icon=":material/play_arrow:", on_click=ask_jump, key="falls-play-it", width="stretch",
            args=(run.id, event.onset_s, max(0.0, event.onset_s - _BEFORE_S), event.alert_s + _AFTER_S),
        )  # fmt: skip


def _row(number: int, event: FallEvent) -> dict[str, object]:
    return {
        "Event": number,
        "Kind": f"{event.kind}, ignored in {event.ignored_in}" if event.ignored_in else event.kind,
        "Person": event.track_id,
        "Began": clock(event.onset_s),
        "Down": clock(event.impact_s),
        "Alert": clock(event.alert_s),
        "Down for": f"{event.floor_s:.0f} s",
        "Up again": "" if event.end_s is None else clock(event.end_s),
        "Probability": f"{100 * event.peak_probability:.0f} %",
        "Afterwards": "down" if event.state_after == "down" else "got up",
    }
