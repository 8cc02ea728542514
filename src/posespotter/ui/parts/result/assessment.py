"""An everyday test that was carried out: what a page shows of it."""

import math

import streamlit as st

from posespotter.assessments import Assessment
from posespotter.assessments.result import Finding, Status
from posespotter.assessments.result_words import (
    MEANS_WORDS,
    STARTED_WORDS,
    STATUS_WORDS,
    change_words,
    measurement_words,
    summary,
)
from posespotter.exercises.words.phrases import clock, sentence, view_words
from posespotter.reports.assessment_page import assessment_chart, event_rows, item_rows
from posespotter.reports.chart_style import INCHES
from posespotter.runs import Run
from posespotter.tasks.assessment import read_assessment
from posespotter.ui.parts.choosing.instruction import instruction, published
from posespotter.ui.parts.result.downloads import downloads
from posespotter.ui.parts.result.player import file_address
from posespotter.ui.parts.result.replay import Jump, TimeChart, ask_jump, asked_jump, replay, time_chart
from posespotter.ui.parts.result.result import offered
from posespotter.ui.shared import library
from posespotter.ui.words import plain

_READY = "test-charts-ready"
_BADGES: dict[Status, str] = {  # what else there is stands in the summary
    "valid": f":green-badge[{STATUS_WORDS['valid']}]", "no_result": f":gray-badge[{STATUS_WORDS['no_result']}]",
}  # fmt: skip
_ICONS = {"invalid": ":material/block:", "look": ":material/visibility:", "note": ":material/info:"}
_AFTER_S = 1.0  # that a video plays on after an event
_NONE = -1  # no moment is chosen


@st.cache_resource(max_entries=8, show_spinner=False)
def assessment_of(run_id: str) -> Assessment:
    """The result of a run with its curve."""
    return read_assessment(library().folder(run_id))


@st.cache_data(max_entries=20, show_spinner=False)
def chart_of(run_id: str) -> TimeChart:
    """Chart of the measured signal."""
    return time_chart(assessment_chart(assessment_of(run_id), INCHES["narrow"]), "test")


def show_assessment(run: Run) -> None:
    """Everything of one test."""
    result, names = assessment_of(run.id), library().artefacts(run.id)
    test = result.definition
    st.markdown(f"### {plain(test.title)}")
    badge = _BADGES.get(result.status, "")
    st.markdown(f"**{plain(summary(result))}** {badge}")
    for line in (STARTED_WORDS[result.started_by] if result.value is not None else "", change_words(test.result)):
        if line:
            st.caption(plain(line))
    for number, finding in enumerate(result.findings):
        _show_finding(run, finding, number)
    to_draw = _show_replay(run, result, names)
    numbers, tables, how, files = st.tabs(
        [
            ":material/table_rows: Numbers and moments",
            ":material/menu_book: Published numbers",
            ":material/help: How it is done",
            ":material/download: Report and files",
        ]
    )
    with numbers:
        _show_numbers(result)
    with tables:
        published(test)
    with how:
        instruction(test)
    with files:
        if "report.html" in names:
            address = file_address(run.id, "report.html")
            st.link_button("Open the report", address, icon=":material/description:")
        downloads(offered(run, names), key=f"test-files-{run.id}")
    if to_draw:
        chart_of(run.id)
        st.session_state.setdefault(_READY, set()).add(run.id)
        st.rerun()


def _about(run: Run) -> int:
    """The moment that is chosen: what is asked for holds until another one is."""
    chosen = st.session_state.get(f"test-event-{run.id}", 0)
    return _NONE if chosen is None else int(chosen)


def _show_finding(run: Run, finding: Finding, number: int) -> None:
    """Show a finding, with its moment in the video."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        means = MEANS_WORDS[finding.means].capitalize()
        st.markdown(f"{_ICONS[finding.means]} **{means}.** {plain(sentence(finding.sentence))}", width="stretch")
        if math.isfinite(finding.start_s):
            st.button(
                f"Show it, {clock(finding.start_s)}", icon=":material/play_arrow:", key=f"test-finding-{number}",
                on_click=ask_jump, args=(run.id, _about(run), finding.start_s, finding.end_s + _AFTER_S),
            )  # fmt: skip


def _show_replay(run: Run, result: Assessment, names: list[str]) -> bool:
    """The video with the chart; whether that is still to be drawn."""
    events = result.events
    chosen = None
    if events:
        rows = event_rows(result)
        chosen = st.pills(
            "Moments", list(range(len(events))), default=0, key=f"test-event-{run.id}",
            format_func=lambda i: f"{rows[i]['title']}, {clock(events[i].time_s)}",
        )  # fmt: skip
    # A chart takes a moment to draw; meanwhile the video and the result are there.
    drawn = run.id in st.session_state.get(_READY, set())
    jump = asked_jump(run.id, _about(run))
    if jump is None and chosen is not None:
        jump = Jump(events[chosen].time_s)
    replay(
        run.id, "overlay.mp4" if "overlay.mp4" in names else "", chart_of(run.id) if drawn else None,
        key=f"test-replay-{run.id}", fps=_fps(run), jump=jump, title=run.name,
        part=(events[0].time_s, events[-1].time_s) if len(events) > 1 else None,
    )  # fmt: skip
    return not drawn and len(result.curve.time_s) > 0


def _fps(run: Run) -> float:
    """Frame rate of the video, as far as the run knows it."""
    frames, seconds = run.counts.get("frames", 0), run.counts.get("video_s", 0)
    return frames / seconds if frames and seconds else 30.0


def _show_numbers(result: Assessment) -> None:
    if result.items:
        st.dataframe(
            [
                {"Item": one["name"].capitalize(), "In repetitions": one["words"], "Judged": one["judged"],
                 "What to do, or why not told": one["advice"] or one["reason"]}
                for one in item_rows(result)
            ],
            hide_index=True, key="test-items",
        )  # fmt: skip
    if result.measurements:
        st.dataframe(
            [{"What": one.title, "Value": measurement_words(one)} for one in result.measurements],
            hide_index=True, key="test-numbers",
        )  # fmt: skip
    if result.events:
        rows = event_rows(result)
        columns = {"What": "title", "When": "when", "Frame": "frame"}
        columns |= {"Value": "value"} if any(row["value"] for row in rows) else {}
        st.dataframe(
            [{title: row[name] for title, name in columns.items()} for row in rows],
            hide_index=True, height="content", key="test-events",
        )  # fmt: skip
    who = ", ".join(f"#{i}" for i in result.track_ids) or "nobody"
    st.caption(
        plain(f"Person {who}, {view_words(result.view)}. The joints that the test needs were seen in "
              f"{100 * result.coverage:.0f} % of the time.")
    )  # fmt: skip
