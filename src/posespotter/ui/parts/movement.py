"""An exercise that was analysed: what a page shows of it."""

import json
from dataclasses import dataclass

import streamlit as st

from posespotter.errors import InputError
from posespotter.exercises import phrases as words
from posespotter.exercises.analysis import ExerciseAnalysis, Repetition
from posespotter.exercises.analyze import ViewOption, analyze_all, analyze_exercise
from posespotter.exercises.comparison import Comparison, MetricChange, Sample, compare, read_analysis
from posespotter.exercises.definition import ExerciseDefinition
from posespotter.poses import PoseSequence
from posespotter.reports.charts import signal_chart
from posespotter.reports.movement_charts import Along, angles_chart, places_chart, shoulder_chart
from posespotter.runs import Run, RunState
from posespotter.ui.parts.downloads import downloads
from posespotter.ui.parts.joints import poses_of
from posespotter.ui.parts.player import file_address, player
from posespotter.ui.parts.replay import Jump, TimeChart, ask_jump, asked_jump, replay, time_chart
from posespotter.ui.parts.result import offered
from posespotter.ui.shared import library
from posespotter.ui.words import plain, run_labels

CHARTS = ("Signals", "Joint angles", "Horizontal positions", "Vertical positions", "Shoulders over feet")
MARKS = {"good": ":material/check:", "fault": ":material/close:", "cannot_tell": ":material/question_mark:"}

_READY = "movement-charts-ready"


@dataclass(frozen=True, eq=False)
class Movement:
    """What was analysed, and what came of it.

    Attributes:
        poses: of everybody.
        analyses: everybody who does the exercise, who does most of it first; or one empty analysis.
        view: from where the camera was said to see them.
    """

    poses: PoseSequence
    analyses: tuple[ExerciseAnalysis, ...]
    view: ViewOption


@st.cache_resource(max_entries=4, show_spinner=False)
def movement_of(run_id: str) -> Movement:
    """The analysis of a run with its curves: made anew from its poses and its exercise file, as it was asked for."""
    record = json.loads(library().artefact(run_id, "run.json").read_text("utf-8"))
    try:
        definition = ExerciseDefinition.model_validate(record["exercise_file"])
        view, person = record["exercise"]["view"], record["exercise"]["person"]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"run.json of {run_id}: expected the record of an exercise, got another.") from error
    poses = poses_of(library().artefact(run_id, "poses.parquet"))
    if person is not None:
        return Movement(poses, (analyze_exercise(poses, definition, view=view, person=person),), view)
    analyses = analyze_all(poses, definition, view=view)
    return Movement(poses, tuple(sorted(analyses, key=lambda one: -one.count)), view)


@st.cache_data(max_entries=40, show_spinner=False)
def chart_of(run_id: str, person: int, kind: str) -> TimeChart:
    """One of `CHARTS`."""
    movement = movement_of(run_id)
    poses, analysis = movement.poses, movement.analyses[person]
    if kind == "Signals":
        figure = signal_chart(analysis, "narrow")
    elif kind == "Joint angles":
        figure = angles_chart(poses, analysis, movement.view, "narrow")
    elif kind == "Shoulders over feet":
        figure = shoulder_chart(poses, analysis, movement.view, "narrow")
    else:
        along: Along = "horizontal" if kind == "Horizontal positions" else "vertical"
        figure = places_chart(poses, analysis, along, "narrow")
    return time_chart(figure, kind.lower().replace(" ", "-"))


def show_movement(run: Run) -> None:
    """Everything of one analysis."""
    movement = movement_of(run.id)
    number = _choose_person(run, movement)
    analysis = movement.analyses[number]
    names = library().artefacts(run.id)
    st.markdown(f"#### {plain(words.summary(analysis))}")
    for line in (words.notes(analysis), words.coverage(analysis)):
        if line:
            st.caption(plain(line))
    repetition = _choose_repetition(run, analysis)
    to_draw = _show_replay(run, analysis, number, names, repetition)
    if repetition is not None:
        _show_repetition(run, repetition, names, number, movement)
    every, open_, other, files = st.tabs(
        [
            ":material/table_rows: All repetitions",
            ":material/help: Not judged",
            ":material/compare_arrows: Compare",
            ":material/download: Report and files",
        ]
    )
    with every:
        _show_table(analysis)
    with open_:
        _show_open(analysis)
    with other:
        _show_comparison(run, analysis.exercise)
    with files:
        if "report.html" in names:
            st.link_button(
                "Open the report", file_address(run.id, "report.html"), icon=":material/description:", type="primary"
            )
        downloads(offered(run, names), key=f"movement-files-{run.id}")
    if to_draw is not None:
        chart_of(*to_draw)
        st.session_state.setdefault(_READY, set()).add(to_draw)
        st.rerun()


def _choose_person(run: Run, movement: Movement) -> int:
    """Who is shown, where several did the exercise."""
    if len(movement.analyses) == 1:
        return 0
    people = range(len(movement.analyses))
    return st.pills(
        "Person", list(people), default=0, required=True, key=f"movement-person-{run.id}",
        format_func=lambda i: f"Person {movement.analyses[i].track_id}",
    )  # fmt: skip


def _choose_repetition(run: Run, analysis: ExerciseAnalysis) -> Repetition | None:
    """The one that is looked at: the first with a fault, until another is chosen."""
    by_index = {one.index: one for one in analysis.repetitions}
    if not by_index:
        return None
    first = next((one.index for one in analysis.repetitions if one.verdict == "fault"), next(iter(by_index)))
    chosen = st.pills(
        "Repetitions", list(by_index), default=first, key=f"movement-repetition-{run.id}-{analysis.track_id}",
        format_func=lambda i: f"{MARKS[by_index[i].verdict]} {i}",
    )  # fmt: skip
    return None if chosen is None else by_index[chosen]


def _show_replay(
    run: Run, analysis: ExerciseAnalysis, number: int, names: list[str], repetition: Repetition | None
) -> tuple[str, int, str] | None:
    """The video with the chart; which chart is still to be drawn."""
    kind = st.segmented_control(
        "Chart", CHARTS, default=CHARTS[0], required=True, key="movement-chart", label_visibility="collapsed"
    )
    video = "overlay.mp4" if "overlay.mp4" in names else ""
    wanted = (run.id, number, kind)
    # A chart takes a moment to draw; meanwhile the video and the verdicts are there.
    drawn = wanted in st.session_state.get(_READY, set())
    jump = None  # to the far end of the repetition, or to the fault whose button was pressed
    if repetition is not None:
        jump = asked_jump(run.id, repetition.index) or Jump(repetition.bottom_s)
    chart = chart_of(*wanted) if drawn else None
    replay(run.id, video, chart, key=f"movement-replay-{run.id}", fps=analysis.fps, jump=jump)
    return None if drawn or not len(analysis.series.time_s) else wanted


def _show_repetition(run: Run, repetition: Repetition, names: list[str], number: int, movement: Movement) -> None:
    """The verdict with its reasons, and each fault with its clip."""
    verdict = words.VERDICTS[repetition.verdict]
    level = f" · {repetition.level}" if repetition.level else ""
    when = f"{words.clock(repetition.start_s)} to {words.clock(repetition.end_s)}"
    st.markdown(f"**Repetition {repetition.index}: {verdict}**{level} · {when} · {words.view_words(repetition.view)}")
    whose = f"person{movement.analyses[number].track_id}_" if number else ""
    for fault in repetition.faults:
        with st.container(border=True):
            text, clip = st.columns([3, 2], gap="medium")
            icon = ":material/error:" if fault.severity == "fault" else ":material/info:"
            text.markdown(f"{icon} **{words.spoken(fault.name).capitalize()}**")
            text.markdown(plain(words.sentence(fault.finding)))
            text.markdown(plain(fault.advice))
            text.caption(f"frames {fault.start_frame} to {fault.end_frame} · {100 * fault.confidence:.0f} % sure")
            text.button(
                "Show it above", icon=":material/play_arrow:", key=f"show-{repetition.index}-{fault.name}",
                on_click=ask_jump, args=(run.id, repetition.index, fault.start_s, fault.end_s),
            )  # fmt: skip
            file = f"faults/{whose}rep{repetition.index:02d}_{fault.name}.mp4"
            if file in names:
                with clip:
                    player(run.id, file, key=f"clip-{file}", poster=False, loop=True)


def _show_table(analysis: ExerciseAnalysis) -> None:
    """A line a repetition: verdict, times and numbers."""
    if not analysis.repetitions:
        st.info(plain(words.sentence(analysis.reason)), icon=":material/info:")
        return
    rows = []
    for one in analysis.repetitions:
        row: dict[str, object] = {
            "Repetition": one.index,
            "Verdict": words.VERDICTS[one.verdict],
            "Found": ", ".join(words.spoken(fault.name) for fault in one.faults),
            "From": words.clock(one.start_s),
            "To": words.clock(one.end_s),
            "How far": one.level,
            "Seen": words.view_words(one.view),
        }
        for metric in analysis.definition.metric:
            title, unit = words.metric_words(metric.name)
            label = f"{title[:1].upper()}{title[1:]}, {words.unit_words(unit).strip()}".rstrip(", ")
            row[label] = words.number(one.metrics.get(metric.name), unit)
        rows.append(row)
    st.dataframe(rows, hide_index=True, key="movement-table")


def _show_open(analysis: ExerciseAnalysis) -> None:
    """What could not be judged, and why; what was not counted, and why."""
    reasons: dict[str, dict[str, None]] = {}
    for one in analysis.repetitions:
        for check in one.checks:
            if check.verdict == "cannot_tell":
                reasons.setdefault(check.reason, {})[words.spoken(check.name)] = None
    for reason, names in reasons.items():
        st.markdown(f"- **{plain(words.listed(list(names)).capitalize())}**: {plain(words.sentence(reason))}")
    for movement in analysis.uncounted:
        when = f"{words.clock(movement.start_s)} to {words.clock(movement.end_s)}"
        st.markdown(f"- **Not counted, {when}**: {plain(words.sentence(movement.reason))}")
    if not reasons and not analysis.uncounted:
        st.markdown("Everything that this exercise file checks was judged." if analysis.count else "Nothing was seen.")


def _show_comparison(run: Run, exercise: str) -> None:
    """Another analysis of the same exercise beside this one."""
    others = [
        one for one in library().runs(kind="exercise", state=RunState.DONE)
        if one.id != run.id and one.settings.get("exercise") == exercise and one.counts.get("repetitions")
    ]  # fmt: skip
    if not others:
        st.info(f"Analyse another {exercise.replace('-', ' ')} to compare the two.", icon=":material/compare_arrows:")
        return
    labels = run_labels(others, st.context.timezone)
    chosen = st.selectbox(
        "Compare with", [one.id for one in others], index=None, key=f"movement-compare-{run.id}",
        placeholder="Choose an earlier analysis", format_func=lambda one: labels[one],
    )  # fmt: skip
    if chosen:
        first, second = sorted([next(one for one in others if one.id == chosen), run], key=lambda one: one.id)
        analyses = [read_analysis(library().folder(one.id)) for one in (first, second)]
        _show_change(compare(*analyses), (first.name, second.name))


def _show_change(change: Comparison, names: tuple[str, str]) -> None:
    before, now = st.columns(2)
    for column, which, i in ((before, "Then", 0), (now, "Now", 1)):
        column.metric(f"{which}: {plain(names[i])}", f"{change.good[i]} of {change.repetitions[i]} good")
    st.dataframe([_change_row(metric) for metric in change.metrics], hide_index=True, key="movement-change")
    if change.faults:
        rows = [{"Found": words.spoken(one.name), "Then": one.first, "Now": one.second} for one in change.faults]
        st.dataframe(rows, hide_index=True, key="movement-change-faults")
    st.caption("Mean ± standard deviation between repetitions; change ± its 95 % confidence interval.")
    for caution in change.cautions:
        st.warning(plain(caution), icon=":material/warning:")


def _change_row(metric: MetricChange) -> dict[str, str]:
    title, unit = words.metric_words(metric.name)
    margin = "" if metric.margin is None else f" ± {words.number(metric.margin, unit)}"
    sign = "+" if metric.change is not None and metric.change > 0 else ""
    return {
        "Measure": f"{title[:1].upper()}{title[1:]}, {words.unit_words(unit).strip()}".rstrip(", "),
        "Then": _sample_words(metric.first, unit),
        "Now": _sample_words(metric.second, unit),
        "Change": f"{sign}{words.number(metric.change, unit)}{margin}",
        "": metric.finding,
    }


def _sample_words(sample: Sample, unit: str) -> str:
    spread = "" if sample.spread is None else f" ± {words.number(sample.spread, unit)}"
    return f"{words.number(sample.mean, unit)}{spread}"
